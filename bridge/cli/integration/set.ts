/** `integration set`: says what it changed, and what that means. */
import {type Integration, STATE_MEANS} from '../../integration.ts';
import {verified} from '../bot-token.ts';
import {usage} from '../failure.ts';
import {withStore} from '../open-store.ts';
import {present} from '../output.ts';
import {harmless} from '../table.ts';
import {checkedConfig, OPTION_OF, type SettingOptions, withOptions} from './options.ts';
import {type GivenSecrets, linesShownOnce, readSecrets, shownOnce, withGiven} from './secrets.ts';
import {documentOf, openNamed} from './show.ts';

type SetOptions = SettingOptions & {dropOldSigningSecret?: true; dropOldCallbackSecret?: true};

export async function setIntegration(name: string, options: SetOptions): Promise<void> {
    const {json, dropOldSigningSecret = false, dropOldCallbackSecret = false, state, ...settings} = options;
    if (Object.keys(settings).length === 0 && !dropOldSigningSecret && !dropOldCallbackSecret && state === undefined) {
        throw usage('Nothing to change was given.', 'Give at least one option; see ireserve-bridge integration set --help.');
    }
    const given = await readSecrets(options);
    await withStore(async (store) => {
        const {integrations, integration: before} = await openNamed(store, name);
        const secrets = withGiven(before.secrets, given, {dropOldSigningSecret, dropOldCallbackSecret});
        const config = checkedConfig(await withOptions(before.config, settings), before.config);
        if (given.botToken !== undefined) await verified(store, {current: before, server_url: config.server_url, token: given.botToken});
        const wanted = {state: state ?? before.state, config, secrets};
        const after = await integrations.change(before.id, wanted);
        const shown = shownOnce(given, after.secrets);
        const changes = changesOf(before, after, given);
        present(json, {integration: documentOf(after), changed: changes.map((change) => change.field), ...shown}, () => [
            changes.length > 0 ? `Changed ${name}:` : `${name} was like that already.`,
            ...changes.map(({text}) => `  ${harmless(text)}`),
            ...linesShownOnce(shown),
        ]);
    });
}

/** Secrets of which only that they changed is told. */
const REPLACED = {
    callback_secrets: 'callback secrets',
    callback_tokens: 'callback token',
    webhook_tokens: 'outgoing webhook tokens',
    command_tokens: 'slash command tokens',
    ireserve_passwords: 'i-Reserve password',
    native_hook_tokens: 'address for i-Reserve’s own webhooks',
} as const;

type Change = {field: string; text: string};

function changesOf(before: Integration, after: Integration, given: GivenSecrets): Change[] {
    const changes: Change[] = [];
    if (before.state !== after.state)
        changes.push({field: 'state', text: `state: ${before.state} → ${after.state}: ${STATE_MEANS[after.state]}`});
    for (const key of Object.keys(OPTION_OF) as (keyof typeof OPTION_OF)[]) {
        const [old, now] = [JSON.stringify(before.config[key]), JSON.stringify(after.config[key])];
        if (old !== now) changes.push({field: `config.${key}`, text: `${key} (${OPTION_OF[key]}): ${old} → ${now}`});
    }
    for (const [key, label] of Object.entries(REPLACED) as [keyof typeof REPLACED, string][]) {
        const [old, now] = [JSON.stringify(before.secrets[key]), JSON.stringify(after.secrets[key])];
        if (old !== now) changes.push({field: key, text: `${label}: ${now === '""' || now === '[]' ? 'removed' : 'replaced'}`});
    }
    if (before.secrets.bot_token !== after.secrets.bot_token) changes.push({field: 'bot_token', text: 'bot token: replaced'});
    const text = signingChange(before.secrets.signing_secrets, after.secrets.signing_secrets, given);
    if (text) changes.push({field: 'signing_secrets', text});
    return changes;
}

function signingChange(before: readonly string[], after: readonly string[], given: GivenSecrets): string {
    if (JSON.stringify(before) === JSON.stringify(after)) return '';
    const gone = before.filter((secret) => !after.includes(secret)).length;
    const dropped = gone > 0 ? `; ${gone} older one${gone > 1 ? 's are' : ' is'} not accepted any more` : '';
    if (!given.signingSecret) return `signing secrets: only the newest is accepted now${dropped}`;
    return after.length === 2
        ? `signing secrets: new one first, the one before is still accepted until --drop-old-signing-secret${dropped}`
        : `signing secrets: the new one is the only one${dropped}`;
}
