/** The answers: flags first, then the answers file, then the environment, and what is still missing is asked for on a terminal. */
import {readFileSync} from 'node:fs';
import type {z} from 'zod';
import {type Admin, type AdminAccess, AdminRefused, openAdmin} from '../../doctor/admin-client.ts';
import type {Servers} from '../../mattermost.ts';
import {SetupAnswers} from '../../setup/answers.ts';
import {adminAccess, admitted, explained} from '../admin-access.ts';
import {CliError, usage} from '../failure.ts';
import {harmless} from '../table.ts';
import {hasTerminal, onTerminal} from '../terminal.ts';
import type {SetupOptions} from './options.ts';

type Given = Record<string, unknown>;

/** Where what must be answered is given without a terminal. */
const FLAGS: Record<string, string> = {
    name: 'it as the argument: setup NAME',
    licence: '--licence LICENCE',
    environment: '--environment test|production',
    server_url: '--server-url URL',
    public_url: '--public-url URL',
    teams: '--team NAME',
    channel: '--channel NAME',
};

/** @param noted PUBLIC_URL of the service that runs already @throws CliError naming everything that is missing or wrong */
export async function gatherAnswers(name: string | undefined, options: SetupOptions, noted?: string): Promise<SetupAnswers> {
    const given = {
        ...defined({public_url: noted}),
        ...fromEnvironment(),
        ...(await fromFile(options.answers)),
        ...fromFlags(name, options),
    };
    const complete = canAsk(options) ? await askFor(given) : given;
    const parsed = SetupAnswers.safeParse(complete);
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues.map(({path, message}) => {
        const [key = ''] = path.map(String);
        const isMissing = complete[key] === undefined && key in FLAGS;
        return {path: path.join('.') || '(answers)', message: isMissing ? `missing; give ${FLAGS[key]}` : message};
    });
    throw new CliError(
        'usage',
        'Setup does not know enough, or something is not right:',
        'Give them as flags, or in --answers FILE; see ireserve-bridge setup --help.',
        problems,
    );
}

export const canAsk = ({json, yes}: SetupOptions): boolean => !json && !yes && hasTerminal();

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
        agents: options.agent,
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
    key: keyof SetupAnswers;
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

/** What is given but not right is told at once, by whoever reads the answers: nobody is asked for the rest in vain. */
async function askFor(given: Given): Promise<Given> {
    const open = QUESTIONS.filter(({key}) => given[key] === undefined);
    if (open.length === 0 || Object.keys(given).some((key) => problemOf(key, given[key]))) return given;
    return onTerminal(async ({line, say}) => {
        const answers = {...given};
        for (const {key, question, fallback, read, optional} of open) {
            const suggestion = fallback?.(answers);
            for (;;) {
                const text = (await line(`${question}${suggestion ? ` [${suggestion}]` : ''}: `)).trim() || suggestion || '';
                if (text === '' && optional) break;
                const answer = read ? read(text) : text;
                const problem = text === '' ? 'an answer is needed' : problemOf(key, answer);
                if (problem === undefined) {
                    answers[key] = answer;
                    break;
                }
                say(`  ${harmless(text) || '(nothing)'}: ${problem}`);
            }
        }
        return answers;
    });
}

/** What is wrong with one answer; undefined: nothing. */
function problemOf(key: string, answer: unknown): string | undefined {
    const schema = SetupAnswers.shape[key as keyof SetupAnswers] as z.ZodType | undefined;
    return schema ? schema.safeParse(answer).error?.issues[0]?.message : 'unknown';
}

const MOST_TRIES = 3;

/**
 * A system admin's access: as given, else asked for, and again where Mattermost refuses it.
 *
 * @throws CliError, also where nobody can be asked
 */
export async function admitSomebody(servers: Servers, server_url: string, options: SetupOptions): Promise<Admin> {
    const given = adminAccess(options);
    if (given) return admitted(servers, server_url, given);
    if (!canAsk(options)) {
        throw usage(
            'A system admin’s access to Mattermost is needed.',
            'Give --admin-token-file FILE, or --admin-user NAME --admin-password-file FILE.',
        );
    }
    for (let tries = 1; ; tries++) {
        const access = await askLogIn(server_url);
        try {
            return await openAdmin(servers, server_url, access);
        } catch (error) {
            if (!(error instanceof AdminRefused) || tries === MOST_TRIES) throw explained(error, server_url);
            process.stderr.write(`  ${error.message} ${error.next}\n`);
        }
    }
}

const askLogIn = (server_url: string): Promise<AdminAccess> =>
    onTerminal(async ({line, hidden}) => {
        let user = '';
        while (user === '') user = (await line(`System admin of ${server_url} (user name or e-mail): `)).trim();
        return {user, password: await hidden('Password (used once, not stored): ')};
    });
