/** The operations of contract v1: what they take, what they answer, and the function behind each. */
import {z} from 'zod';
import {type Caller, INTEGRATION_HEADER} from './auth.ts';
import {AgentList} from './callbacks.ts';
import {BatchOutcome, BridgeEvent, EventBatch, EventOutcome, RoutingAnswer, RoutingQuestion, Warnings} from './contract.ts';
import {BridgeError, type RefusalCode, storeFailed} from './errors.ts';
import type {Integration} from './integration.ts';
import {parseJson, wantJson} from './json-body.ts';
import {parseLeniently, type Warning} from './lenient-parse.ts';
import {MattermostError} from './mattermost.ts';
import {ConversationListing} from './reconcile/listing.ts';
import {ReconcileReport} from './reconcile/report.ts';
import type {Answer, Input, Operation} from './route.ts';
import {eventsOf, type Parts} from './to-mattermost/prepare.ts';
import type {Receive} from './to-mattermost/receive.ts';
import {routeConversation} from './to-mattermost/routing.ts';

/** Longest `Prefer: wait`, in seconds: proxies commonly cut at 60. */
const LONGEST_WAIT_S = 30;

const CREDENTIALS: RefusalCode[] = [
    'unauthenticated',
    'wrong_token',
    'unknown_integration',
    'wrong_signature',
    'clock_skew',
    'too_many_requests',
];
/** Of an operation that takes one JSON document. */
const JSON_REFUSALS: RefusalCode[] = [
    ...CREDENTIALS,
    'malformed_body',
    'invalid_request',
    'too_large',
    'unsupported_media_type',
    'storage_unavailable',
    'stopping',
    'internal',
];
const EventId = z.object({event_id: z.string().min(1).max(128)});

export type ApiOptions = {
    authenticate: (headers: Input['headers']) => Promise<Caller>;
    receive: Receive;
    agentList: (integration: Integration, list: AgentList) => Promise<void>;
    compare: (integration: Integration, listing: ConversationListing) => Promise<ReconcileReport>;
};

export function createOperations({authenticate, receive, agentList, compare}: ApiOptions): Operation[] {
    return [
        {
            method: 'post',
            path: '/v1/events',
            operationId: 'pushEvents',
            summary: 'Push one event or a batch',
            description:
                'Stored durably before the answer. Idempotent on the event id: the same id and body give the same answer, marked duplicate; ' +
                'the same id with another body is refused. Details that do not fit (addresses, names, language …) are repaired or left out and named in ' +
                'warnings. A single refused event answers with problem+json; in a batch each event has its own outcome.',
            query: z.object({
                'validate-only': z.stringbool().default(false).meta({description: 'Check without effect.', type: 'boolean'}),
                strict: z.stringbool().default(false).meta({
                    description:
                        'Refuse what would be accepted with warnings otherwise. For development: in operation it costs visitors’ words.',
                    type: 'boolean',
                }),
            }),
            headers: z.object({
                prefer: z
                    .string()
                    .optional()
                    .meta({description: `wait=N: wait up to N seconds (at most ${LONGEST_WAIT_S}) for the outcome in Mattermost.`}),
                [INTEGRATION_HEADER]: z
                    .string()
                    .optional()
                    .meta({description: 'Name of the integration; needed when the request is signed.'}),
                'webhook-id': z.string().optional(),
                'webhook-timestamp': z.string().optional().meta({description: 'Seconds since 1970, at most 5 minutes off.'}),
                'webhook-signature': z
                    .string()
                    .optional()
                    .meta({description: 'v1,<base64 HMAC-SHA256 of "id.timestamp.body">; several separated by a space.'}),
            }),
            body: z.union([BridgeEvent, EventBatch]),
            multipart: true,
            answers: {
                200: {description: 'Settled: every outcome is known.', schema: z.union([EventOutcome, BatchOutcome])},
                202: {description: 'Stored and on its way; see status_url.', schema: z.union([EventOutcome, BatchOutcome])},
            },
            refusals: [
                ...CREDENTIALS,
                'malformed_body',
                'invalid_event',
                'invalid_request',
                'unknown_type',
                'unknown_conversation',
                'wrong_integration',
                'event_conflict',
                'too_large',
                'unsupported_media_type',
                'overloaded',
                'storage_unavailable',
                'stopping',
                'internal',
            ],
            handle: (input) => pushEvents(authenticate, receive, input),
        },
        {
            method: 'get',
            path: '/v1/events/{event_id}',
            operationId: 'getEvent',
            summary: 'Where an accepted event stands',
            params: EventId,
            answers: {200: {description: 'Its state.', schema: EventOutcome}},
            refusals: [...CREDENTIALS, 'invalid_request', 'unknown_event', 'storage_unavailable', 'stopping', 'internal'],
            async handle({headers, params}) {
                const caller = await authenticate(headers);
                caller.verify(Buffer.alloc(0));
                return {status: 200, body: await receive.status(caller.integration, String(params.event_id))};
            },
        },
        {
            method: 'put',
            path: '/v1/agents',
            operationId: 'putAgents',
            summary: 'Push the list of agents',
            description:
                'Replaces the list. A Mattermost user whose e-mail address is exactly an agent’s speaks as that agent from the first reply on, also when ' +
                'the address changes later; an admin can match by hand.',
            body: AgentList,
            answers: {200: {description: 'Stored.', schema: z.object({agents: z.int(), warnings: Warnings}).meta({id: 'AgentListStored'})}},
            refusals: JSON_REFUSALS,
            async handle(input) {
                const {integration, json: list, warnings} = await verified(authenticate, input, AgentList);
                await agentList(integration, list).catch(storeFailed);
                return {status: 200, body: {agents: list.agents.length, ...warnings}};
            },
        },
        {
            method: 'post',
            path: '/v1/reconcile',
            operationId: 'reconcile',
            summary: 'Compare your list of conversations with what has arrived',
            description:
                'Says which conversations and messages of the list the bridge never accepted, which answers you took are not in it, and what is missing or ' +
                'doubled in Mattermost. Changes nothing. Better pushed at night, or every few hours for the last day.',
            body: ConversationListing,
            answers: {200: {description: 'What differs.', schema: ReconcileReport}},
            refusals: [...JSON_REFUSALS, 'mattermost_unavailable'],
            async handle(input) {
                const {integration, json: listing} = await verified(authenticate, input, ConversationListing);
                return {status: 200, body: await compare(integration, listing).catch(mattermostFailed)};
            },
        },
        {
            method: 'post',
            path: '/v1/routing/dry-run',
            operationId: 'dryRunRouting',
            summary: 'Where would this conversation go, and why',
            body: RoutingQuestion,
            answers: {200: {description: 'The channel, and each rule considered.', schema: RoutingAnswer}},
            refusals: JSON_REFUSALS,
            async handle(input) {
                const {integration, json: question, warnings} = await verified(authenticate, input, RoutingQuestion);
                return {status: 200, body: {...routeConversation(integration.config, question), ...warnings}};
            },
        },
    ];
}

/** What was compared so far would mislead. @throws BridgeError mattermost_unavailable, or as storeFailed does */
function mattermostFailed(error: unknown): never {
    if (error instanceof MattermostError)
        throw new BridgeError('mattermost_unavailable', 'Mattermost does not answer', {retryAfter: 30, cause: error});
    return storeFailed(error);
}

/** The caller first, then the body: strangers can't make us read. @throws BridgeError */
async function verified<S extends z.ZodType>(
    authenticate: ApiOptions['authenticate'],
    {headers, body}: Input,
    schema: S,
): Promise<{integration: Integration; json: z.infer<S>; warnings: {warnings?: Warning[]}}> {
    const caller = await authenticate(headers);
    wantJson(headers);
    const bytes = await body();
    caller.verify(bytes);
    const parsed = parseLeniently(schema, parseJson(bytes), {strict: false});
    if (!parsed.ok) throw new BridgeError('invalid_request', 'see errors', {errors: parsed.errors});
    return {integration: caller.integration, json: parsed.data, warnings: parsed.warnings.length > 0 ? {warnings: parsed.warnings} : {}};
}

async function pushEvents(
    authenticate: ApiOptions['authenticate'],
    receive: Receive,
    {headers, query, body, parts, requestId}: Input,
): Promise<Answer> {
    const caller = await authenticate(headers);
    const multipart = /^multipart\/form-data\b/i.test(headers['content-type'] ?? '');
    const {json, parts: files} = await (multipart ? readMultipart(caller, parts) : readDocument(caller, {headers, body}));
    const {events, batch} = eventsOf(json);
    const waitMs = waitOf(headers.prefer);
    const outcomes = await receive.receive(caller.integration, events, files, {
        waitMs,
        validateOnly: query['validate-only'] === true,
        strict: query.strict === true,
        requestId,
    });
    const first = outcomes[0];
    if (!batch && first?.problem)
        throw new BridgeError(first.problem.code as RefusalCode, first.problem.detail, refusedExtras(first.problem));
    const settled = outcomes.every((outcome) => outcome.state !== 'queued');
    return {
        status: settled ? 200 : 202,
        headers: waitMs > 0 ? {'preference-applied': `wait=${Math.round(waitMs / 1000)}`} : {},
        body: batch ? {results: outcomes} : first,
    };
}

const refusedExtras = ({errors}: {errors?: {path: string; message: string}[] | undefined}) => (errors ? {errors} : {});

/** RFC 7240 `Prefer: wait=N`. */
function waitOf(prefer: string | string[] | undefined): number {
    const seconds = /(?:^|[,;\s])wait=(\d{1,4})/i.exec(String(prefer ?? ''))?.[1];
    return seconds ? Math.min(Number(seconds), LONGEST_WAIT_S) * 1000 : 0;
}

/** The event and its files, taken apart as they come, and checked against the signature of the whole. */
async function readMultipart(caller: Caller, parts: Input['parts']): Promise<{json: unknown; parts: Parts}> {
    const verifier = caller.verifier();
    const read = await parts(verifier.update);
    verifier.done();
    const files: Parts = new Map();
    let json: unknown;
    for (const {name, fileName, bytes} of read) {
        if (name === 'event') json = parseJson(bytes);
        else files.set(name, {name: fileName ?? name, bytes});
    }
    if (json === undefined) throw new BridgeError('malformed_body', 'there is no part named event');
    return {json, parts: files};
}

async function readDocument(caller: Caller, {headers, body}: Pick<Input, 'headers' | 'body'>): Promise<{json: unknown; parts: Parts}> {
    wantJson(headers);
    const bytes = await body();
    caller.verify(bytes);
    return {json: parseJson(bytes), parts: new Map()};
}
