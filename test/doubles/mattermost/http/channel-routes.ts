import {SERVICE_MS} from '../conditions/latency.ts';
import {type PageQuery, readChannelPosts} from '../posts/read.ts';
import {ApiError, badBody, forbidden} from '../state/api-error.ts';
import {isChannelMember, isSystemAdmin, isTeamAdmin, isTeamMember, mayPost, mayRead, readableChannel} from '../state/permissions.ts';
import {
    addChannel,
    addChannelMember,
    archiveChannel,
    directChannel,
    removeChannel,
    removeChannelMember,
    restoreChannel,
    setPrivacy,
} from '../state/places.ts';
import type {Channel, ChannelMember} from '../state/records.ts';
import {type Answer, type Call, OK} from './call.ts';
import {pick} from './fields.ts';
import type {Router} from './routes.ts';
import {presentChannel} from './team-routes.ts';
import {existing, idsOf} from './user-routes.ts';

export function addChannelRoutes(route: Router): void {
    route(
        'POST',
        '/channels',
        async ({world, user, json}) => {
            const input = pick(world, await json('channel'), 'channel', {
                team_id: 'string',
                name: 'string',
                display_name: 'string',
                type: 'string',
                header: 'string',
                purpose: 'string',
            });
            if (!isTeamMember(world, user.id, input.team_id ?? '') && !isSystemAdmin(user)) {
                throw forbidden();
            }
            if (world.differs.strictJson && !input.display_name) {
                throw badBody('display_name');
            }
            const channel = addChannel(world, {
                ...input,
                team_id: input.team_id ?? '',
                name: input.name ?? '',
                type: input.type === 'P' ? 'P' : 'O',
                creator_id: user.id,
            });
            addChannelMember(world, channel, user, undefined, 'channel_user channel_admin');
            return {status: 201, json: presentChannel(channel)};
        },
        {costs: SERVICE_MS.change},
    );

    route('POST', '/channels/direct', async ({world, user, json}) => {
        const [one, other] = await idsOf(world, json, 'user_ids');
        const [first, second] = [world.users.get(one ?? ''), world.users.get(other ?? '')];
        if (first === undefined || second === undefined) {
            throw badBody('user_ids');
        }
        if (first.id !== user.id && second.id !== user.id && !isSystemAdmin(user)) {
            throw forbidden();
        }
        return {status: 201, json: presentChannel(directChannel(world, first, second))};
    });

    route('GET', '/channels/:channel_id', (call) => ({json: presentChannel(readableHere(call))}));

    route('PUT', '/channels/:channel_id/patch', async (call) => {
        const channel = memberHere(call);
        const patch = pick(call.world, await call.json('channel'), 'channel', {
            display_name: 'string',
            name: 'string',
            header: 'string',
            purpose: 'string',
        });
        Object.assign(channel, patch, {update_at: call.world.now()});
        return {json: presentChannel(channel)};
    });

    route('PUT', '/channels/:channel_id/privacy', async (call) => {
        const channel = memberHere(call);
        const {privacy} = pick(call.world, await call.json('privacy'), 'privacy', {privacy: 'string'});
        if (privacy !== 'O' && privacy !== 'P') {
            throw badBody('privacy');
        }
        if (!isTeamAdmin(call.world, call.user, channel.team_id)) {
            throw forbidden();
        }
        setPrivacy(call.world, channel, privacy, call.user);
        return {json: presentChannel(channel)};
    });

    route('DELETE', '/channels/:channel_id', (call) => {
        const channel = memberHere(call);
        if (call.query('permanent') === 'true') {
            if (!call.world.config.enableApiChannelDeletion) {
                throw new ApiError(401, `api.user.delete_channel.${call.world.differs.notEnabled}.app_error`);
            }
            removeChannel(call.world, channel.id);
            return OK;
        }
        if (channel.name === 'town-square') {
            throw new ApiError(400, 'api.channel.delete_channel.cannot.app_error');
        }
        archiveChannel(call.world, channel, call.user);
        return OK;
    });

    route('POST', '/channels/:channel_id/restore', (call) => {
        const channel = call.world.channels.get(call.id('channel_id'));
        if (channel === undefined || !isTeamAdmin(call.world, call.user, channel.team_id)) {
            throw forbidden();
        }
        restoreChannel(call.world, channel, call.user);
        return {json: presentChannel(channel)};
    });

    addMemberRoutes(route);
    addReadingRoutes(route);
}

function addMemberRoutes(route: Router): void {
    route('GET', '/channels/:channel_id/members', (call) => {
        const {page, perPage} = call.paging();
        const members = [...(call.world.channelMembers.get(readableHere(call).id)?.values() ?? [])];
        return {json: members.slice(page * perPage, (page + 1) * perPage).map(presentMember)};
    });

    /** Members may add others; anyone in the team may join a public channel; a bot cannot join a private one by itself. */
    route(
        'POST',
        '/channels/:channel_id/members',
        async (call) => {
            const {world, user} = call;
            const {user_id} = pick(world, await call.json('user_id'), 'user_id', {user_id: 'string', post_root_id: 'string'});
            if (user_id === undefined) {
                throw badBody('user_id');
            }
            const channel = world.channels.get(call.id('channel_id'));
            if (channel === undefined) {
                throw new ApiError(404, 'app.channel.get.existing.app_error');
            }
            const joins = user_id === user.id && channel.type === 'O' && isTeamMember(world, user.id, channel.team_id);
            if (!joins && !mayPost(world, user, channel.id)) {
                throw forbidden();
            }
            const added = existing(world.users.get(user_id));
            if (!isTeamMember(world, added.id, channel.team_id)) {
                throw new ApiError(404, 'app.team.get_member.missing.app_error', 'No team member found for that user ID and team ID.');
            }
            return {status: 201, json: presentMember(addChannelMember(world, channel, added, user))};
        },
        {costs: SERVICE_MS.change},
    );

    route('POST', '/channels/:channel_id/members/ids', async (call) => {
        const channel = readableHere(call);
        const ids = await idsOf(call.world, call.json, 'user_ids');
        const members = ids.map((id) => call.world.channelMembers.get(channel.id)?.get(id)).filter((one) => one !== undefined);
        return {json: members.map(presentMember)};
    });

    route('GET', '/channels/:channel_id/members/:user_id', (call) => {
        const channel = readableHere(call);
        return {json: presentMember(memberOf(call, channel))};
    });

    route('DELETE', '/channels/:channel_id/members/:user_id', (call) => {
        const {world, user} = call;
        const channel = readableHere(call);
        const leaving = call.id('user_id');
        if (leaving !== user.id && !mayPost(world, user, channel.id)) {
            throw forbidden();
        }
        if (channel.name === 'town-square') {
            throw new ApiError(400, 'api.channel.remove.default.app_error');
        }
        memberOf(call, channel);
        removeChannelMember(world, channel, leaving, user);
        return OK;
    });
}

function addReadingRoutes(route: Router): void {
    route(
        'GET',
        '/channels/:channel_id/posts',
        (call) => {
            const {world, user, query} = call;
            const since = query('since');
            if (since !== undefined && since !== '' && !/^-?\d+$/.test(since)) {
                throw badBody('since');
            }
            const channel = world.channels.get(call.id('channel_id'));
            // 5.37 asks for membership first, and does not tell an unknown channel from a forbidden one.
            const allowed =
                channel !== undefined &&
                (world.differs.publicPostsForTeam ? mayRead(world, user, channel) : mayPost(world, user, channel.id));
            if (!allowed) {
                throw channel === undefined && world.differs.publicPostsForTeam
                    ? new ApiError(404, 'app.channel.get.existing.app_error')
                    : forbidden();
            }
            return pageOf(call, channel, since);
        },
        {costs: SERVICE_MS.readPage},
    );

    route('GET', '/users/:user_id/channels/:channel_id/unread', (call) => {
        const channel = readableHere(call);
        const member = memberOf(call, channel);
        return {
            json: {
                team_id: channel.team_id,
                channel_id: channel.id,
                msg_count: channel.total_msg_count - member.msg_count,
                mention_count: member.mention_count,
            },
        };
    });

    route('POST', '/channels/members/:user_id/view', async (call) => {
        const {channel_id} = pick(call.world, await call.json('channel_view'), 'channel_view', {channel_id: 'string'});
        const member = call.world.channelMembers.get(channel_id ?? '')?.get(call.id('user_id'));
        if (member !== undefined) {
            const channel = call.world.channels.get(member.channel_id);
            Object.assign(member, {mention_count: 0, msg_count: channel?.total_msg_count ?? 0, last_viewed_at: call.world.now()});
        }
        return OK;
    });
}

function pageOf(call: Call, channel: Channel, since: string | undefined): Answer {
    const before = call.query('before');
    const after = call.query('after');
    for (const [name, value] of [
        ['before', before],
        ['after', after],
    ] as const) {
        if (value !== undefined && value !== '' && !/^[A-Za-z0-9]{26}$/.test(value)) {
            throw badBody(name);
        }
    }
    const query: PageQuery = {
        ...call.paging(),
        ...(since ? {since: Number(since)} : {}),
        ...(before ? {before} : {}),
        ...(after ? {after} : {}),
        skipFetchThreads: call.query('skipFetchThreads') === 'true',
    };
    return {json: readChannelPosts(call.world, call.user, channel.id, query)};
}

/** The channel of the path, if the caller may know of it. */
function readableHere(call: Call): Channel {
    return readableChannel(call.world, call.user, call.id('channel_id'));
}

function memberHere(call: Call): Channel {
    const channel = readableHere(call);
    if (!mayPost(call.world, call.user, channel.id)) {
        throw forbidden();
    }
    return channel;
}

function memberOf(call: Call, channel: Channel): ChannelMember {
    const userId = call.id('user_id');
    const member = call.world.channelMembers.get(channel.id)?.get(userId);
    if (member === undefined || !isChannelMember(call.world, userId, channel.id)) {
        throw new ApiError(404, 'app.channel.get_member.missing.app_error', 'No channel member found for that user ID and channel ID.');
    }
    return member;
}

function presentMember(member: ChannelMember): Record<string, unknown> {
    return {
        ...member,
        notify_props: {desktop: 'default', email: 'default', mark_unread: 'all', push: 'default'},
        scheme_user: true,
        scheme_admin: false,
    };
}
