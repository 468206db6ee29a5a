/** The server must not outlive its user, however that one ends. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {resolve} from 'node:path';
import {createInterface} from 'node:readline';
import pg from 'pg';
import {expect, test, vi} from 'vitest';
import {startPostgres} from './postgres.ts';

/** A process that starts a server, prints its URL and then does what `afterwards` says. */
async function startInChild(afterwards: string): Promise<{child: ChildProcess; url: string}> {
    const script = `
        const {startPostgres} = await import(${JSON.stringify(resolve('test/support/postgres.ts'))});
        const {url} = await startPostgres();
        console.log(url);
        ${afterwards}`;
    // Always a server of its own, also where POSTGRES_URL is set.
    const {POSTGRES_URL: _, ...environment} = process.env;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        env: environment,
        stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = await once(createInterface(child.stdout), 'line');
    return {child, url};
}

async function canConnect(url: string): Promise<boolean> {
    const client = new pg.Client({connectionString: url, connectionTimeoutMillis: 1000});
    client.on('error', () => undefined);
    return client.connect().then(
        () => client.end().then(() => true),
        () => false,
    );
}

test.each([
    ['is killed', 'setInterval(() => {}, 1000)', (child: ChildProcess) => child.kill('SIGKILL')],
    ['forgets to stop it', 'setTimeout(() => {}, 1000)', () => undefined],
])('the server ends when the process that started it %s', async (_case, afterwards, act) => {
    const {child, url} = await startInChild(afterwards);
    expect(await canConnect(url)).toBe(true);
    const ended = once(child, 'exit');
    act(child);
    await ended;
    await vi.waitUntil(async () => !(await canConnect(url)), {timeout: 10_000});
});

test('a server that was stopped is gone, and may have been stopped twice', async () => {
    const postgres = await startPostgres();
    expect(await canConnect(postgres.url)).toBe(true);
    await postgres.stop();
    await postgres.stop();
    expect(await canConnect(postgres.url)).toBe(false);
});
