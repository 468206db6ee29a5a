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
