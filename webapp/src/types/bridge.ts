/** What the bridge answers (bridge/agent-api/contract.ts), read. Names and texts are the visitor's own words: to be shown as text, never as HTML. */
import {anything, fields, instant, listOf, mapOf, number, oneOf, orNull, type ReadAs, text, yesNo} from './read.ts';

const ThreadPlace = fields({channel_id: text, root_id: text, url: text});
const Status = oneOf('closed', 'waiting', 'open');

const summaryReads = {
    conversation_id: text,
    visitor: fields({name: orNull(text), email: orNull(text), language: orNull(text)}),
    page: orNull(fields({url: text, title: orNull(text)})),
    topic: orNull(text),
    status: Status,
    assignee: orNull(fields({name: text, user_id: orNull(text)})),
    waiting_since: orNull(instant),
    started_at: instant,
    activity_at: instant,
    presence: orNull(oneOf('left', 'away', 'online')),
    thread: orNull(ThreadPlace),
    failed: number,
    asked: number,
    preview: orNull(fields({author: fields({type: oneOf('visitor', 'agent', 'bot'), name: text}), text, at: instant})),
};

export const Summary = fields(summaryReads);
export type Summary = ReadAs<typeof Summary>;

export const ConversationList = fields({
    items: listOf(Summary),
    next_cursor: orNull(text),
    counts: fields({waiting: number, mine: number, open: number, closed: number}),
});
export type ConversationList = ReadAs<typeof ConversationList>;
export type Counts = ConversationList['counts'];
export type View = keyof Counts;
export const VIEWS: readonly View[] = ['waiting', 'mine', 'open', 'closed'];

export const Reply = fields({
    reply_id: text,
    post_id: orNull(text),
    user_id: text,
    state: oneOf('note', 'asked', 'internal', 'delivered', 'failed', 'discarded', 'withdrawn', 'queued'),
    remote_state: orNull(oneOf('delivered', 'seen')),
    reason: orNull(fields({code: text, detail: text})),
    hold_until: orNull(instant),
    asked_until: orNull(instant),
    missing_files: orNull(listOf(fields({name: text, code: orNull(text)}))),
    can: listOf(oneOf('retry', 'discard', 'send', 'keep')),
});
export type Reply = ReadAs<typeof Reply>;
export type ReplyAction = Reply['can'][number];

const Typist = fields({user_id: text, name: text, until: instant});

export const Detail = fields({
    ...summaryReads,
    visitor: fields({name: orNull(text), email: orNull(text), language: orNull(text), properties: mapOf(anything)}),
    closed_reason: orNull(text),
    booking_id: orNull(text),
    booking: anything,
    earlier: listOf(fields({conversation_id: text, topic: orNull(text), status: Status, started_at: text, thread: orNull(ThreadPlace)})),
    threads: listOf(fields({number, channel_id: text, root_id: text, url: text})),
    replies: listOf(Reply),
    allowed: listOf(oneOf('claim', 'release', 'transfer', 'close', 'reopen', 'reply', 'note')),
    typing: listOf(Typist),
});
export type Detail = ReadAs<typeof Detail>;
export type Allowed = Detail['allowed'][number];

export const ReplyTaken = fields({outcome: text, reply: orNull(Reply)});

export const Me = fields({
    user: fields({user_id: text, name: text, username: text}),
    integration: fields({
        id: text,
        name: text,
        licence: text,
        environment: oneOf('test', 'production'),
        state: oneOf('active', 'paused', 'inactive'),
        reply_policy: oneOf('thread', 'explicit'),
        panel_undo_seconds: number,
        callback_set: yesNo,
    }),
    conversation_link: text,
});
export type Me = ReadAs<typeof Me>;

export const Canned = fields({id: text, title: text, shortcut: text, text});
export type Canned = ReadAs<typeof Canned>;
export type CannedInput = Omit<Canned, 'id'>;
export const CannedList = fields({items: listOf(Canned)});

/** What the slash command answers with. */
export const SessionProps = fields({
    v: number,
    nonce: text,
    bridge_url: text,
    token: text,
    expires_at: number,
    integration: fields({name: text, environment: text, licence: text}),
});
export const SessionRefusal = fields({nonce: text, error: fields({code: text})});

export const TypingEvent = fields({conversation_id: text, user: fields({user_id: text, name: text}), until: instant});
export type Typing = {conversation_id: string; user_id: string; name: string; until: number};
export const GoneEvent = fields({conversation_id: orNull(text), channel_id: orNull(text)});

/** What the bridge writes into the props of its posts. Anybody may write such props: believe them of a bot's posts only. */
export const Mark = fields({
    integration: text,
    conversation: orNull(text),
    kind: oneOf('root', 'message', 'notification', 'link', 'line', 'note', 'question', 'hint'),
    author: orNull(oneOf('visitor', 'agent', 'bot')),
    /** Of posts that say who speaks, unless an older bridge made them. */
    name: orNull(text),
});
export type Mark = ReadAs<typeof Mark>;
