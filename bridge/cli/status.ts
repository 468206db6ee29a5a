/** `status`: on one screen, whether every hop works, and what to do when one does not. */
import {resolve} from 'node:path';
import type {Command} from 'commander';
import {sql} from 'kysely';
import {type Expiring, expiringSecrets} from '../admin/expiring-secrets.ts';
import {readKillSwitch} from '../admin/kill-switch.ts';
import {nextStep} from '../admin/next-steps.ts';
import {databaseOf, type Settings} from '../settings.ts';
import type {NoticeRow} from '../store/schema.ts';
import {withoutCredentials} from '../url-credentials.ts';
import {type Common, examples, withJson} from './command.ts';
import {TONE_OF_STATE} from './integration/show.ts';
import {killText} from './kill-switch.ts';
import {type KnownIntegration, PROMPT, type Store, withStore} from './open-store.ts';
import {environmentCell, paint, present, screenWidth} from './output.ts';
import {askRunningService} from './service.ts';
import {type Cell, type Column, fields, harmless, table} from './table.ts';
import {age, iso, moment} from './times.ts';

type Pending = {queued: number; dead: number; oldest_queued_at: number | null};
type Notice = Omit<NoticeRow, 'integration_id'> & {next: string};
type Line = KnownIntegration & Pending & {notices: Notice[]; secrets_expiring: Expiring[]};

/** The service is on this machine or a network near it. */
const SERVICE_TIMEOUT_MS = 1500;

export function declare(command: Command): void {
    withJson(command).action(showStatus);
    examples(command, ['ireserve-bridge status', 'ireserve-bridge status --json | jq ".integrations[] | {name, queued, dead}"']);
}

async function showStatus({json}: Common): Promise<void> {
    await withStore(async (store) => {
        const [lines, running, kill] = await Promise.all([linesOf(store), service(store), readKillSwitch(store.database.read)]);
        const database = {kind: store.database.dialect, where: whereOf(store.settings)};
        const document = {
            database,
            service: running,
            kill_switch: {...kill, since: iso(kill.since)},
            integrations: lines.map(({id: _, oldest_queued_at, notices, secrets_expiring, ...line}) => ({
                ...line,
                secrets_expiring: secrets_expiring.map(({kind, value_id, expires_at}) => ({
                    secret: kind,
                    id: value_id,
                    expires_at: iso(expires_at),
                })),
                oldest_queued_at: iso(oldest_queued_at),
                notices: notices.map((notice) => ({...notice, since: iso(notice.since)})),
            })),
        };
        present(json, document, () => [
            ...fields([
                ['Database', `${database.kind}, ${database.where}`],
                [
                    'Service',
                    running.answers ? `answers at ${running.url}: ${running.status}` : `no answer at ${running.url} (${running.status})`,
                ],
            ]),
            ...(kill.on ? ['', `${paint('bad', 'KILL SWITCH ON')} ${killText(kill)}`] : []),
            '',
            ...screenOf(lines, store.now()),
        ]);
    }, PROMPT);
}

/** Never with the password. */
function whereOf(settings: Settings): string {
    if (!settings.DATABASE_URL) return resolve(databaseOf(settings));
    const {hostname, port, pathname} = new URL(settings.DATABASE_URL);
    return `${hostname}${port && `:${port}`}${pathname}`;
}

async function linesOf({database, known, now}: Store): Promise<Line[]> {
    const [integrations, counts, notices, expiring] = await Promise.all([
        known(),
        database.read
            .selectFrom('delivery')
            .select(['integration_id', 'state', sql<number>`count(*)`.as('count'), sql<number>`min(received_at)`.as('oldest')])
            .where('state', 'in', ['queued', 'dead'])
            .groupBy(['integration_id', 'state'])
            .execute(),
        database.read.selectFrom('notice').selectAll().orderBy('since').execute(),
        expiringSecrets(database.read, now()),
    ]);
    const servers = new Map(
        (await database.read.selectFrom('integration').select(['id', 'config']).execute()).map(({id, config}) => [
            id,
            withoutCredentials((JSON.parse(config) as {server_url?: string}).server_url ?? ''),
        ]),
    );
    return integrations.map((integration) => {
        const of = (state: string) => counts.find((one) => one.integration_id === integration.id && one.state === state);
        const server = servers.get(integration.id) ?? '';
        return {
            ...integration,
            queued: Number(of('queued')?.count ?? 0),
            dead: Number(of('dead')?.count ?? 0),
            oldest_queued_at: of('queued')?.oldest ?? null,
            secrets_expiring: expiring.filter((one) => one.integration_id === integration.id),
            notices: notices
                .filter((notice) => notice.integration_id === integration.id)
                .map(({integration_id: _, ...notice}) => ({
                    ...notice,
                    next: nextStep(notice.code, {integration: integration.name, channel: notice.subject, server}),
                })),
        };
    });
}

const COLUMNS: Column[] = [
    {title: 'INTEGRATION'},
    {title: 'LICENCE'},
    {title: 'ENVIRONMENT', keep: true},
    {title: 'STATE', keep: true},
    {title: 'WAITING', right: true, keep: true},
    {title: 'OLDEST', right: true, keep: true},
    {title: 'DEAD', right: true, keep: true},
    {title: 'NOTICES', right: true, keep: true},
];

function screenOf(lines: readonly Line[], now: number): string[] {
    if (lines.length === 0) return ['There is no integration yet. Make one: ireserve-bridge integration add --help'];
    const rows = lines.map((line): Cell[] => [
        line.name,
        line.licence,
        environmentCell(line.environment),
        {text: line.state, tone: TONE_OF_STATE[line.state]},
        String(line.queued),
        line.oldest_queued_at === null ? '' : age(now - line.oldest_queued_at),
        line.dead > 0 ? {text: String(line.dead), tone: 'bad'} : '0',
        line.notices.length > 0 ? {text: String(line.notices.length), tone: 'bad'} : '0',
    ]);
    const dead = lines.filter((line) => line.dead > 0);
    return [
        ...table(COLUMNS, rows, {width: screenWidth(), paint}),
        ...lines.flatMap((line) => line.notices.flatMap((notice) => noticeLines(line.name, notice, now))),
        ...lines.flatMap((line) => line.secrets_expiring.flatMap((secret) => expiringLines(line.name, secret, now))),
        ...dead.map((line) => `\nDead deliveries of ${line.name}: ireserve-bridge deliveries list --state dead --integration ${line.name}`),
    ];
}

const expiringLines = (name: string, {kind, value_id, expires_at}: Expiring, now: number): string[] => [
    '',
    `${paint(expires_at < now ? 'bad' : 'warning', expires_at < now ? 'EXPIRED' : 'EXPIRES')} ${name}: ${kind} ${value_id}, ${moment(expires_at)}`,
    `  next: ireserve-bridge secret add ${name} ${kind} …, then drop the old one; or another date: ireserve-bridge secret expires ${name} ${kind} ${value_id} never`,
];

const noticeLines = (name: string, {code, detail, since, next}: Notice, now: number): string[] => [
    '',
    `${paint('bad', 'NOTICE')} ${name}, for ${age(now - since)}: ${code}`,
    `  ${harmless(detail)}`,
    `  next: ${next}`,
];

type ServiceLine = {url: string; answers: boolean; status: string};

/** Information only: the service may be out of reach from here and yet be well. */
async function service(store: Store): Promise<ServiceLine> {
    const {url, state, detail} = await askRunningService(store, {limitMs: SERVICE_TIMEOUT_MS});
    if (state === 'ours' || state === 'not_ready') return {url, answers: true, status: harmless(detail)};
    return {url, answers: false, status: harmless(state === 'other' ? 'another bridge answers, with another store' : detail)};
}
