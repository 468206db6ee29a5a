/**
 * What agents can do with a conversation or with one of its replies, each once: when it is allowed, and what it does. Side panel, buttons, dialogs,
 * slash command and reactions all run these, so that the effects (what is known, the callback, the line in the thread, the marks) are the same
 * wherever it was done.
 */
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {ReplyRow} from '../store/schema.ts';
import type {Conversation} from '../to-mattermost/conversation.ts';
import {stateOf} from '../to-mattermost/conversation-state.ts';
import type {Actions} from './actions.ts';
import type {Speaker} from './queue.ts';
import type {Take} from './take.ts';

export type Surface = 'panel' | 'button' | 'command' | 'reaction';

/** What an action may need beside the conversation. */
export type ActionInput = {
    takeOver?: boolean;
    to?: Speaker;
    reason?: string;
    text?: string;
    reply?: Pick<ReplyRow, 'reply_id' | 'post_id' | 'state'>;
};
type Performing = {integration: Integration; conversation_id: string; by: Speaker; input: ActionInput};
type Tools = {actions: Actions; take: Take};

type ConversationAction = {
    surfaces: readonly Surface[];
    /** Whether it is offered. @param mine it is assigned to who asks */
    allowed: (facts: {closed: boolean; assigned: boolean; mine: boolean}) => boolean;
    run: (tools: Tools, performing: Performing) => Promise<unknown>;
};
type ReplyAction = {
    surfaces: readonly Surface[];
    /** The states of a reply in which it is offered. */
    states: readonly ReplyRow['state'][];
    run: (tools: Tools, performing: Performing, reply: NonNullable<ActionInput['reply']>) => Promise<unknown>;
};

const EVERYWHERE = ['panel', 'button', 'command'] as const;

/** In the order in which they are offered. */
export const CONVERSATION_ACTIONS = {
    claim: {
        surfaces: EVERYWHERE,
        allowed: ({closed, mine}) => !closed && !mine,
        run: ({actions}, {integration, conversation_id, by, input}) =>
            actions.claim(integration, conversation_id, by, {takeOver: input.takeOver === true}),
    },
    release: {
        surfaces: EVERYWHERE,
        allowed: ({closed, assigned}) => !closed && assigned,
        run: ({actions}, {integration, conversation_id, by}) => actions.release(integration, conversation_id, by),
    },
    transfer: {
        surfaces: ['panel', 'command'],
        allowed: ({closed}) => !closed,
        async run({actions}, {integration, conversation_id, by, input: {to}}) {
            if (!to) throw missing('user_id', 'to whom: user_id or username');
            return actions.transfer(integration, conversation_id, by, to);
        },
    },
    close: {
        surfaces: EVERYWHERE,
        allowed: ({closed}) => !closed,
        run: ({actions}, {integration, conversation_id, by, input}) => actions.close(integration, conversation_id, by, input.reason),
    },
    reopen: {
        surfaces: EVERYWHERE,
        allowed: ({closed}) => closed,
        run: ({actions}, {integration, conversation_id, by}) => actions.reopen(integration, conversation_id, by),
    },
    note: {
        surfaces: ['panel', 'command'],
        allowed: () => true,
        run: ({actions}, {integration, conversation_id, by, input}) => actions.note(integration, conversation_id, by, input.text ?? ''),
    },
} as const satisfies Record<string, ConversationAction>;

export const REPLY_ACTIONS = {
    retry: {
        surfaces: [...EVERYWHERE, 'reaction'],
        states: ['failed'],
        run: ({actions}, {integration}, {reply_id}) => actions.retry(integration, reply_id),
    },
    discard: {
        surfaces: ['panel', 'button'],
        states: ['failed'],
        run: ({actions}, {integration, by}, {reply_id}) => actions.discard(integration, reply_id, by),
    },
    send: {
        surfaces: ['panel', 'button', 'reaction'],
        states: ['asked', 'internal'],
        async run({take}, {integration, by}, {reply_id, post_id, state}) {
            if (state !== 'asked' && state !== 'internal') throw new BridgeError('nothing_asked', `the reply is ${state}`);
            if (!integration.config.callback_url) throw new BridgeError('callback_not_set', 'i-Reserve’s callback address is not set');
            const taken = await take.take(integration, post_id ?? reply_id, {choice: 'confirmed', by});
            if (!taken.some(({did}) => did === 'queued' || did === 'edited'))
                throw new BridgeError('not_sent', 'its post was deleted, or is a note now');
        },
    },
    keep: {
        surfaces: ['panel', 'button'],
        states: ['asked'],
        run: ({actions}, {integration, by}, {reply_id}) => actions.keep(integration, reply_id, by),
    },
} as const satisfies Record<string, ReplyAction>;

const OF_CONVERSATION: Record<string, ConversationAction> = CONVERSATION_ACTIONS;
const OF_REPLY: Record<string, ReplyAction> = REPLY_ACTIONS;
export type ActionName = keyof typeof CONVERSATION_ACTIONS | keyof typeof REPLY_ACTIONS;
export const ACTION_NAMES = [...Object.keys(CONVERSATION_ACTIONS), ...Object.keys(REPLY_ACTIONS)] as ActionName[];

export const surfacesOf = (name: ActionName): readonly Surface[] => (OF_CONVERSATION[name] ?? OF_REPLY[name])?.surfaces ?? [];

/** Lists what can be done with a conversation as it is; `reply` is answering, which has operations of its own. */
export function allowedActions(facts: Conversation, user_id: string): string[] {
    const {assignee} = facts;
    const closed = stateOf(facts).status === 'closed';
    const about = {closed, assigned: assignee !== null, mine: assignee?.user_id === user_id};
    const names = Object.entries(OF_CONVERSATION).flatMap(([name, {allowed}]) => (allowed(about) ? [name] : []));
    return closed ? names : [...names.filter((name) => name !== 'note'), 'reply', 'note'];
}

/** Lists what can be done with a reply as it stands. */
export const replyActions = ({state}: Pick<ReplyRow, 'state'>): (keyof typeof REPLY_ACTIONS)[] =>
    (Object.keys(REPLY_ACTIONS) as (keyof typeof REPLY_ACTIONS)[]).filter((name) => OF_REPLY[name]?.states.includes(state));

export type Perform = ReturnType<typeof createPerform>;

/** @returns carries an action out. @throws BridgeError with what each action refuses, and invalid_request when it lacks what it needs */
export function createPerform(tools: Tools) {
    return async (name: ActionName, performing: Performing): Promise<void> => {
        const conversationAction = OF_CONVERSATION[name];
        if (conversationAction) {
            await conversationAction.run(tools, performing);
            return;
        }
        if (!performing.input.reply) throw missing('reply_id', 'which reply');
        await OF_REPLY[name]?.run(tools, performing, performing.input.reply);
    };
}

function missing(path: string, message: string): BridgeError {
    return new BridgeError('invalid_request', 'see errors', {errors: [{path, message}]});
}
