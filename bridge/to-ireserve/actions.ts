/**
 * What an agent can do with a conversation: one set of functions behind the side panel, buttons, dialogs and commands. Each is one transaction
 * that changes what is known, queues the callback for i-Reserve and the line for the thread; so all three happen or none.
 */
import {randomUUID} from 'node:crypto';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {discard as discardDelivery, replay} from '../store/lanes.ts';
import type {Database, Tx} from '../store/open.ts';
import {changeFacts, findConversation, findReply, touchConversation} from '../store/records.ts';
import type {ReplyRow} from '../store/schema.ts';
import {assigned, type Conversation, closed, reopened} from '../to-mattermost/conversation.ts';
import {appendOwn, appendShow, type Line} from '../to-mattermost/own-events.ts';
import type {Agents} from './agents.ts';
import {isNote} from './policy.ts';
import {appendToIreserve, type QueuedAct, type QueuedReply, type Speaker} from './queue.ts';
import {queueReply} from './take-new.ts';
import {deadOf} from './take-revision.ts';

export type ActionsOptions = {
    database: Database;
    agents: Agents;
    now: () => number;
    /** Both outboxes have work, lists and streams news. */
    onStored: (integration: Integration) => void;
};

/** Longest text said in a dialog or a command; Mattermost's own dialogs take 3,000. */
export const LONGEST_SAID = 16_000;
const LONGEST_REASON = 300;

export type Actions = ReturnType<typeof createActions>;

/** What can be done with a conversation as it is; what the panel offers, and what a press must still be. */
export function allowedActions({status, assignee}: Pick<Conversation, 'status' | 'assignee'>, user_id: string): string[] {
    if (status === 'closed') return ['reopen', 'note'];
    const mine = assignee?.user_id === user_id;
    return [...(mine ? [] : ['claim']), ...(assignee ? ['release'] : []), 'transfer', 'close', 'reply', 'note'];
}

export function createActions({database, agents, now, onStored}: ActionsOptions) {
    type Change = {facts: Conversation; act: Omit<QueuedAct, 'timestamp' | 'by'>; line: Line};

    async function act(
        integration: Integration,
        conversation_id: string,
        by: Speaker,
        decide: (facts: Conversation, at: number) => Change,
    ): Promise<Conversation> {
        const at = now();
        const timestamp = new Date(at).toISOString();
        const id = randomUUID();
        const changed = await database.write(async (tx) => {
            let change: Change | null = null;
            const found = await changeFacts(tx, integration.id, conversation_id, at, (facts) => {
                change = decide(facts, at);
                return change.facts;
            });
            if (!found || !change) throw unknownConversation(conversation_id);
            const {act, line} = change as Change;
            if (integration.config.callback_url) {
                await appendToIreserve(tx, integration.id, conversation_id, {...act, timestamp, by}, `#${act.type}/${id}`, at);
            }
            await appendOwn(tx, integration.id, {type: 'bridge.line', timestamp, data: {conversation_id, line}}, id, at);
            return found.after;
        });
        onStored(integration);
        return changed;
    }

    const assigneeOf = async (integration: Integration, person: Speaker): Promise<Conversation['assignee']> => {
        const agent = await agents.find(integration, person);
        return {...(agent ? {id: agent.id} : {}), name: agent?.name || person.name, user_id: person.user_id};
    };

    return {
        /** @param takeOver from another agent, on purpose. @throws BridgeError unknown_conversation, conversation_closed, already_claimed */
        async claim(integration: Integration, conversation_id: string, by: Speaker, {takeOver = false} = {}) {
            const assignee = await assigneeOf(integration, by);
            return act(integration, conversation_id, by, (facts, at) => {
                mustBeOpen(facts);
                if (facts.assignee?.user_id === by.user_id) throw new BridgeError('already_claimed', 'you have it already');
                if (facts.assignee && !takeOver) throw new BridgeError('already_claimed', `${facts.assignee.name} has it`);
                return {
                    facts: assigned(facts, at, assignee),
                    act: {type: 'conversation.claimed'},
                    line: {what: 'claimed', by},
                };
            });
        },
        /** @throws BridgeError unknown_conversation, conversation_closed, not_claimed */
        release: (integration: Integration, conversation_id: string, by: Speaker) =>
            act(integration, conversation_id, by, (facts, at) => {
                mustBeOpen(facts);
                if (!facts.assignee) throw new BridgeError('not_claimed', 'nobody has it');
                return {facts: assigned(facts, at, null), act: {type: 'conversation.released'}, line: {what: 'released', by}};
            }),
        /** @throws BridgeError unknown_conversation, conversation_closed, already_claimed */
        async transfer(integration: Integration, conversation_id: string, by: Speaker, to: Speaker) {
            const assignee = await assigneeOf(integration, to);
            return act(integration, conversation_id, by, (facts, at) => {
                mustBeOpen(facts);
                if (facts.assignee?.user_id === to.user_id) throw new BridgeError('already_claimed', `${to.name} has it already`);
                return {
                    facts: assigned(facts, at, assignee),
                    act: {type: 'conversation.transferred', to},
                    line: {what: 'transferred', by, to},
                };
            });
        },
        /** @throws BridgeError unknown_conversation, conversation_closed */
        close: (integration: Integration, conversation_id: string, by: Speaker, reason = '') =>
            act(integration, conversation_id, by, (facts, at) => {
                mustBeOpen(facts);
                const said = reason.trim().slice(0, LONGEST_REASON);
                const more = said ? {reason: said} : {};
                return {
                    facts: closed(facts, at, said || null),
                    act: {type: 'conversation.closed', ...more},
                    line: {what: 'closed', by, ...more},
                };
            }),
        /** @throws BridgeError unknown_conversation, conversation_open */
        reopen: (integration: Integration, conversation_id: string, by: Speaker) =>
            act(integration, conversation_id, by, (facts, at) => {
                if (facts.status !== 'closed') throw new BridgeError('conversation_open', 'it is open');
                return {facts: reopened(facts, at), act: {type: 'conversation.reopened'}, line: {what: 'reopened', by}};
            }),

        /**
         * Says something to the visitor for somebody who can't post it: the bot says it in the thread, in that person's name.
         *
         * @param holdMs how long it may still be taken back. @param id makes a repeat the same reply
         * @param digest of the text, kept with the reply: tells a repeat from another text under the same id
         * @throws BridgeError unknown_conversation, empty_reply, is_a_note, callback_not_set
         */
        async reply(
            integration: Integration,
            conversation_id: string,
            by: Speaker,
            text: string,
            {
                holdMs = integration.config.undo_seconds * 1000,
                id = `said-${randomUUID()}`,
                digest = '',
            }: {holdMs?: number; id?: string; digest?: string} = {},
        ): Promise<ReplyRow> {
            if (text.trim() === '') throw new BridgeError('empty_reply', 'there is nothing to send');
            // Who begins with `//` means a note, wherever it is typed.
            if (isNote(text)) throw new BridgeError('is_a_note', 'it begins like a note');
            if (!integration.config.callback_url) throw new BridgeError('callback_not_set', 'i-Reserve’s callback address is not set');
            const at = now();
            const timestamp = new Date(at).toISOString();
            const row = await database.write(async (tx) => {
                const known = await findConversation(tx, integration.id, conversation_id);
                if (!known) throw unknownConversation(conversation_id);
                const reply: ReplyRow = {
                    integration_id: integration.id,
                    reply_id: id,
                    conversation_id,
                    channel_id: known.thread?.channel_id ?? '',
                    root_id: known.thread?.root_id ?? '',
                    post_id: null,
                    user_id: by.user_id,
                    digest,
                    state: 'queued',
                    version: at,
                    sent_version: null,
                    remote_id: null,
                    remote_state: null,
                    reason_code: null,
                    reason_detail: null,
                    asked_until: null,
                    mark: null,
                    question_post_id: null,
                    hint_post_id: null,
                    created_at: at,
                    updated_at: at,
                };
                const made = await tx
                    .insertInto('reply')
                    .values(reply)
                    .onConflict((conflict) => conflict.columns(['integration_id', 'reply_id']).doNothing())
                    .returning('reply_id')
                    .executeTakeFirst();
                if (!made) return (await findReply(tx, integration.id, id)) ?? reply;
                const queued: QueuedReply = {
                    type: 'message.created',
                    timestamp,
                    reply_id: id,
                    version: at,
                    by,
                    text,
                    files: [],
                    mentions: {users: {}, channels: {}},
                    not_before: at + holdMs,
                };
                await appendOwn(tx, integration.id, saidEvent(conversation_id, 'reply', id, by, text, timestamp), id, at);
                await queueReply(tx, integration, conversation_id, queued, at, at);
                return reply;
            });
            onStored(integration);
            return row;
        },
        /** Says something to colleagues in the thread; nothing of it is ever queued for i-Reserve. @throws BridgeError unknown_conversation, empty_reply */
        async note(integration: Integration, conversation_id: string, by: Speaker, text: string): Promise<void> {
            if (text.trim() === '') throw new BridgeError('empty_reply', 'there is nothing to note');
            const at = now();
            const id = `note-${randomUUID()}`;
            await database.write(async (tx) => {
                if (!(await findConversation(tx, integration.id, conversation_id))) throw unknownConversation(conversation_id);
                await appendOwn(tx, integration.id, saidEvent(conversation_id, 'note', id, by, text, new Date(at).toISOString()), id, at);
                await touchConversation(tx, integration.id, conversation_id, at);
            });
            onStored(integration);
        },

        /** Sends what was given up once more, under the same webhook-id. @throws BridgeError unknown_reply, nothing_to_retry */
        async retry(integration: Integration, reply_id: string): Promise<ReplyRow> {
            const at = now();
            const row = await database.write(async (tx) => {
                const reply = await mustFind(tx, integration, reply_id);
                let again = 0;
                for (const {seq} of await deadOf(tx, integration.id, reply_id)) if (await replay(tx, seq, at)) again++;
                if (again === 0) throw new BridgeError('nothing_to_retry', `the reply is ${reply.state}`);
                return settleReply(tx, reply, {state: 'queued', reason_code: null, reason_detail: null}, `retry/${at}`, at);
            });
            onStored(integration);
            return row;
        },
        /** Gives a failed reply up: it stays in the thread, and the visitor does not get it. @throws BridgeError unknown_reply, nothing_to_discard */
        async discard(integration: Integration, reply_id: string, by: Speaker): Promise<ReplyRow> {
            const at = now();
            const row = await database.write(async (tx) => {
                const reply = await mustFind(tx, integration, reply_id);
                let given = 0;
                for (const {seq} of await deadOf(tx, integration.id, reply_id)) {
                    if (await discardDelivery(tx, seq, `by ${by.username} in Mattermost`, at)) given++;
                }
                if (given === 0) throw new BridgeError('nothing_to_discard', `the reply is ${reply.state}`);
                return settleReply(tx, reply, {state: reply.sent_version === null ? 'discarded' : 'delivered'}, `discard/${at}`, at);
            });
            onStored(integration);
            return row;
        },
        /** Keeps a held reply internal. @throws BridgeError unknown_reply, nothing_asked */
        async keep(integration: Integration, reply_id: string): Promise<ReplyRow> {
            const at = now();
            const row = await database.write(async (tx) => {
                const reply = await mustFind(tx, integration, reply_id);
                if (reply.state !== 'asked') throw new BridgeError('nothing_asked', `the reply is ${reply.state}`);
                return keepInternal(tx, reply, at);
            });
            onStored(integration);
            return row;
        },
        /** Questions nobody answered in time: the replies stay internal. @returns how many */
        async expireQuestions(integrationOf: (id: string) => Integration | undefined): Promise<number> {
            const at = now();
            const late = await database.read
                .selectFrom('reply')
                .selectAll()
                .where('asked_until', 'is not', null)
                .where('asked_until', '<', at)
                .limit(100)
                .execute();
            for (const reply of late) {
                await database.write(async (tx) => {
                    const now = await findReply(tx, reply.integration_id, reply.reply_id);
                    if (now?.state === 'asked' && (now.asked_until ?? at) < at) await keepInternal(tx, now, at);
                });
                const integration = integrationOf(reply.integration_id);
                if (integration) onStored(integration);
            }
            return late.length;
        },
    };
}

const unknownConversation = (id: string) => new BridgeError('unknown_conversation', `conversation ${id.slice(0, 128)} is not known here`);

function mustBeOpen({status}: Conversation): void {
    if (status === 'closed') throw new BridgeError('conversation_closed', 'it is closed');
}

async function mustFind(tx: Tx, integration: Integration, reply_id: string): Promise<ReplyRow> {
    const reply = await findReply(tx, integration.id, reply_id);
    if (!reply) throw new BridgeError('unknown_reply', `no reply ${reply_id.slice(0, 128)}`);
    return reply;
}

const keepInternal = (tx: Tx, reply: ReplyRow, at: number): Promise<ReplyRow> =>
    // What the visitor has stays; only the edit was held.
    settleReply(
        tx,
        reply,
        {state: reply.sent_version === null ? 'internal' : 'delivered', asked_until: null, reason_code: null},
        `kept/${at}`,
        at,
    );

async function settleReply(tx: Tx, reply: ReplyRow, set: Partial<ReplyRow>, occasion: string, at: number): Promise<ReplyRow> {
    const {integration_id, conversation_id, reply_id} = reply;
    await tx
        .updateTable('reply')
        .set({...set, updated_at: at})
        .where('integration_id', '=', integration_id)
        .where('reply_id', '=', reply_id)
        .execute();
    await appendShow(tx, integration_id, conversation_id, reply_id, occasion, at);
    await touchConversation(tx, integration_id, conversation_id, at);
    return {...reply, ...set, updated_at: at};
}

const saidEvent = (
    conversation_id: string,
    kind: 'reply' | 'note',
    id: string,
    {user_id, username, name}: Speaker,
    text: string,
    timestamp: string,
) => ({type: 'bridge.said', timestamp, data: {conversation_id, kind, id, by: {user_id, username, name}, text}}) as const;
