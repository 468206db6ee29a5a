/**
 * PostgreSQL behind Kysely: a pool whose connections are given up when they are of no use any more, so that a restart of the server, a fail-over to
 * its standby, a network that swallows what is sent, and a statement that hangs all end by themselves.
 */
import {Kysely, PostgresDialect, type PostgresPool, PostgresQueryCompiler, sql} from 'kysely';
import type {Pool} from 'pg';
import type {Database} from './open.ts';
import type {Tables} from './schema.ts';

/** Tables that hold what visitors said or are. */
const WITH_VISITORS = ['conversation', 'thread', 'message', 'reply', 'delivery', 'file', 'lane', 'log'] as const;
const MOST_CONNECTIONS = 10;
/** Longest wait for a connection, a free one or a new one. */
const CONNECT_MS = 5000;
/** The server gives up first, and says so; we do when it says nothing. */
const GRACE_MS = 1000;

export type PostgresOptions = {
    answerWithinMs: number | undefined;
    migrateWithinMs: number | undefined;
    migrate: (db: Kysely<Tables>) => Promise<void>;
};

/** @returns ms to add to our clock to get the server's */
async function measureClock(db: Kysely<Tables>): Promise<number> {
    const before = Date.now();
    const {rows} = await sql<{now: number}>`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`.execute(db);
    return Math.round((rows[0]?.now ?? before) - (before + Date.now()) / 2);
}

export async function openPostgres(url: string, {answerWithinMs, migrateWithinMs, migrate}: PostgresOptions): Promise<Database> {
    // On a connection of its own: a migration may take longer than any statement may later.
    const first = await connectTo(url, {answerWithinMs: migrateWithinMs, most: 1});
    let clockOffset: number;
    try {
        await migrate(first);
        clockOffset = await measureClock(first);
    } finally {
        await first.destroy();
    }
    const kysely = await connectTo(url, {answerWithinMs, most: MOST_CONNECTIONS});
    return {
        dialect: 'postgres',
        read: kysely,
        write: (work) => retryConflicts(() => kysely.transaction().execute(work)),
        clockOffset,
        measureClock: () => measureClock(kysely),
        // The rows' bytes stay in the write-ahead log and in backups until PostgreSQL uses that space again.
        scrub: async () => {
            const patient = await connectTo(url, {answerWithinMs: undefined, most: 1});
            try {
                for (const table of WITH_VISITORS) await sql`vacuum ${sql.table(table)}`.execute(patient);
            } finally {
                await patient.destroy();
            }
            return true;
        },
        close: () => kysely.destroy(),
    };
}

async function connectTo(url: string, {answerWithinMs, most}: {answerWithinMs: number | undefined; most: number}): Promise<Kysely<Tables>> {
    // Only here: loading it costs every command of a SQLite installation a tenth of a second.
    const {default: pg} = await import('pg');
    const pool = new pg.Pool({
        connectionString: url,
        max: most,
        keepAlive: true,
        connectionTimeoutMillis: Math.min(CONNECT_MS, answerWithinMs ?? CONNECT_MS),
        ...(answerWithinMs === undefined ? {} : {query_timeout: answerWithinMs + GRACE_MS}),
        // 64-bit numbers here are counters and milliseconds: all below 2^53.
        types: {getTypeParser: (oid, format) => (oid === 20 ? Number : pg.types.getTypeParser(oid, format as 'text'))},
        verify(client, done) {
            if (answerWithinMs === undefined) {
                done();
                return;
            }
            // By statement: poolers such as PgBouncer refuse them among what a connection is opened with. The second frees the locks of a
            // replica that was stopped in the middle of a transaction.
            const limits = `set statement_timeout = ${answerWithinMs}; set idle_in_transaction_session_timeout = ${answerWithinMs}`;
            client.query(limits).then(
                () => done(),
                (error: Error) => done(error),
            );
        },
    });
    // A client inside a transaction emits its own error when the server goes away; unheard, it would end the process.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    return new Kysely<Tables>({dialect: new Postgres({pool: withoutSpent(pool)})});
}

/**
 * SQLSTATEs after which a connection is of no use: it leads to what is no primary any more (25006), was ended by the server, or broke. pg gives no
 * code to its own errors, after which the connection may still be waiting for an answer.
 */
const SPENT = /^(25006|25P0[34]|57P0\w|08\w{3}|E[A-Z]+)$/;

/** A pool that takes no connection back that is spent: the next one leads to where the server is now. */
function withoutSpent(pool: Pool): PostgresPool {
    return {
        async connect() {
            const client = await pool.connect();
            let spent: Error | undefined;
            const query = async (...query: Parameters<typeof client.query>) => {
                // Nothing more is asked, not even to roll back: it would wait behind what is not answered.
                if (spent) throw spent;
                try {
                    return await (client.query as (...query: unknown[]) => Promise<unknown>)(...query);
                } catch (error) {
                    const {code} = error as {code?: unknown};
                    if (typeof code !== 'string' || SPENT.test(code)) spent = error as Error;
                    throw error;
                }
            };
            return {query, release: (broken?: boolean) => client.release(spent ?? broken)} as Awaited<ReturnType<PostgresPool['connect']>>;
        },
        end: () => pool.end(),
    } as PostgresPool;
}

class Postgres extends PostgresDialect {
    override createQueryCompiler(): PostgresQueryCompiler {
        return new WithoutNul();
    }
}

/** PostgreSQL can't keep a NUL in a text; a visitor can send one, and it must not cost the write it comes with. */
class WithoutNul extends PostgresQueryCompiler {
    protected override appendValue(value: unknown): void {
        super.appendValue(typeof value === 'string' ? value.replaceAll('\0', '') : value);
    }
}
/** Two replicas may race for a unique key or deadlock on lanes: the loser looks again. */
async function retryConflicts<T>(run: () => Promise<T>): Promise<T> {
    for (let left = 4; ; left--) {
        try {
            return await run();
        } catch (error) {
            const code = (error as {code?: string}).code;
            if (left === 0 || !(code === '23505' || code === '40001' || code === '40P01')) throw error;
        }
    }
}
