/** What the relay remembers of conversations, threads and messages, by the questions it asks. */
import {sql} from 'kysely';
import {type Conversation, readFacts} from '../to-mattermost/conversation.ts';
import {stateOf} from '../to-mattermost/conversation-state.ts';
import type {Tx} from './open.ts';
import type {MessageRow, NoticeRow, ReplyRow, ThreadRow} from './schema.ts';

export type Known = {facts: Conversation; thread: ThreadRow | null};

/** The conversation and the thread its messages go to now. */
export async function findConversation(tx: Tx, integration_id: string, conversation_id: string): Promise<Known | null> {
    const row = await tx
        .selectFrom('conversation')
        .leftJoin('thread', (join) =>
            join
                .onRef('thread.integration_id', '=', 'conversation.integration_id')
                .onRef('thread.conversation_id', '=', 'conversation.conversation_id')
                .onRef('thread.number', '=', 'conversation.thread_number'),
        )
        .select(['conversation.facts', 'thread.number', 'thread.channel_id', 'thread.root_id', 'thread.reason', 'thread.replies'])
        .select(['thread.card_digest', 'thread.linked', 'thread.heard_at', 'thread.moved_from', 'thread.created_at'])
        .where('conversation.integration_id', '=', integration_id)
        .where('conversation.conversation_id', '=', conversation_id)
        .executeTakeFirst();
    if (!row) return null;
    const {facts, ...thread} = row;
    return {
        facts: readFacts(facts),
        thread: thread.number === null ? null : ({...thread, integration_id, conversation_id} as ThreadRow),
    };
}

/** When the first of a conversation's deliveries was accepted that were tried and given up (ms); null when there is none. */
export async function givenUpSince(tx: Tx, integration_id: string, conversation_id: string): Promise<number | null> {
    const {since} = await tx
        .selectFrom('delivery')
        .select(sql<number | null>`min(coalesce(first_received_at, received_at))`.as('since'))
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .where('direction', '=', 'to-mattermost')
        .where('state', 'in', ['dead', 'discarded'])
        .where('attempts', '>', 0)
        .executeTakeFirstOrThrow();
    return since === null ? null : Number(since);
}

export async function saveFacts(tx: Tx, integration_id: string, facts: Conversation, now: number): Promise<void> {
    const columns = {...columnsOf(facts), activity_at: now, updated_at: now};
    await tx
        .insertInto('conversation')
        .values({integration_id, conversation_id: facts.conversation_id, thread_number: 0, created_at: now, ...columns})
        .onConflict((conflict) => conflict.columns(['integration_id', 'conversation_id']).doUpdateSet(columns))
        .execute();
}

/** Makes a conversation known; what is stored of a known one is left alone. */
export async function addConversation(tx: Tx, integration_id: string, facts: Conversation, now: number): Promise<void> {
    await tx
        .insertInto('conversation')
        .values({
            integration_id,
            conversation_id: facts.conversation_id,
            thread_number: 0,
            created_at: now,
            activity_at: now,
            updated_at: now,
            ...columnsOf(facts),
        })
        .onConflict((conflict) => conflict.columns(['integration_id', 'conversation_id']).doNothing())
        .execute();
}

/** What of the facts is searched and sorted by. */
function columnsOf(facts: Conversation) {
    const {visitor, page, topic, conversation_id, booking_id} = facts;
    const words = [visitor.name, visitor.email, topic, page?.title, conversation_id, booking_id];
    return {
        facts: JSON.stringify(facts),
        ...stateOf(facts),
        assignee_user: facts.assignee?.user_id ?? null,
        visitor_id: visitor.id ?? null,
        visitor_email: visitor.email?.toLowerCase() ?? null,
        search: words.filter(Boolean).join(' ').toLowerCase().slice(0, 1000),
    };
}

/**
 * Changes what is known of a conversation, under its row's lock: two directions write it, and neither may undo what the other learned.
 *
 * @returns before and after; null when the conversation is not known
 */
export async function changeFacts(
    tx: Tx,
    integration_id: string,
    conversation_id: string,
    now: number,
    change: (facts: Conversation) => Conversation,
): Promise<{before: Conversation; after: Conversation} | null> {
    const row = await tx
        .updateTable('conversation')
        .set({updated_at: now})
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .returning('facts')
        .executeTakeFirst();
    if (!row) return null;
    const before = readFacts(row.facts);
    const after = change(before);
    if (after !== before) await saveFacts(tx, integration_id, after, now);
    return {before, after};
}

/** The facts under their row's lock, for who must not miss a change that is being written. */
export async function lockFacts(tx: Tx, integration_id: string, conversation_id: string): Promise<Conversation | null> {
    const row = await tx
        .updateTable('conversation')
        .set((set) => ({updated_at: set.ref('updated_at')}))
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .returning('facts')
        .executeTakeFirst();
    return row ? readFacts(row.facts) : null;
}

/** Something happened in a conversation that its card does not show: lists and streams must notice. */
export async function touchConversation(tx: Tx, integration_id: string, conversation_id: string, now: number): Promise<void> {
    await tx
        .updateTable('conversation')
        .set({activity_at: now, updated_at: now})
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .execute();
}

/** Remembers a thread and makes it the one messages go to. */
export async function saveThread(tx: Tx, thread: ThreadRow): Promise<void> {
    const key = ['integration_id', 'conversation_id', 'number'] as const;
    await tx
        .insertInto('thread')
        .values(thread)
        .onConflict((conflict) =>
            conflict
                .columns([...key])
                .doUpdateSet({channel_id: thread.channel_id, root_id: thread.root_id, card_digest: thread.card_digest}),
        )
        .execute();
    await tx
        .updateTable('conversation')
        .set({thread_number: thread.number})
        .where('integration_id', '=', thread.integration_id)
        .where('conversation_id', '=', thread.conversation_id)
        .execute();
}

const ofThread = (tx: Tx, thread: ThreadRow) =>
    tx
        .updateTable('thread')
        .where('integration_id', '=', thread.integration_id)
        .where('conversation_id', '=', thread.conversation_id)
        .where('number', '=', thread.number);

export async function countReplies(tx: Tx, thread: ThreadRow, more: number): Promise<void> {
    await ofThread(tx, thread)
        .set({replies: sql`replies + ${more}`})
        .execute();
}

export async function updateThread(
    tx: Tx,
    thread: ThreadRow,
    set: Partial<Pick<ThreadRow, 'card_digest' | 'linked' | 'channel_id' | 'root_id' | 'moved_from'>>,
): Promise<void> {
    await ofThread(tx, thread).set(set).execute();
}

/** @param heard_at as `thread.heard_at` when the thread was moved away */
export type Place = {channel_id: string; root_id: string; heard_at: number};

/** Where a moved thread stood before, oldest place first, as long as its posts were not judged in the new one. */
export const placesBefore = ({moved_from}: ThreadRow): Place[] => (moved_from === null ? [] : (JSON.parse(moved_from) as Place[]));

/** What `thread.moved_from` becomes when it is moved, perhaps once more. */
export const movedFrom = (thread: ThreadRow): string =>
    JSON.stringify([...placesBefore(thread), {channel_id: thread.channel_id, root_id: thread.root_id, heard_at: thread.heard_at}]);

/** Its posts were judged in the new place: what they were copied from need not be known any more. */
export async function forgetMove(tx: Tx, thread: ThreadRow): Promise<void> {
    await ofThread(tx, thread).set({moved_from: null}).where('moved_from', '=', thread.moved_from).execute();
}

export function findThread(tx: Tx, integration_id: string, conversation_id: string, number: number): Promise<ThreadRow | undefined> {
    return tx
        .selectFrom('thread')
        .selectAll()
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .where('number', '=', number)
        .executeTakeFirst();
}

export function findMessage(tx: Tx, integration_id: string, conversation_id: string, message_id: string): Promise<MessageRow | undefined> {
    return tx
        .selectFrom('message')
        .selectAll()
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .where('direction', '=', 'to-mattermost')
        .where('message_id', '=', message_id)
        .executeTakeFirst();
}

/** The first words of messages that stand in the thread, by id. */
export async function excerptsOf(
    tx: Tx,
    integration_id: string,
    conversation_id: string,
    message_ids: readonly string[],
): Promise<Map<string, string>> {
    const rows = await tx
        .selectFrom('message')
        .select(['message_id', 'excerpt'])
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .where('direction', '=', 'to-mattermost')
        .where('state', '=', 'posted')
        .where('message_id', 'in', message_ids)
        .execute();
    return new Map(rows.map(({message_id, excerpt}) => [message_id, excerpt]));
}

export async function saveMessage(tx: Tx, message: MessageRow): Promise<void> {
    const {integration_id, conversation_id, direction, message_id, created_at, ...set} = message;
    await tx
        .insertInto('message')
        .values(message)
        .onConflict((conflict) => conflict.columns(['integration_id', 'conversation_id', 'direction', 'message_id']).doUpdateSet(set))
        .execute();
}

export function findReply(tx: Tx, integration_id: string, reply_id: string): Promise<ReplyRow | undefined> {
    return tx
        .selectFrom('reply')
        .selectAll()
        .where('integration_id', '=', integration_id)
        .where('reply_id', '=', reply_id)
        .executeTakeFirst();
}

/** A reply by its post: what was said elsewhere, or was moved, has another id than its post. */
export function findReplyByPost(tx: Tx, integration_id: string, post_id: string): Promise<ReplyRow | undefined> {
    return tx
        .selectFrom('reply')
        .selectAll()
        .where('integration_id', '=', integration_id)
        .where((where) => where.or([where('reply_id', '=', post_id), where('post_id', '=', post_id)]))
        .executeTakeFirst();
}

/** Replies by their posts, as `findReplyByPost` finds one. */
export async function findRepliesByPosts(tx: Tx, integration_id: string, post_ids: readonly string[]): Promise<Map<string, ReplyRow>> {
    const found = new Map<string, ReplyRow>();
    // Databases bound the parameters of one statement.
    for (let from = 0; from < post_ids.length; from += 400) {
        const part = post_ids.slice(from, from + 400);
        const rows = await tx
            .selectFrom('reply')
            .selectAll()
            .where('integration_id', '=', integration_id)
            .where((where) => where.or([where('reply_id', 'in', part), where('post_id', 'in', part)]))
            .execute();
        for (const row of rows) for (const id of [row.reply_id, row.post_id]) if (id) found.set(id, row);
    }
    return found;
}

/** Keeps a thread's row as it was read until the end of the transaction. @returns false: its root is another by now */
export async function holdThread(tx: Tx, thread: ThreadRow): Promise<boolean> {
    const row = await ofThread(tx, thread)
        .set((set) => ({heard_at: set.ref('heard_at')}))
        .where('root_id', '=', thread.root_id)
        .returning('number')
        .executeTakeFirst();
    return row !== undefined;
}

/** Moves on how far a thread was judged, never back. */
export async function heardUpTo(tx: Tx, thread: ThreadRow, heard_at: number): Promise<void> {
    await ofThread(tx, thread).set({heard_at}).where('heard_at', '<', heard_at).execute();
}

/** A reply by our id, or by the one i-Reserve gave it. */
export function findReplyOrRemote(tx: Tx, integration_id: string, conversation_id: string, id: string): Promise<ReplyRow | undefined> {
    return tx
        .selectFrom('reply')
        .selectAll()
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .where((where) => where.or([where('reply_id', '=', id), where('remote_id', '=', id)]))
        .executeTakeFirst();
}

/** The last messages said before a time, oldest first: the recap of a recreated thread. */
export async function recentMessages(
    tx: Tx,
    integration_id: string,
    conversation_id: string,
    most: number,
    before = Number.MAX_SAFE_INTEGER,
): Promise<MessageRow[]> {
    const rows = await tx
        .selectFrom('message')
        .selectAll()
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .where('state', '=', 'posted')
        .where('excerpt', '!=', '')
        .where('created_at', '<', before)
        .orderBy('created_at', 'desc')
        .limit(most)
        .execute();
    return rows.reverse();
}

/** @returns true when the notice is new. */
export async function raiseNotice(tx: Tx, notice: NoticeRow): Promise<boolean> {
    const made = await tx
        .insertInto('notice')
        .values(notice)
        .onConflict((conflict) => conflict.columns(['integration_id', 'code', 'subject']).doNothing())
        .returning('code')
        .execute();
    return made.length > 0;
}

/** @returns the notices that were standing. */
export function clearNotices(tx: Tx, integration_id: string, subjects: string[]): Promise<NoticeRow[]> {
    return tx.deleteFrom('notice').where('integration_id', '=', integration_id).where('subject', 'in', subjects).returningAll().execute();
}

export async function readFile(tx: Tx, id: string): Promise<Uint8Array | null> {
    const row = await tx.selectFrom('file').select('bytes').where('id', '=', id).executeTakeFirst();
    return row?.bytes ?? null;
}
