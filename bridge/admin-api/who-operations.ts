/** Operations about who may do what: me, admin tokens, sessions. */
import {z} from 'zod';
import {BridgeError} from '../errors.ts';
import type {Operation} from '../route.ts';
import type {AdminDoor} from './authenticate.ts';
import {AdminMe, AdminTokenList, MadeAdminToken, NewAdminToken, Revoked, RevokeSessions, SessionList} from './contract.ts';
import {adminOperation} from './operation.ts';

export type WhoOptions = {door: AdminDoor};

const SessionQuery = z.object({
    integration: z.string().max(64).optional().meta({description: 'Name or id.'}),
    kind: z.enum(['agent', 'admin']).optional(),
});

const later = (): never => {
    throw new BridgeError('not_available', 'not yet');
};

export function whoOperations({door}: WhoOptions): Operation[] {
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
            handle: later,
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
            handle: later,
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
            handle: later,
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
            handle: later,
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
            handle: later,
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
            handle: later,
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
            handle: later,
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
            handle: later,
        }),
    ];
}
