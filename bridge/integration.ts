/** An integration: one licence × one environment, and everything an admin may set on it. */
import {z} from 'zod';
import {DEFAULT_BOOKING_LINK} from './ireserve/booking.ts';
import {NativeMapping} from './ireserve/native-notification.ts';
import {compilePattern, isProblem} from './text/linear-pattern.ts';
import {CREDENTIALS_IN_URL, mayBeAddress, withoutCredentials} from './url-credentials.ts';

export const IntegrationState = z.enum(['active', 'paused', 'inactive']);
export type IntegrationState = z.infer<typeof IntegrationState>;
export const STATE_MEANS: Record<IntegrationState, string> = {
    active: 'events are stored and delivered; what waited goes out now, in order',
    paused: 'events are stored and wait; they are delivered, in order, once it is active again',
    inactive: 'events are answered as ignored and never delivered; what was waiting before waits on',
};

const MattermostId = z.string().regex(/^[a-z0-9]{26}$/, 'must be a Mattermost id: 26 of a-z 0-9 (channel menu → View Info)');

/** First match wins; every condition given must hold. Text is compared without case; `*` stands for anything. */
export const RoutingRule = z
    .object({
        language: z.string().optional(),
        page: z.string().optional(),
        topic: z.string().optional(),
        property: z.object({name: z.string(), value: z.string()}).optional(),
        channel_id: MattermostId,
    })
    .strict();
export type RoutingRule = z.infer<typeof RoutingRule>;

/** Numbers as long as a payment card's; words for passwords and for "internal" in the three languages. */
const GUARD_PATTERNS = [
    String.raw`\b\d(?:[ -]?\d){12,18}\b`,
    String.raw`\b(?:password|wachtwoord|passwort|kennwort)\b`,
    String.raw`\b(?:internal|intern|interne)\b`,
];

const address = () => z.url({protocol: /^https?$/}).refine(mayBeAddress, CREDENTIALS_IN_URL);

export const IntegrationConfig = z
    .object({
        /** Base URL of the Mattermost server, with its subpath if it has one, without a trailing slash. */
        server_url: address().transform((url) => url.replace(/\/+$/, '')),
        /** The mirror channel. */
        channel_id: MattermostId,
        /** Notification type → channel. A type that is not here is not sent. */
        notifications: z.record(z.string(), MattermostId).default({}),
        routing: z.array(RoutingRule).default([]),
        /** Language of what the bridge itself writes in Mattermost. */
        language: z.enum(['en', 'nl', 'de']).default('nl'),
        time_zone: z
            .string()
            .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC', 'unknown time zone')
            .default('Europe/Amsterdam'),
        /** Deep link into i-Reserve with `{conversation_id}`; empty: no link is shown (i-Reserve documents none). */
        conversation_link: z
            .string()
            .refine(
                (value) => value === '' || (/^https?:\/\//.test(value) && value.includes('{conversation_id}')),
                'an http(s) URL with {conversation_id}',
            )
            .refine(mayBeAddress, CREDENTIALS_IN_URL)
            .default(''),
        /** Hosts attachments may be fetched from; `*.example.com` covers subdomains. */
        attachment_hosts: z.array(z.string()).default([]),
        /** Visitor properties the card may show; minimal by default. */
        card_properties: z.array(z.string()).default([]),
        /** Whether the card may show the visitor's e-mail address. */
        card_email: z.boolean().default(false),
        /** Channel told when a lane has to wait for an admin; empty: only log, metric and command line. */
        alert_channel_id: z.union([MattermostId, z.literal('')]).default(''),
        /** A delivery that could not be made for this long is dead-lettered. Hours. */
        dead_letter_after_hours: z
            .number()
            .positive()
            .max(24 * 30)
            .default(72),
        /** A linked continuation thread starts after this many messages: a reply costs the server time proportional to the thread. */
        messages_per_thread: z.int().min(10).max(1000).default(200),
        /** Where agents' answers go, signed; empty: they stay in Mattermost. */
        callback_url: z.union([z.literal(''), address()]).default(''),
        /** `thread`: what people write in a thread goes to the visitor, except notes. `explicit`: only what is marked for the visitor. */
        reply_policy: z.enum(['thread', 'explicit']).default('thread'),
        /** Regular expressions, case-insensitive: a reply that matches one, or can't be matched, is held, and its author asked. */
        guard_patterns: z.array(z.string().max(300)).max(20).default(GUARD_PATTERNS),
        /** A question about a held reply that nobody answers for this long means: keep it internal. Minutes. */
        guard_minutes: z
            .int()
            .min(1)
            .max(24 * 60)
            .default(60),
        /** How long a reply waits before it leaves, so that deleting or editing it changes what leaves. Seconds. */
        undo_seconds: z.int().min(0).max(60).default(0),
        /** The same for replies sent in the side panel, which shows an Undo button. */
        panel_undo_seconds: z.int().min(0).max(60).default(5),
        /** Whether other bots' posts in a thread go to the visitor. Never the bridge's own. */
        relay_bots: z.boolean().default(false),
        /** Where i-Reserve's agent list is fetched, signed; empty: i-Reserve pushes it. */
        agents_url: z.union([z.literal(''), address()]).default(''),
        /** Base URL of i-Reserve's own environment, to look bookings up; empty: nothing is asked there. */
        ireserve_url: z.union([z.literal(''), address()]).default(''),
        ireserve_user: z.string().max(200).default(''),
        /** i-Reserve's page of a booking, with `{base}` and `{id}`. */
        booking_link: z
            .string()
            .max(500)
            .refine((link) => link === '' || link.includes('{id}'), 'must hold {id}')
            .refine(mayBeAddress, CREDENTIALS_IN_URL)
            .default(DEFAULT_BOOKING_LINK),
        /** Where things are in the bodies of i-Reserve's own webhooks, which no page documents. */
        native_mapping: NativeMapping.prefault({}),
        /** A conversation in which nothing happened for this long is erased here and in Mattermost, every night. Days; 0: kept. */
        retention_days_conversations: z.int().min(0).max(3650).default(0),
        /** How long the integration log is kept. Days; 0: for good. */
        retention_days_log: z.int().min(0).max(3650).default(90),
        /** How long the ids of settled events are known, so that a repeat is taken for one. Days; 0: for good. */
        retention_days_events: z.int().min(0).max(3650).default(30),
        /** Where i-Reserve's list of conversations is fetched, signed, to be compared every night; empty: i-Reserve may push it. */
        conversations_url: z.union([z.literal(''), address()]).default(''),
        /** What the card may show in a channel, where that differs from the rest: channel id → fields. */
        channel_fields: z.record(MattermostId, z.object({email: z.boolean(), properties: z.array(z.string())}).strict()).default({}),
        /** How often a round trip is made by itself; 0: never. Minutes. */
        round_trip_minutes: z
            .int()
            .min(0)
            .max(24 * 60)
            .default(0),
        /** How agents' files reach i-Reserve: a short-lived address on the bridge, or the bytes themselves. */
        reply_files: z.enum(['url', 'inline']).default('url'),
        /** How long the address of an agent's file works. Minutes. */
        file_link_minutes: z
            .int()
            .min(1)
            .max(7 * 24 * 60)
            .default(60),
    })
    .strict();
export type IntegrationConfig = z.infer<typeof IntegrationConfig>;

/** Settings that hold an address of somebody else. */
export const ADDRESSES = [
    'server_url',
    'callback_url',
    'agents_url',
    'ireserve_url',
    'conversations_url',
    'conversation_link',
    'booking_link',
] as const satisfies (keyof IntegrationConfig)[];

/** A configuration as it is stored. Passwords in addresses, which were taken once, are left behind: nothing that shows an address can show them. */
export function storedConfig(json: string): IntegrationConfig {
    const stored = JSON.parse(json) as Record<string, unknown>;
    for (const key of ADDRESSES) {
        const value = stored[key];
        if (typeof value === 'string') stored[key] = withoutCredentials(value);
    }
    return IntegrationConfig.parse(stored);
}

/**
 * The schema of settings as an admin gives them: what a stored integration may hold since an older version, none may be given any more.
 *
 * @param before as they are now: what is not changed is not refused
 */
export const givenConfig = (before?: Pick<IntegrationConfig, 'guard_patterns'>) =>
    IntegrationConfig.extend({
        guard_patterns: z
            .array(
                z
                    .string()
                    .max(300)
                    .superRefine((source, context) => {
                        const found = before?.guard_patterns.includes(source) ? null : compilePattern(source);
                        if (found && isProblem(found)) context.addIssue(found.text);
                    }),
            )
            .max(20)
            .default(GUARD_PATTERNS),
    });

/** Patterns of an integration which cannot be matched, with what is wrong with them: every reply that no other one matches is held. */
export const unusablePatterns = ({guard_patterns}: Pick<IntegrationConfig, 'guard_patterns'>): string[] =>
    guard_patterns.flatMap((source) => {
        const found = compilePattern(source);
        return isProblem(found) ? [`${source}: ${found.text}`] : [];
    });

/** What of a visitor may be shown in a channel. */
export const shownIn = (
    {card_email, card_properties, channel_fields}: IntegrationConfig,
    channel_id: string | null,
): Pick<IntegrationConfig, 'card_email' | 'card_properties'> => {
    const own = channel_id !== null && Object.hasOwn(channel_fields, channel_id) ? channel_fields[channel_id] : undefined;
    return own ? {card_email: own.email, card_properties: own.properties} : {card_email, card_properties};
};

const SecretsByName = z
    .object({
        bot_token: z.string().min(1),
        /** Standard Webhooks secrets (`whsec_…`), newest first; two may be live during rotation. */
        signing_secrets: z.array(z.string()).max(2).default([]),
        /** The same for what the bridge sends to i-Reserve; both sign during rotation. Empty: the signing secrets serve both ways. */
        callback_secrets: z.array(z.string()).max(2).default([]),
        /** Sent as a bearer with every callback, when set: the newest, and the one before where that is refused. */
        callback_tokens: z.array(z.string().min(1)).max(2).default([]),
        /** Tokens of Mattermost's outgoing webhooks, one per hook. */
        webhook_tokens: z.array(z.string().min(16)).max(50).default([]),
        /** Password of `ireserve_user`: the newest, and the one before where that is refused. */
        ireserve_passwords: z.array(z.string().min(1).max(500)).max(2).default([]),
        /** Part of the addresses that i-Reserve's own webhooks call; empty: there is none. */
        native_hook_tokens: z.array(z.string().min(32).max(200)).max(2).default([]),
        /** Tokens of the slash command, one per team. */
        command_tokens: z.array(z.string().min(16)).max(50).default([]),
    })
    .strict();

/** Lists that were one value before they could be rotated: what was stored then is read as it was. */
const WERE_ONE = {callback_token: 'callback_tokens', ireserve_password: 'ireserve_passwords', native_hook_token: 'native_hook_tokens'};

function asLists(given: unknown): unknown {
    if (typeof given !== 'object' || given === null) return given;
    const next: Record<string, unknown> = {...given};
    for (const [one, list] of Object.entries(WERE_ONE)) {
        if (!(one in next)) continue;
        next[list] = next[one] === '' ? [] : [next[one]];
        delete next[one];
    }
    return next;
}

/** Kept encrypted at rest; never leaves the bridge. */
export const IntegrationSecrets = z.preprocess(asLists, SecretsByName);
export type IntegrationSecrets = z.infer<typeof SecretsByName>;

type SecretKindShape = {label: string; most: number; tellsEnd: boolean};
/** What each secret is called, on i-Reserve's own screens where it stands there; how many may be live; and whether its end may be shown. */
export const SECRET_KINDS = {
    bot_token: {label: 'Bot token', most: 1, tellsEnd: true},
    webhook_tokens: {label: 'Outgoing webhook token', most: 50, tellsEnd: true},
    command_tokens: {label: 'Slash command token', most: 50, tellsEnd: true},
    signing_secrets: {label: 'Signing secret', most: 2, tellsEnd: true},
    callback_secrets: {label: 'Callback secret', most: 2, tellsEnd: true},
    // People choose these, and may choose short ones.
    callback_tokens: {label: 'Callback token', most: 2, tellsEnd: false},
    ireserve_passwords: {label: 'i-Reserve password', most: 2, tellsEnd: false},
    native_hook_tokens: {label: 'Address for i-Reserve’s own webhooks', most: 2, tellsEnd: true},
} as const satisfies Record<keyof IntegrationSecrets, SecretKindShape>;
export type SecretKind = keyof IntegrationSecrets;
export const SECRET_NAMES = Object.keys(SECRET_KINDS) as SecretKind[];

/** Its living values, newest first. */
export function valuesOf(secrets: IntegrationSecrets, kind: SecretKind): readonly string[] {
    return kind === 'bot_token' ? [secrets.bot_token] : secrets[kind];
}

export type Integration = {
    readonly id: string;
    /** Unique short name, used in commands and the `ireserve-integration` header. */
    readonly name: string;
    readonly licence: string;
    readonly environment: 'test' | 'production';
    readonly state: IntegrationState;
    readonly config: IntegrationConfig;
    readonly secrets: IntegrationSecrets;
    readonly created_at: number;
    readonly updated_at: number;
};
