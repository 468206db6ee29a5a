/** The bridges of a soak: processes of their own on one store, killed, stopped and continued, and started again. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {type BridgeChild, type Standby, warmUp} from '../delivery/bridge-child.ts';

export type Replica = {
    readonly name: string;
    /** Null while it is not up. */
    url: string | null;
    isStopped: boolean;
    child: BridgeChild | null;
    next: Standby | null;
};

export type Bridges = {
    /** Up, and not stopped. */
    running(): Replica[];
    startAll(): Promise<void>;
    /** kill -9, and up again after a while. */
    kill(replica: Replica, downMs: number): Promise<void>;
    /** SIGSTOP, and SIGCONT after so long. */
    freeze(replica: Replica, ms: number): Promise<void>;
    /** Sets the clock of all of them so far from the real one, ms. */
    setClock(offsetMs: number): void;
    /** From a kill to the next one being up, ms. */
    readonly upAfter: number[];
    /** Processes that ended or did not come up although nobody had killed them, with the end of what they wrote. */
    readonly crashes: string[];
    stop(): Promise<void>;
};

const SHIFTED_CLOCK = pathToFileURL(join(import.meta.dirname, '../support/shifted-clock.ts')).href;

/** @param onChange called whenever a replica is up or is not */
export function createBridges(
    {environment, folder, count}: {environment: Record<string, string>; folder: string; count: number},
    onChange: (up: readonly Replica[]) => void,
): Bridges {
    const clock = join(folder, 'clock');
    writeFileSync(clock, '0');
    const all = {...environment, CLOCK_FILE: clock, NODE_OPTIONS: `--import=${SHIFTED_CLOCK}`};
    const replicas = Array.from({length: count}, (_, n): Replica => {
        return {name: `bridge ${n + 1}`, url: null, isStopped: false, child: null, next: null};
    });
    const running = () => replicas.filter(({url, isStopped}) => url !== null && !isStopped);
    const changed = () => onChange(running());
    const upAfter: number[] = [];
    const crashes: string[] = [];
    const ended = new Set<BridgeChild>();

    async function start(replica: Replica): Promise<void> {
        const child = (replica.next ?? warmUp(all)).go();
        replica.next = null;
        replica.child = child;
        void child.exited.then(({code, signal}) => {
            if (ended.has(child)) return;
            ended.add(child);
            crashes.push(`${replica.name} ended by itself (${code ?? signal}):\n${child.output().slice(-1500)}`);
            replica.url = null;
            changed();
            return start(replica);
        });
        // One that ends before it is up is counted, and started again, above.
        const url = await child.up().catch(() => null);
        if (url === null) return;
        replica.url = url;
        replica.next ??= warmUp(all);
        changed();
    }

    return {
        running,
        upAfter,
        crashes,
        async startAll() {
            // One after the other: the first makes the tables.
            for (const replica of replicas) await start(replica);
        },
        async kill(replica, downMs) {
            const at = Date.now();
            replica.url = null;
            changed();
            if (replica.child) {
                ended.add(replica.child);
                await replica.child.kill('SIGKILL');
            }
            await new Promise((resolve) => setTimeout(resolve, downMs));
            await start(replica);
            upAfter.push(Date.now() - at - downMs);
        },
        async freeze(replica, ms) {
            const {child} = replica;
            if (!child) return;
            replica.isStopped = true;
            changed();
            child.signal('SIGSTOP');
            await new Promise((resolve) => setTimeout(resolve, ms));
            child.signal('SIGCONT');
            replica.isStopped = false;
            changed();
        },
        setClock: (offsetMs) => writeFileSync(clock, String(offsetMs)),
        async stop() {
            await Promise.all(
                replicas.map(async ({child, next}) => {
                    if (child) ended.add(child);
                    await Promise.all([next?.end(), child?.kill('SIGKILL')]);
                }),
            );
        },
    };
}
