/**
 * A conversation that stands in two threads goes on in one: after a create whose answer was lost together with the store, say. Asked for by an admin.
 *
 * Nothing anybody said is lost by it, and nothing leaves that would not have left:
 * - the thread people wrote in is the one; when that is both or neither, the one the bridge knows
 * - the other one is deleted only when the bridge alone wrote in it and all of it stands in the one, too; else it gets a pointer, and is remembered as an
 *   older thread of the conversation: it is listened to, compared, exported and erased with it
 * - what people wrote in a thread the bridge did not know stays there, for nobody knows whether it left once; 📤 sends it
 */
import type {Post} from '@mattermost/types/posts';
import type {Result} from '../attempt.ts';
import {MattermostError} from '../mattermost.ts';
import {countReplies, heardUpTo, updateThread} from '../store/records.ts';
import type {ThreadRow} from '../store/schema.ts';
import {TAKE_OVERLAP_MS} from '../to-ireserve/read-on.ts';
import {isSystem} from '../to-ireserve/visit.ts';
import type {OwnEventOf} from './own-events.ts';
import {phrases} from './phrases.ts';
import {type Mark, markOf, propsOf, publish} from './publish.ts';
import {delivered, ignored, type Step} from './step.ts';
import {syncCard} from './threads.ts';

export async function joinThreads(step: Step, {data}: OwnEventOf<'bridge.join'>): Promise<Result> {
    const {thread} = step;
    if (!thread) return ignored('no_thread', 'the conversation has no thread yet');
    const stored = await storedThreads(step);
    const other = stored.some(({root_id}) => root_id === data.root_id) ? data.beside : data.root_id;
    // Both are known by now: this was done.
    if (stored.some(({root_id}) => root_id === other)) return delivered(step, thread, []);
    const [mine, theirs] = [await readThread(step, thread.root_id), await readThread(step, other)];
    if (!mine) return ignored('root_gone', 'the thread’s root was deleted');
    if (!theirs || !isRootOf(step, theirs, other)) return ignored('post_gone', 'the other thread is gone');
    // Taken up by a try that did not end.
    if (thread.root_id === data.root_id) await announce(step, thread);
    const isBetter = thread.root_id === data.beside && other === data.root_id && hasPeople(step, theirs) && !hasPeople(step, mine);
    if (!isBetter) {
        await leave(step, other, thread);
        return delivered(step, thread, []);
    }
    const taken = await takeUp(step, thread, {root_id: other, posts: theirs});
    await leave(step, thread.root_id, taken, thread.heard_at);
    return delivered(step, taken, []);
}

const storedThreads = ({database, integration, facts}: Step): Promise<ThreadRow[]> =>
    database.read
        .selectFrom('thread')
        .selectAll()
        .where('integration_id', '=', integration.id)
        .where('conversation_id', '=', facts.conversation_id)
        .execute();

/** Null: it is gone. @throws MattermostError */
async function readThread({client}: Step, root_id: string): Promise<Post[] | null> {
    try {
        const {posts} = await client.getPaginatedPostThread(root_id, {fetchAll: true});
        const standing = Object.values(posts).filter(({delete_at}) => delete_at === 0);
        return standing.some(({id}) => id === root_id) ? standing : null;
    } catch (error) {
        if (error instanceof MattermostError && error.kind === 'refused' && error.status === 404) return null;
        throw error;
    }
}

function isRootOf({botId, integration, facts}: Step, posts: readonly Post[], root_id: string): boolean {
    const root = posts.find(({id}) => id === root_id);
    const mark = root && root.user_id === botId ? markOf(root) : null;
    return mark?.integration === integration.id && mark.conversation === facts.conversation_id;
}

/** What a person said in a dialog is the bot's post, and theirs all the same. */
const hasPeople = ({botId}: Step, posts: readonly Post[]): boolean =>
    posts.some((post) => (post.user_id !== botId ? !isSystem(post) : markOf(post)?.key.startsWith('said:') === true));

type Standing = {root_id: string; posts: readonly Post[]};

/** The bridge goes on in that thread, and finds its messages there. */
async function takeUp(step: Step, thread: ThreadRow, {root_id, posts}: Standing): Promise<ThreadRow> {
    const {database, integration} = step;
    const {channel_id = thread.channel_id} = posts.find(({id}) => id === root_id) ?? {};
    const parts = partsIn(posts);
    await database.write(async (tx) => {
        await updateThread(tx, thread, {root_id, channel_id, card_digest: ''});
        await countReplies(tx, thread, posts.length - 1 - thread.replies);
        await heardUpTo(tx, thread, judgedUpTo(posts));
        for (const [message_id, post_ids] of parts)
            await tx
                .updateTable('message')
                .set({post_ids: JSON.stringify(post_ids.filter(Boolean))})
                .where('integration_id', '=', integration.id)
                .where('conversation_id', '=', thread.conversation_id)
                .where('direction', '=', 'to-mattermost')
                .where('message_id', '=', message_id)
                .where('state', '=', 'posted')
                .execute();
    });
    const taken = {...thread, root_id, channel_id, card_digest: ''};
    await announce(step, taken);
    return taken;
}

async function announce(step: Step, thread: ThreadRow): Promise<void> {
    const {channel_id, root_id} = thread;
    await syncCard(step, step.facts, thread);
    const message = phrases(step.integration.config.language).takenUp;
    // Begun again, it may stand there already.
    await publish({...step, uncertain: true}, {channel_id, root_id, message, mark: markFor(step, `taken-up:${root_id}`, 'line')});
}

/** Ids of a message's posts, by their place in it. */
function partsIn(posts: readonly Post[]): Map<string, string[]> {
    const found = new Map<string, string[]>();
    for (const post of posts) {
        const [, message_id, place] = /^message:(.+):(\d+)$/.exec(markOf(post)?.key ?? '') ?? [];
        if (message_id === undefined) continue;
        const ids = found.get(message_id) ?? [];
        ids[Number(place)] = post.id;
        found.set(message_id, ids);
    }
    return found;
}

/**
 * Deleted where nothing is lost by it, else a pointer: it is no card of the conversation any more, and its buttons are gone.
 *
 * @param heard_at up to where the bridge had judged what is said there, if it knew it
 */
async function leave(step: Step, root_id: string, kept: ThreadRow, heard_at?: number): Promise<void> {
    // Somebody may have written in it just now.
    const posts = (await readThread(step, root_id)) ?? [];
    const root = posts.find(({id}) => id === root_id);
    if (!root) return;
    if (!hasPeople(step, posts) && !root.is_pinned && (await isCopy(step, posts))) {
        await step.client.deletePost(root_id);
        return;
    }
    const url = await step.permalink(kept.channel_id, kept.root_id);
    const message = phrases(step.integration.config.language).doubledIn(url);
    const {channel_id} = root;
    await publish({...step, uncertain: true}, {channel_id, root_id, message, mark: markFor(step, `joined:${kept.root_id}`, 'link')});
    const props = propsOf(markFor(step, `left:${root_id}`, 'link'), step);
    await step.client.patchPost({id: root_id, message: root.message, props} as unknown as Parameters<typeof step.client.patchPost>[0]);
    await remember(step, root_id, channel_id, posts, heard_at);
}

/** Below the first: none comes before that, and none after it is meant. */
async function remember(
    step: Step,
    root_id: string,
    channel_id: string,
    posts: readonly Post[],
    heard_at: number | undefined,
): Promise<void> {
    const {database, integration, facts, now} = step;
    const lowest = Math.min(0, ...(await storedThreads(step)).map(({number}) => number));
    const thread: ThreadRow = {
        ...{integration_id: integration.id, conversation_id: facts.conversation_id, number: lowest - 1},
        ...{channel_id, root_id, reason: 'started', replies: posts.length, card_digest: '', linked: 1, created_at: now()},
        ...{heard_at: heard_at ?? judgedUpTo(posts), moved_from: null},
    };
    await database.write((tx) => tx.insertInto('thread').values(thread).execute());
}

/** Nothing that stands there now is taken by itself. */
const judgedUpTo = (posts: readonly Post[]): number => Math.max(...posts.map(({create_at}) => create_at)) + TAKE_OVERLAP_MS + 1;

/** Whether all that was said there stands in a thread the bridge knows. */
async function isCopy(step: Step, posts: readonly Post[]): Promise<boolean> {
    const keys = (among: readonly Post[]) =>
        among.flatMap((post) => {
            const mark = markOf(post);
            return mark && (mark.kind === 'message' || mark.kind === 'note') ? [mark.key] : [];
        });
    const known = new Set<string>();
    for (const {root_id} of await storedThreads(step)) for (const key of keys((await readThread(step, root_id)) ?? [])) known.add(key);
    return keys(posts).every((key) => known.has(key));
}

const markFor = ({integration, facts}: Step, key: string, kind: Mark['kind']): Mark => ({
    v: 1,
    integration: integration.id,
    conversation: facts.conversation_id,
    key,
    kind,
});
