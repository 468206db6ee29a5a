/** What visitors and i-Reserve itself do in a web chat. Each act changes the transcript at once and pushes one event to the bridge. */
import type {MessageAuthor, Page} from '../../../bridge/contract.ts';
import type {ChatMessage, Conversation, Conversations} from './conversations.ts';
import type {Files, NewFile, StoredFile} from './files.ts';
import type {Acknowledgement, Pusher, RawEvent} from './push.ts';

export type Opening = {
    conversation_id?: string;
    name?: string | undefined;
    email?: string | undefined;
    language?: string;
    page?: Page;
    topic?: string;
    properties?: Record<string, string | number | boolean>;
};
export type Saying = {
    text?: string;
    message_id?: string;
    client_id?: string;
    /** Default: the visitor. */
    author?: MessageAuthor;
    format?: 'plain' | 'markdown';
    files?: readonly (NewFile | StoredFile)[];
};
/** An event on its way; `accepted` never rejects. */
export type Pushed = {event: RawEvent; accepted: Promise<Acknowledgement>};

export type Webchat = ReturnType<typeof createWebchat>;

type Parts = {
    conversations: Conversations;
    files: Files;
    pusher: Pusher;
    newId: (prefix: string) => string;
    now: () => number;
    /** Learns when an accepted event was delivered. */
    delivered: (event: RawEvent, accepted: Acknowledgement) => Promise<boolean>;
};

export function createWebchat({conversations, files, pusher, newId, now, delivered}: Parts) {
    function event(type: string, data: Record<string, unknown>, conversation?: Conversation): RawEvent {
        const made = {id: newId('evt'), type, timestamp: new Date(now()).toISOString(), data};
        return conversation ? {...made, sequence: ++conversation.sequence} : made;
    }

    /** Pushes an event about a message and lets its ticks follow. */
    function pushMessage(conversation: Conversation, message: ChatMessage, pushed: RawEvent): Pushed {
        conversations.change(conversation, message, {state: 'sending'});
        const onRetry = () => conversations.change(conversation, message, {state: 'waiting'});
        const accepted = pusher.push(pushed, {onRetry});
        void accepted.then(async (acknowledgement) => {
            if (acknowledgement.status === 0) return;
            conversations.change(conversation, message, {state: acknowledgement.ok ? 'sent' : 'failed'});
            if (acknowledgement.ok && (await delivered(pushed, acknowledgement))) {
                conversations.change(conversation, message, {state: 'delivered'});
            }
        });
        return {event: pushed, accepted};
    }

    const push = (pushed: RawEvent): Pushed => ({event: pushed, accepted: pusher.push(pushed)});

    return {
        open(opening: Opening): {conversation: Conversation} & Pushed {
            const {name, email, language = 'nl', page, topic, properties} = opening;
            const conversation = conversations.add({
                id: opening.conversation_id ?? newId('web'),
                visitor: {name, email},
                language,
                page: page ?? null,
                status: 'waiting',
                closed_by: null,
                assignee: null,
                messages: [],
                sequence: 0,
            });
            const data = {
                conversation_id: conversation.id,
                visitor: {...(name ? {name} : {}), ...(email ? {email} : {}), ...(properties ? {properties} : {})},
                language,
                status: 'waiting',
                started_at: new Date(now()).toISOString(),
                ...(page ? {page} : {}),
                ...(topic ? {topic} : {}),
            };
            return {conversation, ...push(event('conversation.started', data, conversation))};
        },

        /** The visitor gave a name, changed the language, or went to another page. */
        update(conversation: Conversation, facts: {name?: string; language?: string; page?: Page}): Pushed {
            const {name, ...rest} = facts;
            conversations.update(conversation, {...rest, ...(name ? {visitor: {...conversation.visitor, name}} : {})});
            const data = {conversation_id: conversation.id, ...rest, ...(name ? {visitor: {name}} : {})};
            return push(event('conversation.updated', data, conversation));
        },

        say(conversation: Conversation, saying: Saying): {message: ChatMessage} & Pushed {
            const stored = (saying.files ?? []).map((file) => ('id' in file ? file : files.keep(file)));
            const name = conversation.visitor.name;
            const author: MessageAuthor = saying.author ?? {type: 'visitor', ...(name ? {name} : {})};
            const message = conversations.say(conversation, {
                id: saying.message_id ?? newId('msg'),
                source_id: null,
                ...(saying.client_id ? {client_id: saying.client_id} : {}),
                author,
                text: saying.text ?? '',
                format: saying.format ?? 'plain',
                files: stored.map(files.shown),
                at: now(),
                edited: false,
                deleted: false,
                state: 'sending',
            });
            const data = {
                conversation_id: conversation.id,
                message_id: message.id,
                author,
                text: message.text,
                format: message.format,
                attachments: stored.map(files.attachment),
            };
            return {message, ...pushMessage(conversation, message, event('message.created', data, conversation))};
        },

        edit(conversation: Conversation, message: ChatMessage, text: string): Pushed {
            conversations.change(conversation, message, {text, edited: true});
            const data = {conversation_id: conversation.id, message_id: message.id, text, format: message.format};
            return pushMessage(conversation, message, event('message.edited', data, conversation));
        },

        withdraw(conversation: Conversation, message: ChatMessage): Pushed {
            conversations.change(conversation, message, {deleted: true, text: '', files: []});
            const data = {conversation_id: conversation.id, message_id: message.id};
            return pushMessage(conversation, message, event('message.deleted', data, conversation));
        },

        close(conversation: Conversation, reason?: string): Pushed {
            const name = conversation.visitor.name;
            conversations.update(conversation, {status: 'closed', closed_by: 'visitor'});
            const closed_by = {type: 'visitor', ...(name ? {name} : {})};
            const data = {conversation_id: conversation.id, closed_by, ...(reason ? {reason} : {})};
            return push(event('conversation.closed', data, conversation));
        },

        /** Typing has no number: it is never stored, so it could not be missed. */
        typing(conversation: Conversation): Pushed {
            const typing = event('visitor.typing', {conversation_id: conversation.id});
            return {event: typing, accepted: pusher.push(typing, {once: true})};
        },

        presence: (conversation: Conversation, presence: 'online' | 'away' | 'left'): Pushed =>
            push(event('visitor.presence', {conversation_id: conversation.id, presence}, conversation)),

        /** @param waitSeconds - ask the bridge to answer only when Mattermost has it, or after so long */
        notify(notification: Record<string, unknown>, waitSeconds = 0): Pushed {
            const made = event('notification.created', {notification_id: newId('ntf'), ...notification});
            return {event: made, accepted: pusher.push(made, {waitSeconds})};
        },
    };
}
