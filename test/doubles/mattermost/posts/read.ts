import {ApiError, badBody} from '../state/api-error.ts';
import {mayRead} from '../state/permissions.ts';
import type {JsonObject, Post, User} from '../state/records.ts';
import {inTiedDisorder} from '../state/ties.ts';
import type {World} from '../state/world.ts';
import {presentPostTo} from './present.ts';

/** At most so many rows come back from `since`, in no defined order. */
const SINCE_LIMIT = 1000;

export type PageQuery = {
    readonly page: number;
    readonly perPage: number;
    readonly since?: number;
    readonly before?: string;
    readonly after?: string;
    /** without the other posts of the threads, but with reply counts */
    readonly skipFetchThreads?: boolean;
};

/** A post the user may read, or 404 when it is deleted or unknown, or 403. */
export function readablePost(world: World, user: User, postId: string): Post {
    const post = world.posts.get(postId);
    if (post === undefined || post.delete_at !== 0) {
        throw new ApiError(404, 'app.post.get.app_error');
    }
    const channel = world.channels.get(post.channel_id);
    if (channel === undefined || !mayRead(world, user, channel)) {
        throw new ApiError(403, 'api.context.permissions.app_error');
    }
    return post;
}

/** `GET /channels/{id}/posts` of a channel that the caller has been found to be allowed to read. */
export function readChannelPosts(world: World, reader: User, channelId: string, query: PageQuery): JsonObject {
    const rows = world.channelRows.get(channelId) ?? [];
    if (query.since !== undefined && query.since > 0) {
        return since(world, reader, rows, query.since, query.skipFetchThreads ?? false);
    }
    const newestFirst = inTiedDisorder(
        world,
        rows.filter((post) => post.delete_at === 0),
    ).sort((a, b) => b.create_at - a.create_at);
    const from = query.page * query.perPage;
    const slice = (posts: Post[]): Post[] => posts.slice(from, from + query.perPage);
    // Strictly older or newer: posts of the very same millisecond as the anchor are left out, as the server does.
    const anchor = world.posts.get(query.after ?? query.before ?? '')?.create_at;
    const shown =
        query.after !== undefined
            ? slice(newestFirst.filter((post) => anchor !== undefined && post.create_at > anchor).reverse()).reverse()
            : slice(
                  query.before === undefined ? newestFirst : newestFirst.filter((post) => anchor !== undefined && post.create_at < anchor),
              );
    const others = shown.flatMap((post) => (query.skipFetchThreads ? rootOf(world, post) : threadOf(world, post)));
    const counted = query.skipFetchThreads || query.after !== undefined || query.before !== undefined;
    return {...postList(world, reader, shown, others, counted), ...cursors(newestFirst, shown, query)};
}

function since(world: World, reader: User, rows: Post[], time: number, counted: boolean): JsonObject {
    // By id is as good as any order: nobody may rely on which 1000 come back.
    const changed = rows
        .filter((post) => post.update_at > time)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, SINCE_LIMIT)
        .toSorted((a, b) => b.create_at - a.create_at);
    const roots = changed.flatMap((post) => rootOf(world, post));
    return {...postList(world, reader, changed, roots, counted), next_post_id: '', prev_post_id: ''};
}

function cursors(newestFirst: Post[], shown: Post[], query: PageQuery): {next_post_id: string; prev_post_id: string} {
    const newest = shown.at(0);
    const oldest = shown.at(-1);
    let next = newest === undefined ? '' : (newestFirst.findLast((post) => post.create_at > newest.create_at)?.id ?? '');
    let previous = oldest === undefined ? '' : (newestFirst.find((post) => post.create_at < oldest.create_at)?.id ?? '');
    const short = shown.length < query.perPage;
    if (query.after !== undefined) {
        next = short ? '' : next;
        previous = query.page === 0 ? query.after : previous;
    } else if (query.before !== undefined) {
        next = query.page === 0 ? query.before : next;
        previous = short ? '' : previous;
    }
    return {next_post_id: next, prev_post_id: previous};
}

function rootOf(world: World, post: Post): Post[] {
    const root = world.posts.get(post.root_id);
    return root === undefined ? [] : [root];
}

function threadOf(world: World, post: Post): Post[] {
    const root = post.root_id === '' ? post : world.posts.get(post.root_id);
    return root === undefined ? [] : [root, ...(world.replies.get(root.id) ?? [])].filter((one) => one.delete_at === 0);
}

export type ThreadQuery = {
    readonly perPage?: number;
    readonly direction?: string;
    readonly fromCreateAt?: number;
    readonly fromPost?: string;
    readonly fromUpdateAt?: number;
    readonly updatesOnly?: boolean;
};

/** `GET /posts/{id}/thread`, from the root or any reply. `order` is not chronological: clients have to sort. */
export function readThread(world: World, reader: User, requested: Post, query: ThreadQuery): JsonObject {
    // The table's physical order: a row that is changed moves to the end, and every reply changes its root.
    const rows = threadOf(world, requested).toSorted((a, b) => a.update_at - b.update_at);
    if (!world.differs.modernReads) {
        const order = [requested.id, ...rows.map((post) => post.id)];
        return {...postList(world, reader, rows, [], true), order, next_post_id: '', prev_post_id: ''};
    }
    const {page, hasNext} = threadPage(rows, checkedThreadQuery(query));
    const others = page.filter((post) => post.id !== requested.id);
    return {...postList(world, reader, [requested, ...others], [], true), next_post_id: '', prev_post_id: '', has_next: hasNext};
}

function checkedThreadQuery(query: ThreadQuery): ThreadQuery {
    if (query.perPage !== undefined && (Number.isNaN(query.perPage) || query.perPage > 200)) {
        throw badBody('perPage');
    }
    if (query.fromPost !== undefined && query.fromPost !== '' && !query.fromCreateAt) {
        throw badBody('if fromPost is set, then fromCreateAt must also be set');
    }
    if (query.direction !== undefined && query.direction !== 'up' && query.direction !== 'down') {
        throw badBody('direction');
    }
    if ((query.fromUpdateAt && query.fromCreateAt) || (query.updatesOnly && (!query.fromUpdateAt || query.direction === 'up'))) {
        throw badBody('fromUpdateAt');
    }
    return query;
}

function threadPage(rows: Post[], query: ThreadQuery): {page: Post[]; hasNext: boolean} {
    const stamp = (post: Post): number => (query.fromUpdateAt || query.updatesOnly ? post.update_at : post.create_at);
    const from = query.fromUpdateAt || query.fromCreateAt || 0;
    const down = query.direction === 'down';
    const beyond = (post: Post): boolean => {
        if (from === 0) {
            return true;
        }
        if (stamp(post) === from && query.fromPost !== undefined && query.fromPost !== '') {
            return down ? post.id > query.fromPost : post.id < query.fromPost;
        }
        return down ? stamp(post) > from : stamp(post) < from;
    };
    const sortStamp = (post: Post): number => (query.updatesOnly ? post.update_at : post.create_at);
    const ascending = (a: Post, b: Post): number => sortStamp(a) - sortStamp(b) || (a.id < b.id ? -1 : 1);
    const found = rows.filter(beyond);
    if (query.direction !== undefined) {
        found.sort(down ? ascending : (a, b) => ascending(b, a));
    }
    const limit = query.perPage ?? 0;
    return limit > 0 ? {page: found.slice(0, limit), hasNext: found.length > limit} : {page: found, hasNext: false};
}

/**
 * The server's list form: `order` holds the ids asked for, `posts` those and whatever belongs to their threads.
 *
 * Plain pages and `since` leave every `reply_count` at 0, unless they are asked to skip the threads.
 */
function postList(world: World, reader: User, ordered: readonly Post[], extra: readonly Post[], counted: boolean): JsonObject {
    const posts: JsonObject = {};
    for (const post of [...ordered, ...extra]) {
        posts[post.id] ??= counted ? presentPostTo(world, reader, post) : {...presentPostTo(world, reader, post), reply_count: 0};
    }
    return {order: ordered.map((post) => post.id), posts};
}
