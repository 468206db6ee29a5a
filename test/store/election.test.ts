/** Of several replicas one is elected to listen, and what an old one still writes is refused. */
import {sql} from 'kysely';
import {afterAll, beforeAll, beforeEach, expect, onTestFinished, test} from 'vitest';
import {type Database, openDatabase} from '../../bridge/store/open.ts';
import {createElection, type Hearing, NotElected} from '../../bridge/to-ireserve/election.ts';
import {createDatabase} from '../support/database.ts';
import {emptyPlace} from './both-databases.ts';

let here: Database;
let there: Database;
const errors: unknown[] = [];

beforeAll(async () => {
    const url = await createDatabase();
    here = await openDatabase(url);
    there = await openDatabase(url);
});
afterAll(async () => {
    await here?.close();
    await there?.close();
});
beforeEach(async () => {
    await here.read.deleteFrom('listener').execute();
    errors.length = 0;
});

const UP: Hearing = {up: true, downSince: null, deafSince: null};

/** One that looks only when it is told to. */
function replica(database: Database, owner: string) {
    const state = {hearing: UP, reaches: true, changes: 0, resigned: 0};
    const election = createElection({
        database,
        owner,
        hearing: () => state.hearing,
        reaches: async () => state.reaches,
        onChange: () => state.changes++,
        onResigned: () => state.resigned++,
        onError: (error) => errors.push(error),
        everyMs: 3_600_000,
        termMs: 60_000,
    });
    onTestFinished(() => election.stop());
    return {...election, state, look: () => election.stand(['one'])};
}

/** As if the listener's term had passed without its being heard of. */
const termEnds = () => here.read.updateTable('listener').set({expires_at: sql`expires_at - 60001`}).execute();
const write = (database: Database, key: string) =>
    database.write((tx) => tx.insertInto('bridge_setting').values({key, value: '', updated_at: 1}).execute());

test('of several that stand at the same moment one is elected, and all know how well it hears', async () => {
    const replicas = [replica(here, 'a'), replica(there, 'b'), replica(there, 'c')];
    await Promise.all(replicas.map(({look}) => look()));
    const elected = replicas.filter(({fenceOf}) => fenceOf('one') !== null);
    expect(elected).toHaveLength(1);
    await elected[0]?.look();
    for (const one of replicas.filter((other) => other !== elected[0])) {
        await one.look();
        expect([one.fenceOf('one'), one.elsewhere('one')]).toEqual([null, {up: true, downSince: null}]);
    }
    expect(elected[0]?.elsewhere('one')).toBeUndefined();
    expect(errors).toEqual([]);
});

test('it stays elected while it is heard of; when its term ends another is, under a higher number', async () => {
    const [a, b] = [replica(here, 'a'), replica(there, 'b')];
    await a.look();
    await termEnds();
    await a.look();
    await b.look();
    expect([a.fenceOf('one'), b.fenceOf('one')]).toEqual([1, null]);
    await termEnds();
    await b.look();
    expect(b.fenceOf('one')).toBe(2);
    // It was stopped and goes on: it still believes to be the one, but can’t write as such.
    expect(a.fenceOf('one')).toBe(1);
    await expect(write(a.fenced('one', 1), 'by an old one')).rejects.toThrow(NotElected);
    await write(b.fenced('one', 2), 'by the new one');
    await a.look();
    expect([a.fenceOf('one'), a.state.changes]).toEqual([null, 2]);
    const written = await here.read.selectFrom('bridge_setting').select('key').where('key', 'like', 'by %').execute();
    expect(written).toEqual([{key: 'by the new one'}]);
});

test('one that is stopped in the middle of a write keeps nobody from being elected', async () => {
    const [a, b] = [replica(here, 'a'), replica(there, 'b')];
    await a.look();
    const {promise: goesOn, resolve: goOn} = Promise.withResolvers<void>();
    const {promise: isInside, resolve: inside} = Promise.withResolvers<void>();
    const writing = a.fenced('one', 1).write(async () => {
        inside();
        await goesOn;
    });
    await isInside;
    await termEnds();
    await b.look();
    expect(b.fenceOf('one')).toBe(2);
    goOn();
    await writing;
});

test('who stops, or does not want it any more, gives it up at once', async () => {
    const [a, b] = [replica(here, 'a'), replica(there, 'b')];
    await a.look();
    await a.stand([]);
    expect([a.fenceOf('one'), a.state.resigned]).toEqual([null, 1]);
    await b.look();
    expect(b.fenceOf('one')).toBe(2);
    await b.stop();
    await a.look();
    expect(a.fenceOf('one')).toBe(3);
});

test('one that hears nothing gives way, but only to one that reaches Mattermost', async () => {
    const [a, b] = [replica(here, 'a'), replica(there, 'b')];
    await a.look();
    a.state.hearing = {up: false, downSince: Date.now() - 20_000, deafSince: Date.now() - 20_000};
    await a.look();
    b.state.reaches = false;
    for (let looks = 0; looks < 3; looks++) await b.look();
    expect(b.fenceOf('one')).toBeNull();
    b.state.reaches = true;
    await b.look();
    await b.look();
    expect([b.fenceOf('one'), b.elsewhere('one')]).toEqual([2, undefined]);
});

test('one that has been deaf for a moment only keeps it', async () => {
    const [a, b] = [replica(here, 'a'), replica(there, 'b')];
    await a.look();
    a.state.hearing = {up: false, downSince: Date.now(), deafSince: Date.now() - 5000};
    await a.look();
    for (let looks = 0; looks < 3; looks++) await b.look();
    expect(b.fenceOf('one')).toBeNull();
});

test('SQLite: the one process is elected, and nothing is written for it', async () => {
    const {url, remove} = await emptyPlace('sqlite');
    const database = await openDatabase(url);
    onTestFinished(async () => {
        await database.close();
        remove();
    });
    const one = replica(database, 'a');
    await one.look();
    expect(one.fenceOf('one')).toBe(1);
    expect(one.fenced('one', 1)).toBe(database);
    await one.stand([]);
    expect(one.fenceOf('one')).toBeNull();
    await one.stop();
    expect(await database.read.selectFrom('listener').selectAll().execute()).toEqual([]);
});
