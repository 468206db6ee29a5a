import {ApiError, forbidden} from '../state/api-error.ts';
import {mayPost} from '../state/permissions.ts';
import type {Channel, Reaction, User} from '../state/records.ts';
import type {World} from '../state/world.ts';
import {EMOJI} from './emoji.ts';
import {announceReaction} from './events.ts';

/** `POST /reactions`. Reacting twice with the same emoji changes nothing. */
export function addReaction(world: World, user: User, postId: string, emojiName: string): Reaction {
    const channel = channelToReactIn(world, user, postId);
    if (world.differs.checksEmoji && !EMOJI.has(emojiName)) {
        throw new ApiError(404, 'app.emoji.get_by_name.no_result', 'Unable to find the emoji.');
    }
    if (!/^[a-zA-Z0-9\-+_]{1,64}$/.test(emojiName)) {
        throw new ApiError(400, 'model.reaction.is_valid.emoji_name.app_error', 'Invalid emoji name.');
    }
    const reactions = world.reactions.get(postId) ?? [];
    const known = reactions.find((reaction) => reaction.user_id === user.id && reaction.emoji_name === emojiName);
    if (known !== undefined && known.delete_at === 0) {
        return known;
    }
    const now = world.now();
    const reaction: Reaction = {
        user_id: user.id,
        post_id: postId,
        emoji_name: emojiName,
        create_at: now,
        update_at: now,
        delete_at: 0,
        channel_id: channel.id,
    };
    world.reactions.set(postId, [...reactions.filter((one) => one !== known), reaction]);
    touch(world, postId, now);
    announceReaction(world, 'reaction_added', reaction);
    return reaction;
}

/** `DELETE /users/{id}/posts/{post}/reactions/{emoji}`. Removing what is not there is fine. */
export function removeReaction(world: World, user: User, postId: string, emojiName: string): void {
    channelToReactIn(world, user, postId);
    const reaction = (world.reactions.get(postId) ?? []).find(
        (one) => one.user_id === user.id && one.emoji_name === emojiName && one.delete_at === 0,
    );
    if (reaction === undefined) {
        return;
    }
    const now = world.now();
    reaction.delete_at = now;
    reaction.update_at = now;
    touch(world, postId, now);
    announceReaction(world, 'reaction_removed', reaction);
}

function channelToReactIn(world: World, user: User, postId: string): Channel {
    const post = world.posts.get(postId);
    const channel = world.channels.get(post?.channel_id ?? '');
    if (post === undefined || post.delete_at !== 0 || channel === undefined || !mayPost(world, user, channel.id)) {
        throw forbidden();
    }
    if (channel.delete_at !== 0) {
        throw new ApiError(403, 'api.reaction.save.archived_channel.app_error');
    }
    return channel;
}

/** A reaction counts as a change of its post: catch-up by `since` sees it. */
function touch(world: World, postId: string, now: number): void {
    const post = world.posts.get(postId);
    if (post !== undefined) {
        post.update_at = now;
    }
}
