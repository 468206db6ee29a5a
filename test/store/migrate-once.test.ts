/** Making the tables: once, whoever comes first, wholly or not at all. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {resolve} from 'node:path';
import {createInterface} from 'node:readline';
import {type Kysely, sql} from 'kysely';
import {describe, expect, onTestFinished, test} from 'vitest';
import {migrations} from '../../bridge/store/migrations.ts';
import {type Database, openDatabase} from '../../bridge/store/open.ts';
import {newConversation, readFacts} from '../../bridge/to-mattermost/conversation.ts';
import {stateOf} from '../../bridge/to-mattermost/conversation-state.ts';
import {emptyPlace, runStatement} from './both-databases.ts';
import {newQueue} from './queue.ts';

describe.each(['sqlite', 'postgres'] as const)('%s', (dialect) => {
    async function place(): Promise<string> {
        const {url, remove} = await emptyPlace(dialect);
        onTestFinished(remove);
        return url;
    }

    test('a fresh database gets every migration and can be written', async () => {
        const database = await open(await place());
        expect(await applied(database)).toEqual(Object.keys(migrations(dialect)));
        const queue = newQueue(database);
        const {seq} = await queue.put('c:1');
        expect(await queue.queued('c:1')).toEqual([seq]);
    });

    test('a conversation that was shown as waiting on the card alone waits since the same moment in lists and on the card', async () => {
        const database = await open(await place());
        const {closed: _, unanswered: __, ...facts} = newConversation('C-old', 1_000);
        for (const [id, stamps] of [
            ['C-said', {status: 5_000}],
            ['C-began', {}],
        ] as const) {
            const old = JSON.stringify({...facts, conversation_id: id, status: 'waiting', waiting_since: null, stamps});
            await sql`insert into conversation (integration_id, conversation_id, facts, thread_number, status, activity_at, created_at, updated_at)
                values ('i', ${id}, ${old}, 1, 'waiting', 9000, 1, 1)`.execute(database.read);
        }
        await migrations(dialect)['011-one-state']?.up(database.read as Kysely<unknown>);
        for (const row of await database.read.selectFrom('conversation').select(['facts', 'status', 'waiting_since']).execute()) {
            const {status, waiting_since} = stateOf(readFacts(row.facts));
            expect({status: row.status, waiting_since: Number(row.waiting_since)}).toEqual({status, waiting_since});
        }
    });

    test('opened again, it is as it was left', async () => {
        const url = await place();
        const before = await openDatabase(url);
        const {seq} = await newQueue(before).put('c:1');
        await before.close();
        const after = await open(url);
        expect(await applied(after)).toEqual(Object.keys(migrations(dialect)));
        expect(await after.read.selectFrom('delivery').select(['seq', 'state']).execute()).toEqual([{seq, state: 'queued'}]);
    });

    test('connections that open it at the same moment all get it', async () => {
        const url = await place();
        const databases = await Promise.all([open(url), open(url), open(url)]);
        for (const database of databases) await newQueue(database).put('c:1');
        expect(await databases[0]?.read.selectFrom('delivery').select('seq').execute()).toHaveLength(3);
    });

    test('processes that open it at the same moment all get it', async () => {
        const url = await place();
        const children = await Promise.all([childAboutToOpen(url), childAboutToOpen(url)]);
        expect(await Promise.all(children.map((go) => go()))).toEqual(['opened', 'opened']);
    });

    test('a migration that fails half way leaves nothing behind', async () => {
        const url = await place();
        // In the way of the last table but one.
        await runStatement(url, 'create table notice (mine integer)');
        await expect(openDatabase(url)).rejects.toThrow(/notice.* already exists/);
        await runStatement(url, 'drop table notice');
        await newQueue(await open(url)).put('c:1');
    });

    test('a database of a newer release is refused', async () => {
        const url = await place();
        await (await openDatabase(url)).close();
        await runStatement(url, `insert into kysely_migration values ('999-later', '2030-01-01T00:00:00.000Z')`);
        await expect(openDatabase(url)).rejects.toThrow('999-later is missing');
    });
});

test('a SQLite database in memory is refused: its readers would see another one', async () => {
    await expect(openDatabase(':memory:')).rejects.toThrow(/memory/);
});

test('on SQLite, what is committed is on the disk', async () => {
    const {url, remove} = await emptyPlace('sqlite');
    onTestFinished(remove);
    const database = await open(url);
    const pragma = (name: string) =>
        database.write(async (tx) => Object.values((await sql<object>`pragma ${sql.raw(name)}`.execute(tx)).rows[0] ?? {})[0]);
    expect(await pragma('journal_mode')).toBe('wal');
    // 2 is FULL: the log is synced at every commit.
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('foreign_keys')).toBe(1);
});

async function open(url: string): Promise<Database> {
    const database = await openDatabase(url);
    onTestFinished(() => database.close());
    return database;
}

async function applied(database: Database): Promise<string[]> {
    const {rows} = await sql<{name: string}>`select name from kysely_migration order by name`.execute(database.read);
    return rows.map(({name}) => name);
}

/** A process with everything loaded. @returns function that lets it open the database, and says `opened` or what went wrong. */
async function childAboutToOpen(url: string): Promise<() => Promise<string>> {
    const script = `
        const {openDatabase} = await import(${JSON.stringify(resolve('bridge/store/open.ts'))});
        console.log('ready');
        process.stdin.once('data', () => openDatabase(process.argv[1]).then((database) => database.close()).then(() => 'opened', String).then(console.log));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script, url], {stdio: ['pipe', 'pipe', 'inherit']});
    const lines = createInterface(child.stdout);
    await once(lines, 'line');
    return async () => {
        const answer = once(lines, 'line');
        child.stdin.end('go');
        const [[line]] = await Promise.all([answer, once(child, 'exit')]);
        return line;
    };
}
