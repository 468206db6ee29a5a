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
import {anything, type Read} from '../types/read.ts';
import type {Requests, Result} from './requests.ts';

export type {BridgeError, Result} from './requests.ts';

export type ActionBody = {take_over?: boolean; user_id?: string; reason?: string; reply_id?: string};

export type Bridge = ReturnType<typeof createBridge>;

export function createBridge({call: callAt, stream}: Requests) {
    const call = <T>(method: string, path: string, read: Read<T>, body?: unknown) => callAt(method, `/v1/agent${path}`, read, body);
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
        stream: (lastId: string, signal: AbortSignal): Promise<Result<Response>> => stream('/v1/agent/stream', lastId, signal),
    };
}
