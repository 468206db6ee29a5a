/** What the relay remembers of conversations, threads and messages, by the questions it asks. */
import {sql} from 'kysely';
import type {Conversation} from '../to-mattermost/conversation.ts';
import type {Tx} from './open.ts';
import type {MessageRow, NoticeRow, ThreadRow} from './schema.ts';

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
        .select(['thread.card_digest', 'thread.linked', 'thread.created_at'])
        .where('conversation.integration_id', '=', integration_id)
        .where('conversation.conversation_id', '=', conversation_id)
        .executeTakeFirst();
    if (!row) return null;
    const {facts, ...thread} = row;
    return {
        facts: JSON.parse(facts) as Conversation,
        thread: thread.number === null ? null : ({...thread, integration_id, conversation_id} as ThreadRow),
    };
}

export async function saveFacts(tx: Tx, integration_id: string, facts: Conversation, now: number): Promise<void> {
    const text = JSON.stringify(facts);
    await tx
        .insertInto('conversation')
        .values({
            integration_id,
            conversation_id: facts.conversation_id,
            facts: text,
            thread_number: 0,
            created_at: now,
            updated_at: now,
        })
        .onConflict((conflict) => conflict.columns(['integration_id', 'conversation_id']).doUpdateSet({facts: text, updated_at: now}))
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
    set: Partial<Pick<ThreadRow, 'card_digest' | 'linked' | 'channel_id' | 'root_id'>>,
): Promise<void> {
    await ofThread(tx, thread).set(set).execute();
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

export async function saveMessage(tx: Tx, message: MessageRow): Promise<void> {
    const {integration_id, conversation_id, direction, message_id, created_at, ...set} = message;
    await tx
        .insertInto('message')
        .values(message)
        .onConflict((conflict) => conflict.columns(['integration_id', 'conversation_id', 'direction', 'message_id']).doUpdateSet(set))
        .execute();
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
