import type {Post} from '@mattermost/types/posts';
import type {Action} from 'redux';
import manifest from '../../../plugin.json';
import {NO_DRAFT} from './drafts.ts';
import {fits, inOrder} from './lists.ts';
import {type Change, EMPTY, keyOfShown, type PluginState} from './state.ts';

const PREFIX = `${manifest.id}/`;

/** All plugins share one store: the type names ours. */
export const changed = (change: Change): Action & {change: Change} => ({type: PREFIX + change.type, change});

export function reducer(state: PluginState = EMPTY, action: Action & {change?: Change}): PluginState {
    return action.type.startsWith(PREFIX) && action.change ? apply(state, action.change) : state;
}

function apply(state: PluginState, change: Change): PluginState {
    switch (change.type) {
        case 'team':
            return {
                ...EMPTY,
                ...(state.team_id ? {} : {shown: state.shown}),
                view: state.view,
                people: state.people,
                left: state.left,
                team_id: change.team_id,
                kept: change.kept,
            };
        case 'connection':
            return {...state, connection: change.connection};
        case 'live':
            return state.live === change.live ? state : {...state, live: change.live};
        case 'me':
            return {...state, me: change.me};
        case 'shown':
            return {...state, shown: change.shown, opening: {status: 'loading'}};
        case 'view':
            return {...state, view: change.view, search: change.search, list: EMPTY.list};
        case 'list_loading':
            return {...state, list: {...state.list, status: 'loading', error: undefined}};
        case 'list':
            return withList(state, change);
        case 'list_failed':
            return {...state, list: {...state.list, status: 'failed', error: change.error}};
        case 'counts':
            return {...state, counts: change.counts};
        case 'summary':
            return withSummary(state, change.summary);
        case 'gone':
            return without(state, change.ids);
        case 'left':
            return without({...state, left: change.channel_ids}, idsIn(state, change.channel_ids));
        case 'opening':
            return {...state, opening: change.error ? {status: 'failed', error: change.error} : {status: 'loading'}};
        case 'detail':
            return withDetail(state, change.detail);
        case 'thread':
            return withThread(state, change);
        case 'post':
            return withPost(state, change.post);
        case 'post_gone':
            return withoutPost(state, change);
        case 'typing':
            return {...state, typing: {...state.typing, [`${change.typing.conversation_id}/${change.typing.user_id}`]: change.typing}};
        case 'people':
            return {...state, people: {...state.people, ...Object.fromEntries(change.people.map((one) => [one.id, one]))}};
        case 'draft':
            return {...state, kept: {...state.kept, drafts: {...state.kept.drafts, [change.key]: change.draft}}};
        case 'seen':
            return {...state, kept: {...state.kept, seen: {...state.kept.seen, [change.key]: change.at}}};
        case 'held':
            return {...state, held: change.held};
        case 'waits':
            return {...state, waits: change.waits};
        case 'answered':
            return {...state, waits: null, connection: backAgain(state)};
        case 'canned':
            return {...state, canned: change.canned};
        default:
            return state;
    }
}

/** Without knowing who we are there, the connection is made anew instead. */
const backAgain = ({connection, me}: PluginState): PluginState['connection'] =>
    connection.kind === 'failed' && me ? {kind: 'ready'} : connection;

const isLeft = ({left}: PluginState, {thread}: Pick<Summary, 'thread'>): boolean => thread !== null && left.includes(thread.channel_id);

const idsIn = ({summaries, details}: PluginState, channel_ids: readonly string[]): string[] =>
    [...Object.values(summaries), ...Object.values(details)]
        .filter(({thread}) => thread !== null && channel_ids.includes(thread.channel_id))
        .map(({conversation_id}) => conversation_id);

/** One may not see these any more: nothing of them stays, and who looks at one is back at the list. */
function without(state: PluginState, gone: readonly string[]): PluginState {
    if (gone.length === 0) return state;
    const kept = <T>(all: Record<string, T>) => Object.fromEntries(Object.entries(all).filter(([id]) => !gone.includes(id)));
    const {shown, list} = state;
    const isGone = shown.kind === 'conversation' && shown.conversation_id !== null && gone.includes(shown.conversation_id);
    return {
        ...state,
        summaries: kept(state.summaries),
        details: kept(state.details),
        list: {...list, ids: list.ids.filter((id) => !gone.includes(id))},
        shown: isGone ? {kind: 'queue'} : shown,
    };
}

function withList(state: PluginState, {view, search, next_cursor, counts, more, ...answer}: Extract<Change, {type: 'list'}>): PluginState {
    const items = answer.items.filter((item) => !isLeft(state, item));
    const summaries = {...state.summaries, ...Object.fromEntries(items.map((item) => [item.conversation_id, item]))};
    // The answer to a question that is no longer asked.
    if (view !== state.view || search !== state.search) return {...state, summaries, counts};
    const ids = [...new Set([...(more ? state.list.ids : []), ...items.map(({conversation_id}) => conversation_id)])];
    return {...state, summaries, counts, list: {status: 'ready', ids, next_cursor}};
}

function withSummary(state: PluginState, summary: Summary): PluginState {
    if (isLeft(state, summary)) return state;
    const id = summary.conversation_id;
    const summaries = {...state.summaries, [id]: summary};
    const {ids, next_cursor} = state.list;
    const others = ids.filter((one) => one !== id);
    const isIn = fits(state.view, summary, state.me?.user.user_id ?? '') && (state.search === '' || others.length < ids.length);
    const ordered = inOrder(state.view, isIn ? [...others, id] : others, summaries);
    // What sorts behind the last one of this page belongs to the next.
    const cut = next_cursor && ordered.at(-1) === id && others.length === ids.length ? others : ordered;
    return {...state, summaries, list: {...state.list, ids: cut}};
}

type Summary = Extract<Change, {type: 'summary'}>['summary'];

function withDetail(state: PluginState, detail: Extract<Change, {type: 'detail'}>['detail']): PluginState {
    if (isLeft(state, detail)) return state;
    const id = detail.conversation_id;
    const next = {...withSummary(state, detail), details: {...state.details, [id]: detail}};
    const {shown} = state;
    if (shown.kind !== 'conversation') return next;
    const same = shown.conversation_id === id || (shown.root_id !== null && detail.threads.some(({root_id}) => root_id === shown.root_id));
    if (!same) return next;
    const root_id = detail.thread?.root_id ?? shown.root_id;
    return {...next, opening: {status: 'ready'}, shown: {...shown, conversation_id: id, root_id}, kept: moved(state, id)};
}

/** What was begun while only the thread was known goes on under the conversation. */
function moved({kept, shown}: PluginState, id: string): PluginState['kept'] {
    const key = keyOfShown(shown);
    const draft = kept.drafts[key];
    if (key === id || !draft || kept.drafts[id]?.text) return kept;
    return {...kept, drafts: {...kept.drafts, [key]: NO_DRAFT, [id]: draft}};
}

function withThread(state: PluginState, {root_id, status, posts}: Extract<Change, {type: 'thread'}>): PluginState {
    const before = state.threads[root_id]?.posts ?? {};
    const loaded = posts ? Object.fromEntries(posts.map((post) => [post.id, newer(before[post.id], post)])) : before;
    return {...state, threads: {...state.threads, [root_id]: {status, posts: loaded}}};
}

function withPost(state: PluginState, post: Post): PluginState {
    const root_id = post.root_id || post.id;
    const thread = state.threads[root_id];
    if (!thread) return state;
    const posts = {...thread.posts, [post.id]: newer(thread.posts[post.id], post)};
    return {...state, threads: {...state.threads, [root_id]: {...thread, posts}}};
}

function withoutPost(state: PluginState, {post_id, root_id}: {post_id: string; root_id: string}): PluginState {
    const thread = state.threads[root_id];
    if (!thread?.posts[post_id]) return state;
    const {[post_id]: _gone, ...posts} = thread.posts;
    return {...state, threads: {...state.threads, [root_id]: {...thread, posts}}};
}

const newer = (a: Post | undefined, b: Post): Post => (a && a.update_at > b.update_at ? a : b);
