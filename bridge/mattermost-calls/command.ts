/** The slash command. Mattermost's server vouches for the user with the command's token, in the form and in a header; the token names the integration. */
import type {Request, Response} from 'express';
import {z} from 'zod';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {sameSecret} from '../secrets.ts';
import type {Answering} from './answering.ts';
import {agentOf, type Desk, mustBeOn, Told} from './desk.ts';
import {readCall} from './read-call.ts';
import {createSessionExchange, type SessionProps} from './session-exchange.ts';
import {runSubCommand} from './sub-commands.ts';
import {callWords} from './words.ts';

const Id = z.string().regex(/^[a-z0-9]{26}$/);

const CommandCall = z.object({
    user_id: Id,
    channel_id: Id,
    team_id: Id,
    text: z.string().default(''),
    trigger_id: z.string().max(1000).default(''),
    /** Servers before 11 do not tell it. */
    root_id: z.union([Id, z.literal('')]).optional(),
    user_mentions: z.string().max(64).default(''),
    user_mentions_ids: z.union([Id, z.literal('')]).default(''),
});

/** As Mattermost takes it; always with status 200, anything else would be shown as an error of the server. */
type CommandAnswer = {
    response_type: 'ephemeral';
    text: string;
    /** Else Mattermost would read `<…>` in the text as Slack's markup. */
    skip_slack_parsing: true;
    props?: {ireserve: SessionProps | {v: 1; nonce: string; error: {code: string}}};
};

const say = (text: string): CommandAnswer => ({response_type: 'ephemeral', text, skip_slack_parsing: true});

export function createCommandRoute(desk: Desk, answering: Answering) {
    const exchange = createSessionExchange(desk);

    return async (request: Request, response: Response): Promise<void> => {
        const fields = await readCall(request, () => desk.onCall('command', 'malformed'));
        const integration = vouchedFor(desk.integrations(), fields.token, request.headers.authorization);
        if (!integration) {
            desk.onCall('command', 'forged');
            throw new BridgeError('wrong_command_token', 'no integration has this token, or it is not in both places');
        }
        const call = CommandCall.safeParse(fields);
        if (!call.success) {
            desk.onCall('command', 'malformed');
            throw new BridgeError('invalid_request', 'the form does not fit');
        }
        const {user_id, team_id, text, trigger_id, root_id, user_mentions, user_mentions_ids} = call.data;
        const words = callWords(integration.config.language);
        const [, session, nonce = ''] = /^\s*(session|admin-session)(?:\s+(\S*)\s*)?$/i.exec(text) ?? [];
        const kind = session?.toLowerCase() === 'admin-session' ? 'admin-session' : 'session';
        const work = async (): Promise<CommandAnswer> => {
            if (integration.state === 'inactive' && kind !== 'admin-session') throw new Told(words.inactive);
            if (session) return {...say(''), props: {ireserve: await exchange(integration, {kind, user_id, team_id, nonce, trigger_id})}};
            mustBeOn(desk, integration);
            const {person, channels} = await agentOf(desk, integration, user_id);
            const mentioned = user_mentions_ids ? {username: user_mentions, user_id: user_mentions_ids} : null;
            return say(await runSubCommand(desk, {integration, user_id, channels, root_id, person, mentioned}, text));
        };
        // The side panel decides by the code; the text is for who typed it by hand.
        const refuse = (told: string, code: string): CommandAnswer =>
            session ? {...say(told), props: {ireserve: {v: 1, nonce: nonce.slice(0, 64), error: {code}}}} : say(told);
        response.status(200).json(await answering.answer('command', user_id, words, work, refuse));
    };
}

/** The integration one of whose command tokens came in both places. Every token is compared, so that the time tells nothing. */
function vouchedFor(all: readonly Integration[], inForm: unknown, header: string | undefined): Integration | undefined {
    const inHeader = /^Token +(\S+)$/i.exec(header ?? '')?.[1] ?? '';
    const given = typeof inForm === 'string' ? inForm : '';
    const fitting = all.filter(
        ({secrets}) => secrets.command_tokens.filter((token) => sameSecret(token, given) && sameSecret(token, inHeader)).length > 0,
    );
    return fitting.find(({state}) => state === 'active') ?? fitting[0];
}
