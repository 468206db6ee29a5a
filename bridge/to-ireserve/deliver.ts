/** A delivery → one signed callback. What leaves is decided here, at the first try: until then deleting or editing the post changes it. */
import {sql} from 'kysely';
import type {z} from 'zod';
import type {Attempt, Result} from '../attempt.ts';
import type {Callback, CallbackAnswer, CallbackType} from '../callbacks.ts';
import type {FileOutcome} from '../contract.ts';
import {withFiles} from '../file-outcome.ts';
import type {Integration} from '../integration.ts';
import {MattermostError, type Servers} from '../mattermost.ts';
import type {SecretBox} from '../secrets.ts';
import type {Database, Tx} from '../store/open.ts';
import {findReply} from '../store/records.ts';
import type {DeliveryRow, ReplyRow} from '../store/schema.ts';
import {classify as classifyMattermost} from '../to-mattermost/classify.ts';
import {hasCredentials} from '../url-credentials.ts';
import type {Agents} from './agents.ts';
import {type Caller, call, callbackSecrets} from './call.ts';
import {attachmentsOf, authorOf, envelopeOf} from './callback.ts';
import {readCallbackAnswer} from './callback-answer.ts';
import {CALLBACK, classify, classifyError} from './classify.ts';
import type {Queued, QueuedAct, QueuedReply} from './queue.ts';
import {renderReply} from './render.ts';
import {arrived} from './reply-outcome.ts';
import {giveUpDead} from './take-revision.ts';

export type DeliverOptions = {
    database: Database;
    servers: Servers;
    integration: (id: string) => Integration | undefined;
    agents: Agents;
    box: SecretBox;
    publicUrl: () => string;
    caller: Caller;
    maxFileBytes: number;
    now: () => number;
};

type Sending = Attempt & {options: DeliverOptions; integration: Integration};

/** Reason code of a message that was taken back after a try. */
const TAKEN_BACK = 'taken_back';

const ignored = (code: string, detail: string): Result => ({kind: 'final', state: 'ignored', reason: {code, detail}});

export function createDeliver(options: DeliverOptions): (attempt: Attempt) => Promise<Result> {
    return async (attempt) => {
        const {delivery} = attempt;
        const integration = options.integration(delivery.integration_id);
        if (!integration) return {kind: 'never', reason: {code: 'integration_gone', detail: 'its integration was removed'}};
        if (!integration.config.callback_url) return waits('callback_missing', `integration set ${integration.name} --callback-url URL`);
        if (hasCredentials(integration.config.callback_url))
            return waits('callback_url_wrong', `integration set ${integration.name} --callback-url https://… (without user:password@)`);
        if (callbackSecrets(integration).length === 0)
            return waits('callback_unsigned', `secret add ${integration.name} callback_secrets --generate`);
        const sending = {...attempt, options, integration};
        const queued = JSON.parse(delivery.body) as Queued;
        if ('text' in queued) return sendReply(sending, queued);
        if (queued.type === 'message.deleted') return sendDeletion(sending, queued);
        return send(sending, await actOf(sending, queued));
    };
}

const waits = (code: string, command: string): Result => {
    const detail = `set it: ireserve-bridge ${command}`;
    return {kind: 'retry', reason: {code, detail}, uncertain: false, notice: {code, subject: CALLBACK, detail}, queueWide: true};
};

/** A message as it should leave now, or why it should not. */
async function sendReply(sending: Sending, queued: QueuedReply): Promise<Result> {
    const {options, delivery, uncertain, integration} = sending;
    const wait = queued.not_before - options.now();
    // Longer than it was to be held at all: the clock was set back meanwhile.
    const clockWasSet = wait > queued.not_before - delivery.received_at + 1000;
    if (wait > 0 && !clockWasSet) return {kind: 'later', until: queued.not_before};
    const reply = await findReply(options.database.read, integration.id, queued.reply_id);
    if (!reply) return ignored('reply_unknown', 'the reply is not known any more');
    const sent = reply.sent_version;
    if (sent !== null && sent >= queued.version) return ignored('superseded', 'i-Reserve has this version or a newer one');
    const givenUp = sent === null && queued.type === 'message.edited' ? await givenUpBefore(options.database, delivery, reply) : null;
    if (givenUp === 'none') return ignored('never_sent', 'the message itself did not go to i-Reserve');
    // Once a try may have got through, what follows it says the rest: the same id must bring the same words.
    const isSaid = uncertain || queued.tried === true;
    if (!uncertain && (reply.state === 'withdrawn' || reply.state === 'note')) {
        // A try that is over can't arrive any more: where it did, the deletion finds the words, and they need not be said again.
        if (isSaid) return ignored(TAKEN_BACK, 'taken back after a try that was answered: only its deletion is sent');
        return ignored('deleted_before_relay', 'taken back before it left');
    }
    if (!isSaid) {
        const kept = reply.state === 'internal' || reply.state === 'discarded';
        if (kept && sent === null) return ignored('kept', 'its author kept it internal');
        if (reply.state === 'asked' && sent === null) return ignored('asked', 'held until its author says that it is for the visitor');
    }
    // Queued as new while an earlier version was still on its way: that one arrived, so this is an edit. And an edit of what was refused is new.
    const type = sent !== null || givenUp === 'maybe_there' ? 'message.edited' : 'message.created';
    const newest = type === 'message.created' && !isSaid && reply.version > queued.version ? await newestVersion(sending, reply) : null;
    if (newest === 'overtaken')
        return {kind: 'retry', reason: {code: 'internal', detail: 'another replica is delivering it'}, uncertain: true};
    const said = newest ?? queued;
    const built = await messageOf(sending, reply, said, type).catch((error: unknown) => {
        if (error instanceof MattermostError) return classifyMattermost(error, integration);
        throw error;
    });
    if ('kind' in built) return built;
    const {message, files} = built;
    const after = async (tx: Tx, answer: z.infer<typeof CallbackAnswer>) => {
        if (givenUp) await giveUpDead(tx, reply, 'replaced by an edit', options.now(), delivery.seq);
        await arrived(tx, reply, {said, files}, answer, options.now());
    };
    const again = givenUp === 'maybe_there' ? {...message, type: 'message.created' as const} : undefined;
    return withFiles(await send(sending, message as Callback, after, again as Callback | undefined), files);
}

/** Whether the message that an edit follows was given up, and may have arrived all the same. */
async function givenUpBefore(
    database: Database,
    {integration_id, seq}: DeliveryRow,
    {reply_id}: ReplyRow,
): Promise<'none' | 'not_there' | 'maybe_there'> {
    const rows = await database.read
        .selectFrom('delivery')
        .select(['seq', 'reason_code'])
        .where('integration_id', '=', integration_id)
        .where('direction', '=', 'to-ireserve')
        .where('source_id', 'like', `${reply_id}/%`)
        .where('state', '=', 'dead')
        .where('seq', '<', seq)
        .execute();
    if (rows.length === 0) return 'none';
    // Refused in the end: then it was not taken before either, as the same id brings the same answer.
    return rows.every(({reason_code}) => reason_code === 'callback_rejected') ? 'not_there' : 'maybe_there';
}

/**
 * The edit that is waiting behind it: one message then, instead of two. It takes the place of the words in the store: what was changed in
 * time must not leave with a later try.
 *
 * @returns null when there is none; `overtaken` when somebody else tries the delivery meanwhile, and may be sending the words as they were
 */
async function newestVersion({options: {database}, delivery}: Sending, reply: ReplyRow): Promise<QueuedReply | 'overtaken' | null> {
    const rows = await database.read
        .selectFrom('delivery')
        .select('body')
        .where('lane', '=', delivery.lane)
        .where('state', '=', 'queued')
        .where('type', 'in', ['message.created', 'message.edited'])
        .where('source_id', 'like', `${reply.reply_id}/%`)
        .execute();
    const edits = rows.map(({body}) => JSON.parse(body) as QueuedReply);
    const newest = edits.find(({version}) => version === reply.version);
    if (!newest) return null;
    const said: QueuedReply = {...newest, type: 'message.created'};
    const done = await database.write(async (tx) => {
        // Claimed again, a lane is in doubt. Its row's lock keeps that from happening while this is written.
        const lane = await tx
            .updateTable('lane')
            .set({pending: sql`pending`})
            .where('key', '=', delivery.lane)
            .where('uncertain', '=', 0)
            .returning('key')
            .executeTakeFirst();
        if (!lane) return undefined;
        return tx
            .updateTable('delivery')
            .set({body: JSON.stringify(said)})
            .where('seq', '=', delivery.seq)
            .where('state', '=', 'queued')
            .returning('seq')
            .executeTakeFirst();
    });
    return done ? said : 'overtaken';
}

async function messageOf(
    {options, integration, delivery}: Sending,
    reply: ReplyRow,
    said: QueuedReply,
    type: QueuedReply['type'],
): Promise<{message: Callback; files: FileOutcome[]}> {
    const {markdown, plain, html} = renderReply(said.text, said.mentions);
    const {attachments, files} = await attachmentsOf(options, integration, reply, said.files);
    const message: Callback = {
        ...envelopeOf(options.box, integration, delivery, said.timestamp),
        type,
        data: {
            conversation_id: reply.conversation_id,
            message_id: reply.reply_id,
            ...(reply.remote_id ? {remote_message_id: reply.remote_id} : {}),
            author: await authorOf(options.agents, integration, said.by),
            text: markdown,
            format: 'markdown',
            text_plain: plain,
            text_html: html,
            attachments,
        },
    };
    return {message, files};
}

async function sendDeletion(sending: Sending, queued: Extract<Queued, {type: 'message.deleted'}>): Promise<Result> {
    const {options, integration, delivery} = sending;
    const reply = await findReply(options.database.read, integration.id, queued.reply_id);
    if (!reply) return ignored('reply_unknown', 'the reply is not known any more');
    if (reply.sent_version === null && !(await mayHaveLeft(options.database, delivery, reply))) {
        return ignored('never_sent', 'the message itself did not go to i-Reserve');
    }
    return send(sending, {
        ...envelopeOf(options.box, integration, delivery, queued.timestamp),
        type: 'message.deleted',
        data: {
            conversation_id: reply.conversation_id,
            message_id: reply.reply_id,
            ...(reply.remote_id ? {remote_message_id: reply.remote_id} : {}),
            author: await authorOf(options.agents, integration, queued.by),
        },
    });
}

/** A message that was given up or taken back after tries may have arrived all the same. */
async function mayHaveLeft(database: Database, {integration_id}: DeliveryRow, {reply_id}: ReplyRow): Promise<boolean> {
    const row = await database.read
        .selectFrom('delivery')
        .select('seq')
        .where('integration_id', '=', integration_id)
        .where('direction', '=', 'to-ireserve')
        .where('source_id', 'like', `${reply_id}/%`)
        .where('type', 'in', ['message.created', 'message.edited'])
        .where((where) => where.or([where('state', 'in', ['dead', 'discarded', 'delivered']), where('reason_code', '=', TAKEN_BACK)]))
        .executeTakeFirst();
    return row !== undefined;
}

async function actOf(
    {options, integration, delivery}: Sending,
    {type, timestamp, by, to, reason, message_id}: QueuedAct,
): Promise<Callback> {
    const base = {...envelopeOf(options.box, integration, delivery, timestamp)};
    const conversation_id = delivery.conversation_id ?? '';
    if (!by) {
        const more = message_id ? {message_id} : {};
        return {...base, type: 'conversation.reopened', data: {conversation_id, agent: null, status: 'waiting', ...more}};
    }
    const agent = await authorOf(options.agents, integration, by);
    if (type === 'conversation.claimed') return {...base, type, data: {conversation_id, agent, assignee: agent}};
    if (type === 'conversation.released') return {...base, type, data: {conversation_id, agent, assignee: null}};
    if (type === 'conversation.transferred') {
        return {...base, type, data: {conversation_id, agent, assignee: await authorOf(options.agents, integration, to ?? by)}};
    }
    if (type === 'conversation.closed')
        return {...base, type, data: {conversation_id, agent, status: 'closed', ...(reason ? {reason} : {})}};
    return {...base, type, data: {conversation_id, agent, status: 'open'}};
}

async function send(
    {options, integration, lease}: Sending,
    callback: Callback,
    after: (tx: Tx, answer: z.infer<typeof CallbackAnswer>) => Promise<void> = async () => undefined,
    /** Sent instead, under the same id, when i-Reserve does not know the message. */
    otherwise?: Callback,
): Promise<Result> {
    let verdict: ReturnType<typeof classify>;
    let body: unknown;
    const post = async (one: Callback) => {
        await lease.hold(options.caller.timeoutMs);
        const answer = await call(options.caller, integration, {id: one.id, body: JSON.stringify(one)});
        body = answer.body;
        return classify(answer, integration);
    };
    try {
        verdict = await post(callback);
        if (verdict === 'unknown_there' && otherwise) verdict = await post(otherwise);
    } catch (error) {
        return classifyError(error);
    }
    if (verdict === 'unknown_there') return unknownThere(callback.type);
    if (verdict !== 'taken') return verdict;
    const {answer, notes} = readCallbackAnswer(body);
    return {kind: 'final', state: 'delivered', notes, writes: (tx) => after(tx, answer)};
}

/** i-Reserve does not have the message: nothing to take back, and nothing an edit could change. */
function unknownThere(type: CallbackType): Result {
    if (type === 'message.deleted') return ignored('never_sent', 'i-Reserve does not have the message');
    return {kind: 'never', reason: {code: 'callback_rejected', detail: 'i-Reserve does not know the message or conversation'}};
}
