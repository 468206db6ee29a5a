/** The same tests on SQLite in a temporary folder and on a real PostgreSQL. */
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import pg from 'pg';
import {afterAll, beforeAll, describe} from 'vitest';
import {type Database, openDatabase} from '../../bridge/store/open.ts';
import {createDatabase} from '../support/database.ts';

export type Dialect = Database['dialect'];

export type Store = {
    readonly dialect: Dialect;
    readonly url: string;
    /** Open for all tests of the group; each keeps to a queue of its own. */
    readonly database: Database;
};

/** @param tests registers the tests; the store may be used only inside them. */
export function onBothDatabases(tests: (store: Store) => void): void {
    describe.each(['sqlite', 'postgres'] as const)('%s', (dialect) => {
        let place: Place;
        let database: Database;
        beforeAll(async () => {
            place = await emptyPlace(dialect);
            database = await openDatabase(place.url);
        });
        afterAll(async () => {
            await database?.close();
            place?.remove();
        });
        tests({
            dialect,
            get url() {
                return place.url;
            },
            get database() {
                return database;
            },
        });
    });
}

export type Place = {url: string; remove(): void};

/** Where a database may be made: nothing is there yet. */
export async function emptyPlace(dialect: Dialect): Promise<Place> {
    if (dialect === 'postgres') return {url: await createDatabase(), remove: () => undefined};
    const folder = mkdtempSync(join(tmpdir(), 'ireserve-store-'));
    return {url: join(folder, 'missing-yet', 'bridge.sqlite'), remove: () => rmSync(folder, {recursive: true, force: true})};
}

/** Runs one statement past the bridge's own code. */
export async function runStatement(url: string, statement: string): Promise<void> {
    if (!url.startsWith('postgres')) {
        mkdirSync(dirname(url), {recursive: true});
        const file = new DatabaseSync(url);
        file.exec(statement);
        file.close();
        return;
    }
    const client = new pg.Client({connectionString: url});
    await client.connect();
    try {
        await client.query(statement);
    } finally {
        await client.end();
    }
}
