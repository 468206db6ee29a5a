/** `trace`: one message's whole way. */
import type {Command} from 'commander';
import {traceOf} from '../admin/trace.ts';
import type {DeliveryRow} from '../store/schema.ts';
import {callbackId} from '../to-ireserve/callback.ts';
import {anyId, type Common, examples, takesAnyId, withJson} from './command.ts';
import {CliError} from './failure.ts';
import {type Store, withStore} from './open-store.ts';
import {paint, present, screenWidth} from './output.ts';
import {fields, table} from './table.ts';
import {clock, iso} from './times.ts';

export function declare(trace: Command): void {
    takesAnyId(withJson(trace))
        .argument('<id>', 'number from deliveries list, an event id, a reply’s id or a post id', anyId)
        .action(showTrace);
    examples(trace, ['ireserve-bridge trace 4711', 'ireserve-bridge trace evt-9f2c']);
    trace.addHelpText('after', '\nWith several deliveries of one id, the newest is shown.');
}

async function find({database}: Store, id: string): Promise<number> {
    const any = database.read.selectFrom('delivery').select('seq').orderBy('seq', 'desc').limit(1);
    const bySource = () =>
        any.where((where) => where.or([where('source_id', '=', id), where('source_id', 'like', `${id.replace(/[%_]/g, '')}/%`)]));
    const byPost = () => any.where('result', 'like', `%"${id.replace(/[^\w-]/g, '')}"%`);
    const bySeq = () => any.where('seq', '=', Number(id));
    for (const look of [...(/^\d{1,15}$/.test(id) ? [bySeq] : []), bySource, byPost]) {
        const row = await look().executeTakeFirst();
        if (row) return row.seq;
    }
    throw new CliError('not_found', `There is no delivery ${id}.`, 'See ireserve-bridge deliveries list --state all.');
}

async function showTrace(id: string, {json}: Common): Promise<void> {
    await withStore(async (store) => {
        const seq = await find(store, id);
        const attemptId = ({direction, integration_id, source_id}: DeliveryRow) =>
            direction === 'to-ireserve' ? callbackId(store.box(), integration_id, source_id) : null;
        const trace = await traceOf(store.database.read, seq, store.now(), attemptId);
        if (!trace) throw new CliError('not_found', `Delivery ${seq} is gone.`, 'See ireserve-bridge deliveries list --state all.');
        const {delivery, hops, lane, reply} = trace;
        const arrived = hops[0]?.at ?? delivery.received_at;
        const names = new Map((await store.known()).map((one) => [one.id, one.name]));
        const document = {
            delivery: {
                id: seq,
                integration: names.get(delivery.integration_id) ?? null,
                direction: delivery.direction,
                state: delivery.state,
            },
            hops: hops.map(({at, ...hop}) => ({...hop, at: iso(at), after_ms: at - arrived})),
            lane: lane && {ahead: lane.ahead, due_at: iso(lane.due), running: lane.owner !== null},
            reply: reply && {reply_id: reply.reply_id, post_id: reply.post_id, state: reply.state, remote_id: reply.remote_id},
        };
        present(json, document, () => [
            ...fields([
                ['Delivery', `${seq} (${delivery.direction}), ${delivery.state}`],
                ['Integration', names.get(delivery.integration_id) ?? 'removed'],
                ['Message', `${delivery.source_id} (${delivery.type})`],
                ['Conversation', delivery.conversation_id ?? '–'],
                ...(lane ? [['Waits', `${lane.ahead} before it in its conversation`] as const] : []),
            ]),
            '',
            ...table(
                ['TIME', 'AFTER', 'HOP', 'TRY', 'TOOK', 'CODE', 'ID', 'DETAIL'].map((title) => ({
                    title,
                    keep: title === 'TIME' || title === 'HOP',
                })),
                hops.map(({hop, at, ok, attempt, duration_ms, code, id: named, detail}) => [
                    clock(at),
                    `${at - arrived} ms`,
                    {text: hop, tone: ok ? 'good' : 'bad'},
                    attempt === null ? '' : String(attempt),
                    duration_ms === null ? '' : `${duration_ms} ms`,
                    code ?? '',
                    named ?? '',
                    detail,
                ]),
                {width: screenWidth(), paint},
            ),
        ]);
    });
}
