/** `integration add`. */
import {type Integration, IntegrationSecrets} from '../../integration.ts';
import {MattermostError} from '../../mattermost.ts';
import {verified} from '../bot-token.ts';
import {CliError, usage} from '../failure.ts';
import {type Store, withStore} from '../open-store.ts';
import {note, present} from '../output.ts';
import {checkedConfig, type SettingOptions, withOptions} from './options.ts';
import {checkedToken, linesShownOnce, readSecrets, shownOnce, withGiven} from './secrets.ts';
import {documentOf} from './show.ts';

type AddOptions = SettingOptions & {licence: string; environment: 'test' | 'production'};

/** It stands in commands, log lines and a header. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export async function addIntegration(name: string, options: AddOptions): Promise<void> {
    if (!NAME.test(name)) {
        throw usage(
            `${JSON.stringify(name)} is no name for an integration.`,
            'Use up to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit.',
        );
    }
    const missing = [options.serverUrl === undefined && '--server-url', options.channel === undefined && '--channel'].filter(Boolean);
    if (missing.length > 0) throw usage(`${missing.join(' and ')} must be given.`, 'See ireserve-bridge integration add --help.');
    const given = await readSecrets(options);
    const {botToken = process.env.IRESERVE_BOT_TOKEN} = given;
    if (botToken === undefined) {
        throw usage('The bot token must be given.', 'Use --bot-token-file FILE, --bot-token-stdin or the variable IRESERVE_BOT_TOKEN.');
    }
    // Before the store is opened: what is refused must not leave a database and a key behind.
    const config = checkedConfig(await withOptions({}, options));
    await withStore(
        async (store) => {
            const integrations = await store.integrations();
            if (integrations.named(name)) {
                const next = `Choose another name, or change it: ireserve-bridge integration set ${name} --help`;
                throw new CliError('failed', `An integration named ${name} exists already.`, next);
            }
            await tried(store, config.server_url, botToken.trim());
            const integration = await integrations.add({
                name,
                licence: options.licence,
                environment: options.environment,
                state: options.state ?? 'active',
                config,
                secrets: withGiven(IntegrationSecrets.parse({bot_token: checkedToken(botToken.trim())}), {
                    ...given,
                    botToken: botToken.trim(),
                }),
            });
            const shown = shownOnce(given, integration.secrets);
            present(options.json, {integration: documentOf(integration), ...shown}, () => added(integration, shown));
        },
        {create: true},
    );
}

/** A token that is refused is not kept. A server that can't be asked yet is no reason to wait: it is told. */
async function tried(store: Store, server_url: string, token: string): Promise<void> {
    try {
        await verified(store, {server_url, token});
    } catch (error) {
        if (!(error instanceof MattermostError)) throw error;
        note(`the bot token could not be verified: ${error.message}`);
    }
}

function added({name, licence, environment, state, config}: Integration, shown: ReturnType<typeof shownOnce>): string[] {
    return [
        `Added ${name} (${licence}, ${environment}), ${state}.`,
        ...linesShownOnce(shown),
        'Next:',
        `  ireserve-bridge test-message ${name}`,
        ...(config.callback_url
            ? []
            : [`  ireserve-bridge integration set ${name} --callback-url https://…    (where agents’ answers go)`]),
        ...(shown.signing_secret
            ? []
            : [`  ireserve-bridge token create ${name} --label i-Reserve    (or let i-Reserve sign: --signing-secret generate)`]),
    ];
}
