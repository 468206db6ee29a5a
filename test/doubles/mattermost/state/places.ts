import {toChannel, toUser} from '../posts/events.ts';
import {announceSystem} from '../posts/system-message.ts';
import {ApiError} from './api-error.ts';
import {isChannelMember} from './permissions.ts';
import type {Channel, ChannelMember, ChannelType, Team, TeamMember, User} from './records.ts';
import type {World} from './world.ts';

export function addTeam(world: World, input: {readonly name: string; readonly display_name?: string; readonly type?: 'O' | 'I'}): Team {
    if (!/^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/.test(input.name)) {
        throw new ApiError(400, 'model.team.is_valid.characters.app_error');
    }
    if ([...world.teams.values()].some((team) => team.name === input.name)) {
        throw new ApiError(400, 'app.team.save.existing.app_error', 'A team with that name already exists.');
    }
    const now = world.now();
    const team: Team = {
        id: world.newId(),
        create_at: now,
        update_at: now,
        delete_at: 0,
        name: input.name,
        display_name: input.display_name ?? input.name,
        type: input.type ?? 'O',
    };
    world.teams.set(team.id, team);
    world.teamMembers.set(team.id, new Map());
    // Every team has these two, and every member of the team is in them.
    addChannel(world, {team_id: team.id, name: 'town-square', display_name: 'Town Square', type: 'O'});
    addChannel(world, {team_id: team.id, name: 'off-topic', display_name: 'Off-Topic', type: 'O'});
    return team;
}

/** Adds a user to a team, and with it to its two default channels. */
export function addTeamMember(world: World, teamId: string, user: User, roles = 'team_user'): TeamMember {
    const member = {team_id: teamId, user_id: user.id, roles, delete_at: 0};
    world.teamMembers.get(teamId)?.set(user.id, member);
    for (const channel of world.channels.values()) {
        if (channel.team_id === teamId && (channel.name === 'town-square' || channel.name === 'off-topic')) {
            addChannelMember(world, channel, user);
            const town = channel.name === 'town-square';
            announceSystem(
                world,
                channel,
                user,
                town ? 'system_join_team' : 'system_join_channel',
                `${user.username} joined the ${town ? 'team' : 'channel'}.`,
            );
        }
    }
    return member;
}

export function removeTeamMember(world: World, teamId: string, user: User): void {
    const member = world.teamMembers.get(teamId)?.get(user.id);
    if (member !== undefined) {
        member.delete_at = world.now();
    }
    for (const channel of world.channels.values()) {
        if (channel.team_id === teamId) {
            removeChannelMember(world, channel, user.id, undefined);
        }
    }
}

export type NewChannel = {
    readonly team_id: string;
    readonly name: string;
    readonly display_name?: string;
    readonly type?: ChannelType;
    readonly header?: string;
    readonly purpose?: string;
    readonly creator_id?: string;
};

export function addChannel(world: World, input: NewChannel): Channel {
    if (input.type !== 'D' && !/^[a-z0-9][a-z0-9_-]{0,63}$/.test(input.name)) {
        throw new ApiError(400, 'model.channel.is_valid.1_or_more.app_error', 'Invalid channel name.');
    }
    const same = [...world.channels.values()].find((channel) => channel.team_id === input.team_id && channel.name === input.name);
    if (same !== undefined) {
        throw new ApiError(
            400,
            'store.sql_channel.save_channel.exists.app_error',
            'A channel with that name already exists on the same team.',
        );
    }
    const now = world.now();
    const channel: Channel = {
        id: world.newId(),
        create_at: now,
        update_at: now,
        delete_at: 0,
        team_id: input.team_id,
        type: input.type ?? 'O',
        name: input.name,
        display_name: input.display_name ?? input.name,
        header: input.header ?? '',
        purpose: input.purpose ?? '',
        creator_id: input.creator_id ?? '',
        last_post_at: 0,
        total_msg_count: 0,
    };
    world.channels.set(channel.id, channel);
    world.channelMembers.set(channel.id, new Map());
    world.channelRows.set(channel.id, []);
    return channel;
}

/** `by` is who added him; when it is himself he has joined; without it nothing is announced. */
export function addChannelMember(world: World, channel: Channel, user: User, by?: User, roles = 'channel_user'): ChannelMember {
    const members = world.channelMembers.get(channel.id) ?? new Map<string, ChannelMember>();
    const known = members.get(user.id);
    if (known !== undefined) {
        return known;
    }
    const member: ChannelMember = {
        channel_id: channel.id,
        user_id: user.id,
        roles,
        last_viewed_at: 0,
        msg_count: 0,
        mention_count: 0,
        last_update_at: world.now(),
    };
    members.set(user.id, member);
    world.channelMembers.set(channel.id, members);
    toChannel(world, channel.id, 'user_added', {user_id: user.id, team_id: channel.team_id}, user.id);
    if (by?.id === user.id) {
        announceSystem(world, channel, user, 'system_join_channel', `${user.username} joined the channel.`);
    } else if (by !== undefined) {
        const props = {addedUserId: user.id, addedUsername: user.username, userId: by.id, username: by.username};
        announceSystem(world, channel, by, 'system_add_to_channel', `${user.username} added to the channel by ${by.username}.`, props);
    }
    return member;
}

/** The one who left is told by a `user_removed` of his own, the others by one with his id. */
export function removeChannelMember(world: World, channel: Channel, userId: string, remover: User | undefined): void {
    const user = world.users.get(userId);
    if (user === undefined || !isChannelMember(world, userId, channel.id)) {
        return;
    }
    const removerId = remover?.id ?? '';
    world.channelMembers.get(channel.id)?.delete(userId);
    toChannel(world, channel.id, 'user_removed', {user_id: userId, remover_id: removerId});
    toUser(world, userId, 'user_removed', {channel_id: channel.id, remover_id: removerId}, '');
    if (remover !== undefined && remover.id !== userId) {
        const props = {removedUserId: userId, removedUsername: user.username};
        announceSystem(world, channel, remover, 'system_remove_from_channel', `@${user.username} removed from the channel.`, props);
    } else {
        announceSystem(world, channel, user, 'system_leave_channel', `${user.username} has left the channel.`);
    }
}

/** The conversation of two, made when it is first asked for. */
export function directChannel(world: World, one: User, other: User): Channel {
    const name = [one.id, other.id].sort().join('__');
    const known = [...world.channels.values()].find((channel) => channel.type === 'D' && channel.name === name);
    if (known !== undefined) {
        return known;
    }
    const channel = addChannel(world, {team_id: '', name, display_name: '', type: 'D', creator_id: one.id});
    addChannelMember(world, channel, one);
    addChannelMember(world, channel, other);
    return channel;
}

export function archiveChannel(world: World, channel: Channel, by: User): void {
    announceSystem(world, channel, by, 'system_channel_deleted', `@${by.username} archived the channel.`);
    channel.delete_at = world.now();
    channel.update_at = channel.delete_at;
    toChannel(world, channel.id, 'channel_deleted', {channel_id: channel.id, delete_at: channel.delete_at});
}

export function restoreChannel(world: World, channel: Channel, by: User): void {
    channel.delete_at = 0;
    channel.update_at = world.now();
    announceSystem(world, channel, by, 'system_channel_restored', `@${by.username} unarchived the channel.`);
    toChannel(world, channel.id, 'channel_restored', {channel_id: channel.id});
}

/** Public to private or back. Outgoing webhooks of a channel gone private stay listed and fall silent. */
export function setPrivacy(world: World, channel: Channel, type: 'O' | 'P', by: User): void {
    channel.type = type;
    channel.update_at = world.now();
    const text =
        type === 'P' ? 'This channel has been converted to a Private Channel.' : 'This channel has been converted to a Public Channel.';
    announceSystem(world, channel, by, 'system_change_chan_privacy', text);
    toChannel(world, channel.id, 'channel_converted', {channel_id: channel.id});
}

/** Permanently, with all that is in it. Its outgoing webhooks go too. */
export function removeChannel(world: World, channelId: string): void {
    for (const post of world.channelRows.get(channelId) ?? []) {
        world.posts.delete(post.id);
        world.replies.delete(post.id);
    }
    world.channelRows.delete(channelId);
    world.channelMembers.delete(channelId);
    world.channels.delete(channelId);
    for (const hook of [...world.hooks.values()].filter(({channel_id}) => channel_id === channelId)) {
        world.hooks.delete(hook.id);
    }
}

/** Permanently, with all that is in it. */
export function removeTeam(world: World, teamId: string): void {
    for (const channel of [...world.channels.values()].filter(({team_id}) => team_id === teamId)) {
        removeChannel(world, channel.id);
    }
    for (const store of [world.hooks, world.commands]) {
        for (const entry of [...store.values()].filter(({team_id}) => team_id === teamId)) {
            store.delete(entry.id);
        }
    }
    world.teamMembers.delete(teamId);
    world.teams.delete(teamId);
}
