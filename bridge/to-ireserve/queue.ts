/** What is on its way to i-Reserve, as it waits in the store, and the one place that queues it. */
import {queueOf} from '../integrations.ts';
import {sha256} from '../secrets.ts';
import {append} from '../store/lanes.ts';
import type {Tx} from '../store/open.ts';
import type {Person} from './people.ts';

/** `gone`: the post names it, and Mattermost has it no more. */
export type ReplyFile = {id: string; name: string; mime_type: string; size: number; gone?: true};
export type Speaker = Pick<Person, 'user_id' | 'username' | 'name' | 'email'>;

/** A reply's words as they were when they were taken; what is sent is decided at the first try. */
export type QueuedReply = {
    timestamp: string;
    type: 'message.created' | 'message.edited';
    reply_id: string;
    version: number;
    by: Speaker;
    text: string;
    files: ReplyFile[];
    /** Readable names of the users and channels the text mentions. */
    mentions: {users: Record<string, string>; channels: Record<string, string>};
    /** What it answers: what stood in the thread by then, ms by Mattermost's clock. Missing in what earlier versions queued. */
    answers?: number;
    /** A try was answered, and not with 2xx: a proxy may have said so after i-Reserve took it. */
    tried?: true;
    /** Not before then (ms since 1970): deleting or editing the post until then changes what leaves. */
    not_before: number;
};
export type QueuedDeletion = {timestamp: string; type: 'message.deleted'; reply_id: string; by: Speaker};
export type QueuedAct = {
    timestamp: string;
    type: 'conversation.claimed' | 'conversation.released' | 'conversation.transferred' | 'conversation.closed' | 'conversation.reopened';
    /** Null: the visitor's own message did it. */
    by: Speaker | null;
    to?: Speaker;
    reason?: string;
    message_id?: string;
};
export type Queued = QueuedReply | QueuedDeletion | QueuedAct;

/** @param key what makes it one thing: the same key twice is one delivery */
export async function appendToIreserve(
    tx: Tx,
    integration_id: string,
    conversation_id: string,
    queued: Queued,
    key: string,
    now: number,
): Promise<void> {
    const queue = queueOf(integration_id, 'to-ireserve');
    const body = JSON.stringify(queued);
    await append(
        tx,
        {
            integration_id,
            direction: 'to-ireserve',
            source_id: key,
            digest: sha256(body),
            lane: `${queue}/c:${conversation_id}`,
            queue,
            priority: 0,
            sequence: null,
            needsLane: false,
            type: queued.type,
            conversation_id,
            body,
            state: 'queued',
            outcome: queued.type === 'message.created' ? 'created' : 'updated',
            reason_code: null,
            reason_detail: null,
            received_at: now,
            files: [],
        },
        now,
        null,
    );
}

/** One key per version: the same version heard by every ear is queued once. */
export const replyKey = (reply_id: string, what: 'created' | 'edited' | 'deleted', version: number): string =>
    `${reply_id}/${what}/${version}`;
