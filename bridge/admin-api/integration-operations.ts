/** Operations on integrations: their settings, channels, test message and routing preview. */
import {z} from 'zod';
import {BridgeError} from '../errors.ts';
import type {Operation} from '../route.ts';
import type {AdminDoor} from './authenticate.ts';
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
import {adminOperation} from './operation.ts';

export type IntegrationOptions = {door: AdminDoor};

const PATH = '/v1/admin/integrations/{integration}';

const later = (): never => {
    throw new BridgeError('not_available', 'not yet');
};

export function integrationOperations({door}: IntegrationOptions): Operation[] {
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
            handle: later,
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
            refusals: ['bridge_wide', 'other_server', 'name_taken', 'bot_token_refused'],
            handle: later,
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
            handle: later,
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
            refusals: ['changed_meanwhile', 'needs_unbound', 'other_server'],
            handle: later,
        }),
        adminOperation(door, {
            method: 'delete',
            path: PATH,
            operationId: 'removeIntegration',
            summary: 'Remove an integration and all the bridge holds of it; Mattermost keeps its posts',
            needs: 'write',
            about: 'integration',
            params: OfIntegration,
            query: z.object({confirm: z.string().max(64).meta({description: 'Its name, so that nobody removes the wrong one.'})}),
            answers: {204: {description: 'Removed.'}},
            refusals: ['needs_unbound'],
            handle: later,
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
            handle: later,
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
            handle: later,
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
            handle: later,
        }),
    ];
}
