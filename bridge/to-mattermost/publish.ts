/** One post, made exactly once: the key, the look before a second try, and the check of the answer. */
import type {Post} from '@mattermost/types/posts';
import {channelPages} from '../channel-pages.ts';
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';
import type {SecretBox} from '../secrets.ts';
import type {ButtonRow} from './buttons.ts';
import {knowsUnsafeLinks} from './server-version.ts';

/** What the bridge writes into a post's props, to know its own posts again; well below the 8,000 characters older servers allow. */
export type Mark = {
    v: 1;
    integration: string;
    conversation: string | null;
    /** Unique within the conversation, e.g. `root:1`, `message:M17:0`. */
    key: string;
    kind: 'root' | 'message' | 'notification' | 'link' | 'line' | 'note' | 'question' | 'hint';
    author?: 'visitor' | 'agent' | 'bot';
    /** Who speaks, as it stands in the post; for readers that are no Markdown. */
    name?: string;
};

export type Draft = {
    channel_id: string;
    root_id: string;
    message: string;
    file_ids?: string[];
    /** Buttons, see buttons.ts. */
    attachments?: ButtonRow[];
    mark: Mark;
    /** Tells apart what is made, deleted and made again under one mark: the server would answer with the deleted post. */
    occasion?: string;
    /** Another delivery may have made it, at this time (ms) at the earliest: it is looked for however certain this one is. */
    doubtedSince?: number | null;
};

/** Where a post of ours stands, and what it bears. */
export type Place = Pick<Draft, 'channel_id' | 'root_id' | 'mark'>;

/** What all steps of one delivery share. */
export type Context = {
    integration: Integration;
    client: MattermostClient;
    /** The bot's own user id: a look-up and an answer count only if the post is the bot's. */
    botId: string;
    box: SecretBox;
    /** What Mattermost calls itself: see server-version.ts. */
    version: string;
    /** An earlier try may have got through: look before making anything. */
    uncertain: boolean;
    /** This try made something: a next one must look, however this one ends. */
    made?: boolean;
    /** Not older than this (ms) can anything be that an earlier try made. */
    since: number;
    sleep: (ms: number) => Promise<void>;
};

const PENDING = 'api.post.deduplicate_create_post.pending';
/** 50,000 posts: more than a busy channel sees in the days a delivery may wait. */
const MOST_PAGES = 250;
/** Mattermost's clock may differ from ours. */
const CLOCK_MARGIN_MS = 10 * 60_000;

/**
 * Makes a post, or finds the one an earlier try made.
 *
 * `pending_post_id` makes a repeat within 30 s give the first post; it is global on the server and so must be unguessable, and every answer
 * is checked: somebody else's post under our key would mean that our message is lost (mattermost-server.md 4.1).
 *
 * @throws MattermostError
 */
export async function publish(context: Context, draft: Draft): Promise<Post> {
    try {
        const post = await lookOrCreate(context, draft);
        context.made = true;
        return post;
    } catch (error) {
        if (error instanceof MattermostError) error.channel_id = draft.channel_id;
        throw error;
    }
}

async function lookOrCreate(context: Context, draft: Draft): Promise<Post> {
    const {doubtedSince = null} = draft;
    if (context.uncertain || doubtedSince !== null) {
        const found = await findOwn({...context, since: Math.min(context.since, doubtedSince ?? context.since)}, draft);
        if (found) return found;
    }
    for (let salt = 0; salt < 3; salt++) {
        const post = await createOnce(context, draft, salt);
        if (isOurs(context, draft, post)) return post;
    }
    throw new MattermostError('unknown', 'Mattermost answered three creates with a post that is not ours');
}

async function createOnce(context: Context, draft: Draft, salt: number): Promise<Post> {
    const {integration, client, box} = context;
    const pending_post_id = box.fingerprint(
        integration.id,
        draft.mark.conversation ?? '',
        draft.mark.key,
        draft.root_id,
        salt,
        draft.occasion ?? '',
    );
    const props = propsOf(draft.mark, {version: context.version, attachments: draft.attachments});
    const {channel_id, root_id, message, file_ids = []} = draft;
    for (let tries = 0; ; tries++) {
        try {
            return await client.gate.create(() =>
                client.createPost({channel_id, root_id, message, file_ids, props: props as unknown as Post['props'], pending_post_id}),
            );
        } catch (error) {
            const running = error instanceof MattermostError && error.id === PENDING;
            if (!running || tries >= 20) throw error;
            // The same create is still under way: its answer comes with the same key.
            await context.sleep(300);
        }
    }
}

/**
 * The props of a post of ours. A patch with props replaces all of them: every writer of a post takes them from here.
 *
 * Mattermost fetches what a post links to, so that whoever a visitor names would learn when it is read here. `unsafe_links` stops the server and
 * the web app from that. It also hides attachments; where there are any, they keep the server from looking for something to embed, and where
 * `unsafe_links` is unknown, an empty list of them does.
 */
export function propsOf(
    mark: Mark,
    {version, attachments = []}: {version: string; attachments?: ButtonRow[] | undefined},
): Record<string, unknown> {
    if (attachments.length > 0) return {ireserve: mark, from_bot: 'true', attachments};
    return {ireserve: mark, unsafe_links: 'true', ...(knowsUnsafeLinks(version) ? {} : {attachments: []})};
}

export function markOf(post: Post): Mark | null {
    const mark = (post.props as {ireserve?: unknown} | undefined)?.ireserve;
    return typeof mark === 'object' && mark !== null ? (mark as Mark) : null;
}

function isOurs(context: Context, draft: Place, post: Post): boolean {
    return post.channel_id === draft.channel_id && bearsMark(context, draft.mark, post);
}

function bearsMark({botId, integration}: Context, {conversation, key}: Pick<Mark, 'conversation' | 'key'>, post: Post): boolean {
    const mark = markOf(post);
    return post.user_id === botId && mark?.integration === integration.id && mark.conversation === conversation && mark.key === key;
}

/** Finds the living post that an earlier try made. The search API does not index props, so the thread is read, or the channels' newest posts: a root may have been moved before we knew it. */
export async function findOwn(context: Context, draft: Place): Promise<Post | null> {
    if (!draft.root_id) return findInChannels(context, draft.mark, {first: draft.channel_id});
    const thread = await context.client.getPaginatedPostThread(draft.root_id, {fetchAll: true}).catch((error: unknown) => {
        // A root that is gone holds nothing of ours; making the post will say so in its own words.
        if (error instanceof MattermostError && error.kind === 'refused') return null;
        throw error;
    });
    return Object.values(thread?.posts ?? {}).find((post) => post.delete_at === 0 && isOurs(context, draft, post)) ?? null;
}

/**
 * Finds the posts of a message in a thread, in the order `post_ids` has them: its text, then its further files. Their ids change when a thread is
 * moved. A part that an edit added may bear the same number as a post of files, which was made when the text was shorter.
 */
export async function findParts(context: Context, root_id: string, conversation: string, message_id: string): Promise<string[]> {
    const {posts} = await context.client.getPaginatedPostThread(root_id, {fetchAll: true});
    const prefix = `message:${message_id}:`;
    const parts: {id: string; place: number; hasFurtherFiles: boolean}[] = [];
    for (const post of Object.values(posts)) {
        const mark = markOf(post);
        if (post.delete_at > 0 || post.user_id !== context.botId || mark?.integration !== context.integration.id) continue;
        if (mark.conversation !== conversation || !mark.key.startsWith(prefix)) continue;
        const place = Number(mark.key.slice(prefix.length).replace('edit:', ''));
        if (Number.isInteger(place)) parts.push({id: post.id, place, hasFurtherFiles: place > 0 && (post.file_ids?.length ?? 0) > 0});
    }
    return parts
        .sort((one, other) => Number(one.hasFurtherFiles) - Number(other.hasFurtherFiles) || one.place - other.place)
        .map(({id}) => id);
}

/**
 * Our living post with this mark in any channel the integration uses: "move thread" copies posts under new ids, props included, and deletes
 * the originals.
 *
 * @param first the channel to begin with @param except the id of the post that is known to be gone
 * @throws MattermostError, unless a channel other than the first may not be read
 */
export async function findInChannels(
    context: Context,
    mark: Pick<Mark, 'conversation' | 'key'>,
    {first, except}: {first?: string; except?: string} = {},
): Promise<Post | null> {
    const {channel_id, routing, notifications} = context.integration.config;
    const used = [channel_id, ...routing.map((rule) => rule.channel_id), ...Object.values(notifications)];
    for (const id of new Set(first ? [first, ...used] : used)) {
        try {
            const post = await findInChannel(context, id, (one) => one.id !== except && bearsMark(context, mark, one));
            if (post) return post;
        } catch (error) {
            // A channel the bot may not read can't be looked through.
            if (id === first || !(error instanceof MattermostError && error.kind === 'refused' && error.status !== 401)) throw error;
        }
    }
    return null;
}

/** Newest first, back to `context.since`. */
async function findInChannel({client, since}: Context, channel_id: string, wanted: (post: Post) => boolean): Promise<Post | null> {
    let pages = 0;
    for await (const posts of channelPages(client, channel_id)) {
        const found = posts.find((post) => post.delete_at === 0 && wanted(post));
        if (found) return found;
        const oldest = Math.min(...posts.map(({create_at}) => create_at));
        if (++pages === MOST_PAGES || oldest < since - CLOCK_MARGIN_MS) break;
    }
    return null;
}
