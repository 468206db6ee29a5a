/** Operations on an integration's secrets: set, rotated with overlap, dropped; and i-Reserve's bearer tokens. */
import {z} from 'zod';
import {stateOfToken} from '../admin/admin-tokens.ts';
import {canGenerate, generate, problemWith, secretStates, setExpiry, withoutValue, withValue} from '../admin/secret-values.ts';
import {verifyBotToken} from '../admin/verify-bot-token.ts';
import {instant, instantOrNull} from '../agent-api/contract.ts';
import {bodyOf} from '../agent-api/operation.ts';
import {BridgeError} from '../errors.ts';
import type {Integration, SecretKind} from '../integration.ts';
import type {Integrations} from '../integrations.ts';
import {NATIVE_HOOK_PATH} from '../ireserve/native-route.ts';
import type {Servers} from '../mattermost.ts';
import type {Operation} from '../route.ts';
import type {SecretBox} from '../secrets.ts';
import type {Database} from '../store/open.ts';
import type {AdminCaller, AdminDoor} from './authenticate.ts';
import {
    MadeToken,
    NewSecret,
    NewToken,
    OfIntegration,
    SecretExpiry,
    SecretKindName,
    SecretList,
    SecretMade,
    SecretStatus,
    TokenList,
    type TokenShown,
} from './integration-contract.ts';
import {secretShown} from './integration-shown.ts';
import {adminOperation, invalid, PATH} from './operation.ts';
import {instantOf} from './times.ts';

export type SecretOptions = {
    door: AdminDoor;
    database: Database;
    integrations: Integrations;
    servers: Servers;
    box: SecretBox;
    publicUrl: () => string;
    now: () => number;
};

const OfSecret = OfIntegration.extend({secret: SecretKindName});
const OfValue = OfSecret.extend({value_id: z.string().min(1).max(64).meta({description: 'id of one of its values.'})});

/** Whoever knows a command's token can say who asks (docs/admin-api.md): a bound token must not get further by it. */
function mayChange({bound_to}: AdminCaller, kind: SecretKind): void {
    if (bound_to !== null && kind === 'command_tokens') throw new BridgeError('needs_unbound', 'the command’s token vouches for people');
}

type TokenRow = {id: string; label: string; created_at: number; expires_at: number | null; revoked_at: number | null};

const tokenShown = (row: TokenRow, at: number): z.infer<typeof TokenShown> => ({
    ...{id: row.id, label: row.label, state: stateOfToken(row, at), created_at: instant(row.created_at)},
    ...{expires_at: instantOrNull(row.expires_at), revoked_at: instantOrNull(row.revoked_at)},
});

export function secretOperations({door, database, integrations, servers, box, publicUrl, now}: SecretOptions): Operation[] {
    const states = (integration: Integration) => secretStates(database.read, box, integration);
    async function shown(integration: Integration, kind: SecretKind): Promise<SecretStatus> {
        const state = (await states(integration)).find(({secret}) => secret === kind);
        if (!state) throw new Error(`there is no kind ${kind}`);
        return secretShown(state);
    }
    return [
        adminOperation(door, {
            method: 'get',
            path: `${PATH}/secrets`,
            operationId: 'listSecrets',
            summary: 'Which secrets are set, since when, and until when',
            needs: 'read',
            about: 'integration',
            params: OfIntegration,
            answers: {200: {description: 'Every kind, also those that are not set.', schema: SecretList}},
            refusals: [],
            handle: async (_caller, _input, integration) => ({status: 200, body: {items: (await states(integration)).map(secretShown)}}),
        }),
        adminOperation(door, {
            method: 'post',
            path: `${PATH}/secrets/{secret}`,
            operationId: 'addSecret',
            summary: 'Set a secret, or the next one beside it',
            description:
                'What was live before stays so until it is dropped, so that nothing is lost while the other side changes over. Only the bot token ' +
                'takes the old one’s place, after Mattermost said that it is the same bot’s; the old token is not revoked by it.',
            needs: 'write',
            about: 'integration',
            params: OfSecret,
            body: NewSecret,
            answers: {201: {description: 'Live from now on.', schema: SecretMade}},
            refusals: ['no_room_for_secret', 'bot_token_refused', 'other_bot', 'needs_unbound'],
            async handle(caller, input, integration) {
                const kind = input.params.secret as SecretKind;
                const {value: given, expires_at, drop_oldest} = await bodyOf(input, NewSecret);
                mayChange(caller, kind);
                if (given === undefined && !canGenerate(kind)) throw invalid('generate', 'it comes from the other side');
                const value = given ?? generate(kind);
                const problem = problemWith(kind, value);
                if (problem) throw invalid('value', problem);
                const {server_url} = integration.config;
                if (kind === 'bot_token') await verifyBotToken({servers, database, current: integration, server_url, token: value});
                const changed = await integrations.change(
                    integration.id,
                    ({secrets}) => ({secrets: withValue(secrets, kind, value, {dropOldest: drop_oldest})}),
                    {by: caller.who, expires_at: instantOf('expires_at', expires_at, now())},
                );
                const address = kind === 'native_hook_tokens' ? `${publicUrl()}${NATIVE_HOOK_PATH}/${value}` : value;
                const shown_once = given === undefined || kind === 'native_hook_tokens' ? address : null;
                return {status: 201, body: {secret: await shown(changed, kind), shown_once}};
            },
        }),
        adminOperation(door, {
            method: 'patch',
            path: `${PATH}/secrets/{secret}/{value_id}`,
            operationId: 'setSecretExpiry',
            summary: 'Note when a secret expires',
            needs: 'write',
            about: 'integration',
            params: OfValue,
            body: SecretExpiry,
            answers: {200: {description: 'As it is now.', schema: SecretStatus}},
            refusals: ['unknown_secret'],
            async handle({who}, input, integration) {
                const {secret, value_id} = input.params as z.infer<typeof OfValue>;
                const {expires_at} = await bodyOf(input, SecretExpiry);
                const until = instantOf('expires_at', expires_at, now());
                const set = {integration, kind: secret, value_id, expires_at: until, at: now(), by: who};
                await database.write((tx) => setExpiry(tx, box, set));
                return {status: 200, body: await shown(integration, secret)};
            },
        }),
        adminOperation(door, {
            method: 'delete',
            path: `${PATH}/secrets/{secret}/{value_id}`,
            operationId: 'dropSecret',
            summary: 'Drop a secret: it is not accepted, or sent, any more',
            needs: 'write',
            about: 'integration',
            params: OfValue,
            answers: {200: {description: 'What is left.', schema: SecretStatus}},
            refusals: ['unknown_secret', 'needs_a_secret', 'needs_unbound'],
            async handle(caller, {params}, {id}) {
                const {secret, value_id} = params as z.infer<typeof OfValue>;
                mayChange(caller, secret);
                const change = ({secrets}: Integration) => ({secrets: withoutValue(box, secrets, secret, value_id)});
                return {status: 200, body: await shown(await integrations.change(id, change, {by: caller.who}), secret)};
            },
        }),
        adminOperation(door, {
            method: 'get',
            path: `${PATH}/tokens`,
            operationId: 'listEventTokens',
            summary: 'i-Reserve’s bearer tokens for the event API, without the tokens themselves',
            needs: 'read',
            about: 'integration',
            params: OfIntegration,
            answers: {200: {description: 'Oldest first.', schema: TokenList}},
            refusals: [],
            async handle(_caller, _input, {id}) {
                return {status: 200, body: {items: (await integrations.listTokens(id)).map((row) => tokenShown(row, now()))}};
            },
        }),
        adminOperation(door, {
            method: 'post',
            path: `${PATH}/tokens`,
            operationId: 'createEventToken',
            summary: 'Make a bearer token for i-Reserve; it is shown once',
            needs: 'write',
            about: 'integration',
            params: OfIntegration,
            body: NewToken,
            answers: {201: {description: 'Live from now on.', schema: MadeToken}},
            refusals: [],
            async handle({who}, input, {id}) {
                const {label, expires_at} = await bodyOf(input, NewToken);
                const until = instantOf('expires_at', expires_at, now());
                const made = await integrations.addToken(id, label, until, {by: who});
                const row = {id: made.id, label, created_at: now(), expires_at: until, revoked_at: null};
                return {status: 201, body: {...tokenShown(row, now()), token: made.token}};
            },
        }),
        adminOperation(door, {
            method: 'delete',
            path: `${PATH}/tokens/{token_id}`,
            operationId: 'revokeEventToken',
            summary: 'Revoke a bearer token of i-Reserve’s; it is refused within a second',
            needs: 'write',
            about: 'integration',
            params: OfIntegration.extend({token_id: z.string().min(1).max(64)}),
            answers: {204: {description: 'Revoked, now or before.'}},
            refusals: ['unknown_token'],
            async handle({who}, {params}, {id}) {
                const known = (await integrations.listTokens(id)).some((row) => row.id === params.token_id);
                if (!known) throw new BridgeError('unknown_token', 'the integration has no such token');
                await integrations.revokeToken(id, String(params.token_id), {by: who});
                return {status: 204, body: undefined};
            },
        }),
    ];
}
