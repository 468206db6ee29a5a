/** One message's whole way: accepted, each try, what was done by hand, and where it ended. Made of the delivery, its log and the reply it carries. */
import type {Tx} from '../store/open.ts';
import {findReply} from '../store/records.ts';
import type {DeliveryRow, LaneRow, LogRow, ReplyRow} from '../store/schema.ts';

export type Hop = {
    hop: 'accepted' | 'noted' | 'attempt' | 'by_hand' | 'waiting' | 'delivered' | 'given_up' | 'ignored' | 'seen';
    at: number;
    attempt: number | null;
    duration_ms: number | null;
    /** What it is called there: event id, post id, i-Reserve's own id. */
    id: string | null;
    ok: boolean;
    code: string | null;
    detail: string;
};

export type Trace = {
    delivery: DeliveryRow;
    log: LogRow[];
    reply: ReplyRow | null;
    /** Null once it is settled. */
    lane: (LaneRow & {ahead: number}) | null;
    hops: Hop[];
};

const MOST_LOGGED = 500;
const BY_HAND = new Set(['replayed', 'discarded']);

/**
 * @param attemptId what the other side knows its tries by, where it does
 * @returns null when there is no such delivery
 */
export async function traceOf(
    tx: Tx,
    seq: number,
    now: number,
    attemptId: (delivery: DeliveryRow) => string | null,
): Promise<Trace | null> {
    const delivery = await tx.selectFrom('delivery').selectAll().where('seq', '=', seq).executeTakeFirst();
    if (!delivery) return null;
    const {integration_id, source_id} = delivery;
    const log = await tx
        .selectFrom('log')
        .selectAll()
        .where('integration_id', '=', integration_id)
        .where('direction', '=', delivery.direction)
        .where((where) =>
            // What was noted at its arrival knows only the event's id.
            where.or([where('delivery_seq', '=', seq), where.and([where('source_id', '=', source_id), where('delivery_seq', 'is', null)])]),
        )
        .orderBy('id')
        .limit(MOST_LOGGED)
        .execute();
    const reply = await replyOf(tx, delivery);
    const lane = delivery.state === 'queued' ? await laneOf(tx, delivery) : null;
    return {delivery, log, reply, lane, hops: hopsOf(delivery, log, {reply, now, attemptId: attemptId(delivery)})};
}

/** The agent's reply a delivery carries: its key begins with the reply's id. */
async function replyOf(tx: Tx, {integration_id, direction, type, source_id}: DeliveryRow): Promise<ReplyRow | null> {
    if (direction !== 'to-ireserve' || !type.startsWith('message.')) return null;
    return (await findReply(tx, integration_id, source_id.split('/')[0] ?? '')) ?? null;
}

async function laneOf(tx: Tx, {lane, seq}: DeliveryRow): Promise<Trace['lane']> {
    const row = await tx.selectFrom('lane').selectAll().where('key', '=', lane).executeTakeFirst();
    const before = await tx
        .selectFrom('delivery')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('lane', '=', lane)
        .where('state', '=', 'queued')
        .where('seq', '<', seq)
        .executeTakeFirst();
    return row ? {...row, ahead: Number(before?.count ?? 0)} : null;
}

function hopsOf(
    delivery: DeliveryRow,
    log: readonly LogRow[],
    {reply, now, attemptId}: {reply: ReplyRow | null; now: number; attemptId: string | null},
): Hop[] {
    const {source_id, state, outcome, received_at, finished_at, result, reason_code, reason_detail, attempts} = delivery;
    const plain = {attempt: null, duration_ms: null, id: null, code: null, detail: ''};
    // Replayed, its time counts anew; the log remembers that it came before.
    const arrived = Math.min(received_at, ...log.map(({at}) => at));
    const hops: Hop[] = [{...plain, hop: 'accepted', at: arrived, id: source_id, ok: true, detail: `${delivery.type}, ${outcome}`}];
    for (const entry of log) {
        const {at, attempt, duration_ms, code, detail, level} = entry;
        const hop = attempt !== null ? 'attempt' : BY_HAND.has(code) ? 'by_hand' : 'noted';
        const id = hop === 'attempt' ? attemptId : null;
        hops.push({...plain, hop, at, attempt, duration_ms, id, ok: level === 'info', code, detail});
    }
    const {post_ids = []} = result ? (JSON.parse(result) as {post_ids?: string[]}) : {};
    const ended = {...plain, at: finished_at ?? now, code: reason_code, detail: reason_detail ?? ''};
    if (state === 'delivered') {
        const id = delivery.direction === 'to-mattermost' ? (post_ids[0] ?? null) : (reply?.remote_id ?? null);
        hops.push({...ended, hop: 'delivered', id, ok: true, detail: ended.detail || endOf(post_ids)});
    } else if (state === 'queued') {
        const detail = attempts > 0 ? ended.detail || 'it is tried again' : 'for its turn';
        hops.push({...ended, hop: 'waiting', ok: attempts === 0, detail});
    } else {
        hops.push({...ended, hop: state === 'ignored' ? 'ignored' : 'given_up', ok: state === 'ignored'});
    }
    if (reply?.remote_state) {
        const detail = reply.remote_state === 'seen' ? 'the visitor has seen it' : 'it is on the visitor’s screen';
        hops.push({...plain, hop: 'seen', at: reply.updated_at, id: reply.remote_id, ok: true, code: reply.remote_state, detail});
    }
    return hops.sort((a, b) => a.at - b.at);
}

const endOf = (post_ids: readonly string[]): string => (post_ids.length > 1 ? `${post_ids.length} posts: ${post_ids.join(', ')}` : '');
