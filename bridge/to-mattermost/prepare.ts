/** An event as it came → a delivery to store: checked against contract and integration, its bytes taken out. */
import {randomUUID} from 'node:crypto';
import {BridgeEvent, EVENT_TYPES, EventBatch, type EventType} from '../contract.ts';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {queueOf} from '../integrations.ts';
import {parseLeniently, type Warning} from '../lenient-parse.ts';
import type {Path} from '../schema-walk.ts';
import {sha256} from '../secrets.ts';
import {type NewDelivery, NO_BODY} from '../store/lanes.ts';
import type {StoredAttachment} from './files.ts';

/** Files of a multipart request, by the name of their part. */
export type Parts = Map<string, {name: string; bytes: Uint8Array}>;

/** Types that make sense only for a conversation the bridge has heard of. */
const NEEDS_CONVERSATION: ReadonlySet<EventType> = new Set([
    'conversation.closed',
    'message.edited',
    'message.deleted',
    'message.state',
    'visitor.typing',
    'visitor.presence',
]);
const CREATES: ReadonlySet<EventType> = new Set(['conversation.started', 'message.created', 'notification.created']);

export type Prepared = {event: BridgeEvent; delivery: NewDelivery; warnings: Warning[]};

/** One event, or a batch. @throws BridgeError invalid_event */
export function eventsOf(body: unknown): {events: unknown[]; batch: boolean} {
    // An event may carry keys we don't know, `events` among them; what has a type is an event.
    if (typeof body !== 'object' || body === null || !('events' in body) || 'type' in body) return {events: [body], batch: false};
    const parsed = parseLeniently(EventBatch, body, {strict: true});
    if (!parsed.ok) throw new BridgeError('invalid_event', 'the batch does not fit the contract', {errors: parsed.errors});
    return {events: parsed.data.events, batch: true};
}

export const isKnown = (type: string): boolean => (EVENT_TYPES as readonly string[]).includes(type);

/** Id and type for the answer and the log, even of an event that does not fit. */
export function named(given: unknown): {id: string; type: string} {
    const {id, type} = (typeof given === 'object' && given !== null ? given : {}) as {id?: unknown; type?: unknown};
    return {id: typeof id === 'string' ? id.slice(0, 128) : '', type: typeof type === 'string' ? type.slice(0, 64) : ''};
}

export function prepare(
    receiver: {maxFileBytes: number; now: () => number},
    integration: Integration,
    given: unknown,
    parts: Parts,
    {strict = false}: {strict?: boolean} = {},
): Prepared {
    const {type} = named(given);
    if (type && !isKnown(type)) throw new BridgeError('unknown_type', `${type} is not a type of contract v1`);
    const parsed = parseLeniently(BridgeEvent, given, {strict});
    if (!parsed.ok) throw new BridgeError('invalid_event', 'see errors', {errors: parsed.errors});
    const event = parsed.data;
    const claimed = event.integration;
    if (claimed && (claimed.licence !== integration.licence || claimed.environment !== integration.environment)) {
        throw new BridgeError('wrong_integration', `the credential belongs to ${integration.licence} (${integration.environment})`);
    }
    const lost = lostAttachments(given, parsed.leftOut);
    const {data, files, warnings} = takeFiles(event, parts, {maxFileBytes: receiver.maxFileBytes, strict, lost});
    const conversation_id = 'conversation_id' in event.data ? event.data.conversation_id : null;
    const ignored = ignoredAtOnce(integration, event);
    const lane =
        conversation_id === null && event.type === 'notification.created' ? `n:${event.data.notification_type}` : `c:${conversation_id}`;
    return {
        event,
        warnings: [...parsed.warnings, ...warnings],
        delivery: {
            integration_id: integration.id,
            direction: 'to-mattermost',
            source_id: event.id,
            digest: sha256(digestible(event, files)),
            lane: `${queueOf(integration.id, 'to-mattermost')}/${lane}`,
            queue: queueOf(integration.id, 'to-mattermost'),
            priority: event.type === 'notification.created' ? 1 : 0,
            sequence: event.sequence ?? null,
            needsLane: NEEDS_CONVERSATION.has(event.type) && ignored?.code !== 'integration_inactive',
            type: event.type,
            conversation_id,
            body: ignored ? NO_BODY : JSON.stringify({...event, data}),
            state: ignored ? 'ignored' : 'queued',
            outcome: ignored ? 'ignored' : CREATES.has(event.type) ? 'created' : 'updated',
            reason_code: ignored?.code ?? null,
            reason_detail: ignored?.detail ?? null,
            received_at: receiver.now(),
            files: ignored ? [] : files.filter((file) => file.bytes.length <= receiver.maxFileBytes),
        },
    };
}

function ignoredAtOnce(integration: Integration, event: BridgeEvent): {code: string; detail: string} | null {
    if (integration.state === 'inactive')
        return {code: 'integration_inactive', detail: `${integration.name} is inactive: mirroring is stopped`};
    if (event.type === 'visitor.typing' && integration.state === 'paused')
        return {code: 'integration_paused', detail: 'typing is not kept for later'};
    if (event.type === 'notification.created' && !Object.hasOwn(integration.config.notifications, event.data.notification_type)) {
        return {code: 'notification_unmapped', detail: `no channel is set for notifications of type ${event.data.notification_type}`};
    }
    return null;
}

type TakenFile = {id: string; bytes: Uint8Array};
type Taking = {maxFileBytes: number; strict: boolean; lost: StoredAttachment[]};

/** Takes inline and multipart bytes out of the event; they are stored beside it. */
function takeFiles(
    event: BridgeEvent,
    parts: Parts,
    {maxFileBytes, strict, lost}: Taking,
): {data: object; files: TakenFile[]; warnings: Warning[]} {
    if (event.type !== 'message.created') return {data: event.data, files: [], warnings: []};
    const files: TakenFile[] = [];
    const warnings: Warning[] = [];
    const attachments = (event.data.attachments ?? []).map((attachment, index): StoredAttachment => {
        if ('url' in attachment) return attachment;
        const {name, mime_type} = attachment;
        const bytes = 'part' in attachment ? parts.get(attachment.part)?.bytes : Buffer.from(attachment.content_base64, 'base64');
        if (!bytes) {
            const path = `data.attachments.${index}.part`;
            if (strict)
                throw new BridgeError('invalid_event', 'see errors', {errors: [{path, message: 'the request has no part of this name'}]});
            warnings.push({path, code: 'left_out'});
            return {name, code: 'attachment_unreadable'};
        }
        const file = {id: randomUUID(), bytes};
        files.push(file);
        // A file over the limit is not stored; its size stays, so that the thread says what is missing.
        return {name, mime_type, file_id: bytes.length > maxFileBytes ? '' : file.id, size: bytes.length};
    });
    return {data: {...event.data, attachments: [...attachments, ...lost]}, files, warnings};
}

/** Attachments that did not fit the contract: the message says that they did not come along. */
function lostAttachments(given: unknown, leftOut: readonly Path[]): StoredAttachment[] {
    return leftOut.flatMap(([data, list, index, ...more]): StoredAttachment[] => {
        if (data !== 'data' || list !== 'attachments' || typeof index !== 'number' || more.length > 0) return [];
        const {attachments} = (given as {data: {attachments: unknown[]}}).data;
        const {name, url} = (attachments[index] ?? {}) as {name?: unknown; url?: unknown};
        const code = url === undefined ? 'attachment_unreadable' : 'attachment_url_invalid';
        return [{name: typeof name === 'string' && name !== '' ? name.slice(0, LONGEST_LOST_NAME) : 'file', code}];
    });
}

const LONGEST_LOST_NAME = 255;

/** The same for every sending of one event: random file ids are replaced by their content's hash. */
function digestible(event: BridgeEvent, files: TakenFile[]): string {
    if (event.type !== 'message.created') return JSON.stringify(event);
    const attachments = (event.data.attachments ?? []).map((attachment) => ('url' in attachment ? attachment : {name: attachment.name}));
    return JSON.stringify([{...event, data: {...event.data, attachments}}, files.map((file) => sha256(file.bytes))]);
}
