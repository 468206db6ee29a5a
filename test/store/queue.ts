/** A queue of its own in a store, and the steps a lane goes through, each in a transaction of its own. */
import {randomUUID} from 'node:crypto';
import type {Reason} from '../../bridge/contract.ts';
import {queueOf} from '../../bridge/integrations.ts';
import * as lanes from '../../bridge/store/lanes.ts';
import type {Database} from '../../bridge/store/open.ts';
import type {DeliveryRow, LaneRow} from '../../bridge/store/schema.ts';

/** Some moment; the store never looks at a clock. */
export const START = 1_700_000_000_000;
const LEASE_MS = 30_000;

export const delivered: lanes.Final = {state: 'delivered'};
export const dead: lanes.Final = {state: 'dead', reason: {code: 'refused', detail: 'no such channel'}};

export type Queue = ReturnType<typeof newQueue>;

export function newQueue(database: Database) {
    const integration_id = randomUUID();
    const queue = queueOf(integration_id, 'to-mattermost');
    const keyOf = (lane: string) => `${queue}/${lane}`;
    const leaseOf = (owner: string, now: number): lanes.Lease => ({owner, until: now + LEASE_MS});
    let events = 0;
    /** The fence of a lane as it is now. */
    const fenceOf = async (key: string) =>
        (await database.read.selectFrom('lane').select('fence').where('key', '=', key).executeTakeFirstOrThrow()).fence;

    const delivery = (lane: string, given: Partial<lanes.NewDelivery> = {}): lanes.NewDelivery => ({
        integration_id,
        direction: 'to-mattermost',
        source_id: `event-${++events}`,
        digest: 'digest',
        lane: keyOf(lane),
        queue,
        priority: 0,
        sequence: null,
        needsLane: false,
        type: 'message.created',
        conversation_id: lane,
        body: '{}',
        state: 'queued',
        outcome: 'created',
        reason_code: null,
        reason_detail: null,
        received_at: START,
        files: [],
        ...given,
    });
    const append = (given: lanes.NewDelivery, now = START, lease: lanes.Lease | null = null) =>
        database.write((tx) => lanes.append(tx, given, now, lease));

    return {
        integration_id,
        queue,
        keyOf,
        leaseOf,
        delivery,
        append,
        /** Stores one delivery and returns its row. */
        async put(lane: string, now = START, given: Partial<lanes.NewDelivery> = {}): Promise<DeliveryRow> {
            const appended = await append(delivery(lane, {received_at: now, ...given}), now);
            if (appended.kind !== 'stored') throw new Error(`not stored: ${appended.kind}`);
            return appended.row;
        },
        claim: (owner: string, slots = 10, now = START, turn = 0) =>
            database.write((tx) => lanes.claim(database, tx, queue, slots, now, leaseOf(owner, now), turn)),
        /** Claims the one lane that is due. */
        async claimOne(owner: string, now = START): Promise<lanes.Claimed> {
            const claimed = await database.write((tx) => lanes.claim(database, tx, queue, 1, now, leaseOf(owner, now), 0));
            if (!claimed[0]) throw new Error('no lane is due');
            return claimed[0];
        },
        /** @param given `fence`: of the run that ends; default: of the lane's last claim. */
        async finish(owner: string, head: DeliveryRow, given: {final?: lanes.Final; release?: boolean; now?: number; fence?: number} = {}) {
            const {final = delivered, release = false, now = START, fence = await fenceOf(head.lane)} = given;
            return orLost(database.write((tx) => lanes.finish(tx, {lane: head.lane, owner, fence, head, final, release, now})));
        },
        async putBack(
            owner: string,
            head: DeliveryRow,
            due: number,
            given: {uncertain?: boolean; tried?: boolean; reason?: Reason; now?: number; fence?: number} = {},
        ) {
            const {uncertain = false, tried = true, reason = {code: 'down', detail: 'no answer'}, now = START} = given;
            const {fence = await fenceOf(head.lane)} = given;
            await orLost(
                database.write((tx) => lanes.putBack(tx, {lane: head.lane, owner, fence, head, due, uncertain, reason, tried, now})),
            );
        },
        async lane(lane: string): Promise<LaneRow> {
            return database.read.selectFrom('lane').selectAll().where('key', '=', keyOf(lane)).executeTakeFirstOrThrow();
        },
        async delivered(seq: number): Promise<DeliveryRow> {
            return database.read.selectFrom('delivery').selectAll().where('seq', '=', seq).executeTakeFirstOrThrow();
        },
        /** Seqs still to be sent, in order. */
        async queued(lane: string): Promise<number[]> {
            const rows = await database.read
                .selectFrom('delivery')
                .select('seq')
                .where('lane', '=', keyOf(lane))
                .where('state', '=', 'queued')
                .orderBy('seq')
                .execute();
            return rows.map(({seq}) => seq);
        },
        async files(seq: number): Promise<number> {
            return (await database.read.selectFrom('file').select('id').where('delivery_seq', '=', seq).execute()).length;
        },
    };
}

/** Null when the lane is somebody else's: nothing was written then. */
export const orLost = <T>(written: Promise<T>): Promise<T | null> =>
    written.catch((error: unknown) => {
        if (error instanceof lanes.LaneLost) return null;
        throw error;
    });
