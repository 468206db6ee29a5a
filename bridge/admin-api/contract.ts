/** What the admin API answers with about who is asking, the bridge as a whole, its log and its audit trail. Times are ISO 8601, UTC. */
import {z} from 'zod';
import {Instant} from '../agent-api/contract.ts';
import {IntegrationState} from '../integration.ts';

export const AdminScope = z.enum(['read', 'write']).meta({id: 'AdminScope', description: 'write may read too.'});
export type AdminScope = z.infer<typeof AdminScope>;

/** `next_cursor` of the page before. */
export const Cursor = z.string().max(400).optional().meta({description: 'next_cursor of the page before; of the same list.'});
export const limit = (most: number) =>
    z.coerce.number().int().min(1).max(most).default(50).meta({type: 'integer', minimum: 1, maximum: most});
export const Moment = z.iso.datetime({offset: true}).meta({description: 'ISO 8601 with a zone'});
export const nextCursor = z.string().nullable().meta({description: 'Null: there is no more.'});

export const AdminMe = z
    .object({
        kind: z.enum(['token', 'session']).meta({description: 'An admin token, or a system admin’s session from Mattermost.'}),
        id: z.string(),
        name: z.string().meta({description: 'The token’s label, or the person’s username.'}),
        scope: AdminScope,
        bridge_wide: z.boolean().meta({description: 'May also do what concerns the bridge as a whole: kill switch, import, admin tokens.'}),
        server_url: z.string().nullable().meta({description: 'Of a session: only integrations on this Mattermost server are reached.'}),
        integrations: z.array(z.string()).meta({description: 'Names of those that are reached.'}),
        expires_at: Instant.nullable(),
        bridge: z.object({version: z.string(), public_url: z.string()}),
    })
    .meta({id: 'AdminMe'});

export const AdminTokenShown = z
    .object({
        id: z.string(),
        label: z.string(),
        scope: AdminScope,
        integration: z.string().nullable().meta({description: 'The only one it reaches; null: all.'}),
        state: z.enum(['live', 'expired', 'revoked']),
        created_at: Instant,
        created_by: z.string(),
        expires_at: Instant.nullable(),
        revoked_at: Instant.nullable(),
        last_used_at: Instant.nullable(),
    })
    .meta({id: 'AdminToken'});
export const AdminTokenList = z.object({items: z.array(AdminTokenShown)}).meta({id: 'AdminTokenList'});
export const NewAdminToken = z
    .strictObject({
        label: z.string().trim().min(1).max(100),
        scope: AdminScope,
        integration: z.string().max(64).nullable().default(null).meta({description: 'Name; null: the whole bridge.'}),
        expires_at: Moment.nullable().default(null),
    })
    .meta({id: 'NewAdminToken'});
export const MadeAdminToken = AdminTokenShown.extend({token: z.string().meta({description: 'Shown only now.'})}).meta({
    id: 'MadeAdminToken',
});

export const SessionShown = z
    .object({
        id: z.string(),
        kind: z.enum(['agent', 'admin']),
        integration: z.string(),
        user_id: z.string(),
        username: z.string().nullable(),
        created_at: Instant,
        expires_at: Instant,
        mine: z.boolean().meta({description: 'The one this request was made with.'}),
    })
    .meta({id: 'SessionShown'});
export const SessionList = z.object({items: z.array(SessionShown)}).meta({id: 'SessionList'});
export const RevokeSessions = z
    .strictObject({
        user_id: z.string().regex(/^[a-z0-9]{26}$/),
        integration: z.string().max(64).optional().meta({description: 'Name; default: all that are reached.'}),
    })
    .meta({id: 'RevokeSessions'});
export const Revoked = z.object({revoked: z.int()}).meta({id: 'Revoked'});

export const KillSwitch = z
    .object({
        on: z.boolean().meta({
            description:
                'On: nothing is delivered in either direction, and nothing is taken from Mattermost or posted there. Events are accepted and kept.',
        }),
        since: Instant.nullable(),
        by: z.string().nullable(),
        reason: z.string(),
    })
    .meta({id: 'KillSwitch'});
export const KillSwitchChange = z
    .strictObject({on: z.boolean(), reason: z.string().trim().max(300).default('')})
    .meta({id: 'KillSwitchChange'});

export const HOPS = ['ireserve_to_bridge', 'bridge_to_mattermost', 'mattermost_to_bridge', 'bridge_to_ireserve'] as const;

const HopHealth = z
    .object({
        hop: z.enum(HOPS),
        state: z.enum(['good', 'waiting', 'bad', 'off', 'unused']).meta({
            description: 'waiting: tried again by itself · bad: needs an admin · off: switched off or not set · unused: nothing came yet',
        }),
        last_success_at: Instant.nullable(),
        last_failure: z
            .object({at: Instant, code: z.string(), detail: z.string()})
            .nullable()
            .meta({description: 'Also one that was mended.'}),
        queued: z.int(),
        oldest_queued_at: Instant.nullable(),
        dead: z.int(),
        detail: z.string(),
    })
    .meta({id: 'HopHealth'});

export const NoticeShown = z
    .object({code: z.string(), subject: z.string(), detail: z.string(), since: Instant, next: z.string()})
    .meta({id: 'Notice', description: 'Something an admin has to mend, while it lasts.'});

export const Overview = z
    .object({
        at: Instant,
        version: z.string(),
        started_at: Instant,
        uptime_seconds: z.int(),
        public_url: z.string(),
        database: z.object({kind: z.enum(['sqlite', 'postgres']), writable: z.boolean()}),
        kill_switch: KillSwitch,
        integrations: z.array(
            z.object({
                id: z.string(),
                name: z.string(),
                licence: z.string(),
                environment: z.enum(['test', 'production']),
                state: IntegrationState,
                server_url: z.string(),
                health: z.enum(['good', 'waiting', 'bad', 'off']).meta({description: 'The worst of its hops and notices.'}),
                hops: z.array(HopHealth),
                listening: z
                    .object({
                        up: z.boolean(),
                        down_since: Instant.nullable(),
                        here: z.boolean().meta({description: 'False: this replica stands by, and another was elected to listen.'}),
                    })
                    .nullable()
                    .meta({description: 'Mattermost’s event stream; null: the bridge does not listen for this integration.'}),
                queued: z.int(),
                oldest_queued_at: Instant.nullable(),
                dead: z.int(),
                notices: z.array(NoticeShown),
                secrets_expiring: z
                    .array(z.object({secret: z.string(), expires_at: Instant}))
                    .meta({description: 'Within 30 days, or expired.'}),
                doctor: z.unknown().meta({description: 'The last report; null: there is none.'}),
            }),
        ),
    })
    .meta({id: 'Overview'});
export type Overview = z.infer<typeof Overview>;

export const AuditEntry = z
    .object({
        id: z.int(),
        at: Instant,
        who: z.object({
            kind: z.enum(['cli', 'token', 'session', 'bridge']),
            id: z.string(),
            name: z.string(),
        }),
        action: z.string().meta({description: 'integration.changed, secret.added, delivery.replayed …'}),
        integration: z.string().nullable().meta({description: 'Its name at the time; null: the bridge as a whole.'}),
        subject: z.string().meta({description: 'Which token, delivery, session … it was about.'}),
        before: z.unknown().meta({description: 'What was, only as far as it changed; secrets are masked.'}),
        after: z.unknown(),
    })
    .meta({id: 'AuditEntry'});
export const AuditList = z.object({items: z.array(AuditEntry), next_cursor: nextCursor}).meta({id: 'AuditList'});

export const LogEntryShown = z
    .object({
        id: z.int(),
        at: Instant,
        integration: z.string().nullable(),
        direction: z.enum(['to-mattermost', 'to-ireserve']),
        level: z.enum(['info', 'warn', 'error']),
        code: z.string(),
        detail: z.string(),
        means: z.string().nullable().meta({description: 'What the code means; null where the detail says all.'}),
        next: z.string().nullable().meta({description: 'What to do about it.'}),
        type: z.string().nullable(),
        conversation_id: z.string().nullable(),
        source_id: z.string().nullable(),
        delivery_id: z.int().nullable(),
        attempt: z.int().nullable(),
        duration_ms: z.int().nullable(),
    })
    .meta({id: 'LogEntry'});
export type LogEntryShown = z.infer<typeof LogEntryShown>;
export const LogList = z.object({items: z.array(LogEntryShown), next_cursor: nextCursor}).meta({id: 'LogList'});
