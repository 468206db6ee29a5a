import {mayRead} from '../state/permissions.ts';
import type {Json, JsonObject, Post, Reaction, StoredFile, User} from '../state/records.ts';
import type {World} from '../state/world.ts';
import {presentAttachments} from './attachments.ts';

/** A post as this reader gets it: from 11.6 on, without the names of channels that he may not read. */
export function presentPostTo(world: World, reader: User, post: Post): JsonObject {
    return forReader(world, reader, post, presentPost(world, post));
}

/** The same post, with no more in `props.channel_mentions` than this reader may read; without any, the property goes. */
export function forReader(world: World, reader: User | undefined, post: Post, shown: JsonObject): JsonObject {
    const {channel_mentions: named, ...others} = shown.props as JsonObject;
    const teamId = world.channels.get(post.channel_id)?.team_id;
    if (!world.differs.mentionsPrivateChannels || named === undefined) {
        return shown;
    }
    const readable = Object.entries(named as JsonObject).filter(([name]) => {
        const channel = [...world.channels.values()].find((one) => one.team_id === teamId && one.name === name);
        return channel !== undefined && reader !== undefined && mayRead(world, reader, channel);
    });
    return {...shown, props: {...others, ...(readable.length > 0 ? {channel_mentions: Object.fromEntries(readable)} : {})}};
}

/** A post as it is, whoever reads it. */
export function presentPost(world: World, post: Post): JsonObject {
    const files = post.file_ids.map((id) => world.files.get(id)).filter((file) => file !== undefined && file.delete_at === 0);
    const reactions = (world.reactions.get(post.id) ?? []).filter((reaction) => reaction.delete_at === 0);
    const {priority, file_ids, ...stored} = post;
    const gone = post.delete_at !== 0;
    const metadata: JsonObject = {
        ...(Array.isArray(post.props.attachments) ? {embeds: [{type: 'message_attachment'}]} : {}),
        ...(files.length > 0 ? {files: files.map((file) => presentFile(world, file as StoredFile))} : {}),
        ...(reactions.length > 0 ? {reactions: reactions.map((reaction) => presentReaction(world, reaction))} : {}),
        ...(priority === undefined ? {} : {priority}),
    };
    return {
        ...stored,
        // Deleted posts still come back from `since`, but without their words.
        message: gone ? '' : post.message,
        ...(world.differs.parentId ? {parent_id: post.root_id} : {}),
        props: presentProps(post.props),
        // 5.37 leaves an empty list out.
        ...(file_ids.length > 0 || world.version !== '5.37' ? {file_ids} : {}),
        pending_post_id: '',
        ...(reactions.length > 0 ? {has_reactions: true} : {}),
        reply_count: replyCount(world, post),
        last_reply_at: 0,
        participants: null,
        metadata: gone ? {} : metadata,
    };
}

/** Living replies of the post's thread; replies carry the count of their thread too. */
export function replyCount(world: World, post: Post): number {
    const replies = world.replies.get(post.root_id === '' ? post.id : post.root_id) ?? [];
    return replies.reduce((count, reply) => count + (reply.delete_at === 0 ? 1 : 0), 0);
}

function presentProps(props: JsonObject): JsonObject {
    return Array.isArray(props.attachments) ? {...props, attachments: presentAttachments(props.attachments)} : props;
}

export function presentReaction(world: World, {channel_id, ...reaction}: Reaction): JsonObject {
    return world.version === '5.37' ? reaction : {...reaction, channel_id};
}

export function presentFile(world: World, file: StoredFile): JsonObject {
    const {bytes: _bytes, cached: _cached, width, height, has_preview_image, post_id, channel_id, ...info} = file;
    return {
        ...info,
        ...(post_id === '' ? {} : {post_id}),
        channel_id: world.version === '5.37' ? '' : channel_id,
        ...(has_preview_image ? {width, height, has_preview_image} : {}),
        mini_preview: null,
        ...(world.version === '5.37' ? {} : {archived: false}),
    };
}

/** A user as other users see him: never the password, the e-mail only while the server shows it. */
export function presentUser(world: World, user: User, viewer: User): JsonObject {
    const {password: _password, bot, email, ...visible} = user;
    const full = viewer.id === user.id || viewer.roles.includes('system_admin') || world.config.showEmailAddress;
    return {
        ...visible,
        email: full ? email : '',
        auth_service: '',
        ...(bot === undefined ? {} : {is_bot: true, bot_description: bot.description}),
        timezone: {automaticTimezone: '', manualTimezone: '', useAutomaticTimezone: 'true'},
    };
}

export function isObject(value: Json | undefined): value is JsonObject {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
