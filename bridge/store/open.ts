/** SQLite or PostgreSQL behind one Kysely: opened, owned, migrated. */
import {DatabaseSync, type StatementSync} from 'node:sqlite';
import {Kysely, SqliteDialect, type Transaction} from 'kysely';
import {Migrator} from 'kysely/migration';
import {groupCommit} from './group-commit.ts';
import {migrations} from './migrations.ts';
import {openPostgres} from './open-postgres.ts';
import {makePrivate} from './private-files.ts';
import type {Tables} from './schema.ts';

export type Tx = Kysely<Tables> | Transaction<Tables>;

export type Database = {
    readonly dialect: 'sqlite' | 'postgres';
    /** Committed state. */
    readonly read: Kysely<Tables>;
    /** Runs `work` in a transaction and resolves when it is durable. `work` may run twice after a serialisation conflict: no side effects. */
    write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
    /** ms to add to our clock to get the database's, so that replicas agree about leases. */
    readonly clockOffset: number;
    /** Compares the clocks anew, as ours may have been set. @returns ms as `clockOffset` */
    measureClock(): Promise<number>;
    /** Takes deleted rows out of the files too, as far as the database can. @returns whether it could now: readers may hold it up */
    scrub(): Promise<boolean>;
    close(): Promise<void>;
};

export type OpenOptions = {
    /** Longest wait for PostgreSQL's answer to one statement, ms; default: without end. */
    answerWithinMs?: number;
    /** The same while migrations are applied, which may take their time; default: as `answerWithinMs`. null: without end. */
    migrateWithinMs?: number | null;
};

/**
 * Opens the database and applies missing migrations.
 *
 * @param url `postgres://…`, or a file path for SQLite (its folder is made; `:memory:` is refused: readers need a second connection).
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
    if (/^postgres(ql)?:/.test(url)) {
        const {answerWithinMs, migrateWithinMs = answerWithinMs} = options;
        return openPostgres(url, {answerWithinMs, migrateWithinMs: migrateWithinMs ?? undefined, migrate: (db) => migrate(db)});
    }
    const database = openSqlite(url);
    try {
        // Kysely neither locks nor wraps migrations on SQLite: one transaction of our own keeps others out, and a crash from leaving half of it.
        await database.write((tx) => migrate(tx, 'sqlite'));
    } catch (error) {
        await database.close();
        throw error;
    }
    return database;
}

/**
 * Holds the right to deliver from a SQLite file, for as long as the process lives: after a crash all leases are ours again, which is true only
 * for a single owner. The operating system drops the lock with the process, kill -9 included.
 *
 * @returns release function, or null when another process holds it.
 */
export function ownSqlite(path: string): (() => void) | null {
    makePrivate(`${path}.owner`);
    const lock = new DatabaseSync(`${path}.owner`);
    try {
        lock.exec('pragma locking_mode = exclusive; begin exclusive');
    } catch {
        lock.close();
        return null;
    }
    return () => lock.close();
}

function openSqlite(path: string): Database {
    if (path === ':memory:') throw new Error('a SQLite database in memory is refused: readers need a second connection');
    makePrivate(path);
    const writer = connectSqlite(path);
    const reader = connectSqlite(path);
    const write = groupCommit(writer.kysely, writer.execute);
    return {
        dialect: 'sqlite',
        read: reader.kysely,
        write,
        clockOffset: 0,
        measureClock: async () => 0,
        scrub: () => emptyLog(path),
        async close() {
            await write.idle();
            await reader.kysely.destroy();
            await writer.kysely.destroy();
        },
    };
}

function connectSqlite(path: string): {kysely: Kysely<Tables>; execute: (statement: string) => void} {
    const db = new DatabaseSync(path, {timeout: 5000});
    // FULL: an acknowledged event survives a power cut. Group commit makes it affordable.
    // Deleted words are overwritten, not only unlinked: an erased visitor must not be found in the file.
    db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma secure_delete = on');
    const statements = new Map<string, {statement: StatementSync; reader: boolean}>();
    const prepare = (text: string) => {
        const known = statements.get(text);
        if (known) return known;
        const statement = db.prepare(text);
        const made = {statement, reader: statement.columns().length > 0};
        if (statements.size > 300) statements.clear();
        statements.set(text, made);
        return made;
    };
    const dialect = new SqliteDialect({
        // Kysely speaks better-sqlite3's dialect; node:sqlite takes spread parameters and does not say whether a statement reads.
        database: {
            close: () => db.close(),
            prepare(text: string) {
                const {statement, reader} = prepare(text);
                const bind = (parameters: readonly unknown[]) => parameters as (string | number | null | Uint8Array)[];
                return {
                    reader,
                    all: (parameters: readonly unknown[]) => statement.all(...bind(parameters)),
                    run(parameters: readonly unknown[]) {
                        const {changes, lastInsertRowid} = statement.run(...bind(parameters));
                        return {changes, lastInsertRowid};
                    },
                    iterate: (parameters: readonly unknown[]) => statement.iterate(...bind(parameters)),
                };
            },
        },
    });
    return {kysely: new Kysely<Tables>({dialect}), execute: (statement) => db.exec(statement)};
}

/** Moves the write-ahead log into the database and cuts it. Tried without waiting: a wait would hold up the very writer waited for. */
async function emptyLog(path: string): Promise<boolean> {
    const db = new DatabaseSync(path, {timeout: 0});
    try {
        for (let left = 100; left > 0; left--) {
            const {busy} = db.prepare('pragma wal_checkpoint(truncate)').get() as {busy: number};
            if (busy === 0) return true;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return false;
    } finally {
        db.close();
    }
}

async function migrate(db: Kysely<Tables>, dialect: Database['dialect'] = 'postgres'): Promise<void> {
    const migrator = new Migrator({db, provider: {getMigrations: async () => migrations(dialect)}});
    const {error} = await migrator.migrateToLatest();
    if (error) throw error;
}
