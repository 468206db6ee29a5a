/** Starts the i-Reserve double: pushes a web chat's events to the bridge, takes its callbacks, and serves the visitor's page. */
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {createApp} from './app.ts';
import {type CallbackFault, createCallbackFaults} from './callback-faults.ts';
import {type CallbackAttempt, createCallbackReceiver, type ReceivedCallback} from './callbacks.ts';
import {type ChatMessage, type Conversation, createConversations} from './conversations.ts';
import {wasDelivered} from './delivered.ts';
import {createFiles} from './files.ts';
import {createPresence} from './presence.ts';
import {type Acknowledgement, createPusher, type Pusher, type PusherSettings, type RawEvent} from './push.ts';
import {createRelay} from './relay.ts';
import {createWaiter} from './wait.ts';
import {createWebchat, type Opening, type Pushed, type Saying} from './webchat.ts';

export type IreserveSettings = {
    /** Left out or null: events wait until `connect`. */
    bridgeUrl?: string | null;
    /** The integration's name, for the `ireserve-integration` header. */
    integration: string;
    signingSecret: string;
    /** One or two live secrets of the callbacks; default: the signing secret. */
    callbackSecrets?: readonly string[];
    /** Default 0: any free port, always on 127.0.0.1. */
    port?: number;
    retry?: PusherSettings['retry'];
    now?: () => number;
    random?: () => number;
};

/** An act and the bridge's answer to its event. */
export type Done = {event: RawEvent; accepted: Acknowledgement};

export type IreserveDouble = Pick<Pusher, 'push' | 'pushBatch' | 'ask' | 'connect' | 'attempts' | 'idle'> & {
    url: string;
    callbackUrl: string;
    openConversation: (opening?: Opening) => Promise<Done & {conversation_id: string}>;
    say: (conversation_id: string, saying: string | Saying) => Promise<Done & {message_id: string}>;
    edit: (conversation_id: string, message_id: string, text: string) => Promise<Done>;
    withdraw: (conversation_id: string, message_id: string) => Promise<Done>;
    close: (conversation_id: string, reason?: string) => Promise<Done>;
    update: (conversation_id: string, facts: Parameters<ReturnType<typeof createWebchat>['update']>[1]) => Promise<Done>;
    typing: (conversation_id: string) => Promise<Done>;
    presence: (conversation_id: string, presence: 'online' | 'away' | 'left') => Promise<Done>;
    notify: (notification: Record<string, unknown>) => Promise<Done>;
    /** What the visitor sees. */
    conversation: (conversation_id: string) => Conversation;
    /** Callbacks taken, once each, in order. */
    received: readonly ReceivedCallback[];
    /** Every request to /callbacks, refused and repeated ones too. */
    callbackAttempts: readonly CallbackAttempt[];
    failCallbacks: (fault: CallbackFault) => void;
    healCallbacks: () => void;
    /** During rotation: newest first. */
    setCallbackSecrets: (secrets: readonly string[]) => void;
    waitForCallback: (type: string, fits?: (callback: ReceivedCallback) => boolean, timeoutMs?: number) => Promise<ReceivedCallback>;
    waitForAttempts: (count: number, timeoutMs?: number) => Promise<readonly CallbackAttempt[]>;
    /** Until an answer is held back by a fault (`delayMs`): the callback is under way just now. */
    waitForHeldBack: (timeoutMs?: number) => Promise<unknown>;
    waitForMessage: (conversation_id: string, fits: (message: ChatMessage) => boolean, timeoutMs?: number) => Promise<ChatMessage>;
    waitForConversation: (
        conversation_id: string,
        fits: (conversation: Conversation) => boolean,
        timeoutMs?: number,
    ) => Promise<Conversation>;
    stop: () => Promise<void>;
};

export async function startIreserve(settings: IreserveSettings): Promise<IreserveDouble> {
    const {integration, signingSecret, port = 0, retry, now = Date.now, random = Math.random} = settings;
    let callbackSecrets = settings.callbackSecrets ?? [signingSecret];
    let url = '';
    const stopping = new AbortController();
    const newId = createIds(random);

    const waiter = createWaiter();
    const conversations = createConversations();
    conversations.watch(waiter.changed);
    const files = createFiles(newId, () => url);
    const pusher = createPusher({integration, signingSecret, now, random, ...(retry ? {retry} : {})}, settings.bridgeUrl ?? null);
    const webchat = createWebchat({
        conversations,
        files,
        pusher,
        newId,
        now,
        delivered: (event, accepted) => wasDelivered(pusher.ask, event, accepted, stopping.signal),
    });
    const faults = createCallbackFaults();
    const relay = createRelay({conversations, files, newId, now});
    const callbacks = createCallbackReceiver({secrets: () => callbackSecrets, faults, relay, now, changed: waiter.changed});

    const presence = createPresence(webchat, stopping.signal);

    const server = createServer(createApp({conversations, files, webchat, presence, callbacks, faults, stopping: stopping.signal}));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const conversation = (id: string): Conversation => conversations.get(id) ?? missing('conversation', id);
    const message = (id: string, message_id: string) =>
        conversations.message(conversation(id), message_id) ?? missing('message', message_id);

    return {
        url,
        callbackUrl: `${url}/callbacks`,
        push: pusher.push,
        pushBatch: pusher.pushBatch,
        ask: pusher.ask,
        connect: pusher.connect,
        attempts: pusher.attempts,
        idle: pusher.idle,
        async openConversation(opening = {}) {
            const opened = webchat.open(opening);
            return {conversation_id: opened.conversation.id, ...(await done(opened))};
        },
        async say(id, saying) {
            const said = webchat.say(conversation(id), typeof saying === 'string' ? {text: saying} : saying);
            return {message_id: said.message.id, ...(await done(said))};
        },
        edit: (id, message_id, text) => done(webchat.edit(conversation(id), message(id, message_id), text)),
        withdraw: (id, message_id) => done(webchat.withdraw(conversation(id), message(id, message_id))),
        close: (id, reason) => done(webchat.close(conversation(id), reason)),
        update: (id, facts) => done(webchat.update(conversation(id), facts)),
        typing: (id) => done(webchat.typing(conversation(id))),
        presence: (id, presence) => done(webchat.presence(conversation(id), presence)),
        notify: (notification) => done(webchat.notify(notification)),
        conversation,
        received: callbacks.received,
        callbackAttempts: callbacks.attempts,
        failCallbacks: faults.add,
        healCallbacks: faults.clear,
        setCallbackSecrets: (secrets) => {
            callbackSecrets = secrets;
        },
        waitForCallback: (type, fits = () => true, timeoutMs) =>
            waiter.until(`the callback ${type}`, () => callbacks.received.find((one) => one.type === type && fits(one)), timeoutMs),
        waitForAttempts: (count, timeoutMs) =>
            waiter.until(`${count} callback attempts`, () => callbacks.attempts.length >= count && callbacks.attempts, timeoutMs),
        waitForHeldBack: (timeoutMs) => waiter.until('an answer held back', () => callbacks.heldBack() > 0, timeoutMs),
        waitForMessage: (id, fits, timeoutMs) =>
            waiter.until('a message in the web chat', () => conversation(id).messages.find(fits), timeoutMs),
        waitForConversation: (id, fits, timeoutMs) =>
            waiter.until('a change of the web chat', () => fits(conversation(id)) && conversation(id), timeoutMs),
        async stop() {
            stopping.abort();
            pusher.stop();
            const closed = once(server, 'close');
            server.close();
            server.closeAllConnections();
            await closed;
        },
    };
}

const done = async ({event, accepted}: Pushed): Promise<Done> => ({event, accepted: await accepted});

function missing(what: string, id: string): never {
    throw new Error(`The i-Reserve double has no ${what} ${id}.`);
}

/** 24 characters of a-z 0-9: not guessable, and fine in the contract's ids. */
function createIds(random: () => number) {
    const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
    return (prefix: string) => `${prefix}-${Array.from({length: 24}, () => letters[Math.floor(random() * letters.length)]).join('')}`;
}
