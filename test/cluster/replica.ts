/** One replica: a bridge in a process of its own, at the same address whenever it is started again. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {openSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

export type Replica = {
    readonly name: string;
    readonly url: string;
    /** Of the process that runs; null while none does. */
    readonly pid: number | null;
    readonly logFile: string;
    /** Resolves when it is ready. @throws Error when it ends before, or is not within half a minute */
    start(): Promise<void>;
    /** @returns its exit code; null: killed */
    end(signal: NodeJS.Signals): Promise<number | null>;
    /** Calls back when the process ends without `end` being called. */
    onLost(tell: () => void): void;
};

const UP_WITHIN_MS = 30_000;
/** Ends with us, whatever ends us: it lives as long as its standard input. */
const PROCESS = join(import.meta.dirname, '../delivery/bridge-process.ts');

export function createReplica({
    name,
    port,
    folder,
    environment,
}: {
    name: string;
    port: number;
    folder: string;
    environment: Record<string, string>;
}): Replica {
    const url = `http://127.0.0.1:${port}`;
    const logFile = join(folder, `${name}.log`);
    const log = openSync(logFile, 'a');
    let child: ChildProcess | null = null;
    let isMeant = false;
    let lost = () => {};

    return {
        name,
        url,
        logFile,
        get pid() {
            return child?.pid ?? null;
        },
        async start() {
            isMeant = false;
            const started = spawn(process.execPath, [PROCESS], {
                env: {
                    PATH: process.env.PATH ?? '',
                    NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/compile'),
                    ...environment,
                    PORT: String(port),
                    DATA_DIR: folder,
                },
                stdio: ['pipe', log, log],
                // Ctrl+C in the terminal is for us: we end it in our order.
                detached: true,
            });
            child = started;
            started.once('exit', () => {
                child = null;
                if (!isMeant) lost();
            });
            started.stdin?.on('error', () => undefined);
            started.stdin?.write('go\n');
            for (const end = Date.now() + UP_WITHIN_MS; ; await sleep(50)) {
                if (child !== started) throw new Error(`${name} ended while it started; see ${logFile}`);
                const answer = await fetch(`${url}/ready`).catch(() => null);
                await answer?.body?.cancel();
                if (answer?.status === 200) return;
                if (Date.now() > end) throw new Error(`${name} is not ready; see ${logFile}`);
            }
        },
        async end(signal) {
            const ending = child;
            if (!ending) return null;
            isMeant = true;
            const gone = once(ending, 'exit') as Promise<[number | null]>;
            ending.kill(signal);
            return (await gone)[0];
        },
        onLost(tell) {
            lost = tell;
        },
    };
}
