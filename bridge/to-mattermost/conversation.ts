/** What the bridge knows of one web chat, and how events change it. Pure. */
import type {BridgeEvent, ConversationStatus, EventOf, Page, Visitor} from '../contract.ts';
import type {OwnEvent} from './own-events.ts';

/** The facts the live card shows. Times are ms since 1970. */
export type Conversation = {
    conversation_id: string;
    visitor: Visitor;
    page: Page | null;
    topic: string | null;
    language: string | null;
    status: ConversationStatus;
    /** `user_id`: in Mattermost, when it is known who that is. */
    assignee: {id?: string | undefined; name: string; email?: string | undefined; user_id?: string | undefined} | null;
    booking_id: string | null;
    started_at: number;
    closed_reason: string | null;
    /** Since when the visitor waits for an answer; null: nobody waits. */
    waiting_since: number | null;
    /** When an agent last said something. */
    answered_at: number;
    presence: 'online' | 'away' | 'left' | null;
    /** When each fact was last said at the source: a late arrival never overwrites a newer fact. */
    stamps: Record<string, number>;
};

type Fact = Exclude<keyof Conversation, 'conversation_id' | 'stamps'>;

/** The provisional conversation made when a message arrives before `conversation.started`. */
export function newConversation(conversation_id: string, at: number): Conversation {
    return {
        conversation_id,
        visitor: {},
        page: null,
        topic: null,
        language: null,
        status: 'waiting',
        assignee: null,
        booking_id: null,
        started_at: at,
        closed_reason: null,
        waiting_since: at,
        answered_at: 0,
        presence: null,
        stamps: {},
    };
}

function learn(conversation: Conversation, at: number, facts: {[F in Fact]?: Conversation[F] | undefined}): Conversation {
    const next = {...conversation, stamps: {...conversation.stamps}};
    const isNews = (stamp: string) => {
        const news = at >= (next.stamps[stamp] ?? 0);
        if (news) next.stamps[stamp] = at;
        return news;
    };
    const {visitor, ...others} = facts;
    for (const [fact, value] of Object.entries(others)) {
        if (value !== undefined && isNews(fact)) Object.assign(next, {[fact]: value});
    }
    if (visitor) next.visitor = learnVisitor(next.visitor, visitor, isNews);
    return next;
}

/** Visitor data comes piece by piece (name first, e-mail later) and out of order: each piece has its own stamp. */
function learnVisitor(known: Visitor, said: Visitor, isNews: (stamp: string) => boolean): Visitor {
    const {properties, ...fields} = said;
    const next: Visitor = {...known};
    for (const [field, value] of Object.entries(fields)) {
        if (value !== undefined && isNews(`visitor.${field}`)) Object.assign(next, {[field]: value});
    }
    if (!properties) return next;
    const news = Object.entries(properties).filter(([name]) => isNews(`visitor.properties.${name}`));
    return {...next, properties: {...known.properties, ...Object.fromEntries(news)}};
}

/** The conversation after an event. Events that say nothing about the card return it unchanged (same object). */
export function applyEvent(conversation: Conversation, event: BridgeEvent | OwnEvent): Conversation {
    const at = Date.parse(event.timestamp);
    switch (event.type) {
        case 'conversation.started':
            return learn(conversation, at, {
                ...cardFacts(event),
                started_at: event.data.started_at ? Date.parse(event.data.started_at) : at,
            });
        case 'conversation.updated':
            return learn(conversation, at, cardFacts(event));
        case 'conversation.closed':
            return closed(conversation, at, event.data.reason ?? null);
        case 'visitor.presence':
            return learn(conversation, at, {presence: event.data.presence});
        case 'message.created':
            return event.data.author.type === 'agent' ? answered(conversation, at) : asked(namedByMessage(conversation, event), event, at);
        default:
            return conversation;
    }
}

function cardFacts(event: EventOf<'conversation.started' | 'conversation.updated'>): {[F in Fact]?: Conversation[F] | undefined} {
    const {visitor, page, topic, language, status, assignee, booking_id, started_at} = event.data;
    return {visitor, page, topic, language, status, assignee, booking_id, ...(started_at ? {started_at: Date.parse(started_at)} : {})};
}

export const closed = (conversation: Conversation, at: number, reason: string | null): Conversation =>
    learn(conversation, at, {status: 'closed', closed_reason: reason, waiting_since: null});

export const reopened = (conversation: Conversation, at: number): Conversation =>
    learn(conversation, at, {status: 'open', closed_reason: null});

export const assigned = (conversation: Conversation, at: number, assignee: Conversation['assignee']): Conversation =>
    learn(conversation, at, {assignee});

/** An agent said something: nobody waits any more, and it is not a new one any more. */
export function answered(conversation: Conversation, at: number): Conversation {
    if (at <= conversation.answered_at) return conversation;
    const next = {...conversation, answered_at: at};
    if (next.waiting_since !== null && next.waiting_since <= at) next.waiting_since = null;
    return next.status === 'waiting' ? learn(next, at, {status: 'open'}) : next;
}

/** The visitor said something and waits from then on; a bot's words are no answer, and start no waiting. */
function asked(conversation: Conversation, event: EventOf<'message.created'>, at: number): Conversation {
    const waits = event.data.author.type === 'visitor' && conversation.waiting_since === null && at > conversation.answered_at;
    return waits && conversation.status !== 'closed' ? {...conversation, waiting_since: at} : conversation;
}

/** A visitor's name is often first heard with a message. */
function namedByMessage(conversation: Conversation, event: EventOf<'message.created'>): Conversation {
    const {author} = event.data;
    if (author.type !== 'visitor' || !author.name || conversation.visitor.name) return conversation;
    return {...conversation, visitor: {...conversation.visitor, name: author.name}};
}
