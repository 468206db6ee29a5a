/** `setup`: from nothing to a checked installation, as often as wanted; `--remove` undoes what it made. */
import {existsSync} from 'node:fs';
import {type Command, Option} from 'commander';
import {checkMattermost} from '../../admin/check-mattermost.ts';
import {lastServiceNote} from '../../instance.ts';
import {createServers, MattermostError, type Servers} from '../../mattermost.ts';
import {databaseOf, readSettings} from '../../settings.ts';
import type {SetupAnswers} from '../../setup/answers.ts';
import {openSite} from '../../setup/open-site.ts';
import {apply, obstacles, type PlannedStep, plan} from '../../setup/plan.ts';
import {readPlugin} from '../../setup/plugin-file.ts';
import type {Site} from '../../setup/site.ts';
import {ADMIN_HELP, withAdmin} from '../admin-access.ts';
import {collect, examples, withJson} from '../command.ts';
import {examine} from '../doctor/command.ts';
import {reportLines} from '../doctor/screen.ts';
import {CliError, EXIT} from '../failure.ts';
import {PROMPT, type Store, withStore} from '../open-store.ts';
import {note, present, print} from '../output.ts';
import {confirmed, watchInterrupts} from '../terminal.ts';
import {admitSomebody, canAsk, gatherAnswers} from './ask.ts';
import type {SetupOptions} from './options.ts';
import {removeSetup} from './remove.ts';
import {doneLines, planLines, stepLine} from './screen.ts';

/** The running service looks for changes every second. */
const SEES_CHANGES_MS = 1500;

export function declare(setup: Command): void {
    withAdmin(withJson(setup))
        .argument('[name]', 'the integration’s short name')
        .option('--answers <file>', 'all of this as YAML or JSON; flags win over it')
        .option('--licence <licence>', 'licence (owner) in i-Reserve')
        .addOption(new Option('--environment <environment>', 'of i-Reserve').choices(['test', 'production']))
        .option('--server-url <url>', 'Server URL: base URL of the Mattermost server')
        .option('--public-url <url>', 'where Mattermost, browsers and i-Reserve reach the bridge; default: PUBLIC_URL')
        .option('--team <name>', 'team the agents are in, by the name in its address, repeatable', collect)
        .option('--channel <name>', 'where conversations go: a name (made, private, when there is none) or a Channel ID')
        .option('--notification <type=channel>', 'Notifications → channel, repeatable', collect)
        .option('--alert-channel <name>', 'channel told when something waits for an admin')
        .option('--agent <who>', 'who answers: a user name, an e-mail address, or team:NAME; repeatable', collect)
        .option('--bot <name>', 'the bot’s user name; default: ireserve, or ireserve-test')
        .option('--callback-url <url>', 'where agents’ answers go at i-Reserve')
        .addOption(new Option('--language <language>', 'of what the bridge writes').choices(['nl', 'en', 'de']))
        .option('--time-zone <zone>', 'e.g. Europe/Amsterdam')
        .option('--webhook', 'an outgoing webhook too, for a public channel behind a proxy without WebSockets')
        .option('--plugin <file>', 'the plugin’s archive; default: the one of make dist')
        .option('--no-plugin', 'leave plugins alone')
        .option('--change-settings', 'let setup switch on what is needed in Mattermost (set back by --remove)')
        .option('--dry-run', 'only print the plan')
        .option('--remove', 'take away what setup made, and nothing else')
        .option('--permanent', 'with --remove: channels and bot for good, where the server allows it')
        .option('--yes', 'do not ask')
        .option('--bridge-url <url>', 'where the running service answers; default: where it noted it when it started')
        .action(run);
    examples(setup, [
        'ireserve-bridge setup                     # asks for everything',
        'ireserve-bridge setup aurora-test --licence aurora --environment test --team support \\',
        '    --server-url https://chat.example.com --public-url https://bridge.example.com \\',
        '    --channel web-chats-test --admin-token-file admin.token --dry-run',
        'ireserve-bridge setup --answers aurora.yaml --yes',
        'ireserve-bridge setup aurora-test --remove --admin-token-file admin.token',
    ]);
    setup.addHelpText(
        'after',
        `${ADMIN_HELP}\nRun it again whenever it was broken off, or anything changed: it makes only what is missing.`,
    );
}

async function run(name: string | undefined, options: SetupOptions): Promise<void> {
    if (options.remove) return removeSetup(name, options);
    const answers = await gatherAnswers(name, options, await publicUrlOfService());
    const servers = createServers({createsInFlight: 1, timeoutMs: 15_000, now: Date.now});
    const admin = await admitSomebody(servers, answers.server_url, options);
    try {
        const settings = readSettings(process.env);
        const isNew = !settings.DATABASE_URL && !existsSync(databaseOf(settings));
        const looking = {answers, admin: admin.client, servers, plugin: archive(answers)};
        // A plan needs no store: none is left behind by one that is not carried out.
        if (isNew && !(await accepted(await plan(await openSite(looking)), options))) return;
        await withStore(
            async (store) => {
                const integrations = await store.integrations();
                const site = await openSite({...looking, store: {...store, integrations}});
                if (isNew || (await accepted(await plan(site), options))) await carryOut(store, servers, site, options);
            },
            {create: !options.dryRun},
        );
    } catch (error) {
        if (!(error instanceof MattermostError)) throw error;
        throw new CliError('failed', `${error.message}.`, `Mend this. ${RESUME}`);
    } finally {
        await admin.end();
    }
}

/** As the service of this store told it when it was started; undefined where there is none yet. */
async function publicUrlOfService(): Promise<string | undefined> {
    const settings = readSettings(process.env);
    if (!settings.DATABASE_URL && !existsSync(databaseOf(settings))) return undefined;
    return withStore(async ({database}) => (await lastServiceNote(database))?.public_url ?? undefined, PROMPT);
}

function archive({plugin}: SetupAnswers) {
    if (plugin === false) return undefined;
    try {
        return readPlugin(plugin);
    } catch (error) {
        throw new CliError(
            'failed',
            `The plugin can’t be read: ${(error as Error).message}.`,
            'Give the archive of make dist, or --no-plugin.',
        );
    }
}

function showPlan(planned: PlannedStep[], {json}: SetupOptions): void {
    const inTheWay = obstacles(planned);
    present(json, {ok: inTheWay.length === 0, dry_run: true, steps: planned}, () => planLines(planned));
    if (inTheWay.length > 0) process.exitCode = EXIT.failed;
}

const blocked = (inTheWay: readonly PlannedStep[]): CliError =>
    new CliError(
        'failed',
        `Nothing was changed: ${inTheWay.map(({what, text}) => `${what}: ${text}`).join('; ')}.`,
        inTheWay.flatMap(({settings}) => settings.map(({console, environment}) => console || environment)).join('; ') ||
            'Mend this and run it again.',
    );

/** Whether to go ahead with the plan, which is shown. @throws CliError when it can't be carried out, or nobody wants it */
async function accepted(planned: PlannedStep[], options: SetupOptions): Promise<boolean> {
    if (options.dryRun) {
        showPlan(planned, options);
        return false;
    }
    if (!options.json) print(...planLines(planned), '');
    const inTheWay = obstacles(planned);
    if (inTheWay.length > 0) throw blocked(inTheWay);
    if (canAsk(options) && !(await confirmed('Go ahead?')))
        throw new CliError('failed', 'Nothing was changed.', 'Run it again when you are ready.');
    return true;
}

const RESUME = 'What was made is written down: run the same command again, it goes on from there.';

async function carryOut(store: Store, servers: Servers, site: Site, options: SetupOptions): Promise<void> {
    const interruption = watchInterrupts(RESUME);
    try {
        const tell = (step: PlannedStep) => {
            if (!options.json && step.state === 'made') print(stepLine(step));
        };
        const steps = await apply(site, tell, interruption.pressed);
        await interruption.leave(examineAll(store, servers, site, {options, steps}));
    } finally {
        interruption.end();
    }
}

/** The test message, and the doctor. */
async function examineAll(
    store: Store,
    servers: Servers,
    site: Site,
    {options, steps}: {options: SetupOptions; steps: PlannedStep[]},
): Promise<void> {
    const {integration, secrets} = site.known;
    if (!integration) throw new CliError('failed', 'The integration could not be stored.', 'See the steps above, and run it again.');
    const client = servers.client(integration.config.server_url, integration.secrets.bot_token);
    const tested = await checkMattermost(client, integration);
    await new Promise((resolve) => setTimeout(resolve, SEES_CHANGES_MS));
    const report = await examine(store, servers, integration, {...options, publicUrl: site.answers.public_url, notStarted: true});
    const ok = tested.checks.every((check) => check.ok) && obstacles(steps).length === 0;
    present(options.json, {ok, integration: integration.name, steps, test_message: tested, doctor: report, ...secrets}, () => [
        ...doneLines(steps, tested.checks, integration.name, secrets),
        '',
        ...reportLines(report),
    ]);
    // Nothing is wrong with a service that nobody has started yet.
    const service = report.hops.flatMap(({checks}) => checks).find(({check}) => check === 'service');
    if (service?.state === 'not_checked')
        note(
            `the service does not run yet; start it with PUBLIC_URL=${site.answers.public_url} ireserve-bridge serve, then: ireserve-bridge doctor ${integration.name}`,
        );
    if (!ok) process.exitCode = EXIT.failed;
}
