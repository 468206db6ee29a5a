/** One request, byte for byte as given: fetch would mend paths, headers and bodies that are meant to be wrong. */
import {type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request} from 'node:http';
import {buffer} from 'node:stream/consumers';
import {expect} from 'vitest';
import {REFUSALS, type RefusalCode} from '../../bridge/errors.ts';
import type {Answer, TestBridge} from '../support/bridge.ts';

export type Sending = {
    method?: string;
    path?: string;
    headers?: OutgoingHttpHeaders;
    /** Text and bytes go with their length, a list in chunks. */
    body?: string | Uint8Array | Uint8Array[];
    agent?: Agent;
    /** Headers only; the body they announce is never sent. */
    announceOnly?: boolean;
};

export type Reply = {status: number; headers: IncomingHttpHeaders; text: string; body: Answer['body']};

/** Nothing the bridge is asked may take longer. */
const HANGING_MS = 15_000;

/** @throws when there is no answer in time, or the connection breaks before one */
export function send(url: string, {method = 'GET', path = '/', headers = {}, body, agent, announceOnly}: Sending): Promise<Reply> {
    const {promise, resolve, reject} = Promise.withResolvers<Reply>();
    const {hostname, port} = new URL(url);
    const length = Array.isArray(body) || body === undefined ? {} : {'content-length': Buffer.byteLength(body)};
    const sent = request({hostname, port, method, path, headers: {...length, ...headers}, ...(agent ? {agent} : {agent: false})});
    sent.setTimeout(HANGING_MS, () => sent.destroy(new Error(`no answer to ${method} ${path.slice(0, 100)}`)));
    sent.on('error', reject);
    sent.on('response', (response) => {
        buffer(response).then((bytes) => {
            resolve(replyOf(response.statusCode ?? 0, response.headers, bytes.toString()));
        }, reject);
    });
    for (const chunk of Array.isArray(body) ? body : body === undefined ? [] : [body]) sent.write(chunk);
    if (announceOnly) sent.flushHeaders();
    else sent.end();
    return promise.finally(() => sent.destroy());
}

export function replyOf(status: number, headers: IncomingHttpHeaders, text: string): Reply {
    const isJson = /json/.test(headers['content-type'] ?? '') && text !== '';
    return {status, headers, text, body: (isJson ? JSON.parse(text) : {}) as Answer['body']};
}

export const bearer = (bridge: Pick<TestBridge, 'token'>) => ({authorization: `Bearer ${bridge.token}`});
export const json = {'content-type': 'application/json'};

/** POST /v1/events with the bearer token, as JSON unless told otherwise. */
export function post(bridge: TestBridge, body: NonNullable<Sending['body']> | object, headers: OutgoingHttpHeaders = {}): Promise<Reply> {
    const raw = typeof body === 'string' || body instanceof Uint8Array || Array.isArray(body);
    return send(bridge.url, {
        method: 'POST',
        path: '/v1/events',
        headers: {...json, ...bearer(bridge), ...headers},
        body: raw ? (body as string) : JSON.stringify(body),
    });
}

/** The whole shape of a refusal: its status, the stable code, what to do, and the caller's own request id. */
export function expectRefusal(reply: Reply, code: RefusalCode, requestId?: string): void {
    const {status, title, next} = REFUSALS[code];
    expect({status: reply.status, code: reply.body.code}).toEqual({status, code});
    expect(reply.body).toMatchObject({
        type: `urn:ireserve-bridge:problem:${code}`,
        title,
        status,
        next,
        detail: expect.stringMatching(/./),
    });
    expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(reply.body.request_id).toEqual(requestId ?? expect.stringMatching(/^[0-9a-f-]{36}$/));
    if (status === 503 || status === 429) expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    else expect(reply.headers['retry-after']).toBeUndefined();
    expect(reply.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
}
