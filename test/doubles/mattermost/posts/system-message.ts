import type {Channel, JsonObject, Post, User} from '../state/records.ts';
import type {World} from '../state/world.ts';
import {announcePosted} from './events.ts';

/** A `system_*` post. Outgoing webhooks never hear of these. */
export function announceSystem(world: World, channel: Channel, by: User, type: string, message: string, props?: JsonObject): void {
    const now = world.now();
    const post: Post = {
        id: world.newId(),
        create_at: now,
        update_at: now,
        edit_at: 0,
        delete_at: 0,
        is_pinned: false,
        user_id: by.id,
        channel_id: channel.id,
        root_id: '',
        original_id: '',
        message,
        type,
        props: props ?? {username: by.username},
        hashtags: '',
        file_ids: [],
    };
    world.posts.set(post.id, post);
    world.channelRows.get(channel.id)?.push(post);
    channel.last_post_at = now;
    announcePosted(world, post, channel, '', false);
}
