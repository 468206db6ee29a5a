/** Requests to the bridge with the session's bearer, and what it refuses as a value. */
import {fields, listOf, orNull, type Read, text} from '../types/read.ts';
import type {Failure, Session, Sessions} from './session.ts';

/** `code` is one of the bridge's (bridge/errors.ts), or: no_session, unreachable, unreadable. */
export type BridgeError = {
    code: string;
    detail: string;
    status: number;
    failure?: Failure;
    /** What it is, as the bridge says; `detail` is for whoever is asked for help. */
    title?: string | null;
    /** What to do about it, as the bridge says. */
    next?: string | null;
    /** Which fields, with `invalid_request`. */
    errors?: {path: string; message: string}[] | null;
};
export type Result<T> = {ok: true; data: T} | {ok: false; error: BridgeError};

export type Requests = ReturnType<typeof createRequests>;

const Problem = fields({
    code: orNull(text),
    title: orNull(text),
    detail: orNull(text),
    next: orNull(text),
    errors: orNull(listOf(fields({path: text, message: text}))),
});
const TIMEOUT_MS = 15_000;

const refused = (code: string, detail = '', status = 0, more: Partial<BridgeError> = {}): Result<never> => ({
    ok: false,
    error: {code, detail, status, ...more},
});

/** @param onAnswer called whenever the bridge gave what it was asked for */
const bodyOf = (answer: Response): unknown =>
    answer.status === 204 ? null : answer.headers.get('content-type')?.includes('json') ? answer.json() : answer.text();

export function createRequests({
    fetch,
    sessions,
    language,
    onAnswer = () => {},
}: {
    fetch: typeof globalThis.fetch;
    sessions: Sessions;
    /** What the bridge says for people is asked for in this language; not said: the browser’s own. */
    language?: string;
    onAnswer?: () => void;
}) {
    /** @returns undefined: nobody answered */
    const send = (session: Session, method: string, path: string, init: RequestInit): Promise<Response | undefined> =>
        fetch(`${session.url}${path}`, {
            ...init,
            method,
            credentials: 'omit',
            cache: 'no-store',
            headers: {...init.headers, ...(language && {'Accept-Language': language}), Authorization: `Bearer ${session.token}`},
        }).catch(() => undefined);

    /** With one more try in a new session where the old one has ended. */
    async function request(method: string, path: string, init: RequestInit = {}): Promise<Result<Response>> {
        for (let again = false; ; again = true) {
            const session = await sessions.get();
            if (session.kind !== 'ok') return refused('no_session', '', 0, {failure: session});
            const response = await send(session, method, path, init);
            if (!response) return refused('unreachable', '', 0, {failure: sessions.whyUnreachable(session.url)});
            if (response.ok) {
                onAnswer();
                return {ok: true, data: response};
            }
            if (response.status === 401) sessions.forget(session.token);
            if (response.status === 401 && !again) continue;
            const problem = await response
                .json()
                .then(Problem, () => null)
                .catch(() => null);
            const {code, detail, ...more} = problem ?? {};
            return refused(code ?? `status_${response.status}`, detail ?? '', response.status, more);
        }
    }

    /** JSON both ways; an answer that is none is text. @param ms how long an answer may take */
    async function call<T>(method: string, path: string, read: Read<T>, body?: unknown, ms = TIMEOUT_MS): Promise<Result<T>> {
        const init: RequestInit = {signal: AbortSignal.timeout(ms)};
        if (body !== undefined) Object.assign(init, {body: JSON.stringify(body), headers: {'Content-Type': 'application/json'}});
        const answer = await request(method, path, init);
        if (!answer.ok) return answer;
        try {
            return {ok: true, data: read(await bodyOf(answer.data))};
        } catch (error) {
            return refused('unreadable', String(error), answer.data.status);
        }
    }

    /** Stays open for as long as the session lives. */
    const stream = (path: string, lastId: string, signal: AbortSignal): Promise<Result<Response>> =>
        request('GET', path, {signal, headers: {Accept: 'text/event-stream', ...(lastId && {'Last-Event-ID': lastId})}});

    return {call, stream};
}
