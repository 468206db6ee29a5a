/** The plugin's own part of the host's store (`state['plugins-<id>']`): its shape, and everything that can happen to it. */
import type {Post} from '@mattermost/types/posts';
import type {BridgeError} from '../client/bridge.ts';
import type {Known} from '../client/mattermost.ts';
import type {Failure} from '../client/session.ts';
import type {Live} from '../client/stream.ts';
import type {Canned, Counts, Detail, Me, Summary, Typing, View} from '../types/bridge.ts';
import type {Draft, Kept} from './drafts.ts';

/** Between us and the bridge. */
export type Connection = {kind: 'off'} | {kind: 'connecting'} | {kind: 'ready'} | {kind: 'failed'; failure: Failure};

/** The user id under which the visitor types: the bot types for him. */
export const VISITOR = '';

/** What the panel shows; with one of the two ids unknown at first, depending on where one comes from. */
export type Shown = {kind: 'queue'} | ShownConversation | {kind: 'canned'; back: ShownConversation};
export type ShownConversation = {kind: 'conversation'; conversation_id: string | null; root_id: string | null; opened: Opened};

/** Where the focus goes each time something is opened. */
export type Opened = {focus: 'composer' | 'back'};

export type Loading = {status: 'loading' | 'ready' | 'failed'; error?: BridgeError | undefined};

/** A reply that can still be taken back. */
export type Held = {conversation_key: string; post: Post; until: number};

export type PluginState = {
    team_id: string;
    connection: Connection;
    live: Live;
    me: Me | null;
    shown: Shown;
    view: View;
    search: string;
    counts: Counts | null;
    /** Of the view that is shown. */
    list: Loading & {ids: string[]; next_cursor: string | null};
    summaries: Record<string, Summary>;
    /** Channels one is no longer a member of: the bridge may not know yet, and show them once more. */
    left: readonly string[];
    details: Record<string, Detail>;
    /** Of the conversation that is shown. */
    opening: Loading;
    /** Posts of threads that were opened, by root id: the host may not have them, and forgets them. */
    threads: Record<string, {status: 'loading' | 'ready' | 'failed'; posts: Record<string, Post>}>;
    /** By conversation id or root id, then user id. */
    typing: Record<string, Typing>;
    /** People the host may not know, by id. */
    people: Record<string, Known>;
    kept: Kept;
    held: Held | null;
    /** Where something was said that the bridge could not be told of yet: a key as of drafts. */
    waits: string | null;
    canned: Canned[] | null;
};

export type Change =
    | {type: 'team'; team_id: string; kept: Kept}
    | {type: 'connection'; connection: Connection}
    | {type: 'live'; live: Live}
    | {type: 'me'; me: Me}
    | {type: 'shown'; shown: Shown}
    | {type: 'view'; view: View; search: string}
    | {type: 'list_loading'}
    | {type: 'list'; view: View; search: string; items: Summary[]; next_cursor: string | null; counts: Counts; more: boolean}
    | {type: 'list_failed'; error: BridgeError}
    | {type: 'counts'; counts: Counts}
    | {type: 'summary'; summary: Summary}
    | {type: 'gone'; ids: string[]}
    | {type: 'left'; channel_ids: readonly string[]}
    | {type: 'opening'; error?: BridgeError}
    | {type: 'detail'; detail: Detail}
    | {type: 'thread'; root_id: string; status: 'loading' | 'ready' | 'failed'; posts?: Post[]}
    | {type: 'post'; post: Post}
    | {type: 'post_gone'; post_id: string; root_id: string}
    | {type: 'typing'; typing: Typing}
    | {type: 'people'; people: Known[]}
    | {type: 'draft'; key: string; draft: Draft}
    | {type: 'seen'; key: string; at: number}
    | {type: 'held'; held: Held | null}
    | {type: 'waits'; waits: string}
    | {type: 'answered'}
    | {type: 'canned'; canned: Canned[]};

export const EMPTY: PluginState = {
    team_id: '',
    connection: {kind: 'off'},
    live: 'down',
    me: null,
    shown: {kind: 'queue'},
    view: 'waiting',
    search: '',
    counts: null,
    list: {status: 'loading', ids: [], next_cursor: null},
    summaries: {},
    left: [],
    details: {},
    opening: {status: 'loading'},
    threads: {},
    typing: {},
    people: {},
    kept: {drafts: {}, seen: {}},
    held: null,
    waits: null,
    canned: null,
};

/** Drafts and what was read are kept under this: the conversation where it is known, the thread where only that is. */
export const keyOfShown = (shown: Shown): string => (shown.kind === 'conversation' ? (shown.conversation_id ?? shown.root_id ?? '') : '');
