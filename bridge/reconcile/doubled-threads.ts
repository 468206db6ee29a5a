/** Threads of a conversation that the bridge does not know, beside the one it does: looked for in the channels conversations go to. */
import type {Post} from '@mattermost/types/posts';
import {channelPages, POSTS_PER_PAGE} from '../channel-pages.ts';
import type {IntegrationConfig} from '../integration.ts';
import {MattermostError} from '../mattermost.ts';
import {markOf} from '../to-mattermost/publish.ts';
import type {Comparing, InMattermost} from './with-mattermost.ts';

/** Of a channel. */
const MOST_PAGES = 100;
/** Mattermost's clock may differ from ours. */
const MARGIN_MS = 10 * 60_000;
/** Ids per statement: databases bound its parameters. */
const AT_ONCE = 200;

type Looking = {
    config: Pick<IntegrationConfig, 'channel_id' | 'routing'>;
    /** Conversations that are compared, and whose own thread stands. */
    conversations: readonly string[];
    /** Roots made since then are looked at. */
    since: number;
    closed: () => boolean;
};

/** @throws MattermostError when the server can't be asked now */
export async function findDoubledThreads(
    comparing: Comparing,
    {config, conversations, since, closed}: Looking,
): Promise<{found: InMattermost[]; problem: string | null}> {
    if (conversations.length === 0) return {found: [], problem: null};
    const known = await knownThreads(comparing, conversations);
    const channels = new Set([config.channel_id, ...config.routing.map(({channel_id}) => channel_id), ...known.channels]);
    const found: InMattermost[] = [];
    const cut: string[] = [];
    for (const channel_id of channels) {
        if (closed()) break;
        const {posts, isWhole} = await rootsIn(comparing, channel_id, since - MARGIN_MS);
        if (!isWhole) cut.push(channel_id);
        for (const post of posts) {
            const conversation_id = markOf(post)?.conversation ?? '';
            const thread = known.current.get(conversation_id);
            if (!thread || known.roots.has(post.id)) continue;
            const detail = `a second thread of the conversation, beside ${thread.root_id}`;
            found.push({kind: 'thread_doubled', conversation_id, id: post.id, detail, repaired: false, thread});
        }
    }
    // One that was being opened is known by now.
    const opened = found.length > 0 ? (await knownThreads(comparing, conversations)).roots : new Set<string>();
    const problem =
        cut.length > 0
            ? `only the newest ${MOST_PAGES * POSTS_PER_PAGE} posts of ${cut.join(', ')} were searched for doubled threads`
            : null;
    return {found: found.filter(({id}) => id === null || !opened.has(id)), problem};
}

async function knownThreads({database, integration_id}: Comparing, conversations: readonly string[]) {
    const current = new Map<string, NonNullable<InMattermost['thread']>>();
    const roots = new Set<string>();
    const channels = new Set<string>();
    for (let from = 0; from < conversations.length; from += AT_ONCE) {
        const rows = await database.read
            .selectFrom('thread')
            .selectAll()
            .where('integration_id', '=', integration_id)
            .where('conversation_id', 'in', conversations.slice(from, from + AT_ONCE))
            .orderBy('number')
            .execute();
        for (const row of rows) {
            current.set(row.conversation_id, row);
            roots.add(row.root_id);
            channels.add(row.channel_id);
        }
    }
    return {current, roots, channels};
}

/** Cards of ours, newest first. A channel the bot may not read holds none that it could tell of. */
async function rootsIn(
    {client, botId, integration_id}: Comparing,
    channel_id: string,
    since: number,
): Promise<{posts: Post[]; isWhole: boolean}> {
    const roots: Post[] = [];
    let pages = 0;
    try {
        for await (const posts of channelPages(client, channel_id)) {
            roots.push(
                ...posts.filter((post) => {
                    const mark = markOf(post);
                    const isRoot = post.root_id === '' && post.delete_at === 0 && post.user_id === botId;
                    return isRoot && mark?.kind === 'root' && mark.integration === integration_id && post.create_at >= since;
                }),
            );
            if (posts.some(({create_at}) => create_at < since)) break;
            if (++pages === MOST_PAGES) return {posts: roots, isWhole: false};
        }
    } catch (error) {
        if (!(error instanceof MattermostError) || error.kind !== 'refused' || error.status === 401) throw error;
    }
    return {posts: roots, isWhole: true};
}
