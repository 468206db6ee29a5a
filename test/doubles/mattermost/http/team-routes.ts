import {SERVICE_MS} from '../conditions/latency.ts';
import {ApiError, forbidden} from '../state/api-error.ts';
import {isSystemAdmin, isTeamAdmin, isTeamMember, requireSystemAdmin} from '../state/permissions.ts';
import {addTeam, addTeamMember, removeTeam, removeTeamMember} from '../state/places.ts';
import type {Channel, Team, User} from '../state/records.ts';
import {inTiedDisorder} from '../state/ties.ts';
import type {World} from '../state/world.ts';
import {type Call, OK} from './call.ts';
import {pick} from './fields.ts';
import type {Router} from './routes.ts';
import {existing} from './user-routes.ts';

export function addTeamRoutes(route: Router): void {
    route(
        'POST',
        '/teams',
        async ({world, user, json}) => {
            const input = pick(world, await json('team'), 'team', {name: 'string', display_name: 'string', type: 'string'});
            if (user.bot !== undefined) {
                throw forbidden();
            }
            const team = addTeam(world, {
                name: input.name ?? '',
                display_name: input.display_name ?? '',
                type: input.type === 'I' ? 'I' : 'O',
            });
            addTeamMember(world, team.id, user, 'team_user team_admin');
            return {status: 201, json: presentTeam(team)};
        },
        {costs: SERVICE_MS.change},
    );

    // People see the open ones here, of which the double has none.
    route('GET', '/teams', ({world, user, paging, query}) => {
        const {page, perPage} = paging();
        const all = isSystemAdmin(user)
            ? inTiedDisorder(world, [...world.teams.values()]).sort((a, b) => a.display_name.localeCompare(b.display_name))
            : [];
        const teams = all.slice(page * perPage, (page + 1) * perPage).map(presentTeam);
        return {json: query('include_total_count') === 'true' ? {teams, total_count: all.length} : teams};
    });

    route('GET', '/teams/name/:team_name', ({world, user, param}) => {
        const team = [...world.teams.values()].find(({name}) => name === param('team_name').toLowerCase());
        if (team === undefined) {
            throw new ApiError(404, 'app.team.get_by_name.missing.app_error', 'Unable to find the existing team.');
        }
        return {json: presentTeam(visible(world, user, team))};
    });

    route('GET', '/teams/:team_id', ({world, user, id}) => ({json: presentTeam(visible(world, user, world.teams.get(id('team_id'))))}));

    route('DELETE', '/teams/:team_id', ({world, user, id, query}) => {
        const team = visible(world, user, world.teams.get(id('team_id')));
        requireSystemAdmin(user);
        if (query('permanent') === 'true') {
            removeTeam(world, team.id);
        } else {
            team.delete_at = world.now();
        }
        return OK;
    });

    route(
        'POST',
        '/teams/:team_id/members',
        async (call) => {
            const {world, user, id} = call;
            const {user_id} = pick(world, await call.json('team_member'), 'team_member', {user_id: 'string', team_id: 'string'});
            const team = visible(world, user, world.teams.get(id('team_id')));
            if (user_id !== user.id && !isTeamMember(world, user.id, team.id) && !isSystemAdmin(user)) {
                throw forbidden();
            }
            return {status: 201, json: addTeamMember(world, team.id, existing(world.users.get(user_id ?? '')))};
        },
        {costs: SERVICE_MS.change},
    );

    route('GET', '/teams/:team_id/members/:user_id', ({world, user, id}) => {
        const team = visible(world, user, world.teams.get(id('team_id')));
        const member = world.teamMembers.get(team.id)?.get(id('user_id'));
        if (member === undefined) {
            throw new ApiError(404, 'app.team.get_member.missing.app_error', 'No team member found for that user ID and team ID.');
        }
        return {json: member};
    });

    route('PUT', '/teams/:team_id/members/:user_id/roles', async ({world, user, id, json}) => {
        const {roles} = pick(world, await json('roles'), 'roles', {roles: 'string'});
        const member = world.teamMembers.get(id('team_id'))?.get(id('user_id'));
        if (!isTeamAdmin(world, user, id('team_id')) || member === undefined) {
            throw forbidden();
        }
        member.roles = roles ?? '';
        return OK;
    });

    route('DELETE', '/teams/:team_id/members/:user_id', ({world, user, id}) => {
        if (id('user_id') !== user.id && !isTeamAdmin(world, user, id('team_id'))) {
            throw forbidden();
        }
        removeTeamMember(world, id('team_id'), existing(world.users.get(id('user_id'))));
        return OK;
    });

    /** Public channels; private ones never, member or not. */
    route('GET', '/teams/:team_id/channels', ({world, user, id, paging}) => {
        const team = visible(world, user, world.teams.get(id('team_id')));
        const {page, perPage} = paging();
        const found = channelsOf(world, team.id).filter(({type, delete_at}) => type === 'O' && delete_at === 0);
        return {json: found.slice(page * perPage, (page + 1) * perPage).map(presentChannel)};
    });

    route('GET', '/teams/:team_id/channels/name/:channel_name', (call) => {
        const {world, user, id, param, query} = call;
        const found = channelsOf(world, id('team_id')).find(({name}) => name === param('channel_name').toLowerCase());
        return {json: presentChannel(visibleChannel(world, user, found, query('include_deleted') === 'true'))};
    });

    route('GET', '/users/:user_id/teams', (call) => {
        const {world} = call;
        const userId = himself(call);
        const teams = [...world.teams.values()].filter(({id, delete_at}) => delete_at === 0 && isTeamMember(world, userId, id));
        return {json: teams.map(presentTeam)};
    });

    /** All the user is a member of, town-square and private ones included, archived ones not. */
    route('GET', '/users/:user_id/teams/:team_id/channels', (call) => {
        const {world} = call;
        const userId = himself(call);
        if (!isTeamMember(world, userId, call.id('team_id')) && !isSystemAdmin(call.user)) {
            throw forbidden();
        }
        const found = joined(world, userId).filter(({team_id}) => team_id === call.id('team_id') || team_id === '');
        return {json: found.map(presentChannel)};
    });

    route('GET', '/users/:user_id/channels', (call) => {
        if (!call.world.differs.modernReads) {
            throw new ApiError(404, 'api.context.404.app_error');
        }
        return {json: joined(call.world, himself(call)).map(presentChannel)};
    });
}

function joined(world: World, userId: string): Channel[] {
    return [...world.channels.values()].filter(({id, delete_at}) => delete_at === 0 && world.channelMembers.get(id)?.has(userId));
}

function channelsOf(world: World, teamId: string): Channel[] {
    return [...world.channels.values()].filter(({team_id}) => team_id === teamId);
}

function visible(world: World, user: User, team: Team | undefined): Team {
    if (team === undefined) {
        throw new ApiError(404, 'app.team.get.find.app_error', 'Unable to find the existing team.');
    }
    if (team.type !== 'O' && !isTeamMember(world, user.id, team.id) && !isSystemAdmin(user)) {
        throw forbidden();
    }
    return team;
}

/** A public channel is visible to its team; a private one to its members, and to others it does not exist. */
function visibleChannel(world: World, user: User, channel: Channel | undefined, archivedToo = true): Channel {
    const missing = new ApiError(404, 'app.channel.get_by_name.missing.app_error', 'Channel does not exist.');
    if (channel === undefined || (channel.delete_at !== 0 && !archivedToo)) {
        throw missing;
    }
    const member = world.channelMembers.get(channel.id)?.has(user.id) || isSystemAdmin(user);
    if (channel.type === 'O') {
        if (!member && !isTeamMember(world, user.id, channel.team_id)) {
            throw forbidden();
        }
        return channel;
    }
    if (!member) {
        throw missing;
    }
    return channel;
}

function himself(call: Call): string {
    const userId = call.id('user_id');
    if (userId !== call.user.id && !isSystemAdmin(call.user)) {
        throw forbidden();
    }
    return userId;
}

function presentTeam(team: Team): Record<string, unknown> {
    return {
        ...team,
        description: '',
        email: '',
        company_name: '',
        allowed_domains: '',
        invite_id: '',
        allow_open_invite: team.type === 'O',
    };
}

export function presentChannel(channel: Channel): Record<string, unknown> {
    const {total_msg_count, ...shown} = channel;
    return {...shown, total_msg_count, extra_update_at: 0, scheme_id: null, props: null, group_constrained: null, shared: null};
}
