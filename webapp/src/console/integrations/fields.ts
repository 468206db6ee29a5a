/** Which settings there are, of which kind, and in which order; the first two sections are i-Reserve's own screens. */
import type {Settings} from '../answers.ts';

export const SECTIONS = ['authentication', 'configuration', 'replies', 'language', 'privacy', 'limits', 'ireserve'] as const;
export type SectionId = (typeof SECTIONS)[number];

export type Kind = 'text' | 'number' | 'yes' | 'lines' | 'json' | 'channel' | 'channel_or_none' | 'notifications' | readonly string[];

export const FIELDS = {
    authentication: {server_url: 'text'},
    configuration: {channel_id: 'channel', notifications: 'notifications', alert_channel_id: 'channel_or_none'},
    replies: {
        callback_url: 'text',
        reply_policy: ['thread', 'explicit'],
        guard_patterns: 'lines',
        guard_minutes: 'number',
        undo_seconds: 'number',
        panel_undo_seconds: 'number',
        relay_bots: 'yes',
        reply_files: ['url', 'inline'],
        file_link_minutes: 'number',
    },
    language: {language: ['en', 'nl', 'de'], time_zone: 'text', conversation_link: 'text', booking_link: 'text'},
    privacy: {
        card_email: 'yes',
        card_properties: 'lines',
        channel_fields: 'json',
        retention_days_conversations: 'number',
        retention_days_log: 'number',
        retention_days_events: 'number',
    },
    limits: {attachment_hosts: 'lines', dead_letter_after_hours: 'number', messages_per_thread: 'number', round_trip_minutes: 'number'},
    ireserve: {ireserve_url: 'text', ireserve_user: 'text', agents_url: 'text', conversations_url: 'text', native_mapping: 'json'},
} as const satisfies Record<SectionId, Record<string, Kind>>;

export type FieldId = {[S in SectionId]: keyof (typeof FIELDS)[S]}[SectionId];

export const KINDS: Record<string, Kind> = Object.assign({}, ...Object.values(FIELDS));

/** One row of notification type → channel, while it is edited. */
export type Mapping = {key: number; type: string; channel_id: string};

/** What is typed and not saved, by field; as its control has it. */
export type Draft = Record<string, string | boolean | Mapping[]>;

let rows = 0;
export const mapping = (type = '', channel_id = ''): Mapping => ({key: ++rows, type, channel_id});

/** A setting as its control has it. */
export function asTyped(field: string, value: unknown): Draft[string] {
    switch (KINDS[field]) {
        case 'yes':
            return value === true;
        case 'lines':
            return Array.isArray(value) ? value.join('\n') : '';
        case 'json':
            return JSON.stringify(value, null, 2) ?? '';
        case 'notifications':
            return Object.entries((value ?? {}) as Record<string, string>).map(([type, channel_id]) => mapping(type, channel_id));
        default:
            return value === null || value === undefined ? '' : String(value);
    }
}

/** @throws SyntaxError where it is no JSON. What is no number goes as it is: the bridge says what is wrong with it. */
function asSent(field: string, typed: Draft[string]): unknown {
    if (Array.isArray(typed)) {
        const set = typed.filter(({type, channel_id}) => type.trim() && channel_id);
        return Object.fromEntries(set.map(({type, channel_id}) => [type.trim(), channel_id]));
    }
    if (typeof typed === 'boolean') return typed;
    switch (KINDS[field]) {
        case 'number':
            return typed.trim() === '' || Number.isNaN(Number(typed)) ? typed : Number(typed);
        case 'lines':
            return typed
                .split('\n')
                .map((line) => line.trim())
                .filter(Boolean);
        case 'json':
            return JSON.parse(typed);
        default:
            return typed.trim();
    }
}

/** In one order, so that equal things look equal. */
const inOrder = (value: unknown): string =>
    JSON.stringify(value, (_name, one: unknown) =>
        typeof one === 'object' && one !== null && !Array.isArray(one)
            ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
            : one,
    );
export const isSame = (one: unknown, other: unknown): boolean => inOrder(one) === inOrder(other);

/** @returns what differs from what is set, and which fields can't be read */
export function changesOf(draft: Draft, config: Settings): {config: Settings; unreadable: string[]} {
    const changed: Settings = {};
    const unreadable: string[] = [];
    for (const [field, typed] of Object.entries(draft)) {
        try {
            const value = asSent(field, typed);
            if (!isSame(value, config[field])) changed[field] = value;
        } catch {
            unreadable.push(field);
        }
    }
    return {config: changed, unreadable};
}

/** Types that stand twice: only one could be kept. */
export const doubled = (rows: Mapping[]): string | undefined =>
    rows.map(({type}) => type.trim()).find((type, index, all) => type !== '' && all.indexOf(type) !== index);
