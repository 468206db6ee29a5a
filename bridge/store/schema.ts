/** The tables, but for those of `admin-schema.ts`. Times are ms since 1970; JSON is kept as text, so that both databases hold the same thing. */
import type {Generated, Insertable, Selectable} from 'kysely';
import type {ConversationStatus, DeliveryState} from '../contract.ts';
import type {
    AdminSessionTable,
    AdminTokenTable,
    AuditTable,
    BridgeSettingTable,
    HealthTable,
    NightlyTable,
    SecretTable,
    SetupItemTable,
    UsedTriggerTable,
} from './admin-schema.ts';

export type Direction = 'to-mattermost' | 'to-ireserve';

export type IntegrationTable = {
    id: string;
    name: string;
    licence: string;
    environment: 'test' | 'production';
    state: 'active' | 'paused' | 'inactive';
    config: string;
    /** Encrypted, see secrets.ts. */
    secrets: string;
    created_at: number;
    updated_at: number;
};

/** Bearer tokens of i-Reserve; only their SHA-256 is kept. */
export type TokenTable = {
    id: string;
    integration_id: string;
    hash: string;
    label: string;
    created_at: number;
    expires_at: number | null;
    revoked_at: number | null;
};

export type ConversationTable = {
    integration_id: string;
    conversation_id: string;
    facts: string;
    /** The thread messages go to now; 0 before the first root post. */
    thread_number: number;
    /** These repeat what `facts` say, to be searched and sorted by. */
    status: ConversationStatus;
    assignee_user: string | null;
    waiting_since: number | null;
    /** Lower-cased words of the card. */
    search: string;
    /** By these a visitor's earlier conversations are found. */
    visitor_id: string | null;
    visitor_email: string | null;
    /** When anything was last said or done. */
    activity_at: number;
    created_at: number;
    updated_at: number;
};

/** One conversation may have several threads: continued after many messages, or recreated after its root was deleted. */
export type ThreadTable = {
    integration_id: string;
    conversation_id: string;
    number: number;
    channel_id: string;
    root_id: string;
    reason: 'started' | 'continued' | 'recreated';
    replies: number;
    /** Digest of the card as posted: an unchanged card is not posted again. */
    card_digest: string;
    /** 1 once the thread before it points here. */
    linked: number;
    /** `create_at` of the newest post judged: what is older was taken, or dropped for good. */
    heard_at: Generated<number>;
    /** Where it stood before, as JSON, until its posts were judged in the new place (to-ireserve/moved-from.ts). */
    moved_from: Generated<string | null>;
    created_at: number;
};

export type MessageTable = {
    integration_id: string;
    conversation_id: string;
    message_id: string;
    direction: Direction;
    /** expected: an edit or withdrawal came before the message itself. */
    state: 'expected' | 'posted' | 'withdrawn';
    post_ids: string;
    author: string;
    /** First words, for the recap in a recreated thread. */
    excerpt: string;
    /** When the text was last said at the source; older edits are stale. */
    revised_at: number;
    /** The text an early edit brought, until the message itself arrives. */
    held: string | null;
    /** JSON: what became of its attachments; edits say again which are missing. Null: it had none, or came before this was kept. */
    files: Generated<string | null>;
    created_at: number;
};

/** One message on its way to the other side; also the memory of every accepted event id. */
export type DeliveryTable = {
    seq: Generated<number>;
    integration_id: string;
    direction: Direction;
    source_id: string;
    digest: string;
    lane: string;
    type: string;
    conversation_id: string | null;
    body: string;
    state: DeliveryState;
    outcome: 'created' | 'updated' | 'ignored';
    reason_code: string | null;
    reason_detail: string | null;
    /** JSON: {thread, post_ids}. */
    result: string | null;
    gap: string | null;
    attempts: number;
    /** When it was accepted, or last replayed. */
    received_at: number;
    /** When it was accepted, once it was replayed: so far back a try of it may have got through. */
    first_received_at: Generated<number | null>;
    finished_at: number | null;
    /** Where an admin sent a dead letter, instead of where it would go. */
    channel_id: Generated<string | null>;
};

/** The FIFO of one conversation in one direction. `due`: null = nothing to do, past = claimable, future = back-off or end of a lease. */
export type LaneTable = {
    key: string;
    queue: string;
    /** 0 people, 1 notifications. */
    priority: number;
    due: number | null;
    owner: string | null;
    /** Grows with every claim, so that a run knows whether the lane is still its own. */
    fence: Generated<number>;
    pending: number;
    attempts: number;
    /** 1: an earlier try of the head may have reached the other side; look before sending again. */
    uncertain: number;
    blocked_since: number | null;
    sequence: number;
    previous_sequence: number;
};

/** The integration log: every attempt, and everything refused, ignored or worth an admin's look. */
export type LogTable = {
    id: Generated<number>;
    at: number;
    integration_id: string;
    direction: Direction;
    level: 'info' | 'warn' | 'error';
    code: string;
    detail: string;
    type: string | null;
    conversation_id: string | null;
    source_id: string | null;
    delivery_seq: number | null;
    attempt: number | null;
    duration_ms: number | null;
};

/** Something an admin has to mend, while it lasts. */
export type NoticeTable = {
    integration_id: string;
    code: string;
    /** What it is about, e.g. a channel id; '' for the whole integration. */
    subject: string;
    detail: string;
    since: number;
};

/** Bytes of an attachment sent with its event, until they are in Mattermost. */
export type FileTable = {
    id: string;
    integration_id: string;
    delivery_seq: number;
    bytes: Uint8Array;
};

/**
 * What an agent said in a thread, from the moment it is heard. Its words are in Mattermost and, while under way, in its deliveries.
 * `note`, `unmarked` and `internal` are remembered by id only, so that a later edit of a note can't leave; `unmarked` was none when it was
 * written, and not marked for the visitor where that is asked for.
 */
export type ReplyState = 'note' | 'unmarked' | 'asked' | 'internal' | 'queued' | 'delivered' | 'failed' | 'discarded' | 'withdrawn';
export type ReplyTable = {
    integration_id: string;
    /** The post's id, or one of ours when it was said in a dialog or a command. Also the message id i-Reserve is told. */
    reply_id: string;
    conversation_id: string;
    channel_id: string;
    root_id: string;
    /** Null until what was said elsewhere stands in the thread. */
    post_id: string | null;
    user_id: string;
    /** Fingerprint of the words: "move thread" copies posts under new ids, and a copy must be known again. */
    digest: string;
    state: ReplyState;
    /** `edit_at` (or `create_at`) of the newest version taken, and of the newest i-Reserve is known to have. */
    version: number;
    sent_version: number | null;
    remote_id: string | null;
    remote_state: 'delivered' | 'seen' | null;
    reason_code: string | null;
    reason_detail: string | null;
    /** While agents are asked whether it may leave: until when. */
    asked_until: number | null;
    /** What is shown for it in Mattermost: reaction, question, hint. */
    mark: string | null;
    question_post_id: string | null;
    hint_post_id: string | null;
    /** JSON: files of the newest version sent that did not go along. */
    files: Generated<string | null>;
    /** JSON: fingerprints of the words it had before, newest first; a copy may bear them. */
    former: Generated<string | null>;
    created_at: number;
    updated_at: number;
};

/** i-Reserve's agents, as pushed or fetched. */
export type ListedAgentTable = {integration_id: string; agent_id: string; name: string; email: string; updated_at: number};

/** Who a Mattermost user is at i-Reserve: decided once, by e-mail or by hand, and then kept. `none`: looked up, no match. */
export type AgentTable = {
    integration_id: string;
    user_id: string;
    agent_id: string | null;
    agent_name: string | null;
    how: 'email' | 'hand' | 'none';
    pinned_at: number;
};

/** How far a channel was heard, `update_at` of Mattermost; and since when the integration relays: what was said before stays where it is. */
export type EarTable = {integration_id: string; channel_id: string; heard_at: number; since: number};

/**
 * Which replica listens to Mattermost for an integration, until when, and how well it hears. `fence` grows with every election: what is written
 * under an older one is refused.
 */
export type ListenerTable = {
    integration_id: string;
    owner: string;
    fence: number;
    expires_at: number;
    up: number;
    down_since: number | null;
    deaf_since: number | null;
};

/** Replicas that have said that they are there, and hold a lock that says so still. */
export type ReplicaTable = {owner: string};

/** Short-lived bearers of agents; only their SHA-256 is kept. */
export type AgentSessionTable = {
    hash: string;
    integration_id: string;
    user_id: string;
    team_id: string;
    created_at: number;
    expires_at: number;
    revoked_at: number | null;
};

export type CannedTable = {
    id: string;
    integration_id: string;
    title: string;
    shortcut: string;
    text: string;
    created_by: string;
    updated_at: number;
};

/** Conversations that were erased, by fingerprint: a late or repeated event must not bring one back. */
export type ErasedTable = {integration_id: string; mark: string; at: number};

/** Which addresses a standalone notification names, by keyed fingerprint: so it is found when its visitor is erased. */
export type NotificationAddressTable = {integration_id: string; mark: string; post_id: string; channel_id: string};

export type Tables = {
    erased: ErasedTable;
    notification_address: NotificationAddressTable;
    nightly: NightlyTable;
    setup_item: SetupItemTable;
    health: HealthTable;
    used_trigger: UsedTriggerTable;
    audit: AuditTable;
    admin_token: AdminTokenTable;
    admin_session: AdminSessionTable;
    bridge_setting: BridgeSettingTable;
    secret: SecretTable;
    reply: ReplyTable;
    listed_agent: ListedAgentTable;
    agent: AgentTable;
    ear: EarTable;
    listener: ListenerTable;
    replica: ReplicaTable;
    agent_session: AgentSessionTable;
    canned: CannedTable;
    integration: IntegrationTable;
    token: TokenTable;
    conversation: ConversationTable;
    thread: ThreadTable;
    message: MessageTable;
    delivery: DeliveryTable;
    lane: LaneTable;
    log: LogTable;
    notice: NoticeTable;
    file: FileTable;
};

export type DeliveryRow = Selectable<DeliveryTable>;
export type ThreadRow = Selectable<ThreadTable>;
export type MessageRow = Selectable<MessageTable>;
export type LaneRow = Selectable<LaneTable>;
export type LogRow = Selectable<LogTable>;
export type LogEntry = Insertable<LogTable>;
export type ReplyRow = Selectable<ReplyTable>;
export type AgentRow = Selectable<AgentTable>;
export type NoticeRow = Selectable<NoticeTable>;
export type CannedRow = Selectable<CannedTable>;
