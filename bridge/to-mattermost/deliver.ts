/** A delivery → posts in Mattermost. Safe to repeat at any point: every step looks or is harmless when it was done before. */

import type {Attempt, Result} from '../attempt.ts';
import type {EventType} from '../contract.ts';
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';
import {findConversation, findMessage, saveMessage} from '../store/records.ts';
import type {DeliveryRow, MessageRow} from '../store/schema.ts';
import {learnEvent} from './apply-event.ts';
import {renderNotification} from './card.ts';
import {classify} from './classify.ts';
import {type Assignee, type Conversation, newConversation} from './conversation.ts';
import {rememberAddresses} from './email-addresses.ts';
import {createFileTurns} from './file-turns.ts';
import {FileNotReady} from './files.ts';
import {follow} from './heal.ts';
import {joinThreads} from './join-threads.ts';
import {attachLate, bringLate} from './late-files.ts';
import type {OwnEvent} from './own-events.ts';
import {postMessage} from './post-message.ts';
import {type Mark, publish} from './publish.ts';
import {editMessage, withdrawMessage} from './revise-message.ts';
import {restoreThread, sayLine, saySaid, showCard} from './say.ts';
import {createSessions, type Session} from './session.ts';
import {learnState, showReply} from './show-reply.ts';
import {splitText} from './split.ts';
import {type DeliverOptions, delivered, ignored, rememberFacts, type Step, type StoredEvent} from './step.ts';
import {ensureThread, syncCard} from './threads.ts';

export function createDeliver(options: DeliverOptions): (attempt: Attempt) => Promise<Result> {
    const sessions = createSessions();
    const fileTurns = createFileTurns({most: options.filesAtOnce, now: options.now});

    return async (attempt) => {
        const {delivery} = attempt;
        const integration = options.integration(delivery.integration_id);
        if (!integration) return {kind: 'never', reason: {code: 'integration_gone', detail: 'its integration was removed'}};
        const client = options.servers.client(integration.config.server_url, integration.secrets.bot_token);
        let step: Step | undefined;
        const turn = delivery.type === 'bridge.file' ? fileTurns.enter(integration.id) : null;
        if (turn && 'until' in turn) return {kind: 'later', until: turn.until};
        try {
            const session = await sessions.of(client);
            const event = await notBeyondArrival(options, delivery, JSON.parse(delivery.body) as StoredEvent<EventType> | OwnEvent);
            step = await stepFor(options, attempt, integration, client.guarded(attempt.lease.hold), session, event);
            return await dispatch(step, event, delivery);
        } catch (error) {
            // What was made before the failure stays made, however plain the failure.
            const made = step?.made === true;
            if (error instanceof FileNotReady) {
                return {kind: 'retry', uncertain: made, reason: {code: error.code, detail: error.message}};
            }
            if (error instanceof MattermostError && error.status === 401) sessions.forget(client);
            const result = classify(error, integration);
            return result.kind === 'retry' && made ? {...result, uncertain: true} : result;
        } finally {
            turn?.leave();
        }
    };
}

async function stepFor(
    options: DeliverOptions,
    {delivery, uncertain}: Attempt,
    integration: Integration,
    client: MattermostClient,
    session: Session,
    event: StoredEvent<EventType> | OwnEvent,
): Promise<Step> {
    const id = 'conversation_id' in event.data ? event.data.conversation_id : '';
    const known = id ? await findConversation(options.database.read, integration.id, id) : null;
    const before = known?.facts ?? newConversation(id, Date.parse(event.timestamp));
    const told = await withKnownAssignee(options, integration.id, event);
    const learn = (facts: Conversation) => learnEvent(facts, told).facts;
    const {facts, stale} = learnEvent(before, told);
    return {
        options,
        session,
        integration,
        client,
        botId: session.botId,
        version: session.version,
        box: options.box,
        database: options.database,
        uncertain,
        since: delivery.first_received_at ?? delivery.received_at,
        now: options.now,
        sleep: options.sleep,
        permalink: (channel_id, post_id) => session.permalink(integration.config.server_url, channel_id, post_id),
        facts,
        learn,
        bookingOf: (id: string) => options.bookingOf(integration, id).catch(() => null),
        publicUrl: options.publicUrl,
        buttons: options.buttons,
        sendTo: delivery.channel_id,
        changed: facts !== before || known === null,
        stale,
        thread: known?.thread ?? null,
        tries: delivery.attempts,
        limited: delivery.reason_code === 'mattermost_rate_limited',
        seq: delivery.seq,
    };
}

/**
 * A stamp is trusted no further than the event's arrival: a clock that is ahead would make later events, and what agents do here, look older
 * than they are. An arrival counts as no earlier than those before it: our own clock may have been set back meanwhile, and an edit would look
 * older than its message.
 */
async function notBeyondArrival<E extends {timestamp: string}>(
    {database}: Pick<DeliverOptions, 'database'>,
    {integration_id, conversation_id, direction, seq, received_at}: DeliveryRow,
    event: E,
): Promise<E> {
    const stamp = Date.parse(event.timestamp);
    if (stamp <= received_at) return event;
    const before = await database.read
        .selectFrom('delivery')
        .select(({fn}) => fn.max('received_at').as('latest'))
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .where('direction', '=', direction)
        .where('seq', '<', seq)
        .executeTakeFirst();
    const arrival = Math.max(received_at, Number(before?.latest ?? 0));
    return stamp > arrival ? {...event, timestamp: new Date(arrival).toISOString()} : event;
}

/** The event with the Mattermost user its assignee was pinned to, so that "mine" works whoever assigned it: by id, else by exact e-mail. */
async function withKnownAssignee<E extends StoredEvent<EventType> | OwnEvent>(
    {database}: DeliverOptions,
    integration_id: string,
    event: E,
): Promise<E> {
    const said = 'assignee' in event.data ? event.data.assignee : null;
    if (!said?.id && !said?.email) return event;
    const agent = database.read.selectFrom('agent').select('user_id').where('agent.integration_id', '=', integration_id);
    const found = said.id
        ? agent.where('agent_id', '=', said.id)
        : agent
              .innerJoin('listed_agent', (join) =>
                  join
                      .onRef('listed_agent.integration_id', '=', 'agent.integration_id')
                      .onRef('listed_agent.agent_id', '=', 'agent.agent_id'),
              )
              .where('listed_agent.email', '=', said.email?.trim().toLowerCase() ?? '');
    const rows = await found.limit(2).execute();
    // Two agents of one address: nobody can say which of them it is.
    const user_id = rows.length === 1 ? rows[0]?.user_id : undefined;
    return user_id ? {...event, data: {...event.data, assignee: {...said, user_id} satisfies Assignee}} : event;
}

function dispatch(step: Step, event: StoredEvent<EventType> | OwnEvent, delivery: DeliveryRow): Promise<Result> {
    switch (event.type) {
        case 'bridge.line':
            return sayLine(step, event, delivery.source_id);
        case 'bridge.card':
            return showCard(step);
        case 'bridge.restore':
            return restoreThread(step);
        case 'bridge.join':
            return joinThreads(step, event);
        case 'bridge.said':
            return saySaid(step, event);
        case 'bridge.reply':
            return showReply(step, event);
        case 'bridge.file':
            return bringLate(step, event);
        case 'bridge.attach':
            return attachLate(step, event);
        case 'message.state':
            return learnState(step, event);
        case 'conversation.started':
        case 'conversation.updated':
        case 'conversation.closed':
        case 'visitor.presence':
            return updateConversation(step);
        case 'message.created':
            return postMessage(step, event);
        case 'message.edited':
            return editMessage(step, event);
        case 'message.deleted':
            return withdrawMessage(step, event);
        case 'notification.created':
            return notify(step, event);
        case 'visitor.typing':
            return Promise.resolve(ignored('transient', 'typing is passed on at once or not at all'));
    }
}

/** started, updated, closed, presence: opens the thread or brings its card up to date. */
async function updateConversation(step: Step): Promise<Result> {
    if (step.stale && step.thread)
        return ignored('stale', 'newer facts are known: said later at the source, or done by an agent here meanwhile');
    let thread = await ensureThread(step, step.facts, step.thread);
    if (!(await syncCard(step, step.facts, thread))) {
        const moved = await follow(step, step.facts, thread);
        if (moved && (await syncCard(step, step.facts, moved))) thread = moved;
        else
            return ignored(
                'root_gone',
                'the thread’s root was deleted, or its channel archived; the next message starts a new thread',
                rememberFacts(step),
            );
    }
    return delivered(step, thread, [thread.root_id], rememberFacts(step));
}

async function notify(step: Step, event: StoredEvent<'notification.created'>): Promise<Result> {
    const {config} = step.integration;
    const {notification_id, notification_type} = event.data;
    const channel_id = step.sendTo ?? config.notifications[notification_type];
    if (!channel_id) return ignored('notification_unmapped', `no channel is set for notifications of type ${notification_type}`);
    // Remembered like a message of no conversation.
    const conversation_id = '';
    const known = await findMessage(step.database.read, step.integration.id, conversation_id, notification_id);
    if (known) return ignored('notification_known', 'this notification id was delivered before, under another event id');
    const post_ids: string[] = [];
    for (const [index, message] of splitText(renderNotification(event)).entries()) {
        const mark: Mark = {
            v: 1,
            integration: step.integration.id,
            conversation: null,
            key: `notification:${notification_id}:${index}`,
            kind: 'notification',
        };
        const post = await publish(step, {channel_id, root_id: '', message, mark});
        post_ids.push(post.id);
    }
    const at = step.now();
    const row: MessageRow = {
        integration_id: step.integration.id,
        conversation_id,
        message_id: notification_id,
        direction: 'to-mattermost',
        state: 'posted',
        post_ids: JSON.stringify(post_ids),
        author: '{}',
        excerpt: '',
        revised_at: at,
        held: null,
        files: null,
        created_at: at,
    };
    return {
        kind: 'final',
        state: 'delivered',
        result: {post_ids},
        channel_id,
        writes: async (tx) => {
            await saveMessage(tx, row);
            await rememberAddresses(tx, step.box, {integration_id: step.integration.id, channel_id, post_ids, named: event.data});
        },
    };
}
