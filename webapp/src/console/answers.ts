/** What the admin API answers (bridge/admin-api), read: only what is shown. Texts are shown as text, never as HTML. */
import {anything, fields, instant, listOf, mapOf, number, oneOf, orNull, type ReadAs, text, thing, yesNo} from '../types/read.ts';

const Environment = oneOf('test', 'production');
export const STATES = ['active', 'paused', 'inactive'] as const;
const State = oneOf(...STATES);
const Cursor = orNull(text);

export const Me = fields({
    kind: text,
    name: text,
    scope: oneOf('write', 'read'),
    bridge_wide: yesNo,
    server_url: orNull(text),
    bridge: fields({version: text, public_url: text}),
});
export type Me = ReadAs<typeof Me>;

export const KillSwitch = fields({on: yesNo, since: orNull(instant), by: orNull(text), reason: text});
export type KillSwitch = ReadAs<typeof KillSwitch>;

const Hop = fields({
    hop: oneOf('ireserve_to_bridge', 'bridge_to_mattermost', 'mattermost_to_bridge', 'bridge_to_ireserve'),
    state: oneOf('good', 'waiting', 'bad', 'off', 'unused'),
    last_success_at: orNull(instant),
    last_failure: orNull(fields({at: instant, code: text, detail: text})),
    queued: number,
    oldest_queued_at: orNull(instant),
    dead: number,
    detail: text,
});
export type Hop = ReadAs<typeof Hop>;

const Notice = fields({code: text, subject: text, detail: text, since: instant, next: text});
export type Notice = ReadAs<typeof Notice>;

const HealthOf = fields({
    id: text,
    name: text,
    licence: text,
    environment: Environment,
    state: State,
    server_url: text,
    health: oneOf('good', 'waiting', 'bad', 'off'),
    hops: listOf(Hop),
    listening: orNull(fields({up: yesNo, down_since: orNull(instant)})),
    queued: number,
    oldest_queued_at: orNull(instant),
    dead: number,
    notices: listOf(Notice),
    secrets_expiring: listOf(fields({secret: text, expires_at: instant})),
});
export type HealthOf = ReadAs<typeof HealthOf>;

export const Overview = fields({
    version: text,
    started_at: instant,
    public_url: text,
    database: fields({kind: text, writable: yesNo}),
    kill_switch: KillSwitch,
    integrations: listOf(HealthOf),
});
export type Overview = ReadAs<typeof Overview>;

const CheckState = oneOf('ok', 'info', 'warning', 'failed', 'not_checked');
export type CheckState = ReadAs<typeof CheckState>;
const Setting = fields({name: text, value: text, console: text, environment: text, mmctl: text});
const Finding = fields({code: text, severity: text, text, means: text, mend: text, settings: listOf(Setting)});
export type Finding = ReadAs<typeof Finding>;
const Check = fields({check: text, title: text, state: CheckState, text, findings: listOf(Finding)});
/** The doctor's (bridge/doctor/report.ts). */
export const DoctorReport = fields({
    at: instant,
    state: CheckState,
    hops: listOf(fields({hop: text, title: text, state: CheckState, checks: listOf(Check)})),
    checklist: listOf(fields({item: text, state: CheckState, checks: listOf(text)})),
});
export type DoctorReport = ReadAs<typeof DoctorReport>;
/** What a round trip says (bridge/doctor/round-trip-report.ts). */
export const RoundTripReport = fields({
    ok: yesNo,
    ms: number,
    hops: listOf(
        fields({hop: text, title: text, state: oneOf('ok', 'broken', 'not_set', 'not_reached'), ms: number, code: orNull(text), text}),
    ),
});
/** What a comparison found (bridge/reconcile/report.ts). */
export const ReconcileReport = fields({
    conversations: number,
    repaired: number,
    problem: orNull(text),
    findings: listOf(fields({kind: text, conversation_id: text, id: orNull(text), detail: text, repaired: yesNo})),
});
export const LastReport = fields({report: anything});

/** Kinds of secrets that have a name and an explanation here. */
export const SECRETS = [
    'bot_token',
    'webhook_tokens',
    'command_tokens',
    'signing_secrets',
    'callback_secrets',
    'callback_tokens',
    'ireserve_passwords',
    'native_hook_tokens',
] as const;
const SecretStatus = fields({
    secret: text,
    label: text,
    most: number,
    values: listOf(fields({id: text, last4: orNull(text), set_at: orNull(instant), expires_at: orNull(instant)})),
});
export type SecretStatus = ReadAs<typeof SecretStatus>;
export const SecretList = fields({items: listOf(SecretStatus)});
export const SecretMade = fields({secret: SecretStatus, shown_once: orNull(text)});

/** Settings by name: their editor knows their kinds, and leaves those alone that it does not know. */
export type Settings = Record<string, unknown>;
export const Integration = fields({
    id: text,
    name: text,
    licence: text,
    environment: Environment,
    state: State,
    config: thing,
    addresses: fields({inbound_webhook_url: text, command_url: text, events_url: text}),
    updated_at: text,
});
export type Integration = ReadAs<typeof Integration>;
export const IntegrationList = fields({items: listOf(Integration)});

const FieldChange = fields({field: text, change: oneOf('added', 'removed', 'changed'), before: anything, after: anything});
export type FieldChange = ReadAs<typeof FieldChange>;
/** What an import changes, or would (bridge/admin/exchange.ts). */
export const ImportReport = fields({
    changed: yesNo,
    integrations: listOf(
        fields({
            name: text,
            change: oneOf('added', 'same', 'untouched', 'changed'),
            fields: listOf(FieldChange),
            warnings: orNull(listOf(fields({check: text, text, next: text}))),
        }),
    ),
});
export type ImportReport = ReadAs<typeof ImportReport>;

const Channel = fields({
    channel_id: text,
    name: text,
    display_name: text,
    team: text,
    type: orNull(oneOf('public', 'private')),
    gone: orNull(oneOf('archived', 'not_member')),
});
export type Channel = ReadAs<typeof Channel>;
export const ChannelList = fields({items: listOf(Channel)});

export const TestReport = fields({
    ok: yesNo,
    checks: listOf(fields({name: text, ok: yesNo, text, next: orNull(text)})),
});

export const RULE_TEXTS = ['language', 'page', 'topic'] as const;
export const Rule = fields({
    language: orNull(text),
    page: orNull(text),
    topic: orNull(text),
    property: orNull(fields({name: text, value: text})),
    channel_id: text,
});
export type Rule = ReadAs<typeof Rule>;

export const RoutePreview = fields({
    channel_id: orNull(text),
    rule: orNull(number),
    why: text,
    considered: listOf(fields({rule: number, matched: yesNo, why: text})),
});
export type RoutePreview = ReadAs<typeof RoutePreview>;

export const EventToken = fields({id: text, label: text, state: oneOf('live', 'expired', 'revoked'), expires_at: orNull(instant)});
export const EventTokenList = fields({items: listOf(EventToken)});
export const MadeToken = fields({token: text});

const Direction = oneOf('to-mattermost', 'to-ireserve');
export const LogEntry = fields({
    id: number,
    at: instant,
    integration: orNull(text),
    direction: Direction,
    level: oneOf('info', 'warn', 'error'),
    code: text,
    detail: text,
    means: orNull(text),
    next: orNull(text),
    type: orNull(text),
    conversation_id: orNull(text),
    source_id: orNull(text),
    delivery_id: orNull(number),
    attempt: orNull(number),
    duration_ms: orNull(number),
});
export type LogEntry = ReadAs<typeof LogEntry>;
export const LogList = fields({items: listOf(LogEntry), next_cursor: Cursor});

export const Delivery = fields({
    id: number,
    integration: orNull(text),
    direction: Direction,
    source_id: text,
    type: text,
    conversation_id: orNull(text),
    state: oneOf('queued', 'delivered', 'ignored', 'dead', 'discarded'),
    reason: orNull(fields({code: text, detail: text})),
    next: orNull(text),
    attempts: number,
    received_at: instant,
    channel_id: orNull(text),
    thread: orNull(fields({url: text})),
});
export type Delivery = ReadAs<typeof Delivery>;
export const DeliveryList = fields({items: listOf(Delivery), next_cursor: Cursor, counts: fields({queued: number, dead: number})});
export const Trace = fields({
    delivery: Delivery,
    total_ms: number,
    hops: listOf(
        fields({
            hop: oneOf('accepted', 'noted', 'attempt', 'by_hand', 'waiting', 'delivered', 'given_up', 'ignored', 'seen'),
            at: instant,
            after_ms: number,
            attempt: orNull(number),
            duration_ms: orNull(number),
            id: orNull(text),
            ok: yesNo,
            code: orNull(text),
            detail: text,
            next: orNull(text),
        }),
    ),
    lane: orNull(fields({ahead: number, due_at: orNull(instant), running: yesNo})),
});
export type Trace = ReadAs<typeof Trace>;
export const Replayed = fields({replayed: number, remaining: number});

export const AuditList = fields({
    items: listOf(
        fields({
            id: number,
            at: instant,
            who: fields({kind: text, name: text}),
            action: text,
            integration: orNull(text),
            subject: text,
            before: anything,
            after: anything,
        }),
    ),
    next_cursor: Cursor,
});
export type AuditEntry = ReadAs<typeof AuditList>['items'][number];

export const SessionList = fields({
    items: listOf(
        fields({
            id: text,
            kind: oneOf('agent', 'admin'),
            integration: text,
            user_id: text,
            username: orNull(text),
            created_at: instant,
            expires_at: instant,
            mine: yesNo,
        }),
    ),
});
export const AdminTokenList = fields({
    items: listOf(
        fields({
            id: text,
            label: text,
            scope: oneOf('write', 'read'),
            integration: orNull(text),
            state: oneOf('live', 'expired', 'revoked'),
            created_by: text,
            expires_at: orNull(instant),
            last_used_at: orNull(instant),
        }),
    ),
});
/** Made by other parts of the bridge; shown as they are. */
export const Report = mapOf(anything);
export type Report = ReadAs<typeof Report>;
