/**
 * What an agent can do with a conversation: one set of functions behind catalogue.ts. Each is one transaction
 * that changes what is known, queues the callback for i-Reserve and the line for the thread; so all three happen or none.
 */
import {randomUUID} from 'node:crypto';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {Database} from '../store/open.ts';
import {changeFacts} from '../store/records.ts';
import type {Conversation} from '../to-mattermost/conversation.ts';
import {assigned, closed, reopened, stateOf} from '../to-mattermost/conversation-state.ts';
import {appendOwn, type Line} from '../to-mattermost/own-events.ts';
import type {Agents} from './agents.ts';
import {appendToIreserve, type QueuedAct, type Speaker} from './queue.ts';
import {createReplyActions} from './reply-actions.ts';
import {createSaying, unknownConversation} from './saying.ts';

export type ActionsOptions = {
    database: Database;
    agents: Agents;
    now: () => number;
    /** Both outboxes have work, lists and streams news. */
    onStored: (integration: Integration) => void;
};

const LONGEST_REASON = 300;

export type Actions = ReturnType<typeof createActions>;

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
        const {user_id, name, email} = person;
        return {...(agent ? {id: agent.id} : {}), name: agent?.name || name, user_id, ...(email ? {email} : {})};
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
                    facts: closed(facts, at, said || undefined, {here: true}),
                    act: {type: 'conversation.closed', ...more},
                    line: {what: 'closed', by, ...more},
                };
            }),
        /** @throws BridgeError unknown_conversation, conversation_open */
        reopen: (integration: Integration, conversation_id: string, by: Speaker) =>
            act(integration, conversation_id, by, (facts, at) => {
                if (stateOf(facts).status !== 'closed') throw new BridgeError('conversation_open', 'it is open');
                return {facts: reopened(facts, at), act: {type: 'conversation.reopened'}, line: {what: 'reopened', by}};
            }),

        ...createSaying({database, now, onStored}),
        ...createReplyActions({database, now, onStored}),
    };
}

function mustBeOpen(facts: Conversation): void {
    if (stateOf(facts).status === 'closed') throw new BridgeError('conversation_closed', 'it is closed');
}
