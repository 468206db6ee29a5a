/**
 * Words between replicas, over PostgreSQL's LISTEN and NOTIFY: there within milliseconds, or never. So only for what is no loss, or is found by
 * looking too, only a moment later. With SQLite there is nobody to tell.
 *
 * They travel on connections of their own, and each is a transaction of its own: NOTIFY makes commits wait for each other.
 */
import type {Client, Notification} from 'pg';

/** Payloads are limited to 8000 bytes by PostgreSQL (sql-notify). */
const LONGEST = 7900;
const CHANNEL = 'ireserve_bridge';
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;
/** A connection that died without a word is found by asking. */
const ASK_EVERY_MS = 10_000;
const ANSWER_WITHIN_MS = 5000;

export type Signals = {
    /** Tells the other replicas, if they can be reached. @param body is told as JSON; no visitor's words */
    tell(topic: string, body: object): void;
    /** Calls back with what other replicas tell. It was written by a bridge, perhaps an older one. @returns stops it */
    hear(topic: string, listener: (body: unknown) => void): () => void;
    /** Since when they are exchanged, by `performance.now()`: -Infinity for the first connection; null: they are not. */
    connectedAt(): number | null;
    close(): Promise<void>;
};

export type SignalsOptions = {
    url: string;
    /** This process: what it told itself is not heard. */
    owner: string;
    /** Once when they can't be exchanged, not again before they could. */
    onTrouble: (error: unknown) => void;
    random: () => number;
    /** Statements for each new connection. */
    first?: readonly {text: string; values: unknown[]}[];
};

/** Does nothing: for a single process. */
export const noSignals: Signals = {
    tell: () => undefined,
    hear: () => () => undefined,
    connectedAt: () => null,
    close: async () => undefined,
};

/** Connects in the background, and again after every failure. */
export function openSignals({url, owner, onTrouble, random, first = []}: SignalsOptions): Signals {
    const listeners = new Map<string, Set<(body: unknown) => void>>();
    let client: Client | null = null;
    let connectedAt = -Infinity;
    let wasConnected = false;
    let closed = false;
    let failures = 0;
    let timer: NodeJS.Timeout | undefined;
    let connecting: Promise<void> = Promise.resolve();
    /** One query at a time, as pg asks for. */
    let asked: Promise<unknown> = Promise.resolve();
    const inTurn = (query: () => Promise<unknown>): Promise<unknown> => {
        const mine = asked.then(query);
        asked = mine.catch(() => undefined);
        return mine;
    };

    async function connect(): Promise<void> {
        // Only here, as in open.ts.
        const {default: pg} = await import('pg');
        if (closed) return;
        const mine = new pg.Client({
            connectionString: url,
            connectionTimeoutMillis: ANSWER_WITHIN_MS,
            query_timeout: ANSWER_WITHIN_MS,
            keepAlive: true,
        });
        let isOver = false;
        let asking: NodeJS.Timeout | undefined;
        const lost = (error: unknown) => {
            if (isOver) return;
            isOver = true;
            clearInterval(asking);
            if (client === mine) client = null;
            mine.end().catch(() => undefined);
            if (closed) return;
            if (failures === 0) onTrouble(error);
            const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2);
            failures++;
            timer = setTimeout(start, wait);
        };
        mine.on('error', lost);
        mine.on('end', () => lost(new Error('Connection terminated')));
        mine.on('notification', heard);
        try {
            await mine.connect();
            await mine.query(`listen ${CHANNEL}`);
            for (const {text, values} of first) await mine.query(text, values);
        } catch (error) {
            lost(error);
            return;
        }
        if (closed || isOver) {
            await mine.end().catch(() => undefined);
            return;
        }
        client = mine;
        if (wasConnected) connectedAt = performance.now();
        wasConnected = true;
        failures = 0;
        asking = setInterval(() => inTurn(() => mine.query('select 1')).catch(lost), ASK_EVERY_MS);
    }

    function start(): void {
        connecting = connect().catch(onTrouble);
    }

    function heard({payload = ''}: Notification): void {
        let told: {from?: unknown; topic?: unknown; body?: unknown};
        try {
            told = JSON.parse(payload) as typeof told;
        } catch {
            return;
        }
        if (told?.from === owner || typeof told?.topic !== 'string') return;
        for (const listener of [...(listeners.get(told.topic) ?? [])]) listener(told.body);
    }

    start();
    return {
        tell(topic, body) {
            const payload = JSON.stringify({from: owner, topic, body});
            if (Buffer.byteLength(payload) > LONGEST) return;
            const mine = client;
            if (mine) inTurn(() => mine.query('select pg_notify($1, $2)', [CHANNEL, payload])).catch(() => undefined);
        },
        hear(topic, listener) {
            const some = listeners.get(topic) ?? new Set();
            listeners.set(topic, some.add(listener));
            return () => void some.delete(listener);
        },
        connectedAt: () => (client ? connectedAt : null),
        async close() {
            closed = true;
            clearTimeout(timer);
            await connecting;
            // What was told just now is still sent.
            const mine = client;
            client = null;
            await asked;
            await mine?.end().catch(() => undefined);
        },
    };
}
