/** What each field of an integration is called on i-Reserve's own Mattermost screens, where it stands there, and what it does. */
import {z} from 'zod';
import {IntegrationConfig} from '../integration.ts';

/** Fields of i-Reserve's Authentication and Configuration screens begin with their name there. */
const FIELDS: Record<string, string> = {
    server_url: 'Server URL: base URL of the Mattermost server, with its subpath if it has one.',
    channel_id: 'Channel: the mirror channel, where conversations become threads.',
    notifications: 'Notifications → channel: one channel for each type of notification. A type that is not here is not sent.',
    routing: 'Rules that choose the channel of a conversation: the first that fits wins, the mirror channel takes the rest.',
    language: 'Language of what the bridge itself writes in Mattermost.',
    time_zone: 'Time zone of the times it writes.',
    conversation_link: 'Template of the link into i-Reserve, with {conversation_id}; empty: no link is shown.',
    booking_link: 'Template of the page of a booking, with {base} and {id}.',
    attachment_hosts: 'Hosts attachments may be fetched from; *.example.com covers subdomains.',
    card_properties: 'Properties of the visitor that the card may show; none unless they are listed.',
    card_email: 'Whether the card may show the visitor’s e-mail address.',
    alert_channel_id: 'Channel told when something waits for an admin; empty: none.',
    dead_letter_after_hours: 'What could not be delivered for so long is given up. Hours.',
    messages_per_thread: 'A linked thread goes on after so many messages.',
    callback_url: 'Where agents’ answers go, signed; empty: they stay in Mattermost.',
    reply_policy: 'thread: what people write in a thread goes to the visitor, except notes. explicit: only what is marked for the visitor.',
    guard_patterns:
        'Regular expressions without lookaheads, lookbehinds and backreferences: a reply that matches one is held, and its author asked.',
    guard_minutes: 'A question nobody answers for so long means: keep it internal. Minutes.',
    undo_seconds: 'How long a reply waits before it leaves. Seconds.',
    panel_undo_seconds: 'The same for replies sent in the side panel. Seconds.',
    relay_bots: 'Whether other bots’ posts in a thread go to the visitor.',
    agents_url: 'Where i-Reserve’s list of agents is fetched; empty: i-Reserve pushes it.',
    ireserve_url: 'Base URL of i-Reserve’s own environment, to look bookings up; empty: nothing is asked there.',
    ireserve_user: 'API user there.',
    native_mapping: 'Where things are in the bodies of i-Reserve’s own webhooks.',
    reply_files: 'Agents’ files as short-lived addresses on the bridge, or inside the callback.',
    file_link_minutes: 'How long such an address works. Minutes.',
    channel_fields: 'What the card may show in single channels, by channel id, where that differs from the rest.',
    retention_days_conversations:
        'Conversations in which nothing happened for so long are erased every night, here and in Mattermost. Days; 0: kept.',
    retention_days_log: 'How long the integration log is kept. Days; 0: for good.',
    retention_days_events: 'How long the ids of settled events are known, so that a repeat is taken for one. Days; 0: for good.',
    conversations_url: 'Where i-Reserve’s list of conversations is fetched, to be compared every night; empty: i-Reserve may push it.',
    round_trip_minutes: 'A synthetic conversation tries every hop so often. Minutes; 0: never.',
};

export const fieldText = (field: string): string => FIELDS[field] ?? '';

const described = (field: string, schema: z.ZodType): z.ZodType => schema.meta({description: fieldText(field)});

/** What is in the store fits the full schema already; here it is shown. */
const shown = (field: string, schema: z.ZodType): z.ZodType => described(field, field === 'server_url' ? z.string() : schema);

/** Without defaults: what is not given is not touched. */
function given(field: string, schema: z.ZodType): z.ZodType {
    const inner = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault ? (schema.unwrap() as z.ZodType) : schema;
    return described(field, inner.nullable().optional());
}

const fieldsWith = (make: (field: string, schema: z.ZodType) => z.ZodType) =>
    Object.fromEntries(Object.entries(IntegrationConfig.shape).map(([field, schema]) => [field, make(field, schema)]));

export const ConfigShown = z.object(fieldsWith(shown)).meta({id: 'IntegrationConfig'});

/** Laid over what is set; null means the default again. The whole is then checked as one. */
export const ConfigGiven = z
    .strictObject(fieldsWith(given))
    .meta({id: 'IntegrationConfigChange', description: 'Only the fields that change; null: the default again.'});
