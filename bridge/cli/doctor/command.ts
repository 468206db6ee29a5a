/** `doctor`: every hop, what is wrong with it, and the exact setting that mends it. */
import {join} from 'node:path';
import type {Command} from 'commander';
import type {DoctorReport} from '../../doctor/report.ts';
import {roundTrip} from '../../doctor/round-trip.ts';
import type {RoundTripReport} from '../../doctor/round-trip-report.ts';
import {runDoctor} from '../../doctor/run.ts';
import type {Integration} from '../../integration.ts';
import {createServers, type Servers} from '../../mattermost.ts';
import {createSecretBox, loadKey} from '../../secrets.ts';
import {isStandIn} from '../../stand-in.ts';
import {ADMIN_HELP, type AdminOptions, adminAccess, admitted, withAdmin} from '../admin-access.ts';
import {type Common, examples, withJson} from '../command.ts';
import {CliError, EXIT, usage} from '../failure.ts';
import {openNamed} from '../integration/show.ts';
import {PROMPT, type Store, withStore} from '../open-store.ts';
import {present, print} from '../output.ts';
import {askRunningService, serviceOf} from '../service.ts';
import {reportLines, roundTripLines} from './screen.ts';

type Options = Common & AdminOptions & {bridgeUrl?: string; publicUrl?: string; all?: true; roundTrip?: true; channel?: string};
type Examining = AdminOptions & {bridgeUrl?: string; publicUrl?: string; notStarted?: boolean};

export function declare(doctor: Command): void {
    withAdmin(withJson(doctor))
        .argument('[integration]', 'default: every active one')
        .option('--bridge-url <url>', 'where the running service answers; default: where it noted it when it started')
        .option('--public-url <url>', 'instead of the PUBLIC_URL the running service tells')
        .option('--round-trip', 'send a visitor’s message all the way and an answer back; all of it is removed again')
        .option('--channel <id>', 'with --round-trip: the channel it comes and goes in; default: the mirror channel')
        .option('--all', 'show what is in order too, with the checklist')
        .action(run);
    examples(doctor, [
        'ireserve-bridge doctor',
        'ireserve-bridge doctor aurora --all --admin-token-file admin.token',
        'ireserve-bridge doctor aurora --round-trip',
        'ireserve-bridge doctor aurora --json | jq -r ".reports[].hops[].checks[].findings[].code"',
    ]);
    doctor.addHelpText('after', `${ADMIN_HELP}\nThe exit code is 1 when a hop does not work. All codes: docs/doctor.md.`);
}

async function run(name: string | undefined, options: Options): Promise<void> {
    if (options.channel !== undefined && !/^[a-z0-9]{26}$/.test(options.channel))
        throw usage(`${options.channel} is no Channel ID.`, 'Copy the 26 letters and digits from the channel menu → View Info.');
    const {reports, trips} = await withStore(async (store) => {
        const integrations = await integrationsOf(store, name);
        const servers = createServers({createsInFlight: 1, timeoutMs: store.settings.MATTERMOST_TIMEOUT_MS, now: Date.now});
        // First, so that the report can tell of it. One after the other: each makes and removes a stand-in.
        const trips: RoundTripReport[] = [];
        if (options.roundTrip) for (const one of integrations) trips.push(await travel(store, servers, one, options));
        const reports = await Promise.all(integrations.map((one) => examine(store, servers, one, options)));
        return {reports, trips};
    }, PROMPT);
    const ok = reports.every(({state}) => state !== 'failed') && trips.every((trip) => trip.ok);
    present(options.json, {ok, reports, ...(options.roundTrip ? {round_trips: trips} : {})}, () => [
        ...trips.flatMap((trip) => [...roundTripLines(trip), '']),
        ...reports.flatMap((report, index) => [...(index > 0 ? [''] : []), ...reportLines(report, options.all)]),
    ]);
    if (!ok) process.exitCode = EXIT.failed;
}

async function travel(store: Store, servers: Servers, integration: Integration, options: Options): Promise<RoundTripReport> {
    const {settings, database, now} = store;
    const box = createSecretBox(loadKey(settings.IRESERVE_SECRET_KEY, join(settings.DATA_DIR, 'secret.key')));
    const given = options.bridgeUrl ?? options.publicUrl;
    const found = await askRunningService(store, {given});
    // As others reach it, where that is set: a proxy that is down is worth knowing.
    const bridgeUrl = (given ?? found.publicUrl ?? found.url).replace(/\/+$/, '');
    return roundTrip({database, servers, box, bridgeUrl, now}, integration, options.channel);
}

async function integrationsOf(store: Store, name: string | undefined): Promise<Integration[]> {
    if (name !== undefined) return [(await openNamed(store, name)).integration];
    const all = (await store.integrations()).all().sort((a, b) => a.name.localeCompare(b.name));
    const active = all.filter((one) => one.state !== 'inactive' && !isStandIn(one));
    if (active.length > 0) return active;
    if (all.length > 0) print('No integration is active; name one to examine it.');
    else throw new CliError('not_found', 'There is no integration yet.', 'Make one: ireserve-bridge setup');
    return [];
}

/** Also at the end of `setup`. */
export async function examine(store: Store, servers: Servers, integration: Integration, options: Examining): Promise<DoctorReport> {
    const access = adminAccess(options);
    const {note, urls, instance} = await serviceOf(store, options.bridgeUrl);
    const admin = access ? await admitted(servers, integration.config.server_url, access) : undefined;
    try {
        return await runDoctor(
            {
                database: store.database,
                servers,
                settings: {...store.settings, ...(note ? {IRESERVE_TIMEOUT_MS: note.ireserve_timeout_ms} : {})},
                integrations: (await store.integrations()).all(),
                publicUrl: options.publicUrl?.replace(/\/+$/, ''),
                bridgeUrls: urls,
                instance,
                notStarted: options.notStarted === true,
                now: store.now,
            },
            integration,
            admin ? {adminClient: admin.client} : {},
        );
    } finally {
        await admin?.end();
    }
}
