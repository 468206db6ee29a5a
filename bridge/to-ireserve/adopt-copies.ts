/** The replies of a thread that "move thread" took elsewhere become the replies of its copies, before anything is taken from there. */
import type {Post} from '@mattermost/types/posts';
import {placesBefore} from '../store/records.ts';
import type {ReplyRow, ThreadRow} from '../store/schema.ts';
import {appendShow} from '../to-mattermost/own-events.ts';
import {markOf} from '../to-mattermost/publish.ts';
import {MARKS} from '../to-mattermost/show-reply.ts';
import {type Copied, matchCopies, matchKnown} from './moved-copies.ts';
import type {Origins} from './moved-from.ts';
import {digestOf, formerOf} from './take-new.ts';
import {takeDeletion} from './take-revision.ts';
import {postsFrom} from './thread-posts.ts';
import {isDeleted, isSystem, type Taken, type Visit, versionOf} from './visit.ts';

/** Type of the post with which Mattermost says in a thread that it was moved there. */
const MOVED = 'system_wrangler';

export type Adopted = Pick<Copied, 'passed' | 'doubtful'> & {taken: Taken[]};

/**
 * Finds the copies of the replies that no thread holds any more, all at once. Harmless to repeat.
 *
 * Whoever moved the thread's row on has committed that: who read the old place stores nothing any more (`holdThread`).
 *
 * @returns null when nothing was left behind @throws MattermostError
 */
export async function adoptCopies(visit: Visit, thread: ThreadRow, origins: Origins | null): Promise<Adopted | null> {
    const left = await leftBehind(visit, thread);
    // A copy is known by what stands around it, too.
    const posts = left.length > 0 ? await postsFrom(visit.client, thread.root_id, 0) : null;
    const root = posts?.find(({id}) => id === thread.root_id);
    if (!posts || !root) return null;
    const movedAt = posts.findLast(({type}) => type === MOVED)?.create_at ?? null;
    const people = posts.filter((post) => post.id !== root.id && !isSystem(post) && post.user_id !== visit.botId);
    const known = left.filter(({post_id, reply_id}) => post_id === reply_id || copyOfOwn(visit, posts, `said:${reply_id}:0`) === null);
    const replies = known.map((row) => ({...row, digests: [row.digest, ...formerOf(row)]}));
    const standing = people.map(({id, user_id, create_at, edit_at, ...post}) => ({
        ...{id, user_id, create_at, edit_at},
        digest: digestOf(visit, {user_id, ...post} as Post),
    }));
    const when = {movedAt, root_at: root.create_at};
    const originals = origins && new Map([...origins.originals].map(([id, {post}]) => [id, post.id]));
    const {pairs, passed, doubtful, gone} = originals
        ? matchKnown(replies, standing, {...when, originals})
        : matchCopies(replies, standing, when);
    for (const {reply_id, post_id} of left) {
        const own = post_id === reply_id ? null : copyOfOwn(visit, posts, `said:${reply_id}:0`);
        if (own) pairs.push({reply_id, post_id: own, words: 'same'});
    }
    const taken: Taken[] = [];
    const rows = new Map(left.map((row) => [row.reply_id, row]));
    const byId = new Map(posts.map((post) => [post.id, post]));
    await visit.database.write(async (tx) => {
        for (const {reply_id, post_id, words} of pairs) {
            const row = rows.get(reply_id) as ReplyRow;
            const post = byId.get(post_id) as Post;
            const place = {
                ...{post_id, channel_id: thread.channel_id, root_id: thread.root_id},
                // News is younger than what is known.
                version: words === 'same' ? Math.max(row.version, versionOf(post)) : post.create_at - (post.edit_at > 0 ? 0 : 1),
                mark: markedWith(visit, post),
                question_post_id: row.question_post_id && copyOfOwn(visit, posts, `question:${reply_id}:`),
                hint_post_id: row.hint_post_id && copyOfOwn(visit, posts, `hint:${reply_id}:`),
            };
            const adopted = await ofReply(tx.updateTable('reply').set(place), row).returning('state').executeTakeFirst();
            if (!adopted) continue;
            taken.push({reply_id, did: 'moved_copy'});
            if (adopted.state !== 'note' && adopted.state !== 'unmarked')
                await appendShow(tx, row.integration_id, row.conversation_id, reply_id, `moved/${post_id}`, visit.now(), {isCopied: true});
        }
        const others = movedAt === null ? [] : left.filter(({reply_id}) => !pairs.some((pair) => pair.reply_id === reply_id));
        // They have no copy: what becomes of the old place is known.
        for (const row of others) {
            const place = {channel_id: thread.channel_id, root_id: thread.root_id};
            await ofReply(tx.updateTable('reply').set(place), row).execute();
        }
    });
    for (const reply_id of gone) taken.push(await takeDeletion(visit, rows.get(reply_id)?.post_id ?? reply_id));
    return {passed, doubtful, taken};
}

/** As long as nobody else has found it elsewhere. */
function ofReply<Query extends {where(column: string, is: string, value: unknown): Query}>(query: Query, row: ReplyRow): Query {
    return query
        .where('integration_id', '=', row.integration_id)
        .where('reply_id', '=', row.reply_id)
        .where('root_id', '=', row.root_id)
        .where('post_id', '=', row.post_id);
}

/** What stood in the places this thread was moved from, as far as they are deleted for sure: another thread of the conversation may be moving, too. */
async function leftBehind({database, integration, client}: Visit, thread: ThreadRow): Promise<ReplyRow[]> {
    const roots = placesBefore(thread).map(({root_id}) => root_id);
    if (roots.length === 0) return [];
    const rows = await database.read
        .selectFrom('reply')
        .selectAll()
        .where('integration_id', '=', integration.id)
        .where('conversation_id', '=', thread.conversation_id)
        .where('post_id', 'is not', null)
        .where('root_id', 'in', roots)
        .orderBy('created_at')
        .orderBy('version')
        .execute();
    const deleted = new Map<string, boolean>();
    for (const {root_id} of rows) if (!deleted.has(root_id)) deleted.set(root_id, await isDeleted(client, root_id));
    return rows.filter(({root_id}) => deleted.get(root_id));
}

/** The copy of a post of our own, by its mark. */
function copyOfOwn({botId, integration}: Visit, posts: readonly Post[], key: string): string | null {
    const found = posts.find((post) => {
        const mark = post.user_id === botId ? markOf(post) : null;
        return mark?.integration === integration.id && mark.key.startsWith(key);
    });
    return found?.id ?? null;
}

/** Reactions are copied by the server, not by all that can move threads. */
function markedWith({botId}: Visit, {metadata}: Post): string | null {
    const ours = (metadata?.reactions ?? []).filter(({user_id}) => user_id === botId).map(({emoji_name}) => emoji_name);
    return Object.values(MARKS).find((mark) => ours.includes(mark)) ?? null;
}
