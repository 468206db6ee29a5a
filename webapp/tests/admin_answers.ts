/** What a bridge's admin API might answer. */
import {doctorReport} from './doctor_report.ts';
import {BRIDGE, CHANNEL, ME, type Wire} from './servers.ts';

export const NOTIFICATIONS = 'n'.repeat(26);
export const GONE = 'g'.repeat(26);

const hop = (name: string, changes: Wire = {}): Wire => ({
    hop: name,
    state: 'good',
    last_success_at: new Date(Date.now() - 65_000).toISOString(),
    last_failure: null,
    queued: 0,
    oldest_queued_at: null,
    dead: 0,
    detail: '',
    ...changes,
});

const secret = (name: string, label: string, most: number, values: Wire[] = []): Wire => ({secret: name, label, most, values});
export const secretValue = (id: string, last4: string | null, changes: Wire = {}): Wire => ({
    id,
    last4,
    set_at: '2026-10-01T10:00:00.000Z',
    expires_at: null,
    ...changes,
});

const channel = (channel_id: string, display_name: string, changes: Wire = {}): Wire => ({
    channel_id,
    name: display_name.toLowerCase().replaceAll(' ', '-'),
    display_name,
    team: 'Aurora',
    type: 'private',
    uses: [],
    gone: null,
    ...changes,
});

export const logEntry = (id: number, changes: Wire = {}): Wire => ({
    id,
    at: new Date(Date.UTC(2026, 10, 22, 9, 0, id)).toISOString(),
    integration: 'aurora-test',
    direction: 'to-mattermost',
    level: 'info',
    code: 'delivered',
    detail: `message ${id} posted`,
    means: null,
    next: null,
    type: 'message.created',
    conversation_id: 'C1',
    source_id: `evt-${id}`,
    delivery_id: id,
    attempt: 1,
    duration_ms: 34,
    ...changes,
});

export const delivery = (id: number, changes: Wire = {}): Wire => ({
    id,
    integration: 'aurora-test',
    direction: 'to-mattermost',
    source_id: `evt-${id}`,
    type: 'message.created',
    conversation_id: 'C1',
    state: 'dead',
    outcome: 'created',
    reason: {code: 'channel_archived', detail: 'The channel is archived.'},
    next: 'Unarchive the channel, or send it elsewhere.',
    attempts: 12,
    received_at: new Date(Date.now() - 3_600_000).toISOString(),
    finished_at: null,
    channel_id: null,
    thread: null,
    post_ids: [],
    ...changes,
});

export const integration = (changes: Wire = {}): Wire => ({
    id: 'i1',
    name: 'aurora-test',
    licence: 'aurora',
    environment: 'test',
    state: 'active',
    config: {
        server_url: 'https://mattermost.example',
        channel_id: CHANNEL,
        notifications: {booking_confirmation: NOTIFICATIONS},
        routing: [
            {language: 'de', channel_id: NOTIFICATIONS},
            {page: '*/parking*', topic: 'Parking', channel_id: CHANNEL},
        ],
        language: 'en',
        time_zone: 'Europe/Amsterdam',
        conversation_link: '',
        attachment_hosts: ['files.example'],
        card_properties: [],
        card_email: false,
        alert_channel_id: '',
        dead_letter_after_hours: 72,
        messages_per_thread: 200,
        callback_url: 'https://ireserve.example/callback',
        reply_policy: 'thread',
        guard_patterns: ['\\bintern\\b'],
        native_mapping: {entity: 'data', fields: {Status: 'status'}},
        retention_days_log: 90,
    },
    secrets: [],
    addresses: {
        inbound_webhook_url: `${BRIDGE}/v1/mattermost/hook/i1`,
        command_url: `${BRIDGE}/v1/mattermost/command`,
        events_url: `${BRIDGE}/v1/events`,
    },
    created_at: '2026-10-01T10:00:00.000Z',
    updated_at: '2026-11-01T10:00:00.000Z',
    ...changes,
});

/** At the beginning of a test. */
export const startAnswers = () => ({
    me: {
        kind: 'session',
        id: ME,
        name: 'admin',
        scope: 'write',
        bridge_wide: true,
        server_url: 'https://mattermost.example',
        integrations: ['aurora-test'],
        expires_at: null,
        bridge: {version: '0.1.0', public_url: BRIDGE},
    },
    integrations: [integration(), integration({id: 'i2', name: 'aurora', environment: 'production', state: 'paused'})],
    channels: [channel(CHANNEL, 'Web chats'), channel(NOTIFICATIONS, 'Bookings', {type: 'public'})],
    secrets: [
        secret('bot_token', 'Bot token', 1, [secretValue('b1', 'k3f9')]),
        secret('webhook_tokens', 'Outgoing webhook token', 50),
        secret('signing_secrets', 'Signing secret', 2, [
            secretValue('s2', null, {expires_at: new Date(Date.now() + 86_400_000 * 4).toISOString()}),
            secretValue('s1', null),
        ]),
    ],
    overview: {
        at: new Date().toISOString(),
        version: '0.1.0',
        started_at: new Date(Date.now() - 7_500_000).toISOString(),
        uptime_seconds: 7500,
        public_url: BRIDGE,
        database: {kind: 'sqlite', writable: true},
        kill_switch: {on: false, since: null, by: null, reason: ''},
        integrations: [
            {
                id: 'i1',
                name: 'aurora-test',
                licence: 'aurora',
                environment: 'test',
                state: 'active',
                server_url: 'https://mattermost.example',
                health: 'bad',
                hops: [
                    hop('ireserve_to_bridge'),
                    hop('bridge_to_mattermost', {
                        state: 'bad',
                        queued: 2,
                        dead: 1,
                        last_failure: {
                            at: new Date(Date.now() - 30_000).toISOString(),
                            code: 'channel_archived',
                            detail: 'The channel is archived.',
                        },
                    }),
                    hop('mattermost_to_bridge'),
                    hop('bridge_to_ireserve', {state: 'unused', last_success_at: null}),
                ],
                listening: {up: true, down_since: null},
                queued: 2,
                oldest_queued_at: new Date(Date.now() - 200_000).toISOString(),
                dead: 1,
                notices: [
                    {
                        code: 'channel_archived',
                        subject: CHANNEL,
                        detail: 'The channel Web chats is archived.',
                        since: '2026-11-22T08:00:00.000Z',
                        next: 'Unarchive the channel, or choose another one.',
                    },
                ],
                secrets_expiring: [{secret: 'signing_secrets', expires_at: new Date(Date.now() + 86_400_000 * 4).toISOString()}],
                doctor: null,
            },
        ],
    },
    log: [
        logEntry(3),
        logEntry(2, {
            level: 'error',
            code: 'channel_archived',
            detail: 'The channel is archived.',
            means: 'Mattermost takes no posts there.',
            next: 'Unarchive it.',
        }),
        logEntry(1),
    ],
    deliveries: [
        delivery(7),
        delivery(8, {direction: 'to-ireserve', type: 'reply'}),
        delivery(9, {state: 'queued', reason: null, next: null}),
    ],
    audit: [
        {
            id: 1,
            at: '2026-11-22T08:00:00.000Z',
            who: {kind: 'cli', id: 'root', name: 'root'},
            action: 'integration.changed',
            integration: 'aurora-test',
            subject: 'aurora-test',
            before: {language: 'nl'},
            after: {language: 'en'},
        },
    ],
    sessions: [
        {
            id: 's1',
            kind: 'admin',
            integration: 'aurora-test',
            user_id: ME,
            username: 'admin',
            created_at: '2026-11-22T08:00:00.000Z',
            expires_at: '2026-11-22T08:10:00.000Z',
            mine: true,
        },
        {
            id: 's2',
            kind: 'agent',
            integration: 'aurora-test',
            user_id: 'b'.repeat(26),
            username: 'ben.osei',
            created_at: '2026-11-22T08:00:00.000Z',
            expires_at: '2026-11-22T08:10:00.000Z',
            mine: false,
        },
    ],
    tokens: [],
    doctor: doctorReport as unknown,
});

export const trace = (one: Wire): Wire => ({
    delivery: one,
    total_ms: 3_600_000,
    hops: [
        {
            hop: 'accepted',
            at: one.received_at,
            after_ms: 0,
            attempt: null,
            duration_ms: null,
            id: one.source_id,
            ok: true,
            code: null,
            detail: '',
            next: null,
        },
        {
            hop: 'attempt',
            at: one.received_at,
            after_ms: 40,
            attempt: 1,
            duration_ms: 38,
            id: null,
            ok: false,
            code: 'channel_archived',
            detail: 'The channel is archived.',
            next: 'Unarchive it.',
        },
    ],
    lane: null,
    reply: null,
    log: [],
    body: null,
});
