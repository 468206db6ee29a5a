/** Words between replicas: heard by the others at once, and again after the connection was lost. */
import pg from 'pg';
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {openSignals, type Signals} from '../../bridge/store/signals.ts';
import {createDatabase} from '../support/database.ts';

let url: string;
let here: Signals;
let there: Signals;
const troubles: unknown[] = [];
const heard: {here: unknown[]; there: unknown[]} = {here: [], there: []};

beforeAll(async () => {
    url = await createDatabase();
    const open = (owner: string) => openSignals({url, owner, random: () => 0, onTrouble: (error) => troubles.push(error)});
    [here, there] = [open('here'), open('there')];
    here.hear('words', (body) => heard.here.push(body));
    there.hear('words', (body) => heard.there.push(body));
});
afterAll(async () => {
    await here?.close();
    await there?.close();
});
beforeEach(() => {
    heard.here = [];
    heard.there = [];
});

/** Until both are connected, what is told may be lost. */
const connected = () =>
    expect
        .poll(
            () => {
                here.tell('words', {n: 0});
                there.tell('words', {n: 0});
                return heard.here.length > 0 && heard.there.length > 0;
            },
            {timeout: 15_000, interval: 20},
        )
        .toBe(true);

test('told to the others, in order, and not to oneself', async () => {
    await connected();
    heard.here = [];
    for (const n of [1, 2, 3]) here.tell('words', {n});
    there.tell('words', {last: true});
    await expect.poll(() => heard.here.length).toBeGreaterThan(0);
    await expect.poll(() => heard.there.slice(-3)).toEqual([{n: 1}, {n: 2}, {n: 3}]);
    expect(heard.here).not.toContainEqual({n: 1});
});

test('another topic, what is no word of ours, and what is too long are not heard', async () => {
    await connected();
    const stranger = new pg.Client({connectionString: url});
    await stranger.connect();
    for (const payload of ['', 'null', '{', '{"topic":1}', '[]'])
        await stranger.query('select pg_notify($1, $2)', ['ireserve_bridge', payload]);
    await stranger.end();
    here.tell('other', {n: 1});
    here.tell('words', {long: 'x'.repeat(8000)});
    here.tell('words', {end: true});
    await expect.poll(() => heard.there.at(-1)).toEqual({end: true});
    expect(heard.there.filter((body) => JSON.stringify(body) !== '{"n":0}')).toEqual([{end: true}]);
});

test('after the connections were cut it goes on, and the trouble is told once', async () => {
    await connected();
    troubles.length = 0;
    const admin = new pg.Client({connectionString: url});
    await admin.connect();
    await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid != pg_backend_pid()`,
    );
    await admin.end();
    heard.here = [];
    heard.there = [];
    await connected();
    expect(troubles).toHaveLength(2);
});
