/** What a reply's row learns from what became of its delivery. */
import type {z} from 'zod';
import type {Turn} from '../attempt.ts';
import type {CallbackAnswer} from '../callbacks.ts';
import type {FileOutcome} from '../contract.ts';
import type {Tx} from '../store/open.ts';
import {touchConversation} from '../store/records.ts';
import type {DeliveryRow, ReplyRow} from '../store/schema.ts';
import {appendShow} from '../to-mattermost/own-events.ts';
import {answerArrived} from './answer-arrived.ts';
import {ANSWERED} from './classify.ts';
import {applyReceipt, furthest} from './early-receipts.ts';
import type {QueuedReply} from './queue.ts';

/** i-Reserve has a version: the reply says so, and so does its mark. */
export async function arrived(
    tx: Tx,
    reply: ReplyRow,
    {said, files}: {said: QueuedReply; files: readonly FileOutcome[]},
    answer: z.infer<typeof CallbackAnswer>,
    now: number,
): Promise<void> {
    const missing = files.filter(({state}) => state === 'missing');
    const row = await tx
        .updateTable('reply')
        .set((eb) => ({
            sent_version: said.version,
            files: missing.length > 0 ? JSON.stringify(missing) : null,
            // Taken back or asked about meanwhile: that stays so. Kept internal was the edit; the words before had left.
            state: eb.case().when('state', 'in', ['queued', 'failed', 'internal']).then('delivered').else(eb.ref('state')).end() as never,
            reason_code: eb.case().when('state', '=', 'asked').then(eb.ref('reason_code')).else(null).end(),
            reason_detail: null,
            ...(answer.message_id ? {remote_id: answer.message_id} : {}),
            ...(answer.state ? {remote_state: furthest(answer.state)} : {}),
            updated_at: now,
        }))
        .where('integration_id', '=', reply.integration_id)
        .where('reply_id', '=', reply.reply_id)
        .returning(['state', 'post_id'])
        .executeTakeFirst();
    await answerArrived(tx, reply, said, now);
    if (row?.post_id) await appendShow(tx, reply.integration_id, reply.conversation_id, reply.reply_id, `sent/${said.version}`, now);
    await touchConversation(tx, reply.integration_id, reply.conversation_id, now);
    if (answer.message_id) await applyReceipt(tx, reply, answer.message_id);
}

/** The words in the store are those that were tried. */
async function noteTried(tx: Tx, seq: number): Promise<void> {
    const {body} = await tx.selectFrom('delivery').select('body').where('seq', '=', seq).executeTakeFirstOrThrow();
    const queued = JSON.parse(body) as QueuedReply;
    if (queued.tried) return;
    const tried: QueuedReply = {...queued, tried: true};
    await tx
        .updateTable('delivery')
        .set({body: JSON.stringify(tried)})
        .where('seq', '=', seq)
        .execute();
}

/** A reply that waits or was given up shows it, and what was tried is noted. */
export const alongside =
    (now: () => number) =>
    async (tx: Tx, delivery: DeliveryRow, {state, reason}: Turn): Promise<void> => {
        if (state === 'delivered' || state === 'ignored' || !delivery.conversation_id) return;
        const [reply_id = '', what] = delivery.source_id.split('/');
        if (what !== 'created' && what !== 'edited') return;
        if (state === 'waiting' && reason && ANSWERED.has(reason.code)) await noteTried(tx, delivery.seq);
        // Only the first failed try is news to those who watch.
        if (state === 'waiting' && delivery.attempts > 0) return;
        const at = now();
        const detail = reason && (reason.words ? `${reason.detail}: ${reason.words}` : reason.detail);
        const set = {reason_code: reason?.code ?? null, reason_detail: detail ?? null, updated_at: at};
        const row = await tx
            .updateTable('reply')
            .set(state === 'dead' ? {...set, state: 'failed'} : set)
            .where('integration_id', '=', delivery.integration_id)
            .where('reply_id', '=', reply_id)
            .where('state', 'in', ['queued', 'delivered', 'failed'])
            // Whoever says that the visitor has it, has it, though the callback was never answered.
            .$if(state === 'dead' && what === 'created', (query) => query.where('remote_state', 'is', null))
            .returning('reply_id')
            .executeTakeFirst();
        if (!row) return;
        await appendShow(
            tx,
            delivery.integration_id,
            delivery.conversation_id,
            reply_id,
            `${state}/${delivery.seq}/${delivery.attempts}`,
            at,
        );
        await touchConversation(tx, delivery.integration_id, delivery.conversation_id, at);
    };
