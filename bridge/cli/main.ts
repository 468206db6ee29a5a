#!/usr/bin/env node
/** `ireserve-bridge`: the service and everything an admin does with it, on the service's own store. */
import {Command, CommanderError} from 'commander';
import packageJson from '../../package.json' with {type: 'json'};
import {examples} from './command.ts';
import {addDeliveryCommands} from './deliveries/commands.ts';
import {EXIT, explain, failureDocument, failureText} from './failure.ts';
import {addIntegrationCommands} from './integration/commands.ts';
import {addLogCommand} from './log/command.ts';
import {addStatusCommand} from './status.ts';
import {addTestMessageCommand} from './test-message/command.ts';
import {addTokenCommands} from './token.ts';

const EPILOGUE = `
Settings come from the environment and must be the service's own: DATA_DIR or DATABASE_URL, and the key of the secrets
(DATA_DIR/secret.key or IRESERVE_SECRET_KEY). All commands may be used while the service runs; it sees changes within a
second. Results go to standard output, errors and notes to standard error.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found.`;

function createProgram(): Command {
    const program = new Command('ireserve-bridge')
        .description('i-Reserve for Mattermost: the service between web chats and Mattermost threads, and its administration.')
        .version(packageJson.version)
        .exitOverride()
        .configureHelp({helpWidth: 100})
        // Failures are written in one place, below.
        .configureOutput({outputError: () => undefined});
    program
        .command('serve')
        .description('run the service until SIGTERM or SIGINT')
        .action(async () => {
            // Only now: the other commands start quickly without the service's modules.
            const {serve} = await import('../main.ts');
            await serve();
        });
    addStatusCommand(program);
    addIntegrationCommands(program);
    addTestMessageCommand(program);
    addLogCommand(program);
    addDeliveryCommands(program);
    addTokenCommands(program);
    examples(program, [
        'ireserve-bridge status',
        'ireserve-bridge integration add aurora --licence aurora --environment test \\',
        '    --server-url https://chat.example.com --bot-token-file token.txt --channel 4yzdw8cbqpyqmn1o6k8r3tq5ae',
        'ireserve-bridge test-message aurora',
        'ireserve-bridge log aurora --follow',
    ]);
    program.addHelpText('after', EPILOGUE);
    return program;
}

/** @returns the exit code */
async function run(words: string[]): Promise<number> {
    try {
        await createProgram().parseAsync(words, {from: 'user'});
        return typeof process.exitCode === 'number' ? process.exitCode : EXIT.ok;
    } catch (error) {
        // Help and version are thrown too, and already written; so is the help shown because a sub-command is missing.
        if (error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help')) {
            return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
        }
        const failure = explain(error);
        if (!failure) {
            process.stderr.write(`This is a mistake in ireserve-bridge, please report it:\n${(error as Error).stack ?? String(error)}\n`);
            return EXIT.failed;
        }
        process.stderr.write(words.includes('--json') ? `${JSON.stringify(failureDocument(failure))}\n` : failureText(failure));
        return failure.exit;
    }
}

// A reader such as `head` that has enough is no error.
process.stdout.on('error', (error: {code?: string}) => process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed));
process.exitCode = await run(process.argv.slice(2));
