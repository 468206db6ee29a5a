/**
 * What the posts of a moved thread were copied from. A copy looks as if it had just been written: when its original was, and whether that was
 * edited, is still told by what Mattermost keeps of the old place.
 *
 * Mattermost (11.6, `MoveThread` in app/post.go) creates each post anew in the new place, in their order and with their words and props, and deletes
 * the old root with its thread. `GET /channels/{id}/posts?since=` lists what was deleted, without its words.
 */
import type {Post} from '@mattermost/types/posts';
import {MattermostError} from '../mattermost.ts';
import {findRepliesByPosts, type Place, placesBefore} from '../store/records.ts';
import type {ReplyRow, ThreadRow} from '../store/schema.ts';
import {markOf} from '../to-mattermost/publish.ts';
import {pairCopies} from './pair-copies.ts';
import {digestOf, formerOf} from './take-new.ts';
import {type Visit, versionOf} from './visit.ts';

/** Mattermost lists no more rows than this, in no order: then some may be missing. */
const MOST_ROWS = 1000;

/** @param heard_at up to when (ms) posts were judged in the place it stood in */
export type Original = {post: Post; heard_at: number};

export type Origins = {
    /** By the copy's id. */
    originals: ReadonlyMap<string, Original>;
    /** Posts of replies whose copy was deleted before it was heard of. */
    deleted: readonly string[];
};

/**
 * Looks up what a thread's posts were copied from. To be asked before its replies are given their copies.
 *
 * @param root of the new place
 * @returns null where the thread was not moved, or Mattermost does not list all of what it deleted
 * @throws MattermostError when Mattermost can't be asked now
 */
export async function originsOf(visit: Visit, thread: ThreadRow, root: Post): Promise<Origins | null> {
    if (thread.moved_from === null) return null;
    const places = [...placesBefore(thread), thread];
    const rows = await rowsOfPlaces(visit, places, root.create_at);
    if (!rows) return null;
    const ids = rows.flat().map(({id}) => id);
    const replies = await findRepliesByPosts(visit.database.read, visit.integration.id, ids);
    const likeness = (original: Post, copy: Post): number => likenessOf(visit, replies.get(original.id), original, copy);
    const originals = new Map<string, Original>();
    for (const [index, place] of rows.slice(1).entries()) {
        const [newRoot, ...copies] = place;
        const [, ...before] = rows[index] ?? [];
        const copied = before.filter(({create_at}) => create_at < (newRoot?.create_at ?? 0));
        for (const [id, copy] of pairCopies(copied, copies, likeness)) {
            // Moved twice, it comes from where it was written.
            const post = copied.find((one) => one.id === id);
            const original = originals.get(id) ?? (post && {post, heard_at: places[index]?.heard_at ?? 0});
            if (original) originals.set(copy.id, original);
        }
    }
    const last = rows.at(-1) ?? [];
    const deleted = last.flatMap(({id, delete_at}) => {
        const original = delete_at > 0 ? originals.get(id) : undefined;
        return original && replies.has(original.post.id) ? [original.post.id] : [];
    });
    return {originals, deleted};
}

/** The rows of each place, root first and oldest first, or null where not all of them are to be had. */
async function rowsOfPlaces(visit: Visit, places: readonly Omit<Place, 'heard_at'>[], rootMadeAt: number): Promise<Post[][] | null> {
    const rows: Post[][] = [];
    // A place is deleted after the next one's root was made: from the newest back, each says from when on to look for the one before.
    let since = rootMadeAt - 1;
    for (const place of places.toReversed()) {
        const found = await rowsOf(visit, place, since);
        if (!found) return null;
        rows.unshift(found);
        since = (found[0]?.create_at ?? rootMadeAt) - 1;
    }
    return rows;
}

async function rowsOf({client}: Visit, {channel_id, root_id}: Omit<Place, 'heard_at'>, since: number): Promise<Post[] | null> {
    try {
        const all = Object.values((await client.getPostsSince(channel_id, since)).posts);
        if (all.length >= MOST_ROWS) return null;
        // Earlier versions of edited posts stand in the same table.
        const rows = all.filter((post) => (post.root_id === root_id || post.id === root_id) && !post.original_id);
        rows.sort((a, b) => Number(b.id === root_id) - Number(a.id === root_id) || a.create_at - b.create_at || (a.id < b.id ? -1 : 1));
        return rows[0]?.id === root_id ? rows : null;
    } catch (error) {
        if (error instanceof MattermostError && error.kind === 'refused' && error.status !== 401) return null;
        throw error;
    }
}

/** 0: it can't be a copy of that. */
function likenessOf(visit: Visit, reply: ReplyRow | undefined, original: Post, copy: Post): number {
    if (original.user_id !== copy.user_id || original.type !== copy.type || markOf(original)?.key !== markOf(copy)?.key) return 0;
    if (original.user_id === visit.botId) return 3;
    const isChanged = copy.edit_at > 0 || copy.delete_at > 0;
    if (!isChanged && (original.file_ids?.length ?? 0) !== (copy.file_ids?.length ?? 0)) return 0;
    if (!reply) return 1;
    if ([reply.digest, ...formerOf(reply)].includes(digestOf(visit, copy))) return 3;
    return isChanged || versionOf(original) > reply.version ? 1 : 0;
}
