/** One signed call to i-Reserve: Standard Webhooks, both live keys, a bearer when one is set. One try; the outbox does the rest. */
import {createHmac, randomUUID} from 'node:crypto';
import type {Integration} from '../integration.ts';
import {type NetworkFailure, networkFailure} from '../network-error.ts';

export type Answer = {status: number; retryAfterMs: number | undefined; body: unknown};

/**
 * - unsent: no connection was made; with `tls`, because no secure one could be
 * - unknown: time-out or reset: i-Reserve may have taken it. The webhook-id stays the same, so sending again is safe
 */
export class CallError extends Error {
    readonly kind: 'unsent' | 'unknown';
    readonly tls: boolean;

    constructor({kind, tls, message}: NetworkFailure) {
        super(message);
        this.kind = kind;
        this.tls = tls;
    }
}

const LONGEST_ANSWER = 64 * 1024;
/** An agent list of 10,000 fits. */
const LONGEST_LIST = 4 * 1024 * 1024;

/** Secrets that sign what goes to i-Reserve, newest first. */
export const callbackSecrets = ({secrets}: Integration): string[] =>
    secrets.callback_secrets.length > 0 ? secrets.callback_secrets : secrets.signing_secrets;

export type Caller = {timeoutMs: number; now: () => number};

/** The three headers of Standard Webhooks over the exact bytes. */
export function signedHeaders(secrets: readonly string[], id: string, body: string, now: number): Record<string, string> {
    const timestamp = String(Math.floor(now / 1000));
    const signatures = secrets.map((secret) => {
        const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
        return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    });
    return {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ')};
}

type Call = {id: string; body: string; url?: string; method?: 'POST' | 'GET'};

/** With the newest bearer; refused, with the one before: i-Reserve may not know the new one yet. @throws CallError */
export async function call(caller: Caller, integration: Integration, what: Call): Promise<Answer> {
    const [newest = '', before] = integration.secrets.callback_tokens;
    const answer = await callWith(newest, caller, integration, what);
    const refused = answer.status === 401 || answer.status === 403;
    return refused && before !== undefined ? callWith(before, caller, integration, what) : answer;
}

async function callWith(
    callback_token: string,
    {timeoutMs, now}: Caller,
    integration: Integration,
    {id, body, url = integration.config.callback_url, method = 'POST'}: Call,
): Promise<Answer> {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(new DOMException('no answer in time', 'TimeoutError')), timeoutMs);
    try {
        const response = await fetch(url, {
            method,
            redirect: 'manual',
            signal: timeout.signal,
            headers: {
                accept: 'application/json',
                'user-agent': 'ireserve-bridge',
                ...(method === 'POST' ? {'content-type': 'application/json'} : {}),
                ...(callback_token ? {authorization: `Bearer ${callback_token}`} : {}),
                ...signedHeaders(callbackSecrets(integration), id, body, now()),
            },
            ...(method === 'POST' ? {body} : {}),
        });
        const text = await boundedText(response, method === 'GET' ? LONGEST_LIST : LONGEST_ANSWER);
        return {status: response.status, retryAfterMs: retryAfter(response.headers.get('retry-after'), now()), body: parsed(text)};
    } catch (error) {
        throw new CallError(networkFailure(error as Error, 'i-Reserve'));
    } finally {
        clearTimeout(timer);
    }
}

/** What is beyond the limit is not read: a status is an answer, however long its body. */
export async function boundedText(response: Response, most: number): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
        size += chunk.length;
        if (size > most) break;
        chunks.push(chunk);
    }
    return size > most ? '' : Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return null;
    }
}

/** Seconds, or a date. @returns ms from now, at most a day */
function retryAfter(header: string | null, now: number): number | undefined {
    if (header === null) return undefined;
    const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
    return ms > 0 ? Math.min(ms, 86_400_000) : undefined;
}

/** What i-Reserve answers to a signed GET. @throws CallError; Error when the answer is not 200 */
export async function fetchSigned(caller: Caller, integration: Integration, url: string): Promise<unknown> {
    const answer = await call(caller, integration, {id: `get_${randomUUID()}`, body: '', url, method: 'GET'});
    if (answer.status !== 200) throw new Error(`${new URL(url).pathname} of ${integration.name} can’t be fetched: ${answer.status}`);
    return answer.body;
}
