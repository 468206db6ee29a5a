import {ApiError, badBody, forbidden, Panic} from '../state/api-error.ts';
import {mayModerate, mayPost} from '../state/permissions.ts';
import type {Channel, JsonObject, Post, StoredFile, User} from '../state/records.ts';
import type {World} from '../state/world.ts';
import {comparesLostTarget, withActionIds} from './attachments.ts';
import {announceDeleted, announceEdited} from './events.ts';
import {fetchPreview} from './link-previews.ts';
import {presentPost} from './present.ts';
import {checkStorable} from './validate.ts';

/** What an edit may change; what is absent stays. `props` replaces all props. */
export type PostPatch = {
    readonly message?: string;
    readonly props?: JsonObject;
    readonly file_ids?: readonly string[];
    readonly is_pinned?: boolean;
};

/** `PUT /posts/{id}/patch`. An unknown or deleted post is 403, not 404. */
export function patchPost(world: World, editor: User, postId: string, patch: PostPatch): JsonObject {
    const post = world.posts.get(postId);
    if (post === undefined || post.delete_at !== 0) {
        throw forbidden();
    }
    const channel = world.channels.get(post.channel_id) as Channel;
    const own = post.user_id === editor.id;
    if (own ? !mayPost(world, editor, channel.id) : !mayModerate(world, editor, channel)) {
        throw forbidden();
    }
    checkTime(world, post, patch);
    checkOpen(channel, 'api.post.patch_post.can_not_update_post_in_deleted.error');
    return presentPost(world, applyPatch(world, post, patch));
}

/** `PUT /posts/{id}`: like a patch of everything, so missing props are wiped. */
export function putPost(world: World, editor: User, postId: string, input: PostPatch & {readonly id?: string}): JsonObject {
    if (input.id !== postId) {
        throw badBody('id');
    }
    const {id: _id, ...rest} = input;
    return patchPost(world, editor, postId, {message: '', props: {}, is_pinned: false, ...rest});
}

/** Pinning needs no authorship, only being able to post there. */
export function pinPost(world: World, user: User, postId: string, pinned: boolean): void {
    const post = world.posts.get(postId);
    if (post === undefined || post.delete_at !== 0 || !mayPost(world, user, post.channel_id)) {
        throw forbidden();
    }
    checkOpen(world.channels.get(post.channel_id) as Channel, 'api.post.patch_post.can_not_update_post_in_deleted.error');
    applyPatch(world, post, {is_pinned: pinned});
}

/** Changes a post without asking who may: also used for the `update` in a button's answer. */
export function applyPatch(world: World, post: Post, patch: PostPatch): Post {
    if (post.type.startsWith('system_')) {
        throw new ApiError(400, 'api.post.update_post.system_message.app_error');
    }
    const before: Post = {...post};
    const changed: Post = {
        ...post,
        message: patch.message ?? post.message,
        props: patch.props === undefined ? post.props : withActionIds(world, patch.props),
        file_ids: patch.file_ids === undefined ? post.file_ids : keptFiles(world, post, patch.file_ids),
        is_pinned: patch.is_pinned ?? post.is_pinned,
    };
    if (world.differs.panicsOnLostTargets && comparesLostTarget(post.props, changed.props)) {
        throw new Panic();
    }
    checkStorable(world, changed);
    const now = world.now();
    const shown = (one: Post): string => JSON.stringify([one.message, one.file_ids, one.props.attachments ?? null]);
    Object.assign(post, changed, {update_at: now, edit_at: shown(before) === shown(changed) ? post.edit_at : now});
    // The earlier version stays in the table as a deleted row of its own: `since` returns it too.
    const earlier: Post = {...before, id: world.newId(), original_id: post.id, update_at: now, delete_at: now};
    world.channelRows.get(post.channel_id)?.push(earlier);
    touchRoot(world, post, now);
    fetchPreview(world, post);
    announceEdited(world, post);
    return post;
}

/** `DELETE /posts/{id}`: own posts, or others' for team admins. Deleting a root deletes its thread. */
export function deletePost(world: World, deleter: User, postId: string): void {
    const post = world.posts.get(postId);
    if (post === undefined || post.delete_at !== 0) {
        throw new ApiError(world.differs.deleteTwice.status, world.differs.deleteTwice.id);
    }
    const channel = world.channels.get(post.channel_id) as Channel;
    if (post.user_id === deleter.id ? !mayPost(world, deleter, channel.id) : !mayModerate(world, deleter, channel)) {
        throw forbidden();
    }
    checkOpen(channel, 'api.post.delete_post.can_not_delete_post_in_deleted.error');
    removePost(world, post, deleter.id);
}

/** Deletes without asking who may. */
export function removePost(world: World, post: Post, deletedBy: string): void {
    const now = world.now();
    const before = presentPost(world, post);
    const replies = (world.replies.get(post.id) ?? []).filter((one) => one.delete_at === 0);
    for (const one of [post, ...replies]) {
        Object.assign(one, {delete_at: now, update_at: now, props: {...one.props, deleteBy: deletedBy}});
    }
    if (world.differs.threadFilesGo) {
        deleteFiles(world, filesOf(world, replies));
    }
    // In the background, and only if the post itself still names some.
    if (post.file_ids.length > 0) {
        const files = filesOf(world, [post]);
        world.calls.add(soon(world, () => deleteFiles(world, files)));
    }
    touchRoot(world, post, now);
    announceDeleted(world, post.channel_id, before, deletedBy);
}

const BACKGROUND_MS = 20;

/** What the server does on the side, after it has answered. */
function soon(world: World, work: () => void): Promise<void> {
    const done = new Promise<void>((resolve) => {
        setTimeout(() => {
            work();
            world.changes.announce();
            resolve();
        }, BACKGROUND_MS);
    }).finally(() => world.calls.delete(done));
    return done;
}

/** By the post each file was attached to, as the server's own statements find them. */
function filesOf(world: World, posts: readonly Post[]): StoredFile[] {
    const ids = new Set(posts.map(({id}) => id));
    return [...world.files.values()].filter(({post_id}) => ids.has(post_id));
}

function deleteFiles(world: World, files: readonly StoredFile[]): void {
    for (const file of files) {
        file.delete_at = world.now();
    }
}

/** A change in a reply moves the root's `update_at`. */
function touchRoot(world: World, post: Post, now: number): void {
    const root = world.posts.get(post.root_id);
    if (root !== undefined) {
        root.update_at = now;
    }
}

function keptFiles(world: World, post: Post, fileIds: readonly string[]): string[] {
    // Not an operation it knows: ignored without a word.
    if (!world.differs.detachedFilesGo) {
        return post.file_ids;
    }
    deleteFiles(
        world,
        filesOf(world, [post]).filter(({id}) => !fileIds.includes(id)),
    );
    const kept = fileIds.filter((id) => {
        const file = world.files.get(id);
        return file !== undefined && (file.post_id === post.id || (file.post_id === '' && file.user_id === post.user_id));
    });
    for (const id of kept) {
        (world.files.get(id) as {post_id: string}).post_id = post.id;
    }
    return kept;
}

function checkTime(world: World, post: Post, patch: PostPatch): void {
    const limit = world.config.postEditTimeLimit;
    const late = limit !== -1 && world.now() > post.create_at + limit * 1000;
    if (late && patch.message !== undefined) {
        throw new ApiError(400, 'api.post.update_post.permissions_time_limit.app_error');
    }
}

function checkOpen(channel: Channel, id: string): void {
    if (channel.delete_at !== 0) {
        throw new ApiError(400, id);
    }
}
