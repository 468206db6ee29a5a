import {setImmediate as settled} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {startMattermost} from '../start.ts';
import {seededRandom} from '../state/ids.ts';
import {createLatency, type Latency, SERVICE_MS, type Time} from './latency.ts';

/** A time that jumps from one waiting end to the next, however busy the machine is. */
function jumpingTime(): Time & {pass(): Promise<boolean>} {
    let now = 0;
    let waiting: {until: number; go: () => void}[] = [];
    return {
        now: () => now,
        wait: (ms) => new Promise<void>((resolve) => waiting.push({until: now + ms, go: resolve})),
        async pass() {
            await settled();
            const next = waiting.toSorted((a, b) => a.until - b.until)[0];
            if (next === undefined) {
                return false;
            }
            waiting = waiting.filter((one) => one !== next);
            now = next.until;
            next.go();
            return true;
        },
    };
}

/** Does `count` pieces of work, so many at a time. */
async function load(
    latency: Latency,
    time: ReturnType<typeof jumpingTime>,
    inFlight: number,
    count: number,
    serviceMs: number,
): Promise<{perSecond: number; meanMs: number}> {
    const start = time.now();
    let spent = 0;
    let left = count;
    const done = Promise.all(
        Array.from({length: inFlight}, async () => {
            while (left-- > 0) {
                const before = time.now();
                await latency.work(serviceMs);
                spent += time.now() - before;
            }
        }),
    );
    while (await time.pass()) {
        // on to the next
    }
    await done;
    return {perSecond: (count / (time.now() - start)) * 1000, meanMs: spent / count};
}

describe('latency', () => {
    test('service times are the measured ones, with straight lines between', () => {
        expect(SERVICE_MS.rootPost).toBe(3.6);
        expect([0, 50, 200, 800].map(SERVICE_MS.reply)).toEqual([6.3, 8, 16, 94]);
        expect(SERVICE_MS.reply(300)).toBeCloseTo(22.5);
        expect([0, 100, 1600].map(SERVICE_MS.readThread)).toEqual([2.8, 7.7, 265]);
        expect(SERVICE_MS.readThread(3200)).toBeGreaterThan(500);
    });

    /** In flight, then the measured throughput per second and latency in ms: of roots, of replies. */
    test.each([
        [1, 265, 3.6, 150, 6.3],
        [8, 542, 14, 302, 26],
        [32, 595, 50, 295, 101],
    ])(
        '%d in flight: near the measured %d roots/s at %d ms and %d replies/s at %d ms',
        async (inFlight, roots, rootMs, replies, replyMs) => {
            for (const [serviceMs, perSecond, meanMs] of [
                [SERVICE_MS.rootPost, roots, rootMs],
                [SERVICE_MS.reply(5), replies, replyMs],
            ] as const) {
                const time = jumpingTime();
                const found = await load(createLatency(1, seededRandom(1), time), time, inFlight, 400, serviceMs);
                expect(found.perSecond / perSecond).toBeGreaterThan(0.85);
                expect(found.perSecond / perSecond).toBeLessThan(1.15);
                expect(found.meanMs / meanMs).toBeGreaterThan(0.85);
                expect(found.meanMs / meanMs).toBeLessThan(1.2);
            }
        },
    );

    test('the scale multiplies, and 0 takes no time at all', async () => {
        const time = jumpingTime();
        const latency = createLatency(10, seededRandom(1), time);
        expect((await load(latency, time, 1, 50, 4)).meanMs).toBeGreaterThan(35);
        latency.scale = 0;
        expect((await load(latency, time, 8, 50, 4)).meanMs).toBe(0);
    });

    test('the double takes at least the time it is told to, from one request to the next', async () => {
        const double = await startMattermost();
        try {
            const {bot, channels} = double.seeded;
            double.latency.scale = 30;
            const before = performance.now();
            await fetch(`${double.url}/api/v4/posts`, {
                method: 'POST',
                headers: {Authorization: `Bearer ${bot.token}`},
                body: JSON.stringify({channel_id: channels.mirror.id, message: 'x'}),
            });
            expect(performance.now() - before).toBeGreaterThan(50);
        } finally {
            await double.stop();
        }
    });
});
