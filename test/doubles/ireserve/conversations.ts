/** The web chats i-Reserve knows: what was said, by whom, and what the visitor's page is shown. In memory. */
import type {ConversationStatus, MessageAuthor, Page} from '../../../bridge/contract.ts';
import type {ShownFile} from './files.ts';

/** waiting: the bridge did not answer yet, tries go on · sent: the bridge has it · delivered: seen in Mattermost. */
export type MessageState = 'sending' | 'waiting' | 'sent' | 'delivered' | 'failed';

export type ChatMessage = {
    /** i-Reserve's own id. */
    id: string;
    /** The id the bridge gave an agent's message; edits and withdrawals may name either. */
    source_id: string | null;
    /** The page's own key, so that a repeated send is one message. */
    client_id?: string;
    author: MessageAuthor;
    text: string;
    format: 'plain' | 'markdown';
    files: ShownFile[];
    /** ms since 1970 */
    at: number;
    edited: boolean;
    deleted: boolean;
    /** null: came from the bridge, so there is nothing to push */
    state: MessageState | null;
};

export type Conversation = {
    id: string;
    visitor: {name?: string | undefined; email?: string | undefined};
    language: string;
    page: Page | null;
    status: ConversationStatus;
    closed_by: string | null;
    assignee: string | null;
    messages: ChatMessage[];
    /** The number of the last event pushed. */
    sequence: number;
};

/** What a live page is told. */
export type Change =
    | {kind: 'message'; message: ChatMessage}
    | {kind: 'conversation'; conversation: Omit<Conversation, 'messages'>}
    | {kind: 'typing'; name: string};

export type Conversations = {
    add: (conversation: Conversation) => Conversation;
    get: (id: string) => Conversation | undefined;
    all: () => Conversation[];
    /** The message with i-Reserve's id or the bridge's. */
    message: (conversation: Conversation, id: string) => ChatMessage | undefined;
    say: (conversation: Conversation, message: ChatMessage) => ChatMessage;
    change: (conversation: Conversation, message: ChatMessage, facts: Partial<ChatMessage>) => void;
    update: (conversation: Conversation, facts: Partial<Conversation>) => void;
    typing: (conversation: Conversation, name: string) => void;
    /** @returns a function that ends the watching */
    watch: (watcher: (conversation: Conversation, change: Change) => void) => () => void;
};

export function createConversations(): Conversations {
    const conversations = new Map<string, Conversation>();
    const watchers = new Set<(conversation: Conversation, change: Change) => void>();
    const tell = (conversation: Conversation, change: Change) => {
        for (const watcher of [...watchers]) watcher(conversation, change);
    };
    const tellMessage = (conversation: Conversation, message: ChatMessage) => tell(conversation, {kind: 'message', message: {...message}});

    return {
        add(conversation) {
            conversations.set(conversation.id, conversation);
            return conversation;
        },
        get: (id) => conversations.get(id),
        all: () => [...conversations.values()],
        message: (conversation, id) => conversation.messages.find((message) => message.id === id || message.source_id === id),
        say(conversation, message) {
            conversation.messages.push(message);
            tellMessage(conversation, message);
            return message;
        },
        change(conversation, message, facts) {
            Object.assign(message, facts);
            tellMessage(conversation, message);
        },
        update(conversation, facts) {
            Object.assign(conversation, facts);
            const {messages: _, ...card} = conversation;
            tell(conversation, {kind: 'conversation', conversation: card});
        },
        typing: (conversation, name) => tell(conversation, {kind: 'typing', name}),
        watch(watcher) {
            watchers.add(watcher);
            return () => watchers.delete(watcher);
        },
    };
}
