/** The panel's actions: those of the catalogue, with what the request's body says. */
import {z} from 'zod';
import {BridgeError, type RefusalCode} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {MattermostClient} from '../mattermost.ts';
import type {Database} from '../store/open.ts';
import {ACTION_NAMES, type ActionName, type Perform, surfacesOf} from '../to-ireserve/catalogue.ts';
import type {People, Person} from '../to-ireserve/people.ts';
import {LONGEST_SAID} from '../to-ireserve/saying.ts';
import type {Access} from './access.ts';
import {mustBeOf} from './replies.ts';

export const ACTIONS = ACTION_NAMES.filter((name) => surfacesOf(name).includes('panel'));

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
    'not_sent',
    'callback_not_set',
];

export type ActingOptions = {
    database: Database;
    access: Access;
    people: People;
    perform: Perform;
    client: (integration: Integration) => MattermostClient;
};

type Acting = {integration: Integration; person: Person; conversation_id: string; channel_id: string; body: ActionBody};

/** @returns does it. It throws BridgeError with the codes above, and invalid_request when the body lacks what the action needs */
export function createAct({database, access, people, perform, client}: ActingOptions) {
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

    return async (action: ActionName, acting: Acting): Promise<void> => {
        const {integration, conversation_id, person, body} = acting;
        const {take_over, reason, text, reply_id} = body;
        await perform(action, {
            integration,
            conversation_id,
            by: person,
            input: {
                takeOver: take_over === true,
                ...(reason === undefined ? {} : {reason}),
                ...(text === undefined ? {} : {text}),
                ...(action === 'transfer' ? {to: await member(acting)} : {}),
                ...(reply_id ? {reply: await mustBeOf(database.read, integration.id, conversation_id, reply_id)} : {}),
            },
        });
    };
}

function missing(path: string, message: string): BridgeError {
    return new BridgeError('invalid_request', 'see errors', {errors: [{path, message}]});
}
