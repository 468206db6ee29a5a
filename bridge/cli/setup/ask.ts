/** The answers: flags first, then the answers file, then the environment, and what is still missing is asked for on a terminal. */
import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline/promises';
import {Writable} from 'node:stream';
import type {AdminAccess} from '../../doctor/admin-client.ts';
import {SetupAnswers} from '../../setup/answers.ts';
import {CliError, usage} from '../failure.ts';
import type {SetupOptions} from './options.ts';

type Given = Record<string, unknown>;

/** @throws CliError naming everything that is missing or wrong */
export async function gatherAnswers(name: string | undefined, options: SetupOptions): Promise<SetupAnswers> {
    const given = {...fromEnvironment(), ...(await fromFile(options.answers)), ...fromFlags(name, options)};
    const complete = canAsk(options) ? await askFor(given) : given;
    const parsed = SetupAnswers.safeParse(complete);
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues.map(({path, message}) => ({path: path.join('.') || '(answers)', message}));
    throw new CliError(
        'usage',
        'Setup does not know enough, or something is not right:',
        'Give them as flags, or in --answers FILE; see ireserve-bridge setup --help.',
        problems,
    );
}

const canAsk = ({json, yes}: SetupOptions): boolean => !json && !yes && process.stdin.isTTY === true;

const defined = (given: Given): Given => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

function fromEnvironment(): Given {
    const {PUBLIC_URL, MATTERMOST_URL, MM_SERVICESETTINGS_SITEURL} = process.env;
    return defined({public_url: PUBLIC_URL, server_url: MATTERMOST_URL ?? MM_SERVICESETTINGS_SITEURL});
}

async function fromFile(file: string | undefined): Promise<Given> {
    if (file === undefined) return {};
    const {parse} = await import('yaml');
    try {
        const answers: unknown = parse(readFileSync(file, 'utf8'), {prettyErrors: true});
        if (typeof answers === 'object' && answers !== null && !Array.isArray(answers)) return answers as Given;
        throw new Error('it holds no answers');
    } catch (error) {
        throw new CliError(
            'failed',
            `${file} can’t be read: ${(error as Error).message.split('\n')[0]}`,
            'It is YAML or JSON: one key per answer; docs/setup.md has an example.',
        );
    }
}

function fromFlags(name: string | undefined, options: SetupOptions): Given {
    return defined({
        name,
        licence: options.licence,
        environment: options.environment,
        server_url: options.serverUrl,
        public_url: options.publicUrl,
        teams: options.team,
        channel: options.channel,
        notifications: options.notification && Object.fromEntries(options.notification.map(pairOf)),
        alert_channel: options.alertChannel,
        bot: options.bot,
        callback_url: options.callbackUrl,
        language: options.language,
        time_zone: options.timeZone,
        webhook: options.webhook,
        // Commander sets it to true where only --no-plugin is declared beside it.
        plugin: typeof options.plugin === 'string' || options.plugin === false ? options.plugin : undefined,
        change_settings: options.changeSettings,
    });
}

function pairOf(text: string): [string, string] {
    const [, type, channel] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (type === undefined || channel === undefined)
        throw usage(`--notification ${text} is not type=channel.`, 'For example: booking_confirmation=bookings');
    return [type, channel];
}

type Question = {
    key: string;
    question: string;
    fallback?: (given: Given) => string | undefined;
    read?: (text: string) => unknown;
    optional?: true;
};

const QUESTIONS: Question[] = [
    {key: 'server_url', question: 'Server URL of Mattermost (https://…)'},
    {key: 'public_url', question: 'Where do Mattermost and browsers reach this bridge (PUBLIC_URL)'},
    {key: 'licence', question: 'Licence (owner) in i-Reserve'},
    {key: 'environment', question: 'Environment of i-Reserve: test or production', fallback: () => 'test'},
    {
        key: 'name',
        question: 'Short name of this integration',
        fallback: ({licence, environment}) =>
            `${String(licence)}${environment === 'production' ? '' : '-test'}`.toLowerCase().replace(/[^a-z0-9._-]+/g, '-'),
    },
    {
        key: 'teams',
        question: 'Team of the agents, by the name in its address (several: separated by spaces)',
        read: (text) => text.split(/[\s,]+/),
    },
    {
        key: 'channel',
        question: 'Channel for conversations (made, private, when there is none)',
        fallback: ({environment}) => (environment === 'production' ? 'web-chats' : 'web-chats-test'),
    },
    {key: 'callback_url', question: 'Where do agents’ answers go at i-Reserve (Enter: later)', optional: true},
];

async function askFor(given: Given): Promise<Given> {
    const open = QUESTIONS.filter(({key}) => given[key] === undefined);
    if (open.length === 0) return given;
    const terminal = createInterface({input: process.stdin, output: process.stderr});
    const answers = {...given};
    try {
        for (const {key, question, fallback, read, optional} of open) {
            const suggestion = fallback?.(answers);
            let text = '';
            do text = (await terminal.question(`${question}${suggestion ? ` [${suggestion}]` : ''}: `)).trim() || suggestion || '';
            while (text === '' && !optional);
            if (text !== '') answers[key] = read ? read(text) : text;
        }
    } finally {
        terminal.close();
    }
    return answers;
}

/** Asks for a log-in, whose password is not shown. @throws CliError where nobody can be asked */
export async function askAdmin(server_url: string, options: SetupOptions): Promise<AdminAccess> {
    if (!canAsk(options)) {
        throw usage(
            'A system admin’s access to Mattermost is needed.',
            'Give --admin-token-file FILE, or --admin-user NAME --admin-password-file FILE.',
        );
    }
    let isHidden = false;
    const output = new Writable({
        write(chunk: Buffer, _encoding, done) {
            if (!isHidden) process.stderr.write(chunk);
            done();
        },
    });
    const terminal = createInterface({input: process.stdin, output, terminal: true});
    try {
        const user = (await terminal.question(`System admin of ${server_url} (user name or e-mail): `)).trim();
        const asked = terminal.question('Password (used once, not stored): ');
        isHidden = true;
        const password = await asked;
        process.stderr.write('\n');
        return {user, password};
    } finally {
        terminal.close();
    }
}

export async function confirmed(question: string): Promise<boolean> {
    const terminal = createInterface({input: process.stdin, output: process.stderr});
    try {
        return /^y(es)?$/i.test((await terminal.question(`${question} [y/N]: `)).trim());
    } finally {
        terminal.close();
    }
}
