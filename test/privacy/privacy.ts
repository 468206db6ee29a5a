/** What tests of erasing, exporting and retention share: the bridge's functions on the bridge's own store, and a search of every byte of it. */
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {sql} from 'kysely';
import type {Integration} from '../../bridge/integration.ts';
import {createIntegrations} from '../../bridge/integrations.ts';
import {createServers} from '../../bridge/mattermost.ts';
import type {Erasing} from '../../bridge/privacy/erase.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {databaseOf} from '../../bridge/settings.ts';
import type {Database} from '../../bridge/store/open.ts';
import {createPeople} from '../../bridge/to-ireserve/people.ts';
import {createSessions} from '../../bridge/to-mattermost/session.ts';
import type {TestBridge} from '../support/bridge.ts';

export async function privacyOf(bridge: TestBridge, now: () => number = Date.now) {
    const {database, settings} = bridge;
    const box = createSecretBox(loadKey(undefined, join(settings.DATA_DIR, 'secret.key')));
    const integrations = createIntegrations(database, box, now);
    await integrations.refresh();
    const sessions = createSessions();
    const erasing: Erasing = {
        database,
        servers: createServers({createsInFlight: 8, timeoutMs: 5000, now}),
        box,
        now,
        session: (client) => sessions.of(client),
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    };
    const integration = async (): Promise<Integration> => {
        await integrations.refresh();
        return integrations.get(bridge.integration.id) as Integration;
    };
    return {erasing, integration, people: createPeople(now)};
}

/** Everything the store holds, as one text: each byte of SQLite's files, each row of each table of PostgreSQL. */
export async function everything(bridge: TestBridge): Promise<string> {
    if (bridge.database.dialect === 'sqlite') {
        const file = databaseOf(bridge.settings);
        const files = [file, `${file}-wal`].filter((path) => existsSync(path));
        return files.map((path) => readFileSync(path).toString('latin1')).join('\n');
    }
    const tables = await tablesOf(bridge.database);
    const texts: string[] = [];
    for (const table of tables) {
        const {rows} = await sql<{row: string}>`select row_to_json(t)::text as row from ${sql.table(table)} t`.execute(
            bridge.database.read,
        );
        texts.push(...rows.map(({row}) => `${table} ${row}`));
    }
    return texts.join('\n');
}

const tablesOf = async ({read}: Database): Promise<string[]> =>
    (await sql<{name: string}>`select tablename as name from pg_tables where schemaname = 'public'`.execute(read)).rows.map(
        ({name}) => name,
    );
