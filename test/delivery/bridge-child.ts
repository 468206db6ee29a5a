/** Bridges in processes of their own: `node bridge/serve.ts` itself, or one that is loaded and waits. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';

export type Exit = {readonly code: number | null; readonly signal: NodeJS.Signals | null};

export type BridgeChild = {
    readonly pid: number;
    /** Base URL once it is up. @throws Error with its output when it ends before */
    up(): Promise<string>;
    kill(signal: NodeJS.Signals): Promise<Exit>;
    /** Sends a signal that does not end it; nothing happens when it has ended. */
    signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
    readonly exited: Promise<Exit>;
    /** Everything it wrote so far. */
    output(): string;
};

const ROOT = join(import.meta.dirname, '../..');
const UP_DEADLINE_MS = 30_000;

/** Starts `node bridge/serve.ts`, behind a prefix such as a shell that sets limits first. */
export function spawnBridge(environment: Record<string, string>, prefix: readonly string[] = []): BridgeChild {
    const [command = '', ...rest] = [...prefix, process.execPath, join(ROOT, 'bridge/serve.ts')];
    return follow(spawn(command, rest, {env: environmentOf(environment), stdio: ['ignore', 'pipe', 'pipe']}));
}

export type Standby = {go(): BridgeChild; end(): Promise<void>};

/** A process that has loaded the bridge and starts it on `go()`. */
export function warmUp(environment: Record<string, string>): Standby {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'bridge-process.ts')], {
        env: environmentOf(environment),
        stdio: ['pipe', 'pipe', 'pipe'],
    });
    const bridge = follow(child);
    return {
        go() {
            child.stdin?.write('go\n');
            return bridge;
        },
        async end() {
            await bridge.kill('SIGKILL');
        },
    };
}

/** Nothing of the developer's own settings reaches the bridge under test. */
const environmentOf = (environment: Record<string, string>) => ({
    PATH: process.env.PATH ?? '',
    NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/compile'),
    ...environment,
});

function follow(child: ChildProcess): BridgeChild {
    let output = '';
    const exited = new Promise<Exit>((resolve) => child.once('exit', (code, signal) => resolve({code, signal})));
    let rejected: Error | undefined;
    child.once('error', (error) => {
        rejected = error;
    });
    let found = false;
    const isUp = new Promise<string>((resolve) => {
        for (const stream of [child.stdout, child.stderr]) {
            stream?.setEncoding('utf8').on('data', (text: string) => {
                output += text;
                // Not looked for again and again in what a long life writes.
                const port = found ? undefined : /"port":(\d+),[^\n]*"bridge is up"/.exec(output)?.[1];
                if (port === undefined) return;
                found = true;
                resolve(`http://127.0.0.1:${port}`);
            });
        }
    });
    return {
        pid: child.pid ?? 0,
        exited,
        output: () => output,
        async up() {
            const late = AbortSignal.timeout(UP_DEADLINE_MS);
            const url = await Promise.race([isUp, exited, once(late, 'abort')]);
            if (typeof url !== 'string') throw rejected ?? new Error(`the bridge is not up:\n${output.slice(-3000)}`);
            return url;
        },
        signal: (signal) => void child.kill(signal),
        async kill(signal) {
            child.kill(signal);
            return exited;
        },
    };
}
