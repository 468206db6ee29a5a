/** Tables of set-up, health and administration. */
import type {Generated, Selectable} from 'kysely';

/** What runs once a night per integration, whichever replica comes first; the last report stays. */
export type NightlyTable = {
    integration_id: string;
    job: string;
    /** Local date of the last run, `2026-03-29`. */
    day: string;
    started_at: number;
    finished_at: number | null;
    report: string | null;
};

/** What `setup` made in Mattermost, so that `setup --remove` takes away that and nothing else. By name: the integration may be gone before. */
export type SetupItemTable = {
    integration: string;
    /** What it is, in words that stay the same: `bot`, `command/<team id>` … */
    key: string;
    kind: string;
    server_url: string;
    /** Null until Mattermost has said that it is made. */
    remote_id: string | null;
    detail: string;
    begun_at: number;
    made_at: number | null;
};

/** What was last found out about an integration: by the doctor, and by a round trip. */
export type HealthTable = {
    integration_id: string;
    /** The bot as last seen: once its token is refused, nothing else says which one it was. */
    bot_id: string | null;
    report: string | null;
    report_at: number | null;
    round_trip: string | null;
    round_trip_at: number | null;
};

/** Who changed what. `before` and `after` are JSON, only as far as they differ, and never hold a secret. */
export type AuditTable = {
    id: Generated<number>;
    at: number;
    who_kind: 'cli' | 'token' | 'session' | 'bridge';
    who_id: string;
    who_name: string;
    action: string;
    integration_id: string | null;
    /** Kept beside the id: integrations are removed, their history is not. */
    integration_name: string | null;
    subject: string;
    before: string | null;
    after: string | null;
};

/** Bearer tokens of admins; only their SHA-256 is kept. */
export type AdminTokenTable = {
    id: string;
    hash: string;
    label: string;
    scope: 'read' | 'write';
    integration_id: string | null;
    created_at: number;
    created_by: string;
    expires_at: number | null;
    revoked_at: number | null;
    last_used_at: number | null;
};

/** Short-lived bearers of Mattermost's system admins; only their SHA-256 is kept. `integration_id`: whose slash command vouched. */
export type AdminSessionTable = {
    hash: string;
    integration_id: string;
    user_id: string;
    created_at: number;
    expires_at: number;
    revoked_at: number | null;
};

/** `trigger_id`s of Mattermost that opened an admin's session, by hash, until they are too old to be tried again. */
export type UsedTriggerTable = {hash: string; expires_at: number};

/** What is set for the bridge as a whole. */
export type BridgeSettingTable = {key: string; value: string; updated_at: number};

/** When a secret was set, and when it expires. `value_id` is a fingerprint: nothing of the secret can be told from it. */
export type SecretTable = {integration_id: string; kind: string; value_id: string; set_at: number | null; expires_at: number | null};

export type AuditRow = Selectable<AuditTable>;
export type AdminTokenRow = Selectable<AdminTokenTable>;
