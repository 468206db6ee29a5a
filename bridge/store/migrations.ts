/** Numbered, forward only. A released migration is never changed. */
import {type Kysely, sql} from 'kysely';
import type {Migration} from 'kysely/migration';

type Dialect = 'sqlite' | 'postgres';

/** Migrations for a database; the dialects differ only in the words for a growing key, a 64-bit number and bytes. */
export function migrations(dialect: Dialect): Record<string, Migration> {
    const bigint = dialect === 'sqlite' ? sql`integer` : sql`bigint`;
    const bytes = dialect === 'sqlite' ? sql`blob` : sql`bytea`;
    const growingKey = dialect === 'sqlite' ? sql`integer primary key autoincrement` : sql`bigint generated always as identity primary key`;

    const first: Migration = {
        async up(db: Kysely<unknown>) {
            const statements = [
                sql`create table integration (id text primary key, name text not null unique, licence text not null, environment text not null,
                    state text not null, config text not null, secrets text not null, created_at ${bigint} not null, updated_at ${bigint} not null)`,
                sql`create table token (id text primary key, integration_id text not null references integration(id) on delete cascade,
                    hash text not null unique, label text not null, created_at ${bigint} not null, expires_at ${bigint}, revoked_at ${bigint})`,
                sql`create table conversation (integration_id text not null, conversation_id text not null, facts text not null,
                    thread_number integer not null, created_at ${bigint} not null, updated_at ${bigint} not null,
                    primary key (integration_id, conversation_id))`,
                sql`create table thread (integration_id text not null, conversation_id text not null, number integer not null,
                    channel_id text not null, root_id text not null, reason text not null, replies integer not null, card_digest text not null,
                    linked integer not null, created_at ${bigint} not null, primary key (integration_id, conversation_id, number))`,
                sql`create unique index thread_root on thread (root_id)`,
                sql`create table message (integration_id text not null, conversation_id text not null, message_id text not null,
                    direction text not null, state text not null, post_ids text not null, author text not null, excerpt text not null,
                    revised_at ${bigint} not null, held text, created_at ${bigint} not null,
                    primary key (integration_id, conversation_id, direction, message_id))`,
                sql`create index message_recent on message (integration_id, conversation_id, created_at)`,
                sql`create table delivery (seq ${growingKey}, integration_id text not null, direction text not null, source_id text not null,
                    digest text not null, lane text not null, type text not null, conversation_id text, body text not null, state text not null,
                    outcome text not null, reason_code text, reason_detail text, result text, gap text, attempts integer not null,
                    received_at ${bigint} not null, finished_at ${bigint})`,
                sql`create unique index delivery_source on delivery (integration_id, direction, source_id)`,
                sql`create index delivery_head on delivery (lane, seq) where state = 'queued'`,
                sql`create index delivery_dead on delivery (integration_id, seq) where state = 'dead'`,
                sql`create table lane (key text primary key, queue text not null, priority integer not null, due ${bigint}, owner text,
                    pending integer not null, attempts integer not null, uncertain integer not null, blocked_since ${bigint},
                    sequence ${bigint} not null, previous_sequence ${bigint} not null)`,
                sql`create index lane_due on lane (queue, priority, due) where due is not null`,
                sql`create table log (id ${growingKey}, at ${bigint} not null, integration_id text not null, direction text not null,
                    level text not null, code text not null, detail text not null, type text, conversation_id text, source_id text,
                    delivery_seq ${bigint}, attempt integer, duration_ms integer)`,
                sql`create index log_conversation on log (integration_id, conversation_id, id)`,
                sql`create table notice (integration_id text not null, code text not null, subject text not null, detail text not null,
                    since ${bigint} not null, primary key (integration_id, code, subject))`,
                sql`create table file (id text primary key, integration_id text not null, delivery_seq ${bigint} not null, bytes ${bytes} not null)`,
                sql`create index file_delivery on file (delivery_seq)`,
            ];
            for (const statement of statements) await statement.execute(db);
        },
    };

    const replies: Migration = {
        async up(db: Kysely<unknown>) {
            const statements = [
                sql`alter table conversation add column status text not null default 'waiting'`,
                sql`alter table conversation add column assignee_user text`,
                sql`alter table conversation add column waiting_since ${bigint}`,
                sql`alter table conversation add column search text not null default ''`,
                sql`alter table conversation add column activity_at ${bigint} not null default 0`,
                sql`update conversation set activity_at = updated_at`,
                sql`create index conversation_activity on conversation (integration_id, activity_at)`,
                sql`create index conversation_changed on conversation (updated_at)`,
                sql`alter table thread add column heard_at ${bigint} not null default 0`,
                sql`create table reply (integration_id text not null, reply_id text not null, conversation_id text not null,
                    channel_id text not null, root_id text not null, post_id text, user_id text not null, digest text not null, state text not null,
                    version ${bigint} not null, sent_version ${bigint}, remote_id text, remote_state text, reason_code text, reason_detail text,
                    asked_until ${bigint}, mark text, question_post_id text, hint_post_id text, created_at ${bigint} not null,
                    updated_at ${bigint} not null, primary key (integration_id, reply_id))`,
                sql`create index reply_conversation on reply (integration_id, conversation_id, created_at)`,
                sql`create index reply_post on reply (integration_id, post_id)`,
                sql`create index reply_asked on reply (asked_until) where asked_until is not null`,
                sql`create table listed_agent (integration_id text not null, agent_id text not null, name text not null, email text not null,
                    updated_at ${bigint} not null, primary key (integration_id, agent_id))`,
                sql`create table agent (integration_id text not null, user_id text not null, agent_id text, agent_name text, how text not null,
                    pinned_at ${bigint} not null, primary key (integration_id, user_id))`,
                sql`create table ear (integration_id text not null, channel_id text not null, heard_at ${bigint} not null,
                    since ${bigint} not null, primary key (integration_id, channel_id))`,
                sql`create table agent_session (hash text primary key, integration_id text not null, user_id text not null, team_id text not null,
                    created_at ${bigint} not null, expires_at ${bigint} not null, revoked_at ${bigint})`,
                sql`create table canned (id text primary key, integration_id text not null, title text not null, shortcut text not null,
                    text text not null, created_by text not null, updated_at ${bigint} not null)`,
                sql`create index canned_integration on canned (integration_id, title)`,
            ];
            for (const statement of statements) await statement.execute(db);
        },
    };
    const lists: Migration = {
        async up(db: Kysely<unknown>) {
            const statements = [
                // Filled when something of the conversation changes next: what is old and quiet is found by its id and words all the same.
                sql`alter table conversation add column visitor_id text`,
                sql`alter table conversation add column visitor_email text`,
                sql`create index conversation_visitor on conversation (integration_id, visitor_id) where visitor_id is not null`,
                sql`create index conversation_email on conversation (integration_id, visitor_email) where visitor_email is not null`,
                sql`create index conversation_waiting on conversation (integration_id, waiting_since) where waiting_since is not null`,
                sql`create index conversation_assignee on conversation (integration_id, assignee_user) where assignee_user is not null`,
                sql`create index conversation_status on conversation (integration_id, status)`,
                sql`create index thread_channel on thread (integration_id, channel_id)`,
                sql`create unique index canned_shortcut on canned (integration_id, shortcut)`,
            ];
            for (const statement of statements) await statement.execute(db);
        },
    };
    const privacy: Migration = {
        async up(db: Kysely<unknown>) {
            const statements = [
                sql`create table erased (integration_id text not null, mark text not null, at ${bigint} not null, primary key (integration_id, mark))`,
                sql`create table nightly (integration_id text not null, job text not null, day text not null, started_at ${bigint} not null,
                    finished_at ${bigint}, report text, primary key (integration_id, job))`,
                sql`create index log_at on log (integration_id, at)`,
                sql`create index delivery_conversation on delivery (integration_id, conversation_id) where conversation_id is not null`,
                sql`create index delivery_finished on delivery (integration_id, finished_at) where finished_at is not null`,
            ];
            for (const statement of statements) await statement.execute(db);
        },
    };
    const admin: Migration = {
        async up(db: Kysely<unknown>) {
            const statements = [
                sql`create table audit (id ${growingKey}, at ${bigint} not null, who_kind text not null, who_id text not null,
                    who_name text not null, action text not null, integration_id text, integration_name text, subject text not null,
                    before text, after text)`,
                sql`create index audit_integration on audit (integration_id, id)`,
                // Gone with its integration: a bound token must never become one for all.
                sql`create table admin_token (id text primary key, hash text not null unique, label text not null, scope text not null,
                    integration_id text references integration(id) on delete cascade, created_at ${bigint} not null, created_by text not null,
                    expires_at ${bigint}, revoked_at ${bigint}, last_used_at ${bigint})`,
                sql`create table admin_session (hash text primary key, integration_id text not null, user_id text not null,
                    created_at ${bigint} not null, expires_at ${bigint} not null, revoked_at ${bigint})`,
                sql`create table bridge_setting (key text primary key, value text not null, updated_at ${bigint} not null)`,
                sql`create table secret (integration_id text not null, kind text not null, value_id text not null, set_at ${bigint},
                    expires_at ${bigint}, primary key (integration_id, kind, value_id))`,
                // Where an admin sent a dead letter instead of where it would go.
                sql`alter table delivery add column channel_id text`,
                sql`create index log_recent on log (integration_id, direction, level, id)`,
            ];
            for (const statement of statements) await statement.execute(db);
        },
    };
    const setup: Migration = {
        async up(db: Kysely<unknown>) {
            const statements = [
                sql`create table setup_item (integration text not null, key text not null, kind text not null, server_url text not null,
                    remote_id text, detail text not null, begun_at ${bigint} not null, made_at ${bigint}, primary key (integration, key))`,
                sql`create table health (integration_id text primary key, bot_id text, report text, report_at ${bigint}, round_trip text,
                    round_trip_at ${bigint})`,
            ];
            for (const statement of statements) await statement.execute(db);
        },
    };
    const usedTriggers: Migration = {
        async up(db: Kysely<unknown>) {
            await sql`create table used_trigger (hash text primary key, expires_at ${bigint} not null)`.execute(db);
        },
    };
    const replays: Migration = {
        async up(db: Kysely<unknown>) {
            // When a delivery was accepted, if a replay has made it young again.
            await sql`alter table delivery add column first_received_at ${bigint}`.execute(db);
        },
    };
    const notificationAddresses: Migration = {
        async up(db: Kysely<unknown>) {
            await sql`create table notification_address (integration_id text not null, mark text not null, post_id text not null,
                channel_id text not null, primary key (integration_id, mark, post_id))`.execute(db);
        },
    };
    /** Ids that commands would take for options: secret-values.ts makes none any more. */
    const secretIds: Migration = {
        async up(db: Kysely<unknown>) {
            await sql`update secret set value_id = 'x' || substr(value_id, 2) where value_id like '-%'`.execute(db);
        },
    };
    /** Status and waiting could contradict each other; now one follows from the other, as `readFacts` reads what was stored then. */
    const oneState: Migration = {
        async up(db: Kysely<unknown>) {
            await sql`update conversation set status = 'waiting' where status = 'open' and waiting_since is not null`.execute(db);
            // Since when, as `readFacts` reads it of facts from before: lists and card must not disagree.
            const since =
                dialect === 'sqlite'
                    ? sql`coalesce(json_extract(facts, '$.stamps.status'), json_extract(facts, '$.started_at'))`
                    : sql`coalesce(facts::jsonb -> 'stamps' ->> 'status', facts::jsonb ->> 'started_at')::bigint`;
            await sql`update conversation set waiting_since = ${since} where status = 'waiting' and waiting_since is null`.execute(db);
        },
    };
    const files: Migration = {
        async up(db: Kysely<unknown>) {
            await sql`alter table message add column files text`.execute(db);
            await sql`alter table reply add column files text`.execute(db);
        },
    };
    const fence: Migration = {
        async up(db: Kysely<unknown>) {
            await sql`alter table lane add column fence ${bigint} not null default 0`.execute(db);
        },
    };
    /** Which replica listens to Mattermost; with SQLite there is only one, and no rows. */
    const listeners: Migration = {
        async up(db: Kysely<unknown>) {
            await sql`create table listener (integration_id text primary key, owner text not null, fence ${bigint} not null,
                expires_at ${bigint} not null, up integer not null, down_since ${bigint}, deaf_since ${bigint})`.execute(db);
        },
    };
    /** Processes that hold a lock for as long as they live. */
    const replicas: Migration = {
        async up(db: Kysely<unknown>) {
            await sql`create table replica (owner text primary key)`.execute(db);
        },
    };
    const formerWords: Migration = {
        async up(db: Kysely<unknown>) {
            await sql`alter table reply add column former text`.execute(db);
        },
    };
    const movedFrom: Migration = {
        async up(db: Kysely<unknown>) {
            await sql`alter table thread add column moved_from text`.execute(db);
        },
    };
    return {
        '001-first': first,
        '002-replies': replies,
        '003-lists': lists,
        '004-admin': admin,
        '005-setup': setup,
        '006-privacy': privacy,
        '007-used-triggers': usedTriggers,
        '008-replays': replays,
        '009-notification-addresses': notificationAddresses,
        '010-secret-ids': secretIds,
        '011-one-state': oneState,
        '012-files': files,
        '013-fence': fence,
        '015-former-words': formerWords,
        '016-moved-from': movedFrom,
        '017-listeners': listeners,
        '017-replicas': replicas,
    };
}
