/** `integration add`. */
import type {Integration} from '../../integration.ts';
import {CliError, usage} from '../failure.ts';
import {withStore} from '../open-store.ts';
import {present} from '../output.ts';
import {checkedConfig, type SettingOptions, withOptions} from './options.ts';
import {checkedToken, readSecrets} from './secrets.ts';
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
    const {botToken = process.env.IRESERVE_BOT_TOKEN, signingSecret} = await readSecrets(options);
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
            const integration = await integrations.add({
                name,
                licence: options.licence,
                environment: options.environment,
                state: options.state ?? 'active',
                config,
                secrets: {bot_token: checkedToken(botToken.trim()), signing_secrets: signingSecret ? [signingSecret.secret] : []},
            });
            const shown = signingSecret?.generated ? {signing_secret: signingSecret.secret} : {};
            present(options.json, {integration: documentOf(integration), ...shown}, () => added(integration, shown.signing_secret));
        },
        {create: true},
    );
}

function added({name, licence, environment, state}: Integration, secret: string | undefined): string[] {
    return [
        `Added ${name} (${licence}, ${environment}), ${state}.`,
        ...(secret ? [`Signing secret, shown only now; give it to i-Reserve: ${secret}`] : []),
        'Next:',
        `  ireserve-bridge test-message ${name}`,
        ...(secret
            ? []
            : [`  ireserve-bridge token create ${name} --label i-Reserve    (or let i-Reserve sign: --signing-secret generate)`]),
    ];
}
