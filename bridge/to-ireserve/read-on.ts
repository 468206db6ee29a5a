/** A conversation's threads, read on from the last post judged in each. */
import type {Post} from '@mattermost/types/posts';
import {MattermostError} from '../mattermost.ts';
import {findRepliesByPosts, findReplyByPost, forgetMove, heardUpTo} from '../store/records.ts';
import type {ThreadRow} from '../store/schema.ts';
import {adoptCopies} from './adopt-copies.ts';
import {relaysSince} from './catch-up.ts';
import {type Original, originsOf} from './moved-from.ts';
import type {Choice} from './policy.ts';
import {takeNew} from './take-new.ts';
import {takeDeletion, takeEdit} from './take-revision.ts';
import {byTime, postsFrom} from './thread-posts.ts';
import {type Drop, isDeleted, readPost, type Taken, type Visit, versionOf} from './visit.ts';

/** Posts may become readable a moment after younger ones. */
export const TAKE_OVERLAP_MS = 10_000;
/** Threads of a conversation somebody may still write in while another one is read. */
const NEWEST = 3;

/** What the door was asked about: one post, and what was chosen for it. */
export type Asked = {post_id: string; choice: Choice; edited: boolean};

/** @param from the first millisecond that is not passed over */
type Reading = {thread: ThreadRow; posts: Post[]; from: number};

/**
 * Reads threads of one conversation on, and takes what is new in the order it was said, whatever thread it stands in: the newest others are
 * read along.
 *
 * - what was said before the integration was told to relay stays in Mattermost
 * - what is older than the last post judged was dropped for a reason, and a change of policy is none to send it after all: an edit can only
 *   mark it for the visitor
 *
 * @param given threads of one conversation; the first is the one asked about @param whole all of the given ones: edits and deletions too
 */
export async function readOn(
    visit: Visit,
    given: readonly ThreadRow[],
    {whole = false, asked}: {whole?: boolean; asked?: Asked} = {},
): Promise<Taken[]> {
    const {database, integration} = visit;
    const {threads, beside} = await threadsToRead(visit, given);
    const since = await relaysSince(database, integration);
    const {readings, gone} = await readAll(visit, threads, beside, {whole, since});
    const taken: Taken[] = [];
    const passed = new Set<string>();
    const doubtful = new Set<string>();
    const originals = new Map<string, Original>();
    for (const {thread, posts} of readings) {
        const isNew = posts.some(({id, create_at}) => id !== thread.root_id && create_at > thread.heard_at);
        if (!whole && !isNew) continue;
        const root = posts.find(({id}) => id === thread.root_id);
        // Before the replies are given their copies, by which they are known here.
        const origins = root ? await originsOf(visit, thread, root) : null;
        for (const [id, original] of origins?.originals ?? []) {
            originals.set(id, original);
            if (original.post.edit_at > 0 && visit.firstWords.of(original.post) !== 'answer') doubtful.add(id);
        }
        const copies = await adoptCopies(visit, thread, origins);
        for (const id of origins?.deleted ?? []) taken.push(await takeDeletion(visit, id));
        if (!copies) continue;
        taken.push(...copies.taken);
        for (const id of copies.passed) passed.add(id);
        for (const id of copies.doubtful) doubtful.add(id);
    }
    for (const id of doubtful) visit.firstWords.doubt(id);
    const found = readings
        .flatMap(({thread, posts, from}) => posts.map((post) => ({thread, post, from})))
        .filter(({thread, post}) => post.id !== thread.root_id)
        .sort((a, b) => byTime(a.post, b.post));
    // Read before they are judged: whatever is taken meanwhile is found by the insert, which happens once.
    const before = await findRepliesByPosts(
        database.read,
        integration.id,
        found.map(({post}) => post.id),
    );
    // What was taken moved its thread on in its own transaction.
    const moved = new Set<string>();
    for (const {thread, post, from} of found) {
        const choice = post.id === asked?.post_id ? asked.choice : 'none';
        const known = before.get(post.id);
        if (known) {
            if (versionOf(post) > known.version || choice !== 'none') taken.push(await takeEdit(visit, post, choice));
        } else if (post.create_at >= from || post.edit_at >= since || choice !== 'none') {
            const original = originals.get(post.id);
            const writtenAt = original?.post.create_at ?? post.create_at;
            const wasPassed = original ? writtenAt < original.heard_at - TAKE_OVERLAP_MS : post.create_at < from || passed.has(post.id);
            const onlyMarked = wasPassed && choice === 'none';
            const isPast = writtenAt < since && post.edit_at === 0 && choice === 'none';
            const one = await takeNew(visit, thread, post, {choice, onlyMarked, isDoubtful: doubtful.has(post.id), isPast});
            if (one.did === 'queued' || one.did === 'asked' || one.did === 'note') moved.add(post.id);
            taken.push(one);
        }
    }
    for (const {thread, posts} of readings) {
        const newest = posts.filter(({id}) => id !== thread.root_id).at(-1);
        if (newest && newest.create_at > thread.heard_at && !moved.has(newest.id))
            await database.write((tx) => heardUpTo(tx, thread, newest.create_at));
        if (newest && thread.moved_from !== null) await database.write((tx) => forgetMove(tx, thread));
    }
    const [first] = threads;
    if (asked && first && !found.some(({post}) => post.id === asked.post_id)) {
        if (gone.includes(first)) taken.push(await takeGone(visit, asked.post_id, 'thread_deleted'));
        else taken.push(...(await takeLate(visit, first, asked, since)));
    }
    if (whole) {
        const seen = new Set(found.map(({post}) => post.id));
        for (const {thread} of readings) if (!beside.has(thread)) taken.push(...(await missing(visit, thread, seen)));
    }
    if (!asked) taken.push(...gone.map(({root_id}): Taken => ({reply_id: root_id, did: 'thread_deleted'})));
    return taken.filter(({did}) => did !== 'own_bot' && did !== 'known_version');
}

/** The threads asked for as they are now, in their order, and behind them the newest others of the conversation. */
async function threadsToRead({database}: Visit, given: readonly ThreadRow[]): Promise<{threads: ThreadRow[]; beside: Set<ThreadRow>}> {
    const [{integration_id, conversation_id} = {integration_id: '', conversation_id: ''}] = given;
    const rows = await database.read
        .selectFrom('thread')
        .selectAll()
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .orderBy('number', 'desc')
        .execute();
    const threads = given.flatMap(({number}) => rows.filter((row) => row.number === number));
    const beside = new Set(rows.slice(0, NEWEST).filter((row) => !threads.includes(row)));
    return {threads: [...threads, ...beside], beside};
}

/** @returns what stands, and which of those asked for are gone. A thread that is read along may be hidden from the bot */
async function readAll(
    {client}: Visit,
    threads: readonly ThreadRow[],
    beside: ReadonlySet<ThreadRow>,
    {whole, since}: {whole: boolean; since: number},
): Promise<{readings: Reading[]; gone: ThreadRow[]}> {
    const gone: ThreadRow[] = [];
    const read = async (thread: ThreadRow): Promise<Reading | null> => {
        const from = Math.max(thread.heard_at - TAKE_OVERLAP_MS, since);
        const posts = await postsFrom(client, thread.root_id, whole && !beside.has(thread) ? 0 : from - 1).catch((error: unknown) => {
            if (beside.has(thread) && error instanceof MattermostError && error.kind === 'refused' && error.status !== 401) return null;
            throw error;
        });
        if (posts) return {thread, posts, from};
        if (!beside.has(thread)) gone.push(thread);
        return null;
    };
    const readings: Reading[] = [];
    for (const thread of threads) {
        const reading = await read(thread);
        if (reading) readings.push(reading);
    }
    const news = readings.flatMap(({thread, posts}) =>
        posts.filter(({id, create_at}) => id !== thread.root_id && create_at > thread.heard_at),
    );
    if (readings.length < 2 || news.length === 0) return {readings, gone};
    // Something may have been said in one after it was read, and before that in another one: up to there all are read once more.
    const upTo = Math.max(...news.map(({create_at}) => create_at));
    const again: Reading[] = [];
    for (const {thread} of readings) {
        const reading = await read(thread);
        if (reading) again.push({...reading, posts: reading.posts.filter(({create_at}) => create_at <= upTo)});
    }
    return {readings: again, gone};
}

/** A post that younger ones overtook: its event came late, or it was edited long after it was said. */
async function takeLate(visit: Visit, thread: ThreadRow, {post_id, choice, edited}: Asked, since: number): Promise<Taken[]> {
    const post = await readPost(visit.client, post_id);
    if (!post) return [await takeGone(visit, post_id, 'deleted_before_relay')];
    if (post.root_id !== thread.root_id) return [{reply_id: post_id, did: 'unknown_post'}];
    if (post.create_at < since && choice === 'none' && !edited) return [{reply_id: post_id, did: 'too_old'}];
    return [await takeNew(visit, thread, post, {choice, onlyMarked: edited && choice === 'none'})];
}

/** Taken away before it was read here, or with its thread: unless it was read meanwhile, nobody will know what it said. */
async function takeGone(visit: Visit, post_id: string, did: Drop): Promise<Taken> {
    const reply = await findReplyByPost(visit.database.read, visit.integration.id, post_id);
    if (!(await isDeleted(visit.client, post_id))) return {reply_id: post_id, did: 'unknown_post'};
    return reply ? takeDeletion(visit, post_id) : {reply_id: post_id, did};
}

/** What was taken from this thread and is not in it any more was deleted. */
async function missing(visit: Visit, thread: ThreadRow, there: ReadonlySet<string>): Promise<Taken[]> {
    const replies = await visit.database.read
        .selectFrom('reply')
        .select('post_id')
        .where('integration_id', '=', thread.integration_id)
        .where('conversation_id', '=', thread.conversation_id)
        .where('root_id', '=', thread.root_id)
        .where('state', 'in', ['asked', 'queued', 'delivered', 'failed'])
        .execute();
    const taken: Taken[] = [];
    for (const {post_id} of replies) {
        if (post_id && !there.has(post_id) && (await isDeleted(visit.client, post_id))) taken.push(await takeDeletion(visit, post_id));
    }
    return taken;
}
