/**
 * Standalone notifications that name an address. They belong to no conversation: those posted since the bridge keeps the fingerprints of the
 * addresses in them are found by these, wherever they stand; older ones by reading the channels.
 */
import type {Post} from '@mattermost/types/posts';
import {channelPages, POSTS_PER_PAGE} from '../channel-pages.ts';
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';
import type {SecretBox} from '../secrets.ts';
import type {Database, Tx} from '../store/open.ts';
import {addressesIn, addressMark} from '../to-mattermost/email-addresses.ts';
import {markOf} from '../to-mattermost/publish.ts';

/** Of a channel; each is a call. */
const MOST_PAGES = 50;

export type Looking = {
    database: Pick<Database, 'read'>;
    box: Pick<SecretBox, 'fingerprint'>;
    client: MattermostClient;
    botId: string;
};

export type NotificationsFound = {
    posts: Post[];
    /** Channels that could not be read, or not whole. */
    unread: {channel_id: string; why: string}[];
};

/** Finds the posts that name an address and still stand in Mattermost. @param email lower-cased. @throws MattermostError when the server can't be asked now */
export async function notificationsNaming(looking: Looking, {id, config}: Integration, email: string): Promise<NotificationsFound> {
    const {database, box, client, botId} = looking;
    const isOurs = (post: Post): boolean => {
        const mark = markOf(post);
        return post.delete_at === 0 && post.user_id === botId && mark?.integration === id && mark.kind === 'notification';
    };
    const posts = new Map<string, Post>();
    const unread: NotificationsFound['unread'] = [];
    const linked = await database.read
        .selectFrom('notification_address')
        .select(['post_id', 'channel_id'])
        .where('integration_id', '=', id)
        .where('mark', '=', addressMark(box, id, email))
        .execute();
    for (const {post_id, channel_id} of linked) {
        const post = await unlessRefused(client.getPost(post_id));
        if (post.refused?.status === 403) unread.push({channel_id, why: post.refused.message});
        if (post.given && isOurs(post.given)) posts.set(post_id, post.given);
    }
    for (const channel_id of await channelsOf(database, id, Object.values(config.notifications))) {
        const read = await unlessRefused(readChannel(client, channel_id));
        if (read.refused) unread.push({channel_id, why: read.refused.message});
        for (const post of read.given?.posts ?? []) if (isOurs(post) && addressesIn(post.message).includes(email)) posts.set(post.id, post);
        if (read.given && !read.given.isWhole) {
            const why = `only its newest ${MOST_PAGES * POSTS_PER_PAGE} posts were looked through by their text`;
            unread.push({channel_id, why});
        }
    }
    return {posts: [...posts.values()], unread};
}

/** Forgets that this post was made for a notification. */
export async function forgetNotification(tx: Tx, integration_id: string, post_id: string): Promise<void> {
    await tx.deleteFrom('notification_address').where('integration_id', '=', integration_id).where('post_id', '=', post_id).execute();
    for (const [table, column] of [
        ['message', 'post_ids'],
        ['delivery', 'result'],
    ] as const) {
        await tx
            .deleteFrom(table)
            .where('integration_id', '=', integration_id)
            .where((where) => where.or([where('conversation_id', '=', ''), where('conversation_id', 'is', null)]))
            .where(column, 'like', `%"${post_id}"%`)
            .execute();
    }
}

/** Finds the notifications that wait, or were given up: they keep their words. */
export async function waitingNotificationsNaming(
    {read}: Pick<Database, 'read'>,
    integration_id: string,
    email: string,
): Promise<{seq: number; source_id: string; state: string; received_at: number; event: unknown}[]> {
    const rows = await read
        .selectFrom('delivery')
        .select(['seq', 'source_id', 'state', 'received_at', 'body'])
        .where('integration_id', '=', integration_id)
        .where('type', '=', 'notification.created')
        .where('state', 'in', ['queued', 'dead'])
        .execute();
    return rows
        .map(({body, ...row}) => ({...row, event: JSON.parse(body) as unknown}))
        .filter(({event}) => addressesIn(event).includes(email));
}

/** Where notifications go now, and where they went as far as is remembered: a type may have been mapped elsewhere, or not at all any more. */
async function channelsOf({read}: Pick<Database, 'read'>, integration_id: string, mapped: string[]): Promise<Set<string>> {
    const rows = await read
        .selectFrom('notification_address')
        .select('channel_id')
        .distinct()
        .where('integration_id', '=', integration_id)
        .execute();
    const sent = await read
        .selectFrom('delivery')
        .select('channel_id')
        .distinct()
        .where('integration_id', '=', integration_id)
        .where('type', '=', 'notification.created')
        .where('channel_id', 'is not', null)
        .execute();
    return new Set([...mapped, ...rows.map(({channel_id}) => channel_id), ...sent.map(({channel_id}) => channel_id as string)]);
}

async function readChannel(client: MattermostClient, channel_id: string): Promise<{posts: Post[]; isWhole: boolean}> {
    const posts: Post[] = [];
    let pages = 0;
    for await (const page of channelPages(client, channel_id)) {
        posts.push(...page);
        if (++pages === MOST_PAGES) return {posts, isWhole: false};
    }
    return {posts, isWhole: true};
}

/** What Mattermost refuses for good is told; anything else is thrown, to be asked again. */
async function unlessRefused<T>(asked: Promise<T>): Promise<{given?: T; refused?: MattermostError}> {
    try {
        return {given: await asked};
    } catch (error) {
        if (error instanceof MattermostError && error.kind === 'refused' && error.status !== 401) return {refused: error};
        throw error;
    }
}
