/** What was said while nobody listened: read from a durable cursor per channel, with overlap; every post is still taken only once. */
import type {Post, PostList} from '@mattermost/types/posts';
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';
import type {Database} from '../store/open.ts';
import type {ThreadRow} from '../store/schema.ts';
import type {Take} from './take.ts';

/** Clocks differ, and rows become readable a moment after younger ones. */
const OVERLAP_MS = 60_000;
/** Mattermost gives no more than this, in no order (mattermost-server.md 5): then the rest is looked for thread by thread. */
const MOST_ROWS = 1000;
const PAGE = 200;
const MOST_PAGES = 200;
/** Threads without a word for this long are not read again after a long gap. */
const LIVELY_MS = 30 * 24 * 3_600_000;

export type CatchUp = {database: Database; take: Take; now: () => number};

/** Channels with mirrored threads, and those new ones will come to. */
export async function channelsOf(database: Database, {id, config}: Integration, now: number): Promise<string[]> {
    const rows = await database.read
        .selectFrom('thread')
        .innerJoin('conversation', (join) =>
            join
                .onRef('conversation.integration_id', '=', 'thread.integration_id')
                .onRef('conversation.conversation_id', '=', 'thread.conversation_id'),
        )
        .select('thread.channel_id')
        .distinct()
        .where('thread.integration_id', '=', id)
        .where('conversation.activity_at', '>', now - LIVELY_MS)
        .execute();
    return [
        ...new Set([config.channel_id, ...config.routing.map(({channel_id}) => channel_id), ...rows.map(({channel_id}) => channel_id)]),
    ];
}

/**
 * Takes everything a channel holds since it was last heard.
 *
 * @returns whether it was read; false: the bot may not read it
 * @throws MattermostError when the server can't be asked now
 */
export async function catchUp(
    {database, take, now}: CatchUp,
    integration: Integration,
    client: MattermostClient,
    channel_id: string,
): Promise<boolean> {
    const at = now();
    const cursor = await cursorOf(database, integration.id, channel_id);
    if (cursor === null) {
        // What was said before the bridge was told to relay stays where it is.
        await hear(database, integration.id, channel_id, at);
        return true;
    }
    const since = cursor - OVERLAP_MS;
    let list: PostList;
    try {
        list = await client.getPostsSince(channel_id, since);
    } catch (error) {
        if (error instanceof MattermostError && error.kind === 'refused' && error.status !== 401) return false;
        throw error;
    }
    const changed = Object.values(list.posts).filter((post) => post.update_at > since || post.delete_at > since);
    const threads = new Set(changed.map(({root_id, id}) => root_id || id));
    const long = changed.length >= MOST_ROWS;
    if (long) for (const root of await newer(client, channel_id, cursor - OVERLAP_MS)) threads.add(root);
    const known = await threadsIn(database, integration.id, channel_id, at - LIVELY_MS);
    for (const thread of known) {
        // Which posts were edited or deleted can't be told from a list that was cut: whole threads are compared then.
        if (long || threads.has(thread.root_id)) await take.thread(integration, thread, {whole: true});
    }
    // A thread that was moved here has a root nobody knows yet.
    const strangers = changed.filter(({root_id}) => root_id && !known.some((thread) => thread.root_id === root_id));
    for (const root_id of new Set(strangers.map((post) => post.root_id))) {
        const post = strangers.find((one) => one.root_id === root_id);
        if (post) await take.take(integration, post.id, {root_id});
    }
    await hear(database, integration.id, channel_id, Math.max(cursor, ...changed.map(({update_at}) => update_at)));
    return true;
}

/** Roots of what was said since, page by page, newest first. */
async function newer(client: MattermostClient, channel_id: string, since: number): Promise<Set<string>> {
    const roots = new Set<string>();
    for (let page = 0; page < MOST_PAGES; page++) {
        const {posts, order} = await client.getPosts(channel_id, page, PAGE, false);
        const listed = order.map((id) => posts[id]).filter((post): post is Post => post !== undefined);
        for (const {root_id, id} of listed) roots.add(root_id || id);
        if (order.length < PAGE || listed.some(({create_at}) => create_at < since)) break;
    }
    return roots;
}

function threadsIn(database: Database, integration_id: string, channel_id: string, since: number): Promise<ThreadRow[]> {
    return database.read
        .selectFrom('thread')
        .innerJoin('conversation', (join) =>
            join
                .onRef('conversation.integration_id', '=', 'thread.integration_id')
                .onRef('conversation.conversation_id', '=', 'thread.conversation_id'),
        )
        .selectAll('thread')
        .where('thread.integration_id', '=', integration_id)
        .where('thread.channel_id', '=', channel_id)
        .where('conversation.activity_at', '>', since)
        .orderBy('thread.created_at', 'desc')
        .execute();
}

async function cursorOf(database: Database, integration_id: string, channel_id: string): Promise<number | null> {
    const row = await database.read
        .selectFrom('ear')
        .select('heard_at')
        .where('integration_id', '=', integration_id)
        .where('channel_id', '=', channel_id)
        .executeTakeFirst();
    return row?.heard_at ?? null;
}

/** Moves a channel's cursor on, never back. */
export async function hear(database: Database, integration_id: string, channel_id: string, heard_at: number): Promise<void> {
    await database.write((tx) =>
        tx
            .insertInto('ear')
            .values({integration_id, channel_id, heard_at})
            .onConflict((conflict) =>
                conflict.columns(['integration_id', 'channel_id']).doUpdateSet({heard_at}).where('ear.heard_at', '<', heard_at),
            )
            .execute(),
    );
}

/** An integration that relays nothing has heard nothing: when it relays again, it begins there. */
export async function deafen(database: Database, integration_id: string): Promise<void> {
    await database.write((tx) => tx.deleteFrom('ear').where('integration_id', '=', integration_id).execute());
}
