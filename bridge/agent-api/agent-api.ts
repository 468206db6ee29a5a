/** The agent API put together: what the side panel in Mattermost calls from agents' browsers. */
import type {RequestHandler} from 'express';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {Integrations} from '../integrations.ts';
import type {Servers} from '../mattermost.ts';
import type {Operation} from '../route.ts';
import type {Database} from '../store/open.ts';
import type {Relay} from '../to-ireserve/relay.ts';
import {type ActOptions, actOperations} from './act-operations.ts';
import {createAuthenticate} from './authenticate.ts';
import {type CannedOptions, cannedOperations} from './canned.ts';
import {type BookingLookUp, createDetail} from './detail.ts';
import {createSessionLimit} from './limits.ts';
import {createOrigins} from './origins.ts';
import {type ReadOptions, readOperations} from './read-operations.ts';
import {createStreams} from './streams.ts';
import {createLinks} from './summary.ts';
import {createWhoTypes} from './who-types.ts';

export const AGENT_PATH = '/v1/agent';

export type AgentApiOptions = {
    database: Database;
    servers: Servers;
    integrations: Pick<Integrations, 'get' | 'all' | 'switchedOff'>;
    relay: Pick<
        Relay,
        'access' | 'agentSessions' | 'people' | 'actions' | 'perform' | 'take' | 'typing' | 'session' | 'watch' | 'onStored'
    >;
    now: () => number;
    onError: (error: unknown) => void;
    /** What i-Reserve says of a booking; without it none is shown. */
    booking?: BookingLookUp;
};

export type AgentApi = {
    operations: Operation[];
    /** CORS before everything, so that a page can read refusals too; then the limits. */
    before: RequestHandler[];
    /** Ends the streams. */
    stop(): Promise<void>;
};

export function createAgentApi({database, servers, integrations, relay, now, onError, booking}: AgentApiOptions): AgentApi {
    const {access, agentSessions: sessions, people, actions, perform, take, typing, onStored} = relay;
    const authenticate = createAuthenticate({sessions, access, integration: integrations.get});
    const links = createLinks(servers, relay.session);
    const whoTypes = createWhoTypes({typing, now});
    const detail = createDetail({database, access, links, whoTypes, booking: booking ?? (async () => null), now});
    const streams = createStreams({database, access, authenticate, links, typing, watch: relay.watch, now, onError});
    const client = ({config, secrets}: Integration) => servers.client(config.server_url, secrets.bot_token);
    return {
        operations: operationsOf({
            ...{authenticate, database, access, sessions, detail, links, streams},
            ...{people, actions, perform, take, typing, client, onStored, now},
        }),
        before: [
            createOrigins({integrations: integrations.all, servers, now}),
            createSessionLimit(now),
            refuseWhenOff(integrations.switchedOff),
        ],
        async stop() {
            whoTypes.stop();
            await streams.stop();
        },
    };
}

/** While the kill switch is on, agents may look, and end what they began. */
const refuseWhenOff =
    (switchedOff: () => boolean): RequestHandler =>
    ({method}, _response, next) => {
        const isAct = method === 'POST' || method === 'PUT';
        next(isAct && switchedOff() ? new BridgeError('switched_off', 'nothing is sent or posted', {retryAfter: 30}) : undefined);
    };

const operationsOf = (options: ReadOptions & ActOptions & CannedOptions): Operation[] => [
    ...readOperations(options),
    ...actOperations(options),
    ...cannedOperations(options),
];

/** For the document: their handlers can't be called. */
export const describedOperations = (): Operation[] => operationsOf({} as Parameters<typeof operationsOf>[0]);
