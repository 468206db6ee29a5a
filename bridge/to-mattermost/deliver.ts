/** A delivery → posts in Mattermost. Safe to repeat at any point: every step looks or is harmless when it was done before. */
import type {EventOf, EventType} from '../contract.ts';
import type {Integration} from '../integration.ts';
import {type MattermostClient, MattermostError, type Servers} from '../mattermost.ts';
import type {Attempt, Result} from '../outbox.ts';
import type {SecretBox} from '../secrets.ts';
import type {Database, Tx} from '../store/open.ts';
import {countReplies, findConversation, findMessage, saveFacts, saveMessage} from '../store/records.ts';
import type {MessageRow, ThreadRow} from '../store/schema.ts';
import {renderNotification} from './card.ts';
import {classify} from './classify.ts';
import {applyEvent, type Conversation, newConversation} from './conversation.ts';
import {FileNotReady, type StoredAttachment, uploadAll} from './files.ts';
import {formatMessage, formatWithdrawn} from './format.ts';
import {phrases} from './phrases.ts';
import {findParts, type Mark, publish} from './publish.ts';
import {createSessions, type Session} from './session.ts';
import {splitText} from './split.ts';
import {continueWhenLong, ensureThread, findElsewhere, follow, heal, isArchived, isGone, syncCard, type ThreadContext} from './threads.ts';

export type DeliverOptions = {
    database: Database;
    servers: Servers;
    box: SecretBox;
    integration: (id: string) => Integration | undefined;
    maxFileBytes: number;
    attachmentTimeoutMs: number;
    allowPrivateAttachments: boolean;
    now: () => number;
    sleep: (ms: number) => Promise<void>;
};

/** Mattermost takes 10 files per post. */
const FILES_PER_POST = 10;
const EXCERPT = 200;
/** A healed thread is tried at once, but a server that refuses every root must not be asked for ever. */
const MOST_HEALINGS = 2;

type StoredEvent<T extends EventType> = EventOf<T> & {data: {attachments?: StoredAttachment[]}};
type Step = ThreadContext & {
    options: DeliverOptions;
    session: Session;
    facts: Conversation;
    /** Whether `facts` differ from what is stored. */
    changed: boolean;
    thread: ThreadRow | null;
    tries: number;
    uploaded: Map<number, string>;
};

export function createDeliver(options: DeliverOptions): (attempt: Attempt) => Promise<Result> {
    const sessions = createSessions();
    /** Files already uploaded for a delivery that is still being tried. */
    const uploads = new Map<number, Map<number, string>>();

    return async (attempt) => {
        const {delivery} = attempt;
        const integration = options.integration(delivery.integration_id);
        if (!integration) return {kind: 'never', reason: {code: 'integration_gone', detail: 'its integration was removed'}};
        const client = options.servers.client(integration.config.server_url, integration.secrets.bot_token);
        let step: Step | undefined;
        try {
            const session = await sessions.of(client);
            const event = JSON.parse(delivery.body) as StoredEvent<EventType>;
            const uploaded = uploads.get(delivery.seq) ?? new Map<number, string>();
            uploads.set(delivery.seq, uploaded);
            step = await stepFor(options, attempt, integration, client, session, event, uploaded);
            const result = await dispatch(step, event);
            if (result.kind !== 'retry') uploads.delete(delivery.seq);
            return result;
        } catch (error) {
            // What was made before the failure stays made, however plain the failure.
            const made = step?.made === true;
            if (error instanceof FileNotReady) {
                return {kind: 'retry', uncertain: made, reason: {code: 'attachment_not_ready', detail: error.message}};
            }
            if (error instanceof MattermostError && error.status === 401) sessions.forget(client);
            const result = classify(error, integration);
            if (result.kind !== 'retry') uploads.delete(delivery.seq);
            return result.kind === 'retry' && made ? {...result, uncertain: true} : result;
        }
    };
}

async function stepFor(
    options: DeliverOptions,
    {delivery, uncertain}: Attempt,
    integration: Integration,
    client: MattermostClient,
    session: Session,
    event: StoredEvent<EventType>,
    uploaded: Map<number, string>,
): Promise<Step> {
    const id = 'conversation_id' in event.data ? event.data.conversation_id : '';
    const known = id ? await findConversation(options.database.read, integration.id, id) : null;
    const before = known?.facts ?? newConversation(id, Date.parse(event.timestamp));
    const facts = applyEvent(before, event);
    return {
        options,
        session,
        integration,
        client,
        botId: session.botId,
        box: options.box,
        database: options.database,
        uncertain,
        since: delivery.received_at,
        now: options.now,
        sleep: options.sleep,
        permalink: (channel_id, post_id) => session.permalink(integration.config.server_url, channel_id, post_id),
        facts,
        changed: facts !== before || known === null,
        thread: known?.thread ?? null,
        tries: delivery.attempts,
        uploaded,
    };
}

function dispatch(step: Step, event: StoredEvent<EventType>): Promise<Result> {
    switch (event.type) {
        case 'conversation.started':
        case 'conversation.updated':
        case 'conversation.closed':
        case 'visitor.presence':
            return updateConversation(step);
        case 'message.created':
            return postMessage(step, event);
        case 'message.edited':
            return editMessage(step, event);
        case 'message.deleted':
            return withdrawMessage(step, event);
        case 'notification.created':
            return notify(step, event);
        case 'visitor.typing':
            return Promise.resolve(ignored('transient', 'typing is passed on at once or not at all'));
    }
}

const ignored = (code: string, detail: string, writes?: (tx: Tx) => Promise<void>): Result => ({
    kind: 'final',
    state: 'ignored',
    reason: {code, detail},
    writes,
});

async function delivered(step: Step, thread: ThreadRow, post_ids: string[], writes?: (tx: Tx) => Promise<void>): Promise<Result> {
    const url = await step.permalink(thread.channel_id, thread.root_id);
    return {
        kind: 'final',
        state: 'delivered',
        result: {thread: {channel_id: thread.channel_id, root_id: thread.root_id, url}, post_ids},
        writes,
    };
}

const rememberFacts = (step: Step) => async (tx: Tx) => {
    if (step.changed) await saveFacts(tx, step.integration.id, step.facts, step.now());
};

/** started, updated, closed, presence: opens the thread or brings its card up to date. */
async function updateConversation(step: Step): Promise<Result> {
    let thread = await ensureThread(step, step.facts, step.thread);
    if (!(await syncCard(step, step.facts, thread))) {
        const moved = await follow(step, step.facts, thread);
        if (moved && (await syncCard(step, step.facts, moved))) thread = moved;
        else
            return ignored(
                'root_gone',
                'the thread’s root was deleted, or its channel archived; the next message starts a new thread',
                rememberFacts(step),
            );
    }
    return delivered(step, thread, [thread.root_id], rememberFacts(step));
}

const markFor = (step: Step, key: string, author?: Mark['author']): Mark => ({
    v: 1,
    integration: step.integration.id,
    conversation: step.facts.conversation_id,
    key,
    kind: 'message',
    ...(author ? {author} : {}),
});

async function postMessage(step: Step, event: StoredEvent<'message.created'>): Promise<Result> {
    const {data} = event;
    const earlier = await findMessage(step.database.read, step.integration.id, data.conversation_id, data.message_id);
    if (earlier && earlier.state !== 'expected') {
        return ignored('message_known', 'this message id was delivered before, under another event id', rememberFacts(step));
    }
    const held = earlier?.held ? (JSON.parse(earlier.held) as Held) : null;
    let thread = await ensureThread(step, step.facts, step.thread);
    // A visitor's name first heard with this message belongs on the card.
    if (step.changed && step.thread) await syncCard(step, step.facts, thread);
    for (let healings = 0; ; healings++) {
        try {
            thread = await continueWhenLong(step, step.facts, thread);
            const post_ids = await postParts(step, thread, data, held);
            const at = Date.parse(event.timestamp);
            const text = held?.text ?? data.text;
            const row: MessageRow = {
                integration_id: step.integration.id,
                conversation_id: data.conversation_id,
                message_id: data.message_id,
                direction: 'to-mattermost',
                state: held?.withdrawn ? 'withdrawn' : 'posted',
                post_ids: JSON.stringify(post_ids),
                author: JSON.stringify(data.author),
                excerpt: held?.withdrawn ? '' : [...text].slice(0, EXCERPT).join(''),
                revised_at: Math.max(at, earlier?.revised_at ?? 0),
                held: null,
                created_at: step.now(),
            };
            const used = thread;
            return await delivered(step, used, post_ids, async (tx) => {
                await rememberFacts(step)(tx);
                await saveMessage(tx, row);
                await countReplies(tx, used, post_ids.length);
            });
        } catch (error) {
            const healed = healings < MOST_HEALINGS ? await heal(step, step.facts, thread, error) : null;
            if (!healed) throw error;
            thread = healed;
            // Posts made before may have moved along.
            step.uncertain = true;
        }
    }
}

type Held = {text?: string; format?: 'plain' | 'markdown'; withdrawn?: boolean};

/** One message is one post; long text and more than ten files make further posts of the same record. */
async function postParts(
    step: Step,
    thread: ThreadRow,
    data: StoredEvent<'message.created'>['data'],
    held: Held | null,
): Promise<string[]> {
    const {config} = step.integration;
    const {author} = data;
    const say = phrases(config.language);
    const withdrawn = held?.withdrawn === true;
    const files = withdrawn ? {file_ids: [], notices: []} : await uploadAll(fileContext(step), thread.channel_id, data.attachments ?? []);
    const parts = withdrawn
        ? [formatWithdrawn({author, config})]
        : formatMessage({author, text: held?.text ?? data.text, format: held?.format ?? data.format, config, notices: files.notices});
    const batches: string[][] = [];
    for (let from = 0; from < files.file_ids.length; from += FILES_PER_POST)
        batches.push(files.file_ids.slice(from, from + FILES_PER_POST));
    const drafts = parts.map((message, index) => ({message, file_ids: index === 0 ? (batches[0] ?? []) : []}));
    for (const [index, file_ids] of batches.slice(1).entries()) {
        const notice = say.moreFiles(index + 2, batches.length);
        drafts.push({message: formatMessage({author, text: '', format: 'plain', config, notices: [notice]})[0] ?? notice, file_ids});
    }
    const post_ids: string[] = [];
    for (const [index, draft] of drafts.entries()) {
        const mark = markFor(step, `message:${data.message_id}:${index}`, author.type);
        const post = await publish(step, {channel_id: thread.channel_id, root_id: thread.root_id, mark, ...draft});
        post_ids.push(post.id);
        const attached = post.file_ids?.length ?? 0;
        if (attached < draft.file_ids.length) {
            // The server drops files it won't attach without a word (mattermost-server.md 6).
            const message = `${draft.message}\n${say.filesMissing(draft.file_ids.length - attached)}`;
            await patch(step, post.id, message);
        }
    }
    return post_ids;
}

const fileContext = (step: Step) => ({
    ...step,
    maxFileBytes: step.options.maxFileBytes,
    timeoutMs: step.options.attachmentTimeoutMs,
    allowPrivate: step.options.allowPrivateAttachments,
    serverLimit: step.session.maxFileBytes,
});

const patch = (step: Step, id: string, message: string, more: {file_ids?: string[]} = {}) =>
    step.client.patchPost({id, message, ...more} as Parameters<typeof step.client.patchPost>[0]);

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
        created_at: earlier?.created_at ?? step.now(),
        revised_at: at,
        held: JSON.stringify({...(earlier?.held ? (JSON.parse(earlier.held) as Held) : {}), ...what}),
    };
    return ignored('held_for_message', 'kept until the message itself arrives', (tx) => saveMessage(tx, row));
}

async function editMessage(step: Step, event: StoredEvent<'message.edited'>): Promise<Result> {
    const {conversation_id, message_id, text, format} = event.data;
    const at = Date.parse(event.timestamp);
    const message = await findMessage(step.database.read, step.integration.id, conversation_id, message_id);
    if (message && at < message.revised_at) return ignored('stale', 'a newer edit was delivered already');
    if (!message || message.state === 'expected') return held(step, message, {conversation_id, message_id}, at, {text, format});
    if (message.state === 'withdrawn') return ignored('message_withdrawn', 'the message was withdrawn before');
    const author = JSON.parse(message.author) as EventOf<'message.created'>['data']['author'];
    const post_ids = await currentPosts(step, message);
    const parts = formatMessage({author, text, format, config: step.integration.config});
    try {
        for (const [index, part] of parts.entries()) {
            const id = post_ids[index];
            if (!id) post_ids.push(await morePart(step, event, index, part, author.type));
            else await patch(step, id, part).catch(index === 0 ? rethrow : unlessGone(step, id));
        }
        // A shorter text leaves posts over; those with files keep them under the sender's name.
        for (const id of post_ids.splice(parts.length)) {
            const left = await step.client.getPost(id).catch(unlessGone(step, id));
            if (left?.file_ids?.length) post_ids.push((await patch(step, id, nameOnly(step, author))).id);
            else if (left) await removePost(step, id);
        }
    } catch (error) {
        return await goneOr(step, post_ids[0] ?? '', error);
    }
    const row: MessageRow = {...message, post_ids: JSON.stringify(post_ids), excerpt: [...text].slice(0, EXCERPT).join(''), revised_at: at};
    return finishEdit(step, post_ids, row);
}

/** Where a message's posts are now. After "move thread" they have new ids, found by their marks; it may have been an earlier thread. */
async function currentPosts(step: Step, message: MessageRow): Promise<string[]> {
    const known = JSON.parse(message.post_ids) as string[];
    const first = known[0] ?? '';
    try {
        await step.client.getPost(first);
        return known;
    } catch (error) {
        if (!(await isGone(step, first, error))) return known;
        const {conversation_id, message_id, created_at} = message;
        const key = `message:${message_id}:0`;
        const moved = await findElsewhere(step, first, {conversation: conversation_id, key, since: created_at});
        return moved ? findParts(step, moved.root_id, conversation_id, message_id) : known;
    }
}

async function morePart(
    step: Step,
    {id, data}: EventOf<'message.edited'>,
    index: number,
    message: string,
    author: Mark['author'],
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

const nameOnly = ({integration}: Step, author: EventOf<'message.created'>['data']['author']): string =>
    formatMessage({author, text: '', format: 'plain', config: integration.config})[0] ?? '';

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

async function withdrawMessage(step: Step, event: StoredEvent<'message.deleted'>): Promise<Result> {
    const {conversation_id, message_id} = event.data;
    const at = Date.parse(event.timestamp);
    const message = await findMessage(step.database.read, step.integration.id, conversation_id, message_id);
    if (!message || message.state === 'expected') return held(step, message, {conversation_id, message_id}, at, {withdrawn: true});
    if (message.state === 'withdrawn') return ignored('message_withdrawn', 'the message was withdrawn before');
    // Its words may be quoted by the card of a recreated thread.
    await step.database.write((tx) => saveMessage(tx, {...message, excerpt: ''}));
    if (step.thread) await syncCard(step, step.facts, step.thread);
    const [first = '', ...others] = await currentPosts(step, message);
    const author = JSON.parse(message.author) as EventOf<'message.created'>['data']['author'];
    try {
        // First, or they would stay when only the first post is gone.
        for (const id of others) await removePost(step, id);
        await patch(step, first, formatWithdrawn({author, config: step.integration.config}), {file_ids: []});
    } catch (error) {
        return await goneOr(step, first, error);
    }
    const row: MessageRow = {
        ...message,
        state: 'withdrawn',
        post_ids: JSON.stringify([first]),
        excerpt: '',
        revised_at: Math.max(at, message.revised_at),
    };
    return finishEdit(step, [first], row);
}

async function finishEdit(step: Step, post_ids: string[], row: MessageRow): Promise<Result> {
    const writes = (tx: Tx) => saveMessage(tx, row);
    return step.thread ? delivered(step, step.thread, post_ids, writes) : {kind: 'final', state: 'delivered', result: {post_ids}, writes};
}

/** Deleting twice is 403 on older servers and 404 on newer ones: both mean done. */
async function removePost(step: Step, id: string): Promise<void> {
    try {
        await step.client.deletePost(id);
    } catch (error) {
        if (!(await isGone(step, id, error))) throw error;
    }
}

async function goneOr(step: Step, id: string, error: unknown): Promise<Result> {
    if (await isGone(step, id, error)) return ignored('post_gone', 'the post was deleted in Mattermost');
    // An older post can't be moved out of an archived channel: nothing to wait for.
    if (isArchived(error)) return {kind: 'never', reason: {code: 'channel_archived', detail: 'the post is in an archived channel'}};
    throw error;
}

async function notify(step: Step, event: StoredEvent<'notification.created'>): Promise<Result> {
    const {config} = step.integration;
    const {notification_id, notification_type} = event.data;
    const channel_id = config.notifications[notification_type];
    if (!channel_id) return ignored('notification_unmapped', `no channel is set for notifications of type ${notification_type}`);
    const post_ids: string[] = [];
    for (const [index, message] of splitText(renderNotification(event)).entries()) {
        const mark: Mark = {
            v: 1,
            integration: step.integration.id,
            conversation: null,
            key: `notification:${notification_id}:${index}`,
            kind: 'notification',
        };
        const post = await publish(step, {channel_id, root_id: '', message, mark});
        post_ids.push(post.id);
    }
    return {kind: 'final', state: 'delivered', result: {post_ids}, channel_id};
}
