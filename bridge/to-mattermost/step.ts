/** What the steps of one delivery share, and the ways one can end. */

import type {Result} from '../attempt.ts';
import type {EventOf, EventType, FileOutcome, MessageAuthor} from '../contract.ts';
import type {Integration} from '../integration.ts';
import type {Booking} from '../ireserve/booking-fields.ts';
import type {Servers} from '../mattermost.ts';
import type {SecretBox} from '../secrets.ts';
import type {Database, Tx} from '../store/open.ts';
import {changeFacts, saveFacts, touchConversation} from '../store/records.ts';
import type {ThreadRow} from '../store/schema.ts';
import type {Conversation} from './conversation.ts';
import type {FileContext, StoredAttachment} from './files.ts';
import {phrases} from './phrases.ts';
import type {Mark} from './publish.ts';
import type {Session} from './session.ts';
import {plainName} from './tame.ts';
import type {ThreadContext} from './threads.ts';

export type DeliverOptions = {
    database: Database;
    servers: Servers;
    box: SecretBox;
    integration: (id: string) => Integration | undefined;
    maxFileBytes: number;
    attachmentTimeoutMs: number;
    /** Files brought at once after their message, per integration. */
    filesAtOnce: number;
    allowPrivateAttachments: boolean;
    /** What i-Reserve says of a booking; null when it may not be asked, or does not say. */
    bookingOf: BookingOf;
    /** Where Mattermost reaches the bridge: the target of buttons. */
    publicUrl: () => string;
    /** Whether cards carry buttons: only when an admin said where the bridge is reached. */
    buttons: boolean;
    now: () => number;
    sleep: (ms: number) => Promise<void>;
};

export type BookingOf = (integration: Integration, booking_id: string) => Promise<Booking | null>;

export type StoredEvent<T extends EventType> = EventOf<T> & {data: {attachments?: StoredAttachment[]}};
export type Step = ThreadContext & {
    options: DeliverOptions;
    session: Session;
    facts: Conversation;
    /** What this delivery teaches of a conversation. */
    learn: (facts: Conversation) => Conversation;
    /** Whether `facts` differ from what is stored. */
    changed: boolean;
    /** The event told facts, and all of them are older than what is known. */
    stale: boolean;
    thread: ThreadRow | null;
    tries: number;
    limited: boolean;
    /** The delivery's number. */
    seq: number;
};

/** What became of a message's file, as kept with the message. */
export type MessageFile = FileOutcome & {
    /** It is one of those the message's posts were made for: the number of its post. */
    batch?: number;
    /** It came later, into a post of its own. */
    own?: true;
};

/** An edit or withdrawal that came before its message. */
export type Held = {text?: string; format?: 'plain' | 'markdown'; withdrawn?: boolean};

/** How much of a message is kept for a recap, code points. */
export const excerptOf = (text: string, files: readonly {name: string}[] = []): string =>
    [...(text.trim() === '' && files.length > 0 ? `📎 ${files.map(({name}) => name).join(', ')}` : text)].slice(0, 200).join('');

export const ignored = (code: string, detail: string, writes?: (tx: Tx) => Promise<void>): Result => ({
    kind: 'final',
    state: 'ignored',
    reason: {code, detail},
    writes,
});

export async function delivered(step: Step, thread: ThreadRow, post_ids: string[], writes?: (tx: Tx) => Promise<void>): Promise<Result> {
    const url = await step.permalink(thread.channel_id, thread.root_id);
    return {
        kind: 'final',
        state: 'delivered',
        result: {thread: {channel_id: thread.channel_id, root_id: thread.root_id, url}, post_ids},
        writes,
    };
}

/** Learned once more on what is stored now: an agent may have claimed or closed the conversation meanwhile. */
export const rememberFacts =
    (step: Pick<Step, 'integration' | 'facts' | 'learn' | 'now' | 'changed'>) =>
    async (tx: Tx): Promise<void> => {
        const {integration, facts, learn, now} = step;
        const known = step.changed && (await changeFacts(tx, integration.id, facts.conversation_id, now(), learn));
        if (step.changed && !known) await saveFacts(tx, integration.id, facts, now());
        if (!step.changed) await touchConversation(tx, integration.id, facts.conversation_id, now());
    };

export const markFor = (step: Step, key: string, author?: MessageAuthor): Mark => ({
    v: 1,
    integration: step.integration.id,
    conversation: step.facts.conversation_id,
    key,
    kind: 'message',
    ...(author ? {author: author.type, name: plainName(author.name, phrases(step.integration.config.language).unnamed[author.type])} : {}),
});

export const patch = (step: Step, id: string, message: string, more: {file_ids?: string[]} = {}) =>
    step.client.patchPost({id, message, ...more} as Parameters<typeof step.client.patchPost>[0]);

export const fileContext = (step: Step): FileContext => ({
    ...step,
    maxFileBytes: step.options.maxFileBytes,
    timeoutMs: step.options.attachmentTimeoutMs,
    allowPrivate: step.options.allowPrivateAttachments,
    serverLimit: step.session.maxFileBytes,
});
