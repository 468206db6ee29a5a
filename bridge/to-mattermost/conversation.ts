/** What the bridge knows of one web chat, and how events change it. Pure. */
import type {BridgeEvent, ConversationStatus, EventOf, Page, Visitor} from '../contract.ts';

/** The facts the live card shows. Times are ms since 1970. */
export type Conversation = {
    conversation_id: string;
    visitor: Visitor;
    page: Page | null;
    topic: string | null;
    language: string | null;
    status: ConversationStatus;
    assignee: {id?: string | undefined; name: string; email?: string | undefined} | null;
    started_at: number;
    closed_reason: string | null;
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
        started_at: at,
        closed_reason: null,
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
export function applyEvent(conversation: Conversation, event: BridgeEvent): Conversation {
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
            return learn(conversation, at, {status: 'closed', closed_reason: event.data.reason ?? null});
        case 'visitor.presence':
            return learn(conversation, at, {presence: event.data.presence});
        case 'message.created':
            return namedByMessage(conversation, event);
        default:
            return conversation;
    }
}

function cardFacts(event: EventOf<'conversation.started' | 'conversation.updated'>): {[F in Fact]?: Conversation[F] | undefined} {
    const {visitor, page, topic, language, status, assignee, started_at} = event.data;
    return {visitor, page, topic, language, status, assignee, ...(started_at ? {started_at: Date.parse(started_at)} : {})};
}

/** A visitor's name is often first heard with a message. */
function namedByMessage(conversation: Conversation, event: EventOf<'message.created'>): Conversation {
    const {author} = event.data;
    if (author.type !== 'visitor' || !author.name || conversation.visitor.name) return conversation;
    return {...conversation, visitor: {...conversation.visitor, name: author.name}};
}
