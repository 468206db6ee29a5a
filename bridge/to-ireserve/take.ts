/**
 * The one door: however we learn of a post, this runs with its id. It reads the post itself with the bot's token, so that a forged payload
 * proves nothing; finds the thread; drops what is not ours; and takes each version once.
 *
 * New posts are taken by reading the thread from the last one taken on, in order: events may come reversed, doubled, or not at all.
 */
import type {Integration} from '../integration.ts';
import type {Database} from '../store/open.ts';
import {findRepliesByPosts, findReplyByPost, findThread, movedFrom, updateThread} from '../store/records.ts';
import type {ThreadRow} from '../store/schema.ts';
import {appendCard} from '../to-mattermost/own-events.ts';
import {markOf} from '../to-mattermost/publish.ts';
import {createFirstWords} from './first-words.ts';
import type {Choice} from './policy.ts';
import type {Speaker} from './queue.ts';
import {readOn} from './read-on.ts';
import {takeDeletion, takeEdit} from './take-revision.ts';
import {type Door, type Drop, isDeleted, readPost, type Taken, type Visit} from './visit.ts';

/** How long a thread that is being opened is waited for. */
const OPENING_TRIES = 20;
const OPENING_MS = 50;
const MOST_MOVED = 1000;

export type Hearing = {
    /** What the event said; used only to save a call, and to drop. */
    root_id?: string;
    /** What was chosen for this very post, and by whom, where it was held. */
    choice?: Choice;
    by?: Speaker;
    /** It may be older than what was taken last: an edit can make a post one for the visitor. */
    edited?: boolean;
    /** Mattermost told that this post was deleted, not with its thread. */
    deleted?: boolean;
    /** The store as whoever asks may write to it. */
    database?: Database;
};

export type Take = ReturnType<typeof createTake>;

export function createTake(door: Door) {
    /** Conversations being read: a second visitor waits, or two would take turns and change the order. */
    const reading = new Map<string, Promise<unknown>>();
    const firstWords = createFirstWords();
    const movedRoots = new Set<string>();
    const onMoved = (root_id: string) => {
        movedRoots.add(root_id);
        if (movedRoots.size > MOST_MOVED) movedRoots.delete(movedRoots.values().next().value as string);
    };

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

    function tell(integration: Integration, taken: Taken[]): Taken[] {
        for (const one of taken) door.onTaken(integration, one);
        if (taken.some(({did}) => did === 'queued' || did === 'asked' || did === 'edited' || did === 'deleted')) door.onStored(integration);
        return taken;
    }

    const turnOf = (integration: Integration, {conversation_id}: {conversation_id: string}) => `${integration.id}/${conversation_id}`;

    /** Takes one post, and what was said before it. @throws MattermostError when the post can't be read now: nothing was decided
     */
    async function take(
        integration: Integration,
        post_id: string,
        {root_id, choice = 'none', edited = false, deleted = false, by, database = door.database}: Hearing = {},
    ): Promise<Taken[]> {
        const drop = (did: Drop) => tell(integration, [{reply_id: post_id, did}]);
        if (integration.state === 'inactive') return drop('integration_inactive');
        if (!integration.config.callback_url) return drop('callback_not_set');
        const client = door.servers.client(integration.config.server_url, integration.secrets.bot_token);
        const {botId} = await door.session(client);
        const visit: Visit = {...door, database, integration, client, botId, firstWords};

        const known = await findReplyByPost(door.database.read, integration.id, post_id);
        if (known)
            return tell(
                integration,
                await inTurn(turnOf(integration, known), async () => [await takeKnown(visit, post_id, {choice, by, deleted})]),
            );
        let root = root_id;
        if (root === undefined) {
            const post = await readPost(client, post_id);
            if (!post) return drop('unknown_post');
            root = post.root_id;
        }
        const thread = root ? await threadOf(visit, root, onMoved) : null;
        if (thread) {
            const asked = {post_id, choice, edited};
            return tell(integration, await inTurn(turnOf(integration, thread), () => readOn(visit, [thread], {asked})));
        }
        // Said in the old place while the thread was being copied: then it has no copy.
        return drop(root && movedRoots.has(root) ? 'thread_deleted' : 'not_mirrored');
    }

    return {
        take,
        /** Learns what a post was when it was written, from an event that told it then. */
        wrote: firstWords.hear,
        /** Takes all that threads of one conversation hold, edits and deletions too. @throws MattermostError */
        async threads(
            integration: Integration,
            threads: readonly [ThreadRow, ...ThreadRow[]],
            {database = door.database}: Pick<Hearing, 'database'> = {},
        ): Promise<Taken[]> {
            const client = door.servers.client(integration.config.server_url, integration.secrets.bot_token);
            const {botId} = await door.session(client);
            const visit: Visit = {...door, database, integration, client, botId, firstWords};
            const taken = await inTurn(turnOf(integration, threads[0]), () => readOn(visit, threads, {whole: true}));
            for (const one of taken) door.onTaken(integration, one);
            if (taken.length > 0) door.onStored(integration);
            return taken;
        },
        /** Says of posts that they were taken away before they were read. */
        async lost(integration: Integration, post_ids: readonly string[]): Promise<void> {
            const known = await findRepliesByPosts(door.database.read, integration.id, post_ids);
            for (const reply_id of post_ids) if (!known.has(reply_id)) door.onTaken(integration, {reply_id, did: 'deleted_before_relay'});
        },
        /** Resolves when nothing is being taken. */
        idle: async (): Promise<void> => {
            while (reading.size > 0) await Promise.all(reading.values());
        },
    };
}

/** A post that was taken before: edited, deleted, or heard of once more. */
async function takeKnown(
    visit: Visit,
    post_id: string,
    {choice, by, deleted}: {choice: Choice; by: Speaker | undefined; deleted: boolean},
): Promise<Taken> {
    const reply = await findReplyByPost(visit.database.read, visit.integration.id, post_id);
    if (!reply) return {reply_id: post_id, did: 'unknown_post'};
    const post = await readPost(visit.client, post_id);
    if (post) return takeEdit(visit, post, choice, by);
    // Hidden from the bot is not deleted.
    if (!(await isDeleted(visit.client, post_id))) return {reply_id: reply.reply_id, did: 'unknown_post'};
    return takeDeletion(visit, post_id, {alone: deleted});
}

/** The mirrored thread of a root post. One that "move thread" took elsewhere has a new root, which bears our mark. */
async function threadOf(visit: Visit, root_id: string, onMoved: (root_id: string) => void): Promise<ThreadRow | null> {
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
    // Its replies are looked for when it is read: from now on nothing is stored of the old place.
    // The card may have been changed when its copy was made.
    const place = {root_id, channel_id: root.channel_id, moved_from: movedFrom(before), card_digest: ''};
    await database.write(async (tx) => {
        await updateThread(tx, before, place);
        await appendCard(tx, integration.id, before.conversation_id, visit.now());
    });
    onMoved(before.root_id);
    return {...before, ...place};
}
