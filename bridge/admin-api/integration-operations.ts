/** Operations on integrations: their settings, channels, test message and routing preview. */
import {z} from 'zod';
import {writeAudit} from '../admin/audit.ts';
import {choosableChannels} from '../admin/channels.ts';
import {checkMattermost} from '../admin/check-mattermost.ts';
import {problemWith} from '../admin/secret-values.ts';
import {accountOf, verifyBotToken} from '../admin/verify-bot-token.ts';
import {instant} from '../agent-api/contract.ts';
import {bodyOf} from '../agent-api/operation.ts';
import {BridgeError} from '../errors.ts';
import {givenConfig, type Integration} from '../integration.ts';
import type {Integrations} from '../integrations.ts';
import type {Servers} from '../mattermost.ts';
import type {Operation} from '../route.ts';
import type {SecretBox} from '../secrets.ts';
import type {Database} from '../store/open.ts';
import {type AdminDoor, mayUseServer} from './authenticate.ts';
import {
    ChannelList,
    IntegrationChange,
    IntegrationShown,
    IntegrationsShown,
    NewIntegrationBody,
    OfIntegration,
    RoutePreview,
    RoutePreviewBody,
    TestBody,
    TestReport,
} from './integration-contract.ts';
import {integrationShown, refusingConfig, withChange} from './integration-shown.ts';
import {adminOperation, invalid, PATH} from './operation.ts';
import {previewOf} from './route-preview.ts';

export type IntegrationOptions = {
    door: AdminDoor;
    database: Database;
    integrations: Integrations;
    servers: Servers;
    box: SecretBox;
    publicUrl: () => string;
    now: () => number;
};

export function integrationOperations({door, database, integrations, servers, box, publicUrl, now}: IntegrationOptions): Operation[] {
    const shown = (integration: Integration) => integrationShown(database.read, integration, {box, publicUrl: publicUrl()});
    return [
        adminOperation(door, {
            method: 'get',
            path: '/v1/admin/integrations',
            operationId: 'listIntegrations',
            summary: 'Integrations that are reached, by name',
            needs: 'read',
            about: 'reached',
            answers: {200: {description: 'All of them.', schema: IntegrationsShown}},
            refusals: [],
            async handle({reaches}) {
                const all = integrations.listed().filter(reaches);
                const items = await Promise.all(all.sort((a, b) => a.name.localeCompare(b.name)).map(shown));
                return {status: 200, body: {items}};
            },
        }),
        adminOperation(door, {
            method: 'post',
            path: '/v1/admin/integrations',
            operationId: 'createIntegration',
            summary: 'Make an integration',
            description: 'The bot token is tried first. A session can make integrations on its own Mattermost server, a bound token none.',
            needs: 'write',
            about: 'reached',
            body: NewIntegrationBody,
            answers: {201: {description: 'Made.', schema: IntegrationShown}},
            refusals: ['bridge_wide', 'other_server', 'name_taken', 'bot_token_refused', 'credentials_in_url'],
            async handle(caller, input) {
                const {name, licence, environment, state, config: given, secrets} = await bodyOf(input, NewIntegrationBody);
                if (caller.bound_to !== null) throw new BridgeError('bridge_wide', 'this token is bound to an integration');
                const parsed = await refusingConfig(async () => givenConfig().parse(withChange({}, given)));
                mayUseServer(caller, parsed.server_url);
                if (integrations.named(name)) throw new BridgeError('name_taken', 'choose another name');
                const problem = problemWith('bot_token', secrets.bot_token);
                if (problem) throw invalid('secrets.bot_token', problem);
                await verifyBotToken({servers, database, server_url: parsed.server_url, token: secrets.bot_token});
                const added = await integrations.add({name, licence, environment, state, config: parsed, secrets}, {by: caller.who});
                return {status: 201, body: await shown(added)};
            },
        }),
        adminOperation(door, {
            method: 'get',
            path: PATH,
            operationId: 'getIntegration',
            summary: 'One integration, without its secrets',
            needs: 'read',
            about: 'integration',
            params: OfIntegration,
            answers: {200: {description: 'All there is to show.', schema: IntegrationShown}},
            refusals: [],
            handle: async (_caller, _input, integration) => ({status: 200, body: await shown(integration)}),
        }),
        adminOperation(door, {
            method: 'patch',
            path: PATH,
            operationId: 'changeIntegration',
            summary: 'Change state or settings; the bridge obeys within a second',
            description: 'Name, licence and environment are what an integration is: for others, make another one.',
            needs: 'write',
            about: 'integration',
            params: OfIntegration,
            body: IntegrationChange,
            answers: {200: {description: 'As it is now.', schema: IntegrationShown}},
            refusals: ['changed_meanwhile', 'needs_unbound', 'other_server', 'credentials_in_url'],
            async handle(caller, input, {id}) {
                const {state, config: given, expected_updated_at} = await bodyOf(input, IntegrationChange);
                const change = (current: Integration) => {
                    if (expected_updated_at !== undefined && Date.parse(expected_updated_at) !== current.updated_at) {
                        throw new BridgeError('changed_meanwhile', `it was changed at ${instant(current.updated_at)}`);
                    }
                    const config = given && givenConfig(current.config).parse(withChange(current.config, given));
                    if (config && config.server_url !== current.config.server_url) {
                        if (caller.bound_to !== null) throw new BridgeError('needs_unbound', 'the Server URL decides who is an admin');
                        mayUseServer(caller, config.server_url);
                    }
                    return {...(state ? {state} : {}), ...(config ? {config} : {})};
                };
                const changed = await refusingConfig(() => integrations.change(id, change, {by: caller.who}));
                return {status: 200, body: await shown(changed)};
            },
        }),
        adminOperation(door, {
            method: 'delete',
            path: PATH,
            operationId: 'removeIntegration',
            summary: 'Remove an integration and all the bridge holds of it; Mattermost keeps its posts',
            needs: 'write',
            about: 'integration',
            params: OfIntegration,
            query: z.object({confirm: z.string().default('').meta({description: 'Its name, so that nobody removes the wrong one.'})}),
            answers: {204: {description: 'Removed.'}},
            refusals: ['needs_unbound'],
            async handle(caller, {query}, {id, name}) {
                if (caller.bound_to !== null) throw new BridgeError('needs_unbound', 'the token would go with it');
                if (query.confirm !== name) throw invalid('confirm', 'must be the integration’s name');
                await integrations.remove(id, {by: caller.who});
                return {status: 204, body: undefined};
            },
        }),
        adminOperation(door, {
            method: 'get',
            path: `${PATH}/channels`,
            operationId: 'listChannels',
            summary: 'Channels to choose from',
            description: 'Those the bot is a member of; one that is set stays in the list, and says when it is not usable any more.',
            needs: 'read',
            about: 'integration',
            params: OfIntegration,
            answers: {200: {description: 'By team and name.', schema: ChannelList}},
            refusals: ['bot_token_refused'],
            async handle(_caller, _input, {config, secrets}) {
                const client = servers.client(config.server_url, secrets.bot_token);
                await accountOf(client);
                return {status: 200, body: {items: await choosableChannels(client, config)}};
            },
        }),
        adminOperation(door, {
            method: 'post',
            path: `${PATH}/test`,
            operationId: 'testIntegration',
            summary: 'The test button: posts a sample message, and says exactly what stands in the way when it fails',
            needs: 'write',
            about: 'integration',
            params: OfIntegration,
            body: TestBody,
            answers: {200: {description: 'Each check.', schema: TestReport}},
            refusals: ['switched_off'],
            async handle(caller, input, integration) {
                const {channel_id} = await bodyOf(input, TestBody);
                if (integrations.switchedOff()) throw new BridgeError('switched_off', 'nothing is posted');
                const client = servers.client(integration.config.server_url, integration.secrets.bot_token);
                const {checks, ...found} = await checkMattermost(client, integration, {channel: channel_id});
                const ok = checks.every((check) => check.ok);
                const after = {ok, post_id: found.post_id ?? null, channel_id: channel_id ?? integration.config.channel_id};
                await database.write((tx) => writeAudit(tx, {at: now(), by: caller.who, action: 'integration.tested', integration, after}));
                return {status: 200, body: {ok, checks, ...found}};
            },
        }),
        adminOperation(door, {
            method: 'post',
            path: `${PATH}/route-preview`,
            operationId: 'previewRoute',
            summary: 'Where would this go, and why',
            needs: 'read',
            about: 'integration',
            params: OfIntegration,
            body: RoutePreviewBody,
            answers: {200: {description: 'The channel, and each rule considered.', schema: RoutePreview}},
            refusals: [],
            async handle(_caller, input, {config}) {
                return {status: 200, body: previewOf(config, await bodyOf(input, RoutePreviewBody))};
            },
        }),
    ];
}
