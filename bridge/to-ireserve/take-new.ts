/** A post that was not known: judged, and stored once with what follows from it. */
import type {Post} from '@mattermost/types/posts';
import type {Integration} from '../integration.ts';
import {isTrialAnswer} from '../stand-in.ts';
import type {Tx} from '../store/open.ts';
import {heardUpTo, holdThread, touchConversation} from '../store/records.ts';
import type {ReplyRow, ReplyState, ThreadRow} from '../store/schema.ts';
import {CHANNEL_WIDE, MOST_NAMES, mentionedNames} from '../text/mentions.ts';
import {appendShow} from '../to-mattermost/own-events.ts';
import {markOf} from '../to-mattermost/publish.ts';
import {intentOf} from './first-words.ts';
import type {Person} from './people.ts';
import {type Choice, type Intent, isBlank, judge, type Verdict, type Written} from './policy.ts';
import {fileLook, filesOf} from './post-files.ts';
import {appendToIreserve, type QueuedReply, type ReplyFile, replyKey} from './queue.ts';
import {type Drop, isSystem, isTyped, type Taken, type Visit, versionOf} from './visit.ts';

const MINUTE = 60_000;

type TakeNew = {choice: Choice; onlyMarked?: boolean; isDoubtful?: boolean; isPast?: boolean};

/**
 * @param onlyMarked it was passed over before: it is for the visitor only if it says so itself, or was chosen
 * @param isDoubtful it may have been a note, whatever the post says of its edits
 * @param isPast written before the integration relayed, whatever its copy says: remembered, so that an edit can still mark it
 */
export async function takeNew(
    visit: Visit,
    thread: ThreadRow,
    post: Post,
    {choice, onlyMarked = false, isDoubtful = false, isPast = false}: TakeNew,
): Promise<Taken> {
    const dropped = (did: Drop): Taken => ({reply_id: post.id, did});
    const isTrial = post.user_id === visit.botId && isTrialAnswer(visit.box, visit.integration, thread.conversation_id, post);
    if (post.user_id === visit.botId && !isTrial) return dropped('own_bot');
    if (isSystem(post)) return dropped('system_post');
    if (!isTyped(post)) return dropped('other_type');
    const person = await visit.people.find(visit.client, post.user_id);
    if (!person?.active) return dropped('deactivated_user');
    if ((person.isBot || isFromWebhook(post)) && !visit.integration.config.relay_bots && !isTrial) return dropped('other_bot');
    // Another integration's bridge: relaying it would make an endless loop of two.
    if (markOf(post)) return dropped('other_bot');
    const intent = intentOf(post);
    const written = isDoubtful ? 'unknown' : visit.firstWords.of(post);
    const {verdict: judged, mentions} = await weigh(visit, thread, post, {intent, choice, onlyMarked, written});
    const verdict: Verdict = isPast ? {kind: 'unmarked'} : judged;
    const files = 'text' in verdict ? await filesOf(post, fileLook(visit.client)) : [];
    if (isEmpty(verdict, files)) return dropped('empty');
    // Not remembered: marked later it will still be one whose first words nobody heard.
    if (verdict.kind === 'unmarked' && written === 'unknown' && !isPast) return dropped('unmarked');
    const digest = digestOf(visit, post);
    return store(visit, thread, post, {verdict, mentions, files, person, digest, holdMs: holdMs(visit.integration, intent)});
}

const holdMs = ({config}: Integration, intent: Intent): number =>
    1000 * (intent === 'reply' ? config.panel_undo_seconds : config.undo_seconds);

const isFromWebhook = (post: Post): boolean => (post.props as {from_webhook?: unknown} | undefined)?.from_webhook === 'true';

/** For the visitor, and without anything to see. */
export const isEmpty = (verdict: Verdict, files: readonly ReplyFile[]): boolean =>
    'text' in verdict && isBlank(verdict.text) && files.every(({gone}) => gone);

export const digestOf = (visit: Visit, post: Post): string => visit.box.fingerprint('reply', post.user_id, post.message);

export type Weighed = {verdict: Verdict; mentions: QueuedReply['mentions']};

/** The policy's verdict, with what it needs to know of the people and channels mentioned. */
export async function weigh(
    visit: Visit,
    thread: Pick<ThreadRow, 'channel_id'>,
    post: Post,
    {intent, choice, onlyMarked = false, written = 'same'}: {intent: Intent; choice: Choice; onlyMarked?: boolean; written?: Written},
): Promise<Weighed> {
    const {config} = visit.integration;
    const names = mentionedNames(post.message);
    const users = await visit.people.named(visit.client, names.slice(0, MOST_NAMES));
    const people = users.filter(({user_id}) => user_id !== visit.botId);
    const strangers = names.filter((name) => !users.some(({username}) => username === name));
    let colleagues = names.length > MOST_NAMES || names.some((name) => CHANNEL_WIDE.includes(name));
    for (const {user_id} of people) colleagues ||= await visit.people.isMember(visit.client, thread.channel_id, user_id);
    for (const name of strangers) colleagues ||= (await visit.people.isGroup(visit.client, name)) !== false;
    const channels = (post.props as {channel_mentions?: Record<string, {display_name?: string}>} | undefined)?.channel_mentions ?? {};
    return {
        verdict: judge(post.message, {
            ...{intent, colleagues, choice, written},
            config: {...config, ...(onlyMarked ? {reply_policy: 'explicit'} : {})},
        }),
        mentions: {
            users: Object.fromEntries(people.map(({username, name}) => [username, name])),
            channels: Object.fromEntries(Object.entries(channels).map(([name, channel]) => [name, channel?.display_name ?? name])),
        },
    };
}

type Judged = Weighed & {files: ReplyFile[]; person: Person; digest: string; holdMs: number};

async function store(
    visit: Visit,
    thread: ThreadRow,
    post: Post,
    {verdict, mentions, files, person, digest, holdMs}: Judged,
): Promise<Taken> {
    const {integration, database} = visit;
    const at = visit.now();
    const state = STATES[verdict.kind];
    const row: ReplyRow = {
        integration_id: integration.id,
        reply_id: post.id,
        conversation_id: thread.conversation_id,
        channel_id: thread.channel_id,
        root_id: thread.root_id,
        post_id: post.id,
        user_id: post.user_id,
        digest,
        state,
        version: versionOf(post),
        sent_version: null,
        remote_id: null,
        remote_state: null,
        reason_code: verdict.kind === 'ask' ? verdict.why : null,
        reason_detail: null,
        asked_until: verdict.kind === 'ask' ? at + integration.config.guard_minutes * MINUTE : null,
        mark: null,
        question_post_id: null,
        hint_post_id: null,
        files: null,
        former: null,
        created_at: at,
        updated_at: at,
    };
    const stored = await database.write(async (tx) => {
        // Moved on since it was read: what stands there is a copy of this.
        if (!(await holdThread(tx, thread))) return 'moved';
        const made = await tx
            .insertInto('reply')
            .values(row)
            .onConflict((conflict) => conflict.columns(['integration_id', 'reply_id']).doNothing())
            .returning('reply_id')
            .executeTakeFirst();
        if (!made) return 'known';
        await heardUpTo(tx, thread, post.create_at);
        if (verdict.kind === 'send') {
            const queued: QueuedReply = {
                ...queuedOf(post, {text: verdict.text, mentions, files, person}),
                type: 'message.created',
                not_before: at + holdMs,
            };
            await queueReply(tx, integration, thread.conversation_id, queued, at);
        }
        if (verdict.kind === 'ask') {
            await appendShow(tx, integration.id, thread.conversation_id, post.id, `asked/${row.version}`, at);
            await touchConversation(tx, integration.id, thread.conversation_id, at);
        }
        return 'new';
    });
    if (stored === 'moved') return {reply_id: post.id, did: 'moved_copy'};
    if (stored === 'known') return {reply_id: post.id, did: 'known_version'};
    return {reply_id: post.id, did: state};
}

const STATES = {send: 'queued', ask: 'asked', note: 'note', unmarked: 'unmarked'} as const satisfies Record<Verdict['kind'], ReplyState>;

export const queuedOf = (
    post: Post,
    {text, mentions, files, person}: Pick<QueuedReply, 'text' | 'mentions' | 'files'> & {person: Person},
) => ({
    timestamp: new Date(post.edit_at || post.create_at).toISOString(),
    reply_id: post.id,
    version: versionOf(post),
    by: {user_id: person.user_id, username: person.username, name: person.name, email: person.email},
    text,
    files,
    mentions,
    answers: post.create_at,
});

/** Queues a reply for the visitor. The visitor waits until it has arrived: `answerArrived`. */
export async function queueReply(
    tx: Tx,
    integration: Integration,
    conversation_id: string,
    queued: QueuedReply,
    now: number,
): Promise<void> {
    const what = queued.type === 'message.created' ? 'created' : 'edited';
    await appendToIreserve(tx, integration.id, conversation_id, queued, replyKey(queued.reply_id, what, queued.version), now);
    await touchConversation(tx, integration.id, conversation_id, now);
}

/** Fingerprints of the words a reply had before those it has now, newest first. */
export const formerOf = ({former}: Pick<ReplyRow, 'former'>): string[] => (former ? (JSON.parse(former) as string[]) : []);
