/** What all operations of the agent API have in common: the session, the body, what can go wrong beneath, and that nothing is kept by a cache. */
import type {z} from 'zod';
import {BridgeError, type RefusalCode, storeFailed} from '../errors.ts';
import {parseJson, wantJson} from '../json-body.ts';
import {parseLeniently} from '../lenient-parse.ts';
import {MattermostError} from '../mattermost.ts';
import type {Answer, Input, Operation} from '../route.ts';
import type {AgentCaller, Authenticate} from './authenticate.ts';

const ALWAYS: RefusalCode[] = [
    'unauthenticated',
    'session_expired',
    'not_an_agent',
    'invalid_request',
    'too_many_requests',
    'mattermost_unavailable',
    'storage_unavailable',
    'stopping',
    'internal',
];
const ACTS = new Set(['post', 'put']);
const OFF: RefusalCode[] = ['switched_off'];
const WITH_BODY: RefusalCode[] = ['malformed_body', 'too_large', 'unsupported_media_type'];

export type AgentOperation = Omit<Operation, 'api' | 'handle'> & {
    handle(caller: AgentCaller, input: Input): Promise<Answer>;
};

export function agentOperation(authenticate: Authenticate, {handle, refusals, ...operation}: AgentOperation): Operation {
    return {
        ...operation,
        api: 'agent',
        refusals: [...ALWAYS, ...(operation.body ? WITH_BODY : []), ...(ACTS.has(operation.method) ? OFF : []), ...refusals],
        handle: (input) =>
            withRefusals(async () => {
                const answer = await handle(await authenticate(input.headers), input);
                return {...answer, headers: {'cache-control': 'no-store', ...answer.headers}};
            }),
    };
}

/** Turns what goes wrong beneath an operation into what its caller is told. @throws BridgeError, or what nobody expected */
export async function withRefusals<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        throw refusalOf(error);
    }
}

/** @throws BridgeError unsupported_media_type, malformed_body, invalid_request, too_large */
export async function bodyOf<T extends z.ZodType>({headers, body}: Input, schema: T): Promise<z.infer<T>> {
    const nothing = headers['content-length'] === '0' || (headers['content-length'] ?? headers['transfer-encoding']) === undefined;
    if (!nothing) wantJson(headers);
    // What needs nothing said may be asked for without a body.
    const parsed = parseLeniently(schema, nothing ? {} : parseJson(await body()), {strict: true});
    if (!parsed.ok) throw new BridgeError('invalid_request', 'see errors', {errors: parsed.errors});
    return parsed.data;
}

function refusalOf(error: unknown): unknown {
    if (error instanceof MattermostError) {
        return new BridgeError('mattermost_unavailable', 'Mattermost does not answer', {retryAfter: 5, cause: error});
    }
    if (!isOfStore(error)) return error;
    try {
        return storeFailed(error);
    } catch (refusal) {
        return refusal;
    }
}

/** SQLite's own code; PostgreSQL's five characters; or no connection to it. */
function isOfStore(error: unknown): boolean {
    const code = (error as {code?: unknown} | null)?.code;
    return typeof code === 'string' && /^(?:ERR_SQLITE_ERROR|[0-9A-Z]{5}|ECONN\w+|ETIMEDOUT|EPIPE)$/.test(code);
}
