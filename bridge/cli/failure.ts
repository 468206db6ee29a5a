/** What the command line says when something does not work, and the exit code it ends with: an explanation and the next step, no stack. */
import {CommanderError} from 'commander';
import {BridgeError, REFUSALS} from '../errors.ts';
import {MattermostError} from '../mattermost.ts';
import {whyUnusable} from '../store/why-unusable.ts';

/** Stable: scripts decide on these. */
export const EXIT = {ok: 0, failed: 1, usage: 2, notFound: 3, interrupted: 130} as const;
type FailureCode = 'failed' | 'usage' | 'not_found' | 'interrupted' | 'storage_unavailable';
const EXIT_OF: Record<FailureCode, number> = {
    failed: EXIT.failed,
    usage: EXIT.usage,
    not_found: EXIT.notFound,
    interrupted: EXIT.interrupted,
    storage_unavailable: EXIT.failed,
};

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

const FILE_NEXT: Record<string, string> = {
    EACCES: 'Run this as the user the service runs as, or choose another path.',
    EPERM: 'Run this as the user the service runs as, or choose another path.',
    EROFS: 'That file system is read-only: check DATA_DIR.',
    ENOSPC: 'The disk is full: make room and run the command again.',
    ENOTDIR: 'Check the path: a file stands where a folder should be.',
};

/** Turns whatever was thrown into an explanation; undefined for a mistake of ours. */
export function explain(error: unknown): CliError | undefined {
    if (error instanceof CliError) return error;
    if (error instanceof CommanderError) {
        return usage(error.message.replace(/^error: /, '').trim(), 'Add --help to see how it is used.');
    }
    if (error instanceof BridgeError) return new CliError('failed', `${error.message}.`, REFUSALS[error.code].next);
    if (error instanceof MattermostError)
        return new CliError('failed', `${error.message}.`, 'Check the Server URL and that Mattermost is up; nothing was changed.');
    if (!(error instanceof Error)) return undefined;
    const store = whyUnusable(error);
    if (store) return new CliError('storage_unavailable', `The database can’t be used: ${store.message}.`, store.next);
    const {code = '', message}: Error & {code?: string} = error;
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
