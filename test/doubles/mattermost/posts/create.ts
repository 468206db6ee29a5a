import {SERVICE_MS} from '../conditions/latency.ts';
import {ApiError, badBody, forbidden} from '../state/api-error.ts';
import {mayPost, mayRead} from '../state/permissions.ts';
import type {Channel, JsonObject, Post, User} from '../state/records.ts';
import type {World} from '../state/world.ts';
import {withActionIds} from './attachments.ts';
import {announcePosted, announceThread} from './events.ts';
import {fetchPreview} from './link-previews.ts';
import {mentionsIn} from './mentions.ts';
import {SAVING} from './pending-ids.ts';
import {presentPost, replyCount} from './present.ts';
import {checkStorable} from './validate.ts';

/** What a client may say about a new post; the rest is the server's. */
export type PostInput = {
    readonly id?: string;
    readonly channel_id?: string;
    readonly root_id?: string;
    readonly message?: string;
    readonly type?: string;
    readonly props?: JsonObject;
    readonly file_ids?: readonly string[];
    readonly pending_post_id?: string;
    readonly create_at?: number;
    readonly is_pinned?: boolean;
    readonly metadata?: JsonObject;
};

export type CreateOptions = {
    /** spends the service time; posts made in-process take none */
    readonly pace?: (serviceMs: number) => Promise<void>;
    readonly setOnline?: boolean;
    /** false for posts that must not call outgoing webhooks: their own answers */
    readonly triggersHooks?: boolean;
    /** true once the server itself vouches for `create_at` and `system_` types */
    readonly trusted?: boolean;
};

/** Creates a post the way `POST /posts` does and returns what the caller is answered. */
export async function createPost(world: World, author: User, input: PostInput, options: CreateOptions = {}): Promise<JsonObject> {
    const channelId = input.channel_id ?? '';
    if (!mayPost(world, author, channelId) && !options.trusted) {
        throw forbidden();
    }
    const channel = world.channels.get(channelId) as Channel;
    checkPriority(world, input);
    if (input.type?.startsWith('system_') && !options.trusted) {
        throw new ApiError(400, 'api.context.invalid_param.app_error', 'Invalid post.type parameter.');
    }
    if (channel.delete_at !== 0) {
        throw new ApiError(400, 'api.post.create_post.can_not_post_to_deleted.error');
    }
    const key = input.pending_post_id ?? '';
    const known = key === '' ? undefined : alreadyCreated(world, author, key);
    if (known !== undefined) {
        return presentPost(world, known);
    }
    try {
        const rootId = input.root_id ?? '';
        const root = world.posts.get(rootId);
        await options.pace?.(root === undefined ? SERVICE_MS.rootPost : SERVICE_MS.reply(replyCount(world, root)));
        const post = store(world, author, channel, input, options);
        if (key !== '') {
            world.pendingIds.saved(key, post.id);
        }
        fetchPreview(world, post);
        announcePosted(world, post, channel, key, options.setOnline ?? true);
        announceThread(world, post, channel);
        for (const tell of world.onPosted) {
            tell({post, channel, author, triggersHooks: options.triggersHooks ?? true});
        }
        return {...presentPost(world, post), pending_post_id: key};
    } catch (error) {
        if (key !== '') {
            world.pendingIds.free(key);
        }
        throw error;
    }
}

/** The post an earlier create with this key made, or `undefined` when the caller is to make it. */
function alreadyCreated(world: World, author: User, key: string): Post | undefined {
    const known = world.pendingIds.claim(key);
    if (known === SAVING) {
        throw new ApiError(500, 'api.post.deduplicate_create_post.pending');
    }
    const post = known === undefined ? undefined : world.posts.get(known);
    if (known === undefined) {
        return undefined;
    }
    if (post === undefined || post.delete_at !== 0) {
        throw new ApiError(500, 'api.post.deduplicate_create_post.failed_to_get');
    }
    const channel = world.channels.get(post.channel_id);
    if (!world.differs.pendingLeaks && (channel === undefined || !mayRead(world, author, channel))) {
        return undefined;
    }
    return post;
}

function store(world: World, author: User, channel: Channel, input: PostInput, options: CreateOptions): Post {
    const rootId = input.root_id ?? '';
    const root = rootId === '' ? undefined : livingRoot(world, rootId, channel.id);
    if (input.id !== undefined && input.id !== '') {
        throw new ApiError(400, 'app.post.save.existing.app_error');
    }
    const mayBackdate = options.trusted || author.roles.includes('system_admin');
    const at = mayBackdate && input.create_at !== undefined && input.create_at !== 0 ? input.create_at : world.now();
    const post: Post = {
        id: world.newId(),
        create_at: at,
        update_at: at,
        edit_at: 0,
        delete_at: 0,
        is_pinned: input.is_pinned ?? false,
        user_id: author.id,
        channel_id: channel.id,
        root_id: rootId,
        original_id: '',
        message: input.message ?? '',
        type: input.type ?? '',
        props: propsFor(world, author, channel, input),
        hashtags: (input.message?.match(/(?<![\p{L}\p{N}_])#\p{L}[\p{L}\p{N}_\-.]+/gu) ?? []).join(' '),
        file_ids: world.differs.sortsFileIds ? [...new Set(input.file_ids)].sort() : [...new Set(input.file_ids)],
        ...priorityOf(world, input),
    };
    checkStorable(world, post);
    world.posts.set(post.id, post);
    listIn(world.channelRows, channel.id).push(post);
    if (root !== undefined) {
        listIn(world.replies, root.id).push(post);
        root.update_at = post.create_at;
    }
    attachFiles(world, post);
    channel.last_post_at = Math.max(channel.last_post_at, post.create_at);
    channel.total_msg_count++;
    countMentions(world, post, channel);
    // Who writes has read: bots and webhooks excepted.
    const member = world.channelMembers.get(channel.id)?.get(author.id);
    if (member !== undefined && author.bot === undefined && post.props.from_webhook === undefined) {
        Object.assign(member, {msg_count: channel.total_msg_count, mention_count: 0, last_viewed_at: at});
    }
    return post;
}

/** A wrong root is permanent: deleted, unknown, itself a reply, or in another channel. */
function livingRoot(world: World, rootId: string, channelId: string): Post {
    const root = world.posts.get(rootId);
    if (root === undefined || root.delete_at !== 0) {
        throw new ApiError(400, 'api.post.create_post.root_id.app_error');
    }
    if (root.channel_id !== channelId) {
        throw new ApiError(400, 'api.post.create_post.channel_root_id.app_error');
    }
    if (root.root_id !== '') {
        throw new ApiError(400, 'api.post.create_post.root_id.app_error');
    }
    return root;
}

function propsFor(world: World, author: User, channel: Channel, input: PostInput): JsonObject {
    const props = withActionIds(world, {...input.props});
    if (author.bot !== undefined) {
        props.from_bot = 'true';
    }
    delete props.channel_mentions;
    const named: JsonObject = {};
    for (const [, name] of (input.message ?? '').matchAll(/\B~([a-zA-Z0-9\-_]+)/g)) {
        const mentioned = [...world.channels.values()].find(
            (other) => other.team_id === channel.team_id && other.name === name?.toLowerCase(),
        );
        if (
            mentioned?.type === 'O' ||
            (mentioned?.type === 'P' && world.differs.mentionsPrivateChannels && mayRead(world, author, mentioned))
        ) {
            named[mentioned.name] = {display_name: mentioned.display_name, team_name: world.teams.get(channel.team_id)?.name ?? ''};
        }
    }
    if (Object.keys(named).length > 0) {
        props.channel_mentions = named;
    }
    return props;
}

/** Only own, not yet attached files are attached; the others are dropped without a word. */
function attachFiles(world: World, post: Post): void {
    post.file_ids = post.file_ids.filter((id) => {
        const file = world.files.get(id);
        if (file === undefined || file.user_id !== post.user_id || file.post_id !== '' || file.delete_at !== 0) {
            return false;
        }
        file.post_id = post.id;
        file.channel_id = post.channel_id;
        return true;
    });
}

function countMentions(world: World, post: Post, channel: Channel): void {
    const mentions = mentionsIn(world, post, channel);
    world.mentions.set(post.id, mentions);
    for (const userId of mentions.users) {
        const member = world.channelMembers.get(channel.id)?.get(userId);
        if (member !== undefined && (post.root_id === '' || world.differs.collapsedThreads === 'disabled')) {
            member.mention_count++;
        }
    }
}

function checkPriority(world: World, input: PostInput): void {
    const priority = input.metadata?.priority;
    if (!world.differs.priority || typeof priority !== 'object' || priority === null || Array.isArray(priority)) {
        return;
    }
    if ((input.root_id ?? '') !== '') {
        throw badBody('post.metadata.priority');
    }
    if (priority.requested_ack === true || priority.persistent_notifications === true) {
        throw new ApiError(501, 'license_error.feature_unavailable');
    }
}

function priorityOf(world: World, input: PostInput): {priority?: JsonObject} {
    const priority = input.metadata?.priority;
    const usable = world.differs.priority && typeof priority === 'object' && priority !== null && !Array.isArray(priority);
    return usable ? {priority} : {};
}

function listIn(lists: Map<string, Post[]>, key: string): Post[] {
    const list = lists.get(key) ?? [];
    lists.set(key, list);
    return list;
}
