/** What the bridge itself has to say in a thread. It goes through the same lanes as events, so it is as durable, and in order with them. */
import {randomUUID} from 'node:crypto';
import {queueOf} from '../integrations.ts';
import {sha256} from '../secrets.ts';
import {append} from '../store/lanes.ts';
import type {Tx} from '../store/open.ts';
import type {StoredAttachment, UploadedFile} from './files.ts';

export type Person = {user_id: string; username: string; name: string};

/** A short line in the thread about something that was done. */
export type Line =
    | {what: 'claimed' | 'released' | 'closed' | 'reopened' | 'sent' | 'kept'; by: Person; reason?: string}
    | {what: 'transferred'; by: Person; to: Person}
    /** Nobody of ours did it: the visitor wrote after the conversation was closed. */
    | {what: 'asked_again'};

/** Which file is meant: its place among the attachments of a message, whose own delivery has the number `of`. */
export type FilePlace = {conversation_id: string; message_id: string; place: number; of: number};

export type OwnEvent = {timestamp: string} /** The card is to be brought up to date. */ & (
    | {type: 'bridge.card'; data: {conversation_id: string}}
    | {type: 'bridge.line'; data: {conversation_id: string; line: Line | null}}
    /** Said in a dialog or by a command: the bot says it in the thread, in the person's name. */
    | {type: 'bridge.said'; data: {conversation_id: string; kind: 'reply' | 'note'; id: string; by: Person; text: string}}
    /** A thread whose root was deleted is to be made anew. */
    | {type: 'bridge.restore'; data: {conversation_id: string}}
    /** A thread of the conversation, `root_id`, stands beside the one that was known then: it is to go on in one. */
    | {type: 'bridge.join'; data: {conversation_id: string; root_id: string; beside: string}}
    /** A reply's mark, question or hint is to be brought up to date. `isCopied`: its post is a copy, whose reactions are of another time. */
    | {type: 'bridge.reply'; data: {conversation_id: string; reply_id: string; isCopied?: true}}
    /** A file that did not come along with its message is to be brought to Mattermost. */
    | {type: 'bridge.file'; data: FilePlace & {attachment: StoredAttachment}}
    /** It is there, or never will be: its message is to show that. */
    | {type: 'bridge.attach'; data: FilePlace & ({file: UploadedFile} | {code: string})}
);
export type OwnEventOf<T extends OwnEvent['type']> = Extract<OwnEvent, {type: T}>;

const laneOf = (integration_id: string, kind: 'r' | 'c', conversation_id: string): string =>
    `${queueOf(integration_id, 'to-mattermost')}/${kind}:${conversation_id}`;

/** Marks and questions must not wait behind a visitor's message that can't be posted just now; and nothing behind a file, not even another. */
function laneFor(integration_id: string, event: OwnEvent, key: string): string {
    if (event.type === 'bridge.file') return `${queueOf(integration_id, 'to-mattermost')}/f:${key}`;
    return laneOf(integration_id, event.type === 'bridge.reply' ? 'r' : 'c', event.data.conversation_id);
}

/**
 * Queues it. Ids of ours have a `#`, which no event id may have.
 *
 * @param key what makes it one thing: the same key twice is one delivery
 * @returns its number, new or known
 */
export async function appendOwn(tx: Tx, integration_id: string, event: OwnEvent, key: string, now: number): Promise<number | null> {
    const queue = queueOf(integration_id, 'to-mattermost');
    const lane = laneFor(integration_id, event, key);
    const body = JSON.stringify(event);
    const appended = await append(
        tx,
        {
            integration_id,
            direction: 'to-mattermost',
            source_id: `#${event.type}/${key}`,
            digest: sha256(body),
            lane,
            queue,
            // Words before files.
            priority: event.type === 'bridge.file' ? 1 : 0,
            sequence: null,
            needsLane: false,
            type: event.type,
            conversation_id: event.data.conversation_id,
            body,
            state: 'queued',
            outcome: 'created',
            reason_code: null,
            reason_detail: null,
            received_at: now,
            files: [],
        },
        now,
        null,
    );
    return appended.kind === 'unknown_conversation' ? null : appended.row.seq;
}

/**
 * Queues an update of the card behind what waits in the conversation's lane, once: a burst of messages is one edit. To be called after the
 * conversation's row was written in the same transaction, whose lock keeps an update under way from ending unnoticed (`showCard`).
 *
 * @param isStale the update under way has just been found to be too old: it does not count
 */
export async function appendCard(
    tx: Tx,
    integration_id: string,
    conversation_id: string,
    now: number,
    {isStale = false}: {isStale?: boolean} = {},
): Promise<void> {
    const waiting = isStale
        ? undefined
        : await tx
              .selectFrom('delivery')
              .select('seq')
              .where('lane', '=', laneOf(integration_id, 'c', conversation_id))
              .where('state', '=', 'queued')
              .where('type', '=', 'bridge.card')
              .limit(1)
              .executeTakeFirst();
    if (waiting) return;
    const event = {type: 'bridge.card' as const, timestamp: new Date(now).toISOString(), data: {conversation_id}};
    await appendOwn(tx, integration_id, event, randomUUID(), now);
}

/** The line that says who decided about a held reply: a question may be answered by anybody in the channel. */
export const appendAnswered = (
    tx: Tx,
    {
        integration_id,
        conversation_id,
        reply_id,
        version,
    }: {integration_id: string; conversation_id: string; reply_id: string; version: number},
    what: 'sent' | 'kept',
    {user_id, username, name}: Person,
    now: number,
) => {
    const line = {what, by: {user_id, username, name}};
    const event = {type: 'bridge.line' as const, timestamp: new Date(now).toISOString(), data: {conversation_id, line}};
    // Kept first and sent later are two decisions.
    return appendOwn(tx, integration_id, event, `answered-question/${reply_id}/${version}/${what}`, now);
};

/** The reply's state changed: what is shown for it follows. */
export const appendShow = (
    tx: Tx,
    integration_id: string,
    conversation_id: string,
    reply_id: string,
    occasion: string,
    now: number,
    more: {isCopied?: true} = {},
) =>
    appendOwn(
        tx,
        integration_id,
        {type: 'bridge.reply', timestamp: new Date(now).toISOString(), data: {conversation_id, reply_id, ...more}},
        `${reply_id}/${occasion}`,
        now,
    );

/** Bytes of a withdrawn message's files that are still kept: nobody wants them any more. */
export async function forgetBytes(tx: Tx, integration_id: string, conversation_id: string, message_id: string): Promise<void> {
    const rows = await tx
        .selectFrom('delivery')
        .select(['seq', 'body'])
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .where('type', '=', 'bridge.file')
        .where('state', 'in', ['queued', 'dead'])
        .execute();
    for (const {seq, body} of rows) {
        const {data} = JSON.parse(body) as OwnEventOf<'bridge.file'>;
        if (data.message_id === message_id) await tx.deleteFrom('file').where('delivery_seq', '=', seq).execute();
    }
}
