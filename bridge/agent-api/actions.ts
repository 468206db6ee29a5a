/** The panel's actions, each one of the functions buttons and commands use too. */
import {z} from 'zod';
import {BridgeError, type RefusalCode} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {MattermostClient} from '../mattermost.ts';
import type {Database} from '../store/open.ts';
import type {Actions} from '../to-ireserve/actions.ts';
import type {People, Person} from '../to-ireserve/people.ts';
import {LONGEST_SAID} from '../to-ireserve/saying.ts';
import type {Take} from '../to-ireserve/take.ts';
import type {Access} from './access.ts';
import {mustBeOf} from './replies.ts';

export const ACTIONS = ['claim', 'release', 'transfer', 'close', 'reopen', 'note', 'retry', 'discard', 'send', 'keep'] as const;
export type Action = (typeof ACTIONS)[number];

export const ActionBody = z
    .object({
        take_over: z.boolean().optional().meta({description: 'claim: also from another agent.'}),
        user_id: z
            .string()
            .regex(/^[a-z0-9]{26}$/)
            .optional()
            .meta({description: 'transfer: to whom.'}),
        username: z.string().min(1).max(64).optional().meta({description: 'transfer: to whom, where the user_id is not known.'}),
        reason: z.string().max(300).optional().meta({description: 'close: why.'}),
        text: z.string().max(LONGEST_SAID).optional().meta({description: 'note: what colleagues are told.'}),
        reply_id: z.string().min(1).max(128).optional().meta({description: 'retry, discard, send, keep: which reply.'}),
    })
    .strict()
    .meta({id: 'ActionBody', description: 'What the action needs; none for most.'});
type ActionBody = z.infer<typeof ActionBody>;

export const MOST_ACTION_REFUSALS: RefusalCode[] = [
    'conversation_closed',
    'conversation_open',
    'already_claimed',
    'not_claimed',
    'not_a_member',
    'empty_reply',
    'unknown_reply',
    'nothing_to_retry',
    'nothing_to_discard',
    'nothing_asked',
    'callback_not_set',
];

export type ActingOptions = {
    database: Database;
    access: Access;
    people: People;
    actions: Actions;
    take: Take;
    client: (integration: Integration) => MattermostClient;
};

type Acting = {integration: Integration; person: Person; conversation_id: string; channel_id: string; body: ActionBody};

/** @returns does it. It throws BridgeError with the codes above, and invalid_request when the body lacks what the action needs */
export function createAct({database, access, people, actions, take, client}: ActingOptions) {
    /** @throws BridgeError not_a_member, also for bots, the deactivated, and names nobody has */
    async function member({integration, channel_id, body: {user_id, username}}: Acting): Promise<Person> {
        if (!user_id && !username) throw missing('user_id', 'to whom: user_id or username');
        const mattermost = client(integration);
        const name = username?.trim().replace(/^@/, '').toLowerCase() ?? '';
        const found = user_id ? await people.find(mattermost, user_id) : (await people.named(mattermost, [name]))[0];
        const fits = found?.active && !found.isBot && (await access.isMember(integration, channel_id, found.user_id));
        if (!found || !fits) throw new BridgeError('not_a_member', 'nobody of that name is a member of the channel');
        return found;
    }

    async function replyOf({integration, conversation_id, body: {reply_id}}: Acting) {
        if (!reply_id) throw missing('reply_id', 'which reply');
        return mustBeOf(database.read, integration.id, conversation_id, reply_id);
    }

    const each: Record<Action, (acting: Acting) => Promise<unknown>> = {
        claim: ({integration, conversation_id, person, body}) =>
            actions.claim(integration, conversation_id, person, {takeOver: body.take_over === true}),
        release: ({integration, conversation_id, person}) => actions.release(integration, conversation_id, person),
        transfer: async (acting) => actions.transfer(acting.integration, acting.conversation_id, acting.person, await member(acting)),
        close: ({integration, conversation_id, person, body}) => actions.close(integration, conversation_id, person, body.reason),
        reopen: ({integration, conversation_id, person}) => actions.reopen(integration, conversation_id, person),
        note: ({integration, conversation_id, person, body}) => actions.note(integration, conversation_id, person, body.text ?? ''),
        retry: async (acting) => actions.retry(acting.integration, (await replyOf(acting)).reply_id),
        discard: async (acting) => actions.discard(acting.integration, (await replyOf(acting)).reply_id, acting.person),
        keep: async (acting) => actions.keep(acting.integration, (await replyOf(acting)).reply_id),
        async send(acting) {
            const {integration} = acting;
            const {reply_id, post_id, state} = await replyOf(acting);
            if (state !== 'asked' && state !== 'internal') throw new BridgeError('nothing_asked', `the reply is ${state}`);
            if (!integration.config.callback_url) throw new BridgeError('callback_not_set', 'i-Reserve’s callback address is not set');
            await take.take(integration, post_id ?? reply_id, {choice: 'confirmed'});
        },
    };
    return (action: Action, acting: Acting): Promise<unknown> => each[action](acting);
}

function missing(path: string, message: string): BridgeError {
    return new BridgeError('invalid_request', 'see errors', {errors: [{path, message}]});
}
