/** The admin API put together: one API, three clients (command line, System Console page, curl). */
import type {RequestHandler} from 'express';
import {createLimits} from '../agent-api/limits.ts';
import {createOrigins} from '../agent-api/origins.ts';
import type {Integrations} from '../integrations.ts';
import type {Servers} from '../mattermost.ts';
import type {Operation} from '../route.ts';
import {createAdminDoor} from './authenticate.ts';
import {type BridgeOptions, bridgeOperations} from './bridge-operations.ts';
import {type Care, type CareOptions, careOperations} from './care-operations.ts';
import {type DeliveryOptions, deliveryOperations} from './delivery-operations.ts';
import {type ExchangeOptions, exchangeOperations} from './exchange-operations.ts';
import {type IntegrationOptions, integrationOperations} from './integration-operations.ts';
import {type LogOptions, logOperations} from './log-operations.ts';
import {type SecretOptions, secretOperations} from './secret-operations.ts';
import {type WhoOptions, whoOperations} from './who-operations.ts';

export const ADMIN_PATH = '/v1/admin';

export type AdminApiOptions = {
    servers: Servers;
    integrations: Integrations;
    now: () => number;
    care: Care;
};

export type AdminApi = {
    operations: Operation[];
    /** CORS before everything, so that a page can read refusals too; then the limits. */
    before: RequestHandler[];
};

export function createAdminApi({servers, integrations, now, care}: AdminApiOptions): AdminApi {
    const door = createAdminDoor({integrations});
    return {
        operations: operationsOf({door, care}),
        before: [createOrigins({integrations: integrations.all, servers, now}), ...createLimits(now)],
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
