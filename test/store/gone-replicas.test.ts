/** What a replica that died had in hand is due at once; one that is there, or may be coming back, keeps it. */
import pg from 'pg';
import {afterAll, beforeAll, beforeEach, expect, onTestFinished, test} from 'vitest';
import {type Database, openDatabase} from '../../bridge/store/open.ts';
import {presence, watchReplicas} from '../../bridge/store/replicas.ts';
import {createDatabase} from '../support/database.ts';
import {newQueue, START} from './queue.ts';

let url: string;
let database: Database;

beforeAll(async () => {
    url = await createDatabase();
    database = await openDatabase(url);
});
afterAll(() => database?.close());
beforeEach(() => database.read.deleteFrom('replica').execute());

/** A process that is there until it is ended. */
async function process(owner: string): Promise<{end(): Promise<void>}> {
    const client = new pg.Client({connectionString: url});
    await client.connect();
    for (const {text, values} of presence(owner)) await client.query(text, values);
    let isOver = false;
    const end = async () => {
        if (isOver) return;
        isOver = true;
        await client.end();
    };
    onTestFinished(end);
    return {end};
}

function watcher(owner: string, connectedAt: () => number | null = () => -Infinity) {
    const state = {at: 0, gone: 0};
    const errors: unknown[] = [];
    const replicas = watchReplicas({
        ...{database, owner, connectedAt},
        onGone: () => state.gone++,
        onError: (error) => errors.push(error),
        now: () => START,
        ticks: () => state.at,
        everyMs: 3_600_000,
    });
    onTestFinished(replicas.stop);
    return {
        state,
        living: replicas.living,
        /** Two looks, further apart than a connection is lost for. */
        async lookAgain() {
            await replicas.look();
            state.at += 2000;
            await replicas.look();
            expect(errors).toEqual([]);
        },
    };
}

/** A lane that somebody runs, with a lease that goes on for long. */
async function laneOf(owner: string) {
    const queue = newQueue(database);
    await queue.put('c:1');
    await queue.claimOne(owner);
    return async () => (await queue.lane('c:1'))?.due === START;
}

/** The server notices the end of a connection a moment later. */
async function ended(): Promise<void> {
    const locks = async () => {
        const {rows} = await pgLocks();
        return rows.length;
    };
    await expect.poll(locks).toBe(0);
}
async function pgLocks() {
    const client = new pg.Client({connectionString: url});
    await client.connect();
    try {
        return await client.query(
            `select 1 from pg_locks where locktype = 'advisory' and objid = (hashtext('a')::bigint & 4294967295)::oid`,
        );
    } finally {
        await client.end();
    }
}

test('while it is there it keeps what it has in hand; dead, it does not', async () => {
    const a = await process('a');
    const isDue = await laneOf('a');
    const {state, lookAgain, living} = watcher('b');
    await lookAgain();
    expect([await isDue(), state.gone, living()]).toEqual([false, 0, 2]);
    await a.end();
    await ended();
    await lookAgain();
    expect([await isDue(), state.gone, living()]).toEqual([true, 1, 1]);
    // Told once.
    await lookAgain();
    expect(state.gone).toBe(1);
});

test('one that comes back in time, on another connection, is not missed', async () => {
    const a = await process('a');
    const isDue = await laneOf('a');
    const {state, lookAgain} = watcher('b');
    await process('a');
    await a.end();
    await lookAgain();
    expect([await isDue(), state.gone]).toEqual([false, 0]);
});

test('who was cut off itself gives the others time', async () => {
    const a = await process('a');
    const isDue = await laneOf('a');
    let connectedAt: number | null = null;
    const {state, lookAgain} = watcher('b', () => connectedAt);
    await a.end();
    await ended();
    await lookAgain();
    connectedAt = state.at;
    await lookAgain();
    expect([await isDue(), state.gone]).toEqual([false, 0]);
    state.at += 10_000;
    await lookAgain();
    expect([await isDue(), state.gone]).toEqual([true, 1]);
});

test('one that never said that it was there is left to its leases', async () => {
    const isDue = await laneOf('a');
    const {state, lookAgain} = watcher('b');
    await lookAgain();
    expect([await isDue(), state.gone]).toEqual([false, 0]);
});
