import pg from 'pg';
import {expect, test} from 'vitest';
import {createDatabase} from './database.ts';

async function inDatabase(url: string, text: string): Promise<unknown[]> {
    const client = new pg.Client({connectionString: url});
    await client.connect();
    try {
        return (await client.query(text)).rows;
    } finally {
        await client.end();
    }
}

test('every call makes an empty database of its own', async () => {
    const [one, other] = await Promise.all([createDatabase(), createDatabase()]);
    await inDatabase(one, 'create table only_here (id integer)');
    expect(await inDatabase(one, `select to_regclass('only_here')::text as name`)).toEqual([{name: 'only_here'}]);
    expect(await inDatabase(other, `select to_regclass('only_here')::text as name`)).toEqual([{name: null}]);
});
