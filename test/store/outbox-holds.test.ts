/** When a whole queue has to wait: the server is down, or the integration is paused. */
import {expect, test} from 'vitest';
import {queueOf} from '../../bridge/integrations.ts';
import {onBothDatabases} from './both-databases.ts';
import {DELIVERED, down, gate, scriptedOutbox} from './scripted-outbox.ts';

onBothDatabases((store) => {
    const start = async (...given: Parameters<typeof scriptedOutbox> extends [unknown, ...infer Rest] ? Rest : never) => {
        const scripted = scriptedOutbox(store.database, ...given);
        await scripted.outbox.start();
        return scripted;
    };

    /** An outbox whose first try has found the server down; lanes b to f wait. */
    async function held() {
        const scripted = await start();
        scripted.answer = () => down({queueWide: true, afterMs: 5000});
        await scripted.accept('a');
        await scripted.until(async () => (await scripted.queue.lane('a')).attempts === 1);
        for (const lane of ['b', 'c', 'd', 'e', 'f']) await scripted.accept(lane);
        return scripted;
    }

    test('after a failure of the whole queue nothing more is tried for a while', async () => {
        const scripted = await held();
        await scripted.looksAgain();
        scripted.now += 4999;
        await scripted.looksAgain();
        expect(scripted.tries).toHaveLength(1);
        expect(scripted.outbox.reserve(scripted.queue.queue)).toBeNull();
    });

    test('then one lane is the probe; while it fails, the others stay untried', async () => {
        const scripted = await held();
        const door = gate();
        scripted.answer = async () => {
            await door.opened;
            return down({queueWide: true, afterMs: 5000});
        };
        scripted.now += 5000;
        await scripted.untilTried(2);
        scripted.outbox.kick(scripted.queue.queue);
        await scripted.accept('g');
        await scripted.looksAgain();
        expect(scripted.tries).toHaveLength(2);
        expect(scripted.outbox.reserve(scripted.queue.queue)).toBeNull();
        door.open();
        await scripted.until(() => scripted.inFlight === 0);
        await scripted.looksAgain();
        expect(scripted.tries).toHaveLength(2);
    });

    test('when it gets through, everything follows at once, whatever its own back-off', async () => {
        const scripted = await held();
        for (let i = 0; i < 3; i++) {
            scripted.now += 5000;
            await scripted.untilTried(2 + i);
            await scripted.until(() => scripted.inFlight === 0 && scripted.outbox.running() === 0);
        }
        scripted.answer = () => DELIVERED;
        scripted.now += 5000;
        await scripted.untilSettled(6);
        expect(await scripted.queue.lane('a')).toMatchObject({pending: 0, due: null});
        await scripted.until(() => {
            const slot = scripted.outbox.reserve(scripted.queue.queue);
            slot?.release();
            return slot !== null;
        });
    });

    test('an admin’s change ends the waiting', async () => {
        const scripted = await held();
        scripted.answer = () => DELIVERED;
        await scripted.outbox.wake(scripted.queue.queue);
        await scripted.untilSettled(6);
    });

    test('one queue’s trouble is not another’s', async () => {
        const scripted = await held();
        const other = queueOf(scripted.queue.integration_id, 'to-ireserve');
        scripted.queues.push(other);
        scripted.answer = () => DELIVERED;
        const {seq} = await scripted.queue.put('z', scripted.now, {queue: other});
        scripted.outbox.kick(other);
        await scripted.untilSettled(1);
        expect(scripted.settled).toEqual([seq]);
    });

    test('a paused queue keeps what comes, and delivers it in order afterwards', async () => {
        const scripted = await start();
        scripted.queues = [];
        expect(scripted.outbox.reserve(scripted.queue.queue)).toBeNull();
        const accepted: number[] = [];
        for (let i = 0; i < 5; i++) {
            accepted.push((await scripted.accept('a')).seq);
            await scripted.accept('b');
        }
        await scripted.looksAgain();
        expect(scripted.tries).toEqual([]);
        scripted.queues = [scripted.queue.queue];
        await scripted.untilSettled(10);
        expect(scripted.tries.filter(({lane}) => lane === 'a').map(({delivery}) => delivery.seq)).toEqual(accepted);
    });

    test('paused in the middle of a lane, what is under way is finished and the rest waits, unblemished', async () => {
        const scripted = await start();
        const door = gate();
        scripted.answer = async () => {
            await door.opened;
            return DELIVERED;
        };
        const first = await scripted.accept('a');
        const second = await scripted.accept('a');
        await scripted.untilTried(1);
        scripted.queues = [];
        door.open();
        await scripted.until(() => scripted.outbox.running() === 0);
        await scripted.looksAgain();
        expect(scripted.settled).toEqual([first.seq]);
        expect(await scripted.queue.lane('a')).toMatchObject({owner: null, pending: 1, attempts: 0, uncertain: 0});
        scripted.queues = [scripted.queue.queue];
        await scripted.untilSettled(2);
        expect(scripted.tries[1]).toMatchObject({delivery: {seq: second.seq}, uncertain: false});
    });
});
