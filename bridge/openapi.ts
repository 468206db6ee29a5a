/** The OpenAPI 3.1 document, made from the declared operations; docs/generate.ts writes it down. */

import {z} from 'zod';
import {createDocument, type ZodOpenApiPathsObject, type ZodOpenApiResponsesObject} from 'zod-openapi';
import manifest from '../package.json' with {type: 'json'};
import {describedAdminOperations} from './admin-api/admin-api.ts';
import {describedOperations} from './agent-api/agent-api.ts';
import {createOperations} from './api.ts';
import {CALLBACKS, CallbackAnswer} from './callbacks.ts';
import {Problem} from './contract.ts';
import {REFUSALS} from './errors.ts';
import {type Operation, refusalsOf} from './route.ts';

export type OpenApiDocument = ReturnType<typeof createDocument>;

const SECURITY = {
    agent: [{agent: []}],
    admin: [{admin: []}],
    events: [{bearer: []}, {signature: []}],
};

export function createOpenApi(operations: Operation[]): OpenApiDocument {
    const paths: ZodOpenApiPathsObject = {};
    for (const operation of operations) {
        const others = Object.entries(operation.otherBodies ?? {}).map(([type, schema]) => [type, {schema}] as const);
        const content = operation.body
            ? {[operation.bodyType ?? 'application/json']: {schema: operation.body}, ...Object.fromEntries(others)}
            : undefined;
        paths[operation.path] = {
            ...paths[operation.path],
            [operation.method]: {
                operationId: operation.operationId,
                summary: operation.summary,
                ...(operation.description ? {description: operation.description} : {}),
                tags: [operation.api ?? 'events'],
                security: SECURITY[operation.api ?? 'events'],
                requestParams: {
                    ...(operation.params ? {path: operation.params} : {}),
                    ...(operation.query ? {query: operation.query} : {}),
                    ...(operation.headers ? {header: operation.headers} : {}),
                },
                ...(content
                    ? {requestBody: {required: needsBody(operation), content: {...content, ...(operation.multipart ? MULTIPART : {})}}}
                    : {}),
                responses: {...answers(operation), ...refusals(operation)},
            },
        };
    }
    return createDocument({
        openapi: '3.1.0',
        info: {
            title: 'i-Reserve for Mattermost: events and callbacks',
            version: manifest.version,
            description:
                'Push what happens in a web chat; the bridge makes it a Mattermost thread, and calls back with what agents answer there (webhooks). ' +
                'Contract v1: a type’s meaning never changes inside /v1. ' +
                'Every refusal is problem+json with a stable code.',
            license: {name: 'MIT', identifier: 'MIT'},
        },
        servers: [{url: '/'}],
        tags: [
            {name: 'events', description: 'For i-Reserve: what happens in web chats.'},
            {name: 'agent', description: 'For the side panel in Mattermost: what agents see and do.'},
            {name: 'admin', description: 'For admins: command line, System Console, curl.'},
        ],
        paths,
        webhooks: callbacks(),
        components: {
            securitySchemes: {
                admin: {
                    type: 'http',
                    scheme: 'bearer',
                    description:
                        'An admin token (`ira_…`), made with `ireserve-bridge admin-token create`, or the session of a system admin of Mattermost (`irac_…`). See docs/admin-api.md.',
                },
                agent: {
                    type: 'http',
                    scheme: 'bearer',
                    description:
                        'An agent’s session (`iras_…`), handed out by the slash command in Mattermost; lives for minutes. See docs/agent-api.md.',
                },
                bearer: {
                    type: 'http',
                    scheme: 'bearer',
                    description: 'Made with `ireserve-bridge token create <integration>`; names the integration.',
                },
                signature: {
                    type: 'apiKey',
                    in: 'header',
                    name: 'webhook-signature',
                    description: 'Standard Webhooks: with webhook-id, webhook-timestamp and ireserve-integration; two secrets may be live.',
                },
            },
        },
    });
}

/** The agent and admin API take no body for an empty object (bodyOf); the event API always wants one. */
const needsBody = ({api, body}: Operation): boolean => api === undefined || !body?.safeParse({}).success;

/** What the bridge calls the integration's callback URL with. */
function callbacks(): ZodOpenApiPathsObject {
    return Object.fromEntries(
        CALLBACKS.map((schema) => {
            const type = schema.shape.type.value;
            const operation = {
                operationId: `on_${type.replace('.', '_')}`,
                summary: schema.meta()?.description ?? type,
                description: type === 'typing' || type === 'ping' ? 'Sent once, never repeated.' : CALLBACK_RULES,
                security: [{signature: []}],
                requestParams: {header: CallbackHeaders},
                requestBody: {required: true, content: {'application/json': {schema}}},
                responses: {
                    '2XX': {description: 'Taken, now or before.', content: {'application/json': {schema: CallbackAnswer}}},
                    ...CALLBACK_REFUSALS,
                },
            };
            return [type, {post: operation}];
        }),
    );
}

const CALLBACK_RULES =
    'Callbacks of one conversation come one after the other, in order. One that is not answered with 2xx is repeated under the same webhook-id, ' +
    'so an id that was taken before is answered with 2xx again.';

const CallbackHeaders = z.object({
    'webhook-id': z.string().meta({description: 'The same for every retry.'}),
    'webhook-timestamp': z.string().meta({description: 'Seconds since 1970, of this try.'}),
    'webhook-signature': z.string().meta({
        description: 'Standard Webhooks: v1,<base64 HMAC-SHA256 of "id.timestamp.body">; during rotation two, separated by a space.',
    }),
    authorization: z.string().optional().meta({description: 'Bearer, when the integration has a callback token.'}),
});

const CALLBACK_REFUSALS = {
    '404': {
        description:
            'With a problem whose code is `unknown_conversation` or `unknown_message`: given up. Without: the address is taken for wrong.',
    },
    '410': {description: 'No more callbacks, ever: the bridge stops and tells an admin.'},
    '429': {description: 'Slow down; Retry-After is honoured. So is 503’s.'},
    '4XX': {description: 'This one is refused for good: given up, and told to the agent.'},
    '5XX': {description: 'Sent again later.'},
};

const MULTIPART = {
    'multipart/form-data': {
        schema: {
            type: 'object',
            required: ['event'],
            properties: {event: {type: 'string', contentMediaType: 'application/json', description: 'The event, or the batch, as JSON.'}},
            additionalProperties: {type: 'string', format: 'binary', description: 'A file; an attachment names it with `part`.'},
        },
    },
} as const;

function answers(operation: Operation): ZodOpenApiResponsesObject {
    const made: ZodOpenApiResponsesObject = {};
    for (const [status, {description, schema, contentType = 'application/json'}] of Object.entries(operation.answers)) {
        made[status as `${1 | 2 | 3 | 4 | 5}${string}`] = {description, ...(schema ? {content: {[contentType]: {schema}}} : {})};
    }
    return made;
}

function refusals(operation: Operation): ZodOpenApiResponsesObject {
    const byStatus = new Map<number, string[]>();
    for (const code of refusalsOf(operation)) {
        const {status, title} = REFUSALS[code];
        byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${title}`]);
    }
    const made: ZodOpenApiResponsesObject = {};
    for (const [status, lines] of [...byStatus].sort(([a], [b]) => a - b)) {
        made[String(status) as `${1 | 2 | 3 | 4 | 5}${string}`] = {
            description: lines.join('\n\n'),
            content: {'application/problem+json': {schema: Problem}},
        };
    }
    return made;
}

/** The document of this version; handlers are not called to describe them. */
export function currentOpenApi(): OpenApiDocument {
    const unused = () => Promise.reject(new Error('only described, never called'));
    const events = createOperations({authenticate: unused, receive: {receive: unused, status: unused}, agentList: unused, compare: unused});
    return createOpenApi([...events, ...describedOperations(), ...describedAdminOperations()]);
}
