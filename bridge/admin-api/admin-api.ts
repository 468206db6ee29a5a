/** The admin API put together: one API, three clients (command line, System Console page, curl). */
import type {RequestHandler} from 'express';
import {createAdminTokens} from '../admin/admin-tokens.ts';
import {createLivingSessions} from '../admin/sessions.ts';
import {createSessionLimit} from '../agent-api/limits.ts';
import {createOrigins} from '../agent-api/origins.ts';
import type {Integration} from '../integration.ts';
import type {Integrations} from '../integrations.ts';
import type {Servers} from '../mattermost.ts';
import type {Operation} from '../route.ts';
import type {SecretBox} from '../secrets.ts';
import type {Database} from '../store/open.ts';
import type {DeliveryRow} from '../store/schema.ts';
import type {Storage} from '../store/storage.ts';
import {callbackId} from '../to-ireserve/callback.ts';
import type {Relay} from '../to-ireserve/relay.ts';
import {createAdminDoor} from './authenticate.ts';
import {type BridgeOptions, bridgeOperations} from './bridge-operations.ts';
import {type Care, type CareOptions, careOperations} from './care-operations.ts';
import {type DeliveryOptions, deliveryOperations} from './delivery-operations.ts';
import {type ExchangeOptions, exchangeOperations} from './exchange-operations.ts';
import {type IntegrationOptions, integrationOperations} from './integration-operations.ts';
import {type LogOptions, logOperations} from './log-operations.ts';
import {createLogStreams} from './log-streams.ts';
import {createOverview} from './overview.ts';
import {type SecretOptions, secretOperations} from './secret-operations.ts';
import {type WhoOptions, whoOperations} from './who-operations.ts';

export const ADMIN_PATH = '/v1/admin';

export type AdminApiOptions = {
    database: Database;
    storage: Pick<Storage, 'check'>;
    servers: Servers;
    integrations: Integrations;
    box: SecretBox;
    relay: Pick<Relay, 'people' | 'adminSessions' | 'ears'>;
    care: Care;
    /** Something of this integration is queued again. */
    kick: (integration_id: string) => void;
    version: string;
    publicUrl: () => string;
    now: () => number;
    onError: (error: unknown) => void;
};

export type AdminApi = {
    operations: Operation[];
    /** CORS before everything, so that a page can read refusals too; then the limits. */
    before: RequestHandler[];
    /** Ends the streams. */
    stop(): Promise<void>;
};

export function createAdminApi(options: AdminApiOptions): AdminApi {
    const {database, storage, servers, integrations, box, relay, care, version, publicUrl, now, onError} = options;
    const {people, adminSessions, ears} = relay;
    const tokens = createAdminTokens({database, now});
    const door = createAdminDoor({integrations, tokens, sessions: adminSessions, servers, people});
    const streams = createLogStreams({door, database, now, onError});
    const client = ({config, secrets}: Integration) => servers.client(config.server_url, secrets.bot_token);
    const usernameOf = async (integration_id: string, user_id: string) => {
        const integration = integrations.get(integration_id);
        const person = integration && (await people.find(client(integration), user_id).catch(() => null));
        return person?.username ?? null;
    };
    const attemptId = ({integration_id, direction, source_id}: DeliveryRow) =>
        direction === 'to-ireserve' ? callbackId(box, integration_id, source_id) : null;
    return {
        operations: operationsOf({
            ...{door, database, servers, integrations, box, care, client, tokens, streams, usernameOf, attemptId},
            ...{sessions: createLivingSessions({database, now}), kick: options.kick, version, publicUrl, now},
            overview: createOverview({database, storage, integrations, ears, care, version, startedAt: now(), publicUrl, now}),
        }),
        before: [createOrigins({integrations: integrations.all, servers, now}), createSessionLimit(now)],
        stop: streams.stop,
    };
}

type Options = WhoOptions &
    BridgeOptions &
    IntegrationOptions &
    SecretOptions &
    ExchangeOptions &
    LogOptions &
    DeliveryOptions &
    CareOptions;

const operationsOf = (options: Options): Operation[] => [
    ...whoOperations(options),
    ...bridgeOperations(options),
    ...integrationOperations(options),
    ...secretOperations(options),
    ...exchangeOperations(options),
    ...logOperations(options),
    ...deliveryOperations(options),
    ...careOperations(options),
];

/** For the document and the tests: their handlers can't be called. */
export const describedAdminOperations = (): Operation[] => operationsOf({} as Options);
