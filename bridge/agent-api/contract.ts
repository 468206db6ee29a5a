/** What the agent API answers with. Names, texts and titles are a visitor's own words: plain text, to be shown as text and nothing else. */
import {z} from 'zod';
import {ConversationStatus, FileOutcome, Page, Reason} from '../contract.ts';

export const Instant = z.string().meta({description: 'ISO 8601, UTC'});

export const ThreadPlace = z.object({channel_id: z.string(), root_id: z.string(), url: z.string()}).meta({id: 'ThreadPlace'});
export type ThreadPlace = z.infer<typeof ThreadPlace>;

export const AgentPerson = z.object({user_id: z.string(), name: z.string()}).meta({id: 'AgentPerson'});

const summaryFields = {
    conversation_id: z.string(),
    visitor: z.object({
        name: z.string().nullable(),
        email: z.string().optional().meta({description: 'Only where the integration lets the card show it.'}),
        language: z.string().nullable(),
    }),
    page: Page.nullable(),
    topic: z.string().nullable(),
    status: ConversationStatus,
    assignee: z.object({name: z.string(), user_id: z.string().nullable()}).nullable(),
    waiting_since: Instant.nullable(),
    started_at: Instant,
    activity_at: Instant,
    presence: z.enum(['online', 'away', 'left']).nullable(),
    thread: ThreadPlace.nullable(),
    failed: z.int().meta({description: 'Replies that were given up.'}),
    asked: z.int().meta({description: 'Replies that are held until somebody says whether they are for the visitor.'}),
    preview: z
        .object({author: z.object({type: z.enum(['visitor', 'agent', 'bot']), name: z.string()}), text: z.string(), at: Instant})
        .nullable()
        .meta({description: 'The first words of what i-Reserve last brought.'}),
};

export const ConversationSummary = z.object(summaryFields).meta({id: 'ConversationSummary'});
export type ConversationSummary = z.infer<typeof ConversationSummary>;

const count = z.int().max(1000).meta({description: '1000: that many or more.'});

export const ConversationList = z
    .object({
        items: z.array(ConversationSummary),
        next_cursor: z.string().nullable(),
        counts: z.object({waiting: count, mine: count, open: count, closed: count}),
    })
    .meta({id: 'ConversationList'});

export const AgentReply = z
    .object({
        reply_id: z.string(),
        post_id: z
            .string()
            .nullable()
            .meta({description: 'Equal to reply_id when the agent wrote the post; null until the bot has posted it.'}),
        user_id: z.string(),
        state: z.enum(['note', 'asked', 'internal', 'queued', 'delivered', 'failed', 'discarded', 'withdrawn']),
        remote_state: z.enum(['delivered', 'seen']).nullable(),
        reason: Reason.nullable(),
        hold_until: Instant.nullable().meta({
            description: 'It leaves then. Until then: delete the post, or for a reply sent as text, DELETE it here.',
        }),
        asked_until: Instant.nullable(),
        missing_files: z.array(FileOutcome).meta({description: 'Files of it that the visitor did not get.'}),
        can: z.array(z.enum(['retry', 'discard', 'send', 'keep'])),
        updated_at: Instant,
    })
    .meta({id: 'AgentReply'});
export type AgentReply = z.infer<typeof AgentReply>;

export const ConversationDetail = z
    .object({
        ...summaryFields,
        visitor: summaryFields.visitor.extend({
            properties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).meta({
                description: 'Those the integration lets the card show.',
            }),
        }),
        closed_reason: z.string().nullable(),
        booking_id: z.string().nullable(),
        booking: z.unknown().meta({description: 'What i-Reserve says of the booking; null when it was not asked or does not know it.'}),
        earlier: z
            .array(
                z.object({
                    conversation_id: z.string(),
                    topic: z.string().nullable(),
                    status: ConversationStatus,
                    started_at: Instant,
                    thread: ThreadPlace.nullable(),
                }),
            )
            .meta({description: 'The same visitor’s, newest first, at most 10.'}),
        threads: z.array(ThreadPlace.extend({number: z.int()})),
        replies: z.array(AgentReply).meta({description: 'Oldest first; the last 500.'}),
        allowed: z.array(z.enum(['claim', 'release', 'transfer', 'close', 'reopen', 'reply', 'note'])),
        typing: z.array(AgentPerson.extend({until: Instant})).meta({description: 'Agents, on whichever replica it was heard.'}),
    })
    .meta({id: 'ConversationDetail'});
export type ConversationDetail = z.infer<typeof ConversationDetail>;

export const ReplyTaken = z
    .object({
        outcome: z.string().meta({
            description: 'The reply’s state; without a reply, why the post is not for the visitor: empty, other_bot, deactivated_user …',
        }),
        reply: AgentReply.nullable(),
    })
    .meta({id: 'ReplyTaken'});

export const Me = z
    .object({
        user: AgentPerson.extend({username: z.string()}),
        integration: z.object({
            id: z.string(),
            name: z.string(),
            licence: z.string(),
            environment: z.enum(['test', 'production']),
            language: z.enum(['en', 'nl', 'de']),
            state: z.enum(['active', 'paused', 'inactive']),
            reply_policy: z.enum(['thread', 'explicit']),
            panel_undo_seconds: z.int(),
            callback_set: z.boolean().meta({description: 'False: replies can’t reach i-Reserve yet.'}),
        }),
        expires_at: Instant,
        conversation_link: z.string().meta({description: 'Deep link into i-Reserve with {conversation_id}; empty: there is none.'}),
    })
    .meta({id: 'Me'});

export const CannedInput = z
    .object({
        title: z.string().trim().min(1).max(100),
        shortcut: z.string().regex(/^[a-z0-9-]{1,32}$/),
        text: z
            .string()
            .min(1)
            .max(4000)
            .meta({description: 'Placeholders are for the client to fill: {visitor_name}, {agent_name}, {topic}, {booking_id}.'}),
    })
    .meta({id: 'CannedInput'});
export type CannedInput = z.infer<typeof CannedInput>;

export const CannedReply = CannedInput.extend({id: z.string(), updated_at: Instant}).meta({id: 'CannedReply'});
export const CannedList = z.object({items: z.array(CannedReply)}).meta({id: 'CannedList'});

export const instant = (at: number): string => new Date(at).toISOString();
export const instantOrNull = (at: number | null): string | null => (at === null ? null : instant(at));
