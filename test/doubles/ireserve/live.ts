/** The visitor's page, live: server-sent events. First the whole conversation, then each change; a reconnect begins with the whole again. */
import type {Response} from 'express';
import type {Conversation, Conversations} from './conversations.ts';

const HEARTBEAT_MS = 15_000;

export function streamConversation(
    response: Response,
    conversation: Conversation,
    conversations: Conversations,
    stopping: AbortSignal,
): void {
    response.set({'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no'});
    response.flushHeaders();
    const send = (kind: string, data: unknown) => void response.write(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);

    response.write('retry: 2000\n\n');
    send('snapshot', conversation);
    const unwatch = conversations.watch((changed, change) => {
        if (changed.id === conversation.id) send(change.kind, change);
    });
    const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
    const end = () => response.end();
    stopping.addEventListener('abort', end);
    response.on('close', () => {
        unwatch();
        clearInterval(heartbeat);
        stopping.removeEventListener('abort', end);
    });
}
