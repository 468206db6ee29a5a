/** `integration list` and `integration show`; secrets are counted, never shown. */
import type {Integration, IntegrationState, RoutingRule} from '../../integration.ts';
import type {Integrations} from '../../integrations.ts';
import type {Common} from '../command.ts';
import {type Store, withStore} from '../open-store.ts';
import {environmentCell, paint, present, screenWidth, type Tone} from '../output.ts';
import {type Cell, fields, table} from '../table.ts';
import {iso, moment} from '../times.ts';

export const TONE_OF_STATE: Record<IntegrationState, Tone> = {active: 'good', paused: 'warning', inactive: 'quiet'};

/** The integration with its secrets opened. @throws CliError not_found */
export async function openNamed(store: Store, name: string): Promise<{integrations: Integrations; integration: Integration}> {
    const {id} = await store.named(name);
    const integrations = await store.integrations();
    const integration = integrations.get(id);
    if (!integration) throw new Error(`integration ${name} was removed just now`);
    return {integrations, integration};
}

/** An integration as scripts see it. */
export function documentOf(integration: Integration): object {
    const {id, name, licence, environment, state, config, secrets, created_at, updated_at} = integration;
    return {
        id,
        name,
        licence,
        environment,
        state,
        config,
        secrets: {
            bot_token: secrets.bot_token !== '',
            signing_secrets: secrets.signing_secrets.length,
            callback_secrets: secrets.callback_secrets.length,
            callback_tokens: secrets.callback_tokens.length,
            webhook_tokens: secrets.webhook_tokens.length,
            command_tokens: secrets.command_tokens.length,
            ireserve_passwords: secrets.ireserve_passwords.length,
            native_hook_tokens: secrets.native_hook_tokens.length,
        },
        created_at: iso(created_at),
        updated_at: iso(updated_at),
    };
}

export async function listIntegrations({json}: Common): Promise<void> {
    await withStore(async (store) => {
        const all = (await store.integrations()).listed().sort((a, b) => a.name.localeCompare(b.name));
        present(json, {integrations: all.map(documentOf)}, () => {
            if (all.length === 0) return ['There is no integration yet. Make one: ireserve-bridge integration add --help'];
            const columns = ['NAME', 'LICENCE', 'ENVIRONMENT', 'STATE', 'SERVER URL', 'CHANNEL'];
            const rows = all.map(({name, licence, environment, state, config}): Cell[] => [
                name,
                licence,
                environmentCell(environment),
                {text: state, tone: TONE_OF_STATE[state]},
                config.server_url,
                config.channel_id,
            ]);
            const kept = new Set(['NAME', 'CHANNEL']);
            return table(
                columns.map((title) => ({title, keep: kept.has(title)})),
                rows,
                {width: screenWidth(), paint},
            );
        });
    });
}

export async function showIntegration(name: string, {json}: Common): Promise<void> {
    await withStore(async (store) => {
        const {integration} = await openNamed(store, name);
        present(json, documentOf(integration), () => descriptionOf(integration));
    });
}

const hidden = ({length}: readonly string[]): string => (length === 0 ? '–' : length === 1 ? 'set (hidden)' : `${length} (hidden)`);
const orDash = (values: readonly string[]): string | readonly string[] => (values.length > 0 ? values : '–');

/** The names are those on i-Reserve's own screens, where those have one. */
function descriptionOf({name, licence, environment, state, config, secrets, created_at, updated_at}: Integration): string[] {
    const signing = secrets.signing_secrets.length;
    return fields([
        ['Integration', name],
        ['Licence', `${licence} (${environment})`],
        ['State', state],
        ['Server URL', config.server_url],
        ['Bot token', 'set (hidden)'],
        [
            'Signing secrets',
            signing === 2 ? '2 (hidden): the newest and the previous one are both accepted' : signing === 1 ? '1 (hidden)' : '–',
        ],
        ['Channel', config.channel_id],
        ['Notifications → channel', orDash(Object.entries(config.notifications).map(([type, channel]) => `${type} → ${channel}`))],
        ['Routing rules', orDash(config.routing.map((rule, index) => `${index}: ${ruleText(rule)}`))],
        ['Language', config.language],
        ['Time zone', config.time_zone],
        ['Conversation link', config.conversation_link || '–'],
        ['Attachment hosts', orDash(config.attachment_hosts)],
        ['Card properties', orDash(config.card_properties)],
        ['E-mail on the card', config.card_email ? 'yes' : 'no'],
        ['Other fields in', orDash(Object.entries(config.channel_fields).map(fieldsText))],
        ['Alert channel', config.alert_channel_id || '–'],
        ['Dead letter after', `${config.dead_letter_after_hours} hours`],
        ['Messages per thread', String(config.messages_per_thread)],
        ['Callback URL', config.callback_url || '– (answers stay in Mattermost)'],
        ['Callback secrets', secrets.callback_secrets.length > 0 ? `${secrets.callback_secrets.length} (hidden)` : 'the signing secrets'],
        ['Callback token', hidden(secrets.callback_tokens)],
        ['Reply policy', config.reply_policy],
        ['Guard patterns', orDash(config.guard_patterns)],
        ['Question ends after', `${config.guard_minutes} minutes`],
        ['Undo', `${config.undo_seconds} s, in the side panel ${config.panel_undo_seconds} s`],
        ['Other bots’ posts', config.relay_bots ? 'go to the visitor' : 'stay'],
        ['Agent list', config.agents_url || 'pushed by i-Reserve'],
        ['Agents’ files', config.reply_files === 'inline' ? 'inside the callback' : `by address, for ${config.file_link_minutes} minutes`],
        ['Round trip', config.round_trip_minutes > 0 ? `every ${config.round_trip_minutes} minutes` : 'by hand only'],
        ['Outgoing webhook tokens', String(secrets.webhook_tokens.length)],
        ['Slash command tokens', String(secrets.command_tokens.length)],
        [
            'i-Reserve environment',
            config.ireserve_url ? `${config.ireserve_url} as ${config.ireserve_user || '?'}` : '– (bookings are not looked up)',
        ],
        ['i-Reserve’s own webhooks', secrets.native_hook_tokens.length > 0 ? 'taken (address hidden)' : '–'],
        [
            'Kept for',
            `conversations ${days(config.retention_days_conversations)}, log ${days(config.retention_days_log)}, event ids ${days(config.retention_days_events)}`,
        ],
        ['List of conversations', config.conversations_url || 'pushed by i-Reserve, or none'],
        ['Made', moment(created_at)],
        ['Changed', moment(updated_at)],
    ]);
}

const days = (count: number): string => (count === 0 ? 'for good' : `${count} days`);

const fieldsText = ([channel, {email, properties}]: [string, {email: boolean; properties: string[]}]): string =>
    `${channel}: ${[...(email ? ['e-mail'] : []), ...properties].join(', ') || 'nothing'}`;

function ruleText({language, page, topic, property, channel_id}: RoutingRule): string {
    const conditions = Object.entries({language, page, topic, ...(property ? {[`property ${property.name}`]: property.value} : {})})
        .filter(([, value]) => value !== undefined)
        .map(([condition, value]) => `${condition} = ${value}`);
    return `${conditions.join(' and ') || 'always'} → ${channel_id}`;
}
