/**
 * Which replica listens to Mattermost for an integration: one, elected for a few seconds at a time in the store, with a number that grows with
 * every election. What is written under an old number is refused, so a listener that was stopped and goes on changes nothing.
 *
 * Each step is one statement that commits by itself: a process that is stopped in between holds no lock that others wait for. All times of the
 * election are the database's, so no replica's clock matters. With SQLite there is one process, which is always elected.
 */
import {sql} from 'kysely';
import type {Database} from '../store/open.ts';

/** How well a listener hears. `downSince`: no event stream; `deafSince`: Mattermost does not answer it. ms since 1970 */
export type Hearing = {up: boolean; downSince: number | null; deafSince: number | null};

export type ElectionOptions = {
    database: Database;
    /** This process. */
    owner: string;
    /** How well this replica hears for an integration it was elected for. */
    hearing: (integration_id: string) => Hearing | undefined;
    /** Whether this replica can ask Mattermost for an integration; true only after it has. */
    reaches: (integration_id: string) => Promise<boolean>;
    /** Something changed in what this replica was elected for. */
    onChange: () => void;
    /** This replica has given something up: others need not wait for the end of its term. */
    onResigned: () => void;
    onError: (error: unknown) => void;
    /** How often it is looked, and how long an election holds, ms. */
    everyMs?: number;
    termMs?: number;
};

/** Both together are the longest time in which nobody listens after a listener has died. */
const EVERY_MS = 1000;
const TERM_MS = 5000;
/** An elected listener that hears nothing at all for so long gives way to one that reaches Mattermost, ms. */
const MOST_DEAF_MS = 10_000;

/** A write of a listener that is not the elected one any more. */
export class NotElected extends Error {}

type Row = {integration_id: string; owner: string; fence: number; up: number; down_since: number | null; deaf_ms: number; is_over: boolean};

const CLOCK = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;
/** The second case: the database's clock was set back since. */
const isOver = (termMs: number) =>
    sql<boolean>`(listener.expires_at <= ${CLOCK} or listener.expires_at > ${CLOCK} + ${10 * termMs}::bigint)`;

/** Creates this replica's part in the elections. It begins with the first `stand`. */
export function createElection(options: ElectionOptions) {
    const {database, owner, onError, everyMs = EVERY_MS, termMs = TERM_MS} = options;
    const isShared = database.dialect === 'postgres';
    let standing: ReadonlySet<string> = new Set();
    /** Integration → the number this replica was elected with. */
    let held = new Map<string, number>();
    let rows = new Map<string, Row>();
    const told = new Map<string, string>();
    const probed = new Set<string>();
    const reached = new Set<string>();
    let timer: NodeJS.Timeout | undefined;
    let looking: Promise<void> | null = null;
    let stopped = false;

    async function lookOnce(): Promise<void> {
        const wanted = standing;
        const found = await database.read
            .selectFrom('listener')
            .select(['integration_id', 'owner', 'fence', 'up', 'down_since'])
            .select(sql<number>`coalesce(${CLOCK} - deaf_since, 0)`.as('deaf_ms'))
            .select(isOver(termMs).as('is_over'))
            .execute();
        rows = new Map(found.map((row) => [row.integration_id, row]));
        const next = new Map<string, number>();
        if (found.some((row) => row.owner === owner)) for (const {integration_id, fence} of await renew()) next.set(integration_id, fence);
        // In one order, so that replicas that begin at once do not each get half of what the other waits for.
        for (const id of [...wanted].sort()) {
            if (stopped) return;
            if (next.has(id)) continue;
            const fence = isFree(rows.get(id)) ? await claim(id, rows.get(id)) : null;
            if (fence !== null) next.set(id, fence);
        }
        const given = [...next.keys()].filter((id) => !wanted.has(id));
        if (given.length > 0) await resign(given);
        for (const id of given) next.delete(id);
        for (const id of next.keys()) await tellHearing(id, next.get(id) ?? 0);
        const isChanged = next.size !== held.size || [...next].some(([id, fence]) => held.get(id) !== fence);
        held = next;
        if (isChanged) options.onChange();
    }

    /** Over, or held by one that is deaf while we are not. */
    function isFree(row: Row | undefined): boolean {
        if (!row || row.is_over) return true;
        if (row.deaf_ms <= MOST_DEAF_MS) return false;
        const {integration_id: id} = row;
        if (reached.delete(id)) return true;
        if (!probed.has(id)) {
            probed.add(id);
            options
                .reaches(id)
                .then((does) => {
                    if (does) reached.add(id);
                })
                .catch(onError)
                .finally(() => probed.delete(id));
        }
        return false;
    }

    const renew = () =>
        database.read
            .updateTable('listener')
            .set({expires_at: sql<number>`${CLOCK} + ${termMs}::bigint`})
            .where('owner', '=', owner)
            .returning(['integration_id', 'fence'])
            .execute();

    /** @returns the new number; null: another was quicker */
    async function claim(integration_id: string, seen: Row | undefined): Promise<number | null> {
        const won = await database.read
            .insertInto('listener')
            .values({
                integration_id,
                owner,
                fence: 1,
                expires_at: sql<number>`${CLOCK} + ${termMs}::bigint`,
                up: 0,
                down_since: CLOCK,
                deaf_since: null,
            })
            .onConflict((conflict) =>
                conflict
                    .column('integration_id')
                    .doUpdateSet((of) => ({
                        owner,
                        fence: sql<number>`listener.fence + 1`,
                        expires_at: of.ref('excluded.expires_at'),
                        up: 0,
                        // Nobody has heard since then; the next one only says so.
                        down_since: sql<number>`coalesce(listener.down_since, excluded.down_since)`,
                        deaf_since: null,
                    }))
                    .where('listener.fence', '=', seen?.fence ?? 0)
                    // Renewed since it was read, it is left alone; so is one that hears again.
                    .where(sql<boolean>`(${isOver(termMs)} or listener.deaf_since is not null)`),
            )
            .returning('fence')
            .executeTakeFirst();
        if (!won) return null;
        told.delete(integration_id);
        return won.fence;
    }

    async function resign(ids?: readonly string[]): Promise<void> {
        const mine = database.read.updateTable('listener').set({expires_at: 0}).where('owner', '=', owner);
        await (ids ? mine.where('integration_id', 'in', ids) : mine).execute();
        options.onResigned();
    }

    /** So that every replica can say how well the elected one hears. */
    async function tellHearing(integration_id: string, fence: number): Promise<void> {
        const heard = options.hearing(integration_id);
        const text = JSON.stringify([fence, heard]);
        if (!heard || told.get(integration_id) === text) return;
        await database.read
            .updateTable('listener')
            .set({up: heard.up ? 1 : 0, down_since: heard.downSince, deaf_since: heard.deafSince})
            .where('integration_id', '=', integration_id)
            .where('owner', '=', owner)
            .where('fence', '=', fence)
            .execute();
        told.set(integration_id, text);
    }

    /** One at a time; who asks meanwhile waits for one that begins afterwards. */
    async function look(): Promise<void> {
        while (looking) await looking;
        if (stopped) return;
        looking = lookOnce()
            .catch(onError)
            .finally(() => {
                looking = null;
            });
        await looking;
    }

    function tick(): void {
        if (!looking) void look();
    }

    return {
        /** Stands for these integrations, and for no others. Resolves after one look at what came of it. */
        async stand(ids: readonly string[]): Promise<void> {
            standing = new Set(ids);
            if (!isShared) {
                held = new Map(ids.map((id) => [id, 1]));
                return;
            }
            if (stopped) return;
            timer ??= setInterval(tick, everyMs);
            await look();
        },
        /** The number under which this replica listens; null: another does, or none yet. */
        fenceOf: (id: string): number | null => held.get(id) ?? null,
        /** How well another replica hears; undefined: none was elected. */
        elsewhere(id: string): Pick<Hearing, 'up' | 'downSince'> | undefined {
            const row = rows.get(id);
            if (!row || row.is_over || held.has(id)) return undefined;
            return {up: row.up === 1, downSince: row.down_since};
        },
        /** The store as a listener writes to it: what is written under an old number is refused. @throws NotElected on a write */
        fenced(id: string, fence: number): Database {
            if (!isShared) return database;
            return Object.create(database, {
                write: {
                    value: ((work) =>
                        database.write(async (tx) => {
                            // Not locked: whoever is stopped here must not keep others from being elected, and all of this is written once.
                            const mine = await tx
                                .selectFrom('listener')
                                .select('fence')
                                .where('integration_id', '=', id)
                                .where('owner', '=', owner)
                                .where('fence', '=', fence)
                                .executeTakeFirst();
                            if (!mine) throw new NotElected(`election ${fence} is over`);
                            return work(tx);
                        })) satisfies Database['write'],
                },
            }) as Database;
        },
        /** Looks now: another replica has resigned, or was elected. */
        hint: tick,
        /** Gives up what it was elected for. */
        async stop(): Promise<void> {
            stopped = true;
            clearInterval(timer);
            await looking;
            held = new Map();
            if (isShared && timer) await resign().catch(onError);
        },
    };
}
