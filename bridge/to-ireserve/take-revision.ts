/** An edit or deletion of a post that was taken before. */
import type {Post} from '@mattermost/types/posts';
import {discard} from '../store/by-hand.ts';
import type {Tx} from '../store/open.ts';
import {findReplyByPost, touchConversation} from '../store/records.ts';
import type {ReplyRow, ReplyState} from '../store/schema.ts';
import {appendAnswered, appendShow} from '../to-mattermost/own-events.ts';
import {intentOf} from './first-words.ts';
import type {Person} from './people.ts';
import type {Ask, Choice} from './policy.ts';
import {fileLook, filesOf} from './post-files.ts';
import {appendToIreserve, type QueuedReply, type ReplyFile, replyKey, type Speaker} from './queue.ts';
import {digestOf, formerOf, isEmpty, queuedOf, queueReply, type Weighed, weigh} from './take-new.ts';
import {readPost, type Taken, type Visit, versionOf} from './visit.ts';

const MINUTE = 60_000;
/** Edits while a thread is being moved are few. */
const MOST_FORMER = 10;

/**
 * - a note stays a note, also without its mark: colleagues have read it as one. Only a person's choice sends it
 * - what was edited before it was heard of is asked about until a person chooses, whatever it says meanwhile
 * - a reply that became a note is withdrawn at the visitor's
 * - an edit that says what needs a question is asked about, and what the visitor has stays meanwhile
 */
/** @param by who decided that a held reply is for the visitor */
export const takeEdit = (visit: Visit, post: Post, choice: Choice, by?: Speaker): Promise<Taken> =>
    untilSettled(post.id, () => edit(visit, post, choice, by));

async function edit(visit: Visit, post: Post, choice: Choice, by: Speaker | undefined): Promise<Taken | 'raced'> {
    const reply = await findReplyByPost(visit.database.read, visit.integration.id, post.id);
    if (!reply) return {reply_id: post.id, did: 'unknown_post'};
    const {reply_id} = reply;
    // Said in a dialog or by a command: the post is our own drawing of it, and was made after the reply. It can be deleted, but says nothing new.
    if (post.user_id === visit.botId) return {reply_id, did: 'own_bot'};
    const {state} = reply;
    if ((state === 'note' || state === 'internal') && choice === 'none') return {reply_id, did: state};
    // The visitor had it before it became one, or might have: to them it was deleted, and its id can't be used again.
    if (state === 'note' && (await wasQueued(visit.database.read, reply))) return {reply_id, did: state};
    if (state === 'withdrawn' || state === 'discarded') return {reply_id, did: 'deleted_before_relay'};
    const isNews = versionOf(post) > reply.version;
    // Of what is asked about because nobody knew what it was when it was written, that may have become known.
    const isUnheard = state === 'asked' && reply.reason_code === 'unheard';
    // Never edited, it is a copy of what was.
    const told = visit.firstWords.of(post) === 'same' ? 'unknown' : visit.firstWords.of(post);
    const written = isUnheard ? told : 'answer';
    const isAnswered = isUnheard && written !== 'unknown';
    if (!isNews && !isAnswered && (choice === 'none' || !STAYS_UNLESS_CHOSEN.includes(state))) return {reply_id, did: 'known_version'};
    const person = await visit.people.find(visit.client, post.user_id);
    if (!person?.active) return {reply_id, did: 'deactivated_user'};
    const weighed = await weigh(visit, reply, post, {
        ...{intent: intentOf(post), choice, written},
        onlyMarked: state === 'unmarked',
    });
    const {kind} = weighed.verdict;
    // What is left is nothing to see: what the visitor has stays; what has not left does not leave any more.
    const files = 'text' in weighed.verdict ? await filesOf(post, fileLook(visit.client)) : [];
    const empty = isEmpty(weighed.verdict, files);
    if (empty && reply.sent_version !== null) return {reply_id, did: 'empty'};
    if (state === 'note' && (empty || kind === 'note')) return {reply_id, did: state};
    if (state === 'unmarked' && (empty || kind === 'unmarked')) return stayUnmarked(visit, reply, post);
    if (empty || kind === 'note' || kind === 'unmarked')
        return withdraw(visit, reply, {state: 'note', digest: digestOf(visit, post)}, person);
    if (weighed.verdict.kind === 'ask') return askAgain(visit, reply, post, weighed.verdict.why);
    return resend(visit, reply, post, {...weighed, files}, {person, by});
}

const STAYS_UNLESS_CHOSEN: readonly ReplyState[] = ['note', 'unmarked', 'internal', 'asked'];

/**
 * A post is deleted also with its whole thread, or when it is moved: neither takes anything back from the visitor.
 *
 * @param alone Mattermost told that this very post was deleted. Of what goes with its thread, it tells nothing
 */
export const takeDeletion = (visit: Visit, post_id: string, {alone = false} = {}): Promise<Taken> =>
    untilSettled(post_id, () => deletion(visit, post_id, alone));

/** The reply's delivery, another ear or an agent may change it between our look and our write: then look again. */
async function untilSettled(reply_id: string, attempt: () => Promise<Taken | 'raced'>): Promise<Taken> {
    for (let tries = 0; tries < 10; tries++) {
        const taken = await attempt();
        if (taken !== 'raced') return taken;
    }
    throw new Error(`reply ${reply_id} keeps changing`);
}

async function deletion(visit: Visit, post_id: string, alone: boolean): Promise<Taken | 'raced'> {
    const reply = await findReplyByPost(visit.database.read, visit.integration.id, post_id);
    if (!reply || reply.state === 'withdrawn') return {reply_id: post_id, did: 'known_version'};
    const {reply_id} = reply;
    // "Move thread" gave the reply another post: what becomes of the one it left behind says nothing.
    if (!alone && reply.post_id !== null && reply.post_id !== post_id) return {reply_id, did: 'moved_copy'};
    if (reply.state === 'note' || reply.state === 'unmarked' || reply.state === 'internal') return {reply_id, did: reply.state};
    if (!alone && reply.root_id && !(await readPost(visit.client, reply.root_id))) return {reply_id, did: 'thread_deleted'};
    const person = await visit.people.find(visit.client, reply.user_id);
    return withdraw(visit, reply, {state: 'withdrawn'}, person);
}

/** Nobody but the first changes a version: two ears may bring it at once, and it may be found in another thread meanwhile. */
const claimVersion = async (tx: Tx, reply: ReplyRow, set: Partial<ReplyRow>): Promise<boolean> => {
    const isEdit = set.digest !== undefined && set.digest !== reply.digest;
    const former = isEdit ? {former: JSON.stringify([reply.digest, ...formerOf(reply)].slice(0, MOST_FORMER))} : {};
    const row = await tx
        .updateTable('reply')
        .set({...set, ...former})
        .where('integration_id', '=', reply.integration_id)
        .where('reply_id', '=', reply.reply_id)
        .where('version', '=', reply.version)
        .where('state', '=', reply.state)
        .where('root_id', '=', reply.root_id)
        .returning('reply_id')
        .executeTakeFirst();
    return row !== undefined;
};

async function stayUnmarked(visit: Visit, reply: ReplyRow, post: Post): Promise<Taken | 'raced'> {
    const set = {version: versionOf(post), digest: digestOf(visit, post), updated_at: visit.now()};
    return (await visit.database.write((tx) => claimVersion(tx, reply, set))) ? {reply_id: reply.reply_id, did: 'unmarked'} : 'raced';
}

async function askAgain(visit: Visit, reply: ReplyRow, post: Post, why: Ask['why']): Promise<Taken | 'raced'> {
    const at = visit.now();
    const version = versionOf(post);
    const done = await visit.database.write(async (tx) => {
        const fresh = reply.sent_version === null;
        const set = {
            state: 'asked' as const,
            version,
            digest: digestOf(visit, post),
            reason_code: fresh || why === 'unjudged' ? why : 'edited',
            asked_until: at + visit.integration.config.guard_minutes * MINUTE,
            updated_at: at,
        };
        if (!(await claimVersion(tx, reply, set))) return false;
        await appendShow(tx, reply.integration_id, reply.conversation_id, reply.reply_id, `asked/${version}`, at);
        await touchConversation(tx, reply.integration_id, reply.conversation_id, at);
        return true;
    });
    return done ? {reply_id: reply.reply_id, did: 'asked'} : 'raced';
}

async function resend(
    visit: Visit,
    reply: ReplyRow,
    post: Post,
    weighed: Weighed & {files: ReplyFile[]},
    {person, by}: {person: Person; by: Speaker | undefined},
): Promise<Taken | 'raced'> {
    const at = visit.now();
    const text = 'text' in weighed.verdict ? weighed.verdict.text : '';
    // i-Reserve never had it: what it gets is a new message. After a try it may have it, and what was given up may still be tried again.
    const first = reply.sent_version === null && reply.state !== 'queued' && reply.state !== 'failed';
    const queued: QueuedReply = {
        ...queuedOf(post, {text, mentions: weighed.mentions, files: weighed.files, person}),
        reply_id: reply.reply_id,
        type: first ? 'message.created' : 'message.edited',
        not_before: 0,
    };
    const done = await visit.database.write(async (tx) => {
        const set = {
            state: 'queued' as const,
            version: queued.version,
            digest: digestOf(visit, post),
            reason_code: null,
            reason_detail: null,
            asked_until: null,
            updated_at: at,
        };
        if (!(await claimVersion(tx, reply, set))) return false;
        if (by && (reply.state === 'asked' || reply.state === 'internal')) await appendAnswered(tx, reply, 'sent', by, at);
        await queueReply(tx, visit.integration, reply.conversation_id, queued, at);
        if (reply.state !== 'queued')
            await appendShow(tx, reply.integration_id, reply.conversation_id, reply.reply_id, `resent/${queued.version}`, at);
        return true;
    });
    return done ? {reply_id: reply.reply_id, did: first ? 'queued' : 'edited'} : 'raced';
}

type Withdrawal = {state: 'note'; digest: string} | {state: 'withdrawn'};

async function withdraw(visit: Visit, reply: ReplyRow, withdrawal: Withdrawal, person: Person | null): Promise<Taken | 'raced'> {
    const at = visit.now();
    const {integration_id, conversation_id, reply_id} = reply;
    const done = await visit.database.write(async (tx) => {
        if (!(await claimVersion(tx, reply, {...withdrawal, asked_until: null, updated_at: at}))) return false;
        if (reply.state === 'failed') await giveUpDead(tx, reply, 'deleted in Mattermost', at);
        // Also while an edit is asked about, the words before may be on their way.
        if (await wasQueued(tx, reply)) {
            const by = person ?? {user_id: reply.user_id, username: '', name: '', email: ''};
            const {user_id, username, name, email} = by;
            await appendToIreserve(
                tx,
                integration_id,
                conversation_id,
                {type: 'message.deleted', timestamp: new Date(at).toISOString(), reply_id, by: {user_id, username, name, email}},
                replyKey(reply_id, 'deleted', reply.version),
                at,
            );
        }
        await appendShow(tx, integration_id, conversation_id, reply_id, `${withdrawal.state}/${reply.version}`, at);
        await touchConversation(tx, integration_id, conversation_id, at);
        return true;
    });
    return done ? {reply_id, did: 'deleted'} : 'raced';
}

const wasQueued = async (tx: Tx, {integration_id, reply_id}: ReplyRow): Promise<boolean> => {
    const row = await tx
        .selectFrom('delivery')
        .select('seq')
        .where('integration_id', '=', integration_id)
        .where('direction', '=', 'to-ireserve')
        .where('source_id', 'like', `${reply_id}/created/%`)
        .executeTakeFirst();
    return row !== undefined;
};

/** Dead deliveries of a reply that something newer takes the place of. @param before only those accepted before this one */
export async function giveUpDead(
    tx: Tx,
    {integration_id, reply_id}: Pick<ReplyRow, 'integration_id' | 'reply_id'>,
    why: string,
    now: number,
    before = Number.MAX_SAFE_INTEGER,
) {
    for (const {seq} of await deadOf(tx, integration_id, reply_id)) if (seq < before) await discard(tx, seq, why, now);
}

export const deadOf = (tx: Tx, integration_id: string, reply_id: string) =>
    tx
        .selectFrom('delivery')
        .select('seq')
        .where('integration_id', '=', integration_id)
        .where('direction', '=', 'to-ireserve')
        .where('source_id', 'like', `${reply_id}/%`)
        .where('state', '=', 'dead')
        .orderBy('seq')
        .execute();
