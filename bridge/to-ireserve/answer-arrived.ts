/** An answer has reached i-Reserve: only now nobody waits for it any more. */
import type {Tx} from '../store/open.ts';
import {changeFacts} from '../store/records.ts';
import type {ReplyRow} from '../store/schema.ts';
import {answered} from '../to-mattermost/conversation-state.ts';
import {appendCard} from '../to-mattermost/own-events.ts';
import type {QueuedReply} from './queue.ts';

/** Ends the waiting for what stood in the thread when the answer was given. */
export async function answerArrived(
    tx: Tx,
    {integration_id, conversation_id}: Pick<ReplyRow, 'integration_id' | 'conversation_id'>,
    {answers, timestamp}: Pick<QueuedReply, 'answers' | 'timestamp'>,
    now: number,
): Promise<void> {
    const known = await changeFacts(tx, integration_id, conversation_id, now, (facts) => answered(facts, answers ?? Date.parse(timestamp)));
    if (known && known.after !== known.before) await appendCard(tx, integration_id, conversation_id, now);
}

/** The same where i-Reserve says later that the visitor has it: the words still wait, or were given up. */
export async function saidToHaveArrived(tx: Tx, reply: ReplyRow, now: number): Promise<void> {
    const row = await tx
        .selectFrom('delivery')
        .select('body')
        .where('integration_id', '=', reply.integration_id)
        .where('direction', '=', 'to-ireserve')
        .where('source_id', 'like', `${reply.reply_id}/%`)
        .where('state', 'in', ['queued', 'dead'])
        .where('type', 'in', ['message.created', 'message.edited'])
        .orderBy('seq')
        .limit(1)
        .executeTakeFirst();
    if (row) await answerArrived(tx, reply, JSON.parse(row.body) as QueuedReply, now);
}
