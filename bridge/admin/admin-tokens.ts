/** Bearer tokens of admins: shown once, kept as a hash, scoped, bound to one integration or to none, and revoked at once. */
import {randomBytes, randomUUID} from 'node:crypto';
import {sha256} from '../secrets.ts';
import type {AdminTokenRow} from '../store/admin-schema.ts';
import type {Database} from '../store/open.ts';
import {type Actor, nameOf, writeAudit} from './audit.ts';

export type NewAdminToken = {label: string; scope: 'read' | 'write'; integration_id: string | null; expires_at: number | null};

export type AdminTokens = ReturnType<typeof createAdminTokens>;

/** That it was used is noted no oftener than this. */
const NOTED_EVERY_MS = 60_000;

export const stateOfToken = (token: {revoked_at: number | null; expires_at: number | null}, at: number): 'live' | 'expired' | 'revoked' =>
    token.revoked_at !== null ? 'revoked' : token.expires_at !== null && token.expires_at <= at ? 'expired' : 'live';

export function createAdminTokens({database, now}: {database: Database; now: () => number}) {
    return {
        /** The plain token is returned once and never kept. */
        async make({label, scope, integration_id, expires_at}: NewAdminToken, by: Actor): Promise<{row: AdminTokenRow; token: string}> {
            const token = `ira_${randomBytes(32).toString('base64url')}`;
            const at = now();
            const row: AdminTokenRow = {
                ...{id: randomUUID().slice(0, 8), hash: sha256(token), label, scope, integration_id, created_at: at},
                ...{created_by: `${by.kind}:${by.name}`, expires_at, revoked_at: null, last_used_at: null},
            };
            await database.write(async (tx) => {
                await tx.insertInto('admin_token').values(row).execute();
                const integration = integration_id === null ? undefined : await nameOf(tx, integration_id);
                await writeAudit(tx, {
                    at,
                    by,
                    action: 'admin_token.added',
                    integration,
                    subject: row.id,
                    after: {label, scope, expires_at},
                });
            });
            return {row, token};
        },
        list: (): Promise<AdminTokenRow[]> => database.read.selectFrom('admin_token').selectAll().orderBy('created_at', 'desc').execute(),
        /** Null: there is no such token. @returns whether it was live */
        async revoke(id: string, by: Actor): Promise<boolean | null> {
            const at = now();
            return database.write(async (tx) => {
                const row = await tx.selectFrom('admin_token').selectAll().where('id', '=', id).executeTakeFirst();
                if (!row) return null;
                if (row.revoked_at !== null) return false;
                await tx.updateTable('admin_token').set({revoked_at: at}).where('id', '=', id).execute();
                const integration = row.integration_id === null ? undefined : await nameOf(tx, row.integration_id);
                const {label, scope} = row;
                await writeAudit(tx, {at, by, action: 'admin_token.revoked', integration, subject: id, before: {label, scope}});
                return true;
            });
        },
        /** Null: unknown, expired or revoked. */
        async find(token: string): Promise<AdminTokenRow | null> {
            const at = now();
            const row = await database.read.selectFrom('admin_token').selectAll().where('hash', '=', sha256(token)).executeTakeFirst();
            if (!row || stateOfToken(row, at) !== 'live') return null;
            if ((row.last_used_at ?? 0) < at - NOTED_EVERY_MS) {
                await database.write((tx) => tx.updateTable('admin_token').set({last_used_at: at}).where('id', '=', row.id).execute());
            }
            return row;
        },
    };
}
