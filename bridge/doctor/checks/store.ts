/** Disk, database, the key of the secrets, and what waits. */
import {randomUUID} from 'node:crypto';
import {existsSync} from 'node:fs';
import {stat, statfs} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {sql} from 'kysely';
import {databaseOf} from '../../settings.ts';
import {looseFiles} from '../../store/private-files.ts';
import type {Inquiry, Seen} from '../inquiry.ts';
import {said, spoken} from '../said.ts';
import type {Check} from './check.ts';

const LEAST_FREE_BYTES = 200_000_000;
const LEAST_FREE_SHARE = 0.05;
const ENOUGH_BYTES = 5_000_000_000;
const SLOW_MS = 250;
const OLD_KEY_MS = 2 * 365 * 86_400_000;
const LONG_WAIT_MS = 5 * 60_000;

export const STORE_CHECKS: Check[] = [
    {id: 'disk', hop: 'store', title: 'Disk', run: disk},
    {id: 'database', hop: 'store', title: 'Database', run: database},
    {id: 'files', hop: 'store', title: 'Data for the service only', run: files},
    {id: 'key', hop: 'store', title: 'Key of the secrets', run: key},
    {id: 'queue', hop: 'store', title: 'Queues', run: queue},
    {id: 'notices', hop: 'store', title: 'Nothing left to mend', run: notices},
];

async function disk({settings, about}: Inquiry): Promise<Seen[]> {
    if (settings.DATABASE_URL) return [{unseen: 'not checked: the database server’s own disk'}];
    const {bavail, bsize, blocks} = await statfs(settings.DATA_DIR);
    const [free, all] = [bavail * bsize, blocks * bsize];
    const text = said`${Math.round(free / 1_000_000)} MB free of ${Math.round(all / 1_000_000)} MB`;
    const file = resolve(settings.DATA_DIR);
    return isNearlyFull(free, all) ? [{code: 'disk_nearly_full', text, about: {...about, file}}] : [{fine: spoken(text)}];
}

/** Five in a hundred, but a very large disk needs not so much, and a small one more. */
export const isNearlyFull = (free: number, all: number): boolean =>
    free < Math.max(LEAST_FREE_BYTES, Math.min(all * LEAST_FREE_SHARE, ENOUGH_BYTES));

async function database({database: store, about}: Inquiry): Promise<Seen[]> {
    const started = performance.now();
    try {
        await store.write(async (tx) => {
            // A write that really is one: a transaction without any succeeds on a full disk.
            const row = {integration_id: '', code: 'doctor', subject: randomUUID(), detail: '', since: 0};
            await tx.insertInto('notice').values(row).execute();
            await tx.deleteFrom('notice').where('integration_id', '=', '').where('subject', '=', row.subject).execute();
        });
    } catch (error) {
        return [{code: 'database_unavailable', text: said`${(error as Error).message}`, about}];
    }
    const ms = Math.round(performance.now() - started);
    const text = said`${store.dialect}, a write takes ${ms} ms`;
    return ms > SLOW_MS ? [{code: 'database_slow', text, about}] : [{fine: spoken(text)}];
}

async function files({settings, about}: Inquiry): Promise<Seen[]> {
    if (settings.DATABASE_URL) return [{unseen: 'not checked: the database server’s own files'}];
    const folder = resolve(settings.DATA_DIR);
    const loose = looseFiles(databaseOf(settings));
    if (loose.length === 0) return [{fine: `only this user may read ${folder}`}];
    const file = loose.find((one) => one !== folder) ?? join(folder, 'bridge.sqlite*');
    return [{code: 'data_readable', text: said`others may read ${loose.join(', ')}`, about: {...about, folder, file}}];
}

async function key({settings, about, now}: Inquiry): Promise<Seen[]> {
    if (settings.IRESERVE_SECRET_KEY) return [{fine: 'from IRESERVE_SECRET_KEY: keep a copy of it apart from the database'}];
    const file = resolve(join(settings.DATA_DIR, 'secret.key'));
    const here = {...about, file};
    if (!existsSync(file)) return [{code: 'key_missing', text: said`${file} does not exist`, about: here}];
    const {mode, mtimeMs} = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
        return [{code: 'key_readable', text: said`${file} has mode ${(mode & 0o777).toString(8)}`, about: here}];
    const days = Math.floor((now() - mtimeMs) / 86_400_000);
    if (now() - mtimeMs > OLD_KEY_MS) return [{code: 'key_old', text: said`${days} days old`, about: here}];
    return [{fine: `${file}, ${days} days old: keep a copy of it apart from the database`}];
}

async function queue({database: store, integration, about, now}: Inquiry): Promise<Seen[]> {
    const rows = await store.read
        .selectFrom('delivery')
        .select(['state', sql<number>`count(*)`.as('count'), sql<number>`min(received_at)`.as('oldest')])
        .where('integration_id', '=', integration.id)
        .where('state', 'in', ['queued', 'dead'])
        .groupBy('state')
        .execute();
    const seen: Seen[] = [];
    const [queued, dead] = ['queued', 'dead'].map((state) => rows.find((row) => row.state === state));
    if (queued && now() - Number(queued.oldest) > LONG_WAIT_MS) {
        const minutes = Math.floor((now() - Number(queued.oldest)) / 60_000);
        seen.push({code: 'queue_old', text: said`${Number(queued.count)} wait, the oldest for ${minutes} minutes`, about});
    }
    if (dead) seen.push({code: 'dead_letters', text: said`${Number(dead.count)} dead letters`, about});
    return seen.length > 0 ? seen : [{fine: queued ? `${Number(queued.count)} under way` : 'nothing waits'}];
}

async function notices({database: store, integration, about}: Inquiry): Promise<Seen[]> {
    const rows = await store.read.selectFrom('notice').selectAll().where('integration_id', '=', integration.id).orderBy('since').execute();
    if (rows.length === 0) return [{fine: 'no notice stands'}];
    return rows.map(({code, detail, since}) => ({
        code: 'notice_stands' as const,
        text: said`${code} since ${new Date(Number(since)).toISOString()}: ${detail}`,
        about,
    }));
}
