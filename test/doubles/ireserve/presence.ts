/** Tells the bridge when the visitor's last open page has gone, and when one is back. A walk from page to page is no leaving. */
import type {Response} from 'express';
import type {Conversation} from './conversations.ts';
import type {Webchat} from './webchat.ts';

const GRACE_MS = 10_000;

export type Presence = {
    /** The visitor watches this conversation until the response is closed. */
    watching: (conversation: Conversation, response: Response) => void;
};

export function createPresence(webchat: Webchat, stopping: AbortSignal): Presence {
    const open = new Map<string, number>();
    const left = new Set<string>();

    const leave = (conversation: Conversation) => {
        if (stopping.aborted || open.has(conversation.id) || conversation.status === 'closed') return;
        left.add(conversation.id);
        webchat.presence(conversation, 'left');
    };

    return {
        watching(conversation, response) {
            const {id} = conversation;
            open.set(id, (open.get(id) ?? 0) + 1);
            if (left.delete(id) && conversation.status !== 'closed') webchat.presence(conversation, 'online');
            response.on('close', () => {
                const others = (open.get(id) ?? 1) - 1;
                if (others > 0) open.set(id, others);
                else open.delete(id);
                if (others === 0) setTimeout(() => leave(conversation), GRACE_MS).unref();
            });
        },
    };
}
