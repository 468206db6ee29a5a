/** A run goes on only while its lane is provably its own: lost leases, stopped processes, and never two runs of a lane in one process. */
import {expect, test} from 'vitest';
import {LeaseLost} from '../../bridge/leases.ts';
import {onBothDatabases} from './both-databases.ts';
import {newQueue} from './queue.ts';
import {DELIVERED, down, gate, scriptedOutbox} from './scripted-outbox.ts';

const LEASE_MS = 30_000;
const CALL_MS = 15_000;

onBothDatabases((store) => {
    /** Two replicas at one queue, each with a clock of its own. */
    async function replicas() {
        const queue = newQueue(store.database);
        const [stopped, other] = [
            scriptedOutbox(store.database, {queue, leaseMs: LEASE_MS}),
            scriptedOutbox(store.database, {queue, leaseMs: LEASE_MS}),
        ];
        await stopped.outbox.start();
        return {queue, stopped, other};
    }

    test('stopped between the look and the send for longer than its lease, a run whose lane was taken over sends nothing', async () => {
        const {queue, stopped, other} = await replicas();
        const pause = gate();
        const sent: string[] = [];
        let lost: unknown;
        stopped.answer = async ({lease}) => {
            await pause.opened;
            await lease.hold(CALL_MS).catch((error: unknown) => {
                lost = error;
                throw error;
            });
            sent.push('stopped');
            return DELIVERED;
        };
        const {seq} = await stopped.accept('a');
        await stopped.untilTried(1);
        // The other's clock goes on; the stopped one does nothing, so that its leases are not prolonged.
        stopped.queues = [];
        other.now += LEASE_MS + 1;
        other.answer = ({uncertain}) => {
            sent.push(`other${uncertain ? ', having looked' : ''}`);
            return DELIVERED;
        };
        await other.outbox.start();
        await other.untilSettled(1);
        stopped.now = other.now;
        pause.open();
        await stopped.until(() => stopped.outbox.running() === 0);
        expect(lost).toBeInstanceOf(LeaseLost);
        expect(sent).toEqual(['other, having looked']);
        expect(stopped.errors).toEqual([]);
        expect(await queue.delivered(seq)).toMatchObject({state: 'delivered', attempts: 1});
    });

    test('what a run came to whose lane was taken over meanwhile is written nowhere', async () => {
        const {queue, stopped, other} = await replicas();
        const pause = gate();
        let tries = 0;
        stopped.answer = async () => {
            await pause.opened;
            // Written by the run, in the transaction that settles it.
            return {...DELIVERED, writes: async () => void tries++};
        };
        const {seq} = await stopped.accept('a');
        await stopped.untilTried(1);
        stopped.queues = [];
        other.now += LEASE_MS + 1;
        await other.outbox.start();
        await other.untilSettled(1);
        pause.open();
        await stopped.until(() => stopped.outbox.running() === 0);
        // Tried, and taken back with all else.
        expect(tries).toBeGreaterThan(0);
        const logged = await store.database.read.selectFrom('log').select('code').where('delivery_seq', '=', seq).execute();
        expect(logged).toHaveLength(1);
        expect(stopped.settled).toEqual([]);
        expect(await queue.delivered(seq)).toMatchObject({state: 'delivered', attempts: 1});
    });

    test('stopped for long, a run whose lane nobody took goes on, its lease prolonged first', async () => {
        const scripted = scriptedOutbox(store.database, {leaseMs: LEASE_MS, pollMs: 3_600_000});
        await scripted.outbox.start();
        let until: number | null = null;
        scripted.answer = async ({lease}) => {
            scripted.now += LEASE_MS + 1;
            await lease.hold(CALL_MS);
            until = (await scripted.queue.lane('a')).due;
            return DELIVERED;
        };
        await scripted.queue.put('a');
        scripted.outbox.kick(scripted.queue.queue);
        await scripted.untilSettled(1);
        expect(until).toBe(scripted.now + LEASE_MS);
    });

    test('a lease that does not cover the call is prolonged, one that does is not asked for', async () => {
        const scripted = scriptedOutbox(store.database, {leaseMs: LEASE_MS, pollMs: 3_600_000});
        await scripted.outbox.start();
        const ends: (number | null)[] = [];
        const begun = scripted.now;
        scripted.answer = async ({lease}) => {
            for (const passed of [0, CALL_MS - 1, 1]) {
                scripted.now += passed;
                await lease.hold(CALL_MS);
                ends.push((await scripted.queue.lane('a')).due);
            }
            return DELIVERED;
        };
        await scripted.queue.put('a');
        scripted.outbox.kick(scripted.queue.queue);
        await scripted.untilSettled(1);
        expect(ends).toEqual([begun + LEASE_MS, begun + LEASE_MS, begun + CALL_MS + LEASE_MS]);
    });

    test('while others may take this process for dead, and for leases from then, each call asks the store first', async () => {
        let provenSince = -Infinity;
        const scripted = scriptedOutbox(store.database, {leaseMs: LEASE_MS, pollMs: 3_600_000, provenSince: () => provenSince});
        await scripted.outbox.start();
        const ends: number[] = [];
        const begun = scripted.now;
        scripted.answer = async ({lease}) => {
            // Connected; cut off; connected again, twice: only the first time is its lease from before.
            for (const since of [-Infinity, Infinity, begun + 3, begun + 3]) {
                provenSince = since;
                scripted.now += 1;
                await lease.hold(CALL_MS);
                ends.push(((await scripted.queue.lane('a')).due ?? 0) - begun - LEASE_MS);
            }
            provenSince = Infinity;
            await store.database.write((tx) =>
                tx.updateTable('lane').set({owner: 'the other'}).where('key', '=', scripted.queue.keyOf('a')).execute(),
            );
            await lease.hold(CALL_MS);
            return DELIVERED;
        };
        const {seq} = await scripted.queue.put('a');
        scripted.outbox.kick(scripted.queue.queue);
        await scripted.until(() => scripted.tries.length === 1 && scripted.outbox.running() === 0);
        expect(ends).toEqual([0, 2, 3, 3]);
        expect(await scripted.queue.delivered(seq)).toMatchObject({state: 'queued', attempts: 0});
    });

    test('by the steady clock a lease is over, though the clock was set back meanwhile', async () => {
        const state = {steady: 0};
        const scripted = scriptedOutbox(store.database, {leaseMs: LEASE_MS, pollMs: 3_600_000, steady: () => state.steady});
        await scripted.outbox.start();
        scripted.answer = async ({lease}) => {
            state.steady += LEASE_MS + 1;
            scripted.now -= 3_600_000;
            await store.database.write((tx) =>
                tx.updateTable('lane').set({owner: 'the other'}).where('key', '=', scripted.queue.keyOf('a')).execute(),
            );
            await lease.hold(CALL_MS);
            return DELIVERED;
        };
        const {seq} = await scripted.queue.put('a');
        scripted.outbox.kick(scripted.queue.queue);
        await scripted.until(() => scripted.tries.length === 1 && scripted.outbox.running() === 0);
        expect(await scripted.queue.delivered(seq)).toMatchObject({state: 'queued', attempts: 0});
        expect(await scripted.queue.lane('a')).toMatchObject({owner: 'the other'});
    });

    test('a lane claimed again while it is being run here is run once at a time, and its next run looks first', async () => {
        const scripted = scriptedOutbox(store.database);
        await scripted.outbox.start();
        const first = gate();
        const busy = new Map<string, number>();
        let most = 0;
        scripted.answer = async ({lane}) => {
            busy.set(lane, (busy.get(lane) ?? 0) + 1);
            most = Math.max(most, busy.get(lane) ?? 0);
            if (scripted.tries.length === 1) await first.opened;
            busy.set(lane, (busy.get(lane) ?? 0) - 1);
            return DELIVERED;
        };
        const {seq} = await scripted.accept('a');
        await scripted.untilTried(1);
        const {fence} = await scripted.queue.lane('a');
        // However its lease came to an end: the lane is due, and this very process claims it.
        await store.database.write((tx) =>
            tx.updateTable('lane').set({due: scripted.now}).where('key', '=', scripted.queue.keyOf('a')).execute(),
        );
        scripted.outbox.kick(scripted.queue.queue);
        await scripted.until(async () => (await scripted.queue.lane('a')).fence === fence + 1);
        await scripted.looksAgain();
        expect(scripted.tries).toHaveLength(1);
        first.open();
        await scripted.untilSettled(1);
        expect(most).toBe(1);
        expect(scripted.tries.map(({uncertain}) => uncertain)).toEqual([false, true]);
        expect(await scripted.queue.delivered(seq)).toMatchObject({state: 'delivered', attempts: 1});
        await scripted.until(() => scripted.outbox.running() === 0);
    });

    test('of two runs of one owner only the last writes what came of it', async () => {
        const queue = newQueue(store.database);
        await queue.put('a');
        const before = await queue.claimOne('me');
        const late = queue.leaseOf('me', before.head.received_at).until;
        const now = await queue.claimOne('me', late);
        expect(now).toMatchObject({fence: before.fence + 1, uncertain: true});
        expect(await queue.finish('me', before.head, {fence: before.fence})).toBeNull();
        await queue.putBack('me', before.head, late + 5, {fence: before.fence});
        expect(await queue.delivered(now.head.seq)).toMatchObject({state: 'queued', attempts: 0});
        expect(await queue.lane('a')).toMatchObject({owner: 'me', due: queue.leaseOf('me', late).until});
        await queue.finish('me', now.head, {fence: now.fence});
        expect(await queue.delivered(now.head.seq)).toMatchObject({state: 'delivered', attempts: 1});
    });

    test('what a run comes to after its lane was found lost at a renewal is dropped', async () => {
        const scripted = scriptedOutbox(store.database, {leaseMs: 3000});
        await scripted.outbox.start();
        const door = gate();
        scripted.answer = async () => {
            await door.opened;
            return down();
        };
        const {seq} = await scripted.accept('a');
        await scripted.untilTried(1);
        await store.database.write((tx) =>
            tx.updateTable('lane').set({owner: 'the other'}).where('key', '=', scripted.queue.keyOf('a')).execute(),
        );
        scripted.now += 1001;
        await scripted.looksAgain();
        door.open();
        await scripted.until(() => scripted.outbox.running() === 0);
        expect(await scripted.queue.delivered(seq)).toMatchObject({attempts: 0});
        expect(await store.database.read.selectFrom('log').select('id').where('delivery_seq', '=', seq).execute()).toEqual([]);
    });
});
