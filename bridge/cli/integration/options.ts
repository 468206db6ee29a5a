/** Options of `integration add` and `set` → an integration's configuration. */
import {readFileSync} from 'node:fs';
import {givenConfig, type IntegrationConfig, type IntegrationState} from '../../integration.ts';
import type {Common} from '../command.ts';
import {CliError, type ConfigProblem, usage} from '../failure.ts';
import type {SecretOptions} from './secrets.ts';

export type SettingOptions = Common &
    SecretOptions & {
        serverUrl?: string;
        channel?: string;
        notification?: string[];
        routingFile?: string;
        language?: string;
        timeZone?: string;
        conversationLink?: string;
        attachmentHost?: string[];
        cardProperty?: string[];
        cardEmail?: boolean;
        alertChannel?: string;
        deadLetterAfterHours?: number;
        messagesPerThread?: number;
        callbackUrl?: string;
        replyPolicy?: string;
        guardPattern?: string[];
        guardMinutes?: number;
        undoSeconds?: number;
        panelUndoSeconds?: number;
        relayBots?: boolean;
        agentsUrl?: string;
        replyFiles?: string;
        fileLinkMinutes?: number;
        roundTripMinutes?: number;
        ireserveUrl?: string;
        ireserveUser?: string;
        bookingLink?: string;
        nativeMappingFile?: string;
        channelFieldsFile?: string;
        retentionConversations?: number;
        retentionLog?: number;
        retentionEvents?: number;
        conversationsUrl?: string;
        state?: IntegrationState;
    };

type Options = Omit<SettingOptions, keyof Common | keyof SecretOptions | 'state'>;
type Settable = keyof IntegrationConfig;

/** Which option sets which field: problems and changes are told in the words of the command line. */
export const OPTION_OF: Record<Settable, string> = {
    server_url: '--server-url',
    channel_id: '--channel',
    notifications: '--notification',
    routing: '--routing-file',
    language: '--language',
    time_zone: '--time-zone',
    conversation_link: '--conversation-link',
    attachment_hosts: '--attachment-host',
    card_properties: '--card-property',
    card_email: '--card-email',
    alert_channel_id: '--alert-channel',
    dead_letter_after_hours: '--dead-letter-after-hours',
    messages_per_thread: '--messages-per-thread',
    callback_url: '--callback-url',
    reply_policy: '--reply-policy',
    guard_patterns: '--guard-pattern',
    guard_minutes: '--guard-minutes',
    undo_seconds: '--undo-seconds',
    panel_undo_seconds: '--panel-undo-seconds',
    relay_bots: '--relay-bots',
    agents_url: '--agents-url',
    reply_files: '--reply-files',
    file_link_minutes: '--file-link-minutes',
    round_trip_minutes: '--round-trip-minutes',
    ireserve_url: '--ireserve-url',
    ireserve_user: '--ireserve-user',
    booking_link: '--booking-link',
    native_mapping: '--native-mapping-file',
    channel_fields: '--channel-fields-file',
    retention_days_conversations: '--retention-conversations',
    retention_days_log: '--retention-log',
    retention_days_events: '--retention-events',
    conversations_url: '--conversations-url',
};

/** The configuration with the options laid over it; not validated yet. */
export async function withOptions(config: Partial<IntegrationConfig>, options: Options): Promise<Record<string, unknown>> {
    const given: Partial<Record<Settable, unknown>> = {
        server_url: options.serverUrl,
        channel_id: options.channel,
        notifications: options.notification && mapped(config.notifications ?? {}, options.notification),
        routing: options.routingFile === undefined ? undefined : await readRules(options.routingFile),
        language: options.language,
        time_zone: options.timeZone,
        conversation_link: options.conversationLink,
        attachment_hosts: options.attachmentHost && listOf(options.attachmentHost),
        card_properties: options.cardProperty && listOf(options.cardProperty),
        card_email: options.cardEmail,
        alert_channel_id: options.alertChannel,
        dead_letter_after_hours: options.deadLetterAfterHours,
        messages_per_thread: options.messagesPerThread,
        callback_url: options.callbackUrl,
        reply_policy: options.replyPolicy,
        guard_patterns: options.guardPattern && listOf(options.guardPattern),
        guard_minutes: options.guardMinutes,
        undo_seconds: options.undoSeconds,
        panel_undo_seconds: options.panelUndoSeconds,
        relay_bots: options.relayBots,
        agents_url: options.agentsUrl,
        reply_files: options.replyFiles,
        file_link_minutes: options.fileLinkMinutes,
        round_trip_minutes: options.roundTripMinutes,
        ireserve_url: options.ireserveUrl,
        ireserve_user: options.ireserveUser,
        booking_link: options.bookingLink,
        native_mapping: options.nativeMappingFile === undefined ? undefined : await readDocument(options.nativeMappingFile, 'mapping'),
        channel_fields: options.channelFieldsFile === undefined ? undefined : await readDocument(options.channelFieldsFile, 'fields'),
        retention_days_conversations: options.retentionConversations,
        retention_days_log: options.retentionLog,
        retention_days_events: options.retentionEvents,
        conversations_url: options.conversationsUrl,
    };
    return {...config, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))};
}

/** `''` alone empties a list. */
const listOf = (values: readonly string[]): string[] => values.filter((value) => value !== '');

function mapped(current: Record<string, string>, pairs: readonly string[]): Record<string, string> {
    const next = new Map(Object.entries(current));
    for (const pair of pairs) {
        // The types an event may carry (contract.ts): another one could never come.
        const [, type, channel] = /^([a-z0-9][a-z0-9._-]{0,63})=(.*)$/s.exec(pair) ?? [];
        if (type === undefined || channel === undefined) {
            throw usage(
                `--notification ${pair} is not type=channel.`,
                'Write the type in a-z 0-9 . _ -, e.g. booking_confirmation=CHANNEL_ID.',
            );
        }
        if (channel === '') next.delete(type);
        else next.set(type, channel);
    }
    return Object.fromEntries(next);
}

/** The rules themselves, or a document with the key `routing`. */
async function readRules(file: string): Promise<unknown> {
    const document = await readDocument(file, 'rules');
    const inner = typeof document === 'object' && document !== null && 'routing' in document ? document.routing : document;
    return inner ?? [];
}

async function readDocument(file: string, what: string): Promise<unknown> {
    const {parse} = await import('yaml');
    try {
        return parse(readFileSync(file, 'utf8'), {prettyErrors: true});
    } catch (error) {
        const [reason = ''] = (error as Error).message.split('\n');
        throw new CliError('failed', `The ${what} in ${file} can’t be read: ${reason}`, 'Correct the file; it is YAML or JSON.');
    }
}

/** @param before the settings as they are. @throws CliError with every problem, by path and by the option that sets it */
export function checkedConfig(config: unknown, before?: IntegrationConfig): IntegrationConfig {
    const parsed = givenConfig(before).safeParse(config);
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues.map(({path, message}): ConfigProblem => {
        const option = OPTION_OF[path[0] as Settable];
        return {path: path.join('.') + (option ? ` (${option})` : ''), message};
    });
    throw new CliError(
        'usage',
        'The configuration is not right; nothing was changed.',
        'Correct these options and run it again.',
        problems,
    );
}
