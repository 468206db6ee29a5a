import type {Broadcast} from '../realtime/hub.ts';
import {isChannelMember, isSystemAdmin} from '../state/permissions.ts';
import type {Channel, JsonObject, Post, Reaction} from '../state/records.ts';
import type {World} from '../state/world.ts';
import {forReader, presentPost, presentReaction} from './present.ts';

const TO_NOBODY_YET: Broadcast = {omit_users: null, user_id: '', channel_id: '', team_id: '', connection_id: '', omit_connection_id: ''};

/** Sends an event to the members of a channel. */
export function toChannel(world: World, channelId: string, event: string, data: Record<string, unknown>, omitUserId = ''): void {
    const broadcast: Broadcast = {...TO_NOBODY_YET, channel_id: channelId, omit_users: omitUserId === '' ? null : {[omitUserId]: true}};
    world.hub.publish({event, data, broadcast}, (userId) => userId !== omitUserId && isChannelMember(world, userId, channelId));
}

/** Sends an event to one user, wherever he is connected. */
export function toUser(world: World, userId: string, event: string, data: Record<string, unknown>, channelId = ''): void {
    const broadcast: Broadcast = {...TO_NOBODY_YET, user_id: userId, channel_id: channelId};
    world.hub.publish({event, data, broadcast}, (receiver) => receiver === userId);
}

/** `posted`: the post travels as a JSON string inside the JSON. */
export function announcePosted(world: World, post: Post, channel: Channel, pendingPostId: string, setOnline: boolean): void {
    const author = world.users.get(post.user_id);
    const mentioned = world.mentions.get(post.id)?.users ?? [];
    const files = post.file_ids.map((id) => world.files.get(id)).filter((file) => file !== undefined);
    const broadcast: Broadcast = {...TO_NOBODY_YET, channel_id: channel.id};
    const shared = {
        channel_display_name: channel.display_name,
        channel_name: channel.name,
        channel_type: channel.type,
        ...(files.length > 0 ? {otherFile: 'true'} : {}),
        ...(files.some((file) => file.mime_type.startsWith('image/')) ? {image: 'true'} : {}),
        sender_name: post.type.startsWith('system_') ? 'System' : `@${author?.username ?? ''}`,
        set_online: setOnline,
        team_id: channel.team_id,
    };
    const shown = {...presentPost(world, post), pending_post_id: pendingPostId};
    for (const connection of world.hub.connections) {
        if (!isChannelMember(world, connection.userId, channel.id)) {
            continue;
        }
        // 11.1 tells each receiver only of himself, 5.37 tells everybody all mentioned.
        const told = world.version === '5.37' ? mentioned : mentioned.filter((id) => id === connection.userId);
        const mentions = told.length > 0 ? {mentions: JSON.stringify(told)} : {};
        const forHim = JSON.stringify(forReader(world, world.users.get(connection.userId), post, shown));
        world.hub.send(connection, {event: 'posted', data: {...shared, ...mentions, post: forHim}, broadcast});
    }
    world.changes.announce();
}

/** With collapsed threads on, whoever wrote in a thread is told of each reply a second time. */
export function announceThread(world: World, reply: Post, channel: Channel): void {
    const root = world.posts.get(reply.root_id);
    if (root === undefined || world.differs.collapsedThreads === 'disabled') {
        return;
    }
    const replies = (world.replies.get(root.id) ?? []).filter(({delete_at}) => delete_at === 0);
    const participants = [...new Set(replies.map(({user_id}) => user_id))];
    const thread = {
        id: root.id,
        reply_count: replies.length,
        last_reply_at: reply.create_at,
        last_viewed_at: 0,
        participants: participants.map((id) => ({id})),
        post: presentPost(world, root),
        unread_replies: 0,
        unread_mentions: 0,
        is_urgent: false,
        delete_at: 0,
    };
    for (const userId of new Set([root.user_id, ...participants])) {
        const broadcast: Broadcast = {...TO_NOBODY_YET, user_id: userId, team_id: channel.team_id};
        const data = {thread: JSON.stringify(thread), previous_unread_mentions: 0, previous_unread_replies: 0};
        world.hub.publish({event: 'thread_updated', data, broadcast}, (receiver) => receiver === userId);
    }
}

export function announceEdited(world: World, post: Post): void {
    const broadcast: Broadcast = {...TO_NOBODY_YET, channel_id: post.channel_id};
    const shown = presentPost(world, post);
    for (const connection of world.hub.connections) {
        if (isChannelMember(world, connection.userId, post.channel_id)) {
            const forHim = JSON.stringify(forReader(world, world.users.get(connection.userId), post, shown));
            world.hub.send(connection, {event: 'post_edited', data: {post: forHim}, broadcast});
        }
    }
}

/** The post is shown as it was before the deletion: `delete_at` is still 0. Admins are told who did it. */
export function announceDeleted(world: World, channelId: string, before: JsonObject, deletedBy: string): void {
    const data = {post: JSON.stringify(before)};
    const toMembers: Broadcast = {...TO_NOBODY_YET, channel_id: channelId, contains_sanitized_data: true};
    const toAdmins: Broadcast = {...TO_NOBODY_YET, channel_id: channelId, contains_sensitive_data: true};
    const member = (userId: string): boolean => isChannelMember(world, userId, channelId);
    const admin = (userId: string): boolean => {
        const user = world.users.get(userId);
        return user !== undefined && isSystemAdmin(user);
    };
    world.hub.publish({event: 'post_deleted', data, broadcast: toMembers}, (userId) => member(userId) && !admin(userId));
    world.hub.publish(
        {event: 'post_deleted', data: {...data, delete_by: deletedBy}, broadcast: toAdmins},
        (userId) => member(userId) && admin(userId),
    );
}

export function announceReaction(world: World, event: 'reaction_added' | 'reaction_removed', reaction: Reaction): void {
    toChannel(world, reaction.channel_id, event, {reaction: JSON.stringify(presentReaction(world, reaction))});
}
