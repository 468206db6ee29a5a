/** The admin API as its clients have it: bearers of every kind, and requests over real HTTP. */

import {createAdminTokens} from '../../bridge/admin/admin-tokens.ts';
import {BRIDGE} from '../../bridge/admin/audit.ts';
import {createAdminSessions} from '../../bridge/admin-api/admin-sessions.ts';
import type {TestBridge} from '../support/bridge.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of an answer; the contract's own test judges its shape.
export type Loose = any;
export type AdminAnswer = {status: number; headers: Headers; text: string; body: Loose};

export type TokenOptions = {scope?: 'read' | 'write'; integration_id?: string | null; expires_at?: number | null; now?: () => number};

export async function adminToken(
    bridge: Pick<TestBridge, 'database'>,
    {scope = 'write', integration_id = null, expires_at = null, now = Date.now}: TokenOptions = {},
): Promise<{id: string; token: string}> {
    const tokens = createAdminTokens({database: bridge.database, now});
    const {row, token} = await tokens.make({label: 'tests', scope, integration_id, expires_at}, BRIDGE);
    return {id: row.id, token};
}

/** A session as the slash command hands it out, past the command itself. */
export async function adminSession(
    {database}: Pick<TestBridge, 'database'>,
    integration_id: string,
    user: {id: string; username: string},
    now: () => number = Date.now,
): Promise<string> {
    const {token} = await createAdminSessions({database, now}).issue(integration_id, {user_id: user.id, username: user.username});
    return token;
}

/** Requests with one bearer. */
export function adminWith({url}: Pick<TestBridge, 'url'>, token: string | null) {
    const authorization: Record<string, string> = token === null ? {} : {authorization: `Bearer ${token}`};
    async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<AdminAnswer> {
        const json: Record<string, string> = body === undefined ? {} : {'content-type': 'application/json'};
        const response = await fetch(`${url}/v1/admin${path}`, {
            method,
            headers: {...authorization, ...json, ...headers},
            ...(body === undefined ? {} : {body: typeof body === 'string' ? body : JSON.stringify(body)}),
        });
        if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
            await response.body?.cancel();
            return {status: response.status, headers: response.headers, text: '', body: undefined};
        }
        const text = await response.text();
        const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
        return {status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined};
    }
    return {
        ask,
        get: (path: string, headers: Record<string, string> = {}) => ask('GET', path, undefined, headers),
        post: (path: string, body: unknown = {}, headers: Record<string, string> = {}) => ask('POST', path, body, headers),
        patch: (path: string, body: unknown) => ask('PATCH', path, body),
        put: (path: string, body: unknown) => ask('PUT', path, body),
        delete: (path: string) => ask('DELETE', path),
        yaml: (path: string, text: string) => ask('POST', path, text, {'content-type': 'application/yaml'}),
    };
}

/** In short, what an answer comes to. */
export const outcome = ({status, body}: AdminAnswer): string => (body?.code ? `${status} ${body.code}` : String(status));
