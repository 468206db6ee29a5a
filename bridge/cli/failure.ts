/** What the command line says when something does not work, and the exit code it ends with: an explanation and the next step, no stack. */
import {CommanderError} from 'commander';
import {BridgeError, REFUSALS} from '../errors.ts';

/** Stable: scripts decide on these. */
export const EXIT = {ok: 0, failed: 1, usage: 2, notFound: 3, interrupted: 130} as const;
type FailureCode = 'failed' | 'usage' | 'not_found' | 'interrupted';
const EXIT_OF = {failed: EXIT.failed, usage: EXIT.usage, not_found: EXIT.notFound, interrupted: EXIT.interrupted} satisfies Record<
    FailureCode,
    number
>;

export type ConfigProblem = {path: string; message: string};

/** An expected failure. `next` says what to do about it. */
export class CliError extends Error {
    readonly code: FailureCode;
    readonly next: string;
    readonly problems: readonly ConfigProblem[];

    constructor(code: FailureCode, message: string, next: string, problems: readonly ConfigProblem[] = []) {
        super(message);
        this.code = code;
        this.next = next;
        this.problems = problems;
    }

    get exit(): number {
        return EXIT_OF[this.code];
    }
}

export const usage = (message: string, next: string): CliError => new CliError('usage', message, next);

/** SQLite's primary result codes (sqlite.org/rescode.html) that an admin can do something about. */
const SQLITE_NEXT: Record<number, string> = {
    5: 'Another process holds the database for long; run the command again.',
    8: 'The database may not be written to: run this as the user the service runs as.',
    10: 'Reading or writing failed: check the disk.',
    11: 'The file is damaged: stop the service and restore it from a backup.',
    13: 'The disk is full: make room and run the command again.',
    14: 'Run this as the user the service runs as, and check DATA_DIR.',
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
const FILE_NEXT: Record<string, string> = {
    EACCES: 'Run this as the user the service runs as, or choose another path.',
    EPERM: 'Run this as the user the service runs as, or choose another path.',
    EROFS: 'That file system is read-only: check DATA_DIR.',
    ENOSPC: 'The disk is full: make room and run the command again.',
    ENOTDIR: 'Check the path: a file stands where a folder should be.',
};

type Coded = Error & {code?: string; errcode?: number; errors?: Coded[]};

/** Turns whatever was thrown into an explanation; undefined for a mistake of ours. */
export function explain(error: unknown): CliError | undefined {
    if (error instanceof CliError) return error;
    if (error instanceof CommanderError) {
        return usage(error.message.replace(/^error: /, '').trim(), 'Add --help to see how it is used.');
    }
    if (error instanceof BridgeError) return new CliError('failed', `${error.message}.`, REFUSALS[error.code].next);
    if (!(error instanceof Error)) return undefined;
    // A refused connection to several addresses of one host is an AggregateError without a message.
    const {code = '', message, errcode = 0}: Coded = (error as Coded).errors?.[0] ?? error;
    if (code === 'ERR_SQLITE_ERROR') {
        const next = SQLITE_NEXT[errcode & 0xff];
        return next === undefined ? undefined : new CliError('failed', `The database can’t be used: ${message}.`, next);
    }
    const next = POSTGRES_NEXT[code];
    if (next !== undefined) return new CliError('failed', `The database can’t be used: ${message}.`, next);
    const fileNext = FILE_NEXT[code];
    return fileNext === undefined ? undefined : new CliError('failed', `${message}.`, fileNext);
}

/** The failure as text for the terminal. */
export function failureText(failure: CliError): string {
    const problems = failure.problems.map(({path, message}) => `  ${path}: ${message}\n`).join('');
    return `error: ${failure.message}\n${problems}  next: ${failure.next}\n`;
}

/** The failure as one JSON document. */
export function failureDocument(failure: CliError): object {
    const {code, message, next, problems} = failure;
    return {error: {code, message, next, ...(problems.length > 0 ? {problems} : {})}};
}
