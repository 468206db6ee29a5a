/** Deliveries and their traces as the admin API shows them: never what was said, unless it is asked for. */
import {z} from 'zod';
import {Instant} from '../agent-api/contract.ts';
import {DeliveryState, FileOutcome, Reason} from '../contract.ts';
import {LogEntryShown, limit, Moment, nextCursor} from './contract.ts';

export const DeliveryShown = z
    .object({
        id: z.int(),
        integration: z.string().nullable(),
        direction: z.enum(['to-mattermost', 'to-ireserve']),
        source_id: z.string().meta({description: 'The event id, or the reply’s.'}),
        type: z.string(),
        conversation_id: z.string().nullable(),
        state: DeliveryState,
        outcome: z.enum(['created', 'updated', 'ignored']),
        reason: Reason.nullable(),
        next: z.string().nullable().meta({description: 'What to do about the reason.'}),
        attempts: z.int(),
        received_at: Instant,
        finished_at: Instant.nullable(),
        channel_id: z.string().nullable().meta({description: 'Where an admin sent it instead of where it would go.'}),
        thread: z.object({channel_id: z.string(), root_id: z.string(), url: z.string()}).nullable(),
        post_ids: z.array(z.string()),
        files: z.array(FileOutcome).meta({description: 'What became of the message’s files, once it is delivered.'}),
    })
    .meta({id: 'Delivery'});
export type DeliveryShown = z.infer<typeof DeliveryShown>;

export const DeliveryList = z
    .object({
        items: z.array(DeliveryShown),
        next_cursor: nextCursor,
        counts: z.object({queued: z.int(), dead: z.int()}).meta({description: 'Of all integrations that are reached.'}),
    })
    .meta({id: 'DeliveryList'});

export const DeliveryTrace = z
    .object({
        delivery: DeliveryShown,
        total_ms: z.int().meta({description: 'From acceptance to the end, or until now.'}),
        hops: z
            .array(
                z.object({
                    hop: z.enum(['accepted', 'noted', 'attempt', 'by_hand', 'waiting', 'delivered', 'given_up', 'ignored', 'seen']),
                    at: Instant,
                    after_ms: z.int().meta({description: 'Since it was accepted.'}),
                    attempt: z.int().nullable(),
                    duration_ms: z.int().nullable(),
                    id: z.string().nullable().meta({description: 'What it is called there: event id, post id, i-Reserve’s own id.'}),
                    ok: z.boolean(),
                    code: z.string().nullable(),
                    detail: z.string(),
                    next: z.string().nullable(),
                }),
            )
            .meta({description: 'In the order they happened.'}),
        lane: z
            .object({
                ahead: z.int().meta({description: 'Deliveries of the same conversation that go first.'}),
                due_at: Instant.nullable(),
                running: z.boolean(),
                blocked_since: Instant.nullable(),
            })
            .nullable()
            .meta({description: 'Null once it is settled.'}),
        reply: z
            .object({
                reply_id: z.string(),
                post_id: z.string().nullable(),
                state: z.string(),
                remote_id: z.string().nullable(),
                remote_state: z.string().nullable(),
            })
            .nullable()
            .meta({description: 'The agent’s reply it carries.'}),
        log: z.array(LogEntryShown),
        body: z
            .unknown()
            .meta({description: 'With body=true: what was said. Null once it is settled: Mattermost or i-Reserve holds the words.'}),
    })
    .meta({id: 'DeliveryTrace'});

export const DeliveryId = z.object({
    delivery_id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).meta({type: 'integer', minimum: 1}),
});

const filters = {
    integration: z.string().max(64).optional().meta({description: 'Name or id.'}),
    conversation: z.string().max(128).optional(),
    direction: z.enum(['to-mattermost', 'to-ireserve']).optional(),
    code: z.string().max(64).optional().meta({description: 'Code of the reason.'}),
    type: z.string().max(64).optional(),
};

export const DeliveryQuery = z.object({
    state: z
        .string()
        .regex(/^(queued|delivered|ignored|dead|discarded)(,(queued|delivered|ignored|dead|discarded))*$/)
        .default('queued,dead')
        .meta({description: 'One or several, separated by a comma.'}),
    ...filters,
    since: Moment.optional(),
    until: Moment.optional(),
    limit: limit(200),
    cursor: z.string().max(400).optional(),
});
export const TraceQuery = z.object({body: z.stringbool().default(false).meta({type: 'boolean', description: 'With what was said.'})});

export const Discard = z.strictObject({reason: z.string().trim().min(1).max(300)}).meta({id: 'Discard'});
export const Reroute = z
    .strictObject({
        channel_id: z
            .string()
            .regex(/^[a-z0-9]{26}$/)
            .nullable()
            .meta({description: 'Null: where it would go by itself.'}),
    })
    .meta({id: 'Reroute'});
export const BulkReplay = z
    .strictObject({
        ...filters,
        integration: z.string().min(1).max(64),
        until: Moment.optional().meta({description: 'Given up before then.'}),
        from: z.int().min(1).optional().meta({
            description:
                'Id of a delivery: it and what was accepted after it. With conversation and direction: “this conversation from here”.',
        }),
        limit: z.int().min(1).max(1000).meta({description: 'At most so many, oldest first.'}),
        dry_run: z.boolean().default(false),
    })
    .meta({id: 'BulkReplay', description: 'Dead letters that fit, queued again. Of one conversation and direction they keep their order.'});
export const BulkReplayed = z
    .object({replayed: z.int(), remaining: z.int().meta({description: 'That fit and are still dead.'}), ids: z.array(z.int())})
    .meta({id: 'BulkReplayed'});
