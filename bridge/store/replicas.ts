/**
 * Which replicas are there. Each holds a lock in PostgreSQL for as long as its connection for signals lives, and the server lets go of it with the
 * process, kill -9 included: what a dead one had in hand is taken over within seconds, not when its leases end. A process that is only stopped keeps
 * its lock; then the leases decide.
 */
import {sql} from 'kysely';
import type {Database} from './open.ts';

/** First key of the advisory locks; the second is made of the process's id. */
const LOCKS = 0x1e5e;
/** A replica whose connection was cut opens another one well within this time, ms. */
const GONE_MS = 2000;
/** So long after we had to connect again others may still be coming back: the server was restarted, or a standby promoted. ms */
const SETTLED_MS = 10_000;

/** Statements that say that a process is there, for the connection that lives as long as it does. Shared: its last connection may not be over yet. */
export const presence = (owner: string): {text: string; values: unknown[]}[] => [
    {text: `select pg_advisory_lock_shared(${LOCKS}, hashtext($1))`, values: [owner]},
    {text: 'insert into replica (owner) values ($1) on conflict do nothing', values: [owner]},
];

const isThere = sql<boolean>`exists (select 1 from pg_locks
    where locktype = 'advisory' and objsubid = 2 and classid = ${LOCKS} and objid = (hashtext(replica.owner)::bigint & 4294967295)::oid
    and database = (select oid from pg_database where datname = current_database()))`;

export type ReplicasOptions = {
    database: Database;
    owner: string;
    /** When we had to connect again for signals, by `ticks`; null: we are not connected. */
    connectedAt: () => number | null;
    /** Something is free: look for it. */
    onGone: () => void;
    onError: (error: unknown) => void;
    /** The store's clock. */
    now: () => number;
    /** Monotonic, ms. */
    ticks?: () => number;
    everyMs?: number;
};

/** Watches the other replicas, from now on. Nothing to do with SQLite. */
export function watchReplicas({
    database,
    owner,
    connectedAt,
    onGone,
    onError,
    now,
    ticks = () => performance.now(),
    everyMs = 500,
}: ReplicasOptions) {
    /** Since when a replica was missed. */
    let missed = new Map<string, number>();
    let looking: Promise<void> | null = null;
    let living = 1;

    async function look(): Promise<void> {
        const others = await database.read
            .selectFrom('replica')
            .select(['owner', isThere.as('there')])
            .where('owner', '!=', owner)
            .execute();
        const since = connectedAt();
        const isSettled = since !== null && ticks() - since >= SETTLED_MS;
        // One that may be coming back counts.
        living = 1 + others.filter(({there}) => there || !isSettled).length;
        if (!isSettled) {
            missed.clear();
            return;
        }
        const absent = others.filter(({there}) => !there);
        missed = new Map(absent.map((one) => [one.owner, missed.get(one.owner) ?? ticks()]));
        for (const [gone, from] of missed) if (ticks() - from >= GONE_MS) await free(gone);
    }

    /** What it had in hand is due. `owner` stays on its lanes, so that whoever claims one looks before it sends again. */
    async function free(gone: string): Promise<void> {
        await database.read.updateTable('lane').set({due: now()}).where('owner', '=', gone).where('due', '>', now()).execute();
        await database.read.updateTable('listener').set({expires_at: 0}).where('owner', '=', gone).execute();
        await database.read.deleteFrom('replica').where('owner', '=', gone).execute();
        missed.delete(gone);
        onGone();
    }

    const timer =
        database.dialect === 'postgres'
            ? setInterval(() => {
                  looking ??= look()
                      .catch(onError)
                      .finally(() => {
                          looking = null;
                      });
              }, everyMs)
            : undefined;

    return {
        look,
        /** How many replicas there are, this one included; as last seen while the store is away. */
        living: () => living,
        /** Leaves in good order: nothing is in hand any more. */
        async stop(): Promise<void> {
            clearInterval(timer);
            await looking;
            if (timer) await database.read.deleteFrom('replica').where('owner', '=', owner).execute().catch(onError);
        },
    };
}
