/** The right to deliver from a SQLite file: one process has it, and it ends with that process, however it ends. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {resolve} from 'node:path';
import {createInterface} from 'node:readline';
import {expect, onTestFinished, test} from 'vitest';
import {openDatabase, ownSqlite} from '../../bridge/store/open.ts';
import {emptyPlace} from './both-databases.ts';
import {newQueue} from './queue.ts';

async function place(): Promise<string> {
    const {url, remove} = await emptyPlace('sqlite');
    onTestFinished(remove);
    return url;
}

/** A process that owns the file and waits for its end. */
async function ownerInChild(path: string): Promise<ChildProcess> {
    const script = `
        const {ownSqlite} = await import(${JSON.stringify(resolve('bridge/store/open.ts'))});
        const release = ownSqlite(process.argv[1]);
        console.log(release ? 'owned' : 'refused');
        process.stdin.once('data', (order) => (String(order) === 'release' ? (release(), console.log('released')) : process.exit(0)));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script, path], {stdio: ['pipe', 'pipe', 'inherit']});
    onTestFinished(async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGKILL');
        await once(child, 'exit');
    });
    expect(await nextLine(child)).toBe('owned');
    return child;
}

async function nextLine({stdout}: ChildProcess): Promise<string> {
    const [line] = await once(createInterface(stdout ?? expect.unreachable()), 'line');
    return line;
}

test('one owner at a time, in one process', async () => {
    const path = await place();
    const release = ownSqlite(path);
    expect(release).toBeTypeOf('function');
    expect(ownSqlite(path)).toBeNull();
    release?.();
    const again = ownSqlite(path);
    expect(again).toBeTypeOf('function');
    again?.();
});

test('two files have two owners', async () => {
    const releases = [ownSqlite(await place()), ownSqlite(await place())];
    for (const release of releases) {
        expect(release).toBeTypeOf('function');
        release?.();
    }
});

test.each([
    ['is killed', (child: ChildProcess) => child.kill('SIGKILL'), 'exit'],
    ['exits', (child: ChildProcess) => child.stdin?.write('exit'), 'exit'],
    ['releases it', (child: ChildProcess) => child.stdin?.write('release'), 'line'],
])('another process owns it until it %s; meanwhile anybody can read and write', async (_how, end, ended) => {
    const path = await place();
    const child = await ownerInChild(path);
    expect(ownSqlite(path)).toBeNull();
    const database = await openDatabase(path);
    await newQueue(database).put('c:1');
    await database.close();
    expect(ownSqlite(path)).toBeNull();

    const over = ended === 'exit' ? once(child, 'exit') : nextLine(child);
    end(child);
    await over;
    const release = ownSqlite(path);
    expect(release).toBeTypeOf('function');
    release?.();
});
