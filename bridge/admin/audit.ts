/** Who changed what: written in the transaction of the change itself, so that one is not without the other. */
import {type SqlBool, sql} from 'kysely';
import type {AuditRow} from '../store/admin-schema.ts';
import type {Tx} from '../store/open.ts';
import {withoutCredentials} from '../url-credentials.ts';

/** cli: a user of the bridge's machine · token: an admin token · session: a system admin of Mattermost · bridge: the bridge by itself */
export type Actor = {kind: 'cli' | 'token' | 'session' | 'bridge'; id: string; name: string};

export const BRIDGE: Actor = {kind: 'bridge', id: '', name: 'bridge'};

export type Change = {
    at: number;
    by: Actor;
    /** `integration.changed`, `secret.added` …: what it is about, and what became of it. */
    action: string;
    integration?: {id: string; name: string} | undefined;
    /** Which token, delivery, secret … */
    subject?: string;
    /** Never with a secret: its id, or that it is set. */
    before?: unknown;
    after?: unknown;
};

const textOf = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));

export async function writeAudit(tx: Tx, {at, by, action, integration, subject = '', before, after}: Change): Promise<void> {
    await tx
        .insertInto('audit')
        .values({
            ...{at, who_kind: by.kind, who_id: by.id, who_name: by.name, action, subject},
            ...{integration_id: integration?.id ?? null, integration_name: integration?.name ?? null},
            ...{before: textOf(before), after: textOf(after)},
        })
        .execute();
}

/** Of two records, what differs; undefined where nothing does. */
export function difference(before: object, after: object): {before: object; after: object} | undefined {
    const [old, now] = [before as Record<string, unknown>, after as Record<string, unknown>];
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
        (key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]),
    );
    if (keys.length === 0) return undefined;
    const only = (record: Record<string, unknown>) =>
        Object.fromEntries(keys.filter((key) => key in record).map((key) => [key, record[key]]));
    return {before: only(old), after: only(now)};
}

export type AuditFilter = {
    /** Of these integrations; undefined: of all, and of the bridge as a whole. */
    integration_ids?: readonly string[] | undefined;
    /** Name or id of who did it. */
    who?: string | undefined;
    /** Or its beginning. */
    action?: string | undefined;
    since?: number | undefined;
    until?: number | undefined;
    /** Older than this entry. */
    before?: number | undefined;
};

/** Newest first. */
export async function readAudit(tx: Tx, filter: AuditFilter, most: number): Promise<AuditRow[]> {
    const {integration_ids, who, action, since, until, before} = filter;
    if (integration_ids?.length === 0) return [];
    let query = tx.selectFrom('audit').selectAll();
    if (integration_ids) query = query.where('integration_id', 'in', integration_ids);
    if (who !== undefined) query = query.where((where) => where.or([where('who_name', '=', who), where('who_id', '=', who)]));
    if (action !== undefined)
        query = query.where(sql<SqlBool>`action like ${`${action.replace(/[!%_]/g, (sign) => `!${sign}`)}%`} escape '!'`);
    if (since !== undefined) query = query.where('at', '>=', since);
    if (until !== undefined) query = query.where('at', '<', until);
    if (before !== undefined) query = query.where('id', '<', before);
    const rows = await query.orderBy('id', 'desc').limit(most).execute();
    // Entries of before such addresses were refused.
    const hidden = (text: string | null) => (text === null ? null : withoutCredentials(text));
    return rows.map((row) => ({...row, before: hidden(row.before), after: hidden(row.after)}));
}

/** What a line of the trail says of an integration. */
export const nameOf = (tx: Tx, integration_id: string): Promise<{id: string; name: string} | undefined> =>
    tx.selectFrom('integration').select(['id', 'name']).where('id', '=', integration_id).executeTakeFirst();
