/**
 * What posts were when they were written, as the event stream told: Mattermost tells a post's first words to nobody but its author afterwards.
 * Only whether they were a note is kept, for as long as this process lives and they are among the latest.
 */
import type {Post} from '@mattermost/types/posts';
import {type Intent, isNote, type Written} from './policy.ts';

/** What the side panel writes into the props of a post it makes. */
export const INTENT_PROP = 'ireserve_intent';

const MOST = 5000;

export type FirstWords = ReturnType<typeof createFirstWords>;

export function createFirstWords(most = MOST) {
    const known = new Map<string, Written>();
    return {
        /** Learns of a post as it was written; one that was edited since says nothing of it. */
        hear(post: Pick<Post, 'id' | 'message' | 'edit_at' | 'props'>): void {
            if (post.edit_at > 0) return;
            known.set(post.id, intentOf(post) === 'note' || isNote(post.message) ? 'note' : 'answer');
            if (known.size > most) known.delete(known.keys().next().value as string);
        },
        /** What a post was when it was written: it never changes, but may not be known. */
        of: (post: Pick<Post, 'id' | 'edit_at'>): Written => (post.edit_at > 0 ? (known.get(post.id) ?? 'unknown') : 'same'),
    };
}

export function intentOf(post: Pick<Post, 'props'>): Intent {
    const intent = (post.props as Record<string, unknown> | undefined)?.[INTENT_PROP];
    return intent === 'reply' || intent === 'note' ? intent : null;
}
