/** PostgreSQL in trouble: what was asked fails within its time and as "away", and the next connection leads to where the server is by then. */
import {sql} from 'kysely';
import {expect, onTestFinished, test} from 'vitest';
import {isStoreAway} from '../../bridge/store/away.ts';
import {type Database, openDatabase} from '../../bridge/store/open.ts';
import {createDatabase} from '../support/database.ts';
import {startTcpProxy} from './tcp-proxy.ts';

const ANSWER_MS = 300;

async function behindProxy() {
    const url = new URL(await createDatabase());
    const proxy = await startTcpProxy(Number(url.port));
    onTestFinished(proxy.stop);
    url.port = String(proxy.port);
    const database = await openDatabase(url.href, {answerWithinMs: ANSWER_MS, migrateWithinMs: null});
    onTestFinished(() => database.close());
    return {database, proxy, url};
}

const store = ({write}: Database, key: string): Promise<unknown> =>
    write((tx) => tx.insertInto('bridge_setting').values({key, value: '', updated_at: 1}).execute());

const stored = async ({read}: Database) =>
    (await read.selectFrom('bridge_setting').select('key').orderBy('key').execute()).map(({key}) => key);

/** @returns whether it failed as a store that is away does */
const isAway = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'it worked', isStoreAway);

test('cut off, as by a restart: the next write goes through', async () => {
    const {database, proxy} = await behindProxy();
    await store(database, 'before');
    const cut = database.write(async (tx) => {
        proxy.cut();
        await tx.insertInto('bridge_setting').values({key: 'during', value: '', updated_at: 1}).execute();
    });
    expect(await isAway(cut)).toBe(true);
    await store(database, 'after');
    expect(await stored(database)).toEqual(['after', 'before']);
});

test('a network that swallows everything: an end within the time, and afterwards new connections', async () => {
    const {database, proxy} = await behindProxy();
    // Inside a transaction: giving it up must not wait for its answer as well.
    const blocked = database.write(async (tx) => {
        await sql`select 1`.execute(tx);
        proxy.block();
        await sql`select 2`.execute(tx);
    });
    expect(await isAway(blocked)).toBe(true);
    expect(await isAway(store(database, 'during'))).toBe(true);
    proxy.open();
    await store(database, 'after');
    expect(await stored(database)).toEqual(['after']);
});

test('failed over behind one address: connections to what is a standby now are given up', async () => {
    const {database} = await behindProxy();
    await store(database, 'before');
    // Of the one connection there is: its server was demoted under it, and new ones lead to the promoted.
    await sql`set default_transaction_read_only = on`.execute(database.read);
    expect(await isAway(store(database, 'during'))).toBe(true);
    await store(database, 'after');
    expect(await stored(database)).toEqual(['after', 'before']);
});

test('a statement that waits too long ends, and so does a transaction of a replica that was stopped in it', async () => {
    const {database, url} = await behindProxy();
    await store(database, 'row');
    const stopped = await openDatabase(url.href, {answerWithinMs: ANSWER_MS * 2});
    onTestFinished(() => stopped.close());
    const change = ({write}: Database, work: () => Promise<unknown> = async () => undefined) =>
        write(async (tx) => {
            await tx.updateTable('bridge_setting').set({updated_at: 2}).where('key', '=', 'row').execute();
            await work();
        });
    const {promise: goesOn, resolve: goOn} = Promise.withResolvers<void>();
    const {promise: isInside, resolve: inside} = Promise.withResolvers<void>();
    const holding = change(stopped, async () => {
        inside();
        await goesOn;
    });
    await isInside;
    expect(await isAway(change(database))).toBe(true);
    // The row is free again though nobody let it go.
    await expect.poll(() => change(database).then(() => 'changed', String), {timeout: 10_000}).toBe('changed');
    goOn();
    await expect(holding).rejects.toThrow();
});

test('all connections taken: the next one is told so within its time, and later gets one', async () => {
    const {database} = await behindProxy();
    const {promise: goesOn, resolve: goOn} = Promise.withResolvers<void>();
    let inside = 0;
    // Busy, not idle: that would end them.
    const taken = Array.from({length: 10}, () =>
        database.write(async (tx) => {
            inside++;
            for (let isOver = false; !isOver; ) {
                await sql`select 1`.execute(tx);
                isOver = await Promise.race([goesOn.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 20, false))]);
            }
        }),
    );
    await expect.poll(() => inside).toBe(10);
    expect(await isAway(store(database, 'during'))).toBe(true);
    goOn();
    await Promise.all(taken);
    await store(database, 'after');
    expect(await stored(database)).toEqual(['after']);
});

test('every connection has its limits', async () => {
    const {database} = await behindProxy();
    const {rows} = await sql<{setting: string}>`select setting from pg_settings
        where name in ('statement_timeout', 'idle_in_transaction_session_timeout')`.execute(database.read);
    expect(rows.map(({setting}) => Number(setting))).toEqual([ANSWER_MS, ANSWER_MS]);
});
