/** What a callback does to the web chat. Tolerant: an unknown type or field is no error, it only shows nothing. */
import type {CallbackEnvelope} from './callbacks.ts';
import type {Conversation, Conversations} from './conversations.ts';
import type {Files} from './files.ts';

export type Taken = {status: 200; message_id: string | null} | {status: 404 | 422; code: string; detail: string};
export type Relay = (callback: CallbackEnvelope) => Taken;

type Parts = {conversations: Conversations; files: Files; newId: (prefix: string) => string; now: () => number};

export function createRelay({conversations, files, newId, now}: Parts): Relay {
    return ({type, data, trial}) => {
        if (trial) return {status: 200, message_id: null};
        const conversation = conversations.get(string(data.conversation_id));
        if (type.startsWith('test.') || type === 'ping') return {status: 200, message_id: null};
        if (!conversation) return {status: 404, code: 'unknown_conversation', detail: 'i-Reserve has no such conversation.'};
        if (type === 'message.created') return created(conversation, data);
        if (type === 'message.edited' || type === 'message.deleted') return changed(conversation, type, data);
        if (type.endsWith('.typing')) conversations.typing(conversation, string(object(data.author ?? data.agent).name ?? data.name));
        else if (type.startsWith('conversation.')) conversations.update(conversation, cardFacts(type, data));
        return {status: 200, message_id: null};
    };

    function created(conversation: Conversation, data: Record<string, unknown>): Taken {
        const author = object(data.author);
        const message = conversations.say(conversation, {
            id: newId('msg'),
            source_id: string(data.message_id) || null,
            author: {type: author.type === 'bot' ? 'bot' : 'agent', ...(string(author.name) ? {name: string(author.name)} : {})},
            text: string(data.text),
            format: data.format === 'markdown' ? 'markdown' : 'plain',
            files: (Array.isArray(data.attachments) ? data.attachments : []).map((attachment) => files.received(object(attachment))),
            at: now(),
            edited: false,
            deleted: false,
            state: null,
        });
        if (conversation.status === 'waiting') conversations.update(conversation, {status: 'open'});
        return {status: 200, message_id: message.id};
    }

    function changed(conversation: Conversation, type: 'message.edited' | 'message.deleted', data: Record<string, unknown>): Taken {
        const message = conversations.message(conversation, string(data.message_id));
        if (!message) return {status: 404, code: 'unknown_message', detail: 'i-Reserve has no such message in this conversation.'};
        if (message.author.type === 'visitor')
            return {status: 422, code: 'not_an_agents', detail: 'A visitor’s words are the visitor’s own.'};
        if (type === 'message.deleted') conversations.change(conversation, message, {deleted: true, text: '', files: []});
        else {
            const attachments = Array.isArray(data.attachments)
                ? data.attachments.map((file) => files.received(object(file)))
                : message.files;
            conversations.change(conversation, message, {text: string(data.text), edited: true, files: attachments});
        }
        return {status: 200, message_id: message.id};
    }
}

/** What the visitor is told of: who took the chat, whether it is open, closed or waiting. */
function cardFacts(type: string, data: Record<string, unknown>): Partial<Conversation> {
    const said = type === 'conversation.closed' ? 'closed' : type === 'conversation.reopened' ? 'open' : data.status;
    const facts: Partial<Conversation> = {};
    if (said === 'open' || said === 'waiting' || said === 'closed') {
        facts.status = said;
        facts.closed_by = said === 'closed' ? 'agent' : null;
    }
    if ('assignee' in data) facts.assignee = string(object(data.assignee).name) || null;
    return facts;
}

const string = (value: unknown): string => (typeof value === 'string' ? value : '');
const object = (value: unknown): Record<string, unknown> =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
