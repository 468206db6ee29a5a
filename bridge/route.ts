/** One declared operation: mounted on the app, and described in the OpenAPI document. One place for both, so they can't disagree. */
import type {IncomingHttpHeaders} from 'node:http';
import type {Express, NextFunction, Request, Response} from 'express';
import type {z} from 'zod';
import {BridgeError, type RefusalCode} from './errors.ts';
import type {BodyPart, BodyReader} from './http/read-body.ts';
import {fieldErrors} from './lenient-parse.ts';

export type Answer =
    | {status: number; body: unknown; headers?: Record<string, string>}
    /** Goes on for as long as both sides want; whoever answers so ends it. */
    | {stream: (response: Response) => void; headers?: Record<string, string>};

export type Operation = {
    method: 'get' | 'post' | 'put' | 'patch' | 'delete';
    /** OpenAPI form: `/v1/events/{event_id}`. */
    path: string;
    operationId: string;
    /** Which of the APIs it belongs to; the event API where it is not said. */
    api?: 'agent' | 'admin';
    /** Of the admin API: what a caller needs, and what it is about. */
    admin?: {needs: 'read' | 'write'; about: 'integration' | 'bridge' | 'reached'};
    summary: string;
    description?: string;
    params?: z.ZodObject;
    query?: z.ZodObject;
    headers?: z.ZodObject;
    /** The JSON body, for the document; the handler gets the raw bytes. */
    body?: z.ZodType;
    /** Also takes multipart/form-data with the JSON in a part named `event`. */
    multipart?: boolean;
    /** The body is a document of this type instead of JSON. */
    bodyType?: string;
    /** Other forms of the body, by their type. */
    otherBodies?: Record<string, z.ZodType>;
    /** Without a schema: no body. */
    answers: Record<number, {description: string; schema?: z.ZodType; contentType?: string}>;
    refusals: RefusalCode[];
    handle(input: Input): Promise<Answer>;
};

export type Input = {
    params: Record<string, unknown>;
    query: Record<string, unknown>;
    headers: IncomingHttpHeaders;
    /** Of the request, as the answer and the log name it. */
    requestId: string;
    /** Reads the body, once, up to the limit. @throws BridgeError too_large */
    body(): Promise<Buffer>;
    /** Reads multipart/form-data instead, once. @param onBytes is given every byte as it comes. @throws BridgeError too_large, malformed_body */
    parts(onBytes: (chunk: Buffer) => void): Promise<BodyPart[]>;
};

/** Mounts the operations; any other method on their paths answers 405 with `Allow`. */
export function mount(app: Express, operations: Operation[], bodies: BodyReader): void {
    const paths = new Map<string, Set<string>>();
    for (const operation of operations) {
        const path = operation.path.replace(/\{(\w+)\}/g, ':$1');
        paths.set(path, (paths.get(path) ?? new Set()).add(operation.method.toUpperCase()));
        app[operation.method](path, async (request: Request, response: Response, next: NextFunction) => {
            try {
                const answer = await operation.handle({
                    params: check(operation.params, request.params, 'path'),
                    query: check(operation.query, knownOnly(operation, request.query), 'query'),
                    headers: request.headers,
                    requestId: String(request.id),
                    body: () => bodies.whole(request, response),
                    parts: (onBytes) => bodies.parts(request, response, onBytes),
                });
                response.set(answer.headers ?? {});
                if ('stream' in answer) {
                    response.status(200);
                    if (request.method === 'HEAD') response.end();
                    else answer.stream(response);
                    return;
                }
                response.status(answer.status);
                if (answer.body === undefined) response.end();
                else if (typeof answer.body === 'string') response.send(answer.body);
                else response.json(answer.body);
            } catch (error) {
                next(error);
            }
        });
    }
    for (const methods of paths.values()) if (methods.has('GET')) methods.add('HEAD');
    const patterns = [...paths].map(([path, methods]) => ({matches: match(path), methods}));
    // One path may fit several: `/sessions/{id}` and `/sessions/revoke`.
    app.all([...paths.keys()], (request) => {
        const fitting = patterns.filter(({matches}) => matches(request.path));
        const allow = [...new Set(fitting.flatMap(({methods}) => [...methods]))].sort().join(', ');
        throw new BridgeError('method_not_allowed', `${request.method} is not among ${allow}`, {allow});
    });
}

const match = (path: string): ((given: string) => boolean) => {
    // As Express matches them: without regard to case, and with or without a slash at the end.
    const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}/?$`, 'i');
    return (given) => pattern.test(given);
};

/** Every refusal an operation can make: whatever it takes, a parameter it does not know is refused. */
export const refusalsOf = ({refusals}: Pick<Operation, 'refusals'>): RefusalCode[] => [
    ...new Set<RefusalCode>([...refusals, 'unknown_parameter']),
];

/** A misspelt parameter would be an unasked-for effect: `?validate_only=true` must not post. @throws BridgeError unknown_parameter */
function knownOnly({query, operationId}: Operation, given: Record<string, unknown>): Record<string, unknown> {
    const known = Object.keys(query?.shape ?? {});
    const unknown = Object.keys(given).filter((name) => !known.includes(name));
    if (unknown.length === 0) return given;
    const names = unknown.map((name) => name.slice(0, 60)).slice(0, 5);
    const detail = `${operationId} does not know ${names.join(', ')}; ${known.length > 0 ? `it knows ${known.join(', ')}` : 'it takes none'}`;
    throw new BridgeError('unknown_parameter', detail);
}

function check(schema: z.ZodObject | undefined, given: unknown, where: string): Record<string, unknown> {
    if (!schema) return {};
    const parsed = schema.safeParse(given);
    if (!parsed.success) throw new BridgeError('invalid_request', `the ${where} does not fit`, {errors: fieldErrors(parsed.error)});
    return parsed.data;
}
