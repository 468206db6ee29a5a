/** What the bridge knows of one web chat. How it stands follows from these facts: conversation-state.ts. */
import type {ConversationStatus, Page, Visitor} from '../contract.ts';

/** `user_id`: in Mattermost, when it is known who that is. */
export type Assignee = {id?: string | undefined; name: string; email?: string | undefined; user_id?: string | undefined};

/** Something that waits for an answer. */
export type Unanswered = {
    /** The visitor's message. Null: none; the chat has begun, or i-Reserve said that somebody waits. */
    message_id: string | null;
    /** Since when. */
    at: number;
    /** When it stood in the thread, by Mattermost's clock: an agent's reply answers what stood there before it. */
    posted_at: number;
};

/** Stored as JSON. Times are ms since 1970. */
export type Conversation = {
    conversation_id: string;
    visitor: Visitor;
    page: Page | null;
    topic: string | null;
    language: string | null;
    assignee: Assignee | null;
    booking_id: string | null;
    started_at: number;
    /** `here`: by an agent in Mattermost, so by another clock than the events'. */
    closed: {at: number; here: boolean} | null;
    closed_reason: string | null;
    /** Oldest first. */
    unanswered: Unanswered[];
    /** When an agent last said something at i-Reserve, by its clock. */
    answered_at: number;
    presence: 'online' | 'away' | 'left' | null;
    /** When each fact was last said: a late arrival never overwrites a newer fact. */
    stamps: Record<string, number>;
};

/** The provisional conversation made when a message arrives before `conversation.started`. */
export function newConversation(conversation_id: string, at: number): Conversation {
    return {
        conversation_id,
        visitor: {},
        page: null,
        topic: null,
        language: null,
        assignee: null,
        booking_id: null,
        started_at: at,
        closed: null,
        closed_reason: null,
        unanswered: [{message_id: null, at, posted_at: 0}],
        answered_at: 0,
        presence: null,
        stamps: {},
    };
}

/** As it was stored before `closed` and `unanswered` took the place of two fields that could contradict each other. */
type Stored = Omit<Conversation, 'closed' | 'unanswered'> & {
    closed?: Conversation['closed'];
    unanswered?: Unanswered[];
    status?: ConversationStatus;
    waiting_since?: number | null;
};

/** Reads stored facts, of earlier versions too. */
export function readFacts(json: string): Conversation {
    const {status, waiting_since, ...facts} = JSON.parse(json) as Stored;
    const {closed, unanswered} = facts;
    if (closed !== undefined && unanswered !== undefined) return {...facts, closed, unanswered};
    const since = facts.stamps.status ?? facts.started_at;
    const waits = status !== 'closed' && ((waiting_since ?? null) !== null || status === 'waiting');
    return {
        ...facts,
        closed: status === 'closed' ? {at: since, here: false} : null,
        // Which message it was is not known any more.
        unanswered: waits ? [{message_id: '', at: waiting_since ?? since, posted_at: 0}] : [],
    };
}
