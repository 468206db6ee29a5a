import type {Json, JsonObject, Post, Reaction, StoredFile, User} from '../state/records.ts';
import type {World} from '../state/world.ts';

/** A post as clients get it. */
export function presentPost(world: World, post: Post): JsonObject {
    const files = post.file_ids.map((id) => world.files.get(id)).filter((file) => file !== undefined && file.delete_at === 0);
    const reactions = (world.reactions.get(post.id) ?? []).filter((reaction) => reaction.delete_at === 0);
    const {priority, file_ids, ...stored} = post;
    const gone = post.delete_at !== 0;
    const metadata: JsonObject = {
        ...(files.length > 0 ? {files: files.map((file) => presentFile(file as StoredFile))} : {}),
        ...(reactions.length > 0 ? {reactions: reactions.map((reaction) => ({...reaction}))} : {}),
        ...(priority === undefined ? {} : {priority}),
    };
    return {
        ...stored,
        // Deleted posts still come back from `since`, but without their words.
        message: gone ? '' : post.message,
        ...(world.differs.parentId ? {parent_id: post.root_id} : {}),
        props: withoutIntegrations(post.props),
        ...(file_ids.length > 0 ? {file_ids} : {}),
        pending_post_id: '',
        ...(reactions.length > 0 ? {has_reactions: true} : {}),
        remote_id: '',
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

/** No client ever sees where a button calls, nor its context: whoever writes back what he read loses the button's target. */
function withoutIntegrations(props: JsonObject): JsonObject {
    if (!Array.isArray(props.attachments)) {
        return props;
    }
    const attachments = props.attachments.map((attachment): Json => {
        if (!isObject(attachment) || !Array.isArray(attachment.actions)) {
            return attachment;
        }
        const actions = attachment.actions.map((action): Json => {
            if (!isObject(action)) {
                return action;
            }
            const {integration: _hidden, ...visible} = action;
            return visible;
        });
        return {...attachment, actions};
    });
    return {...props, attachments};
}

export function presentFile(file: StoredFile): JsonObject {
    const {bytes: _bytes, width, height, has_preview_image, ...info} = file;
    const image = file.mime_type.startsWith('image/');
    return {...info, ...(image ? {width, height, has_preview_image, mini_preview: null} : {})};
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

export type {Reaction};
