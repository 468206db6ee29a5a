/** The clock is set while deliveries wait: forwards or back, nothing waits longer for it, and nothing is given up for it. */
import {expect, test} from 'vitest';
import {onBothDatabases} from './both-databases.ts';
import {newQueue, START} from './queue.ts';
import {DELIVERED, down, type ScriptedOutbox, scriptedOutbox} from './scripted-outbox.ts';

const HOUR = 3_600_000;

onBothDatabases((store) => {
    /** An outbox with a steady clock of its own: time passes on both, the clock alone can be set. */
    function withClocks() {
        const time = {steady: 0};
        const scripted = scriptedOutbox(store.database, {steady: () => time.steady});
        return {
            scripted,
            pass(ms: number) {
                time.steady += ms;
                scripted.now += ms;
            },
            set(ms: number) {
                scripted.now += ms;
            },
        };
    }

    const isWaiting = async (scripted: ScriptedOutbox, lane: string) => (await scripted.queue.lane(lane)).attempts > 0;

    test.each([
        ['back', -HOUR],
        ['forwards', 100 * HOUR],
    ])('set %s while the whole queue waits for a server, it is tried when its wait is over', async (_way, ms) => {
        const {scripted, pass, set} = withClocks();
        await scripted.outbox.start();
        scripted.answer = () => down({queueWide: true, afterMs: 5000});
        await scripted.accept('a');
        await scripted.until(() => isWaiting(scripted, 'a'));
        for (const lane of ['b', 'c']) await scripted.accept(lane);
        set(ms);
        await scripted.looksAgain();
        scripted.answer = () => DELIVERED;
        expect(scripted.tries).toHaveLength(1);
        pass(5001);
        await scripted.untilSettled(3);
    });

    test('set back while a lane waits for its back-off, the lane is tried at once', async () => {
        const {scripted, set} = withClocks();
        await scripted.outbox.start();
        scripted.answer = () => down({afterMs: 60_000});
        await scripted.accept('a');
        await scripted.until(() => isWaiting(scripted, 'a'));
        scripted.answer = () => DELIVERED;
        set(-24 * HOUR);
        await scripted.untilSettled(1);
        expect(scripted.errors).toEqual([]);
    });

    test('set back before anything was tried, what was accepted then is tried', async () => {
        const {scripted, set} = withClocks();
        await scripted.outbox.start();
        scripted.queues = [];
        await scripted.accept('a');
        set(-HOUR);
        scripted.queues = [scripted.queue.queue];
        await scripted.untilSettled(1);
    });

    test('set forwards, what waits is given up no sooner', async () => {
        const {scripted, pass, set} = withClocks();
        await scripted.outbox.start();
        scripted.answer = () => down();
        const {seq} = await scripted.accept('a');
        await scripted.until(() => isWaiting(scripted, 'a'));
        set(100 * HOUR);
        // Each further look, its wait is over.
        await scripted.until(() => {
            pass(1000);
            return scripted.tries.length > 8;
        });
        expect(await scripted.queue.delivered(seq)).toMatchObject({state: 'queued'});
        await scripted.until(() => {
            pass(HOUR);
            return scripted.settled.length === 1;
        });
        expect(await scripted.queue.delivered(seq)).toMatchObject({state: 'dead'});
    });

    test('set forwards while a lane is being run, its lease is prolonged, and nobody runs it a second time', async () => {
        const {scripted, set} = withClocks();
        await scripted.outbox.start();
        const {promise: opened, resolve: open} = Promise.withResolvers<void>();
        scripted.answer = async () => {
            await opened;
            return DELIVERED;
        };
        await scripted.accept('a');
        await scripted.untilTried(1);
        set(1_000_000_000 + HOUR);
        await scripted.until(async () => (await scripted.queue.lane('a')).due === scripted.now + 1_000_000_000);
        await scripted.looksAgain();
        open();
        await scripted.untilSettled(1);
        expect(scripted.tries).toHaveLength(1);
    });

    test('set back while the bridge was down, what waits is tried at the next start; what waits a minute goes on waiting', async () => {
        const queue = newQueue(store.database);
        for (const [lane, wait] of [
            ['far', HOUR],
            ['near', 60_000],
        ] as const) {
            await queue.put(lane);
            await queue.putBack('before', (await queue.claimOne('before')).head, START + wait);
        }
        const scripted = scriptedOutbox(store.database, {queue});
        await scripted.outbox.start();
        await scripted.untilSettled(1);
        await scripted.looksAgain();
        expect(scripted.tries.map(({lane}) => lane)).toEqual(['far']);
    });
});
