/** Secrets on their way in: from a file, standard input, the environment or, with a warning, the command line; and how they rotate. */
import {readFileSync} from 'node:fs';
import {text as readStream} from 'node:stream/consumers';
import {generate, problemWith} from '../../admin/secret-values.ts';
import {type IntegrationSecrets, SECRET_KINDS, type SecretKind} from '../../integration.ts';
import {NATIVE_HOOK_PATH} from '../../ireserve/native-route.ts';
import {CliError, usage} from '../failure.ts';
import {note} from '../output.ts';

export type SecretOptions = {
    botToken?: string;
    botTokenFile?: string;
    botTokenStdin?: true;
    signingSecret?: string;
    signingSecretFile?: string;
    callbackSecret?: string;
    callbackSecretFile?: string;
    callbackTokenFile?: string;
    webhookTokenFile?: string[];
    commandTokenFile?: string[];
    ireservePasswordFile?: string;
    nativeHook?: boolean;
};

type Key = {secret: string; generated: boolean};
export type GivenSecrets = {
    botToken?: string;
    signingSecret?: Key;
    callbackSecret?: Key;
    callbackToken?: string;
    webhookTokens?: string[];
    commandTokens?: string[];
    ireservePassword?: string;
    nativeHook?: boolean;
};

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
    if (options.callbackSecret !== undefined && options.callbackSecretFile !== undefined) {
        throw usage('The callback secret is given twice.', 'Keep one of --callback-secret and --callback-secret-file.');
    }
    const callback = options.callbackSecret ?? (await readSource('callback secret', options.callbackSecretFile));
    const callbackToken = await readSource('callback token', options.callbackTokenFile);
    const ireservePassword = await readSource('password', options.ireservePasswordFile);
    const token = botToken ?? (await readSource('bot token', botTokenStdin ? '-' : botTokenFile));
    const secret = signingSecret ?? (await readSource('signing secret', signingSecretFile));
    return {
        ...(token === undefined ? {} : {botToken: checkedToken(token)}),
        ...(secret === undefined ? {} : {signingSecret: signingSecretOf(secret)}),
        ...(callback === undefined ? {} : {callbackSecret: signingSecretOf(callback)}),
        ...(callbackToken === undefined ? {} : {callbackToken: fitting('callback_tokens', callbackToken)}),
        ...(options.webhookTokenFile ? {webhookTokens: await readTokens('webhook_tokens', options.webhookTokenFile)} : {}),
        ...(options.commandTokenFile ? {commandTokens: await readTokens('command_tokens', options.commandTokenFile)} : {}),
        ...(ireservePassword === undefined ? {} : {ireservePassword: fitting('ireserve_passwords', ireservePassword)}),
        ...(options.nativeHook === undefined ? {} : {nativeHook: options.nativeHook}),
    };
}

/** Files with one token each, or several, a line each; `''` alone empties the list. */
async function readTokens(kind: 'webhook_tokens' | 'command_tokens', files: readonly string[]): Promise<string[]> {
    const tokens: string[] = [];
    for (const file of files.filter((name) => name !== '')) {
        const lines = ((await readSource(SECRET_KINDS[kind].label.toLowerCase(), file)) ?? '').split(/\s+/).filter((line) => line !== '');
        tokens.push(...lines.map((line) => fitting(kind, line)));
    }
    return tokens;
}

/** The secrets of an integration with the given ones in their places. */
export function withGiven(
    current: IntegrationSecrets,
    given: GivenSecrets,
    {dropOldSigningSecret = false, dropOldCallbackSecret = false}: {dropOldSigningSecret?: boolean; dropOldCallbackSecret?: boolean} = {},
): IntegrationSecrets {
    const {nativeHook} = given;
    return {
        bot_token: given.botToken ?? current.bot_token,
        signing_secrets: rotate(current.signing_secrets, given.signingSecret?.secret, dropOldSigningSecret),
        callback_secrets: rotate(current.callback_secrets, given.callbackSecret?.secret, dropOldCallbackSecret),
        callback_tokens: rotateOrClear(current.callback_tokens, given.callbackToken),
        webhook_tokens: given.webhookTokens ?? current.webhook_tokens,
        command_tokens: given.commandTokens ?? current.command_tokens,
        ireserve_passwords: rotateOrClear(current.ireserve_passwords, given.ireservePassword),
        native_hook_tokens: rotateOrClear(
            current.native_hook_tokens,
            nativeHook === undefined ? undefined : nativeHook ? generate('native_hook_tokens') : '',
        ),
    };
}

/** As every other way to set it demands; an empty one takes it away. @throws CliError */
function fitting(kind: SecretKind, value: string): string {
    const problem = value === '' ? null : problemWith(kind, value);
    if (problem) throw usage(`${SECRET_KINDS[kind].label}: ${problem}`, 'Is it the right file? It must hold the secret alone.');
    return value;
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
    if (given === 'generate') return {secret: generate('signing_secrets'), generated: true};
    const problem = problemWith('signing_secrets', given);
    if (problem) throw usage(problem, 'Use --signing-secret generate and give the result to i-Reserve.');
    return {secret: given, generated: false};
}

/** What was generated just now is shown this one time. */
export function shownOnce(given: GivenSecrets, {native_hook_tokens: [newest]}: IntegrationSecrets) {
    return {
        ...(given.signingSecret?.generated ? {signing_secret: given.signingSecret.secret} : {}),
        ...(given.callbackSecret?.generated ? {callback_secret: given.callbackSecret.secret} : {}),
        ...(given.nativeHook ? {native_hook_path: `${NATIVE_HOOK_PATH}/${newest}`} : {}),
    };
}

export const linesShownOnce = ({signing_secret, callback_secret, native_hook_path}: ReturnType<typeof shownOnce>): string[] => [
    ...(signing_secret ? [`Signing secret, shown only now; give it to i-Reserve: ${signing_secret}`] : []),
    ...(callback_secret ? [`Callback secret, shown only now; i-Reserve verifies callbacks with it: ${callback_secret}`] : []),
    ...(native_hook_path ? [`Address for i-Reserve’s own webhooks, shown only now: PUBLIC_URL${native_hook_path}`] : []),
];

/** Newest first, two at most: the one before stays alive until it is dropped, so that the other side can change over in its own time. */
function rotate(current: readonly string[], fresh: string | undefined, dropOld: boolean): string[] {
    const all = fresh === undefined ? current : [fresh, ...current.filter((secret) => secret !== fresh)];
    return all.slice(0, dropOld ? 1 : 2);
}

/** An empty one takes all away. */
const rotateOrClear = (current: readonly string[], fresh: string | undefined): string[] =>
    fresh === '' ? [] : rotate(current, fresh, false);
