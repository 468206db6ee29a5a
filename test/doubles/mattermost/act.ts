import {pressAction} from './integrations/buttons.ts';
import {type CommandAnswer, runCommand} from './integrations/slash-commands.ts';
import {newTrigger} from './integrations/triggers.ts';
import {deletePost, type PostPatch, patchPost, removePost} from './posts/change.ts';
import {createPost, type PostInput} from './posts/create.ts';
import {toChannel} from './posts/events.ts';
import {addReaction, removeReaction} from './posts/react.ts';
import type {Account} from './seed.ts';
import {addFile} from './state/files.ts';
import {addAccessToken, addBot, addSession, addUser, type NewUser, setActive} from './state/people.ts';
import {
    addChannel,
    addChannelMember,
    addTeam,
    addTeamMember,
    archiveChannel,
    removeChannelMember,
    restoreChannel,
    setPrivacy,
} from './state/places.ts';
import type {Channel, ChannelType, Post, Team, User} from './state/records.ts';
import type {World} from './state/world.ts';

/**
 * What tests do to the server, in-process and without delay.
 *
 * Acts of a user go through the same rules as the API and throw the same errors; the others just happen, as if an admin
 * had done them.
 */
export type Acts = {
    addTeam(name: string): Team;
    addChannel(input: {
        readonly teamId: string;
        readonly name: string;
        readonly type?: ChannelType;
        readonly members?: readonly string[];
    }): Channel;
    /** a person with a log-in, in the given team */
    addPerson(input: NewUser & {readonly teamId?: string}): Account;
    /** a bot with an access token, in the given team and channels */
    addBot(input: {
        readonly username: string;
        readonly ownerId: string;
        readonly teamId?: string;
        readonly channelIds?: readonly string[];
    }): Account;

    /** creates a post as this user, in full the way `POST /posts` does, hooks and events included */
    post(userId: string, input: PostInput): Promise<Post>;
    reply(userId: string, rootId: string, message: string): Promise<Post>;
    edit(userId: string, postId: string, patch: PostPatch): Post;
    /** with a root, its whole thread goes */
    remove(userId: string, postId: string): void;
    react(userId: string, postId: string, emojiName: string): void;
    unreact(userId: string, postId: string, emojiName: string): void;
    type(userId: string, channelId: string, rootId?: string): void;
    upload(userId: string, channelId: string, name: string, bytes: Uint8Array): string;
    press(userId: string, postId: string, actionId: string, selectedOption?: string): Promise<void>;
    runCommand(userId: string, channelId: string, command: string, rootId?: string): Promise<CommandAnswer>;

    archive(channelId: string): void;
    restore(channelId: string): void;
    makePrivate(channelId: string): void;
    addMember(channelId: string, userId: string): void;
    removeMember(channelId: string, userId: string): void;
    /** every access token of this user stops working, but for one that is named */
    revokeTokens(userId: string, but?: string): void;
    newToken(userId: string): string;
    /** what the server signs for somebody who runs a command or presses a button, wherever it leads */
    newTrigger(userId: string): string;
    deactivate(userId: string): void;
    reactivate(userId: string): void;
    /** e.g. `system_user system_admin` */
    setRoles(userId: string, roles: string): void;
    changeEmail(userId: string, email: string): void;
    /**
     * copies the thread into another channel under new ids and times, reactions too, says so, and deletes it here, as "move thread" does
     *
     * `meanwhile` runs when the copies are made and the old place still stands.
     */
    moveThread(rootId: string, channelId: string, meanwhile?: () => Promise<unknown>): Promise<Post>;
    /** cuts event streams without a closing handshake: of one user, or all; returns how many */
    cutSockets(userId?: string): number;
    /** cuts event streams and forgets what a resume needs, and the pending ids, as a restart does */
    restart(): void;
};

export function actsOn(world: World): Acts {
    const user = (id: string): User => found(world.users.get(id), 'user', id);
    const channel = (id: string): Channel => found(world.channels.get(id), 'channel', id);
    const post = (id: string): Post => found(world.posts.get(id), 'post', id);
    const admin = (): User =>
        found(
            [...world.users.values()].find(({roles}) => roles.includes('system_admin')),
            'admin',
            '',
        );
    const create = async (userId: string, input: PostInput, trusted = false): Promise<Post> => {
        // People answer later than the millisecond of what they have seen last; the server has no order for two posts of one.
        if (world.now() === world.channels.get(input.channel_id ?? '')?.last_post_at)
            await new Promise((resolve) => setTimeout(resolve, 2));
        const created = await createPost(world, user(userId), input, {trusted});
        return {...post(created.id as string)};
    };
    const changed = (): void => world.changes.announce();
    return {
        addTeam: (name) => addTeam(world, {name}),
        addChannel({teamId, name, type, members}) {
            const added = addChannel(world, {team_id: teamId, name, type: type ?? 'O'});
            for (const member of members ?? []) {
                addChannelMember(world, added, user(member));
            }
            return added;
        },
        addPerson({teamId, ...input}) {
            const added = addUser(world, input);
            if (teamId !== undefined) {
                addTeamMember(world, teamId, added);
            }
            return {id: added.id, username: added.username, email: added.email, token: addSession(world, added.id).token};
        },
        addBot({username, ownerId, teamId, channelIds}) {
            const bot = addBot(world, user(ownerId), {username});
            if (teamId !== undefined) {
                addTeamMember(world, teamId, bot);
            }
            for (const id of channelIds ?? []) {
                addChannelMember(world, channel(id), bot);
            }
            return {id: bot.id, username: bot.username, email: bot.email, token: addAccessToken(world, bot.id, 'test').token};
        },
        post: (userId, input) => create(userId, input),
        reply: (userId, rootId, message) => create(userId, {channel_id: post(rootId).channel_id, root_id: rootId, message}),
        edit(userId, postId, patch) {
            patchPost(world, user(userId), postId, patch);
            return {...post(postId)};
        },
        remove: (userId, postId) => deletePost(world, user(userId), postId),
        react: (userId, postId, emojiName) => void addReaction(world, user(userId), postId, emojiName),
        unreact: (userId, postId, emojiName) => removeReaction(world, user(userId), postId, emojiName),
        type: (userId, channelId, rootId) => toChannel(world, channelId, 'typing', {parent_id: rootId ?? '', user_id: userId}, userId),
        upload: (userId, channelId, name, bytes) => addFile(world, user(userId), channelId, name, Buffer.from(bytes)).id,
        async press(userId, postId, actionId, selectedOption) {
            await pressAction(world, user(userId), post(postId), actionId, selectedOption ?? '');
        },
        runCommand: (userId, channelId, command, rootId) =>
            runCommand(world, {
                user: user(userId),
                channel: channel(channelId),
                teamId: channel(channelId).team_id,
                rootId: rootId ?? '',
                command,
                siteUrl: world.config.siteUrl,
            }),
        archive: (id) => archiveChannel(world, channel(id), admin()),
        restore: (id) => restoreChannel(world, channel(id), admin()),
        makePrivate: (id) => setPrivacy(world, channel(id), 'P', admin()),
        addMember: (id, userId) => void addChannelMember(world, channel(id), user(userId), admin()),
        removeMember: (id, userId) => removeChannelMember(world, channel(id), userId, admin()),
        revokeTokens(userId, but) {
            for (const [secret, token] of world.accessTokens) {
                if (token.user_id === userId && secret !== but) {
                    world.accessTokens.delete(secret);
                }
            }
            world.hub.cut(userId);
            changed();
        },
        newToken: (userId) => addAccessToken(world, userId, 'test').token,
        newTrigger: (userId) => newTrigger(world, userId).triggerId,
        deactivate: (userId) => setActive(world, user(userId), false),
        reactivate: (userId) => setActive(world, user(userId), true),
        setRoles(userId, roles) {
            user(userId).roles = roles;
        },
        changeEmail(userId, email) {
            user(userId).email = email.toLowerCase();
        },
        async moveThread(rootId, channelId, meanwhile = async () => undefined) {
            const rows = [post(rootId), ...(world.replies.get(rootId) ?? [])].filter(({delete_at}) => delete_at === 0);
            let newRoot = '';
            for (const row of rows) {
                const {message, type, props, user_id} = row;
                const file_ids = row.file_ids.flatMap((id) => {
                    const file = world.files.get(id);
                    return file ? [addFile(world, user(user_id), channelId, file.name, file.bytes).id] : [];
                });
                const copy = await create(user_id, {channel_id: channelId, root_id: newRoot, message, type, props, file_ids}, true);
                newRoot ||= copy.id;
                for (const {user_id: by, emoji_name} of world.reactions.get(row.id)?.filter(({delete_at}) => delete_at === 0) ?? [])
                    addReaction(world, user(by), copy.id, emoji_name);
            }
            await meanwhile();
            const {id} = admin();
            await create(
                id,
                {channel_id: channelId, root_id: newRoot, message: 'Moved from another channel', type: 'system_wrangler'},
                true,
            );
            const {channel_id: from} = post(rootId);
            removePost(world, post(rootId), id);
            await create(id, {channel_id: from, message: 'A thread has been moved', type: 'system_wrangler'}, true);
            return {...post(newRoot)};
        },
        cutSockets: (userId) => world.hub.cut(userId),
        restart() {
            world.hub.forgetAll();
            world.pendingIds.clear();
        },
    };
}

function found<T>(thing: T | undefined, what: string, id: string): T {
    if (thing === undefined) {
        throw new Error(`mattermost double: no ${what} ${id}`);
    }
    return thing;
}
