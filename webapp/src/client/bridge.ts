/** The bridge's agent API (bridge/agent-api). */
import {
    type Allowed,
    Canned,
    type CannedInput,
    CannedList,
    ConversationList,
    Detail,
    Me,
    type ReplyAction,
    ReplyTaken,
    type View,
} from '../types/bridge.ts';
import {anything, fields, orNull, type Read, text} from '../types/read.ts';
import type {Failure, Session, Sessions} from './session.ts';

/** `code` is one of the bridge's (bridge/errors.ts), or: no_session, unreachable, unreadable. */
export type BridgeError = {code: string; detail: string; status: number; failure?: Failure};
export type Result<T> = {ok: true; data: T} | {ok: false; error: BridgeError};

export type ActionBody = {take_over?: boolean; user_id?: string; reason?: string; reply_id?: string};

export type Bridge = ReturnType<typeof createBridge>;

const Problem = fields({code: orNull(text), detail: orNull(text)});
const TIMEOUT_MS = 15_000;

/** @param onAnswer called whenever the bridge gave what it was asked for */
export function createBridge({
    fetch,
    sessions,
    onAnswer = () => {},
}: {
    fetch: typeof globalThis.fetch;
    sessions: Sessions;
    onAnswer?: () => void;
}) {
    const refused = (code: string, detail = '', status = 0, failure?: Failure): Result<never> => ({
        ok: false,
        error: {code, detail, status, ...(failure ? {failure} : {})},
    });

    /** @returns undefined: nobody answered */
    const send = (session: Session, method: string, path: string, init: RequestInit): Promise<Response | undefined> =>
        fetch(`${session.url}${path}`, {
            ...init,
            method,
            credentials: 'omit',
            cache: 'no-store',
            headers: {...init.headers, Authorization: `Bearer ${session.token}`},
        }).catch(() => undefined);

    /** With one more try in a new session where the old one has ended. */
    async function request(method: string, path: string, init: RequestInit = {}): Promise<Result<Response>> {
        for (let again = false; ; again = true) {
            const session = await sessions.get();
            if (session.kind !== 'ok') return refused('no_session', '', 0, session);
            const response = await send(session, method, path, init);
            if (!response) return refused('unreachable', '', 0, sessions.whyUnreachable(session.url));
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
            return refused(problem?.code ?? `status_${response.status}`, problem?.detail ?? '', response.status);
        }
    }

    async function call<T>(method: string, path: string, read: Read<T>, body?: unknown): Promise<Result<T>> {
        const init: RequestInit = {signal: AbortSignal.timeout(TIMEOUT_MS)};
        if (body !== undefined) Object.assign(init, {body: JSON.stringify(body), headers: {'Content-Type': 'application/json'}});
        const answer = await request(method, `/v1/agent${path}`, init);
        if (!answer.ok) return answer;
        try {
            return {ok: true, data: read(answer.data.status === 204 ? null : await answer.data.json())};
        } catch (error) {
            return refused('unreadable', String(error), answer.data.status);
        }
    }

    const cannedReply = (id: string): string => `/canned/${encodeURIComponent(id)}`;
    const conversation = (id: string): string => `/conversations/${encodeURIComponent(id)}`;

    return {
        me: () => call('GET', '/me', Me),
        list: (view: View, {search = '', cursor = null, limit = 50}: {search?: string; cursor?: string | null; limit?: number} = {}) =>
            call(
                'GET',
                `/conversations?${new URLSearchParams({view, limit: `${limit}`, ...(search && {search}), ...(cursor && {cursor})})}`,
                ConversationList,
            ),
        conversation: (id: string) => call('GET', conversation(id), Detail),
        conversationOfThread: (root_id: string) => call('GET', `/threads/${root_id}`, Detail),
        relay: (id: string, post_id: string) => call('POST', `${conversation(id)}/replies`, ReplyTaken, {post_id}),
        act: (id: string, action: Allowed | ReplyAction, body: ActionBody = {}) =>
            call('POST', `${conversation(id)}/actions/${action}`, Detail, body),
        typing: (id: string) => call('POST', `${conversation(id)}/typing`, anything),
        canned: () => call('GET', '/canned', CannedList),
        addCanned: (input: CannedInput) => call('POST', '/canned', Canned, input),
        changeCanned: (id: string, input: CannedInput) => call('PUT', cannedReply(id), Canned, input),
        removeCanned: (id: string) => call('DELETE', cannedReply(id), anything),
        /** Stays open for as long as the session lives. */
        stream: (lastId: string, signal: AbortSignal): Promise<Result<Response>> =>
            request('GET', '/v1/agent/stream', {signal, headers: {Accept: 'text/event-stream', ...(lastId && {'Last-Event-ID': lastId})}}),
    };
}
