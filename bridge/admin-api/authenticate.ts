/** Who is calling the admin API: an admin token, or the session of a person Mattermost calls a system admin, now. */
import type {IncomingHttpHeaders} from 'node:http';
import type {AdminTokens} from '../admin/admin-tokens.ts';
import type {Actor} from '../admin/audit.ts';
import {bearerOf} from '../agent-api/authenticate.ts';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {Integrations} from '../integrations.ts';
import type {Servers} from '../mattermost.ts';
import type {People} from '../to-ireserve/people.ts';
import type {AdminSessions} from './admin-sessions.ts';
import type {AdminScope} from './contract.ts';

export type AdminCaller = {
    token: string;
    who: Actor;
    /** Of a session; null: a token. */
    session: string | null;
    scope: AdminScope;
    /** ms since 1970 */
    expires_at: number | null;
    /** Of a session: the Mattermost server whose system admin it is. */
    server_url: string | null;
    /** Of a token that is bound: to which integration. */
    bound_to: string | null;
    /** Reaches all there is, and so may do what concerns all. */
    bridgeWide: boolean;
    reaches(integration: Integration): boolean;
};

export type AdminDoor = {
    integrations: Pick<Integrations, 'all' | 'listed' | 'get' | 'named'>;
    /** @throws BridgeError (the promise) unauthenticated, wrong_admin_token, session_expired, not_an_admin, mattermost_unavailable */
    authenticate(headers: IncomingHttpHeaders): Promise<AdminCaller>;
};

export type AuthenticateOptions = {
    integrations: AdminDoor['integrations'];
    tokens: AdminTokens;
    sessions: AdminSessions;
    servers: Servers;
    people: Pick<People, 'systemAdmin'>;
};

/** The shapes of what is handed out: nothing else is looked up. */
const TOKEN = /^ira_[\w-]{43}$/;
const SESSION = /^irac_[\w-]{43}$/;

export function createAdminDoor({integrations, tokens, sessions, servers, people}: AuthenticateOptions): AdminDoor {
    async function byToken(token: string): Promise<AdminCaller> {
        const row = await tokens.find(token);
        const bound_to = row?.integration_id ?? null;
        if (!row || (bound_to !== null && !integrations.get(bound_to))) {
            throw new BridgeError('wrong_admin_token', 'unknown, expired or revoked');
        }
        const {id, label, scope, expires_at} = row;
        return {
            ...{token, who: {kind: 'token', id, name: label}, session: null, scope, expires_at, server_url: null, bound_to},
            bridgeWide: bound_to === null,
            reaches: (integration) => bound_to === null || integration.id === bound_to,
        };
    }

    async function bySession(token: string): Promise<AdminCaller> {
        const session = await sessions.find(token);
        const vouched = session && integrations.get(session.integration_id);
        if (!vouched) throw new BridgeError('session_expired', 'unknown, expired or revoked');
        const {server_url} = vouched.config;
        const admin = await people.systemAdmin(servers.client(server_url, vouched.secrets.bot_token), session.user_id);
        if (!admin) throw new BridgeError('not_an_admin', 'the account is not, or no more, a system admin’s');
        const reaches = ({config}: Integration) => sameServer(config.server_url, server_url);
        return {
            ...{token, who: {kind: 'session', id: session.user_id, name: admin.username}, session: session.id, scope: 'write'},
            ...{expires_at: session.expires_at, server_url, bound_to: null},
            bridgeWide: integrations.all().every(reaches),
            reaches,
        };
    }

    return {
        integrations,
        async authenticate(headers) {
            const token = bearerOf(headers);
            // Never in the address or a cookie: those are logged, and sent along by browsers for strangers.
            if (token === null) throw new BridgeError('unauthenticated', 'no bearer was sent');
            if (TOKEN.test(token)) return byToken(token);
            if (SESSION.test(token)) return bySession(token);
            throw new BridgeError('wrong_admin_token', 'unknown, expired or revoked');
        },
    };
}

const sameServer = (one: string, other: string): boolean => withoutSlash(one) === withoutSlash(other);

/** Scheme, host and default port as URL writes them. */
const withoutSlash = (url: string): string => new URL(url).href.replace(/\/+$/, '');

/** A session is of one server's admin, who may not point the bridge elsewhere. @throws BridgeError other_server */
export function mayUseServer({server_url}: AdminCaller, wanted: string): void {
    if (server_url !== null && !sameServer(server_url, wanted)) throw new BridgeError('other_server', `you are an admin of ${server_url}`);
}
