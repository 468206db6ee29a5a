/**
 * The command line without a process of its own, which costs a second of the processor: same words, environment, folder and streams; the same exit
 * code. What a process is needed for (signals, terminals, the file being a program) is tested with one.
 */
import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {Readable, Writable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {runCommandLine} from '../../bridge/cli/run.ts';

export type Ended = {code: number | null; out: string; err: string};
export type Given = {
    env: Record<string, string>;
    /** Standard input; empty when left out. */
    input?: string;
    /** Where relative paths begin. */
    cwd?: string;
};

const CLI = join(import.meta.dirname, '../../bridge/cli/ireserve-bridge.js');

/** Nothing of the developer's own settings reaches the program under test. */
export const OF_ALL_PROCESSES = {PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE};

/** The same in a process of its own, for what can only be seen with one. */
export async function runProcess(words: readonly string[], {env, input = '', cwd}: Given): Promise<Ended> {
    const child = spawn(process.execPath, [CLI, ...words], {cwd, env: {...OF_ALL_PROCESSES, ...env}});
    child.stdin.end(input);
    const code = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return {code: await code, out, err};
}

/** One after another: they share what a process has once. */
let last: Promise<unknown> = Promise.resolve();

export function runInProcess(words: readonly string[], given: Given): Promise<Ended> {
    const ended = last.then(() => runAlone(words, given));
    last = ended.catch(() => undefined);
    return ended;
}

async function runAlone(words: readonly string[], {env, input = '', cwd}: Given): Promise<Ended> {
    const ended: Ended = {code: null, out: '', err: ''};
    const into = (name: 'out' | 'err') =>
        new Writable({
            decodeStrings: false,
            write(chunk: string | Buffer, _encoding, done) {
                ended[name] += chunk.toString();
                done();
            },
        });
    const before = {env: process.env, exitCode: process.exitCode, cwd: process.cwd()};
    const streams = {stdin: Readable.from(input === '' ? [] : [Buffer.from(input)]), stdout: into('out'), stderr: into('err')};
    const descriptors = Object.keys(streams).map((name) => [name, Object.getOwnPropertyDescriptor(process, name)] as const);
    for (const [name, value] of Object.entries(streams)) Object.defineProperty(process, name, {value, configurable: true});
    process.env = {PATH: before.env.PATH, ...env};
    process.exitCode = undefined;
    if (cwd) process.chdir(cwd);
    try {
        ended.code = (await runCommandLine(words)).exitCode;
    } finally {
        for (const [name, descriptor] of descriptors) if (descriptor) Object.defineProperty(process, name, descriptor);
        process.env = before.env;
        process.exitCode = before.exitCode;
        process.chdir(before.cwd);
    }
    return ended;
}
