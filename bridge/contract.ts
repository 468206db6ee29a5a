/**
 * Contract v1: everything that crosses the wire between i-Reserve and the bridge, as zod schemas.
 *
 * The OpenAPI document is generated from these schemas. A type's meaning never changes inside /v1; unknown keys are ignored so that
 * i-Reserve can add fields without asking us first. What is marked as a `detail` never costs the event (details.ts).
 */
import {z} from 'zod';
import {
    asText,
    asWhole,
    detail,
    emptyMap,
    firstOf,
    instant,
    languageTag,
    lowerCased,
    named,
    shortened,
    shortenedName,
    trimmed,
    withoutQuery,
} from './details.ts';

/** Limits stated in the document and checked by the schemas. Lengths are code points, as JSON Schema and zod count. */
export const LIMITS = {
    eventsPerBatch: 100,
    textLength: 200_000,
    attachmentsPerMessage: 50,
    fieldsPerNotification: 30,
    visitorProperties: 50,
    urlLength: 2000,
    fileUrlLength: 8000,
} as const;

export const Id = z
    .string()
    .regex(/^[A-Za-z0-9._:@~-]{1,128}$/)
    .meta({description: '1 to 128 of A-Z a-z 0-9 . _ : @ ~ -'});
const ShortDetail = detail(z.string().max(300), asText, shortened(300));
const Instant = z.iso.datetime({offset: true}).meta({description: 'ISO 8601 with offset, e.g. 2026-11-22T10:31:00+01:00'});
detail(Instant, instant);
const httpUrl = (most: number) =>
    z
        .url({protocol: /^https?$/})
        .max(most)
        .meta({description: 'http or https URL'});
const HttpUrl = detail(httpUrl(LIMITS.urlLength), trimmed, withoutQuery(LIMITS.urlLength));

export const ConversationStatus = z.enum(['open', 'waiting', 'closed']).meta({id: 'ConversationStatus'});
export type ConversationStatus = z.infer<typeof ConversationStatus>;

export const Language = z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .max(35)
    .meta({description: 'BCP 47 language tag, e.g. nl or de-AT'});
detail(Language, languageTag);
const EmailDetail = detail(z.email().max(254), trimmed);
const IdDetail = detail(Id.meta({}), trimmed, asText);
/** `null` is how many languages write "not set". */
const optional = <S extends z.ZodType>(schema: S) => detail(schema.optional());

export const Visitor = z
    .object({
        id: optional(IdDetail),
        name: optional(ShortDetail),
        email: optional(EmailDetail),
        properties: optional(
            detail(
                z
                    .record(
                        z.string().max(100),
                        detail(z.union([z.string().max(1000), z.number(), z.boolean()]).optional(), shortened(1000)),
                    )
                    .meta({
                        description: 'Shown only as far as the integration allows, and usable in routing rules.',
                        maxProperties: LIMITS.visitorProperties,
                    }),
                emptyMap,
                firstOf(LIMITS.visitorProperties),
            ),
        ),
    })
    .meta({id: 'Visitor'});
export type Visitor = z.infer<typeof Visitor>;

export const Page = z.object({url: HttpUrl, title: optional(ShortDetail)}).meta({id: 'Page'});
export type Page = z.infer<typeof Page>;

const Assignee = z.object({id: optional(IdDetail), name: ShortDetail, email: optional(EmailDetail)}).meta({id: 'Assignee'});

/** What the live card shows. Each field is optional in an update; `null` clears it. */
const conversationFields = {
    visitor: optional(Visitor),
    page: detail(Page.nullish()),
    topic: detail(ShortDetail.nullish()),
    language: detail(Language.nullish()),
    status: detail(ConversationStatus.optional(), lowerCased),
    assignee: detail(Assignee.nullish()),
    booking_id: detail(
        IdDetail.nullish().meta({
            description: 'The booking this is about; shown with its dates and status when the integration may look.',
        }),
    ),
    started_at: optional(Instant),
};

const MessageAuthor = z
    .object({type: z.enum(['visitor', 'agent', 'bot']), id: optional(IdDetail), name: optional(ShortDetail)})
    .meta({id: 'MessageAuthor'});
export type MessageAuthor = z.infer<typeof MessageAuthor>;

const TextFormat = z.enum(['plain', 'markdown']);
const Text = z.string().max(LIMITS.textLength);

const attachmentFields = {
    name: detail(z.string().min(1).max(255), named('file'), asText, shortenedName(255)),
    mime_type: optional(z.string().max(127)),
};
export const Attachment = z
    .union([
        z.object({...attachmentFields, url: detail(httpUrl(LIMITS.fileUrlLength), trimmed)}).meta({
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
// Left out of the event, it is still told: the message says that a file did not come along.
detail(Attachment);
export type Attachment = z.infer<typeof Attachment>;

const envelope = {
    id: Id.meta({description: 'Unique per event; the idempotency key. A retry carries the same id and the same body.'}),
    timestamp: detail(Instant.meta({description: 'When it happened at the source. Late arrivals never overwrite newer facts.'}), instant),
    sequence: detail(
        z
            .int()
            .min(1)
            .max(Number.MAX_SAFE_INTEGER)
            .optional()
            .meta({description: 'Optional: 1, 2, 3 … per conversation. A gap is reported in the answer and the integration log.'}),
        asWhole,
    ),
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
            reason: optional(ShortDetail),
            closed_by: optional(MessageAuthor),
        }),
        event('message.created', 'Something was said. May arrive before conversation.started.', {
            conversation_id,
            message_id,
            author: MessageAuthor,
            text: Text.default(''),
            format: TextFormat.default('plain'),
            attachments: z.array(Attachment).max(LIMITS.attachmentsPerMessage).nullable().default([]),
            origin_id: Id.nullish().meta({
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
            title: detail(z.string().min(1).max(300), asText, shortened(300)),
            text: Text.default(''),
            format: TextFormat.default('plain'),
            fields: detail(
                z
                    .array(detail(z.object({title: ShortDetail, value: detail(z.string().max(2000), asText, shortened(2000))})))
                    .max(LIMITS.fieldsPerNotification)
                    .default([]),
                firstOf(LIMITS.fieldsPerNotification),
            ),
            link: optional(z.object({url: HttpUrl, title: optional(ShortDetail)})),
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

export const Warnings = z
    .array(
        z.object({
            path: z.string().meta({description: 'Which field, e.g. data.page.url'}),
            code: z.enum(['shortened', 'normalised', 'left_out']),
        }),
    )
    .optional()
    .meta({description: 'Details that did not fit: it was accepted without them, or with what could be made of them.'});

export const FileOutcome = z
    .object({
        name: z.string(),
        state: z.enum(['attached', 'linked', 'waiting', 'missing']),
        code: z.string().optional().meta({description: 'Why it is waiting or missing: one of the attachment_ codes of docs/errors.md.'}),
    })
    .meta({
        id: 'FileOutcome',
        description:
            'attached: it stands with the message · linked: the callback has an address to fetch it from · waiting: the message went first, the file follows · missing: the message went without it',
    });
export type FileOutcome = z.infer<typeof FileOutcome>;

export const EventOutcome = z
    .object({
        event_id: z.string(),
        outcome: z.enum(['created', 'updated', 'duplicate', 'ignored', 'refused']),
        state: DeliveryState.optional().meta({description: 'Absent when refused, and for visitor.typing, which is never stored.'}),
        reason: Reason.optional().meta({description: 'Why it was ignored, is still queued after a failed try, or is dead.'}),
        problem: Problem.optional().meta({description: 'Why it was refused.'}),
        warnings: Warnings,
        gap: z
            .object({expected: z.int(), received: z.int()})
            .optional()
            .meta({description: 'The sequence number expected next in this conversation, and the one that came.'}),
        thread: z.object({channel_id: z.string(), root_id: z.string(), url: z.string()}).optional(),
        post_ids: z.array(z.string()).optional(),
        files: z.array(FileOutcome).optional().meta({
            description: 'What became of each attachment, in their order; once the message is delivered, and only where it had any.',
        }),
        status_url: z.string().optional(),
    })
    .meta({id: 'EventOutcome'});
export type EventOutcome = z.infer<typeof EventOutcome>;

export const BatchOutcome = z.object({results: z.array(EventOutcome)}).meta({id: 'BatchOutcome'});

export const RoutingQuestion = z
    .object({
        language: optional(Language),
        topic: optional(ShortDetail),
        page: optional(Page),
        visitor: optional(Visitor),
    })
    .meta({id: 'RoutingQuestion'});
export type RoutingQuestion = z.infer<typeof RoutingQuestion>;

export const RoutingAnswer = z
    .object({
        channel_id: z.string(),
        rule: z.int().nullable().meta({description: 'Index of the first matching rule; null: the mirror channel.'}),
        considered: z.array(z.object({rule: z.int(), matched: z.boolean(), why: z.string()})),
        warnings: Warnings,
    })
    .meta({id: 'RoutingAnswer'});
export type RoutingAnswer = z.infer<typeof RoutingAnswer>;
