/**
 * The bearers of the side panel and of the System Console page: they run `/ireserve session <nonce>` or `/ireserve admin-session <nonce>` with the
 * browser's log-in, Mattermost vouches for the user, and the answer's `props` come back to the page alone. With an empty text nothing is shown,
 * posted or stored (mattermost-server.md 2.4).
 */
import {BridgeError} from '../errors.ts';
import {createAllowance} from '../http/allowance.ts';
import type {Integration} from '../integration.ts';
import {agentOf, clientOf, type Desk, Told} from './desk.ts';
import {createProof} from './trigger.ts';
import {callWords} from './words.ts';

const NONCE = /^[A-Za-z0-9_-]{8,64}$/;
const MOST_SESSIONS = 30;
const WITHIN_MS = 5 * 60_000;

export type SessionProps = {
    v: 1;
    nonce: string;
    bridge_url: string;
    token: string;
    expires_at: number;
    integration: {name: string; environment: 'test' | 'production'; licence: string};
};

type Asking = {kind: 'session' | 'admin-session'; user_id: string; team_id: string; nonce: string; trigger_id: string};

export function createSessionExchange(desk: Desk) {
    const prove = createProof(desk.database, desk.now);
    const mayIssue = createAllowance({now: desk.now, most: MOST_SESSIONS, windowMs: WITHIN_MS});
    const mayHaveOne = (integration: Integration, {user_id}: Asking): void => mayIssue(`${integration.id} ${user_id}`);

    async function ofAgent(integration: Integration, asking: Asking) {
        await agentOf(desk, integration, asking.user_id);
        mayHaveOne(integration, asking);
        return desk.agentSessions.issue(integration.id, asking.user_id, asking.team_id);
    }
    /** Whatever the state: an admin must be able to turn it on again. */
    async function ofAdmin(integration: Integration, asking: Asking) {
        const client = clientOf(desk, integration);
        const {AsymmetricSigningPublicKey: key = ''} = (await client.getClientConfig()) as {AsymmetricSigningPublicKey?: string};
        // The command's token is known to team admins too: that a system admin asks must be vouched for by the server itself.
        await prove(asking.trigger_id, key, asking.user_id);
        const admin = await desk.people.systemAdmin(client, asking.user_id);
        if (!admin) throw new BridgeError('not_an_admin', 'no system admin');
        mayHaveOne(integration, asking);
        return desk.adminSessions.issue(integration.id, admin);
    }

    /** @throws BridgeError not_an_agent, not_an_admin, too_many_requests, mattermost_unavailable. @throws Told without a nonce */
    return async (integration: Integration, asking: Asking): Promise<SessionProps> => {
        const {name, environment, licence, config} = integration;
        const {kind, nonce} = asking;
        if (!NONCE.test(nonce)) throw new Told(callWords(config.language).nonce);
        const {token, expires_at} = await (kind === 'admin-session' ? ofAdmin : ofAgent)(integration, asking);
        return {v: 1, nonce, bridge_url: desk.publicUrl(), token, expires_at, integration: {name, environment, licence}};
    };
}
