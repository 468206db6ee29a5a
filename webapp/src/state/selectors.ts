/** The only file that knows where things are in the host's store. */
import type {FileInfo} from '@mattermost/types/files';
import type {Post} from '@mattermost/types/posts';
import manifest from '../../../plugin.json';
import {type Known, knownOf} from '../client/mattermost.ts';
import {Mark} from '../types/bridge.ts';
import type {GlobalState} from '../types/mattermost.ts';
import {attempt} from '../types/read.ts';
import {EMPTY, type PluginState} from './state.ts';

const KEY = `plugins-${manifest.id}`;

export const ours = (state: GlobalState): PluginState => (state as unknown as Record<string, PluginState | undefined>)[KEY] ?? EMPTY;

export const currentUserId = (state: GlobalState): string => state.entities?.users?.currentUserId ?? '';
/** In the System Console there may be no current one. */
export const currentTeamId = (state: GlobalState): string =>
    state.entities?.teams?.currentTeamId || (Object.keys(state.entities?.teams?.myMembers ?? {})[0] ?? '');
export const currentChannelId = (state: GlobalState): string => state.entities?.channels?.currentChannelId ?? '';
const NO_CHANNELS = {};
/** By id; those one is a member of, as far as the host has loaded them. */
export const myChannels = (state: GlobalState): Record<string, unknown> => state.entities?.channels?.myMembers ?? NO_CHANNELS;
export const teamName = (state: GlobalState, id: string): string => state.entities?.teams?.teams?.[id]?.name ?? '';
export const postById = (state: GlobalState, id: string): Post | undefined => state.entities?.posts?.posts?.[id];

/** The host takes them out of the posts it keeps. */
export const knownFiles = (state: GlobalState): Record<string, FileInfo> => state.entities?.files?.files ?? NO_FILES;
const NO_FILES = {};

/** As the host has it, or as we asked for it. */
export function personOf(state: GlobalState, user_id: string): Known | undefined {
    const user = state.entities?.users?.profiles?.[user_id];
    return user ? knownOf(user) : ours(state).people[user_id];
}

export const isBot = (state: GlobalState, user_id: string): boolean =>
    state.entities?.users?.profiles?.[user_id]?.is_bot ?? ours(state).people[user_id]?.is_bot ?? false;

/** The bridge's mark. Props can be written by anybody who may post; who the author is says the server. */
export function markOf(state: GlobalState, post: Post | undefined): Mark | null {
    const mark = post?.props?.ireserve;
    return post && mark && isBot(state, post.user_id) ? (attempt(Mark, mark) ?? null) : null;
}

/** The root of a post's thread if a conversation is mirrored into it: as far as the store knows, for it must be told at once. */
export function mirroredRoot(state: GlobalState, post_id: string): {root: Post; mark: Mark} | null {
    const post = postById(state, post_id);
    if (!post || post.state === 'DELETED' || post.delete_at) return null;
    const root = post.root_id ? (postById(state, post.root_id) ?? ours(state).threads[post.root_id]?.posts[post.root_id]) : post;
    const mark = markOf(state, root);
    return root && mark?.kind === 'root' ? {root, mark} : null;
}

/** A channel of the team where the slash command may be run: the current one, or else any of it. */
export function commandPlace(state: GlobalState, team_id: string): {channel_id: string; team_id: string} | null {
    const {channels = {}, myMembers = {}} = state.entities?.channels ?? {};
    const usable = (id: string): boolean => channels[id]?.team_id === team_id && !channels[id]?.delete_at && id in myMembers;
    const current = currentChannelId(state);
    if (usable(current)) return {channel_id: current, team_id};
    const found = Object.keys(channels).find(usable);
    return found ? {channel_id: found, team_id} : null;
}

export function preference(state: GlobalState, category: string, name: string): string | undefined {
    return state.entities?.preferences?.myPreferences?.[`${category}--${name}`]?.value;
}

/** Enter makes a new line, Ctrl+Enter sends: what the user has set for Mattermost itself. */
export const sendsOnCtrlEnter = (state: GlobalState): boolean => preference(state, 'advanced_settings', 'send_on_ctrl_enter') === 'true';
export const has24Hours = (state: GlobalState): boolean => preference(state, 'display_settings', 'use_military_time') === 'true';

/**
 * Everything said in these threads, oldest first: what the host has, and what we loaded.
 * The store changes many times a second: the list is the same until something in it is another.
 */
export function createPostsOf(root_ids: readonly string[]): (state: GlobalState) => readonly Post[] {
    let from: unknown[] = [];
    let found: readonly Post[] = [];
    return (state) => {
        const {threads} = ours(state);
        const host = state.entities?.posts;
        const now = [host?.posts, ...root_ids.flatMap((id) => [threads[id], host?.postsInThread?.[id]])];
        if (sameItems(now, from)) return found;
        from = now;
        const posts = root_ids.flatMap((id) => postsOf(state, id)).sort((a, b) => a.create_at - b.create_at || (a.id < b.id ? -1 : 1));
        if (!sameItems(posts, found)) found = posts;
        return found;
    };
}

function postsOf(state: GlobalState, root_id: string): Post[] {
    const own = ours(state).threads[root_id]?.posts ?? {};
    const host = state.entities?.posts;
    return [...new Set([...Object.keys(own), ...(host?.postsInThread?.[root_id] ?? [])])].flatMap((id) => {
        const theirs = host?.posts?.[id];
        const mine = own[id];
        const post = theirs && (!mine || theirs.update_at >= mine.update_at || theirs.state === 'DELETED') ? theirs : mine;
        // Ephemeral posts and pending ones of the host are not said yet, or to nobody.
        const isSaid =
            post && post.state !== 'DELETED' && !post.delete_at && post.type !== 'system_ephemeral' && post.id !== post.pending_post_id;
        return isSaid ? [post] : [];
    });
}

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean =>
    a.length === b.length && a.every((one, index) => one === b[index]);
