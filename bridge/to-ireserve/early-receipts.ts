/**
 * What i-Reserve says of an answer by an id of its own before the bridge knows that id: it may be quicker than its own answer to the callback,
 * and that answer may be lost. Kept like an edit that comes before its message, until the id is known.
 */
import {type Expression, sql} from 'kysely';
import type {Tx} from '../store/open.ts';
import {saveMessage} from '../store/records.ts';
import type {ReplyRow} from '../store/schema.ts';

type Receipt = NonNullable<ReplyRow['remote_state']>;
type Named = {integration_id: string; conversation_id: string; remote_id: string};

/** What a reply's `remote_state` becomes by a receipt, in whatever order they come: what has been seen stays so. */
export const furthest = (state: Receipt): Expression<Receipt> =>
    sql<Receipt>`case when remote_state = 'seen' then 'seen' else ${state} end`;

/** Longer than callbacks are tried; what is older names nothing that will ever be known. */
const KEPT_MS = 7 * 24 * 3_600_000;
const MOST = 100;

/** @returns whether an id of i-Reserve's may still become known in this conversation: something that it was sent, or will be, has none */
export async function mayBeNamed(tx: Tx, integration_id: string, conversation_id: string): Promise<boolean> {
    const row = await tx
        .selectFrom('reply')
        .select('reply_id')
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .where('remote_id', 'is', null)
        .where('state', 'not in', ['note', 'unmarked', 'internal', 'discarded'])
        .limit(1)
        .executeTakeFirst();
    return row !== undefined;
}

/** Keeps a receipt; `seen` is not taken back by a later `delivered`. The oldest of too many go. To be called as `applyReceipt` is. */
export async function keepReceipt(tx: Tx, {integration_id, conversation_id, remote_id}: Named, state: Receipt, now: number): Promise<void> {
    const earlier = await findReceipt(tx, {integration_id, conversation_id, remote_id});
    if (earlier === 'seen') return;
    await saveMessage(tx, {
        ...{integration_id, conversation_id, message_id: remote_id},
        direction: 'to-ireserve',
        state: 'expected',
        post_ids: '[]',
        author: '{}',
        excerpt: '',
        files: null,
        created_at: now,
        revised_at: now,
        held: JSON.stringify({state}),
    });
    const all = await receiptsOf(tx, integration_id, conversation_id)
        .select(['message_id', 'created_at'])
        .orderBy('created_at', 'desc')
        .orderBy('message_id')
        .execute();
    for (const [index, {message_id, created_at}] of all.entries())
        if (index >= MOST || created_at < now - KEPT_MS) await forget(tx, {integration_id, conversation_id, remote_id: message_id});
}

/**
 * Applies what was said early of a reply whose id at i-Reserve is known since this transaction. To be called after the conversation's row was
 * written in it, as whoever keeps a receipt does first: so one of the two sees the other.
 */
export async function applyReceipt(tx: Tx, {integration_id, conversation_id, reply_id}: ReplyRow, remote_id: string): Promise<void> {
    const named = {integration_id, conversation_id, remote_id};
    const state = await findReceipt(tx, named);
    if (!state) return;
    await tx
        .updateTable('reply')
        .set({remote_state: furthest(state)})
        .where('integration_id', '=', integration_id)
        .where('reply_id', '=', reply_id)
        .execute();
    await forget(tx, named);
}

async function findReceipt(tx: Tx, {integration_id, conversation_id, remote_id}: Named): Promise<Receipt | null> {
    const row = await receiptsOf(tx, integration_id, conversation_id).select('held').where('message_id', '=', remote_id).executeTakeFirst();
    return row?.held ? (JSON.parse(row.held) as {state: Receipt}).state : null;
}

const receiptsOf = (tx: Tx, integration_id: string, conversation_id: string) =>
    tx
        .selectFrom('message')
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .where('direction', '=', 'to-ireserve')
        .where('state', '=', 'expected');

const forget = (tx: Tx, {integration_id, conversation_id, remote_id}: Named) =>
    tx
        .deleteFrom('message')
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .where('direction', '=', 'to-ireserve')
        .where('message_id', '=', remote_id)
        .execute();
