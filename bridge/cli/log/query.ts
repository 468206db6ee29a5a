/** Reads the integration log, once or as it grows. */
import type {Database} from '../../store/open.ts';
import type {LogRow} from '../../store/schema.ts';

export type LogFilter = {
    integration_id?: string | undefined;
    conversation?: string;
    event?: string;
    /** This one and above. */
    level?: LogRow['level'];
    code?: string;
    direction?: LogRow['direction'];
    /** ms since 1970 */
    since?: number;
};

const LEVELS: LogRow['level'][] = ['info', 'warn', 'error'];
/** PostgreSQL commits ids out of order when replicas write at once: those missed at first are looked for this long. */
const LATE_COMMIT_MS = 5000;
const MOST_PER_LOOK = 10_000;

function select({read}: Database, filter: LogFilter) {
    let query = read.selectFrom('log').selectAll();
    if (filter.integration_id !== undefined) query = query.where('integration_id', '=', filter.integration_id);
    if (filter.conversation !== undefined) query = query.where('conversation_id', '=', filter.conversation);
    if (filter.event !== undefined) query = query.where('source_id', '=', filter.event);
    if (filter.level !== undefined) query = query.where('level', 'in', LEVELS.slice(LEVELS.indexOf(filter.level)));
    if (filter.code !== undefined) query = query.where('code', '=', filter.code);
    if (filter.direction !== undefined) query = query.where('direction', '=', filter.direction);
    if (filter.since !== undefined) query = query.where('at', '>=', filter.since);
    return query;
}

/** The newest `most` entries that fit, oldest first. */
export async function readLog(database: Database, filter: LogFilter, most: number): Promise<LogRow[]> {
    const rows = await select(database, filter).orderBy('id', 'desc').limit(most).execute();
    return rows.reverse();
}

/** The newest entries, then what is added, until `pause` resolves with false. */
export async function* followLog(
    database: Database,
    filter: LogFilter,
    most: number,
    pause: () => Promise<boolean>,
): AsyncGenerator<LogRow[]> {
    // Before the first page is read, so that nothing falls between the two.
    const last = await database.read.selectFrom('log').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
    /** Everything up to here was shown or does not fit; above it, ids may still be missing. */
    let floor = last?.id ?? 0;
    yield (await select(database, filter).where('id', '<=', floor).orderBy('id', 'desc').limit(most).execute()).reverse();
    const seen = new Map<number, number>();
    const patience = database.dialect === 'postgres' ? LATE_COMMIT_MS : 0;
    while (await pause()) {
        const rows = await select(database, filter).where('id', '>', floor).orderBy('id').limit(MOST_PER_LOOK).execute();
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
