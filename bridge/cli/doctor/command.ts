/** `doctor`: every hop, what is wrong with it, and the exact setting that mends it. */
import type {Command} from 'commander';
import type {DoctorReport} from '../../doctor/report.ts';
import {runDoctor} from '../../doctor/run.ts';
import type {Integration} from '../../integration.ts';
import {createServers, type Servers} from '../../mattermost.ts';
import {ADMIN_HELP, type AdminOptions, adminAccess, admitted, withAdmin} from '../admin-access.ts';
import {type Common, examples, withJson} from '../command.ts';
import {CliError, EXIT} from '../failure.ts';
import {openNamed} from '../integration/show.ts';
import {type Store, withStore} from '../open-store.ts';
import {present, print} from '../output.ts';
import {reportLines} from './screen.ts';

type Options = Common & AdminOptions & {bridgeUrl?: string; publicUrl?: string; all?: true};

export function declare(doctor: Command): void {
    withAdmin(withJson(doctor))
        .argument('[integration]', 'default: every active one')
        .option('--bridge-url <url>', 'where the running service answers; default: http://localhost:PORT')
        .option('--public-url <url>', 'PUBLIC_URL of the service, where it is not in this environment')
        .option('--all', 'show what is in order too, with the checklist')
        .action(run);
    examples(doctor, [
        'ireserve-bridge doctor',
        'ireserve-bridge doctor aurora --all --admin-token-file admin.token',
        'ireserve-bridge doctor aurora --json | jq -r ".reports[].hops[].checks[].findings[].code"',
    ]);
    doctor.addHelpText('after', `${ADMIN_HELP}\nThe exit code is 1 when a hop does not work. All codes: docs/doctor.md.`);
}

async function run(name: string | undefined, options: Options): Promise<void> {
    const reports = await withStore((store) => examineAll(store, name, options));
    const ok = reports.every(({state}) => state !== 'failed');
    present(options.json, {ok, reports}, () =>
        reports.flatMap((report, index) => [...(index > 0 ? [''] : []), ...reportLines(report, options.all)]),
    );
    if (!ok) process.exitCode = EXIT.failed;
}

async function examineAll(store: Store, name: string | undefined, options: Options): Promise<DoctorReport[]> {
    const integrations = await integrationsOf(store, name);
    const servers = createServers({createsInFlight: 1, timeoutMs: store.settings.MATTERMOST_TIMEOUT_MS, now: Date.now});
    return Promise.all(integrations.map((integration) => examine(store, servers, integration, options)));
}

async function integrationsOf(store: Store, name: string | undefined): Promise<Integration[]> {
    if (name !== undefined) return [(await openNamed(store, name)).integration];
    const all = (await store.integrations()).all().sort((a, b) => a.name.localeCompare(b.name));
    const active = all.filter(({state}) => state !== 'inactive');
    if (active.length > 0) return active;
    if (all.length > 0) print('No integration is active; name one to examine it.');
    else throw new CliError('not_found', 'There is no integration yet.', 'Make one: ireserve-bridge setup');
    return [];
}

/** Also at the end of `setup`. */
export async function examine(store: Store, servers: Servers, integration: Integration, options: Options): Promise<DoctorReport> {
    const access = adminAccess(options);
    const admin = access ? await admitted(servers, integration.config.server_url, access) : undefined;
    try {
        return await runDoctor(
            {
                database: store.database,
                servers,
                settings: store.settings,
                integrations: (await store.integrations()).all(),
                publicUrl: (options.publicUrl ?? store.settings.PUBLIC_URL)?.replace(/\/+$/, ''),
                bridgeUrl: (options.bridgeUrl ?? `http://localhost:${store.settings.PORT}`).replace(/\/+$/, ''),
                now: store.now,
            },
            integration,
            admin ? {adminClient: admin.client} : {},
        );
    } finally {
        await admin?.end();
    }
}
