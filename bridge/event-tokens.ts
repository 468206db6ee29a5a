/** i-Reserve's bearer tokens: made, listed, revoked, recognised. Only their SHA-256 is kept. */
import {randomBytes, randomUUID} from 'node:crypto';
import {type Actor, nameOf, writeAudit} from './admin/audit.ts';
import {sha256} from './secrets.ts';
import type {Database} from './store/open.ts';

/** A look-up is trusted for so long, so a revoked token dies within that; ms. */
const TRUSTED_MS = 1000;
const MOST_REMEMBERED = 10_000;

/** @param actor who makes and revokes them unless it is said */
export function createEventTokens(database: Database, now: () => number, actor: Actor) {
    const seen = new Map<string, {integration_id: string | null; until: number}>();
    return {
        /** Makes a bearer token; the plain text is returned once and never kept. */
        async add(
            integration_id: string,
            label: string,
            expires_at: number | null,
            {by = actor}: {by?: Actor} = {},
        ): Promise<{id: string; token: string}> {
            const id = randomUUID().slice(0, 8);
            const token = `irb_${randomBytes(32).toString('base64url')}`;
            const at = now();
            await database.write(async (tx) => {
                const values = {id, integration_id, label, created_at: at, expires_at, revoked_at: null};
                await tx
                    .insertInto('token')
                    .values({...values, hash: sha256(token)})
                    .execute();
                await writeAudit(tx, {
                    ...{at, by, action: 'token.added', subject: id, after: {label, expires_at}},
                    integration: await nameOf(tx, integration_id),
                });
            });
            return {id, token};
        },

        list: (integration_id: string) =>
            database.read
                .selectFrom('token')
                .select(['id', 'label', 'created_at', 'expires_at', 'revoked_at'])
                .where('integration_id', '=', integration_id)
                .orderBy('created_at')
                .execute(),

        /** @returns false when there is no such live token */
        async revoke(integration_id: string, id: string, {by = actor}: {by?: Actor} = {}): Promise<boolean> {
            const at = now();
            const revoked = await database.write(async (tx) => {
                const row = await tx
                    .updateTable('token')
                    .set({revoked_at: at})
                    .where('id', '=', id)
                    .where('integration_id', '=', integration_id)
                    .where('revoked_at', 'is', null)
                    .returning('label')
                    .executeTakeFirst();
                if (!row) return false;
                await writeAudit(tx, {
                    ...{at, by, action: 'token.revoked', subject: id, before: {label: row.label}},
                    integration: await nameOf(tx, integration_id),
                });
                return true;
            });
            seen.clear();
            return revoked;
        },

        /** Id of the integration a live token stands for, or null. */
        async integrationOf(token: string): Promise<string | null> {
            const hash = sha256(token);
            const at = now();
            let known = seen.get(hash);
            if (!known || known.until <= at) {
                const row = await database.read
                    .selectFrom('token')
                    .select('integration_id')
                    .where('hash', '=', hash)
                    .where('revoked_at', 'is', null)
                    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', at)]))
                    .executeTakeFirst();
                known = {integration_id: row?.integration_id ?? null, until: at + TRUSTED_MS};
                if (seen.size > MOST_REMEMBERED) seen.clear();
                seen.set(hash, known);
            }
            return known.integration_id;
        },
    };
}
