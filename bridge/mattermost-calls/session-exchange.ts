/**
 * The side panel's bearer: it runs `/ireserve session <nonce>` with the browser's log-in, Mattermost vouches for the user, and the answer's `props`
 * come back to the panel alone. With an empty text nothing is shown, posted or stored (mattermost-server.md 2.4).
 */
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import {agentOf, type Desk, Told} from './desk.ts';
import {callWords} from './words.ts';

const NONCE = /^[A-Za-z0-9_-]{8,64}$/;
const MOST_SESSIONS = 30;
const WITHIN_MS = 5 * 60_000;
const MOST_REMEMBERED = 10_000;

export type SessionProps = {
    v: 1;
    nonce: string;
    bridge_url: string;
    token: string;
    expires_at: number;
    integration: {name: string; environment: 'test' | 'production'; licence: string};
};

export function createSessionExchange(desk: Desk) {
    const mayIssue = createAllowance(desk.now, MOST_SESSIONS, WITHIN_MS);

    /** @throws BridgeError not_an_agent, too_many_requests, mattermost_unavailable. @throws Told without a nonce */
    return async (integration: Integration, user_id: string, team_id: string, nonce: string): Promise<SessionProps> => {
        if (!NONCE.test(nonce)) throw new Told(callWords(integration.config.language).nonce);
        await agentOf(desk, integration, user_id);
        if (!mayIssue(`${integration.id} ${user_id}`)) throw new BridgeError('too_many_requests', 'too many sessions');
        const {token, expires_at} = await desk.agentSessions.issue(integration.id, user_id, team_id);
        const {name, environment, licence} = integration;
        return {v: 1, nonce, bridge_url: desk.publicUrl(), token, expires_at, integration: {name, environment, licence}};
    };
}

/** At most so many per key within a time. */
function createAllowance(now: () => number, most: number, withinMs: number): (key: string) => boolean {
    const used = new Map<string, number[]>();
    return (key) => {
        const at = now();
        const recent = (used.get(key) ?? []).filter((time) => time > at - withinMs);
        const may = recent.length < most;
        if (may) recent.push(at);
        if (used.size >= MOST_REMEMBERED) {
            for (const [other, times] of used) if ((times.at(-1) ?? 0) <= at - withinMs) used.delete(other);
        }
        used.set(key, recent);
        return may;
    };
}
