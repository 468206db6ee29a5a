/**
 * Pushes events to the bridge the way i-Reserve would: signed, one at a time per conversation, again and again with the same id and the
 * same bytes until the bridge has answered for good.
 */
import {setTimeout as sleep} from 'node:timers/promises';
import type {EventOutcome, Problem} from '../../../bridge/contract.ts';
import {signatureHeaders} from './sign.ts';

/** Any JSON with an id; tests push wrong ones on purpose. */
export type RawEvent = {id: string; type: string; data?: unknown; [key: string]: unknown};

export type PushOptions = {
    /** Asks the bridge to answer only when delivered, or after this many seconds. */
    waitSeconds?: number;
    /** Called when a try failed and another will follow. */
    onRetry?: (attempt: Attempt) => void;
    /** One try, past everything that waits: for what is worthless when late. */
    once?: boolean;
    /** Another secret or integration name than the double's own, or extra headers. */
    secret?: string;
    headers?: Record<string, string>;
};

/** One try. `status` 0: no answer (refused connection, reset, time-out). */
export type Attempt = {event_id: string; status: number; at: number; took_ms: number; retry_in_ms: number | null; error?: string};

export type Acknowledgement<Body = EventOutcome> = {
    ok: boolean;
    /** 0: the double was stopped before any answer came. */
    status: number;
    body: Body | null;
    problem: Problem | null;
    attempts: number;
    /** From the first try to the final answer. */
    accepted_ms: number;
};

export type PusherSettings = {
    integration: string;
    signingSecret: string;
    now: () => number;
    random: () => number;
    /** First and longest pause between tries, and how long one try may take. */
    retry?: {firstMs?: number; maxMs?: number; timeoutMs?: number};
};

export type Pusher = {
    push: (event: RawEvent, options?: PushOptions) => Promise<Acknowledgement>;
    pushBatch: (events: readonly RawEvent[], options?: PushOptions) => Promise<Acknowledgement<{results: EventOutcome[]}>>;
    /** A signed GET, for the bridge's status addresses. */
    ask: (path: string) => Promise<Response>;
    connect: (bridgeUrl: string | null) => void;
    attempts: readonly Attempt[];
    /** Resolves when nothing waits to be sent. */
    idle: () => Promise<void>;
    stop: () => void;
};

export function createPusher(settings: PusherSettings, firstBridgeUrl: string | null): Pusher {
    const {now, random} = settings;
    const {firstMs = 200, maxMs = 10_000, timeoutMs = 10_000} = settings.retry ?? {};
    const attempts: Attempt[] = [];
    const lanes = new Map<string, Promise<unknown>>();
    const stopping = new AbortController();
    let bridgeUrl = firstBridgeUrl;
    let connected = Promise.withResolvers<void>();
    if (bridgeUrl) connected.resolve();

    /** Tries until the answer is final. Never throws. */
    async function send<Body>(id: string, body: string, options: PushOptions): Promise<Acknowledgement<Body>> {
        const began = now();
        for (let tries = 1; ; tries++) {
            if (!options.once) await Promise.race([connected.promise, stopped]);
            if (stopping.signal.aborted) return unanswered(tries - 1, now() - began);
            const at = now();
            const answer = await tryOnce(id, body, options);
            const final = options.once || (answer.status !== 0 && !isTemporary(answer.status));
            const retry_in_ms = final ? null : (answer.retryAfterMs ?? Math.min(maxMs, firstMs * 2 ** (tries - 1)) * (0.5 + random() / 2));
            const attempt = {event_id: id, status: answer.status, at, took_ms: now() - at, retry_in_ms};
            attempts.push(answer.error ? {...attempt, error: answer.error} : attempt);
            if (retry_in_ms === null) return acknowledgement(answer, tries, now() - began);
            options.onRetry?.(attempt);
            await sleep(retry_in_ms, undefined, {signal: stopping.signal}).catch(() => undefined);
        }
    }

    async function tryOnce(id: string, body: string, options: PushOptions): Promise<Answer> {
        const headers = {
            'content-type': 'application/json',
            'ireserve-integration': settings.integration,
            ...signatureHeaders(options.secret ?? settings.signingSecret, id, body, now()),
            ...(options.waitSeconds ? {prefer: `wait=${options.waitSeconds}`} : {}),
            ...options.headers,
        };
        const timeout = AbortSignal.timeout(timeoutMs + (options.waitSeconds ?? 0) * 1000);
        try {
            const signal = AbortSignal.any([stopping.signal, timeout]);
            const response = await fetch(`${bridgeUrl}/v1/events`, {method: 'POST', headers, body, signal, redirect: 'manual'});
            const text = await response.text();
            return {status: response.status, text, retryAfterMs: retryAfter(response.headers.get('retry-after'), now())};
        } catch (error) {
            return {status: 0, text: '', retryAfterMs: null, error: error instanceof Error ? error.message : String(error)};
        }
    }

    /** Runs after everything sent earlier in the same lane. */
    function inLane<T>(lane: string, work: () => Promise<T>): Promise<T> {
        const mine = (lanes.get(lane) ?? Promise.resolve()).then(work);
        lanes.set(lane, mine);
        void mine.finally(() => {
            if (lanes.get(lane) === mine) lanes.delete(lane);
        });
        return mine;
    }

    const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve(), {once: true}));

    return {
        attempts,
        push(event, options = {}) {
            const work = () => send<EventOutcome>(event.id, JSON.stringify(event), options);
            return options.once ? work() : inLane(laneOf(event), work);
        },
        pushBatch(events, options = {}) {
            const id = `batch-${events[0]?.id ?? 'empty'}-${events.length}`;
            return inLane(id, () => send(id, JSON.stringify({events}), options));
        },
        ask(path) {
            const id = `ask-${now()}-${Math.floor(random() * 1e9)}`;
            const headers = {'ireserve-integration': settings.integration, ...signatureHeaders(settings.signingSecret, id, '', now())};
            return fetch(new URL(path, bridgeUrl ?? undefined), {headers, signal: AbortSignal.timeout(timeoutMs)});
        },
        connect(url) {
            bridgeUrl = url;
            if (url) connected.resolve();
            else connected = Promise.withResolvers();
        },
        async idle() {
            while (lanes.size > 0) await Promise.all(lanes.values());
        },
        stop: () => stopping.abort(),
    };
}

type Answer = {status: number; text: string; retryAfterMs: number | null; error?: string};

/** A conversation is a lane; what belongs to none has a lane of its own. */
function laneOf(event: RawEvent): string {
    const data = event.data as {conversation_id?: unknown} | null | undefined;
    return typeof data?.conversation_id === 'string' ? `conversation ${data.conversation_id}` : `event ${event.id}`;
}

const isTemporary = (status: number) => status >= 500 || status === 408 || status === 425 || status === 429;

/** Seconds, or a date. */
function retryAfter(header: string | null, now: number): number | null {
    if (!header) return null;
    const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
    return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

function acknowledgement<Body>(answer: Answer, attempts: number, accepted_ms: number): Acknowledgement<Body> {
    const ok = answer.status >= 200 && answer.status < 300;
    const json = parsed(answer.text);
    return {
        ok,
        status: answer.status,
        body: ok ? (json as Body | null) : null,
        problem: ok ? null : (json as Problem | null),
        attempts,
        accepted_ms,
    };
}

const unanswered = (attempts: number, accepted_ms: number) => ({ok: false, status: 0, body: null, problem: null, attempts, accepted_ms});

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return null;
    }
}
