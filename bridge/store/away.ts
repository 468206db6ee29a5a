/** SQLite's primary result codes (sqlite.org/rescode.html): busy, read-only, I/O error, full, can't open. */
const SQLITE = new Set([5, 8, 10, 13, 14]);
/** The server's or the system's own: disk or memory full, too many connections, read-only, a statement that took too long, being shut down or started; nobody there, or gone meanwhile. */
const POSTGRES =
    /^(53[123]00|58030|25006|25P03|55P03|57014|57P0[123]|08\w{3}|ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** pg gives these no code. The last two: connections, or a query, have waited for their answer for seconds, as when the server's disk stalls. */
const GONE =
    /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|Query read timeout)/;

/**
 * Whether the store is away for now (its disk full, its server down or not answering) rather than something wrong with what was asked of it. Whatever
 * failed is tried again, so there is no mistake to look for in the bridge.
 */
export function isStoreAway(error: unknown): boolean {
    if (!(error instanceof Error)) return false;
    const {code, errcode} = error as {code?: unknown; errcode?: unknown};
    if (typeof errcode === 'number') return SQLITE.has(errcode & 0xff);
    return typeof code === 'string' ? POSTGRES.test(code) : GONE.test(error.message);
}

/** What keeps the store from writing, as /ready tells it. */
export const AWAY = {
    disk_full: 'The disk of the database is full, or nearly: make room. Nothing else is to be done.',
    read_only: 'The database may not be written to: see its rights and how its disk is mounted; PostgreSQL may be a standby.',
    disk_failed: 'Reading or writing failed: check the disk.',
    no_answer: 'The database does not answer, or refuses: see that it runs and can be reached, and its log.',
} as const;
export type AwayCode = keyof typeof AWAY;

const CODES: Record<string | number, AwayCode> = {
    13: 'disk_full',
    53100: 'disk_full',
    8: 'read_only',
    25006: 'read_only',
    10: 'disk_failed',
};

/** Names what keeps the store from writing. @param error what a write was refused with */
export function awayCode(error: unknown): AwayCode {
    const {code = '', errcode} = error as {code?: string; errcode?: number};
    return CODES[typeof errcode === 'number' ? errcode & 0xff : code] ?? 'no_answer';
}
