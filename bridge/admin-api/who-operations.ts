/** Operations about who may do what: me, admin tokens, sessions. */
import {z} from 'zod';
import {type AdminTokens, stateOfToken} from '../admin/admin-tokens.ts';
import type {LivingSession, Sessions} from '../admin/sessions.ts';
import {instant, instantOrNull} from '../agent-api/contract.ts';
import {bodyOf} from '../agent-api/operation.ts';
import {BridgeError} from '../errors.ts';
import type {Operation} from '../route.ts';
import type {AdminTokenRow} from '../store/admin-schema.ts';
import type {AdminCaller, AdminDoor} from './authenticate.ts';
import {
    AdminMe,
    AdminTokenList,
    type AdminTokenShown,
    MadeAdminToken,
    NewAdminToken,
    Revoked,
    RevokeSessions,
    SessionList,
    type SessionShown,
} from './contract.ts';
import {adminOperation, reached, reachedIds} from './operation.ts';
import {instantOf} from './times.ts';

export type WhoOptions = {
    door: AdminDoor;
    tokens: AdminTokens;
    sessions: Sessions;
    /** Username of a Mattermost user, as far as it can be told now. */
    usernameOf: (integration_id: string, user_id: string) => Promise<string | null>;
    version: string;
    publicUrl: () => string;
    now: () => number;
};

const SessionQuery = z.object({
    integration: z.string().max(64).optional().meta({description: 'Name or id.'}),
    kind: z.enum(['agent', 'admin']).optional(),
});

export function whoOperations({door, tokens, sessions, usernameOf, version, publicUrl, now}: WhoOptions): Operation[] {
    const nameOf = (id: string | null) => (id === null ? null : (door.integrations.get(id)?.name ?? 'removed'));
    const tokenShown = (row: AdminTokenRow): z.infer<typeof AdminTokenShown> => ({
        ...{id: row.id, label: row.label, scope: row.scope, integration: nameOf(row.integration_id), state: stateOfToken(row, now())},
        ...{created_at: instant(row.created_at), created_by: row.created_by, expires_at: instantOrNull(row.expires_at)},
        ...{revoked_at: instantOrNull(row.revoked_at), last_used_at: instantOrNull(row.last_used_at)},
    });
    const sessionShown = async (row: LivingSession, caller: AdminCaller): Promise<z.infer<typeof SessionShown>> => ({
        ...{id: row.id, kind: row.kind, integration: nameOf(row.integration_id) ?? '', user_id: row.user_id},
        username: await usernameOf(row.integration_id, row.user_id),
        ...{created_at: instant(row.created_at), expires_at: instant(row.expires_at), mine: row.id === caller.session},
    });
    return [
        adminOperation(door, {
            method: 'get',
            path: '/v1/admin/me',
            operationId: 'getAdminMe',
            summary: 'Who I am, and what I reach',
            needs: 'read',
            about: 'reached',
            answers: {200: {description: 'The bearer’s owner.', schema: AdminMe}},
            refusals: [],
            async handle({who, scope, bridgeWide, server_url, expires_at, reaches}) {
                const body: z.infer<typeof AdminMe> = {
                    kind: who.kind === 'session' ? 'session' : 'token',
                    ...{id: who.id, name: who.name, scope, bridge_wide: bridgeWide, server_url},
                    integrations: door.integrations
                        .listed()
                        .filter(reaches)
                        .map(({name}) => name)
                        .sort(),
                    expires_at: instantOrNull(expires_at),
                    bridge: {version, public_url: publicUrl()},
                };
                return {status: 200, body};
            },
        }),
        adminOperation(door, {
            method: 'delete',
            path: '/v1/admin/session',
            operationId: 'endAdminSession',
            summary: 'Ends this session; its bearer is worth nothing from then on',
            needs: 'read',
            about: 'reached',
            answers: {204: {description: 'Ended.'}},
            refusals: ['sessions_only'],
            async handle({session, who}) {
                if (session === null) throw new BridgeError('sessions_only', 'this is a token');
                await sessions.revoke(session, who, () => true);
                return {status: 204, body: undefined};
            },
        }),
        adminOperation(door, {
            method: 'get',
            path: '/v1/admin/tokens',
            operationId: 'listAdminTokens',
            summary: 'Admin tokens, without the tokens themselves',
            needs: 'read',
            about: 'bridge',
            answers: {200: {description: 'All, newest first.', schema: AdminTokenList}},
            refusals: [],
            async handle() {
                return {status: 200, body: {items: (await tokens.list()).map(tokenShown)}};
            },
        }),
        adminOperation(door, {
            method: 'post',
            path: '/v1/admin/tokens',
            operationId: 'createAdminToken',
            summary: 'Make an admin token; it is shown once',
            description: 'A session can only make tokens that are bound to an integration: what it reaches must not outlive it.',
            needs: 'write',
            about: 'bridge',
            body: NewAdminToken,
            answers: {201: {description: 'Made.', schema: MadeAdminToken}},
            refusals: ['no_such_integration', 'needs_unbound'],
            async handle(caller, input) {
                const {label, scope, integration: given, expires_at} = await bodyOf(input, NewAdminToken);
                const integration = given === null ? null : reached(door, caller, given);
                if (caller.session !== null && integration === null) {
                    throw new BridgeError('needs_unbound', 'a session makes tokens of one integration only');
                }
                const until = instantOf('expires_at', expires_at, now());
                const made = await tokens.make({label, scope, integration_id: integration?.id ?? null, expires_at: until}, caller.who);
                return {status: 201, body: {...tokenShown(made.row), token: made.token}};
            },
        }),
        adminOperation(door, {
            method: 'delete',
            path: '/v1/admin/tokens/{token_id}',
            operationId: 'revokeAdminToken',
            summary: 'Revoke an admin token; it is refused at once',
            needs: 'write',
            about: 'bridge',
            params: z.object({token_id: z.string().min(1).max(64)}),
            answers: {204: {description: 'Revoked, now or before.'}},
            refusals: ['unknown_token'],
            async handle({who}, {params}) {
                const revoked = await tokens.revoke(String(params.token_id), who);
                if (revoked === null) throw new BridgeError('unknown_token', 'there is no such admin token');
                return {status: 204, body: undefined};
            },
        }),
        adminOperation(door, {
            method: 'get',
            path: '/v1/admin/sessions',
            operationId: 'listSessions',
            summary: 'Living sessions of agents and admins',
            needs: 'read',
            about: 'reached',
            query: SessionQuery,
            answers: {200: {description: 'Newest first, at most 500.', schema: SessionList}},
            refusals: ['no_such_integration'],
            async handle(caller, {query}) {
                const {integration, kind} = query as z.infer<typeof SessionQuery>;
                const found = await sessions.list(reachedIds(door, caller, integration), kind);
                const items = await Promise.all(found.map((one) => sessionShown(one, caller)));
                return {status: 200, body: {items}};
            },
        }),
        adminOperation(door, {
            method: 'delete',
            path: '/v1/admin/sessions/{session_id}',
            operationId: 'revokeSession',
            summary: 'End one session',
            needs: 'write',
            about: 'reached',
            params: z.object({session_id: z.string().min(1).max(64)}),
            answers: {204: {description: 'Ended.'}},
            refusals: ['unknown_session'],
            async handle(caller, {params}) {
                const ids = reachedIds(door, caller, undefined);
                const revoked = await sessions.revoke(String(params.session_id), caller.who, (id) => ids.includes(id));
                if (!revoked) throw new BridgeError('unknown_session', 'no such session is alive');
                return {status: 204, body: undefined};
            },
        }),
        adminOperation(door, {
            method: 'post',
            path: '/v1/admin/sessions/revoke',
            operationId: 'revokeSessionsOf',
            summary: 'End all sessions of a person',
            needs: 'write',
            about: 'reached',
            body: RevokeSessions,
            answers: {200: {description: 'How many were alive.', schema: Revoked}},
            refusals: ['no_such_integration'],
            async handle(caller, input) {
                const {user_id, integration} = await bodyOf(input, RevokeSessions);
                const revoked = await sessions.revokeAllOf(user_id, reachedIds(door, caller, integration), caller.who);
                return {status: 200, body: {revoked}};
            },
        }),
    ];
}
