import {setTimeout as after, setImmediate as nextTurn} from 'node:timers/promises';

/** How long the double takes. Change the fields while it runs. */
export type Latency = {
    /** 1 = the measured server, 2 = twice as slow, 0 = no delay at all */
    scale: number;
    /** extra milliseconds per route name (`POST /posts`), on top of and independent of `scale` */
    readonly extraMs: Map<string, number>;
    /** occupies one of the two virtual cores for `serviceMs` (scaled, with jitter) and resolves when that time is over */
    work(serviceMs: number): Promise<void>;
    /** waits for the route's extra delay, without occupying a core */
    extra(route: string): Promise<void>;
};

/** Milliseconds; tests bring a time of their own. */
export type Time = {readonly now: () => number; readonly wait: (ms: number) => Promise<unknown>};

const REAL_TIME: Time = {
    now: () => performance.now(),
    // Timers cannot be shorter than a millisecond.
    wait: (ms) => (ms < 1 ? nextTurn() : after(ms)),
};

const CORES = 2;

/** p95 / p50 of the measured creates is about 1.33, which a log-normal of this spread gives. */
const JITTER_SIGMA = 0.17;

/**
 * The server as two virtual cores.
 *
 * Each request takes the core that is free first, in virtual time, so throughput saturates at `2 / service time` and
 * latency grows with the number of requests in flight, as on the measured server. Virtual time keeps the sums right
 * although Node's timers only know whole milliseconds.
 */
export function createLatency(scale: number, random: () => number, time: Time = REAL_TIME): Latency {
    let freeAt = Array.from({length: CORES}, () => 0);
    const latency: Latency = {
        scale,
        extraMs: new Map(),
        async work(serviceMs) {
            if (latency.scale === 0) {
                // Still one turn of the event loop: requests that arrive together overlap, as they do on a real server.
                await nextTurn();
                return;
            }
            const now = time.now();
            const [earliest = 0, ...others] = freeAt.toSorted((a, b) => a - b);
            const finish = Math.max(now, earliest) + serviceMs * latency.scale * jitter(random);
            freeAt = [finish, ...others];
            const wait = finish - now;
            await time.wait(wait);
        },
        async extra(route) {
            const delay = latency.extraMs.get(route);
            if (delay !== undefined && delay > 0) {
                await time.wait(delay);
            }
        },
    };
    return latency;
}

function jitter(random: () => number): number {
    // Box-Muller: a normal from two uniforms.
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.exp(JITTER_SIGMA * normal);
}

/** Measured service time in ms of a reply, by the number of replies its thread already has. */
const REPLY_MS: readonly (readonly [number, number])[] = [
    [0, 6.3],
    [50, 8],
    [100, 10],
    [200, 16],
    [400, 29],
    [800, 94],
    [1600, 260],
];

/** Measured service time in ms of reading a thread, by its number of replies. */
const THREAD_MS: readonly (readonly [number, number])[] = [
    [0, 2.8],
    [50, 3.8],
    [100, 7.7],
    [200, 16],
    [400, 29],
    [800, 110],
    [1600, 265],
];

/** Service times in milliseconds, measured where the reference has a number, else placed by likeness. */
export const SERVICE_MS = {
    ping: 0.2,
    read: 0.5,
    readPost: 0.8,
    readPage: 3,
    rootPost: 3.6,
    change: 4,
    upload: 3,
    typing: 0.3,
    reply: (repliesSoFar: number): number => interpolate(REPLY_MS, repliesSoFar),
    readThread: (replies: number): number => interpolate(THREAD_MS, replies),
    /** about 100 MB/s on top of the fixed part */
    uploadOf: (bytes: number): number => SERVICE_MS.upload + bytes / 100_000,
} as const;

/** Straight lines between the measured points, and the last line continued beyond them. */
function interpolate(points: readonly (readonly [number, number])[], x: number): number {
    const beyond = points.findIndex(([known]) => known >= x);
    const at = Math.max(1, beyond === -1 ? points.length - 1 : beyond);
    const [lowX, lowY] = points[at - 1] ?? [0, 0];
    const [highX, highY] = points[at] ?? [1, 0];
    return lowY + ((x - lowX) * (highY - lowY)) / (highX - lowX);
}
