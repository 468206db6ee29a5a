/** `privacy erase|export|retain`: what there is of a visitor, and its end. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Command} from 'commander';
import {AUDIT_JOB, type AuditRetained} from '../admin/audit-retention.ts';
import {eraseFor, exportFor, mustBeOn} from '../admin/care.ts';
import type {Integration} from '../integration.ts';
import {createServers, type MattermostClient} from '../mattermost.ts';
import {lastServiceReport} from '../nightly.ts';
import {EraseBusy, type Erased, type Erasing, erase} from '../privacy/erase.ts';
import type {ExportedVisitor} from '../privacy/export.ts';
import {retain} from '../privacy/retention.ts';
import {Scope} from '../privacy/scope.ts';
import {createPeople} from '../to-ireserve/people.ts';
import {createSessions} from '../to-mattermost/session.ts';
import {cliActor} from './actor.ts';
import {type Common, examples, subCommand} from './command.ts';
import {CliError, usage} from './failure.ts';
import {type Store, withStore} from './open-store.ts';
import {note, present} from './output.ts';

type ScopeOptions = Common & {conversation?: string; visitor?: string; email?: string; booking?: string};

export function declare(privacy: Command): void {
    const erasing = whose(subCommand(privacy, 'erase', 'erase a visitor’s conversations, here and in Mattermost'))
        .option('--yes', 'do it; without this it only counts what would go')
        .action(eraseThem);
    examples(erasing, [
        'ireserve-bridge privacy erase aurora --email anna@example.com',
        'ireserve-bridge privacy erase aurora --conversation C1042 --yes',
    ]);
    const exporting = whose(subCommand(privacy, 'export', 'everything there is of a visitor, as one JSON document'))
        .option('--to <folder>', 'write visitor.json and the files there, instead of to standard output')
        .action(exportThem);
    examples(exporting, ['ireserve-bridge privacy export aurora --email anna@example.com --to anna']);
    subCommand(privacy, 'retain', 'delete now what is older than the integration keeps it; the service does so every night')
        .argument('<integration>')
        .action(retainNow);
}

const whose = (command: Command): Command =>
    command
        .argument('<integration>')
        .option('--conversation <id>', 'one conversation')
        .option('--visitor <id>', 'all conversations of the visitor with this id')
        .option('--email <address>', 'all conversations of the visitor with this address, and notifications that name it')
        .option('--booking <id>', 'all conversations about this booking');

function scopeOf({conversation, visitor, email, booking}: ScopeOptions): Scope {
    const given = Object.entries({conversation_id: conversation, visitor_id: visitor, email, booking_id: booking}).filter(
        ([, value]) => value !== undefined,
    );
    const parsed = Scope.safeParse(Object.fromEntries(given));
    if (given.length !== 1 || !parsed.success)
        throw usage('Say whose data is meant.', 'Give exactly one of --conversation, --visitor, --email and --booking.');
    return parsed.data;
}

async function withErasing<T>(name: string, work: (erasing: Erasing, integration: Integration, store: Store) => Promise<T>): Promise<T> {
    return withStore(async (store) => {
        const {id} = await store.named(name);
        const integrations = await store.integrations();
        const box = store.box();
        const {settings, database, now} = store;
        const servers = createServers({
            createsInFlight: settings.MATTERMOST_CREATES_IN_FLIGHT,
            timeoutMs: settings.MATTERMOST_TIMEOUT_MS,
            now,
        });
        const sessions = createSessions();
        const erasing: Erasing = {
            database,
            servers,
            box,
            now,
            session: (client: MattermostClient) => sessions.of(client),
            sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        };
        try {
            return await work(erasing, integrations.get(id) as Integration, store);
        } catch (error) {
            if (error instanceof EraseBusy)
                throw new CliError('failed', `Not all is erased: ${error.message}.`, 'Run it again in a minute; it goes on where it was.');
            throw error;
        }
    });
}

async function eraseThem(name: string, {json, yes, ...options}: ScopeOptions & {yes?: true}): Promise<void> {
    const scope = scopeOf(options);
    await withErasing(name, async (erasing, integration) => {
        const report = yes
            ? await eraseFor(cliActor(), erasing, integration, scope)
            : await erase(erasing, integration, scope, {dryRun: true});
        present(json, {erased: yes === true, ...report}, () => reportLines(report, yes === true));
        if (!yes && report.conversations + report.notifications_deleted > 0) note('nothing was erased; add --yes to do it');
    });
}

function reportLines(report: Erased, done: boolean): string[] {
    const {conversations, threads, files, notifications_deleted, rows, left, stays} = report;
    if (conversations + notifications_deleted === 0) return ['Nothing is known of them.'];
    const kept = Object.entries(rows).map(([table, count]) => `${table} ${count}`);
    return [
        `${done ? 'Erased' : 'Would be erased'}: ${conversations} conversations`,
        `  in Mattermost: ${threads.deleted} threads with all their answers and ${files} files (${threads.already_gone} were gone), ${notifications_deleted} notifications`,
        `  rows of the bridge: ${kept.join(', ')}`,
        ...(left.length > 0 ? ['', 'Could not be deleted in Mattermost; an admin there must do it by hand:'] : []),
        ...left.map((one) => `  ${leftLine(one)}`),
        '',
        'What stays:',
        ...stays.map(({what, why}) => `  ${what}: ${why}`),
    ];
}

const leftLine = ({post_id, channel_id, file_id, why}: Erased['left'][number]): string =>
    `${file_id ? `file ${file_id} of ` : ''}post ${post_id || '(any)'} in channel ${channel_id}: ${why}`;

async function exportThem(name: string, {to, ...options}: ScopeOptions & {to?: string}): Promise<void> {
    const scope = scopeOf(options);
    await withErasing(name, async (erasing, integration, store) => {
        const people = createPeople(store.now);
        const exported = await exportFor(cliActor(), {...erasing, people}, integration, scope);
        if (to === undefined) {
            present(true, exported, () => []);
            return;
        }
        mkdirSync(to, {recursive: true, mode: 0o700});
        writeFileSync(join(to, 'visitor.json'), `${JSON.stringify(exported, null, 2)}\n`, {mode: 0o600});
        const {config, secrets} = integration;
        const files = await writeFiles(erasing.servers.client(config.server_url, secrets.bot_token), exported, to);
        present(options.json, {folder: to, conversations: exported.conversations.length, files}, () => [
            `${exported.conversations.length} conversations and ${files} files are in ${to}.`,
        ]);
    });
}

async function writeFiles(client: MattermostClient, {conversations}: ExportedVisitor, folder: string): Promise<number> {
    let count = 0;
    const files = conversations.flatMap(({threads}) => threads.flatMap(({posts}) => posts.flatMap((post) => post.files)));
    for (const {file_id, name} of files) {
        const response = await client.openFile(file_id, {signal: AbortSignal.timeout(120_000)});
        // A name from a visitor must not lead out of the folder.
        const safe = name.replaceAll(/[^\p{L}\p{N}._ -]/gu, '_').slice(-100);
        writeFileSync(join(folder, `${file_id}-${safe}`), Buffer.from(await response.arrayBuffer()), {mode: 0o600});
        count++;
    }
    return count;
}

async function retainNow(name: string, {json}: Common): Promise<void> {
    await withErasing(name, async (erasing, integration, store) => {
        await mustBeOn(erasing);
        const report = await retain(erasing, integration);
        const {erased, log_rows, event_rows} = report;
        const audit = await auditKept(store);
        present(json, {...report, audit}, () => [
            `Erased ${erased.conversations} old conversations; deleted ${log_rows} rows of the log and ${event_rows} of settled events.`,
            ...(report.more ? ['There is more; run it again.'] : []),
            ...erased.left.map((one) => `Left in Mattermost: ${leftLine(one)}`),
            auditLine(audit),
        ]);
    });
}

type AuditKept = {days: number; last: AuditRetained | null};

/** Told, not done: the trail is not an integration's own, and this command may have been given another period than the service. */
const auditKept = async ({settings, database}: Store): Promise<AuditKept> => ({
    days: settings.AUDIT_RETENTION_DAYS,
    last: await lastServiceReport<AuditRetained>(database, AUDIT_JOB),
});

function auditLine({days, last}: AuditKept): string {
    const kept = days === 0 ? 'kept for good' : `kept for ${days} days`;
    const night = last ? `; the last night’s run (${last.at}) deleted ${last.deleted} entries older than ${last.days} days` : '';
    return `The audit trail is the whole bridge’s: ${kept} (AUDIT_RETENTION_DAYS)${last?.days === 0 ? '' : night}.`;
}
