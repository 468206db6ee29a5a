/** Dates noted for secrets that come soon or have passed: one answer for overview, doctor and status. Nothing stops by them. */
import type {Tx} from '../store/open.ts';

const SOON_MS = 30 * 24 * 3_600_000;

export type Expiring = {integration_id: string; kind: string; value_id: string; expires_at: number};

/** Soonest first. @param at ms since 1970 */
export async function expiringSecrets(tx: Tx, at: number, integration_id?: string): Promise<Expiring[]> {
    let query = tx
        .selectFrom('secret')
        .select(['integration_id', 'kind', 'value_id', 'expires_at'])
        .where('expires_at', '<', at + SOON_MS);
    if (integration_id !== undefined) query = query.where('integration_id', '=', integration_id);
    const rows = await query.orderBy('expires_at').execute();
    return rows.map((row) => ({...row, expires_at: Number(row.expires_at)}));
}
