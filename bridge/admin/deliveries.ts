/** What admins do about deliveries: look, try again, send elsewhere, give up. The command line and the admin API use the same functions. */
import type {DeliveryState} from '../contract.ts';
import {discard, replay} from '../store/by-hand.ts';
import {writeLog} from '../store/lanes.ts';
import type {Tx} from '../store/open.ts';
import type {DeliveryRow, Direction} from '../store/schema.ts';
import {tellGivenUp} from '../to-mattermost/late-files.ts';
import {type Actor, nameOf, writeAudit} from './audit.ts';
import {handEntry} from './hand-entry.ts';

/** Without what was said. */
export type KnownDelivery = Omit<DeliveryRow, 'body' | 'digest' | 'lane' | 'first_received_at'>;

const COLUMNS = [
    'seq',
    'integration_id',
    'direction',
    'source_id',
    'type',
    'conversation_id',
    'state',
    'outcome',
    'reason_code',
    'reason_detail',
    'result',
    'gap',
    'attempts',
    'received_at',
    'finished_at',
    'channel_id',
] as const satisfies (keyof KnownDelivery)[];

export type DeliveryFilter = {
    states: readonly DeliveryState[];
    integration_id?: string | undefined;
    /** Of these; together with integration_id, both hold. */
    integration_ids?: readonly string[] | undefined;
    conversation?: string | undefined;
    direction?: Direction | undefined;
    code?: string | undefined;
    type?: string | undefined;
    /** Accepted then or later; before. ms since 1970 */
    since?: number | undefined;
    until?: number | undefined;
    /** Given up before then. */
    finishedBefore?: number | undefined;
    /** This one, and those accepted after it. */
    from?: number | undefined;
    /** The last one of the page before. */
    cursor?: number | undefined;
};

const UNSETTLED: readonly DeliveryState[] = ['queued', 'dead'];

function fitting(tx: Tx, filter: DeliveryFilter) {
    const {states, integration_ids, direction, code, type} = filter;
    let query = tx.selectFrom('delivery').where('state', 'in', states);
    if (filter.integration_id !== undefined) query = query.where('integration_id', '=', filter.integration_id);
    if (integration_ids !== undefined) query = query.where('integration_id', 'in', integration_ids.length > 0 ? integration_ids : ['']);
    if (filter.conversation !== undefined) query = query.where('conversation_id', '=', filter.conversation);
    if (direction !== undefined) query = query.where('direction', '=', direction);
    if (code !== undefined) query = query.where('reason_code', '=', code);
    if (type !== undefined) query = query.where('type', '=', type);
    if (filter.since !== undefined) query = query.where('received_at', '>=', filter.since);
    if (filter.until !== undefined) query = query.where('received_at', '<', filter.until);
    if (filter.from !== undefined) query = query.where('seq', '>=', filter.from);
    if (filter.finishedBefore !== undefined) query = query.where('finished_at', '<', filter.finishedBefore);
    return query;
}

/** What is not settled comes oldest first, everything else newest first. */
export function findDeliveries(tx: Tx, filter: DeliveryFilter, most: number): Promise<KnownDelivery[]> {
    const oldestFirst = filter.states.every((one) => UNSETTLED.includes(one));
    let query = fitting(tx, filter).select(COLUMNS);
    if (filter.cursor !== undefined) query = query.where('seq', oldestFirst ? '>' : '<', filter.cursor);
    return query
        .orderBy('seq', oldestFirst ? 'asc' : 'desc')
        .limit(most)
        .execute();
}

export async function countDeliveries(tx: Tx, filter: DeliveryFilter): Promise<number> {
    const row = await fitting(tx, filter)
        .select((eb) => eb.fn.countAll().as('count'))
        .executeTakeFirst();
    return Number(row?.count ?? 0);
}

export const findDelivery = (tx: Tx, seq: number): Promise<KnownDelivery | undefined> =>
    tx.selectFrom('delivery').select(COLUMNS).where('seq', '=', seq).executeTakeFirst();

export type Retried = {seq: number; outcome: 'queued' | 'hurried' | 'settled' | 'unknown'; state: string | null};

/** queued: a dead one is queued again; hurried: a waiting one is tried now. */
export async function retryDelivery(tx: Tx, seq: number, now: number, by: Actor): Promise<Retried> {
    const row = await tx.selectFrom('delivery').selectAll().where('seq', '=', seq).executeTakeFirst();
    if (!row) return {seq, outcome: 'unknown', state: null};
    if (await replay(tx, seq, now)) {
        await writeLog(tx, [handEntry(row, now, 'replayed', 'queued again by hand')]);
        await auditOf(tx, row, {now, by, action: 'delivery.replayed'});
        return {seq, outcome: 'queued', state: 'queued'};
    }
    if (row.state !== 'queued') return {seq, outcome: 'settled', state: row.state};
    // Its lane may be waiting for the end of a back-off.
    await tx.updateTable('lane').set({due: now}).where('key', '=', row.lane).where('owner', 'is', null).where('due', '>', now).execute();
    return {seq, outcome: 'hurried', state: 'queued'};
}

export type Discarded = {seq: number; outcome: 'discarded' | 'busy' | 'settled' | 'unknown'; state: string | null};

export async function discardDelivery(tx: Tx, seq: number, reason: string, now: number, by: Actor): Promise<Discarded> {
    const row = await tx.selectFrom('delivery').selectAll().where('seq', '=', seq).executeTakeFirst();
    if (!row) return {seq, outcome: 'unknown', state: null};
    if (await discard(tx, seq, reason, now)) {
        await writeLog(tx, [handEntry(row, now, 'discarded', reason)]);
        await tellGivenUp(() => now)(tx, row, {state: 'dead'});
        await auditOf(tx, row, {now, by, action: 'delivery.discarded', after: {reason}});
        return {seq, outcome: 'discarded', state: 'discarded'};
    }
    return {seq, outcome: row.state === 'queued' ? 'busy' : 'settled', state: row.state};
}

/** Sends a dead letter elsewhere when it is replayed. @returns false when it is no dead letter on its way to Mattermost */
export async function rerouteDelivery(tx: Tx, seq: number, channel_id: string | null, now: number, by: Actor): Promise<boolean> {
    const row = await tx.selectFrom('delivery').selectAll().where('seq', '=', seq).executeTakeFirst();
    const changed = await tx
        .updateTable('delivery')
        .set({channel_id})
        .where('seq', '=', seq)
        .where('state', '=', 'dead')
        .where('direction', '=', 'to-mattermost')
        .returning('seq')
        .execute();
    if (!row || changed.length === 0) return false;
    await auditOf(tx, row, {now, by, action: 'delivery.rerouted', before: {channel_id: row.channel_id}, after: {channel_id}});
    return true;
}

type Done = {now: number; by: Actor; action: string; before?: object; after?: object};

async function auditOf(tx: Tx, row: DeliveryRow, {now, ...done}: Done): Promise<void> {
    await writeAudit(tx, {at: now, ...done, integration: await nameOf(tx, row.integration_id), subject: `delivery ${row.seq}`});
}
