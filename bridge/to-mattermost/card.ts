/** The two posts that are drawn, not said: a conversation's live card (its root post), and a notification. Pure. */
import type {ConversationStatus, EventOf} from '../contract.ts';
import type {IntegrationConfig} from '../integration.ts';
import type {Booking} from '../ireserve/booking-fields.ts';
import {agentPhrases} from './agent-phrases.ts';
import {isSecretName} from './booking-keys.ts';
import type {Button} from './buttons.ts';
import {countCodePoints} from './characters.ts';
import type {Conversation} from './conversation.ts';
import {stateOf} from './conversation-state.ts';
import {type BridgeLanguage, type Phrases, phrases} from './phrases.ts';
import {safeUrl, shownLink, tameInline, tameName, tameText} from './tame.ts';

type CardConfig = Pick<IntegrationConfig, 'language' | 'time_zone' | 'conversation_link' | 'card_properties' | 'card_email'> &
    Partial<Pick<IntegrationConfig, 'booking_link'>>;

export type CardOptions = {
    readonly config: CardConfig;
    /** The thread this one follows. `url` is ours. */
    readonly previous?: {readonly url: string; readonly kind: 'continued' | 'recreated'};
    /** The thread this one goes on in. `url` is ours. */
    readonly next?: {readonly url: string};
    /** What i-Reserve says of the conversation's booking. */
    readonly booking?: Booking | null;
    /** The last words of the visitor nobody has answered; raw. */
    readonly words?: string | null;
    /** What was said last, oldest first, when the thread had to be made anew; raw. */
    readonly recap?: readonly {readonly author: string; readonly type: 'visitor' | 'agent' | 'bot'; readonly text: string}[];
};

/** What can be done with a conversation from its card, in the order of its buttons. */
export function cardButtons(facts: Conversation): Button[] {
    if (stateOf(facts).status === 'closed') return ['reopen'];
    return ['reply', facts.assignee ? 'release' : 'claim', 'close'];
}

/** A card is read at a glance, and patched often. */
const CARD_LENGTH = 4000;
const LINE_LENGTH = 150;
const LONGEST_LINK = 500;

/** Told apart by shape, not by colour; the word stands beside it. */
const SYMBOLS: Record<ConversationStatus, string> = {open: '▶', waiting: '⏳', closed: '✔'};

/** `en` alone would be American: 12-hour clock, month first. */
const LOCALES: Record<BridgeLanguage, string> = {en: 'en-GB', nl: 'nl-NL', de: 'de-DE'};

/**
 * The root post of a conversation's thread: all the bridge may show of it, complete as plain text. What the visitor wants and since when they
 * wait come first, so that the channel itself is a queue: Mattermost draws no relative times, so it is a time that stays true. The same facts and options give the
 * same card, so an unchanged one need not be patched. At most 4,000 code points: what does not fit is left out, least important first.
 */
export function renderCard(
    conversation: Conversation,
    {config, previous, next, booking = null, words = null, recap = []}: CardOptions,
): string {
    const say = phrases(config.language);
    const name = tameName(conversation.visitor.name, say.unnamed.visitor);
    const {status, waiting_since} = stateOf(conversation);
    const since = waiting_since === null ? null : shortTime(waiting_since, config);
    const essential = [
        `#### ${name} · ${SYMBOLS[status]} ${since ? agentPhrases(config.language).waitingSince(since) : say.statuses[status]}`,
        // A line left empty ends the quotation.
        waiting_since !== null && words && `> ${tameInline(words, LINE_LENGTH)}\n`,
        status === 'closed' && say.closed(conversation.closed_reason ? tameInline(conversation.closed_reason, LINE_LENGTH) : null),
        next && say.continuedIn(next.url),
        previous?.kind === 'continued' && say.continuesFrom(previous.url),
        previous?.kind === 'recreated' && say.recreated(previous.url),
        labelled(say.card.conversation, conversationLink(conversation.conversation_id, config.conversation_link)),
    ];
    const facts = [
        conversation.page && labelled(say.card.page, pageLink(conversation.page)),
        conversation.booking_id && labelled(agentPhrases(config.language).booking, bookingText(conversation.booking_id, booking, config)),
        conversation.topic && labelled(say.card.topic, tameInline(conversation.topic, LINE_LENGTH)),
        assigneeLine(conversation, status, say),
        conversation.presence && labelled(say.card.presence, say.presences[conversation.presence]),
        conversation.language && labelled(say.card.language, languageName(conversation.language, config.language)),
        labelled(say.card.started, startedAt(conversation.started_at, config)),
        config.card_email && conversation.visitor.email && labelled(say.card.email, tameInline(conversation.visitor.email, LINE_LENGTH)),
        ...propertyLines(conversation, config, say),
    ];
    const quotes = recap.map(({author, type, text}) => `> **${tameName(author, say.unnamed[type])}**: ${tameInline(text, LINE_LENGTH)}`);
    return fitting([...essential, ...facts, ...(quotes.length > 0 ? [`\n${say.recap}`, ...quotes] : [])]);
}

/** The lines there are, in order, as long as they fit. */
function fitting(lines: readonly (string | false | null | undefined | '')[]): string {
    let card = '';
    for (const line of lines) {
        if (!line) continue;
        const longer = card === '' ? line : `${card}\n${line}`;
        if (countCodePoints(longer) <= CARD_LENGTH) card = longer;
    }
    return card;
}

function labelled(label: string, value: string | null): string | null {
    return value === null ? null : `**${label}:** ${value}`;
}

function assigneeLine({assignee}: Conversation, status: ConversationStatus, say: Phrases): string | null {
    if (assignee) return labelled(say.card.assignee, tameName(assignee.name, say.unnamed.agent));
    return status === 'closed' ? null : labelled(say.card.assignee, say.nobody);
}

/** At least its number; what i-Reserve says of it otherwise. */
function bookingText(id: string, booking: Booking | null, config: CardConfig): string {
    if (!booking) {
        const text = tameInline(id, LINE_LENGTH);
        const link = linkWithoutAsking(id, config);
        return link ? `[${text.replaceAll(']', '\\]')}](${link})` : text;
    }
    const url = safeUrl(booking.link);
    const number = tameInline(booking.id, LINE_LENGTH).replaceAll(']', '\\]');
    const when = booking.date_from ? whenOf(booking.date_from, config) : '';
    const words = [booking.object, when, booking.status.name].filter((word): word is string => Boolean(word));
    return [url ? `[${number}](${url})` : number, ...words.map((word) => tameInline(word, LINE_LENGTH))].join(' · ');
}

/** A page of bookings whose address is given whole needs nothing from i-Reserve. */
function linkWithoutAsking(id: string, {booking_link = ''}: CardConfig): string | null {
    if (booking_link === '' || booking_link.includes('{base}') || !/^[1-9]\d{0,11}$/.test(id)) return null;
    return safeUrl(booking_link.replaceAll('{id}', id)) || null;
}

/** As exact as i-Reserve said it: a day has no hour. */
function whenOf(at: string, config: CardConfig): string {
    const ms = Date.parse(at);
    return /T/.test(at) && Number.isFinite(ms) ? (startedAt(ms, config) ?? at) : at;
}

/** i-Reserve documents no address of a conversation: without a template (or with one that makes no safe address) the id stands alone. */
function conversationLink(id: string, template: string): string {
    // `]` would end the label; the contract's ids have none, but a card must not depend on that.
    const shown = tameInline(id, LINE_LENGTH).replaceAll(']', '\\]');
    const url = template === '' ? null : safeUrl(template.replaceAll('{conversation_id}', () => encodeURIComponent(id)));
    return url === null || url.length > LONGEST_LINK ? shown : `[${shown}](${url})`;
}

/** A very long address is shown without its query, or as the site: still a true one. */
function pageLink({url, title}: {url: string; title?: string | undefined}): string {
    const safe = safeUrl(url);
    if (safe === null || safe.length <= LONGEST_LINK) return shownLink(url, title);
    const {origin, pathname} = new URL(safe);
    return shownLink(origin.length + pathname.length <= LONGEST_LINK ? origin + pathname : origin, title);
}

function languageName(tag: string, language: BridgeLanguage): string {
    try {
        return tameInline(
            new Intl.DisplayNames([LOCALES[language]], {type: 'language', languageDisplay: 'standard'}).of(tag) ?? tag,
            LINE_LENGTH,
        );
    } catch {
        // Not a tag after all.
        return tameInline(tag, LINE_LENGTH);
    }
}

function startedAt(at: number, config: CardConfig): string | null {
    return timeOf(at, config, {year: 'numeric'});
}

/** Without the year: nobody waits that long. */
const shortTime = (at: number, config: CardConfig): string | null => timeOf(at, config, {});

function timeOf(at: number, {language, time_zone}: CardConfig, more: {year?: 'numeric'}): string | null {
    if (!Number.isFinite(at)) return null;
    const format = {
        day: 'numeric',
        month: 'short',
        ...more,
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
        timeZone: time_zone,
    } as const;
    return new Intl.DateTimeFormat(LOCALES[language], format).format(at);
}

/** Only what the admin listed, in the admin's order; a booking key is not shown even then. */
function propertyLines({visitor: {properties = {}}}: Conversation, config: CardConfig, say: Phrases): string[] {
    return config.card_properties.flatMap((name) => {
        const value = Object.hasOwn(properties, name) && !isSecretName(name) ? properties[name] : undefined;
        if (value === undefined || value === '') return [];
        const shown = typeof value === 'boolean' ? (value ? say.yes : say.no) : tameInline(String(value), LINE_LENGTH);
        return [`**${tameInline(name, 60)}:** ${shown}`];
    });
}

/**
 * A notification as one text: title, text, fields, link. It can be longer than a post; `splitText` cuts it at line ends only, where
 * nothing of the taming comes apart.
 */
export function renderNotification({data}: EventOf<'notification.created'>): string {
    const fields = data.fields.filter(({title}) => !isSecretName(title)).map(notificationField);
    const blocks = [
        `#### ${tameInline(data.title, 300)}`,
        tameText(data.text, data.format).trim(),
        fields.join('\n'),
        data.link ? shownLink(data.link.url, data.link.title) : '',
    ];
    return blocks.filter((block) => block !== '').join('\n\n');
}

function notificationField({title, value}: {title: string; value: string}): string {
    const label = tameInline(title, 300);
    const [first = '', ...more] = tameText(value, 'plain').trim().split('\n');
    return [label === '' ? first : `**${label}:** ${first}`, ...more].join('\n');
}
