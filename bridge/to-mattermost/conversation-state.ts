/**
 * How a conversation stands: the one place that says so. Card, lists, counts, badge, commands and callbacks ask here.
 *
 * - Waiting ends only when an answer was delivered, or the conversation closed. An answer that was taken back before it left, or failed, is none.
 * - Who writes after the conversation was closed waits: it is open again.
 * - An answer given in Mattermost answers what stood in the thread before it, by Mattermost's clock; one given at i-Reserve what was said before
 *   it, by i-Reserve's. The two clocks are never compared.
 */
import type {ConversationStatus} from '../contract.ts';
import type {Assignee, Conversation, Unanswered} from './conversation.ts';

export type ConversationState = {
    status: ConversationStatus;
    /** ms since 1970; null: nobody waits. */
    waiting_since: number | null;
};

/** Computes status and waiting from the facts. */
export function stateOf({closed, unanswered}: Pick<Conversation, 'closed' | 'unanswered'>): ConversationState {
    if (closed) return {status: 'closed', waiting_since: null};
    if (unanswered.length === 0) return {status: 'open', waiting_since: null};
    return {status: 'waiting', waiting_since: Math.min(...unanswered.map(({at}) => at))};
}

/** How many unanswered messages are remembered one by one; the oldest says since when, the newest what they want. */
const MOST_UNANSWERED = 50;
/** How far i-Reserve's clock may be behind ours: a message stamped that much before an agent closed may have been written after it. */
const CLOCK_MARGIN_MS = 60_000;

/**
 * The visitor said something, and waits from then on. A closed conversation opens again, unless this was said before it was closed and only
 * arrived late.
 */
export function asked(conversation: Conversation, {message_id, at, posted_at}: Unanswered): Conversation {
    const {closed, unanswered, answered_at} = conversation;
    // Once more, by a repeated try.
    if (unanswered.some((one) => one.message_id === message_id)) {
        return {...conversation, unanswered: unanswered.map((one) => (one.message_id === message_id ? {...one, posted_at} : one))};
    }
    // What came after an answer of the same second was said after it: a false "waiting" is the smaller harm.
    if (at < answered_at) return conversation;
    if (closed) {
        if (at < closed.at - (closed.here ? CLOCK_MARGIN_MS : 0)) return conversation;
        return {...reopened(conversation, Math.max(at, closed.at)), unanswered: [{message_id, at, posted_at}]};
    }
    // Who was waiting since the chat began does so still.
    const since = Math.min(at, ...unanswered.filter((one) => one.message_id === null).map((one) => one.at));
    const all = [...unanswered.filter((one) => one.message_id !== null), {message_id, at: since, posted_at}];
    return {...conversation, unanswered: all.length > MOST_UNANSWERED ? [...all.slice(0, 1), ...all.slice(2)] : all};
}

/** An answer given in Mattermost was delivered. @param posted_at when it was given, by Mattermost's clock */
export function answered(conversation: Conversation, posted_at: number): Conversation {
    return keeping(conversation, (one) => one.posted_at > posted_at);
}

/** An agent answered at i-Reserve. @param at by i-Reserve's clock */
export function answeredThere(conversation: Conversation, at: number): Conversation {
    const kept = keeping(conversation, (one) => one.at > at);
    return at > kept.answered_at ? {...kept, answered_at: at} : kept;
}

/** The visitor took a message back: nothing is left of it to answer. */
export const withdrawn = (conversation: Conversation, message_id: string): Conversation =>
    keeping(conversation, (one) => one.message_id !== message_id);

/** What was said when the conversation was to be answered last, by Mattermost's clock: what a reply given elsewhere than in the thread answers. */
export const postedUpTo = ({unanswered}: Conversation): number => Math.max(0, ...unanswered.map(({posted_at}) => posted_at));

function keeping(conversation: Conversation, isLeft: (one: Unanswered) => boolean): Conversation {
    const unanswered = conversation.unanswered.filter(isLeft);
    return unanswered.length === conversation.unanswered.length ? conversation : {...conversation, unanswered};
}

/** @param reason undefined: not said, so the one that is known stays */
export function closed(conversation: Conversation, at: number, reason: string | undefined, {here = false} = {}): Conversation {
    return {
        ...conversation,
        closed: {at, here},
        ...(reason === undefined ? {} : {closed_reason: reason}),
        unanswered: [],
        stamps: {...conversation.stamps, status: at, ...(reason === undefined ? {} : {closed_reason: at})},
    };
}

export const reopened = (conversation: Conversation, at: number): Conversation => ({
    ...conversation,
    closed: null,
    closed_reason: null,
    stamps: {...conversation.stamps, status: at, closed_reason: at},
});

/** i-Reserve says how it stands. That nobody waits ends no waiting for an answer: only an answer does. */
export function declared(conversation: Conversation, at: number, status: ConversationStatus): Conversation {
    if (status === 'closed') return conversation.closed ? conversation : closed(conversation, at, undefined);
    const open = reopened(conversation, at);
    if (status === 'open') return keeping(open, (one) => one.message_id !== null);
    return open.unanswered.length > 0 ? open : {...open, unanswered: [{message_id: null, at, posted_at: 0}]};
}

export const assigned = (conversation: Conversation, at: number, assignee: Assignee | null): Conversation => ({
    ...conversation,
    assignee,
    stamps: {...conversation.stamps, assignee: at},
});

/** Who it is assigned to after i-Reserve said so. What it leaves out of the same person's record is kept. */
export function assigneeSaid(known: Assignee | null, said: Assignee | null): Assignee | null {
    if (!known || !said || !isSame(known, said)) return said;
    const told = Object.entries(said).filter(([, value]) => value !== undefined && value !== '');
    return {...known, ...Object.fromEntries(told)};
}

/** By id, else by exact e-mail; the name decides only where nothing else is said. */
function isSame(known: Assignee, said: Assignee): boolean {
    if (known.user_id && said.user_id) return known.user_id === said.user_id;
    if (known.id && said.id) return known.id === said.id;
    if (known.email && said.email) return known.email.toLowerCase() === said.email.toLowerCase();
    return !said.id && !said.email && known.name === said.name;
}
