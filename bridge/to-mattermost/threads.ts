/** A conversation's thread: opened, kept current, continued when it grows long, healed when it was deleted or moved. */
import type {Post} from '@mattermost/types/posts';
import {shownIn} from '../integration.ts';
import type {Booking} from '../ireserve/booking-fields.ts';
import {MattermostError} from '../mattermost.ts';
import {sha256} from '../secrets.ts';
import type {Database} from '../store/open.ts';
import {addConversation, findThread, recentMessages, saveThread, updateThread} from '../store/records.ts';
import type {ThreadRow} from '../store/schema.ts';
import {agentPhrases} from './agent-phrases.ts';
import {type ButtonRow, buttonRow} from './buttons.ts';
import {cardButtons, renderCard} from './card.ts';
import type {Conversation} from './conversation.ts';
import {phrases} from './phrases.ts';
import {type Context, findInChannel, type Mark, markOf, propsOf, publish} from './publish.ts';
import {routeConversation} from './routing.ts';

export type ThreadContext = Context & {
    database: Database;
    now: () => number;
    /** Address of a post that a browser or phone opens. */
    permalink: (channel_id: string, post_id: string) => Promise<string>;
    bookingOf: (booking_id: string) => Promise<Booking | null>;
    publicUrl: () => string;
    buttons: boolean;
    /** The channel an admin sends this delivery to, whatever the routing says. */
    sendTo: string | null;
};

/** Ids with which Mattermost says that a reply's root can't be used. */
const ROOT_GONE = 'api.post.create_post.root_id.app_error';
const ROOT_ELSEWHERE = 'api.post.create_post.channel_root_id.app_error';
const ARCHIVED = 'api.post.create_post.can_not_post_to_deleted.error';
const RECAP = 3;

const refusedWith = (error: unknown, ...ids: string[]) =>
    error instanceof MattermostError && error.kind === 'refused' && ids.includes(error.id);

export const isArchived = (error: unknown): boolean =>
    refusedWith(
        error,
        ARCHIVED,
        'api.post.patch_post.can_not_update_post_in_deleted.error',
        'api.post.delete_post.can_not_delete_post_in_deleted.error',
    );

export const isRootGone = (error: unknown): boolean => refusedWith(error, ROOT_GONE, ROOT_ELSEWHERE);

/** The thread messages go to; opened when there is none yet, or none where an admin sends it. */
export async function ensureThread(context: ThreadContext, facts: Conversation, thread: ThreadRow | null): Promise<ThreadRow> {
    const {sendTo} = context;
    if (thread && (!sendTo || thread.channel_id === sendTo)) return thread;
    const channel_id = routed(context, facts);
    if (thread) return open(context, facts, {number: thread.number + 1, channel_id, reason: 'recreated', previous: thread});
    return open(context, facts, {number: 1, channel_id, reason: 'started'});
}

const routed = (context: ThreadContext, facts: Conversation): string =>
    context.sendTo ??
    routeConversation(context.integration.config, {
        ...(facts.language ? {language: facts.language} : {}),
        ...(facts.topic ? {topic: facts.topic} : {}),
        ...(facts.page ? {page: facts.page} : {}),
        visitor: facts.visitor,
    }).channel_id;

type Opening = {number: number; channel_id: string; reason: ThreadRow['reason']; previous?: ThreadRow};

async function open(context: ThreadContext, facts: Conversation, {number, channel_id, reason, previous}: Opening): Promise<ThreadRow> {
    const {integration, database, now} = context;
    const message = await card(context, facts, {channel_id, reason, previous});
    const mark = rootMark(context, facts, number);
    const root = await publish(context, {channel_id, root_id: '', message, mark, attachments: buttons(context, facts, channel_id)});
    const thread: ThreadRow = {
        integration_id: integration.id,
        conversation_id: facts.conversation_id,
        number,
        channel_id,
        root_id: root.id,
        reason,
        replies: 0,
        card_digest: digestOf(context, facts, message),
        // A deleted root can't point forward.
        linked: reason === 'continued' ? 0 : 1,
        heard_at: 0,
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
        config: {...integration.config, ...shownIn(integration.config, channel_id)},
        ...(previous && reason !== 'started'
            ? {previous: {url: await context.permalink(previous.channel_id, previous.root_id), kind: reason}}
            : {}),
        ...(next ? {next: {url: await context.permalink(next.channel_id, next.root_id)}} : {}),
        recap,
    });
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
    context.buttons ? {props: propsOf(rootMark(context, facts, thread.number), buttons(context, facts, thread.channel_id))} : {};

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

/** A refused patch or delete says 403 for a deleted post as for a lost membership: only a read tells them apart. */
export async function isGone(context: Context, post_id: string, error: unknown): Promise<boolean> {
    if (!(error instanceof MattermostError && error.kind === 'refused' && (error.status === 403 || error.status === 404))) return false;
    if (error.status === 404) return true;
    try {
        const post = await context.client.getPost(post_id);
        return post.delete_at > 0;
    } catch (second) {
        if (second instanceof MattermostError && second.kind === 'refused' && second.status === 404) return true;
        if (second instanceof MattermostError && second.kind === 'refused') return false;
        throw second;
    }
}

/**
 * The thread to use instead after Mattermost refused a reply into `thread`, or null when that is for an admin to mend.
 *
 * - moved to another channel: followed there
 * - root deleted: a new root with a link back and a short recap
 * - routed channel archived: a new root in the mirror channel
 */
export async function heal(context: ThreadContext, facts: Conversation, thread: ThreadRow, error: unknown): Promise<ThreadRow | null> {
    const next = {number: thread.number + 1, reason: 'recreated', previous: thread} as const;
    const {config} = context.integration;
    if (refusedWith(error, ROOT_ELSEWHERE)) {
        const {channel_id} = await context.client.getPost(thread.root_id);
        return adopt(context, thread, {channel_id, root_id: thread.root_id});
    }
    if (refusedWith(error, ROOT_GONE)) return recreate(context, facts, thread);
    if (refusedWith(error, ARCHIVED) && thread.channel_id !== config.channel_id) {
        return open(context, facts, {...next, channel_id: config.channel_id});
    }
    return null;
}

/** The thread where it was moved to, or a new one. An edit reaches a new root's channel only if it can be posted to: routing decides anew. */
async function recreate(context: ThreadContext, facts: Conversation, thread: ThreadRow): Promise<ThreadRow> {
    const moved = await follow(context, facts, thread);
    if (moved) return moved;
    return open(context, facts, {
        number: thread.number + 1,
        reason: 'recreated',
        previous: thread,
        channel_id: routed(context, facts),
    });
}

/** The thread itself, if its root still stands. @throws MattermostError */
export async function restore(context: ThreadContext, facts: Conversation, thread: ThreadRow): Promise<ThreadRow> {
    try {
        const {delete_at} = await context.client.getPost(thread.root_id);
        if (delete_at === 0) return thread;
    } catch (error) {
        if (!(error instanceof MattermostError && error.kind === 'refused' && error.status === 404)) throw error;
    }
    return recreate(context, facts, thread);
}

/** The thread where "move thread" took it, or null. */
export async function follow(context: ThreadContext, facts: Conversation, thread: ThreadRow): Promise<ThreadRow | null> {
    const moved = await findMoved(context, facts, thread);
    return moved && adopt(context, thread, moved);
}

async function adopt(context: ThreadContext, thread: ThreadRow, place: {channel_id: string; root_id: string}): Promise<ThreadRow> {
    await context.database.write((tx) => updateThread(tx, thread, place));
    return {...thread, ...place};
}

async function findMoved(
    context: ThreadContext,
    facts: Conversation,
    thread: ThreadRow,
): Promise<{channel_id: string; root_id: string} | null> {
    const made = {conversation: facts.conversation_id, key: `root:${thread.number}`, since: thread.created_at};
    const root = await findElsewhere(context, thread.root_id, made);
    return root && {channel_id: root.channel_id, root_id: root.id};
}

/** "Move thread" copies posts under new ids, props included, and deletes the originals: ours may live on in a channel we know. */
export async function findElsewhere(
    context: ThreadContext,
    post_id: string,
    {conversation, key, since}: {conversation: string; key: string; since: number},
): Promise<Post | null> {
    const {config, id} = context.integration;
    const channels = new Set([config.channel_id, ...config.routing.map((rule) => rule.channel_id)]);
    for (const channel_id of channels) {
        try {
            const post = await findInChannel({...context, since}, channel_id, (post) => {
                const mark = markOf(post);
                const isOurs = post.user_id === context.botId && post.id !== post_id && mark?.integration === id;
                return isOurs && mark.conversation === conversation && mark.key === key;
            });
            if (post) return post;
        } catch (error) {
            // A channel the bot may not read can't be looked through.
            if (!(error instanceof MattermostError && error.kind === 'refused')) throw error;
        }
    }
    return null;
}
