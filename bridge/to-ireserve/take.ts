/**
 * The one door: however we learn of a post, this runs with its id. It reads the post itself with the bot's token, so that a forged payload
 * proves nothing; finds the thread; drops what is not ours; and takes each version once.
 *
 * New posts are taken by reading the thread from the last one taken on, in order: events may come reversed, doubled, or not at all.
 */
import type {Post} from '@mattermost/types/posts';
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';
import type {Database} from '../store/open.ts';
import {findRepliesByPosts, findReplyByPost, findThread, heardUpTo} from '../store/records.ts';
import type {ThreadRow} from '../store/schema.ts';
import {markOf} from '../to-mattermost/publish.ts';
import {relaysSince} from './catch-up.ts';
import {createFirstWords} from './first-words.ts';
import type {Choice} from './policy.ts';
import type {Speaker} from './queue.ts';
import {takeNew} from './take-new.ts';
import {takeDeletion, takeEdit} from './take-revision.ts';
import {type Door, type Drop, isDeleted, readPost, type Taken, type Visit, versionOf} from './visit.ts';

/** Posts may become readable a moment after younger ones. */
export const TAKE_OVERLAP_MS = 10_000;
const PER_PAGE = 200;
/** How long a thread that is being opened is waited for. */
const OPENING_TRIES = 20;
const OPENING_MS = 50;

export type Take = ReturnType<typeof createTake>;
type TakeOptions = {root_id?: string; choice?: Choice; edited?: boolean; by?: Speaker; database?: Database};

export function createTake(door: Door) {
    /** Threads being read: a second visitor waits, or two would take turns and change the order. */
    const reading = new Map<string, Promise<unknown>>();
    const firstWords = createFirstWords();

    function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
        const before = reading.get(key) ?? Promise.resolve();
        const mine = before.then(work, work);
        const quiet = mine.catch(() => undefined);
        reading.set(key, quiet);
        quiet.then(() => {
            if (reading.get(key) === quiet) reading.delete(key);
        });
        return mine;
    }

    /**
     * @param root_id what the event said; used only to save a call, and to drop
     * @param choice what was chosen for this very post
     * @param by who chose, where it was held
     * @param edited it may be older than what was taken last: an edit can make a post one for the visitor
     * @param database the store as whoever asks may write to it
     * @throws MattermostError when the post can't be read now: nothing was decided
     */
    async function take(
        integration: Integration,
        post_id: string,
        {root_id, choice = 'none', edited = false, by, database = door.database}: TakeOptions = {},
    ): Promise<Taken[]> {
        const tell = (taken: Taken[]) => {
            for (const one of taken) door.onTaken(integration, one);
            if (taken.some(({did}) => did === 'queued' || did === 'asked' || did === 'edited' || did === 'deleted'))
                door.onStored(integration);
            return taken;
        };
        const drop = (did: Drop) => tell([{reply_id: post_id, did}]);
        if (integration.state === 'inactive') return drop('integration_inactive');
        if (!integration.config.callback_url) return drop('callback_not_set');
        const client = door.servers.client(integration.config.server_url, integration.secrets.bot_token);
        const {botId} = await door.session(client);
        const visit: Visit = {...door, database, integration, client, botId, firstWords};

        const known = await findReplyByPost(door.database.read, integration.id, post_id);
        if (known) return tell([await inTurn(`${integration.id}/${known.root_id}`, () => takeKnown(visit, post_id, choice, by))]);
        let root = root_id;
        if (root === undefined) {
            const post = await readPost(client, post_id);
            if (!post) return drop('unknown_post');
            root = post.root_id;
        }
        const thread = root ? await threadOf(visit, root) : null;
        if (!thread) return drop('not_mirrored');
        const asked = {post_id, choice, edited};
        return tell(await inTurn(`${integration.id}/${thread.root_id}`, () => readOn(visit, thread, {asked})));
    }

    return {
        take,
        /** Learns what a post was when it was written, from an event that told it then. */
        wrote: firstWords.hear,
        /** Takes what a thread holds since it was last read, or all of it: edits and deletions too. @throws MattermostError */
        async thread(
            integration: Integration,
            thread: ThreadRow,
            {whole, database = door.database}: {whole: boolean; database?: Database},
        ): Promise<Taken[]> {
            const client = door.servers.client(integration.config.server_url, integration.secrets.bot_token);
            const {botId} = await door.session(client);
            const visit: Visit = {...door, database, integration, client, botId, firstWords};
            const taken = await inTurn(`${integration.id}/${thread.root_id}`, () => readOn(visit, thread, {whole}));
            for (const one of taken) door.onTaken(integration, one);
            if (taken.length > 0) door.onStored(integration);
            return taken;
        },
        /** Resolves when nothing is being taken. */
        idle: async (): Promise<void> => {
            while (reading.size > 0) await Promise.all(reading.values());
        },
    };
}

/** A post that was taken before: edited, deleted, or heard of once more. */
async function takeKnown(visit: Visit, post_id: string, choice: Choice, by: Speaker | undefined): Promise<Taken> {
    const reply = await findReplyByPost(visit.database.read, visit.integration.id, post_id);
    if (!reply) return {reply_id: post_id, did: 'unknown_post'};
    const post = await readPost(visit.client, post_id);
    if (post) return takeEdit(visit, post, choice, by);
    // Hidden from the bot is not deleted.
    if (!(await isDeleted(visit.client, post_id))) return {reply_id: reply.reply_id, did: 'unknown_post'};
    return takeDeletion(visit, post_id);
}

/** The mirrored thread of a root post. One that "move thread" took elsewhere has a new root, which bears our mark. */
async function threadOf(visit: Visit, root_id: string): Promise<ThreadRow | null> {
    const {database, integration} = visit;
    const find = () =>
        database.read
            .selectFrom('thread')
            .selectAll()
            .where('root_id', '=', root_id)
            .where('integration_id', '=', integration.id)
            .executeTakeFirst();
    const thread = await find();
    if (thread) return thread;
    const root = await readPost(visit.client, root_id);
    const mark = root && root.user_id === visit.botId ? markOf(root) : null;
    const number = Number(/^root:(\d+)$/.exec(mark?.key ?? '')?.[1]);
    if (!root || mark?.integration !== integration.id || !mark.conversation || !number) return null;
    let before = await findThread(database.read, integration.id, mark.conversation, number);
    // Its root stands in Mattermost a moment before it stands in the store; who answers faster is found by the next look.
    for (let tries = 0; !before && tries < OPENING_TRIES; tries++) {
        await new Promise((resolve) => setTimeout(resolve, OPENING_MS));
        before = await findThread(database.read, integration.id, mark.conversation, number);
    }
    // Another ear has just found it.
    if (before?.root_id === root_id) return before;
    // A copy beside a thread that is still there is no move.
    if (!before || !(await isDeleted(visit.client, before.root_id))) return null;
    await database.write((tx) =>
        tx
            .updateTable('thread')
            .set({root_id, channel_id: root.channel_id})
            .where('integration_id', '=', integration.id)
            .where('conversation_id', '=', before.conversation_id)
            .where('number', '=', number)
            .execute(),
    );
    return {...before, root_id, channel_id: root.channel_id};
}

/** What the door was asked about: one post, and what was chosen for it. */
type Asked = {post_id: string; choice: Choice; edited: boolean};

/**
 * Reads a thread on from the last post judged, and takes what is new in the order it was said.
 *
 * - what was said before the integration was told to relay stays in Mattermost
 * - what is older than the last post judged was dropped for a reason, and a change of policy is none to send it after all: an edit can only
 *   mark it for the visitor
 */
async function readOn(visit: Visit, given: ThreadRow, {whole = false, asked}: {whole?: boolean; asked?: Asked} = {}): Promise<Taken[]> {
    const {database, client, integration} = visit;
    const thread = await findThread(database.read, given.integration_id, given.conversation_id, given.number);
    if (!thread) return [];
    const since = await relaysSince(database, integration);
    const from = Math.max(thread.heard_at - TAKE_OVERLAP_MS, since);
    const posts = await postsFrom(client, thread.root_id, whole ? 0 : from - 1);
    if (posts === null) return [{reply_id: thread.root_id, did: 'thread_deleted'}];
    const taken: Taken[] = [];
    const seen = new Set<string>();
    // Read before they are judged: whatever is taken meanwhile is found by the insert, which happens once.
    const before = await findRepliesByPosts(
        database.read,
        integration.id,
        posts.map(({id}) => id),
    );
    for (const post of posts) {
        if (post.id === thread.root_id) continue;
        seen.add(post.id);
        const choice = post.id === asked?.post_id ? asked.choice : 'none';
        const known = before.get(post.id);
        if (known) {
            if (versionOf(post) > known.version || choice !== 'none') taken.push(await takeEdit(visit, post, choice));
        } else if (post.create_at >= from || post.edit_at >= since || choice !== 'none') {
            const onlyMarked = post.create_at < from && choice === 'none';
            const one = await takeNew(visit, thread, post, {choice, onlyMarked, beside: posts});
            taken.push(one.did === 'moved_copy' && post.edit_at > 0 ? await takeEdit(visit, post, choice) : one);
        }
    }
    const newest = posts.filter(({id}) => id !== thread.root_id).at(-1);
    // What was taken moved it on in its own transaction.
    const last = taken.at(-1);
    const isMoved = last?.reply_id === newest?.id && (last?.did === 'queued' || last?.did === 'asked' || last?.did === 'note');
    if (newest && newest.create_at > thread.heard_at && !isMoved) await database.write((tx) => heardUpTo(tx, thread, newest.create_at));
    if (asked && !seen.has(asked.post_id)) taken.push(...(await takeLate(visit, thread, asked, since)));
    if (whole) taken.push(...(await missing(visit, thread, seen)));
    return taken.filter(({did}) => did !== 'own_bot' && did !== 'known_version');
}

/** A post that younger ones overtook: its event came late, or it was edited long after it was said. */
async function takeLate(visit: Visit, thread: ThreadRow, {post_id, choice, edited}: Asked, since: number): Promise<Taken[]> {
    const post = await readPost(visit.client, post_id);
    if (!post || post.root_id !== thread.root_id) return [{reply_id: post_id, did: 'unknown_post'}];
    if (post.create_at < since && choice === 'none' && !edited) return [{reply_id: post_id, did: 'too_old'}];
    return [await takeNew(visit, thread, post, {choice, onlyMarked: edited && choice === 'none'})];
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

/** A thread's posts from a time on, oldest first; null: its root is gone. Older servers know no pages and answer with everything. */
async function postsFrom(client: MattermostClient, root_id: string, from: number): Promise<Post[] | null> {
    const posts = new Map<string, Post>();
    let page: {fromCreateAt?: number; fromPost?: string} = from > 0 ? {fromCreateAt: from} : {};
    for (;;) {
        let answer: Awaited<ReturnType<MattermostClient['getPaginatedPostThread']>>;
        try {
            answer = await client.getPaginatedPostThread(root_id, {perPage: PER_PAGE, direction: 'down', ...page});
        } catch (error) {
            if (error instanceof MattermostError && error.kind === 'refused' && error.status === 404) return null;
            throw error;
        }
        const before = posts.size;
        for (const post of Object.values(answer.posts)) posts.set(post.id, post);
        const newest = [...posts.values()]
            .filter(({id}) => id !== root_id)
            .sort(byTime)
            .at(-1);
        // The root is in every page: a page that brings nothing else is the last.
        if (answer.has_next !== true || !newest || posts.size === before) break;
        page = {fromCreateAt: newest.create_at, fromPost: newest.id};
    }
    return [...posts.values()].filter(({delete_at}) => delete_at === 0).sort(byTime);
}

const byTime = (a: Post, b: Post): number => a.create_at - b.create_at || (a.id < b.id ? -1 : 1);
