/** Whether something can be stored, known before a message is refused where it can be, and no better than it is afterwards. */
import {sql} from 'kysely';
import {expect, onTestFinished, test} from 'vitest';
import {type Database, openDatabase} from '../../bridge/store/open.ts';
import {LEAST_FREE_BYTES, watchStorage} from '../../bridge/store/storage.ts';
import {fillDisk, makeRoom} from '../api/store-faults.ts';
import {onBothDatabases} from './both-databases.ts';

function watched(given: Database, free?: () => number) {
    const clock = {at: 0};
    const writes = {count: 0};
    const counted: Database = {
        ...given,
        write(work) {
            writes.count++;
            return given.write(work);
        },
    };
    const storage = watchStorage({
        database: counted,
        folder: free ? '/data' : null,
        ticks: () => clock.at,
        statfs: async () => ({blocks: 1000, bavail: free?.() ?? 0, bsize: 1}),
    });
    return {
        ...storage,
        writes,
        /** When the last answer stands no more. */
        later() {
            clock.at += 1000;
            return storage.check();
        },
    };
}

const large = (database: Database) =>
    database.write((tx) =>
        sql`insert into bridge_setting (key, value, updated_at) values ('big', ${'x'.repeat(1_000_000)}, 1)`.execute(tx),
    );

onBothDatabases((store) => {
    test('all is well: one write for all who ask within a second', async () => {
        const {check, later, writes} = watched(store.database);
        expect(await Promise.all([check(), check()])).toEqual([{ok: true}, {ok: true}]);
        expect(await check()).toEqual({ok: true});
        expect(writes.count).toBe(1);
        await later();
        expect(writes.count).toBe(2);
        const left = await store.database.read.selectFrom('notice').select('code').execute();
        expect(left).toEqual([]);
    });

    test('a disk that is nearly full is told before anything is refused, and when there is room again', async () => {
        let free = LEAST_FREE_BYTES;
        const {check, later, writes} = watched(store.database, () => free);
        expect(await check()).toEqual({ok: true});
        free--;
        expect(await later()).toEqual({ok: false, code: 'disk_full'});
        // Nothing is written where there is no room.
        expect(writes.count).toBe(1);
        free++;
        expect(await later()).toEqual({ok: true});
    });

    test('a file system that does not tell is no full one', async () => {
        for (const statfs of [async () => ({blocks: 0, bavail: 0, bsize: 4096}), () => Promise.reject(new Error('ENOSYS'))]) {
            const storage = watchStorage({database: store.database, folder: '/data', statfs});
            expect(await storage.check()).toEqual({ok: true});
            expect(await storage.freeBytes()).toBeUndefined();
        }
    });

    test('after a refusal a small write that finds room is no proof', async () => {
        if (store.dialect === 'postgres') return;
        const {database, check, later} = watched(store.database);
        expect(await check()).toEqual({ok: true});
        await fillDisk(store.database);
        onTestFinished(() => makeRoom(store.database));
        await expect(large(database)).rejects.toThrow('full');
        expect(await check()).toEqual({ok: false, code: 'disk_full'});
        // As it was: smaller ones go through.
        await database.write((tx) => tx.updateTable('bridge_setting').set({updated_at: 1}).execute());
        expect(await later()).toEqual({ok: false, code: 'disk_full'});
        await makeRoom(store.database);
        expect(await later()).toEqual({ok: true});
        expect(await store.database.read.selectFrom('file').select('id').execute()).toEqual([]);
    });

    test('back again: known with the first write that goes through', async () => {
        let isAway = true;
        const storage = watchStorage({
            database: {
                ...store.database,
                write: (work) => (isAway ? Promise.reject(new Error('Connection terminated')) : store.database.write(work)),
            },
            folder: null,
            ticks: () => 0,
        });
        expect(await storage.check()).toEqual({ok: false, code: 'no_answer'});
        isAway = false;
        expect((await storage.check()).ok).toBe(false);
        await storage.database.write((tx) => tx.updateTable('bridge_setting').set({updated_at: 1}).execute());
        expect(await storage.check()).toEqual({ok: true});
    });

    test('a database that may only be read', async () => {
        if (store.dialect === 'sqlite') return;
        const url = new URL(store.url);
        url.searchParams.set('options', '-c default_transaction_read_only=on');
        const standby = await openDatabase(url.href);
        onTestFinished(() => standby.close());
        expect(await watched(standby).check()).toEqual({ok: false, code: 'read_only'});
    });
});
