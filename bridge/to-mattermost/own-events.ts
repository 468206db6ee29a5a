/** What the bridge itself has to say in a thread. It goes through the same lanes as events, so it is as durable, and in order with them. */
import {queueOf} from '../integrations.ts';
import {sha256} from '../secrets.ts';
import {append} from '../store/lanes.ts';
import type {Tx} from '../store/open.ts';

export type Person = {user_id: string; username: string; name: string};

/** A short line in the thread about something that was done. */
export type Line =
    | {what: 'claimed' | 'released' | 'closed' | 'reopened' | 'sent' | 'kept'; by: Person; reason?: string}
    | {what: 'transferred'; by: Person; to: Person};

export type OwnEvent = {timestamp: string} & (
    | {type: 'bridge.line'; data: {conversation_id: string; line: Line | null}}
    /** Said in a dialog or by a command: the bot says it in the thread, in the person's name. */
    | {type: 'bridge.said'; data: {conversation_id: string; kind: 'reply' | 'note'; id: string; by: Person; text: string}}
    /** A thread whose root was deleted is to be made anew. */
    | {type: 'bridge.restore'; data: {conversation_id: string}}
    /** A thread of the conversation, `root_id`, stands beside the one that was known then: it is to go on in one. */
    | {type: 'bridge.join'; data: {conversation_id: string; root_id: string; beside: string}}
    /** A reply's mark, question or hint is to be brought up to date. */
    | {type: 'bridge.reply'; data: {conversation_id: string; reply_id: string}}
);
export type OwnEventOf<T extends OwnEvent['type']> = Extract<OwnEvent, {type: T}>;

/**
 * Queues it. Ids of ours have a `#`, which no event id may have.
 *
 * @param key what makes it one thing: the same key twice is one delivery
 */
export async function appendOwn(tx: Tx, integration_id: string, event: OwnEvent, key: string, now: number): Promise<void> {
    const queue = queueOf(integration_id, 'to-mattermost');
    // Marks and questions must not wait behind a visitor's message that can't be posted just now.
    const lane = `${queue}/${event.type === 'bridge.reply' ? 'r' : 'c'}:${event.data.conversation_id}`;
    const body = JSON.stringify(event);
    await append(
        tx,
        {
            integration_id,
            direction: 'to-mattermost',
            source_id: `#${event.type}/${key}`,
            digest: sha256(body),
            lane,
            queue,
            priority: 0,
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
}

/** The reply's state changed: what is shown for it follows. */
export const appendShow = (tx: Tx, integration_id: string, conversation_id: string, reply_id: string, occasion: string, now: number) =>
    appendOwn(
        tx,
        integration_id,
        {type: 'bridge.reply', timestamp: new Date(now).toISOString(), data: {conversation_id, reply_id}},
        `${reply_id}/${occasion}`,
        now,
    );
