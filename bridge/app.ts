/** The Express app. Its order of middleware is the security story: headers, request id, routes that authenticate before they read, one error door. */
import {randomUUID} from 'node:crypto';
import express, {type Express, type NextFunction, type Request, type Response} from 'express';
import helmet from 'helmet';
import {pinoHttp} from 'pino-http';
import {ADMIN_PATH, type AdminApi} from './admin-api/admin-api.ts';
import {languageOf} from './admin-api/language.ts';
import {refusalIn} from './admin-api/words/words.ts';
import {AGENT_PATH, type AgentApi} from './agent-api/agent-api.ts';
import {docsPage} from './docs-page.ts';
import {BridgeError, problemOf} from './errors.ts';
import {createFailureLimit} from './http/limit-failures.ts';
import {createBodyReader} from './http/read-body.ts';
import {NATIVE_HOOK_PATH} from './ireserve/native-route.ts';
import type {Log} from './log.ts';
import {DIALOG_PATH} from './mattermost-calls/dialog.ts';
import {COMMAND_PATH} from './mattermost-calls/registration.ts';
import {createOpenApi} from './openapi.ts';
import {mountOperations} from './operations.ts';
import {mount, type Operation} from './route.ts';
import {isStoreAway} from './store/away.ts';
import {withoutFileToken} from './to-ireserve/file-links.ts';
import {HOOK_PATH} from './to-ireserve/hook.ts';
import type {Relay} from './to-ireserve/relay.ts';
import {ACTIONS_PATH} from './to-mattermost/buttons.ts';

export type AppOptions = Parameters<typeof mountOperations>[1] & {
    operations: Operation[];
    relay: Pick<Relay, 'hook' | 'files' | 'ears' | 'calls'>;
    agentApi: Pick<AgentApi, 'before'>;
    adminApi: Pick<AdminApi, 'before'>;
    /** i-Reserve's own webhooks. */
    nativeHook: (request: Request, response: Response) => Promise<void>;
    log: Log;
    /** Of a body that is one document; with files as parts it may be larger. */
    maxDocumentBytes: number;
    maxRequestBytes: number;
    trustedProxies: number;
    stopping: () => boolean;
    /** How many replicas there are. */
    replicas: () => number;
    /** Something failed because the store is away. */
    onStoreAway: (error: unknown) => void;
};

export function createApp(options: AppOptions): Express {
    const {operations, log, maxRequestBytes, metrics} = options;
    const app = express();
    app.disable('x-powered-by');
    app.set('etag', false);
    app.set('trust proxy', options.trustedProxies);
    app.use(
        helmet({
            contentSecurityPolicy: {
                directives: {
                    'default-src': ["'self'"],
                    'style-src': ["'self'", "'unsafe-inline'"],
                    'script-src': ["'none'"],
                    // Without TLS in front, a browser would not get from /docs to /openapi.json.
                    'upgrade-insecure-requests': null,
                },
            },
        }),
    );
    app.use(
        pinoHttp({
            logger: log,
            genReqId: (request) => requestId(request.headers['x-request-id']),
            // One line per refused request at info, the rest at debug: 3,000 lines a second would cost more than the work.
            customLogLevel: (_request, response, error) =>
                // 503 is a refusal too: come back later.
                response.statusCode === 503
                    ? 'info'
                    : error || response.statusCode >= 500
                      ? 'error'
                      : response.statusCode >= 400
                        ? 'info'
                        : 'debug',
            serializers: {
                req: (request: {id: string; method: string; url: string}) => ({
                    id: request.id,
                    method: request.method,
                    url: withoutSecrets(request.url.split('?')[0] ?? ''),
                }),
                res: (response: {statusCode: number}) => ({status: response.statusCode}),
            },
        }),
    );
    app.use((request, response, next) => {
        // We upgrade to nothing, and Node reads such a connection badly from then on: what comes later on it could hang.
        if (request.headers.upgrade) response.set('connection', 'close');
        next();
    });
    mountOperations(app, options);
    const document = createOpenApi(operations);
    app.get('/openapi.json', (_request, response) => {
        response.json(document);
    });
    const page = docsPage(document);
    app.get(['/', '/docs'], (_request, response) => {
        response.type('html').send(page);
    });
    app.use(AGENT_PATH, ...options.agentApi.before);
    app.use(ADMIN_PATH, ...options.adminApi.before);
    app.use((_request, _response, next) => {
        if (options.stopping()) throw new BridgeError('stopping', 'it will be back shortly', {retryAfter: 5});
        next();
    });
    app.post(HOOK_PATH, options.relay.hook);
    app.post(COMMAND_PATH, options.relay.calls.command);
    app.post(ACTIONS_PATH, options.relay.calls.press);
    app.post(DIALOG_PATH, options.relay.calls.dialog);
    app.get('/v1/files/:token/:name', options.relay.files);
    app.post(`${NATIVE_HOOK_PATH}/:token`, options.nativeHook);
    mount(app, operations, createBodyReader({maxDocumentBytes: options.maxDocumentBytes, maxRequestBytes}));
    app.use((request) => {
        throw new BridgeError('not_found', `${request.method} ${request.path.slice(0, 200)}`);
    });
    app.use(createFailureLimit(options.now, options.replicas));
    app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
        const known = error instanceof BridgeError ? error : unexpected(error, request);
        metrics.refusals.inc({code: known.code});
        // What lies behind a refusal is not the caller's business, but an admin's.
        if (isStoreAway(known.cause)) options.onStoreAway(known.cause);
        else if (error === known && known.cause !== undefined) request.log.error({err: known.cause}, known.code);
        if (response.headersSent) {
            response.destroy();
            return;
        }
        const {retryAfter, allow} = known.extras;
        if (retryAfter) response.set('retry-after', String(retryAfter));
        if (allow) response.set('allow', allow);
        if (known.status === 401) response.set('www-authenticate', 'Bearer');
        // Node reads on and drops what still comes of the body: cut off while sending, many clients would see a reset instead of this answer.
        // Not without end, though.
        if (!request.complete && !(Number(request.headers['content-length']) <= maxRequestBytes)) response.set('connection', 'close');
        // The other APIs speak to programs, and to the panel, which has words of its own.
        const isAdmin = request.originalUrl.startsWith(ADMIN_PATH);
        response
            .status(known.status)
            .type('application/problem+json')
            .send(
                JSON.stringify(
                    problemOf(known, String(request.id), isAdmin ? refusalIn(known.code, languageOf(request.headers)) : undefined),
                ),
            );
    });
    return app;
}

/** A path as it may be logged: the address of a file, or for i-Reserve's own webhooks, is the key to it. */
const withoutSecrets = (path: string): string =>
    withoutFileToken(path.startsWith(`${NATIVE_HOOK_PATH}/`) ? `${NATIVE_HOOK_PATH}/[redacted]` : path);

const requestId = (given: string | string[] | undefined): string =>
    typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();

function unexpected(error: unknown, request: Request): BridgeError {
    const type = (error as {type?: unknown}).type;
    // Express itself refuses paths it can't decode.
    if (error instanceof URIError || (error as {status?: number}).status === 400)
        return new BridgeError('invalid_request', 'the address can’t be decoded');
    if (isStoreAway(error)) return new BridgeError('storage_unavailable', 'the store does not answer', {retryAfter: 10, cause: error});
    request.log.error({err: error, type}, 'unexpected error');
    return new BridgeError('internal', 'see the bridge’s log by request_id', {cause: error});
}
