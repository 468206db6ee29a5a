/** What an admin or agent does to a delivery by hand, beside the outbox that runs its lane: queued again, or given up. */
import {sql} from 'kysely';
import {headOf, NO_BODY, REPLAYED} from './lanes.ts';
import type {Tx} from './open.ts';

/** Queues a dead delivery again; it goes before whatever its lane still holds. @returns false when it is not dead. */
export async function replay(tx: Tx, seq: number, now: number): Promise<boolean> {
    const row = await tx
        .updateTable('delivery')
        // The mark makes the delivery look before it sends: its last try may have reached the other side after all.
        .set({
            state: 'queued',
            finished_at: null,
            received_at: now,
            first_received_at: sql<number>`coalesce(first_received_at, received_at)`,
            reason_code: REPLAYED,
        })
        .where('seq', '=', seq)
        .where('state', '=', 'dead')
        .returning('lane')
        .executeTakeFirst();
    if (!row) return false;
    const lane = await tx
        .updateTable('lane')
        .set({pending: sql`pending + 1`, due: sql`case when owner is null then ${now} else due end`})
        .where('key', '=', row.lane)
        .returning(['owner', 'uncertain'])
        .executeTakeFirst();
    if (lane?.owner || lane?.uncertain) {
        // The lane's doubt is about the delivery that is overtaken: it is marked too, so that the doubt outlives the change of heads.
        const overtaken = sql<number>`(select min(seq) from delivery where lane = ${row.lane} and state = 'queued' and seq > ${seq})`;
        await tx.updateTable('delivery').set({reason_code: REPLAYED}).where('seq', '=', overtaken).execute();
    }
    return true;
}

/**
 * Gives a delivery up by hand. A queued one is left to its lane's owner when it is being tried just now.
 *
 * @returns false when it is neither dead nor queued, or is being tried.
 */
export async function discard(tx: Tx, seq: number, reason: string, now: number): Promise<boolean> {
    const found = await tx.selectFrom('delivery').select('lane').where('seq', '=', seq).executeTakeFirst();
    if (!found) return false;
    // The lane's row lock first, then the look: meanwhile nobody claims it, settles its head, or discards from it.
    const lane = await tx
        .updateTable('lane')
        .set({pending: sql`pending`})
        .where('key', '=', found.lane)
        .returning('owner')
        .executeTakeFirst();
    const row = await tx.selectFrom('delivery').select('state').where('seq', '=', seq).executeTakeFirstOrThrow();
    if (row.state === 'queued' ? lane?.owner !== null : row.state !== 'dead') return false;
    if (row.state === 'queued') {
        // What the lane remembers of failures, it remembers of its head.
        const isHead = (await headOf(tx, found.lane))?.seq === seq;
        await tx
            .updateTable('lane')
            .set({
                pending: sql`pending - 1`,
                due: sql`case when pending > 1 then ${isHead ? sql`cast(${now} as bigint)` : sql`due`} end`,
                ...(isHead ? {attempts: 0, uncertain: 0, blocked_since: null} : {}),
            })
            .where('key', '=', found.lane)
            .execute();
    }
    await tx
        .updateTable('delivery')
        .set({state: 'discarded', reason_code: 'discarded', reason_detail: reason, finished_at: now, body: NO_BODY})
        .where('seq', '=', seq)
        .execute();
    await tx.deleteFrom('file').where('delivery_seq', '=', seq).execute();
    return true;
}
