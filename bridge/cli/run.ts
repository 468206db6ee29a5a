/** The commands of `ireserve-bridge`, and how one is run. */
import {Command, CommanderError} from 'commander';
import packageJson from '../../package.json' with {type: 'json'};
import {examples} from './command.ts';
import {EXIT, explain, failureDocument, failureText} from './failure.ts';
import {setJson, wantsJson} from './output.ts';

type Part = {description: string; load: () => Promise<{declare(command: Command): void}>};

/** Each is loaded only when it is asked for: a command then starts without the modules of the others. */
const PARTS: Record<string, Part> = {
    serve: {description: 'run the service until SIGTERM or SIGINT', load: () => import('./serve.ts')},
    status: {description: 'database, service, integrations, what waits, and what needs an admin', load: () => import('./status.ts')},
    setup: {
        description: 'from nothing to a checked installation: bot, channels, commands, plugin; as often as wanted',
        load: () => import('./setup/command.ts'),
    },
    doctor: {
        description: 'check every hop, both checklists and every known trap; say the setting that mends it',
        load: () => import('./doctor/command.ts'),
    },
    integration: {description: 'list, show, add, set and remove integrations', load: () => import('./integration/commands.ts')},
    'test-message': {
        description: 'post a sample message with the bot, and check every channel of an integration',
        load: () => import('./test-message/command.ts'),
    },
    log: {
        description: 'the integration log: every attempt, and everything refused, ignored or worth a look',
        load: () => import('./log/command.ts'),
    },
    deliveries: {
        description: 'list, show, retry, reroute and discard what waits or was given up',
        load: () => import('./deliveries/commands.ts'),
    },
    agent: {description: 'list, pin and unpin: who a Mattermost user is at i-Reserve', load: () => import('./agent.ts')},
    'booking-hook': {description: 'subscribe to i-Reserve’s own webhooks', load: () => import('./booking-hook.ts')},
    privacy: {description: 'erase or export what there is of a visitor; delete what is old', load: () => import('./privacy.ts')},
    reconcile: {description: 'compare i-Reserve, the bridge and Mattermost; repair what can be', load: () => import('./reconcile.ts')},
    token: {description: 'create, list and revoke the bearer tokens of i-Reserve', load: () => import('./token.ts')},
    secret: {description: 'list, add and drop secrets: rotation with overlap, and expiry dates', load: () => import('./secret.ts')},
    'admin-token': {description: 'create, list and revoke tokens for the admin API', load: () => import('./admin-token.ts')},
    session: {description: 'list and end the sessions of agents and admins', load: () => import('./session.ts')},
    audit: {description: 'who changed what, and when', load: () => import('./audit.ts')},
    trace: {description: 'one message’s whole way: every hop, attempt, latency and error', load: () => import('./trace.ts')},
    export: {description: 'all integrations as one YAML document, secrets by reference', load: () => import('./exchange/export.ts')},
    import: {
        description: 'bring integrations to what such a document says; --dry-run shows the difference',
        load: () => import('./exchange/import.ts'),
    },
    'kill-switch': {description: 'stop everything at once, in both directions, and start it again', load: () => import('./kill-switch.ts')},
};

const EPILOGUE = `
Settings come from the environment and must be the service's own: DATA_DIR or DATABASE_URL, and the
key of the secrets (DATA_DIR/secret.key or IRESERVE_SECRET_KEY). All commands may be used while the
service runs; it sees changes within a second. Results go to standard output, errors and notes to
standard error.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 130 stopped by Ctrl-C.`;

async function createProgram(words: readonly string[]): Promise<Command> {
    const program = new Command('ireserve-bridge')
        .description('i-Reserve for Mattermost: the service between web chats and Mattermost threads, and its administration.')
        .version(packageJson.version)
        .exitOverride()
        .configureHelp({helpWidth: 100})
        // Failures are written in one place, below.
        .configureOutput({outputError: () => undefined});
    for (const [name, {description, load}] of Object.entries(PARTS)) {
        const command = program.command(name).description(description);
        if (words.includes(name)) (await load()).declare(command);
    }
    examples(program, [
        'ireserve-bridge status',
        'ireserve-bridge integration add aurora --licence aurora --environment test \\',
        '    --server-url https://chat.example.com --bot-token-file token.txt \\',
        '    --channel 4yzdw8cbqpyqmn1o6k8r3tq5ae',
        'ireserve-bridge test-message aurora',
        'ireserve-bridge log aurora --follow',
    ]);
    program.addHelpText('after', EPILOGUE);
    return program;
}

/** `isLeft`: what is under way is not waited for. */
export type CommandEnd = {exitCode: number; isLeft: boolean};

/**
 * Runs one command of `ireserve-bridge`, on this process's environment and streams.
 *
 * @param words the arguments, without node and the script
 * @returns how to end; whatever failed has been written to standard error
 */
export async function runCommandLine(words: readonly string[]): Promise<CommandEnd> {
    try {
        setJson(words.includes('--json'));
        await (await createProgram(words)).parseAsync(words, {from: 'user'});
        return {exitCode: typeof process.exitCode === 'number' ? process.exitCode : EXIT.ok, isLeft: false};
    } catch (error) {
        // Help and version are thrown too, and already written; so is the help shown because a sub-command is missing.
        if (error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help')) {
            return {exitCode: error.exitCode === 0 ? EXIT.ok : EXIT.usage, isLeft: false};
        }
        const failure = explain(error);
        if (!failure) {
            process.stderr.write(`This is a mistake in ireserve-bridge, please report it:\n${(error as Error).stack ?? String(error)}\n`);
            return {exitCode: EXIT.failed, isLeft: false};
        }
        process.stderr.write(wantsJson() ? `${JSON.stringify(failureDocument(failure))}\n` : failureText(failure));
        // Connections to a store that hangs would keep the process.
        return {exitCode: failure.exit, isLeft: failure.exit === EXIT.interrupted || failure.code === 'storage_unavailable'};
    }
}
