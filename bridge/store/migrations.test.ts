/** What a migration does to rows that are there. */
import {DatabaseSync} from 'node:sqlite';
import {Kysely, SqliteDialect, sql} from 'kysely';
import {expect, it} from 'vitest';
import {migrations} from './migrations.ts';

it('an id of a secret that begins with - is named as it would be named today, and keeps its dates', async () => {
    const file = new DatabaseSync(':memory:');
    const prepare = (text: string) => {
        const statement = file.prepare(text);
        return {
            reader: statement.columns().length > 0,
            all: (values: readonly unknown[]) => statement.all(...(values as string[])),
            run: (values: readonly unknown[]) => statement.run(...(values as string[])) as {changes: number; lastInsertRowid: number},
            iterate: (values: readonly unknown[]) => statement.iterate(...(values as string[])),
        };
    };
    const db = new Kysely<unknown>({dialect: new SqliteDialect({database: {prepare, close: () => file.close()}})});
    const {'010-secret-ids': ids, ...before} = migrations('sqlite');
    for (const name of Object.keys(before).sort()) await before[name]?.up(db);
    for (const id of ['-Ab3', 'Ab-3'])
        await sql`insert into secret (integration_id, kind, value_id, set_at, expires_at) values ('i', 'k', ${id}, 1, 2)`.execute(db);
    await ids?.up(db);
    const {rows} = await sql`select value_id, expires_at from secret order by value_id`.execute(db);
    expect(rows).toEqual([
        {value_id: 'Ab-3', expires_at: 2},
        {value_id: 'xAb3', expires_at: 2},
    ]);
    await db.destroy();
});
