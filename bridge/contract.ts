/**
 * Contract v1: everything that crosses the wire between i-Reserve and the bridge, as zod schemas.
 *
 * The OpenAPI document is generated from these schemas. A type's meaning never changes inside /v1; unknown keys are ignored so that
 * i-Reserve can add fields without asking us first.
 */
import {z} from 'zod';

/** Limits stated in the document and checked by the schemas. Lengths are UTF-16 units; JSON Schema itself counts code points, never more. */
export const LIMITS = {
    eventsPerBatch: 100,
    textLength: 200_000,
    attachmentsPerMessage: 50,
    fieldsPerNotification: 30,
    visitorProperties: 50,
} as const;

export const Id = z
    .string()
    .regex(/^[A-Za-z0-9._:@~-]{1,128}$/)
    .meta({description: '1 to 128 of A-Z a-z 0-9 . _ : @ ~ -'});
const ShortText = z.string().max(300);
const Instant = z.iso.datetime({offset: true}).meta({description: 'ISO 8601 with offset, e.g. 2026-11-22T10:31:00+01:00'});
const HttpUrl = z
    .url({protocol: /^https?$/})
    .max(2000)
    .meta({description: 'http or https URL'});

export const ConversationStatus = z.enum(['open', 'waiting', 'closed']).meta({id: 'ConversationStatus'});
export type ConversationStatus = z.infer<typeof ConversationStatus>;

export const Language = z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .max(35)
    .meta({description: 'BCP 47 language tag, e.g. nl or de-AT'});

export const Visitor = z
    .object({
        id: Id.optional(),
        name: ShortText.optional(),
        email: z.email().max(254).optional(),
        properties: z
            .record(z.string().max(100), z.union([z.string().max(1000), z.number(), z.boolean()]))
            .refine((value) => Object.keys(value).length <= LIMITS.visitorProperties, `at most ${LIMITS.visitorProperties} properties`)
            .optional()
            .meta({
                description: 'Shown only as far as the integration allows, and usable in routing rules.',
                maxProperties: LIMITS.visitorProperties,
            }),
    })
    .meta({id: 'Visitor'});
export type Visitor = z.infer<typeof Visitor>;

export const Page = z.object({url: HttpUrl, title: ShortText.optional()}).meta({id: 'Page'});
export type Page = z.infer<typeof Page>;

const Assignee = z.object({id: Id.optional(), name: ShortText, email: z.email().max(254).optional()}).meta({id: 'Assignee'});

/** What the live card shows. Each field is optional in an update; `null` clears it. */
const conversationFields = {
    visitor: Visitor.optional(),
    page: Page.nullish(),
    topic: ShortText.nullish(),
    language: Language.nullish(),
    status: ConversationStatus.optional(),
    assignee: Assignee.nullish(),
    booking_id: Id.nullish().meta({
        description: 'The booking this is about; shown with its dates and status when the integration may look.',
    }),
    started_at: Instant.optional(),
};

const MessageAuthor = z
    .object({type: z.enum(['visitor', 'agent', 'bot']), id: Id.optional(), name: ShortText.optional()})
    .meta({id: 'MessageAuthor'});
export type MessageAuthor = z.infer<typeof MessageAuthor>;

const TextFormat = z.enum(['plain', 'markdown']);
const Text = z.string().max(LIMITS.textLength);

const attachmentFields = {name: z.string().min(1).max(255), mime_type: z.string().max(127).optional()};
export const Attachment = z
    .union([
        z.object({...attachmentFields, url: HttpUrl}).meta({
            id: 'AttachmentByUrl',
            description: 'Fetched by the bridge when it delivers; the host must be on the integration’s list.',
        }),
        z
            .object({
                ...attachmentFields,
                // Not z.base64(): its grouped pattern is no match for megabytes.
                content_base64: z
                    .string()
                    .regex(/^[A-Za-z0-9+/]*={0,2}$/)
                    .refine((text) => text.length % 4 === 0, 'not base64')
                    .meta({contentEncoding: 'base64'}),
            })
            .meta({id: 'AttachmentInline', description: 'The bytes themselves, base64.'}),
        z
            .object({...attachmentFields, part: z.string().min(1).max(100)})
            .meta({id: 'AttachmentPart', description: 'The bytes are in the multipart part of this name.'}),
    ])
    .meta({id: 'Attachment'});
export type Attachment = z.infer<typeof Attachment>;

const envelope = {
    id: Id.meta({description: 'Unique per event; the idempotency key. A retry carries the same id and the same body.'}),
    timestamp: Instant.meta({description: 'When it happened at the source. Late arrivals never overwrite newer facts.'}),
    sequence: z
        .int()
        .min(1)
        .max(Number.MAX_SAFE_INTEGER)
        .optional()
        .meta({description: 'Optional: 1, 2, 3 … per conversation. A gap is reported in the answer and the integration log.'}),
    integration: z
        .object({licence: z.string().max(100), environment: z.enum(['test', 'production'])})
        .optional()
        .meta({description: 'Optional cross-check: must name the integration the credential belongs to.'}),
};

const event = <T extends string, D extends z.ZodRawShape>(type: T, description: string, data: D) =>
    z
        .object({...envelope, type: z.literal(type), data: z.object(data)})
        .meta({id: type.replace(/(^|\.)(\w)/g, (_, __, letter: string) => letter.toUpperCase()), description});

const conversation_id = Id;
const message_id = Id;

export const BridgeEvent = z
    .discriminatedUnion('type', [
        event('conversation.started', 'A visitor opened a web chat. Makes the thread’s root post.', {
            conversation_id,
            ...conversationFields,
        }),
        event('conversation.updated', 'Something on the card changed: visitor data, page, status, assignee, language.', {
            conversation_id,
            ...conversationFields,
        }),
        event('conversation.closed', 'The web chat ended.', {
            conversation_id,
            reason: ShortText.optional(),
            closed_by: MessageAuthor.optional(),
        }),
        event('message.created', 'Something was said. May arrive before conversation.started.', {
            conversation_id,
            message_id,
            author: MessageAuthor,
            text: Text.default(''),
            format: TextFormat.default('plain'),
            attachments: z.array(Attachment).max(LIMITS.attachmentsPerMessage).default([]),
            origin_id: Id.optional().meta({
                description: 'When this is what a callback brought: its message_id. Such an echo is taken and not shown again.',
            }),
        }),
        event('message.edited', 'The text of a message was changed.', {
            conversation_id,
            message_id,
            text: Text,
            format: TextFormat.default('plain'),
        }),
        event('message.deleted', 'A message was withdrawn.', {conversation_id, message_id}),
        event('message.state', 'What became of an agent’s message on its way to the visitor’s screen.', {
            conversation_id,
            message_id: Id.meta({description: 'The message_id of the callback, or the one i-Reserve answered to it.'}),
            state: z.enum(['delivered', 'seen']),
        }),
        event('visitor.typing', 'The visitor is typing. Passed on at once, never stored or retried.', {conversation_id}),
        event('visitor.presence', 'The visitor came, went idle, or left.', {
            conversation_id,
            presence: z.enum(['online', 'away', 'left']),
        }),
        event('notification.created', 'A standalone post in the channel mapped to its type; unmapped types are not sent.', {
            notification_id: Id,
            notification_type: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
            title: z.string().min(1).max(300),
            text: Text.default(''),
            format: TextFormat.default('plain'),
            fields: z
                .array(z.object({title: ShortText, value: z.string().max(2000)}))
                .max(LIMITS.fieldsPerNotification)
                .default([]),
            link: z.object({url: HttpUrl, title: ShortText.optional()}).optional(),
        }),
    ])
    .meta({id: 'Event'});
export type BridgeEvent = z.infer<typeof BridgeEvent>;
export type EventType = BridgeEvent['type'];
export type EventOf<T extends EventType> = Extract<BridgeEvent, {type: T}>;
export const EVENT_TYPES: readonly EventType[] = BridgeEvent.options.map((option) => option.shape.type.value);

export const EventBatch = z
    .object({events: z.array(z.unknown()).min(1).max(LIMITS.eventsPerBatch)})
    .meta({id: 'EventBatch', description: 'Each member is an Event and gets its own outcome, in order.'});

/** Where a delivery stands. Only evidence from the other side makes it `delivered`. */
export const DeliveryState = z.enum(['queued', 'delivered', 'ignored', 'dead', 'discarded']).meta({
    id: 'DeliveryState',
    description:
        'queued: stored, on its way · delivered: seen in Mattermost · ignored: nothing to send, see reason · ' +
        'dead: given up after the time limit, can be replayed · discarded: given up by an admin',
});
export type DeliveryState = z.infer<typeof DeliveryState>;

export const Reason = z.object({code: z.string(), detail: z.string()}).meta({id: 'Reason'});
export type Reason = z.infer<typeof Reason>;

export const Problem = z
    .object({
        type: z.string(),
        title: z.string(),
        status: z.int(),
        code: z.string().meta({description: 'Stable; decide on this.'}),
        detail: z.string(),
        next: z.string().meta({description: 'What to do about it.'}),
        request_id: z.string(),
        errors: z.array(z.object({path: z.string(), message: z.string()})).optional(),
        server_time: z.string().optional().meta({description: 'With clock_skew: the bridge’s clock.'}),
    })
    .meta({id: 'Problem', description: 'RFC 9457 problem details.'});
export type Problem = z.infer<typeof Problem>;

export const EventOutcome = z
    .object({
        event_id: z.string(),
        outcome: z.enum(['created', 'updated', 'duplicate', 'ignored', 'refused']),
        state: DeliveryState.optional().meta({description: 'Absent when refused, and for visitor.typing, which is never stored.'}),
        reason: Reason.optional().meta({description: 'Why it was ignored, is still queued after a failed try, or is dead.'}),
        problem: Problem.optional().meta({description: 'Why it was refused.'}),
        gap: z
            .object({expected: z.int(), received: z.int()})
            .optional()
            .meta({description: 'The sequence number expected next in this conversation, and the one that came.'}),
        thread: z.object({channel_id: z.string(), root_id: z.string(), url: z.string()}).optional(),
        post_ids: z.array(z.string()).optional(),
        status_url: z.string().optional(),
    })
    .meta({id: 'EventOutcome'});
export type EventOutcome = z.infer<typeof EventOutcome>;

export const BatchOutcome = z.object({results: z.array(EventOutcome)}).meta({id: 'BatchOutcome'});

export const RoutingQuestion = z
    .object({
        language: Language.optional(),
        topic: ShortText.optional(),
        page: Page.optional(),
        visitor: Visitor.optional(),
    })
    .meta({id: 'RoutingQuestion'});
export type RoutingQuestion = z.infer<typeof RoutingQuestion>;

export const RoutingAnswer = z
    .object({
        channel_id: z.string(),
        rule: z.int().nullable().meta({description: 'Index of the first matching rule; null: the mirror channel.'}),
        considered: z.array(z.object({rule: z.int(), matched: z.boolean(), why: z.string()})),
    })
    .meta({id: 'RoutingAnswer'});
export type RoutingAnswer = z.infer<typeof RoutingAnswer>;
