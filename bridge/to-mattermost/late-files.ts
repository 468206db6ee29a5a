/** Files that come after the text of their message: brought to Mattermost for as long as words would be, then shown at the message. */
import type {Post} from '@mattermost/types/posts';
import type {Result, Turn} from '../attempt.ts';
import type {FileOutcome, MessageAuthor} from '../contract.ts';
import {MattermostError} from '../mattermost.ts';
import {REASONS} from '../reasons.ts';
import type {Tx} from '../store/open.ts';
import {countReplies, findMessage, saveMessage} from '../store/records.ts';
import type {DeliveryRow, MessageRow} from '../store/schema.ts';
import {fileNotice, replaceNotice} from './file-notices.ts';
import {bring, FILES_PER_POST, type StoredAttachment} from './files.ts';
import {formatMessage} from './format.ts';
import {isArchived, isGone} from './gone.ts';
import {appendOwn, type FilePlace, type OwnEvent, type OwnEventOf} from './own-events.ts';
import {phrases} from './phrases.ts';
import {publish} from './publish.ts';
import {currentPosts, furtherPosts, removePost} from './revise-message.ts';
import {fileContext, ignored, type MessageFile, markFor, patch, type Step} from './step.ts';

type Attach = OwnEventOf<'bridge.attach'>;

/** Numbers of the posts of single files, above those of any part of the text: whoever looks for a message's posts finds them last. */
const FIRST_FILE_POST = 1000;

/** Queues what is left to do for the files of a message just posted: those to be brought, and those the post was made without. */
export async function appendLate(
    tx: Tx,
    step: Pick<Step, 'integration' | 'seq' | 'now'>,
    {conversation_id, message_id}: {conversation_id: string; message_id: string},
    attachments: readonly StoredAttachment[],
    {files, unattached}: {files: readonly FileOutcome[]; unattached: ReadonlyMap<number, string>},
): Promise<void> {
    const {integration, seq, now} = step;
    for (const [place, file] of files.entries()) {
        const attachment = attachments[place];
        if (file.state !== 'waiting' || !attachment) continue;
        const where: FilePlace = {conversation_id, message_id, place, of: seq};
        const id = unattached.get(place);
        if (id !== undefined) {
            await appendAttach(tx, integration.id, where, {file: {id, name: file.name}}, now());
            continue;
        }
        const event: OwnEvent = {type: 'bridge.file', timestamp: new Date(now()).toISOString(), data: {...where, attachment}};
        const late = await appendOwn(tx, integration.id, event, `${seq}/${place}`, now());
        // Its bytes stay until it is delivered itself.
        if (late !== null && 'file_id' in attachment)
            await tx.updateTable('file').set({delivery_seq: late}).where('id', '=', attachment.file_id).execute();
    }
}

function appendAttach(
    tx: Tx,
    integration_id: string,
    where: FilePlace,
    came: {file: {id: string; name: string}} | {code: string},
    now: number,
) {
    const event: OwnEvent = {type: 'bridge.attach', timestamp: new Date(now).toISOString(), data: {...where, ...came}};
    return appendOwn(tx, integration_id, event, `${where.of}/${where.place}/${'file' in came ? came.file.id : came.code}`, now);
}

/** Brings a file to Mattermost. Shown it is in the conversation's own lane, where nothing else changes its message meanwhile. */
export async function bringLate(step: Step, {data}: OwnEventOf<'bridge.file'>): Promise<Result> {
    const {attachment, ...where} = data;
    const {integration, now} = step;
    const message = await findMessage(step.database.read, integration.id, where.conversation_id, where.message_id);
    const withdrawn = {code: 'attachment_withdrawn'};
    if (message?.state !== 'posted')
        return ignored(withdrawn.code, 'its message was withdrawn', (tx) =>
            tellOutcome(tx, where, missing(attachment.name, withdrawn.code)),
        );
    const brought = await bring(fileContext(step), step.thread?.channel_id ?? integration.config.channel_id, attachment);
    if (brought.state === 'later') throw brought.error;
    if (brought.state === 'missing')
        return ignored(brought.code, 'the file can’t be brought over; its message says so', async (tx) => {
            await appendAttach(tx, integration.id, where, {code: brought.code}, now());
        });
    return {
        kind: 'final',
        state: 'delivered',
        writes: async (tx) => {
            await appendAttach(tx, integration.id, where, {file: brought.file}, now());
        },
    };
}

/**
 * Shows at its message what became of a file: it is put into the message's first post where Mattermost can do that, else into a post of its own
 * below; and the line that it follows goes, or says why it does not come.
 */
export async function attachLate(step: Step, {data}: Attach): Promise<Result> {
    const {conversation_id, message_id, place} = data;
    const message = await findMessage(step.database.read, step.integration.id, conversation_id, message_id);
    const files = message?.files ? (JSON.parse(message.files) as MessageFile[]) : [];
    const before = files[place];
    if (message?.state !== 'posted' || !before) return tooLate(data, 'its message was withdrawn');
    if (before.state === 'attached') return ignored('attachment_known', 'the file is there already');
    const ids = await currentPosts(step, message);
    const texts = ids.slice(0, Math.max(1, ids.length - furtherPosts(files)));
    const first = await readPost(step, texts[0] ?? '');
    if (!first) return tooLate(data, 'its message was deleted in Mattermost');
    try {
        const shown = await show(step, data, {message, first, name: before.name});
        const {batch} = before;
        const after: MessageFile = {
            ...shown.file,
            ...(batch === undefined ? {} : {batch}),
            ...(shown.own ? {own: true as const} : {}),
        };
        await replaceLine(step, texts, before.name, fileNotice(after, step.integration.config.language));
        return settled(step, data, {message, files: files.with(place, after), post_ids: [...ids, ...(shown.own ? [shown.own] : [])]});
    } catch (error) {
        if (isArchived(error)) return {kind: 'never', reason: {code: 'channel_archived', detail: 'the message is in an archived channel'}};
        throw error;
    }
}

/** @returns what became of it, and the id of its post when it has one of its own */
async function show(
    step: Step,
    data: Attach['data'],
    {message, first, name}: {message: MessageRow; first: Post; name: string},
): Promise<{file: FileOutcome; own?: string}> {
    if ('code' in data) return {file: missing(name, data.code)};
    const {file} = data;
    const attached: FileOutcome = {name: file.name, state: 'attached'};
    const there = first.file_ids ?? [];
    if (there.includes(file.id)) return {file: attached};
    // Older servers ignore that, and say so by what they answer (seen on 5.37; 11.6 does it).
    if (there.length < FILES_PER_POST) {
        const patched = await patch(step, first.id, replaceNotice(first.message, name, null) ?? first.message, {
            file_ids: [...there, file.id],
        }).catch(unlessTooLate);
        if (patched?.file_ids?.includes(file.id)) return {file: attached};
    }
    const {config} = step.integration;
    const author = JSON.parse(message.author) as MessageAuthor;
    const {channel_id} = first;
    const notice = phrases(config.language).lateFile(await step.permalink(channel_id, first.id));
    const post = await publish(step, {
        channel_id,
        root_id: first.root_id,
        message: formatMessage({author, text: '', format: 'plain', config, notices: [notice]})[0] ?? notice,
        file_ids: [file.id],
        mark: markFor(step, `message:${data.message_id}:${FIRST_FILE_POST + data.place}`, author),
    });
    if (post.file_ids?.includes(file.id)) return {file: attached, own: post.id};
    // The server drops files it won't attach without a word (mattermost-server.md 6).
    await removePost(step, post.id);
    return {file: missing(file.name, 'attachment_not_attached')};
}

/** Where posts may be edited for so long only, the line stays. */
function unlessTooLate(error: unknown): null {
    if (error instanceof MattermostError && error.id === 'api.post.update_post.permissions_time_limit.app_error') return null;
    throw error;
}

/** The line about a file stands under the text, in its last part unless there was no room. */
async function replaceLine(step: Step, texts: readonly string[], name: string, line: string | null): Promise<void> {
    let last: Post | null = null;
    for (const id of texts.toReversed()) {
        const post = await readPost(step, id);
        last ??= post;
        const replaced = post && replaceNotice(post.message, name, line);
        if (!post || replaced === null) continue;
        if (replaced !== post.message) await patch(step, id, replaced).catch(unlessTooLate);
        return;
    }
    if (last && line !== null) await patch(step, last.id, `${last.message}\n${line}`).catch(unlessTooLate);
}

async function readPost(step: Step, id: string): Promise<Post | null> {
    try {
        const post = await step.client.getPost(id);
        return post.delete_at > 0 ? null : post;
    } catch (error) {
        if (await isGone(step, id, error)) return null;
        throw error;
    }
}

function settled(
    step: Step,
    {place, of}: Attach['data'],
    {message, files, post_ids}: {message: MessageRow; files: MessageFile[]; post_ids: string[]},
): Result {
    const {name, state, code} = files[place] as MessageFile;
    const outcome: FileOutcome = {name, state, ...(code ? {code} : {})};
    const notes = code ? [{code, detail: `file ${place + 1} of ${files.length} did not come along`}] : [];
    const known = JSON.parse(message.post_ids) as string[];
    return {
        kind: 'final',
        state: 'delivered',
        notes,
        result: {post_ids, files: [outcome]},
        ...(step.thread ? {channel_id: step.thread.channel_id} : {}),
        writes: async (tx) => {
            await saveMessage(tx, {...message, files: JSON.stringify(files), post_ids: JSON.stringify(post_ids)});
            await tellOutcome(tx, {place, of}, outcome, post_ids);
            if (step.thread) await countReplies(tx, step.thread, Math.max(0, post_ids.length - known.length));
        },
    };
}

const missing = (name: string, code: string): FileOutcome => ({name, state: 'missing', code});

const tooLate = (data: Attach['data'], detail: string): Result =>
    ignored('attachment_withdrawn', detail, (tx) =>
        tellOutcome(tx, data, missing('file' in data ? data.file.name : '', 'attachment_withdrawn')),
    );

/** What the message's own delivery says became of its file follows. */
async function tellOutcome(tx: Tx, {place, of}: Pick<FilePlace, 'place' | 'of'>, file: FileOutcome, post_ids?: string[]): Promise<void> {
    const row = await tx.selectFrom('delivery').select('result').where('seq', '=', of).executeTakeFirst();
    if (!row?.result) return;
    const result = JSON.parse(row.result) as {files?: FileOutcome[]; post_ids?: string[]};
    const before = result.files?.[place];
    if (!result.files || !before) return;
    const files = result.files.with(place, {...file, name: file.name || before.name});
    await tx
        .updateTable('delivery')
        .set({result: JSON.stringify({...result, files, ...(post_ids ? {post_ids} : {})})})
        .where('seq', '=', of)
        .execute();
}

/** A file that was given up is told at its message, and in the outcome of the message's event; when it is replayed, it still comes. */
export const tellGivenUp =
    (now: () => number) =>
    async (tx: Tx, delivery: Pick<DeliveryRow, 'integration_id' | 'type' | 'body'>, {state, reason}: Pick<Turn, 'state' | 'reason'>) => {
        if (state !== 'dead' || (delivery.type !== 'bridge.file' && delivery.type !== 'bridge.attach')) return;
        const {type, data} = JSON.parse(delivery.body) as OwnEventOf<'bridge.file' | 'bridge.attach'>;
        const code = reason && isFileReason(reason.code) ? reason.code : 'attachment_given_up';
        const {conversation_id, message_id, place, of} = data;
        if (type === 'bridge.file')
            await appendAttach(tx, delivery.integration_id, {conversation_id, message_id, place, of}, {code}, now());
        else await tellOutcome(tx, data, missing('', code));
    };

const isFileReason = (code: string): boolean => Object.hasOwn(REASONS, code) && REASONS[code as keyof typeof REASONS].kind === 'file';
