/** Secrets on their way in: from a file, standard input, the environment or, with a warning, the command line; and how they rotate. */
import {randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {text as readStream} from 'node:stream/consumers';
import {CliError, usage} from '../failure.ts';
import {note} from '../output.ts';

export type SecretOptions = {
    botToken?: string;
    botTokenFile?: string;
    botTokenStdin?: true;
    signingSecret?: string;
    signingSecretFile?: string;
};

export type GivenSecrets = {botToken?: string; signingSecret?: {secret: string; generated: boolean}};

/** Shortest key that Standard Webhooks allows, and the longest; in bytes. */
const [SHORTEST_KEY, LONGEST_KEY] = [24, 64];
const GENERATED_KEY = 32;

export async function readSecrets(options: SecretOptions): Promise<GivenSecrets> {
    const {botToken, botTokenFile, botTokenStdin, signingSecret, signingSecretFile} = options;
    const fromStdin = [botTokenStdin, botTokenFile === '-', signingSecretFile === '-'].filter(Boolean).length;
    if ([botToken, botTokenFile, botTokenStdin].filter((one) => one !== undefined).length > 1) {
        throw usage('The bot token is given more than once.', 'Keep one of --bot-token, --bot-token-file and --bot-token-stdin.');
    }
    if (signingSecret !== undefined && signingSecretFile !== undefined) {
        throw usage('The signing secret is given twice.', 'Keep one of --signing-secret and --signing-secret-file.');
    }
    if (fromStdin > 1) throw usage('Standard input can hold only one secret.', 'Read the other one from a file.');
    for (const [option, value] of Object.entries({'--bot-token': botToken, '--signing-secret': signingSecret})) {
        if (value !== undefined && value !== 'generate') {
            note(`${option} can be seen in the process list and stays in the shell’s history; ${option}-file is safer`);
        }
    }
    const token = botToken ?? (await readSource('bot token', botTokenStdin ? '-' : botTokenFile));
    const secret = signingSecret ?? (await readSource('signing secret', signingSecretFile));
    return {
        ...(token === undefined ? {} : {botToken: checkedToken(token)}),
        ...(secret === undefined ? {} : {signingSecret: signingSecretOf(secret)}),
    };
}

async function readSource(what: string, file: string | undefined): Promise<string | undefined> {
    if (file === undefined) return undefined;
    if (file === '-') {
        if (process.stdin.isTTY) process.stderr.write(`Paste the ${what}, then press Enter and Ctrl+D:\n`);
        return (await readStream(process.stdin)).trim();
    }
    try {
        return readFileSync(file, 'utf8').trim();
    } catch (error) {
        throw new CliError(
            'failed',
            `The ${what} can’t be read: ${(error as Error).message}.`,
            'Check the path and who may read the file.',
        );
    }
}

/** Anything else than visible ASCII can't be sent in a header. */
export function checkedToken(token: string): string {
    if (token === '') throw usage('The bot token is empty.', 'Copy it from Mattermost: Integrations → Bot Accounts → Create New Token.');
    if (!/^[\x21-\x7e]+$/.test(token)) {
        throw usage(
            'The bot token holds spaces, line breaks or other characters no token has.',
            'Is it the right file? It must hold the token alone.',
        );
    }
    return token;
}

function signingSecretOf(given: string): {secret: string; generated: boolean} {
    if (given === 'generate') return {secret: `whsec_${randomBytes(GENERATED_KEY).toString('base64')}`, generated: true};
    const key = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(given)?.[1];
    const bytes = key === undefined ? 0 : Buffer.from(key, 'base64').length;
    if (bytes < SHORTEST_KEY || bytes > LONGEST_KEY) {
        throw usage(
            `A signing secret is whsec_ and ${SHORTEST_KEY} to ${LONGEST_KEY} bytes in base64.`,
            'Use --signing-secret generate and give the result to i-Reserve.',
        );
    }
    return {secret: given, generated: false};
}

/** Newest first, two at most: the one before stays alive until it is dropped, so that i-Reserve can change over in its own time. */
export function rotate(current: readonly string[], fresh: string | undefined, dropOld: boolean): string[] {
    const all = fresh === undefined ? current : [fresh, ...current.filter((secret) => secret !== fresh)];
    return all.slice(0, dropOld ? 1 : 2);
}
