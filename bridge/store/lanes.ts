/**
 * The lane engine: FIFO per conversation and direction, on either database.
 *
 * One column, `due`, says everything about a lane (null: nothing to do; past: claimable; future: back-off, or the end of a lease), so crash
 * recovery needs no second mechanism: a lease that ran out is claimable again, and `owner` left on it says that the last try is uncertain.
 */
import {type Expression, sql} from 'kysely';
import type {FileOutcome, Reason} from '../contract.ts';
import type {Database, Tx} from './open.ts';
import type {DeliveryRow, DeliveryTable, LaneRow, LogEntry} from './schema.ts';

export type NewDelivery = Omit<
    DeliveryTable,
    'seq' | 'attempts' | 'first_received_at' | 'finished_at' | 'result' | 'gap' | 'channel_id'
> & {
    queue: string;
    priority: number;
    sequence: number | null;
    /** Whether the conversation must be known already. */
    needsLane: boolean;
    files: {id: string; bytes: Uint8Array}[];
};

export type Appended =
    | {kind: 'stored'; row: DeliveryRow; claimed: Claimed | null}
    | {kind: 'known'; row: DeliveryRow}
    | {kind: 'unknown_conversation'};

/** Reason code of a dead letter that was queued again. */
export const REPLAYED = 'replayed';

export type Lease = {owner: string; until: number};
/** @param fence grows with every claim: a run whose fence is not the lane's any more has lost it, and writes nothing */
export type Claimed = {
    lane: string;
    fence: number;
    uncertain: boolean;
    attempts: number;
    blockedSince: number | null;
    head: DeliveryRow;
};
/** What a run holds. */
export type Held = {lane: string; owner: string; fence: number};

/**
 * Stores a delivery at the end of its lane, once per (integration, direction, source id).
 *
 * @param lease given when a slot is free: an idle lane is then claimed in the same statement, which saves the claim's own transaction.
 */
export async function append(tx: Tx, delivery: NewDelivery, now: number, lease: Lease | null): Promise<Appended> {
    const {queue, priority, sequence, needsLane, files, ...fields} = delivery;
    const known = await tx
        .selectFrom('delivery')
        .selectAll()
        .where('integration_id', '=', delivery.integration_id)
        .where('direction', '=', delivery.direction)
        .where('source_id', '=', delivery.source_id)
        .executeTakeFirst();
    if (known) return {kind: 'known', row: known};
    if (needsLane && !(await tx.selectFrom('lane').select('key').where('key', '=', delivery.lane).executeTakeFirst())) {
        return {kind: 'unknown_conversation'};
    }
    const queued = delivery.state === 'queued';
    // The lane's row lock is taken before the sequence value, so that within a lane seq order is commit order, also across replicas.
    const lane = queued ? await enqueue(tx, {key: delivery.lane, queue, priority, sequence: sequence ?? 0}, now, lease) : null;
    const gap =
        lane && sequence !== null && sequence > lane.previous_sequence + 1
            ? JSON.stringify({expected: lane.previous_sequence + 1, received: sequence})
            : null;
    const row = await tx
        .insertInto('delivery')
        .values({...fields, gap, result: null, attempts: 0, finished_at: queued ? null : now})
        .returningAll()
        .executeTakeFirstOrThrow();
    for (const file of files) {
        await tx
            .insertInto('file')
            .values({...file, integration_id: row.integration_id, delivery_seq: row.seq})
            .execute();
    }
    const isClaimed = lane !== null && lease !== null && lane.owner === lease.owner && lane.pending === 1;
    const claimed = isClaimed
        ? {lane: delivery.lane, fence: lane.fence, uncertain: false, attempts: 0, blockedSince: null, head: row}
        : null;
    return {kind: 'stored', row, claimed};
}

function enqueue(
    tx: Tx,
    lane: {key: string; queue: string; priority: number; sequence: number},
    now: number,
    lease: Lease | null,
): Promise<Pick<LaneRow, 'owner' | 'pending' | 'previous_sequence' | 'fence'>> {
    const due = lease?.until ?? now;
    const owner = lease?.owner ?? null;
    const whenIdle = <T>(value: T, column: 'due' | 'owner') =>
        sql<T>`case when lane.pending = 0 and lane.owner is null then ${value} else ${sql.ref(`lane.${column}`)} end`;
    return tx
        .insertInto('lane')
        .values({...lane, due, owner, fence: 1, pending: 1, attempts: 0, uncertain: 0, blocked_since: null, previous_sequence: 0})
        .onConflict((conflict) =>
            conflict.column('key').doUpdateSet({
                pending: sql`lane.pending + 1`,
                due: whenIdle(sql`excluded.due`, 'due') as Expression<number | null>,
                owner: whenIdle(sql`excluded.owner`, 'owner') as Expression<string | null>,
                fence: sql`case when lane.pending = 0 and lane.owner is null then lane.fence + 1 else lane.fence end`,
                previous_sequence: sql`lane.sequence`,
                sequence: sql`case when excluded.sequence > lane.sequence then excluded.sequence else lane.sequence end`,
            }),
        )
        .returning(['owner', 'pending', 'previous_sequence', 'fence'])
        .executeTakeFirstOrThrow();
}

/**
 * Leases up to `slots` due lanes of a queue, fairly: people before notifications, the freshest first so that a backlog never holds a new
 * conversation back, a quarter for whoever has waited longest and a quarter for notifications.
 *
 * @param turn how many lanes were claimed before: the quarters are counted over a row of claims, as most claims are for a single slot.
 */
export async function claim(
    database: Database,
    tx: Tx,
    queue: string,
    slots: number,
    now: number,
    lease: Lease,
    turn = 0,
): Promise<Claimed[]> {
    const quarter = (from: number) => Math.floor(((from % 4) + slots) / 4);
    const claimed: Claimed[] = [];
    const take = async (priority: number, order: 'asc' | 'desc', most: number) => {
        const room = Math.min(most, slots - claimed.length);
        if (room <= 0) return;
        let due = tx
            .selectFrom('lane')
            .select('key')
            .where('queue', '=', queue)
            .where('priority', '=', priority)
            .where('due', '<=', now)
            .orderBy('due', order)
            .limit(room);
        // The only dialect branch: SQLite has one writer and no row locks.
        if (database.dialect === 'postgres') due = due.forUpdate().skipLocked();
        const lanes = await tx
            .updateTable('lane')
            .set({
                owner: lease.owner,
                due: lease.until,
                fence: sql`fence + 1`,
                uncertain: sql`case when owner is null then uncertain else 1 end`,
            })
            .where('key', 'in', due)
            .returning(['key', 'fence', 'uncertain', 'attempts', 'blocked_since'])
            .execute();
        for (const lane of lanes) {
            const head = await headOf(tx, lane.key);
            if (head) {
                claimed.push({
                    lane: lane.key,
                    fence: lane.fence,
                    uncertain: lane.uncertain === 1,
                    attempts: lane.attempts,
                    blockedSince: lane.blocked_since,
                    head,
                });
            } else {
                // Its last delivery was discarded by hand meanwhile.
                await tx.updateTable('lane').set({owner: null, due: null, pending: 0}).where('key', '=', lane.key).execute();
            }
        }
    };
    await take(0, 'asc', quarter(turn));
    await take(1, 'asc', quarter(turn + 2));
    await take(0, 'desc', slots);
    await take(1, 'asc', slots);
    return claimed;
}

export function headOf(tx: Tx, lane: string): Promise<DeliveryRow | undefined> {
    return tx
        .selectFrom('delivery')
        .selectAll()
        .where('lane', '=', lane)
        .where('state', '=', 'queued')
        .orderBy('seq')
        .limit(1)
        .executeTakeFirst();
}

/** Somebody else has the lane by now: nothing that a run writes with its end may stand. */
export class LaneLost extends Error {}

export type Final = {
    state: 'delivered' | 'ignored' | 'dead' | 'discarded';
    reason?: Reason | undefined;
    result?: {thread?: {channel_id: string; root_id: string; url: string}; post_ids?: string[]; files?: FileOutcome[]} | undefined;
};

/** The body of a delivery that will not be sent any more: its digest is enough to know the event again. */
export const NO_BODY = '{}';

/** What settling writes into a delivery. */
export const settledFields = (final: Final, now: number) => ({
    state: final.state,
    reason_code: final.reason?.code ?? null,
    reason_detail: final.reason?.detail ?? null,
    result: final.result ? JSON.stringify(final.result) : null,
    finished_at: now,
});

/**
 * Ends the head of a lane and gives the next one, or frees the lane.
 *
 * Whether the lane is empty is decided by the counter on its locked row, not by looking for rows: under READ COMMITTED a concurrent append
 * would be missed.
 *
 * @throws LaneLost
 */
export async function finish(
    tx: Tx,
    {lane, owner, fence, head, final, release, now}: Held & {head: DeliveryRow; final: Final; release: boolean; now: number},
): Promise<DeliveryRow | null> {
    // 0 when it is settled already: the answer to an earlier try of this write was lost. Then nothing is counted twice.
    const one = sql`(select count(*) from delivery where seq = ${head.seq} and state = 'queued')`;
    const left = await tx
        .updateTable('lane')
        .set({
            pending: sql`pending - ${one}`,
            attempts: 0,
            uncertain: 0,
            blocked_since: null,
            owner: release ? null : sql`case when pending > ${one} then owner end`,
            // Let go, it waits by the age of what it holds: due now, it would pass for the freshest and be taken again at once.
            due: sql`case when pending > ${one} then ${release ? sql`cast(${Math.min(head.received_at, now)} as bigint)` : sql`due`} end`,
        })
        .where('key', '=', lane)
        .where('owner', '=', owner)
        .where('fence', '=', fence)
        .returning('pending')
        .executeTakeFirst();
    if (!left) throw new LaneLost();
    await tx
        .updateTable('delivery')
        .set({
            ...settledFields(final, now),
            // Mattermost holds the words now; only what may be replayed keeps its own.
            ...(final.state === 'dead' ? {} : {body: NO_BODY}),
            attempts: sql`attempts + 1`,
        })
        .where('seq', '=', head.seq)
        .where('state', '=', 'queued')
        .execute();
    // A dead letter keeps its files: it may be replayed.
    if (final.state !== 'dead' && head.body.includes('"file_id"'))
        await tx.deleteFrom('file').where('delivery_seq', '=', head.seq).execute();
    if (left.pending <= 0 || release) return null;
    const next = await headOf(tx, lane);
    if (!next) await tx.updateTable('lane').set({owner: null, due: null, pending: 0}).where('key', '=', lane).execute();
    return next ?? null;
}

/** Puts a lane aside until `due`; its head stays the head. @throws LaneLost */
export async function putBack(
    tx: Tx,
    {
        lane,
        owner,
        fence,
        head,
        due,
        uncertain,
        reason,
        tried,
        now,
    }: Held & {
        head: DeliveryRow;
        due: number;
        uncertain: boolean;
        reason?: Reason;
        /** Whether this counts as an attempt; false at a clean stop. */
        tried: boolean;
        now: number;
    },
): Promise<void> {
    const held = await tx
        .updateTable('lane')
        .set({
            owner: null,
            due,
            uncertain: uncertain ? 1 : 0,
            ...(tried ? {attempts: sql<number>`attempts + 1`, blocked_since: sql<number>`coalesce(blocked_since, ${now})`} : {}),
        })
        .where('key', '=', lane)
        .where('owner', '=', owner)
        .where('fence', '=', fence)
        .returning('key')
        .executeTakeFirst();
    if (!held) throw new LaneLost();
    if (tried) {
        await tx
            .updateTable('delivery')
            .set({attempts: sql`attempts + 1`, reason_code: reason?.code ?? null, reason_detail: reason?.detail ?? null})
            .where('seq', '=', head.seq)
            .execute();
    }
}

/**
 * Prolongs the leases of lanes really being run, also of those that ran out and nobody has claimed.
 *
 * @returns the fence of each lane that is still the owner's
 */
export async function renew(tx: Tx, lanes: string[], lease: Lease): Promise<Map<string, number>> {
    if (lanes.length === 0) return new Map();
    const rows = await tx
        .updateTable('lane')
        .set({due: lease.until})
        .where('key', 'in', lanes)
        .where('owner', '=', lease.owner)
        .returning(['key', 'fence'])
        .execute();
    return new Map(rows.map(({key, fence}) => [key, fence]));
}

/**
 * After a restart on SQLite every lease is of a process that is gone; `owner` stays, so that each claim looks before it sends again.
 *
 * @param owner this process: it has two outboxes, and the second to start must not end what the first has claimed meanwhile
 */
export async function expireLeases(tx: Tx, owner: string, now: number): Promise<void> {
    await tx.updateTable('lane').set({due: now}).where('owner', 'is not', null).where('owner', '!=', owner).execute();
}

/** Makes every waiting lane of a queue due now, e.g. after the server answered again or its token was renewed. */
export async function wake(tx: Tx, queue: string, now: number): Promise<void> {
    await tx.updateTable('lane').set({due: now}).where('queue', '=', queue).where('owner', 'is', null).where('due', '>', now).execute();
}

/**
 * Makes lanes due that are further off than anything can wait: their time was written by a clock that has been set back since.
 */
export async function wakeFarOff(tx: Tx, after: number, now: number): Promise<void> {
    await tx.updateTable('lane').set({due: now}).where('owner', 'is', null).where('due', '>', after).execute();
}

export async function writeLog(tx: Tx, entries: LogEntry[]): Promise<void> {
    if (entries.length > 0) await tx.insertInto('log').values(entries).execute();
}
