/** Who is calling the admin API: an admin token, or the session of a person Mattermost calls a system admin, now. */
import type {IncomingHttpHeaders} from 'node:http';
import type {Actor} from '../admin/audit.ts';
import {bearerOf} from '../agent-api/authenticate.ts';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {Integrations} from '../integrations.ts';
import type {AdminScope} from './contract.ts';

export type AdminCaller = {
    token: string;
    who: Actor;
    scope: AdminScope;
    /** ms since 1970 */
    expires_at: number | null;
    /** Of a session: the Mattermost server whose system admin it is. */
    server_url: string | null;
    /** Reaches all there is, and so may do what concerns all. */
    bridgeWide: boolean;
    reaches(integration: Integration): boolean;
};

export type AdminDoor = {
    integrations: Pick<Integrations, 'all' | 'get' | 'named'>;
    /** @throws BridgeError (the promise) unauthenticated, wrong_admin_token, session_expired, not_an_admin, mattermost_unavailable */
    authenticate(headers: IncomingHttpHeaders): Promise<AdminCaller>;
};

export type AuthenticateOptions = {
    integrations: AdminDoor['integrations'];
};

export function createAdminDoor({integrations}: AuthenticateOptions): AdminDoor {
    return {
        integrations,
        async authenticate(headers) {
            const token = bearerOf(headers);
            if (token === null) throw new BridgeError('unauthenticated', 'no bearer was sent');
            throw new BridgeError('wrong_admin_token', 'unknown, expired or revoked');
        },
    };
}
