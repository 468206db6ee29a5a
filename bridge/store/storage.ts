/**
 * Whether something can be stored now: asked by /ready, the overview and the metrics, and known before the first message is refused where that can
 * be known. It recovers by itself.
 */
import {randomBytes, randomUUID} from 'node:crypto';
import {statfs as statfsOf} from 'node:fs/promises';
import {type AwayCode, awayCode, isStoreAway} from './away.ts';
import type {Database} from './open.ts';

export type StorageState = {ok: true} | {ok: false; code: AwayCode};

const fails = (code: AwayCode): StorageState => ({ok: false, code});

/** Twice what SQLite's write-ahead log grows to before it is emptied into the file. */
export const LEAST_FREE_BYTES = 8 * 1024 * 1024;
/** An answer stands for so long, unless a write says otherwise meanwhile, ms. */
const STANDS_MS = 1000;
/**
 * After a refusal a small write proves nothing: it finds room that a message does not. As large as messages mostly are, and of bytes that can't be
 * compressed.
 */
const PROBE_BYTES = 256 * 1024;

/** What `fs.statfs` says, as far as it is used. */
type Space = {blocks: number; bavail: number; bsize: number};

export type StorageOptions = {
    database: Database;
    /** Folder of the SQLite file; null with PostgreSQL, whose disk can't be seen from here. */
    folder: string | null;
    /** Monotonic, ms. */
    ticks?: () => number;
    statfs?: (path: string) => Promise<Space>;
};

export type Storage = ReturnType<typeof watchStorage>;

/** Watches what a store refuses. All writes have to go through the `database` that is returned. */
export function watchStorage({database: given, folder, ticks = () => performance.now(), statfs = statfsOf}: StorageOptions) {
    let refused = false;
    let last: {state: StorageState; at: number} | null = null;
    let checking: Promise<StorageState> | null = null;

    const database: Database = Object.create(given, {
        write: {
            value: (async (work) => {
                try {
                    const result = await given.write(work);
                    // It may be back: asked again, it is looked again.
                    if (last?.state.ok === false) last = null;
                    return result;
                } catch (error) {
                    if (isStoreAway(error)) {
                        refused = true;
                        last = null;
                    }
                    throw error;
                }
            }) satisfies Database['write'],
        },
    });

    /** Undefined where nobody can say: another database, or a file system that does not tell. */
    async function freeBytes(): Promise<number | undefined> {
        if (folder === null) return undefined;
        try {
            const {blocks, bavail, bsize} = await statfs(folder);
            return blocks > 0 ? bavail * bsize : undefined;
        } catch {
            return undefined;
        }
    }

    async function look(): Promise<StorageState> {
        const free = await freeBytes();
        if (free !== undefined && free < LEAST_FREE_BYTES) return fails('disk_full');
        const wasRefused = refused;
        refused = false;
        try {
            await (wasRefused ? writeMuch(given) : writeLittle(given));
            return {ok: true};
        } catch (error) {
            refused = true;
            return fails(awayCode(error));
        }
    }

    return {
        database,
        freeBytes,
        /** Asks the disk and writes something. Those who ask at once, or again within a second, get one answer. Never throws. */
        check(): Promise<StorageState> {
            if (last && ticks() - last.at < STANDS_MS) return Promise.resolve(last.state);
            checking ??= look()
                .then((state) => {
                    // Refused while it was looked: the next one looks again.
                    last = state.ok && refused ? null : {state, at: ticks()};
                    return state;
                })
                .finally(() => {
                    checking = null;
                });
            return checking;
        },
    };
}

/** A write that really is one: a transaction without any succeeds on a full disk. Under a name of its own, so that nobody waits for a replica's. */
const writeLittle = ({write}: Database): Promise<unknown> =>
    write(async (tx) => {
        const subject = randomUUID();
        await tx.insertInto('notice').values({integration_id: '', code: 'ready', subject, detail: '', since: 0}).execute();
        await tx.deleteFrom('notice').where('integration_id', '=', '').execute();
    });

/** In two transactions: what is taken away in the one that brings it need not reach the disk. */
async function writeMuch({write}: Database): Promise<void> {
    const bytes = randomBytes(PROBE_BYTES);
    await write((tx) => tx.insertInto('file').values({id: randomUUID(), integration_id: '', delivery_seq: 0, bytes}).execute());
    await write((tx) => tx.deleteFrom('file').where('integration_id', '=', '').execute());
}
