/**
 * Contract v1, the other way: what the bridge calls i-Reserve with, and what it answers. The webhooks section of the OpenAPI document is made
 * from this. Same envelope as the events; new keys may come, so unknown ones are to be ignored on both sides.
 */
import {z} from 'zod';
import {detail, trimmed} from './details.ts';

const Instant = z.string().meta({description: 'ISO 8601, UTC'});
const AgentAuthor = z
    .object({
        type: z.literal('agent'),
        id: z.string().optional().meta({description: 'i-Reserve’s id of the agent, when the Mattermost user is matched to one.'}),
        name: z
            .string()
            .meta({description: 'The agent’s name at i-Reserve, or else the display name in Mattermost. Never another person’s.'}),
        mattermost_user_id: z.string(),
    })
    .meta({id: 'AgentAuthor'});
export type AgentAuthor = z.infer<typeof AgentAuthor>;

const fileFields = {id: z.string(), name: z.string(), mime_type: z.string(), size: z.int().meta({description: 'Bytes'})};
const ReplyAttachment = z
    .union([
        z.object({...fileFields, url: z.string(), expires_at: Instant}).meta({
            id: 'ReplyFileByUrl',
            description: 'Fetch it soon: the address needs no log-in and works until expires_at. Range is supported.',
        }),
        z
            .object({...fileFields, content_base64: z.string()})
            .meta({id: 'ReplyFileInline', description: 'The bytes themselves, when the integration asks for them.'}),
    ])
    .meta({id: 'ReplyAttachment'});
export type ReplyAttachment = z.infer<typeof ReplyAttachment>;

const envelope = {
    id: z.string().meta({description: 'Equal to the webhook-id header, and the same for every retry: take it once.'}),
    timestamp: Instant.meta({description: 'When it happened in Mattermost.'}),
    integration: z.object({licence: z.string(), environment: z.enum(['test', 'production'])}),
    replayed: z.literal(true).optional().meta({
        description:
            'Sent again by hand after it was given up: younger callbacks of the conversation may have come before. `timestamp` says when it happened.',
    }),
    trial: z
        .literal(true)
        .optional()
        .meta({description: 'Part of an admin’s round trip: answer 2xx, and do nothing. The conversation is one you never had.'}),
};

const message = {
    conversation_id: z.string(),
    message_id: z.string().meta({description: 'Of this message, in edits and deletions too.'}),
    remote_message_id: z.string().optional().meta({description: 'The message_id i-Reserve answered to message.created, if it did.'}),
    author: AgentAuthor,
};
const words = {
    text: z.string().meta({description: 'Markdown, with mentions and emoji as readable text.'}),
    format: z.literal('markdown'),
    text_plain: z.string(),
    text_html: z.string().meta({description: 'A safe fragment: no scripts, no styles, no images; links are http, https, mailto or tel.'}),
    attachments: z.array(ReplyAttachment),
};
const act = {conversation_id: z.string(), agent: AgentAuthor};

const callback = <T extends string, D extends z.ZodRawShape>(type: T, description: string, data: D) =>
    z
        .object({...envelope, type: z.literal(type), data: z.object(data)})
        .meta({id: `Callback${type.replace(/(^|\.)(\w)/g, (_, __, letter: string) => letter.toUpperCase())}`, description});

export const Callback = z
    .discriminatedUnion('type', [
        callback('message.created', 'An agent answered.', {...message, ...words}),
        callback('message.edited', 'An agent changed an answer. Comes after its message.created.', {...message, ...words}),
        callback('message.deleted', 'An agent took an answer back.', message),
        callback('conversation.claimed', 'An agent took the conversation.', {...act, assignee: AgentAuthor}),
        callback('conversation.released', 'The agent gave it back; nobody has it.', {...act, assignee: z.null()}),
        callback('conversation.transferred', 'It was handed to another agent.', {...act, assignee: AgentAuthor}),
        callback('conversation.closed', 'An agent closed it.', {...act, status: z.literal('closed'), reason: z.string().optional()}),
        callback('conversation.reopened', 'An agent opened it again, or the visitor by writing after it was closed.', {
            conversation_id: z.string(),
            agent: AgentAuthor.nullable().meta({description: 'Null: the visitor wrote after the conversation was closed.'}),
            status: z.enum(['open', 'waiting']).meta({description: 'waiting: the visitor wrote, and waits for an answer.'}),
            message_id: z.string().optional().meta({description: 'With agent null: the visitor’s message that did it.'}),
        }),
        callback(
            'ping',
            'An admin’s check (`ireserve-bridge doctor`): nothing happened. Answer 2xx when the signature is right, 401 when it is not.',
            {},
        ),
        callback('typing', 'An agent is typing. Sent once, never repeated; worth nothing after some seconds.', act),
    ])
    .meta({id: 'Callback'});
export type Callback = z.infer<typeof Callback>;
export type CallbackType = Callback['type'];
export const CALLBACKS = Callback.options;

/** Every key may be missing: an empty 200 is an answer. */
export const CallbackAnswer = z
    .object({
        message_id: z
            .string()
            .max(128)
            .nullish()
            .meta({description: 'i-Reserve’s own id of the message; comes back in its edits. A whole number is read as text.'}),
        state: z.enum(['delivered', 'seen']).nullish().meta({description: 'When the visitor’s browser has it already.'}),
    })
    .meta({id: 'CallbackAnswer', description: 'Any 2xx means: taken. A repeat of a known id is taken too.'});

export const ListedAgent = z
    .object({
        id: z.string().regex(/^[A-Za-z0-9._:@~-]{1,128}$/),
        name: z.string().min(1).max(300),
        email: detail(z.email().max(254), trimmed).transform((email) => email.toLowerCase()),
    })
    .meta({id: 'ListedAgent'});
export const AgentList = z.object({agents: z.array(ListedAgent).max(10_000)}).meta({
    id: 'AgentList',
    description: 'All agents there are: who is not in it any more is forgotten, except where a Mattermost user is matched already.',
});
export type AgentList = z.infer<typeof AgentList>;
