/** message.edited and message.deleted: what was posted follows what is said at the source. */

import type {Result} from '../attempt.ts';
import type {EventOf} from '../contract.ts';
import {type AttachedFile, filesLeft} from '../deleted-files.ts';
import type {Tx} from '../store/open.ts';
import {findMessage, saveMessage} from '../store/records.ts';
import type {MessageRow, ThreadRow} from '../store/schema.ts';
import {fileNotices} from './file-notices.ts';
import {inBatches} from './files.ts';
import {formatMessage, formatWithdrawn} from './format.ts';
import {isArchived, isGone} from './gone.ts';
import {heal} from './heal.ts';
import {appendCard, forgetBytes} from './own-events.ts';
import {findInChannels, findParts, publish} from './publish.ts';
import {deletesDetachedFiles} from './server-version.ts';
import {
    delivered,
    excerptOf,
    type Held,
    ignored,
    type MessageFile,
    markFor,
    patch,
    rememberFacts,
    type Step,
    type StoredEvent,
} from './step.ts';
import {ensureThread, syncCard} from './threads.ts';

/** An edit that came before its message waits in the message's row; an edit older than what is shown is stale. */
async function held(
    step: Step,
    earlier: MessageRow | undefined,
    ids: {conversation_id: string; message_id: string},
    at: number,
    what: Held,
): Promise<Result> {
    const row: MessageRow = {
        integration_id: step.integration.id,
        conversation_id: ids.conversation_id,
        message_id: ids.message_id,
        direction: 'to-mattermost',
        state: 'expected',
        post_ids: '[]',
        author: '{}',
        excerpt: '',
        files: null,
        created_at: earlier?.created_at ?? step.now(),
        revised_at: at,
        held: JSON.stringify({...(earlier?.held ? (JSON.parse(earlier.held) as Held) : {}), ...what}),
    };
    return ignored('held_for_message', 'kept until the message itself arrives', (tx) => saveMessage(tx, row));
}

/** @param isAgain the thread was moved while this was done before */
export async function editMessage(step: Step, event: StoredEvent<'message.edited'>, isAgain = false): Promise<Result> {
    const {conversation_id, message_id, text, format} = event.data;
    const at = Date.parse(event.timestamp);
    const message = await findMessage(step.database.read, step.integration.id, conversation_id, message_id);
    if (message && at < message.revised_at) return ignored('stale', 'a newer edit was delivered already');
    if (!message || message.state === 'expected') return held(step, message, {conversation_id, message_id}, at, {text, format});
    if (message.state === 'withdrawn') return ignored('message_withdrawn', 'the message was withdrawn before');
    const author = JSON.parse(message.author) as EventOf<'message.created'>['data']['author'];
    const {config} = step.integration;
    const files = message.files ? (JSON.parse(message.files) as MessageFile[]) : [];
    const post_ids = await currentPosts(step, message);
    // Those of further files say so, and have nothing of the text.
    const filePosts = post_ids.splice(Math.max(1, post_ids.length - furtherPosts(files)));
    const parts = formatMessage({author, text, format, config, notices: fileNotices(files, config.language)});
    try {
        for (const [index, part] of parts.entries()) {
            const id = post_ids[index];
            if (!id) post_ids.push(await morePart(step, event, index, part, author));
            else await patch(step, id, part).catch(index === 0 ? rethrow : unlessGone(step, id));
        }
        // A shorter text leaves posts over. Where a message came before its files were noted, those with files are known by having some.
        for (const id of post_ids.splice(parts.length)) {
            const left = await step.client.getPost(id).catch(unlessGone(step, id));
            if (left?.file_ids?.length) filePosts.push(id);
            else if (left) await removePost(step, id);
        }
        post_ids.push(...filePosts);
    } catch (error) {
        if (!isAgain && (await hasMoved(step, message, post_ids[0], error))) return editMessage(step, event, true);
        return await goneOr(step, post_ids[0] ?? '', error, {...message, excerpt: excerptOf(text), revised_at: at});
    }
    const row: MessageRow = {...message, post_ids: JSON.stringify(post_ids), excerpt: excerptOf(text), revised_at: at};
    return finishEdit(step, post_ids, row);
}

/** Where a message's posts are now. After "move thread" they have new ids, found by their marks; it may have been an earlier thread. */
export async function currentPosts(step: Step, message: MessageRow): Promise<string[]> {
    const known = JSON.parse(message.post_ids) as string[];
    const first = known[0] ?? '';
    try {
        await step.client.getPost(first);
        return known;
    } catch (error) {
        if (!(await isGone(step, first, error))) return known;
        const {conversation_id, message_id, created_at} = message;
        const mark = {conversation: conversation_id, key: `message:${message_id}:0`};
        const moved = await findInChannels({...step, since: created_at}, mark, {except: first});
        return moved ? findParts(step, moved.root_id, conversation_id, message_id) : known;
    }
}

/** The post was there when it was looked for, and stands elsewhere by now. */
const hasMoved = async (step: Step, message: MessageRow, id = '', error: unknown): Promise<boolean> =>
    (await isGone(step, id, error)) && (await currentPosts(step, message))[0] !== id;

async function morePart(
    step: Step,
    {id, data}: EventOf<'message.edited'>,
    index: number,
    message: string,
    author: EventOf<'message.created'>['data']['author'],
): Promise<string> {
    const mark = markFor(step, `message:${data.message_id}:edit:${index}`, author);
    const make = ({channel_id, root_id}: ThreadRow) => publish(step, {channel_id, root_id, message, mark, occasion: id});
    const thread = await ensureThread(step, step.facts, step.thread);
    const post = await make(thread).catch(async (error: unknown) => {
        step.thread = await heal(step, step.facts, thread, error);
        if (!step.thread) throw error;
        return make(step.thread);
    });
    return post.id;
}

/** How many posts a message has for files beyond those of its first. */
export function furtherPosts(files: readonly MessageFile[]): number {
    const own = files.filter((file) => file.own).length;
    // Before the number of their post was kept, all that were uploaded came along.
    const uploaded = files.filter(({state, code, own}) => !own && (state === 'attached' || code === 'attachment_not_attached'));
    const known = files.flatMap(({batch}) => (batch === undefined ? [] : [batch]));
    const last = known.length > 0 ? Math.max(...known) : inBatches(uploaded).length - 1;
    return Math.max(0, last) + own;
}

const rethrow = (error: unknown): never => {
    throw error;
};

/** What people deleted in Mattermost stays deleted. */
const unlessGone =
    (step: Step, id: string) =>
    async (error: unknown): Promise<null> => {
        if (!(await isGone(step, id, error))) throw error;
        return null;
    };

/** @param isAgain the thread was moved while this was done before */
export async function withdrawMessage(step: Step, event: StoredEvent<'message.deleted'>, isAgain = false): Promise<Result> {
    const {conversation_id, message_id} = event.data;
    const at = Date.parse(event.timestamp);
    const message = await findMessage(step.database.read, step.integration.id, conversation_id, message_id);
    if (!message || message.state === 'expected') return held(step, message, {conversation_id, message_id}, at, {withdrawn: true});
    if (message.state === 'withdrawn') return ignored('message_withdrawn', 'the message was withdrawn before');
    // Its words may stand on the card: as what waits for an answer, or quoted where the thread was made anew.
    await step.database.write(async (tx) => {
        await saveMessage(tx, {...message, excerpt: ''});
        await forgetBytes(tx, step.integration.id, conversation_id, message_id);
    });
    if (step.thread) await syncCard(step, step.facts, step.thread);
    const withdrawn: MessageRow = {...message, state: 'withdrawn', excerpt: '', revised_at: Math.max(at, message.revised_at)};
    const [first = '', ...others] = await currentPosts(step, message);
    const author = JSON.parse(message.author) as EventOf<'message.created'>['data']['author'];
    const notice = formatWithdrawn({author, config: step.integration.config});
    const files: AttachedFile[] = [];
    let shown = first;
    try {
        // First, or they would stay when only the first post is gone.
        for (const id of others) {
            files.push(...(await filesOf(step, id)));
            await removePost(step, id);
        }
        const own = await filesOf(step, first);
        files.push(...own);
        if (own.length > 0 && step.thread && !deletesDetachedFiles(step.version)) {
            shown = await replaceByNotice(step, step.thread, {first, notice, message_id, author});
        } else {
            await patch(step, first, notice, {file_ids: []});
        }
    } catch (error) {
        if (!isAgain && (await hasMoved(step, message, first, error))) return withdrawMessage(step, event, true);
        return await goneOr(step, first, error, withdrawn);
    }
    const row: MessageRow = {...withdrawn, post_ids: JSON.stringify([shown])};
    const result = await finishEdit(step, [shown], row);
    const left = await filesLeft(step.client, files, step.sleep);
    if (left.length === 0 || result.kind !== 'final') return result;
    const detail = left.map(({file_id, post_id, why}) => `file ${file_id} of post ${post_id}: ${why}`).join('; ');
    return {...result, reason: {code: 'file_left', detail}};
}

async function filesOf(step: Step, post_id: string): Promise<AttachedFile[]> {
    const post = await step.client.getPost(post_id).catch(unlessGone(step, post_id));
    return (post?.file_ids ?? []).map((file_id) => ({file_id, post_id}));
}

/** Where an edit that takes files off a post leaves them to be downloaded, only its deletion takes them away: the notice is a post of its own. */
async function replaceByNotice(
    step: Step,
    {channel_id, root_id}: ThreadRow,
    {
        first,
        notice,
        message_id,
        author,
    }: {first: string; notice: string; message_id: string; author: EventOf<'message.created'>['data']['author']},
): Promise<string> {
    const mark = markFor(step, `message:${message_id}:withdrawn`, author);
    const {id} = await publish(step, {channel_id, root_id, message: notice, mark});
    await removePost(step, first);
    return id;
}

async function finishEdit(step: Step, post_ids: string[], row: MessageRow): Promise<Result> {
    const writes = (tx: Tx) => saveRevised(tx, step, row);
    return step.thread ? delivered(step, step.thread, post_ids, writes) : {kind: 'final', state: 'delivered', result: {post_ids}, writes};
}

/** The words, what they change, and the card when it shows them. */
async function saveRevised(tx: Tx, step: Step, row: MessageRow): Promise<void> {
    const {integration, facts, now} = step;
    await saveMessage(tx, row);
    await rememberFacts(step)(tx);
    if (facts.unanswered.some(({message_id}) => message_id === row.message_id))
        await appendCard(tx, integration.id, facts.conversation_id, now());
}

/** Deleting twice is 403 on older servers and 404 on newer ones: both mean done. */
export async function removePost(step: Step, id: string): Promise<void> {
    try {
        await step.client.deletePost(id);
    } catch (error) {
        if (!(await isGone(step, id, error))) throw error;
    }
}

/** @param row the message as it is now all the same: its words may stand on the card */
async function goneOr(step: Step, id: string, error: unknown, row: MessageRow): Promise<Result> {
    if (await isGone(step, id, error))
        return ignored('post_gone', 'the post was deleted in Mattermost', (tx) => saveRevised(tx, step, row));
    // An older post can't be moved out of an archived channel: nothing to wait for.
    if (isArchived(error)) return {kind: 'never', reason: {code: 'channel_archived', detail: 'the post is in an archived channel'}};
    throw error;
}
