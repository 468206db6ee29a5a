import {describe, expect, test} from 'vitest';
import {startMattermost} from '../start.ts';
import {seededRandom} from '../state/ids.ts';
import {createLatency, SERVICE_MS} from './latency.ts';

describe('latency', () => {
    test('service times are the measured ones, with straight lines between', () => {
        expect(SERVICE_MS.rootPost).toBe(3.6);
        expect([0, 50, 200, 800].map(SERVICE_MS.reply)).toEqual([6.3, 8, 16, 94]);
        expect(SERVICE_MS.reply(300)).toBeCloseTo(22.5);
        expect([0, 100, 1600].map(SERVICE_MS.readThread)).toEqual([2.8, 7.7, 265]);
        expect(SERVICE_MS.readThread(3200)).toBeGreaterThan(500);
    });

    test('two cores: throughput stops growing at two in flight, latency goes on growing', async () => {
        const run = async (inFlight: number, count: number): Promise<{perSecond: number; meanMs: number}> => {
            const latency = createLatency(1, seededRandom(1));
            const start = performance.now();
            let spent = 0;
            let left = count;
            await Promise.all(
                Array.from({length: inFlight}, async () => {
                    while (left-- > 0) {
                        const before = performance.now();
                        await latency.work(SERVICE_MS.rootPost);
                        spent += performance.now() - before;
                    }
                }),
            );
            return {perSecond: (count / (performance.now() - start)) * 1000, meanMs: spent / count};
        };
        const [one, eight, thirtyTwo] = [await run(1, 60), await run(8, 240), await run(32, 320)];
        // The server measured: 265, 542 and 595 per second. A busy machine can only be slower than the model.
        expect(one.perSecond).toBeLessThan(300);
        expect(eight.perSecond).toBeGreaterThan(1.3 * one.perSecond);
        expect(eight.perSecond).toBeLessThan(620);
        expect(thirtyTwo.perSecond).toBeLessThan(620);
        expect(eight.meanMs).toBeGreaterThan(2.5 * one.meanMs);
        expect(thirtyTwo.meanMs).toBeGreaterThan(2.5 * eight.meanMs);
    });

    test('scale 0 takes no time, and the scale can be changed while it runs', async () => {
        const double = await startMattermost();
        const {bot, channels} = double.seeded;
        const timed = async (): Promise<number> => {
            const before = performance.now();
            await fetch(`${double.url}/api/v4/posts`, {
                method: 'POST',
                headers: {Authorization: `Bearer ${bot.token}`},
                body: JSON.stringify({channel_id: channels.mirror.id, message: 'x'}),
            });
            return performance.now() - before;
        };
        await timed();
        double.latency.scale = 30;
        expect(await timed()).toBeGreaterThan(50);
        double.latency.scale = 0;
        const fast = await Promise.all(Array.from({length: 5}, timed));
        expect(Math.min(...fast)).toBeLessThan(50);
        await double.stop();
    });
});
