/** `booking-hook subscribe|unsubscribe`: i-Reserve's own webhooks, which become notifications. */
import type {Command} from 'commander';
import {writeAudit} from '../admin/audit.ts';
import type {Integration} from '../integration.ts';
import {subscribe, unsubscribe} from '../ireserve/hooks.ts';
import {NATIVE_HOOK_PATH} from '../ireserve/native-route.ts';
import {readSettings} from '../settings.ts';
import {cliActor} from './actor.ts';
import {anyId, type Common, examples, subCommand, takesAnyId} from './command.ts';
import {CliError, usage} from './failure.ts';
import {openNamed} from './integration/show.ts';
import {type Store, withStore} from './open-store.ts';
import {present} from './output.ts';

export function declare(hook: Command): void {
    const added = subCommand(hook, 'subscribe', 'have i-Reserve call the bridge for an event; its calls become notifications of that type')
        .argument('<integration>')
        .argument('<event>', 'booking_created and booking_updated are the names known in public')
        .action(subscribeTo);
    examples(added, [
        'ireserve-bridge integration set aurora --ireserve-url https://aurora.i-reserve.net \\',
        '    --ireserve-user api_mattermost --ireserve-password-file password.txt --native-hook',
        'ireserve-bridge integration set aurora --notification booking_created=CHANNEL_ID',
        'ireserve-bridge booking-hook subscribe aurora booking_created',
    ]);
    takesAnyId(subCommand(hook, 'unsubscribe', 'take a subscription back'))
        .argument('<integration>')
        .argument('<hook id>', 'as booking-hook subscribe told it', anyId)
        .action(unsubscribeFrom);
}

function loginOf({name, config, secrets}: Integration) {
    if (!config.ireserve_url || !config.ireserve_user) {
        throw usage(
            `${name} does not know how to reach i-Reserve.`,
            `ireserve-bridge integration set ${name} --ireserve-url https://… --ireserve-user NAME --ireserve-password-file FILE`,
        );
    }
    return {base_url: config.ireserve_url, user: config.ireserve_user, password: secrets.ireserve_passwords[0] ?? ''};
}

async function subscribeTo(name: string, event: string, {json}: Common): Promise<void> {
    const {PUBLIC_URL} = readSettings(process.env);
    if (!PUBLIC_URL)
        throw usage('PUBLIC_URL is not set.', 'i-Reserve must know where it reaches the bridge: set PUBLIC_URL as for the service.');
    await withStore(async (store) => {
        const {integration} = await openNamed(store, name);
        const [token] = integration.secrets.native_hook_tokens;
        if (!token) throw usage(`${name} has no address for them.`, `ireserve-bridge integration set ${name} --native-hook`);
        const target = `${PUBLIC_URL.replace(/\/+$/, '')}${NATIVE_HOOK_PATH}/${token}?event=${encodeURIComponent(event)}`;
        const done = await subscribe(loginOf(integration), event, target);
        if (done.kind === 'unavailable')
            throw new CliError('failed', `${done.code}: ${done.detail}`, 'Check URL, user, password and rights in i-Reserve.');
        await auditHook(store, integration, {action: 'booking_hook.subscribed', subject: event, after: {hook_id: done.id}});
        const mapped = Object.hasOwn(integration.config.notifications, event);
        present(json, {integration: name, event, hook_id: done.id, mapped}, () => [
            `i-Reserve calls the bridge for ${event}; the subscription is ${done.id}. Keep the number: i-Reserve has no list of them.`,
            ...(mapped ? [] : [`No channel is set for it yet: ireserve-bridge integration set ${name} --notification ${event}=CHANNEL_ID`]),
        ]);
    });
}

async function unsubscribeFrom(name: string, id: string, {json}: Common): Promise<void> {
    await withStore(async (store) => {
        const {integration} = await openNamed(store, name);
        const done = await unsubscribe(loginOf(integration), id);
        if (done.kind === 'unavailable')
            throw new CliError('failed', `${done.code}: ${done.detail}`, 'Check URL, user, password and rights in i-Reserve.');
        await auditHook(store, integration, {action: 'booking_hook.unsubscribed', subject: id});
        present(json, {integration: name, hook_id: id, unsubscribed: true}, () => [`Subscription ${id} is taken back.`]);
    });
}

const auditHook = (store: Store, integration: Integration, done: {action: string; subject: string; after?: object}): Promise<void> =>
    store.database.write((tx) => writeAudit(tx, {at: store.now(), by: cliActor(), integration, ...done}));
