/** What was said while nobody listened: read from a durable cursor per channel, with overlap; every post is still taken only once. */
import type {Post, PostList} from '@mattermost/types/posts';
import {channelPages} from '../channel-pages.ts';
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';
import type {Database} from '../store/open.ts';
import type {ThreadRow} from '../store/schema.ts';
import {markOf} from '../to-mattermost/publish.ts';
import type {SettledPosts} from './settled-posts.ts';
import type {Take} from './take.ts';
import {isSystem} from './visit.ts';

/** Clocks differ, and rows become readable a moment after younger ones. */
const OVERLAP_MS = 60_000;
/** Mattermost gives no more than this, in no order (mattermost-server.md 5): then the rest is looked for thread by thread. */
const MOST_ROWS = 1000;
const MOST_PAGES = 200;
/** Threads without a word for this long are not read again after a long gap. */
const LIVELY_MS = 30 * 24 * 3_600_000;

export type CatchUp = {
    database: Database;
    take: Take;
    settled: SettledPosts;
    now: () => number;
    /** The ear was closed: what is left waits for the next. */
    closed: () => boolean;
};

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
 * Takes everything a channel holds since it was last heard. Only this moves the channel's cursor: an event that was lost without a trace is
 * found by the next look.
 *
 * @returns whether it was read; false: the bot may not read it
 * @throws MattermostError when the server can't be asked now
 */
export async function catchUp(
    {database, take, settled, now, closed}: CatchUp,
    integration: Integration,
    client: MattermostClient,
    channel_id: string,
): Promise<boolean> {
    const cursor = await cursorOf(database, integration, channel_id);
    const since = cursor - OVERLAP_MS;
    let list: PostList;
    try {
        list = await client.getPostsSince(channel_id, since);
    } catch (error) {
        if (error instanceof MattermostError && error.kind === 'refused' && error.status !== 401) return false;
        throw error;
    }
    const changed = Object.values(list.posts).filter((post) => post.update_at > since || post.delete_at > since);
    const long = changed.length >= MOST_ROWS;
    const said = long ? [...changed, ...(await newer(client, channel_id, since))] : changed;
    const known = await threadsIn(database, integration.id, channel_id, now() - LIVELY_MS);
    const roots = new Set(known.map(({root_id}) => root_id));
    const isKnown = ({root_id, id}: Post) => roots.has(root_id || id);
    // Looks overlap: what the last ones have read, unchanged since, is not read again.
    const news = long ? said : settled.unsettled(channel_id, said, isKnown);
    const threads = new Set(news.map(({root_id, id}) => root_id || id));
    // Which posts were edited or deleted can't be told from a list that was cut: whole threads are compared then.
    const changedOnes = known.filter(({root_id}) => long || threads.has(root_id));
    await take.lost(integration, takenAway(news, changedOnes, cursor));
    for (const ofOne of Map.groupBy(changedOnes, ({conversation_id}) => conversation_id).values()) {
        if (closed()) return true;
        const [first, ...others] = ofOne;
        if (first) await take.threads(integration, [first, ...others], {database});
    }
    // A thread that was moved here has a root nobody knows yet; one that was quiet for long is not among the known.
    const foreign = new Set<string>();
    for (const {id, root_id} of news) {
        if (closed()) return true;
        if (!root_id || roots.has(root_id) || foreign.has(root_id)) continue;
        const taken = await take.take(integration, id, {root_id, database});
        if (taken.some(({did}) => did === 'not_mirrored')) foreign.add(root_id);
    }
    settled.keep(channel_id, said, isKnown);
    await hear(database, integration.id, channel_id, Math.max(cursor, ...changed.map(({update_at}) => update_at)));
    return true;
}

/** What was deleted since the last look without ever having been read; the rows of earlier versions are deleted, too. */
function takenAway(changed: readonly Post[], threads: readonly ThreadRow[], cursor: number): string[] {
    const heard = new Map(threads.map(({root_id, heard_at}) => [root_id, heard_at]));
    const isLost = ({root_id, create_at, delete_at, original_id, type, props}: Post) =>
        delete_at > cursor && !original_id && !isSystem({type}) && !markOf({props} as Post) && create_at > (heard.get(root_id) ?? Infinity);
    return changed.filter(isLost).map(({id}) => id);
}

/** What was said since, newest first. */
async function newer(client: MattermostClient, channel_id: string, since: number): Promise<Post[]> {
    const said: Post[] = [];
    let pages = 0;
    for await (const posts of channelPages(client, channel_id)) {
        said.push(...posts);
        if (++pages === MOST_PAGES || posts.some(({create_at}) => create_at < since)) break;
    }
    return said;
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

/** Stored at once, so that what is said from now on is found however long the server can't be asked. */
async function cursorOf(database: Database, integration: Integration, channel_id: string): Promise<number> {
    const rows = await database.read.selectFrom('ear').selectAll().where('integration_id', '=', integration.id).execute();
    const own = rows.find((row) => row.channel_id === channel_id);
    if (own) return own.heard_at;
    // A thread was moved there, or conversations are routed there from now on: heard as far as the others are.
    const heard_at = rows.length > 0 ? Math.min(...rows.map((row) => row.heard_at)) : integration.updated_at;
    const since = begunAt(rows, integration);
    await database.write((tx) =>
        tx
            .insertInto('ear')
            .values({integration_id: integration.id, channel_id, heard_at, since})
            .onConflict((conflict) => conflict.columns(['integration_id', 'channel_id']).doNothing())
            .execute(),
    );
    return heard_at;
}

/** The first millisecond of which something is relayed: after an admin told the integration to. What was said before stays in Mattermost. */
export async function relaysSince(database: Database, integration: Integration): Promise<number> {
    const rows = await database.read.selectFrom('ear').select('since').where('integration_id', '=', integration.id).execute();
    // What was said in that very millisecond may have been meant for colleagues: then it stays.
    return begunAt(rows, integration) + 1;
}

const begunAt = (rows: readonly {since: number}[], {updated_at}: Integration): number =>
    rows.length > 0 ? Math.min(...rows.map(({since}) => since)) : updated_at;

/** Moves a channel's cursor on, never back. */
async function hear(database: Database, integration_id: string, channel_id: string, heard_at: number): Promise<void> {
    await database.write((tx) =>
        tx
            .updateTable('ear')
            .set({heard_at})
            .where('integration_id', '=', integration_id)
            .where('channel_id', '=', channel_id)
            .where('heard_at', '<', heard_at)
            .execute(),
    );
}

/** An integration that relays nothing has heard nothing: when it relays again, it begins there. */
export async function deafen(database: Database, integration_id: string): Promise<void> {
    await database.write((tx) => tx.deleteFrom('ear').where('integration_id', '=', integration_id).execute());
}
