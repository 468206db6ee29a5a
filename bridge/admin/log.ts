/** Reads the integration log, once or as it grows. */
import {type SqlBool, sql} from 'kysely';
import type {Database, Tx} from '../store/open.ts';
import type {LogRow} from '../store/schema.ts';

export type LogFilter = {
    integration_id?: string | undefined;
    /** Of these; together with integration_id, both hold. */
    integration_ids?: readonly string[] | undefined;
    conversation?: string | undefined;
    event?: string | undefined;
    delivery?: number | undefined;
    /** This one and above. */
    level?: LogRow['level'] | undefined;
    code?: string | undefined;
    direction?: LogRow['direction'] | undefined;
    /** ms since 1970 */
    since?: number | undefined;
    until?: number | undefined;
    /** Every word must be somewhere in it. */
    search?: string | undefined;
    /** Older than this entry. */
    before?: number | undefined;
    /** Newer than this entry. */
    after?: number | undefined;
};

const LEVELS: LogRow['level'][] = ['info', 'warn', 'error'];
/** PostgreSQL commits ids out of order when replicas write at once: those missed at first are looked for this long. */
const LATE_COMMIT_MS = 5000;
const MOST_PER_LOOK = 10_000;
const MOST_WORDS = 8;

function select(tx: Tx, filter: LogFilter) {
    const {integration_ids, level} = filter;
    let query = tx.selectFrom('log').selectAll();
    if (filter.integration_id !== undefined) query = query.where('integration_id', '=', filter.integration_id);
    if (integration_ids !== undefined) query = query.where('integration_id', 'in', integration_ids.length > 0 ? integration_ids : ['']);
    if (filter.conversation !== undefined) query = query.where('conversation_id', '=', filter.conversation);
    if (filter.event !== undefined) query = query.where('source_id', '=', filter.event);
    if (filter.delivery !== undefined) query = query.where('delivery_seq', '=', filter.delivery);
    if (level !== undefined) query = query.where('level', 'in', LEVELS.slice(LEVELS.indexOf(level)));
    if (filter.code !== undefined) query = query.where('code', '=', filter.code);
    if (filter.direction !== undefined) query = query.where('direction', '=', filter.direction);
    if (filter.since !== undefined) query = query.where('at', '>=', filter.since);
    if (filter.until !== undefined) query = query.where('at', '<', filter.until);
    if (filter.before !== undefined) query = query.where('id', '<', filter.before);
    if (filter.after !== undefined) query = query.where('id', '>', filter.after);
    for (const word of wordsOf(filter.search ?? '')) {
        const text = sql`lower(code || ' ' || detail || ' ' || coalesce(type, '') || ' ' || coalesce(conversation_id, '') || ' ' || coalesce(source_id, ''))`;
        query = query.where(sql<SqlBool>`${text} like ${`%${word.replace(/[!%_]/g, (sign) => `!${sign}`)}%`} escape '!'`);
    }
    return query;
}

const wordsOf = (search: string): string[] => search.toLowerCase().replaceAll('\0', '').split(/\s+/u).filter(Boolean).slice(0, MOST_WORDS);

/** The newest `most` entries that fit, oldest first. */
export async function readLog({read}: Pick<Database, 'read'>, filter: LogFilter, most: number): Promise<LogRow[]> {
    const rows = await select(read, filter).orderBy('id', 'desc').limit(most).execute();
    return rows.reverse();
}

/**
 * The newest entries, then what is added, until `pause` resolves with false.
 *
 * @param from instead of the newest: all after this entry
 */
export async function* followLog(
    database: Pick<Database, 'read' | 'dialect'>,
    filter: LogFilter,
    most: number,
    pause: () => Promise<boolean>,
    from?: number,
): AsyncGenerator<LogRow[]> {
    // Before the first page is read, so that nothing falls between the two.
    const last = await database.read.selectFrom('log').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
    /** Everything up to here was shown or does not fit; above it, ids may still be missing. */
    let floor = last?.id ?? 0;
    if (from !== undefined) floor = Math.min(floor, from);
    else
        yield (
            await select(database.read, {...filter, before: floor + 1})
                .orderBy('id', 'desc')
                .limit(most)
                .execute()
        ).reverse();
    const seen = new Map<number, number>();
    const patience = database.dialect === 'postgres' ? LATE_COMMIT_MS : 0;
    let first = from !== undefined;
    while (first || (await pause())) {
        first = false;
        const rows = await select(database.read, {...filter, after: floor})
            .orderBy('id')
            .limit(MOST_PER_LOOK)
            .execute();
        const fresh = rows.filter((row) => !seen.has(row.id));
        const now = Date.now();
        for (const row of fresh) seen.set(row.id, now);
        for (const [id, at] of seen) {
            if (at <= now - patience) floor = Math.max(floor, id);
        }
        for (const id of seen.keys()) if (id <= floor) seen.delete(id);
        if (fresh.length > 0) yield fresh;
    }
}
