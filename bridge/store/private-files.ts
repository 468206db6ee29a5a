/** What the bridge keeps on disk holds visitors' names and words: files for their owner only (0600), in a folder for its owner only (0700). */
import {chmodSync, closeSync, mkdirSync, openSync, readdirSync, statSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import type {Log} from '../log.ts';

const FOR_OTHERS = 0o077;
/** The database with its log and lock, copies of it, and copies of the key; the key itself is refused where others can read it (secrets.ts). */
const OURS = /\.sqlite(?:$|[-.~])|^secret\.key./;
/** What else may be in a folder that is the bridge's own. */
const HARMLESS = new Set(['secret.key', 'lost+found']);

/** Makes the folder and an empty file where they are missing. SQLite gives its log the rights of the database. */
export function makePrivate(path: string): void {
    mkdirSync(dirname(path), {recursive: true, mode: 0o700});
    try {
        closeSync(openSync(path, 'wx', 0o600));
    } catch {
        // There already, or not to be made: whoever opens it says so.
    }
}

/** Files and the folder of a SQLite database that others than their owner may read or write. */
export function looseFiles(path: string): string[] {
    if (process.platform === 'win32') return [];
    const folder = resolve(dirname(path));
    const files = namesIn(folder).filter((name) => OURS.test(name));
    return [folder, ...files.map((name) => join(folder, name))].filter((one) => modeOf(one) & FOR_OTHERS);
}

/**
 * Takes the rights of others away. A folder that holds more than the bridge's files is left as it is: it may be meant for others.
 *
 * @returns what was changed, and what is still open to others
 */
export function keepPrivate(path: string, chmod: typeof chmodSync = chmodSync): {tightened: string[]; loose: string[]} {
    const folder = resolve(dirname(path));
    const isOurs = namesIn(folder).every((name) => OURS.test(name) || HARMLESS.has(name));
    const tightened: string[] = [];
    for (const one of looseFiles(path)) {
        if (one === folder && !isOurs) continue;
        try {
            chmod(one, modeOf(one) & 0o700);
            tightened.push(one);
        } catch {
            // Another user's, or a file system without rights: told below.
        }
    }
    return {tightened, loose: looseFiles(path)};
}

/** At the start of the service: what installations of before were given is tightened, and told. */
export function tightenAtStart(path: string, log: Pick<Log, 'warn'>): void {
    const {tightened, loose} = keepPrivate(path);
    if (tightened.length > 0) log.warn({files: tightened}, 'other users of this machine could read these; now they can’t');
    if (loose.length > 0) log.warn({files: loose}, 'other users of this machine can read these; make it a folder for this user alone');
}

function namesIn(folder: string): string[] {
    try {
        return readdirSync(folder);
    } catch {
        return [];
    }
}

/** 0 for what has just gone, as SQLite's log does. */
const modeOf = (path: string): number => (statSync(path, {throwIfNoEntry: false})?.mode ?? 0) & 0o777;
