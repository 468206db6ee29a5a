/** `reconcile`: what is missing or doubled between i-Reserve, the bridge and Mattermost. Ends with 1 while something is left to mend. */
import {readFileSync} from 'node:fs';
import type {Command} from 'commander';
import {reconcileFor} from '../admin/care.ts';
import type {Integration} from '../integration.ts';
import {createServers} from '../mattermost.ts';
import {lastReport} from '../nightly.ts';
import {ConversationListing} from '../reconcile/listing.ts';
import {RECONCILE_DAYS} from '../reconcile/reconcile.ts';
import {FINDINGS, type FindingKind, type ReconcileReport} from '../reconcile/report.ts';
import {fetchSigned} from '../to-ireserve/call.ts';
import {createPeople} from '../to-ireserve/people.ts';
import {createTake} from '../to-ireserve/take.ts';
import type {Door} from '../to-ireserve/visit.ts';
import {createSessions} from '../to-mattermost/session.ts';
import {cliActor} from './actor.ts';
import {type Common, count, examples, withJson} from './command.ts';
import {CliError, EXIT} from './failure.ts';
import {withStore} from './open-store.ts';
import {paint, present, screenWidth} from './output.ts';
import {table} from './table.ts';

type Options = Common & {days: number; repair?: true; listing?: string; last?: true};

export function declare(command: Command): void {
    withJson(command)
        .argument('<integration>')
        .option('--days <days>', 'compare conversations with activity in the last days', count, RECONCILE_DAYS)
        .option('--listing <file>', 'i-Reserve’s list as JSON (ConversationListing); default: fetched, where an address is set')
        .option('--last', 'show what the last night’s comparison found, and compare nothing now')
        .option('--repair', 'repair what can be repaired; without this nothing is changed')
        .action(compareThem);
    examples(command, ['ireserve-bridge reconcile aurora --days 1', 'ireserve-bridge reconcile aurora --repair']);
}

async function compareThem(name: string, {json, days, repair, listing: file, last}: Options): Promise<void> {
    const listing = file === undefined ? undefined : readListing(file);
    await withStore(async (store) => {
        const {id} = await store.named(name);
        if (last) {
            const report = await lastReport<ReconcileReport>(store.database, id, 'reconcile');
            if (!report)
                throw new CliError('not_found', 'Nothing was compared at night yet.', `Compare now: ireserve-bridge reconcile ${name}`);
            present(json, report, () => linesOf(report));
            return;
        }
        const integrations = await store.integrations();
        const box = store.box();
        const {database, settings, now} = store;
        const sessions = createSessions();
        const door: Door = {
            database,
            servers: createServers({
                createsInFlight: settings.MATTERMOST_CREATES_IN_FLIGHT,
                timeoutMs: settings.MATTERMOST_TIMEOUT_MS,
                now,
            }),
            session: (client) => sessions.of(client),
            people: createPeople(now),
            box,
            now,
            // The running service looks for work by itself.
            onStored: () => undefined,
            onTaken: () => undefined,
        };
        const caller = {timeoutMs: settings.IRESERVE_TIMEOUT_MS, now};
        const fetchPage = (integration: Integration, url: string) => fetchSigned(caller, integration, url);
        const report = await reconcileFor(
            cliActor(),
            {database, door, take: createTake(door), fetchPage, now},
            integrations.get(id) as Integration,
            {
                days,
                repairing: repair === true,
                ...(listing ? {listing} : {}),
            },
        );
        present(json, report, () => linesOf(report));
        const left = report.findings.some(({repaired}) => !repaired) || report.problem !== null;
        if (left) process.exitCode = EXIT.failed;
    });
}

function readListing(file: string): ConversationListing {
    try {
        return ConversationListing.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch (error) {
        throw new CliError(
            'failed',
            `${file} is no list of conversations: ${(error as Error).message.split('\n')[0]}`,
            'See ConversationListing in docs/openapi.json.',
        );
    }
}

function linesOf({conversations, since, with_ireserve, problem, counts, findings, repaired}: ReconcileReport): string[] {
    const compared = `${conversations} conversations since ${since.slice(0, 10)} compared with Mattermost${with_ireserve ? ' and with i-Reserve’s list' : ''}`;
    if (findings.length === 0) return [`${compared}: nothing is missing or doubled.`, ...(problem ? [`Not compared: ${problem}`] : [])];
    const columns = [{title: 'WHAT'}, {title: 'CONVERSATION', keep: true}, {title: 'ID', keep: true}, {title: ''}, {title: 'DETAIL'}];
    const rows = findings.map((one) => [one.kind, one.conversation_id, one.id ?? '', one.repaired ? 'repaired' : '', one.detail]);
    return [
        `${compared}; ${repaired} repaired.`,
        ...(problem ? [`Not compared: ${problem}`] : []),
        '',
        ...table(columns, rows, {width: screenWidth(), paint}),
        '',
        ...Object.entries(counts).map(([kind, many]) => `${kind} (${many}): ${FINDINGS[kind as FindingKind]}`),
    ];
}
