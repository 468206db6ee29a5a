/** How i-Reserve's events change what is known of a conversation. Pure. */
import type {BridgeEvent, EventOf, Page, Visitor} from '../contract.ts';
import type {Assignee, Conversation} from './conversation.ts';
import {answeredThere, assigneeSaid, closed, declared, withdrawn} from './conversation-state.ts';
import type {OwnEvent} from './own-events.ts';

type Plain = 'topic' | 'language' | 'booking_id' | 'started_at' | 'presence';
type Facts = {[F in Plain]?: Conversation[F] | undefined} & {
    visitor?: Visitor | undefined;
    page?: Page | null | undefined;
    assignee?: Assignee | null | undefined;
    status?: EventOf<'conversation.updated'>['data']['status'];
};

/** What an event came to: `stale` when it said something, and all of it was older than what is known. */
export type Learned = {facts: Conversation; stale: boolean};

/** The conversation after an event. Events that say nothing about it return it unchanged (same object). */
export const applyEvent = (conversation: Conversation, event: BridgeEvent | OwnEvent): Conversation =>
    learnEvent(conversation, event).facts;

/** A visitor's message is learned when it stands in the thread, see `asked`: before, and when it is a repeat, nobody can answer it. */
export function learnEvent(conversation: Conversation, event: BridgeEvent | OwnEvent): Learned {
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
            return learnClosed(conversation, at, event.data.reason);
        case 'visitor.presence':
            return learn(conversation, at, {presence: event.data.presence});
        case 'message.created':
            return {facts: namedByMessage(conversation, event), stale: false};
        case 'message.deleted':
            return {facts: withdrawn(conversation, event.data.message_id), stale: false};
        default:
            return {facts: conversation, stale: false};
    }
}

/** What a message said at i-Reserve by one of its agents changes; an echo of an answer given here changes nothing. */
export const agentSaid = (conversation: Conversation, event: EventOf<'message.created'>): Conversation =>
    event.data.author.type === 'agent' ? answeredThere(conversation, Date.parse(event.timestamp)) : conversation;

function cardFacts({data}: EventOf<'conversation.started' | 'conversation.updated'>): Facts {
    const {visitor, page, topic, language, status, assignee, booking_id, started_at} = data;
    return {visitor, page, topic, language, status, assignee, booking_id, ...(started_at ? {started_at: Date.parse(started_at)} : {})};
}

function learnClosed(conversation: Conversation, at: number, reason: string | undefined): Learned {
    const isNews = at >= (conversation.stamps.status ?? 0);
    if (isNews) return {facts: closed(conversation, at, reason), stale: false};
    return {facts: conversation, stale: true};
}

function learn(conversation: Conversation, at: number, facts: Facts): Learned {
    let next = {...conversation, stamps: {...conversation.stamps}};
    let [taken, late] = [0, 0];
    const isNews = (stamp: string) => {
        const news = at >= (next.stamps[stamp] ?? 0);
        if (news) next.stamps[stamp] = at;
        news ? taken++ : late++;
        return news;
    };
    const {visitor, page, assignee, status, ...others} = facts;
    for (const [fact, value] of Object.entries(others)) {
        if (value !== undefined && isNews(fact)) Object.assign(next, {[fact]: value});
    }
    if (page !== undefined && isNews('page')) next.page = pageSaid(next.page, page);
    if (assignee !== undefined && isNews('assignee')) next.assignee = assigneeSaid(next.assignee, assignee);
    if (visitor) next.visitor = learnVisitor(next.visitor, visitor, isNews);
    if (status !== undefined && isNews('status')) next = declared(next, at, status);
    return {facts: next, stale: late > 0 && taken === 0};
}

/** The same page without its title is no other page. */
const pageSaid = (known: Page | null, said: Page | null): Page | null =>
    known && said && known.url === said.url ? {...known, ...said} : said;

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

/** A visitor's name is often first heard with a message. */
function namedByMessage(conversation: Conversation, event: EventOf<'message.created'>): Conversation {
    const {author} = event.data;
    if (author.type !== 'visitor' || !author.name || conversation.visitor.name) return conversation;
    return {...conversation, visitor: {...conversation.visitor, name: author.name}};
}
