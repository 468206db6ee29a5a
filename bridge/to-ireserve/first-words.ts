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
    function remember(post_id: string, written: Written): void {
        known.set(post_id, written);
        if (known.size > most) known.delete(known.keys().next().value as string);
    }
    return {
        /** Learns of a post as it was written; one that was edited since says nothing of it. */
        hear(post: Pick<Post, 'id' | 'message' | 'edit_at' | 'props'>): void {
            if (post.edit_at > 0 || known.get(post.id) === 'unknown') return;
            remember(post.id, intentOf(post) === 'note' || isNote(post.message) ? 'note' : 'answer');
        },
        /** Believes nothing of what this post says: it is a copy, and what it was copied from was edited. */
        doubt(post_id: string): void {
            remember(post_id, 'unknown');
        },
        /** What a post was when it was written: it never changes, but may not be known. */
        of(post: Pick<Post, 'id' | 'edit_at'>): Written {
            const told = known.get(post.id);
            if (post.edit_at > 0) return told ?? 'unknown';
            return told === 'unknown' ? 'unknown' : 'same';
        },
    };
}

export function intentOf(post: Pick<Post, 'props'>): Intent {
    const intent = (post.props as Record<string, unknown> | undefined)?.[INTENT_PROP];
    return intent === 'reply' || intent === 'note' ? intent : null;
}
