/** The audit trail is kept for so long; that something went is itself a line of it. */
import type {Database} from '../store/open.ts';
import {BRIDGE, writeAudit} from './audit.ts';

const DAY = 24 * 3_600_000;

/** What the nightly run knows it by. */
export const AUDIT_JOB = 'audit_retention';

export type AuditRetained = {at: string; days: number; deleted: number};

/**
 * Deletes what is older than `days`; 0 keeps all. In one transaction, so that nothing goes without the line that says so: a night's worth is little.
 */
export async function retainAudit({database, now, days}: {database: Database; now: () => number; days: number}): Promise<AuditRetained> {
    const at = now();
    const report = {at: new Date(at).toISOString(), days, deleted: 0};
    if (days === 0) return report;
    const until = at - days * DAY;
    report.deleted = await database.write(async (tx) => {
        const {numDeletedRows} = await tx.deleteFrom('audit').where('at', '<', until).executeTakeFirstOrThrow();
        const deleted = Number(numDeletedRows);
        if (deleted === 0) return 0;
        const after = {deleted, older_than: new Date(until).toISOString(), days};
        await writeAudit(tx, {at, by: BRIDGE, action: 'audit.retained', after});
        return deleted;
    });
    if (report.deleted > 0) await database.scrub();
    return report;
}
