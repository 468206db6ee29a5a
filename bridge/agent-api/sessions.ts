/**
 * Bearers of agents. Mattermost vouches for who somebody is by forwarding the slash command (mattermost-server.md 2.4); the bridge then hands out
 * a bearer that is bound to user, team and integration, lives for minutes, and is kept as a hash only.
 */
import {randomBytes} from 'node:crypto';
import {sha256} from '../secrets.ts';
import type {Database} from '../store/open.ts';

export const SESSION_MS = 10 * 60_000;

export type AgentSession = {integration_id: string; user_id: string; team_id: string; expires_at: number};

export type AgentSessions = ReturnType<typeof createAgentSessions>;

export function createAgentSessions({database, now}: {database: Database; now: () => number}) {
    return {
        /** The plain token is returned once and never kept. */
        async issue(integration_id: string, user_id: string, team_id: string): Promise<{token: string; expires_at: number}> {
            const token = `iras_${randomBytes(32).toString('base64url')}`;
            const at = now();
            const row = {integration_id, user_id, team_id, created_at: at, expires_at: at + SESSION_MS, revoked_at: null};
            await database.write(async (tx) => {
                await tx
                    .insertInto('agent_session')
                    .values({hash: sha256(token), ...row})
                    .execute();
                await tx.deleteFrom('agent_session').where('expires_at', '<', at).execute();
            });
            return {token, expires_at: row.expires_at};
        },
        /** Null: unknown, expired or revoked. */
        async find(token: string): Promise<AgentSession | null> {
            const row = await database.read
                .selectFrom('agent_session')
                .select(['integration_id', 'user_id', 'team_id', 'expires_at'])
                .where('hash', '=', sha256(token))
                .where('revoked_at', 'is', null)
                .where('expires_at', '>', now())
                .executeTakeFirst();
            return row ?? null;
        },
        /** One session, or with a user id all of that user's. @returns how many were alive */
        async revoke(which: {token: string} | {integration_id: string; user_id: string}): Promise<number> {
            const alive = (tx: Database['read']) =>
                tx.updateTable('agent_session').set({revoked_at: now()}).where('revoked_at', 'is', null).where('expires_at', '>', now());
            const rows = await database.write((tx) =>
                'token' in which
                    ? alive(tx).where('hash', '=', sha256(which.token)).returning('hash').execute()
                    : alive(tx)
                          .where('integration_id', '=', which.integration_id)
                          .where('user_id', '=', which.user_id)
                          .returning('hash')
                          .execute(),
            );
            return rows.length;
        },
    };
}
