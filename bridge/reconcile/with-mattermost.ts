/** What the bridge remembers of a conversation against what stands in its threads. */
import type {Post} from '@mattermost/types/posts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';
import type {Database} from '../store/open.ts';
import type {ThreadRow} from '../store/schema.ts';
import {isDeleted, isSystem} from '../to-ireserve/visit.ts';
import {markOf} from '../to-mattermost/publish.ts';
import type {Finding} from './report.ts';

export type Comparing = {database: Database; client: MattermostClient; botId: string; integration_id: string};

/** Finding with what its repair needs. */
export type InMattermost = Finding & {thread?: ThreadRow; copies?: string[]; message_id?: string};

/** @throws MattermostError when the server can't be asked now */
export async function compareWithMattermost(comparing: Comparing, conversation_id: string): Promise<InMattermost[]> {
    const {database, integration_id} = comparing;
    const threads = await database.read
        .selectFrom('thread')
        .selectAll()
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .orderBy('number')
        .execute();
    const there = new Map<string, Post>();
    const found: InMattermost[] = [];
    const gone = new Set<number>();
    for (const thread of threads) {
        const posts = await readThread(comparing.client, thread);
        const isLast = thread === threads.at(-1);
        if (posts === 'gone') {
            gone.add(thread.number);
            // An older one was deleted and followed by this: that is known.
            if (isLast) found.push(finding(thread, 'thread_missing', thread.root_id, 'the root post was deleted'));
            continue;
        }
        if (typeof posts === 'string') {
            gone.add(thread.number);
            found.push(finding(thread, 'unreadable', thread.channel_id, posts));
            continue;
        }
        for (const post of posts) there.set(post.id, post);
        found.push(...doubledIn(comparing, thread, posts), ...(await notTakenIn(comparing, thread, posts)));
    }
    // What stood in a thread that is gone went with it.
    if (gone.size === 0) found.push(...(await missingOf(comparing, conversation_id, there)));
    return found;
}

const finding = (thread: ThreadRow, kind: Finding['kind'], id: string, detail: string): InMattermost => ({
    ...{kind, conversation_id: thread.conversation_id, id, detail, thread},
    repaired: false,
});

async function readThread(client: MattermostClient, {root_id}: ThreadRow): Promise<Post[] | 'gone' | string> {
    try {
        const {posts} = await client.getPaginatedPostThread(root_id, {fetchAll: true});
        return Object.values(posts).filter(({delete_at}) => delete_at === 0);
    } catch (error) {
        if (!(error instanceof MattermostError) || error.kind !== 'refused' || error.status === 401) throw error;
        return (await isDeleted(client, root_id)) ? 'gone' : error.message;
    }
}

/** Posts of ours under the same mark: the oldest is the one that counts. */
function doubledIn({botId, integration_id}: Comparing, thread: ThreadRow, posts: readonly Post[]): InMattermost[] {
    const byKey = new Map<string, Post[]>();
    for (const post of posts) {
        const mark = markOf(post);
        if (post.user_id !== botId || mark?.integration !== integration_id || mark.kind !== 'message') continue;
        byKey.set(mark.key, [...(byKey.get(mark.key) ?? []), post]);
    }
    return [...byKey].flatMap(([key, same]) => {
        const [first, ...copies] = same.sort((a, b) => a.create_at - b.create_at);
        if (!first || copies.length === 0) return [];
        return [{...finding(thread, 'doubled', first.id, `${key} stands ${same.length} times`), copies: copies.map(({id}) => id)}];
    });
}

async function notTakenIn(
    {database, botId, integration_id}: Comparing,
    thread: ThreadRow,
    posts: readonly Post[],
): Promise<InMattermost[]> {
    // Up to there everything was judged; what was dropped then had a reason.
    const later = posts.filter((post) => post.user_id !== botId && !isSystem(post) && post.create_at > thread.heard_at);
    if (later.length === 0) return [];
    const known = await database.read
        .selectFrom('reply')
        .select('post_id')
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', thread.conversation_id)
        .execute();
    const ids = new Set(known.map(({post_id}) => post_id));
    return later.filter(({id}) => !ids.has(id)).map(({id}) => finding(thread, 'not_taken', id, 'said after the bridge last looked'));
}

async function missingOf(
    {database, integration_id}: Comparing,
    conversation_id: string,
    there: ReadonlyMap<string, Post>,
): Promise<InMattermost[]> {
    const rows = await database.read
        .selectFrom('message')
        .select(['message_id', 'post_ids'])
        .where('integration_id', '=', integration_id)
        .where('conversation_id', '=', conversation_id)
        .where('direction', '=', 'to-mattermost')
        .where('state', '=', 'posted')
        .execute();
    const keys = new Set([...there.values()].map((post) => markOf(post)?.key));
    return rows.flatMap(({message_id, post_ids}) => {
        const ids = JSON.parse(post_ids) as string[];
        // "Move thread" gives new ids; the mark stays.
        const missing = ids.filter((id, part) => !there.has(id) && !keys.has(`message:${message_id}:${part}`));
        if (ids.length === 0 || missing.length < ids.length) return [];
        const detail = 'its posts are not in the thread any more';
        return [{kind: 'post_missing' as const, conversation_id, id: message_id, detail, repaired: false, message_id}];
    });
}
