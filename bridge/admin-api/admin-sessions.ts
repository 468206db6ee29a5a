/**
 * Bearers of Mattermost's system admins: handed out as agents' are (agent-api/sessions.ts), after Mattermost said that the user is a system
 * admin. They live for minutes, and the role is asked again on use.
 */
import {randomBytes} from 'node:crypto';
import {type Actor, nameOf, writeAudit} from '../admin/audit.ts';
import {sessionId} from '../admin/sessions.ts';
import {sha256} from '../secrets.ts';
import type {Database} from '../store/open.ts';

const ADMIN_SESSION_MS = 10 * 60_000;

export type AdminSession = {id: string; integration_id: string; user_id: string; expires_at: number};

export type AdminSessions = ReturnType<typeof createAdminSessions>;

export function createAdminSessions({database, now}: {database: Database; now: () => number}) {
    return {
        /** The plain token is returned once and never kept. @param integration_id whose slash command vouched */
        async issue(integration_id: string, {user_id, username}: {user_id: string; username: string}) {
            const token = `irac_${randomBytes(32).toString('base64url')}`;
            const hash = sha256(token);
            const at = now();
            const row = {hash, integration_id, user_id, created_at: at, expires_at: at + ADMIN_SESSION_MS, revoked_at: null};
            const by: Actor = {kind: 'session', id: user_id, name: username};
            await database.write(async (tx) => {
                await tx.insertInto('admin_session').values(row).execute();
                await tx.deleteFrom('admin_session').where('expires_at', '<', at).execute();
                const integration = await nameOf(tx, integration_id);
                await writeAudit(tx, {at, by, action: 'admin_session.started', integration, subject: sessionId(hash)});
            });
            return {token, expires_at: row.expires_at};
        },
        /** Null: unknown, expired or revoked. */
        async find(token: string): Promise<AdminSession | null> {
            const row = await database.read
                .selectFrom('admin_session')
                .select(['hash', 'integration_id', 'user_id', 'expires_at'])
                .where('hash', '=', sha256(token))
                .where('revoked_at', 'is', null)
                .where('expires_at', '>', now())
                .executeTakeFirst();
            return row
                ? {id: sessionId(row.hash), integration_id: row.integration_id, user_id: row.user_id, expires_at: row.expires_at}
                : null;
        },
    };
}
