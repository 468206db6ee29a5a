import {ApiError, forbidden} from './api-error.ts';
import type {Channel, User} from './records.ts';
import type {World} from './world.ts';

export function isSystemAdmin(user: User): boolean {
    return user.roles.split(' ').includes('system_admin');
}

export function isTeamMember(world: World, userId: string, teamId: string): boolean {
    return world.teamMembers.get(teamId)?.get(userId)?.delete_at === 0;
}

export function isTeamAdmin(world: World, user: User, teamId: string): boolean {
    const member = world.teamMembers.get(teamId)?.get(user.id);
    return isSystemAdmin(user) || (member?.delete_at === 0 && member.roles.includes('team_admin'));
}

export function isChannelMember(world: World, userId: string, channelId: string): boolean {
    return world.channelMembers.get(channelId)?.has(userId) === true;
}

/** May post, edit and react there: members, and system admins everywhere. */
export function mayPost(world: World, user: User, channelId: string): boolean {
    return world.channels.has(channelId) && (isSystemAdmin(user) || isChannelMember(world, user.id, channelId));
}

/** May read its posts: those who may post, and for a public channel everyone in its team. */
export function mayRead(world: World, user: User, channel: Channel): boolean {
    return mayPost(world, user, channel.id) || (channel.type === 'O' && isTeamMember(world, user.id, channel.team_id));
}

/** May delete what others wrote, and manage hooks and commands: team and system admins. */
export function mayModerate(world: World, user: User, channel: Channel): boolean {
    return isTeamAdmin(world, user, channel.team_id);
}

/** The channel, or 403 when the user may not read it, or 404 when it does not exist. */
export function readableChannel(world: World, user: User, channelId: string): Channel {
    const channel = world.channels.get(channelId);
    if (channel === undefined) {
        throw new ApiError(404, 'app.channel.get.existing.app_error', 'Unable to find the existing channel.');
    }
    if (!mayRead(world, user, channel)) {
        throw forbidden();
    }
    return channel;
}

export function requireSystemAdmin(user: User): void {
    if (!isSystemAdmin(user)) {
        throw forbidden();
    }
}
