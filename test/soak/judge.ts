/** Compares what stands at the visitors' and in Mattermost with what must stand there by what people did. Pure; asks the bridge nothing. */

import {placeOf} from '../delivery/seen.ts';
import type {CallbackAttempt, ReceivedCallback} from '../doubles/ireserve/callbacks.ts';
import type {Conversation} from '../doubles/ireserve/conversations.ts';
import {type AgentSaid, type Chat, isNoteNow, type Ledger, lastOf, type VisitorSaid, wasNote} from './ledger.ts';
import type {Standing} from './place.ts';
import {markOf} from './roots.ts';

/** Each must be empty. */
export const COLUMNS = [
    'lost',
    'doubled',
    'out of order',
    'leaked',
    'wrong words',
    'wrong marks',
    'files',
    'two texts for one id',
] as const;
export type Column = (typeof COLUMNS)[number];

export type Verdict = {
    readonly found: Readonly<Record<Column, readonly string[]>>;
    /** From being said to being there, ms; by Mattermost's and i-Reserve's clocks. */
    readonly delays: readonly number[];
    /** Answers that were edited before the bridge heard of them, so that their authors are asked whether they were notes. */
    readonly asked: readonly AgentSaid[];
    /** When something arrived, ms since 1970. */
    readonly arrivals: readonly number[];
};

export type Evidence = {
    readonly ledger: Ledger;
    readonly posts: readonly Standing[];
    readonly conversation: (id: string) => Conversation;
    readonly attempts: readonly CallbackAttempt[];
    readonly received: readonly ReceivedCallback[];
};

/** As the ledger makes them. */
const TOKEN = /a\w*?z/g;

type Complain = (column: Column, what: string) => void;

export function judge(evidence: Evidence): Verdict {
    const found = Object.fromEntries(COLUMNS.map((column) => [column, [] as string[]])) as Record<Column, string[]>;
    const complain: Complain = (column, what) => void found[column].push(what);
    const asked: AgentSaid[] = [];
    const times = {delays: [] as number[], arrivals: [] as number[]};
    const arrived = (saidAt: number, at: number) => {
        times.delays.push(at - saidAt);
        times.arrivals.push(at);
    };
    const outbound = new Set(evidence.attempts.flatMap(({body}) => body.match(TOKEN) ?? []));
    const marked = new Map<string, Standing[]>();
    const byId = new Map<string, Standing>();
    for (const post of evidence.posts) {
        byId.set(post.id, post);
        const conversation = markOf(post)?.conversation;
        if (conversation) marked.set(conversation, [...(marked.get(conversation) ?? []), post]);
    }
    for (const chat of evidence.ledger.chats) {
        inMattermost(evidence, chat, marked.get(chat.id) ?? [], complain, arrived);
        asked.push(...atTheVisitors(evidence, chat, questionsIn(marked.get(chat.id) ?? []), complain, arrived));
        for (const said of chat.agents) {
            leaks(said, outbound, complain);
            marks(chat, said, byId.get(said.post_id), evidence.conversation(chat.id), complain);
        }
    }
    twoTexts(evidence.attempts, complain);
    return {found, asked, ...times};
}

/** What visitors said: there, once, whole, in order, in its last words, with its file. */
function inMattermost({ledger}: Evidence, chat: Chat, own: readonly Standing[], complain: Complain, arrived: Arrived): void {
    const living = own.filter(({delete_at}) => delete_at === 0);
    const isTaken = ({root_id, id}: Standing) => ledger.gone.has(root_id) && !ledger.gone.get(root_id)?.stood.has(id);
    const partsOf = (posts: readonly Standing[], {message_id}: VisitorSaid) =>
        posts.flatMap((post) => {
            const place = placeOf(markOf(post)?.key ?? '');
            return place?.message_id === message_id ? [{part: place.part, post}] : [];
        });
    const takenIds = new Set<string>();
    for (const said of chat.visitor) {
        const name = `${chat.id} ${said.message_id}`;
        const ever = partsOf(own, said);
        const parts = partsOf(living, said);
        const taken = ever.some(({post}) => isTaken(post));
        if (taken) takenIds.add(said.message_id);
        const text = parts.map(({post}) => post.message).join('\n');
        const first = Math.min(...ever.map(({post}) => post.create_at));
        if (Number.isFinite(first)) arrived(said.at, first);
        if (new Set(parts.map(({part}) => part)).size < parts.length) complain('doubled', `${name} stands ${parts.length} times`);
        const shown = said.tokens.filter((token) => text.includes(token));
        if (said.withdrawn) {
            if (shown.length > 0) complain('wrong words', `${name} was withdrawn and shows ${shown.join()}`);
            continue;
        }
        if (parts.length === 0 && !taken) complain('lost', `${name} is not in Mattermost`);
        if (parts.length > 0 && shown.join() !== lastOf(said.tokens) && !taken)
            complain('wrong words', `${name} shows ${shown.join() || 'none of its words'} instead of ${lastOf(said.tokens)}`);
        if (said.file && !taken) {
            const bearing = living.filter(({files}) => files.includes(said.file ?? ''));
            if (bearing.length !== 1) complain('files', `${said.file} of ${name} stands ${bearing.length} times in Mattermost`);
        }
    }
    for (const kind of ['root', 'link']) {
        const keys = living.flatMap((post) => (markOf(post)?.kind === kind ? [markOf(post)?.key] : []));
        if (new Set(keys).size < keys.length) complain('doubled', `${chat.id} has ${keys.join()}`);
    }
    inOrder(chat, living, takenIds, complain);
}

type Arrived = (saidAt: number, at: number) => void;

/**
 * Thread after thread by number, and in each as it was made. What an edit added comes later than everything, and what people took away may
 * have been made again.
 */
function inOrder(chat: Chat, living: readonly Standing[], taken: ReadonlySet<string>, complain: Complain): void {
    const numbers = new Map<string, number>();
    for (const post of living) {
        const mark = markOf(post);
        if (mark?.kind === 'root') numbers.set(post.id, Number(mark.key.split(':')[1]));
    }
    const rows = living
        .flatMap((post, position) => {
            const place = placeOf(markOf(post)?.key ?? '');
            if (!place || place.added || taken.has(place.message_id)) return [];
            return [{rank: Number(place.message_id.slice(1)) * 100 + place.part, thread: numbers.get(post.root_id) ?? 0, position}];
        })
        .toSorted((a, b) => a.thread - b.thread || a.position - b.position);
    for (const [index, row] of rows.entries()) {
        const before = rows[index - 1];
        if (before && before.rank > row.rank)
            complain('out of order', `${chat.id}: M${Math.floor(before.rank / 100)} stands before M${Math.floor(row.rank / 100)}`);
    }
}

/** Of which answers the bridge asks their authors just now. */
const questionsIn = (posts: readonly Standing[]): Set<string> =>
    new Set(
        posts.flatMap((post) => (post.delete_at === 0 && markOf(post)?.kind === 'question' ? [markOf(post)?.key.split(':')[1] ?? ''] : [])),
    );

/**
 * What agents answered: at the visitor's, once, in order, in its last words, with its file.
 *
 * @returns those whose authors are asked instead
 */
function atTheVisitors(
    {conversation, received}: Evidence,
    chat: Chat,
    questions: ReadonlySet<string>,
    complain: Complain,
    arrived: Arrived,
): AgentSaid[] {
    const asked: AgentSaid[] = [];
    const messages = conversation(chat.id).messages.filter(({author}) => author.type !== 'visitor');
    const takenAt = new Map(received.map((one) => [one.message_id, one.at]));
    const placed: {said: AgentSaid; place: number}[] = [];
    const known = new Set<string>();
    for (const said of chat.agents) {
        const name = `${chat.id} ${nameOf(said)}`;
        const mine = messages.flatMap((message, place) => {
            const shown = said.wordings.some(({token}) => message.text.includes(token));
            return shown ? [{message, place}] : [];
        });
        for (const {message} of mine) known.add(message.id);
        const living = mine.filter(({message}) => !message.deleted);
        if (living.length > 1) complain('doubled', `${name} stands ${living.length} times at the visitor’s`);
        const [first] = living;
        if (wasNote(said) || said.orphaned) continue;
        if (said.deleted || isNoteNow(said)) {
            // Deleted in its new place before anybody has read it there: README names this limit.
            if (first && !said.moved)
                complain('wrong words', `${name} was ${said.deleted ? 'deleted' : 'made a note'} and is still at the visitor’s`);
            continue;
        }
        if (!first && said.wordings.length > 1 && said.ids.some((id) => questions.has(id))) {
            asked.push(said);
            continue;
        }
        if (!first) {
            complain('lost', `${name} is not at the visitor’s`);
            continue;
        }
        arrived(said.at, takenAt.get(first.message.id) ?? said.at);
        const last = lastOf(said.wordings).token;
        if (!first.message.text.includes(last))
            complain('wrong words', `${name} is at the visitor’s as ${JSON.stringify(first.message.text)}`);
        const files = first.message.files.map((file) => file.name);
        if (said.file && files.join() !== said.file)
            complain('files', `${said.file} of ${name} is at the visitor’s as ${files.join() || 'no file'}`);
        if (!said.sentLater) placed.push({said, place: first.place});
    }
    for (const message of messages) {
        if (!message.deleted && !known.has(message.id))
            complain('doubled', `${chat.id} shows ${JSON.stringify(message.text)}, which nobody said there`);
    }
    const bySaid = placed.toSorted((a, b) => a.said.at - b.said.at);
    for (const [index, {said, place}] of bySaid.entries()) {
        const before = bySaid[index - 1];
        if (!before || before.place < place) continue;
        const where = before.said.root_id === said.root_id ? 'of the same thread' : 'of another thread';
        complain('out of order', `${chat.id}: ${nameOf(said)} came before ${nameOf(before.said)} ${where}`);
    }
    return asked;
}

/** Its words in the order in which they were written, and what else was done to it. */
const nameOf = ({post_id, wordings, moved, orphaned, deleted}: AgentSaid): string => {
    const words = wordings.map(({token, note}) => (note ? `// ${token}` : token)).join(' → ');
    return [post_id, `(${words})`, moved ? 'moved' : '', orphaned ? 'its thread deleted' : '', deleted ? 'deleted' : '']
        .filter(Boolean)
        .join(' ');
};

/** Neither taken nor refused: it must not have left in any try. */
function leaks(said: AgentSaid, outbound: ReadonlySet<string>, complain: Complain): void {
    const secret = wasNote(said) ? said.wordings : said.wordings.filter(({note}) => note);
    for (const {token} of secret) {
        if (outbound.has(token)) complain('leaked', `${token} of ${nameOf(said)}`);
    }
}

const DELIVERED = 'white_check_mark';
const SEEN = 'eyes';

function marks(chat: Chat, said: AgentSaid, post: Standing | undefined, conversation: Conversation, complain: Complain): void {
    if (!post || post.delete_at > 0 || said.deleted || said.orphaned) return;
    const shown = [...post.marks].sort().join();
    if (wasNote(said)) {
        if (shown !== '') complain('wrong marks', `the note ${said.post_id} bears ${shown}`);
        return;
    }
    if (isNoteNow(said)) return;
    const message = conversation.messages.find(({text, deleted}) => !deleted && text.includes(lastOf(said.wordings).token));
    if (!message) return;
    const wasRead = chat.read.has(message.source_id ?? '');
    const wanted = wasRead ? SEEN : DELIVERED;
    if (shown !== wanted)
        complain('wrong marks', `${said.post_id} (${lastOf(said.wordings).token}) bears ${shown || 'nothing'} instead of ${wanted}`);
}

/** The same webhook-id brings the same words. */
function twoTexts(attempts: readonly CallbackAttempt[], complain: Complain): void {
    const texts = new Map<string, string>();
    const told = new Set<string>();
    for (const {webhook_id, body, type} of attempts) {
        const {text} = (JSON.parse(body) as {data: {text?: string}}).data;
        if (text === undefined) continue;
        const before = texts.get(webhook_id) ?? text;
        texts.set(webhook_id, before);
        if (before === text || told.has(webhook_id)) continue;
        told.add(webhook_id);
        complain('two texts for one id', `${webhook_id} (${type}) brought ${JSON.stringify(before)} and then ${JSON.stringify(text)}`);
    }
}
