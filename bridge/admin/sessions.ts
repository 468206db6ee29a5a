/** Living sessions of agents and of admins: listed, and ended. */
import type {Database, Tx} from '../store/open.ts';
import {type Actor, nameOf, writeAudit} from './audit.ts';

export type LivingSession = {
    /** Names it without telling anything of its bearer. */
    id: string;
    kind: 'agent' | 'admin';
    integration_id: string;
    user_id: string;
    created_at: number;
    expires_at: number;
};

export type Sessions = ReturnType<typeof createLivingSessions>;

const TABLES = {agent: 'agent_session', admin: 'admin_session'} as const;
const KINDS = ['agent', 'admin'] as const;
const MOST = 500;

/** The beginning of a hash: the bearer can't be told from it. */
export const sessionId = (hash: string): string => hash.slice(0, 16);

export function createLivingSessions({database, now}: {database: Database; now: () => number}) {
    const living = (tx: Tx, kind: LivingSession['kind']) =>
        tx
            .selectFrom(TABLES[kind])
            .select(['hash', 'integration_id', 'user_id', 'created_at', 'expires_at'])
            .where('revoked_at', 'is', null)
            .where('expires_at', '>', now());

    async function end(
        tx: Tx,
        kind: LivingSession['kind'],
        row: {hash: string; integration_id: string; user_id: string},
        by: Actor,
    ): Promise<void> {
        const at = now();
        await tx.updateTable(TABLES[kind]).set({revoked_at: at}).where('hash', '=', row.hash).execute();
        const integration = await nameOf(tx, row.integration_id);
        const before = {kind, user_id: row.user_id};
        await writeAudit(tx, {at, by, action: 'session.revoked', integration, subject: sessionId(row.hash), before});
    }

    return {
        /** Newest first. */
        async list(integration_ids: readonly string[], only?: LivingSession['kind']): Promise<LivingSession[]> {
            if (integration_ids.length === 0) return [];
            const found: LivingSession[] = [];
            for (const kind of KINDS.filter((one) => only === undefined || one === only)) {
                const rows = await living(database.read, kind)
                    .where('integration_id', 'in', integration_ids)
                    .orderBy('created_at', 'desc')
                    .limit(MOST)
                    .execute();
                found.push(...rows.map(({hash, ...row}) => ({id: sessionId(hash), kind, ...row})));
            }
            return found.sort((a, b) => b.created_at - a.created_at).slice(0, MOST);
        },
        /** @param may whether one of this integration may be ended. @returns false when no such session is alive */
        revoke: (id: string, by: Actor, may: (integration_id: string) => boolean): Promise<boolean> =>
            database.write(async (tx) => {
                if (!/^[0-9a-f]{16}$/.test(id)) return false;
                for (const kind of KINDS) {
                    const row = await living(tx, kind).where('hash', '>=', id).where('hash', '<', `${id}g`).executeTakeFirst();
                    if (!row || !may(row.integration_id)) continue;
                    await end(tx, kind, row, by);
                    return true;
                }
                return false;
            }),
        /** @returns how many were alive */
        revokeAllOf: (user_id: string, integration_ids: readonly string[], by: Actor): Promise<number> =>
            database.write(async (tx) => {
                let count = 0;
                for (const kind of integration_ids.length > 0 ? KINDS : []) {
                    const rows = await living(tx, kind)
                        .where('user_id', '=', user_id)
                        .where('integration_id', 'in', integration_ids)
                        .execute();
                    for (const row of rows) await end(tx, kind, row, by);
                    count += rows.length;
                }
                return count;
            }),
    };
}
