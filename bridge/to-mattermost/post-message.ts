/** message.created → one post, or several of the same record. */
import type {Result} from '../attempt.ts';
import {withFiles} from '../file-outcome.ts';
import {countReplies, findMessage, findReplyOrRemote, saveMessage} from '../store/records.ts';
import type {MessageRow, ThreadRow} from '../store/schema.ts';
import {echoWaits} from './early-echo.ts';
import {fileNotices} from './file-notices.ts';
import {inBatches, uploadAll} from './files.ts';
import {formatMessage, formatWithdrawn} from './format.ts';
import {heal} from './heal.ts';
import {appendLate} from './late-files.ts';
import {phrases} from './phrases.ts';
import {publish} from './publish.ts';
import {
    delivered,
    excerptOf,
    fileContext,
    type Held,
    ignored,
    type MessageFile,
    markFor,
    rememberFacts,
    type Step,
    type StoredEvent,
} from './step.ts';
import {continueWhenLong, ensureThread} from './threads.ts';
import {learnMessage, withMessage} from './visitor-asked.ts';

/** A healed thread is tried at once, but a server that refuses every root must not be asked for ever. */
const MOST_HEALINGS = 2;

export async function postMessage(step: Step, event: StoredEvent<'message.created'>): Promise<Result> {
    const {data} = event;
    const earlier = await findMessage(step.database.read, step.integration.id, data.conversation_id, data.message_id);
    if (earlier && earlier.state !== 'expected') {
        return ignored('message_known', 'this message id was delivered before, under another event id', rememberFacts(step));
    }
    if (data.author.type !== 'visitor') {
        const reply = await findReplyOrRemote(
            step.database.read,
            step.integration.id,
            data.conversation_id,
            data.origin_id ?? data.message_id,
        );
        if (reply)
            return ignored('echo', 'this is what a callback brought to i-Reserve; it stands in the thread already', rememberFacts(step));
        const pushed = {integration_id: step.integration.id, conversation_id: data.conversation_id, text: data.text};
        const until = await echoWaits(step.database.read, pushed, step.since, step.now());
        if (until !== null) return {kind: 'later', until};
    }
    const held = earlier?.held ? (JSON.parse(earlier.held) as Held) : null;
    const text = held?.text ?? data.text;
    const withdrawn = held?.withdrawn === true;
    const excerpt = withdrawn ? '' : excerptOf(text, data.attachments);
    // A thread that this message opens shows it on its card.
    const facts = withMessage(step.facts, event, {posted_at: step.now(), withdrawn});
    step.saying = {message_id: data.message_id, excerpt};
    let thread = await ensureThread(step, facts, step.thread);
    for (let healings = 0; ; healings++) {
        try {
            thread = await continueWhenLong(step, facts, thread);
            const {post_ids, posted_at, files, unattached} = await postParts(step, thread, data, held);
            const at = Date.parse(event.timestamp);
            const row: MessageRow = {
                integration_id: step.integration.id,
                conversation_id: data.conversation_id,
                message_id: data.message_id,
                direction: 'to-mattermost',
                state: withdrawn ? 'withdrawn' : 'posted',
                post_ids: JSON.stringify(post_ids),
                author: JSON.stringify(data.author),
                excerpt,
                revised_at: Math.max(at, earlier?.revised_at ?? 0),
                held: null,
                files: files.length > 0 ? JSON.stringify(files) : null,
                created_at: step.now(),
            };
            const used = thread;
            const result = await delivered(step, used, post_ids, async (tx) => {
                await saveMessage(tx, row);
                await learnMessage(tx, step, event, {posted_at, withdrawn, onCard: used.number !== step.thread?.number});
                await countReplies(tx, used, post_ids.length);
                await appendLate(tx, step, data, data.attachments ?? [], {files, unattached});
            });
            return withFiles(
                result,
                files.map(({name, state, code}) => ({name, state, ...(code ? {code} : {})})),
            );
        } catch (error) {
            const healed = healings < MOST_HEALINGS ? await heal(step, facts, thread, error) : null;
            if (!healed) throw error;
            thread = healed;
            // Posts made before may have moved along.
            step.uncertain = true;
        }
    }
}

type Posted = {
    post_ids: string[];
    posted_at: number;
    files: MessageFile[];
    /** Ids of uploaded files that no post was made with, by their place: an earlier try may have posted the text before them. */
    unattached: Map<number, string>;
};

/** One message is one post; long text and more than ten files make further posts of the same record, in this order. */
async function postParts(step: Step, thread: ThreadRow, data: StoredEvent<'message.created'>['data'], held: Held | null): Promise<Posted> {
    const {config} = step.integration;
    const {author} = data;
    const withdrawn = held?.withdrawn === true;
    const {files: outcomes, ids} = withdrawn
        ? {files: [], ids: new Map<number, string>()}
        : await uploadAll(fileContext(step), thread.channel_id, data.attachments ?? []);
    const notices = fileNotices(outcomes, config.language);
    const parts = withdrawn
        ? [formatWithdrawn({author, config})]
        : formatMessage({author, text: held?.text ?? data.text, format: held?.format ?? data.format, config, notices});
    const batches = inBatches([...ids]);
    const idsOf = (batch: number) => (batches[batch] ?? []).map(([, id]) => id);
    const drafts = parts.map((message, index) => ({message, file_ids: index === 0 ? idsOf(0) : []}));
    for (const batch of batches.keys()) {
        if (batch === 0) continue;
        const notice = phrases(config.language).moreFiles(batch + 1, batches.length);
        const message = formatMessage({author, text: '', format: 'plain', config, notices: [notice]})[0] ?? notice;
        drafts.push({message, file_ids: idsOf(batch)});
    }
    const post_ids: string[] = [];
    const attached = new Set<string>();
    let posted_at = 0;
    for (const [index, draft] of drafts.entries()) {
        const mark = markFor(step, `message:${data.message_id}:${index}`, author);
        const post = await publish(step, {channel_id: thread.channel_id, root_id: thread.root_id, mark, ...draft});
        post_ids.push(post.id);
        posted_at ||= post.create_at;
        for (const id of post.file_ids ?? []) attached.add(id);
    }
    const unattached = new Map([...ids].filter(([, id]) => !attached.has(id)));
    const batchOf = new Map(batches.flatMap((batch, number) => batch.map(([place]) => [place, number] as const)));
    const files = outcomes.map((file, place): MessageFile => {
        const batch = batchOf.get(place);
        const known = batch === undefined ? file : {...file, batch};
        return unattached.has(place) ? {...known, state: 'waiting', code: 'attachment_not_ready'} : known;
    });
    return {post_ids, posted_at, files, unattached};
}
