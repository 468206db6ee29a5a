/** `audit`: who changed what, and when. */
import type {Command} from 'commander';
import {readAudit} from '../admin/audit.ts';
import type {AuditRow} from '../store/admin-schema.ts';
import {type Common, count, examples, withJson} from './command.ts';
import {withStore} from './open-store.ts';
import {note, paint, present, screenWidth} from './output.ts';
import {table} from './table.ts';
import {clock, iso, past} from './times.ts';

type AuditOptions = Common & {who?: string; action?: string; since?: number; limit: number; wide?: true};

export function declare(audit: Command): void {
    withJson(audit)
        .argument('[integration]', 'default: all, and the bridge as a whole')
        .option('--who <name>', 'by this user, token label or username')
        .option('--action <action>', 'or its beginning: secret., integration.changed …')
        .option('--since <when>', '1h, 30m, 7d, or a date', past)
        .option('--limit <count>', 'the newest so many', count, 50)
        .option('--wide', 'cut nothing, however long the lines')
        .action(showAudit);
    examples(audit, ['ireserve-bridge audit', 'ireserve-bridge audit aurora --action secret. --since 30d', 'ireserve-bridge audit --json']);
    audit.addHelpText('after', '\nSecrets are never in it: a secret is named by an id that tells nothing of it.');
}

async function showAudit(name: string | undefined, {json, who, action, since, limit, wide}: AuditOptions): Promise<void> {
    await withStore(async (store) => {
        const integration_ids = name === undefined ? undefined : [(await store.named(name)).id];
        const found = await readAudit(store.database.read, {integration_ids, who, action, since}, limit + 1);
        const rows = found.slice(0, limit).reverse();
        present(json, {entries: rows.map(documentOf)}, () => {
            if (rows.length === 0) return ['Nothing was changed that fits.'];
            const titles = ['TIME', 'WHO', 'ACTION', 'INTEGRATION', 'SUBJECT', 'CHANGE'];
            return table(
                titles.map((title) => ({title, keep: title === 'TIME' || title === 'ACTION'})),
                rows.map((row) => [clock(row.at), whoText(row), row.action, row.integration_name ?? '', row.subject, changeText(row)]),
                {width: wide ? Number.POSITIVE_INFINITY : screenWidth(), paint},
            );
        });
        if (found.length > limit && !json) note(`there are older ones: --limit ${limit * 10}`);
    });
}

const whoText = ({who_kind, who_name}: AuditRow): string => `${who_kind}:${who_name}`;

const changeText = ({before, after}: AuditRow): string => (before === null ? (after ?? '') : `${before} → ${after ?? ''}`);

const documentOf = ({at, before, after, ...row}: AuditRow) => ({
    ...row,
    at: iso(at),
    before: before === null ? null : (JSON.parse(before) as unknown),
    after: after === null ? null : (JSON.parse(after) as unknown),
});
