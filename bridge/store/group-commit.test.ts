/** Group commit on a real SQLite file, looked at from a second connection. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import fc from 'fast-check';
import {Kysely, SqliteDialect, sql} from 'kysely';
import {expect, onTestFinished, test} from 'vitest';
import {check} from '../../test/support/seeds.ts';
import {groupCommit} from './group-commit.ts';
import type {Tables} from './schema.ts';

/** A file with the table `word`, written by group commit. */
function start() {
    const folder = mkdtempSync(join(tmpdir(), 'ireserve-group-commit-'));
    const path = join(folder, 'file');
    const db = new DatabaseSync(path);
    db.exec(
        'pragma journal_mode = wal; pragma foreign_keys = on; create table word (word text primary key, parent text references word(word))',
    );
    const statements: string[] = [];
    const dialect = new SqliteDialect({
        database: {
            close: () => db.close(),
            prepare(text) {
                const statement = db.prepare(text);
                return {
                    reader: statement.columns().length > 0,
                    all: (parameters) => statement.all(...(parameters as string[])),
                    run: (parameters) => statement.run(...(parameters as string[])),
                    iterate: (parameters) => statement.iterate(...(parameters as string[])),
                };
            },
        },
    });
    const write = groupCommit(new Kysely<Tables>({dialect}), (text) => {
        statements.push(text);
        db.exec(text);
    });
    const reader = new DatabaseSync(path, {readOnly: true});
    onTestFinished(async () => {
        await write.idle();
        reader.close();
        db.close();
        rmSync(folder, {recursive: true, force: true});
    });
    return {
        path,
        db,
        write,
        commits: () => statements.filter((text) => text === 'commit').length,
        begun: () => statements.filter((text) => text === 'begin immediate').length,
        /** Writes a word; gives back how many there are then, as the transaction sees it. */
        say: (word: string) =>
            write(async (tx) => {
                await sql`insert into word (word) values (${word})`.execute(tx);
                const {rows} = await sql<{n: number}>`select count(*) as n from word`.execute(tx);
                return rows[0]?.n;
            }),
        /** What others can see: what is committed. */
        said: () =>
            reader
                .prepare('select word from word order by rowid')
                .all()
                .map(({word}) => word),
    };
}

test('writes of one turn share one commit, keep their order, and each gets its own result', async () => {
    const {say, said, commits} = start();
    expect(await Promise.all([say('a'), say('b'), say('c')])).toEqual([1, 2, 3]);
    expect(said()).toEqual(['a', 'b', 'c']);
    expect(commits()).toBe(1);
});

test('nothing is reported before it is committed', async () => {
    const {say, said} = start();
    const seen: unknown[] = [];
    await Promise.all(['a', 'b', 'c'].map((word) => say(word).then(() => seen.push(said()))));
    expect(seen).toEqual([
        ['a', 'b', 'c'],
        ['a', 'b', 'c'],
        ['a', 'b', 'c'],
    ]);
});

test('one that fails costs the others nothing, and leaves nothing of its own', async () => {
    const {say, said, write} = start();
    const results = await Promise.allSettled([
        say('a'),
        write(async (tx) => {
            await sql`insert into word (word) values ('half')`.execute(tx);
            throw new Error('changed its mind');
        }),
        say('b'),
        say('a'),
        say('c'),
    ]);
    expect(results).toMatchObject([
        {status: 'fulfilled', value: 1},
        {status: 'rejected', reason: {message: 'changed its mind'}},
        {status: 'fulfilled', value: 2},
        {status: 'rejected', reason: {message: expect.stringContaining('UNIQUE')}},
        {status: 'fulfilled', value: 3},
    ]);
    expect(said()).toEqual(['a', 'b', 'c']);
    expect(await say('d')).toBe(4);
});

test('when the commit itself fails, whoever is told of success is stored, and nobody else', async () => {
    const {say, said, write} = start();
    const results = await Promise.allSettled([
        say('a'),
        write(async (tx) => {
            // Checked at the commit only.
            await sql`pragma defer_foreign_keys = on`.execute(tx);
            await sql`insert into word (word, parent) values ('orphan', 'nobody')`.execute(tx);
        }),
        say('b'),
    ]);
    expect(results.map(({status}) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(said()).toEqual(['a', 'b']);
});

test('on a full disk writes are refused, and go on when there is room', async () => {
    const {db, say, said} = start();
    await say('a');
    const pages = db.prepare('pragma page_count').get() as {page_count: number};
    db.exec(`pragma max_page_count = ${pages.page_count + 2}`);
    const long = (letter: string) => letter.repeat(20_000);
    const results = await Promise.allSettled([say(long('x')), say('b'), say(long('y'))]);
    expect(results.map((one) => (one.status === 'rejected' ? String(one.reason) : one.status))).toEqual([
        expect.stringContaining('full'),
        'fulfilled',
        expect.stringContaining('full'),
    ]);
    expect(said()).toEqual(['a', 'b']);
    db.exec('pragma max_page_count = 100000');
    await say(long('z'));
    expect(said()).toEqual(['a', 'b', long('z')]);
});

test('when another process holds the file, all are refused after one wait, and go on afterwards', async () => {
    const {path, say, said, begun} = start();
    const other = new DatabaseSync(path);
    onTestFinished(() => other.close());
    other.exec('begin immediate');
    const results = await Promise.allSettled([say('a'), say('b'), say('c')]);
    expect(results.map((one) => one.status === 'rejected' && String(one.reason))).toEqual(Array(3).fill('Error: database is locked'));
    // Each beginning waits for seconds, and nothing else happens meanwhile.
    expect(begun()).toBe(1);
    other.exec('commit');
    expect(await Promise.all([say('a'), say('b')])).toEqual([1, 2]);
    expect(said()).toEqual(['a', 'b']);
});

test('a write issued at any moment around a flush is carried out', async () => {
    const {say, said, write} = start();
    const moments: Record<string, () => Promise<unknown>> = {
        'the same step': async () => undefined,
        'the next microtask': () => Promise.resolve(),
        'two microtasks on': async () => await Promise.resolve(),
        'before the next phase': () => new Promise<void>((resolve) => process.nextTick(resolve)),
        'the next turn': () => new Promise((resolve) => setImmediate(resolve)),
        'a timer': () => new Promise((resolve) => setTimeout(resolve, 0)),
        'the end of all': () => write.idle(),
    };
    let count = 0;
    await check(
        fc.asyncProperty(
            fc.array(fc.array(fc.constantFrom(...Object.keys(moments)), {minLength: 1, maxLength: 8}), {minLength: 1, maxLength: 4}),
            async (chains) => {
                const before = said().length;
                await Promise.all(
                    chains.map(async (chain) => {
                        for (const moment of chain) {
                            await moments[moment]?.();
                            await say(`word ${++count}`);
                        }
                    }),
                );
                expect(said()).toHaveLength(before + chains.flat().length);
            },
        ),
        {numRuns: 60},
    );
});

test('more writes than one transaction takes are all carried out, in order', async () => {
    const {say, said, commits} = start();
    const words = Array.from({length: 1201}, (_, index) => `word ${index}`);
    await Promise.all(words.map(say));
    expect(said()).toEqual(words);
    expect(commits()).toBe(3);
});

test('while writes cause writes, the event loop still turns', async () => {
    const {say} = start();
    let turns = 0;
    let going = true;
    const turn = () => {
        turns++;
        if (going) setImmediate(turn);
    };
    setImmediate(turn);
    for (let i = 0; i < 50; i++) await say(`word ${i}`);
    going = false;
    expect(turns).toBeGreaterThan(25);
});

test('idle waits for what is under way and for what that causes', async () => {
    const {say, said, write} = start();
    await write.idle();
    void say('a').then(() => void say('b'));
    await write.idle();
    expect(said()).toEqual(['a', 'b']);
});
