/** What a soak is asked for, from environment variables. Listed for people in docs/tests.md. */
import * as z from 'zod';

const count = z.coerce.number().int().nonnegative();

const schema = z.object({
    /** Of trouble; after that everything is mended and has time to arrive. */
    MINUTES: z.coerce.number().positive().default(10),
    /** Decides what is said, which fault strikes and who is killed; not the moments, which are the machine's. */
    SEED: count.optional(),
    STORE: z.enum(['sqlite', 'postgres', 'both']).default('both'),
    /** On PostgreSQL; SQLite has always one. */
    REPLICAS: z.coerce.number().int().min(1).max(2).default(2),
    /** kill -9, spread over the time; default 20 a minute. */
    KILLS: count.optional(),
    /** SIGSTOP for longer than a lease, then SIGCONT; default 3 a minute. */
    STOPS: count.optional(),
    /** Jumps of the bridges' clocks, forward and back; default 1 a minute. */
    JUMPS: count.optional(),
    /** Threads moved or deleted; default 6 a minute. */
    MOVES: count.optional(),
    /** Chance of a fault at each request, 0 to 1. */
    FAULTS: z.coerce.number().min(0).max(0.9).default(0.1),
    /** Chats at once. */
    CHATS: z.coerce.number().int().min(1).max(200).default(8),
    /** A real server instead of the double, with the token of a system admin; in a team of its own. */
    MATTERMOST_URL: z.url({protocol: /^http$/}).optional(),
    MATTERMOST_ADMIN_TOKEN: z.string().min(1).optional(),
});

export type Store = 'sqlite' | 'postgres';

export type SoakOptions = {
    readonly minutes: number;
    readonly seed: number;
    readonly stores: readonly Store[];
    readonly replicas: number;
    readonly kills: number;
    readonly stops: number;
    readonly jumps: number;
    /** Threads that people move, or (three in ten) delete. */
    readonly moves: number;
    readonly faults: number;
    readonly chats: number;
    readonly server: {readonly url: string; readonly adminToken: string} | null;
};

/** @throws Error that names the variable that is wrong */
export function readOptions(environment: Readonly<Record<string, string | undefined>>, random: () => number): SoakOptions {
    const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
    const {data, error} = schema.safeParse(given);
    if (error) throw new Error(error.issues.map(({path, message}) => `${path.join('.')}: ${message}`).join('\n'));
    const {MINUTES: minutes, MATTERMOST_URL: url, MATTERMOST_ADMIN_TOKEN: adminToken} = data;
    if (url && !adminToken) throw new Error('MATTERMOST_URL needs MATTERMOST_ADMIN_TOKEN, the token of a system admin there');
    return {
        minutes,
        seed: data.SEED ?? Math.floor(random() * 2 ** 31),
        stores: data.STORE === 'both' ? ['sqlite', 'postgres'] : [data.STORE],
        replicas: data.REPLICAS,
        kills: data.KILLS ?? Math.ceil(minutes * 20),
        stops: data.STOPS ?? Math.ceil(minutes * 3),
        jumps: data.JUMPS ?? Math.ceil(minutes),
        moves: data.MOVES ?? Math.ceil(minutes * 6),
        faults: data.FAULTS,
        chats: data.CHATS,
        server: url && adminToken ? {url: url.replace(/\/+$/, ''), adminToken} : null,
    };
}
