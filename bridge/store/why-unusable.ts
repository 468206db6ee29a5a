/** Explains a failure of the store to an admin: what it is, and the next step. For the command line and for a service that can't start. */
import {isStoreAway} from './away.ts';

/** SQLite's primary result codes (sqlite.org/rescode.html) that an admin can do something about. */
const SQLITE_NEXT: Record<number, string> = {
    5: 'Another process holds the database for long; run the command again.',
    8: 'The database may not be written to: run this as the user the service runs as.',
    10: 'Reading or writing failed: check the disk.',
    11: 'The file is damaged: stop the service and restore it from a backup.',
    13: 'The disk is full: make room and run the command again.',
    14: 'Run this as the user the service runs as, check DATA_DIR, and whether its disk is mounted read-only.',
    26: 'That file is no database of the bridge: check DATA_DIR.',
};
const POSTGRES_NEXT: Record<string, string> = {
    ECONNREFUSED: 'Is PostgreSQL running, and are host and port in DATABASE_URL right?',
    ENOTFOUND: 'Check the host in DATABASE_URL.',
    ETIMEDOUT: 'Check the host in DATABASE_URL, and the firewall.',
    '28P01': 'Check user and password in DATABASE_URL.',
    '28000': 'Check the user in DATABASE_URL, and pg_hba.conf.',
    '3D000': 'Create the database, or correct its name in DATABASE_URL.',
    '42501': 'Give the user of DATABASE_URL the right to create tables.',
};
const AWAY_NEXT = 'PostgreSQL is down, starting, cut off or hangs: look at its log and at the network to it, then run this again.';

type Coded = Error & {code?: string; errcode?: number; errors?: Coded[]};

/** @returns undefined for an error that is none of the store's */
export function whyUnusable(error: unknown): {message: string; next: string} | undefined {
    if (!(error instanceof Error)) return undefined;
    // A refused connection to several addresses of one host is an AggregateError without a message.
    const one: Coded = (error as Coded).errors?.[0] ?? error;
    const {code = '', message, errcode = 0} = one;
    const known = code === 'ERR_SQLITE_ERROR' ? SQLITE_NEXT[errcode & 0xff] : POSTGRES_NEXT[code];
    const next = known ?? (isStoreAway(one) ? AWAY_NEXT : undefined);
    return next === undefined ? undefined : {message: message || code, next};
}
