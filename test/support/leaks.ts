/** Set-up of every test file: it fails if it leaves behind a listening server, a child process or a database connection. */
import type {ChildProcess} from 'node:child_process';
import {Server, Socket} from 'node:net';
import {setTimeout as wait} from 'node:timers/promises';
import {afterAll} from 'vitest';
import {portOfPostgres} from './database.ts';

/** Closing takes a moment after `close()` has returned. */
const GRACE_MS = 1000;

const before = new Set(openHandles());

// Hooks of the set-up run after those of the file itself.
afterAll(async () => {
    const patienceEnds = Date.now() + GRACE_MS;
    let leaks = findLeaks();
    while (leaks.length > 0 && Date.now() < patienceEnds) {
        await wait(20);
        leaks = findLeaks();
    }
    if (leaks.length > 0) throw new Error(`This test file left open: ${leaks.join('; ')}`);
});

function findLeaks(): string[] {
    return openHandles()
        .filter((handle) => !before.has(handle))
        .map(describeLeak)
        .filter((leak) => leak !== undefined);
}

/** Node has no public list with the objects themselves; `getActiveResourcesInfo()` gives only their kinds, which can't be told apart. */
function openHandles(): unknown[] {
    return (process as unknown as {_getActiveHandles(): unknown[]})._getActiveHandles();
}

function describeLeak(handle: unknown): string | undefined {
    if (handle instanceof Server && handle.listening) return `a server listening on ${JSON.stringify(handle.address())}`;
    // Other sockets are not asked about: fetch keeps idle ones for a while, which is no fault of the test.
    if (handle instanceof Socket && handle.remotePort !== undefined && handle.remotePort === portOfPostgres())
        return `a connection to the database`;
    if (isChildProcess(handle)) return `a running process: ${handle.spawnargs.join(' ').slice(0, 200)}`;
    return undefined;
}

function isChildProcess(handle: unknown): handle is ChildProcess {
    return typeof handle === 'object' && handle !== null && 'spawnargs' in handle && 'exitCode' in handle && handle.exitCode === null;
}
