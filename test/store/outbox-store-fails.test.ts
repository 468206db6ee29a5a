/** A store that fails, answers late or not at all must not strand a lane, lose a delivery, or have it made twice. */
import {expect, test} from 'vitest';
import type {Database} from '../../bridge/store/open.ts';
import {onBothDatabases} from './both-databases.ts';
import {newQueue} from './queue.ts';
import {DELIVERED, down, gate, scriptedOutbox} from './scripted-outbox.ts';

const NEVER = 3_600_000;

/** A store whose next writes fail: before anything happened, or after it was committed and only the answer was lost. */
function unreliable(database: Database) {
    const faults: ('refused' | 'answer lost')[] = [];
    const write: Database['write'] = async (work) => {
        const fault = faults.shift();
        if (fault === 'refused') throw new Error('the store is away');
        const result = await database.write(work);
        if (fault) throw new Error('connection lost');
        return result;
    };
    // The test itself stores past the faults.
    return {faults, database: {...database, write}, queue: newQueue(database)};
}

onBothDatabases((store) => {
    test.each([
        ['delivered', DELIVERED],
        ['failed', down()],
    ])('what a %s try came to is kept, however often the store refuses it', async (_what, answer) => {
        const {faults, database, queue} = unreliable(store.database);
        const scripted = scriptedOutbox(database, {queue});
        await scripted.outbox.start();
        scripted.answer = () => {
            if (scripted.tries.length > 1) return DELIVERED;
            faults.push('refused', 'refused', 'refused');
            return answer;
        };
        const rows = [await queue.put('a'), await queue.put('a')];
        await scripted.until(() => {
            scripted.now += 500;
            return scripted.settled.length === 2;
        });
        expect(scripted.settled).toEqual(rows.map(({seq}) => seq));
        expect(scripted.tries).toHaveLength(answer === DELIVERED ? 2 : 3);
        expect(scripted.errors.map(String)).toContain('Error: the store is away');
        expect(await queue.lane('a')).toMatchObject({owner: null, pending: 0});
        await scripted.until(() => scripted.outbox.running() === 0);
    });

    test('a claim that fails is made again', async () => {
        const {faults, database, queue} = unreliable(store.database);
        const scripted = scriptedOutbox(database, {queue});
        await scripted.outbox.start();
        await scripted.looksAgain();
        faults.push('refused', 'refused');
        await queue.put('a');
        await scripted.untilSettled(1);
    });

    test('when only the answer is lost, no delivery is counted twice, skipped or made twice', async () => {
        const {faults, database, queue} = unreliable(store.database);
        const scripted = scriptedOutbox(database, {queue, pollMs: NEVER});
        scripted.answer = () => {
            faults.push('answer lost');
            return DELIVERED;
        };
        const seqs: number[] = [];
        for (let i = 0; i < 5; i++) seqs.push((await queue.put('a')).seq);
        await scripted.outbox.start();
        await scripted.untilSettled(5);
        expect(scripted.tries.map(({delivery}) => delivery.seq)).toEqual(seqs);
        expect(await queue.lane('a')).toMatchObject({owner: null, pending: 0, due: null});
        expect(scripted.errors).toHaveLength(5);
    });

    test('when the answer to a put-back is lost, the try is counted once', async () => {
        const {faults, database, queue} = unreliable(store.database);
        const scripted = scriptedOutbox(database, {queue});
        await scripted.outbox.start();
        scripted.answer = () => {
            faults.push('answer lost');
            return down();
        };
        const {seq} = await queue.put('a');
        await scripted.until(() => scripted.errors.length === 1 && scripted.outbox.running() === 0);
        expect(await queue.lane('a')).toMatchObject({attempts: 1, owner: null, pending: 1});
        expect(await queue.delivered(seq)).toMatchObject({attempts: 1, state: 'queued'});
    });

    test('a lane claimed by a claim whose answer was lost is found again when its lease ends', async () => {
        const {faults, database, queue} = unreliable(store.database);
        const scripted = scriptedOutbox(database, {queue, leaseMs: 1000});
        await scripted.outbox.start();
        await queue.put('a');
        faults.push('answer lost');
        await scripted.until(() => scripted.errors.length === 1);
        const claimed = scripted.tries.length === 0;
        scripted.now += 1000;
        await scripted.untilSettled(1);
        expect(scripted.tries).toMatchObject([{uncertain: claimed}]);
    });

    test('leases are prolonged while a delivery takes its time', async () => {
        const scripted = scriptedOutbox(store.database, {leaseMs: 3000});
        await scripted.outbox.start();
        const door = gate();
        scripted.answer = async () => {
            await door.opened;
            return DELIVERED;
        };
        await scripted.accept('a');
        await scripted.untilTried(1);
        for (let i = 0; i < 5; i++) {
            scripted.now += 1001;
            await scripted.until(async () => (await scripted.queue.lane('a')).due === scripted.now + 3000);
        }
        await scripted.looksAgain();
        expect(scripted.tries).toHaveLength(1);
        door.open();
        await scripted.untilSettled(1);
    });

    test('when leases could not be prolonged in time, a lane that is being run is not claimed again', async () => {
        const {faults, database, queue} = unreliable(store.database);
        const scripted = scriptedOutbox(database, {queue, leaseMs: 3000});
        await scripted.outbox.start();
        const door = gate();
        scripted.answer = async () => {
            await door.opened;
            return DELIVERED;
        };
        const rows = [await scripted.accept('a'), await scripted.accept('a')];
        await scripted.untilTried(1);
        for (let i = 0; i < 3; i++) {
            // What fails is the prolonging: it comes first at the next look, and by then the lease has ended.
            faults.push('refused');
            scripted.now += 3001;
            await scripted.until(() => faults.length === 0);
            await scripted.looksAgain();
        }
        expect(scripted.errors).toHaveLength(3);
        expect(scripted.tries).toHaveLength(1);
        door.open();
        await scripted.untilSettled(2);
        expect(scripted.tries.map(({delivery}) => delivery.seq)).toEqual(rows.map(({seq}) => seq));
        expect(await queue.lane('a')).toMatchObject({owner: null, pending: 0, due: null});
    });

    test('a stop is not held up by a store that is away', async () => {
        const {faults, database, queue} = unreliable(store.database);
        const scripted = scriptedOutbox(database, {queue});
        await scripted.outbox.start();
        scripted.answer = () => {
            faults.push(...Array.from({length: 500}, () => 'refused' as const));
            return DELIVERED;
        };
        await queue.put('a');
        await scripted.until(() => scripted.errors.length > 0);
        const before = performance.now();
        await scripted.outbox.stop(100);
        expect(performance.now() - before).toBeLessThan(10_000);
        faults.length = 0;
        await scripted.until(() => scripted.outbox.running() === 0);
    });
});
