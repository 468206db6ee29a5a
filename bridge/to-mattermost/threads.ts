/** A conversation's thread: opened, kept current, continued when it grows long. */
import {shownIn} from '../integration.ts';
import type {Booking} from '../ireserve/booking-fields.ts';
import {MattermostError} from '../mattermost.ts';
import {sha256} from '../secrets.ts';
import type {Database} from '../store/open.ts';
import {addConversation, excerptsOf, findThread, givenUpSince, recentMessages, saveThread, updateThread} from '../store/records.ts';
import type {ThreadRow} from '../store/schema.ts';
import {agentPhrases} from './agent-phrases.ts';
import {type ButtonRow, buttonRow} from './buttons.ts';
import {cardButtons, renderCard} from './card.ts';
import type {Conversation} from './conversation.ts';
import {isArchived, isGone} from './gone.ts';
import {phrases} from './phrases.ts';
import {type Context, type Mark, propsOf, publish} from './publish.ts';
import {routeConversation} from './routing.ts';

export type ThreadContext = Context & {
    database: Database;
    now: () => number;
    /** Address of a post that a browser or phone opens. */
    permalink: (channel_id: string, post_id: string) => Promise<string>;
    bookingOf: (booking_id: string) => Promise<Booking | null>;
    publicUrl: () => string;
    buttons: boolean;
    /** The visitor's message that is being posted: not in the store yet, but on the card of the thread it opens. */
    saying?: {message_id: string; excerpt: string};
    /** The channel an admin sends this delivery to, whatever the routing says. */
    sendTo: string | null;
};

const RECAP = 3;

/** The thread messages go to; opened when there is none yet, or none where an admin sends it. */
export async function ensureThread(context: ThreadContext, facts: Conversation, thread: ThreadRow | null): Promise<ThreadRow> {
    const {sendTo} = context;
    const channel_id = routed(context, facts);
    // The first one may have been made by an earlier try, and stand elsewhere.
    const current = thread ?? (await open(context, facts, {number: 1, channel_id, reason: 'started'}));
    if (!sendTo || current.channel_id === sendTo) return current;
    return open(context, facts, {number: current.number + 1, channel_id, reason: 'recreated', previous: current});
}

/** The channel a new thread of this conversation belongs in. */
export const routed = (context: ThreadContext, facts: Conversation): string =>
    context.sendTo ??
    routeConversation(context.integration.config, {
        ...(facts.language ? {language: facts.language} : {}),
        ...(facts.topic ? {topic: facts.topic} : {}),
        ...(facts.page ? {page: facts.page} : {}),
        visitor: facts.visitor,
    }).channel_id;

type Opening = {number: number; channel_id: string; reason: ThreadRow['reason']; previous?: ThreadRow};

/** Opens a thread, and remembers it. */
export async function open(
    context: ThreadContext,
    facts: Conversation,
    {number, channel_id, reason, previous}: Opening,
): Promise<ThreadRow> {
    const {integration, database, now} = context;
    const message = await card(context, facts, {channel_id, reason, previous});
    const mark = rootMark(context, facts, number);
    // What was given up before may have made it, without an answer that said so.
    const doubtedSince = await givenUpSince(database.read, integration.id, facts.conversation_id);
    const attachments = buttons(context, facts, channel_id);
    const root = await publish(context, {channel_id, root_id: '', message, mark, attachments, doubtedSince});
    const thread: ThreadRow = {
        integration_id: integration.id,
        conversation_id: facts.conversation_id,
        number,
        // An earlier try's may have been moved since; its card is then written anew with the next change.
        channel_id: root.channel_id,
        root_id: root.id,
        reason,
        replies: 0,
        card_digest: root.channel_id === channel_id ? digestOf(context, facts, message) : '',
        // A deleted root can't point forward.
        linked: reason === 'continued' ? 0 : 1,
        heard_at: 0,
        moved_from: null,
        created_at: now(),
    };
    // At once, not with the delivery's end: a crash between root and first reply must not cost a search of the channel.
    await database.write(async (tx) => {
        await addConversation(tx, integration.id, facts, now());
        await saveThread(tx, thread);
    });
    return thread;
}

const placeOf = ({channel_id, reason}: ThreadRow) => ({channel_id, reason});

async function card(
    context: ThreadContext,
    facts: Conversation,
    {
        channel_id,
        reason,
        previous,
        next,
        since,
    }: Pick<ThreadRow, 'channel_id' | 'reason'> & {previous?: ThreadRow | undefined; next?: ThreadRow; since?: number},
): Promise<string> {
    const {integration, database} = context;
    const recap =
        reason === 'recreated' && previous && !next
            ? (await recentMessages(database.read, integration.id, facts.conversation_id, RECAP, since)).map((message) => {
                  const author = JSON.parse(message.author) as {name?: string; type: 'visitor' | 'agent' | 'bot'};
                  return {author: author.name ?? '', type: author.type, text: message.excerpt};
              })
            : [];
    const booking = facts.booking_id ? await context.bookingOf(facts.booking_id) : null;
    return renderCard(facts, {
        booking,
        words: await lastWords(context, facts),
        config: {...integration.config, ...shownIn(integration.config, channel_id)},
        ...(previous && reason !== 'started'
            ? {previous: {url: await context.permalink(previous.channel_id, previous.root_id), kind: reason}}
            : {}),
        ...(next ? {next: {url: await context.permalink(next.channel_id, next.root_id)}} : {}),
        recap,
    });
}

/** What the visitor said last that nobody has answered; what was withdrawn or never had words is passed over. */
async function lastWords(
    {database, integration, saying}: ThreadContext,
    {conversation_id, unanswered}: Conversation,
): Promise<string | null> {
    const ids = unanswered.flatMap(({message_id}) => (message_id ? [message_id] : [])).reverse();
    if (ids.length === 0) return null;
    if (saying?.excerpt && saying.message_id === ids[0]) return saying.excerpt;
    const excerpts = await excerptsOf(database.read, integration.id, conversation_id, ids);
    return ids.map((id) => excerpts.get(id)).find(Boolean) ?? null;
}

type Patch = Parameters<ThreadContext['client']['patchPost']>[0];

const rootMark = ({integration}: ThreadContext, {conversation_id}: Conversation, number: number): Mark => ({
    v: 1,
    integration: integration.id,
    conversation: conversation_id,
    key: `root:${number}`,
    kind: 'root',
});

function buttons(context: ThreadContext, facts: Conversation, channel: string): ButtonRow[] {
    if (!context.buttons) return [];
    const say = agentPhrases(context.integration.config.language).buttons;
    const about = {integration: context.integration.id, conversation: facts.conversation_id, channel};
    return [
        buttonRow(
            context,
            about,
            cardButtons(facts).map((action) => ({action, name: say[action]})),
        ),
    ];
}

/** Read back, buttons have lost their targets: they are written anew with every change. */
const cardProps = (context: ThreadContext, facts: Conversation, thread: ThreadRow) =>
    context.buttons
        ? {
              props: propsOf(rootMark(context, facts, thread.number), {
                  version: context.version,
                  attachments: buttons(context, facts, thread.channel_id),
              }),
          }
        : {};

/** Without the buttons' signatures, which differ each time. */
const digestOf = (context: ThreadContext, facts: Conversation, message: string): string =>
    sha256(context.buttons ? `${message}\n${cardButtons(facts).join()}` : message);

/** A long thread is continued in a new one, linked both ways. @returns the thread to use */
export async function continueWhenLong(context: ThreadContext, facts: Conversation, thread: ThreadRow): Promise<ThreadRow> {
    const current =
        thread.replies < context.integration.config.messages_per_thread
            ? thread
            : await open(context, facts, {number: thread.number + 1, channel_id: thread.channel_id, reason: 'continued', previous: thread});
    if (current.linked === 0) await linkForward(context, facts, current);
    return current;
}

/** The thread before gets a last reply and a card that point to this one. Repeated until it was done: `linked` says so. */
async function linkForward(context: ThreadContext, facts: Conversation, thread: ThreadRow): Promise<void> {
    const {integration, database} = context;
    const before = await findThread(database.read, integration.id, facts.conversation_id, thread.number - 1);
    if (before) {
        const url = await context.permalink(thread.channel_id, thread.root_id);
        const mark: Mark = {
            v: 1,
            integration: integration.id,
            conversation: facts.conversation_id,
            key: `link:${thread.number}`,
            kind: 'link',
        };
        const message = phrases(integration.config.language).continuedIn(url);
        // A crash may have come after this post: always look.
        const looking = {...context, uncertain: true};
        await publish(looking, {channel_id: before.channel_id, root_id: before.root_id, message, mark}).catch(ignoreWhenRefused);
        const previous = await findThread(database.read, integration.id, facts.conversation_id, before.number - 1);
        const text = await card(context, facts, {...placeOf(before), previous, next: thread});
        await context.client.patchPost({id: before.root_id, message: text} as Patch).catch(ignoreWhenRefused);
    }
    await database.write((tx) => updateThread(tx, thread, {linked: 1}));
    thread.linked = 1;
}

/** The old thread may be gone or archived: a missing pointer is no reason to hold the conversation back. A refused token says nothing of it. */
function ignoreWhenRefused(error: unknown): void {
    if (!(error instanceof MattermostError && error.kind === 'refused' && error.status !== 401)) throw error;
}

/**
 * Brings the root post up to date when the card changed.
 *
 * @returns false when the root is gone or its channel archived: a next message makes it anew, a mere change of status does not.
 */
export async function syncCard(context: ThreadContext, facts: Conversation, thread: ThreadRow): Promise<boolean> {
    const previous =
        thread.number > 1
            ? await findThread(context.database.read, context.integration.id, facts.conversation_id, thread.number - 1)
            : undefined;
    // The same recap as at first, less what was withdrawn: what was said since stands below the card.
    const message = await card(context, facts, {...placeOf(thread), previous, since: thread.created_at});
    const digest = digestOf(context, facts, message);
    if (digest === thread.card_digest) return true;
    try {
        await context.client.patchPost({id: thread.root_id, message, ...cardProps(context, facts, thread)} as Patch);
    } catch (error) {
        // A routed conversation whose channel was archived goes on in the mirror channel, with its next message.
        const left = isArchived(error) && thread.channel_id !== context.integration.config.channel_id;
        if (left || (await isGone(context, thread.root_id, error))) return false;
        throw error;
    }
    await context.database.write((tx) => updateThread(tx, thread, {card_digest: digest}));
    return true;
}
