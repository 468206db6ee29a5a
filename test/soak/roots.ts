/** Which threads a conversation has just now, read from the marks the bridge's roots bear in Mattermost. */
import type {Mark} from '../../bridge/to-mattermost/publish.ts';
import type {Ledger, Root} from './ledger.ts';
import type {SoakPlace, Standing} from './place.ts';

/** The bridge's own mark on a post; undefined on everybody else's. */
export function markOf({props}: Standing): Mark | undefined {
    const mark = props.ireserve as Mark | undefined;
    return typeof mark === 'object' && mark !== null && typeof mark.key === 'string' ? mark : undefined;
}

/** Living roots by conversation, the lowest number first. */
function rootsIn(posts: readonly Standing[]): Map<string, Root[]> {
    const found = new Map<string, Root[]>();
    for (const post of posts) {
        const mark = markOf(post);
        if (mark?.kind !== 'root' || !mark.conversation || post.delete_at > 0) continue;
        const roots = found.get(mark.conversation) ?? [];
        roots.push({id: post.id, channel_id: post.channel_id, number: Number(mark.key.split(':')[1])});
        found.set(mark.conversation, roots);
    }
    for (const roots of found.values()) roots.sort((a, b) => a.number - b.number);
    return found;
}

/** Looks where the threads of all chats are now. */
export async function refreshRoots(place: Pick<SoakPlace, 'roots'>, {chats, gone}: Ledger): Promise<void> {
    const roots = rootsIn(await place.roots());
    for (const chat of chats) chat.roots = (roots.get(chat.id) ?? []).filter(({id}) => !gone.has(id));
}
