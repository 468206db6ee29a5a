/** Ways a SQLite store fails while the bridge runs on it. */
import {sql} from 'kysely';
import type {Database} from '../../bridge/store/open.ts';

/** From now on no event can be stored, as seen from any connection. */
export async function refuseDeliveries(database: Database): Promise<void> {
    const trigger = sql`create trigger refuse before insert on delivery begin select raise(abort, 'the disk is gone'); end`;
    await database.write((tx) => trigger.execute(tx));
}

export async function takeDeliveries(database: Database): Promise<void> {
    await database.write((tx) => sql`drop trigger refuse`.execute(tx));
}

/** The file may not grow any more: SQLITE_FULL, as on a full disk. `database` must be the bridge's own. */
export async function fillDisk(database: Database): Promise<void> {
    await database.write(async (tx) => {
        const {rows} = await sql<{page_count: number}>`pragma page_count`.execute(tx);
        await sql.raw(`pragma max_page_count = ${rows[0]?.page_count ?? 1}`).execute(tx);
    });
}

export async function makeRoom(database: Database): Promise<void> {
    await database.write((tx) => sql`pragma max_page_count = 1000000`.execute(tx));
}
