/**
 * What each test costs, when TEST_COSTS names a file: one JSON line each, in milliseconds, on Linux. The figures of a busy machine are of use
 * too: `cpu` is this process's, `children` that of the processes it has started and waited for, `idle` is the time in which nothing was
 * computed and nothing waited for a processor: somebody slept, or another process worked.
 */
import {appendFileSync, readFileSync} from 'node:fs';
import {afterEach, beforeEach} from 'vitest';

const FILE = process.env.TEST_COSTS;
/** A clock tick of /proc/self/stat, on Linux. */
const TICK_MS = 10;

type Costs = {wall: number; cpu: number; children: number; queued: number};

function now(): Costs {
    const {user, system} = process.cpuUsage();
    const stat = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
    const queued = Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6;
    return {wall: performance.now(), cpu: (user + system) / 1000, children: (Number(stat[13]) + Number(stat[14])) * TICK_MS, queued};
}

function since(before: Costs): Record<string, number> {
    const after = now();
    const [wall, cpu, children] = [after.wall - before.wall, after.cpu - before.cpu, after.children - before.children];
    const idle = Math.max(0, wall - cpu - (after.queued - before.queued));
    return Object.fromEntries(Object.entries({wall, cpu, children, idle}).map(([name, ms]) => [name, Math.round(ms)]));
}

if (FILE) {
    let before: Costs = {wall: 0, cpu: 0, children: 0, queued: 0};
    beforeEach(() => {
        before = now();
    });
    afterEach(({task}) => appendFileSync(FILE, `${JSON.stringify({file: task.file.name, test: task.name, ...since(before)})}\n`));
}
