/**
 * Which bridge this is: an id of its store, the same for all its replicas, told with every answer that others look for a bridge by. Test and
 * production mixed up look alike in everything else.
 */
import type {Database} from './store/open.ts';

export const INSTANCE_HEADER = 'ireserve-instance';

/** What of its environment the service alone knows, told at /ready and left in the store. */
export type ServiceNote = {host: string; port: number; public_url: string | null; ireserve_timeout_ms: number};

/** The store's id, made when it is first asked for. @param makeId an id nobody else has */
export async function instanceOf(database: Database, at: number, makeId: () => string): Promise<string> {
    const find = () => database.read.selectFrom('bridge_setting').select('value').where('key', '=', 'instance').executeTakeFirst();
    const known = await find();
    if (known) return known.value;
    await database.write((tx) =>
        tx
            .insertInto('bridge_setting')
            .values({key: 'instance', value: makeId(), updated_at: at})
            .onConflict((conflict) => conflict.column('key').doNothing())
            .execute(),
    );
    return (await find())?.value ?? '';
}

/** Written at each start: where the service listens is not in the environment of whoever asks for it. */
export async function noteService(database: Database, note: ServiceNote, at: number): Promise<void> {
    const value = JSON.stringify(note);
    await database.write((tx) =>
        tx
            .insertInto('bridge_setting')
            .values({key: 'service', value, updated_at: at})
            .onConflict((conflict) => conflict.column('key').doUpdateSet({value, updated_at: at}))
            .execute(),
    );
}

/** As the service was last started; undefined: never, or by an older version. */
export async function lastServiceNote(database: Database): Promise<ServiceNote | undefined> {
    const row = await database.read.selectFrom('bridge_setting').select('value').where('key', '=', 'service').executeTakeFirst();
    return row ? (JSON.parse(row.value) as ServiceNote) : undefined;
}
