/** What a store that is away says of itself, and what is a mistake of ours. */
import {type AddressInfo, createServer, type Socket} from 'node:net';
import {sql} from 'kysely';
import pg from 'pg';
import {expect, onTestFinished, test} from 'vitest';
import {isStoreAway} from '../../bridge/store/away.ts';
import {fillDisk, makeRoom} from '../api/store-faults.ts';
import {onBothDatabases} from './both-databases.ts';

/** What it fails with. */
async function failureOf(work: () => Promise<unknown>): Promise<Error> {
    try {
        await work();
    } catch (error) {
        return error as Error;
    }
    throw new Error('it did not fail');
}

function poolAt(connectionString: string): pg.Pool {
    const pool = new pg.Pool({connectionString, max: 1, connectionTimeoutMillis: 100});
    pool.on('error', () => undefined);
    onTestFinished(() => pool.end());
    return pool;
}

async function silentServer(): Promise<{port: number; stop(): Promise<void>}> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
        port: (server.address() as AddressInfo).port,
        async stop() {
            for (const socket of sockets) socket.destroy();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

onBothDatabases((store) => {
    test('a mistake in what is asked is no store that is away', async () => {
        const {database} = store;
        const badly = await failureOf(() => sql`select nothing from nowhere`.execute(database.read));
        const twice = await failureOf(() =>
            database.write((tx) =>
                sql`insert into bridge_setting (key, value, updated_at) values ('k', 'v', 1), ('k', 'v', 1)`.execute(tx),
            ),
        );
        expect([isStoreAway(badly), isStoreAway(twice), isStoreAway('no error at all')]).toEqual([false, false, false]);
    });

    test('one that is full, or ends what was under way, is away', async () => {
        const {database, dialect} = store;
        if (dialect === 'sqlite') {
            await fillDisk(database);
            onTestFinished(() => makeRoom(database));
            const full = await failureOf(() =>
                database.write((tx) =>
                    sql`insert into bridge_setting (key, value, updated_at) values ('big', ${'x'.repeat(1_000_000)}, 1)`.execute(tx),
                ),
            );
            expect(isStoreAway(full), full.message).toBe(true);
            return;
        }
        const ended = await failureOf(() => sql`select pg_terminate_backend(pg_backend_pid())`.execute(database.read));
        expect(isStoreAway(ended), ended.message).toBe(true);
    });

    test('nobody there, or nobody who answers, is away; so is one whose connections are all held up', async () => {
        if (store.dialect === 'sqlite') return;
        const {port, stop} = await silentServer();
        const silent = await failureOf(() => poolAt(`postgres://a:b@127.0.0.1:${port}/c`).connect());
        await stop();
        const absent = await failureOf(() => poolAt(`postgres://a:b@127.0.0.1:${port}/c`).connect());
        const pool = poolAt(store.url);
        const held = await pool.connect();
        const inUse = await failureOf(() => pool.connect());
        held.release();
        expect([silent, absent, inUse].map((error) => [error.message, isStoreAway(error)])).toEqual([
            ['Connection terminated due to connection timeout', true],
            [expect.stringContaining('ECONNREFUSED'), true],
            ['timeout exceeded when trying to connect', true],
        ]);
    });
});
