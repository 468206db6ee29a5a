import {SERVICE_MS} from '../conditions/latency.ts';
import {toChannel} from '../posts/events.ts';
import {presentUser} from '../posts/present.ts';
import {removeReaction} from '../posts/react.ts';
import {ApiError, badBody, forbidden} from '../state/api-error.ts';
import {addAccessToken, addSession, addUser, findByEmail, findByUsername, removeUser, setActive} from '../state/people.ts';
import {isChannelMember, isSystemAdmin, mayPost, requireSystemAdmin} from '../state/permissions.ts';
import type {Session, User} from '../state/records.ts';
import type {World} from '../state/world.ts';
import {type Call, OK} from './call.ts';
import {pick} from './fields.ts';
import type {Router} from './routes.ts';

export function addUserRoutes(route: Router): void {
    route(
        'POST',
        '/users/login',
        async ({world, json, req}) => {
            const input = pick(world, await json('user'), 'user', {login_id: 'string', password: 'string', id: 'string'});
            const login = input.login_id ?? '';
            const user = findByUsername(world, login) ?? findByEmail(world, login);
            if (user === undefined || user.bot !== undefined || user.delete_at !== 0 || user.password !== input.password) {
                throw new ApiError(
                    401,
                    'api.user.login.invalid_credentials_email_username',
                    'Enter a valid email or username and/or password.',
                );
            }
            const session = addSession(world, user.id);
            return {
                json: presentUser(world, user, user),
                headers: {Token: session.token},
                // Only browsers' scripts get cookies; everyone gets the header.
                cookies: req.headers['x-requested-with'] === 'XMLHttpRequest' ? sessionCookies(session) : [],
            };
        },
        {login: false, costs: SERVICE_MS.change},
    );

    route('POST', '/users/logout', ({world, token}) => {
        world.sessions.delete(token);
        return OK;
    });

    route(
        'POST',
        '/users',
        async ({world, caller, json}) => {
            const input = pick(world, await json('user'), 'user', {
                username: 'string',
                email: 'string',
                password: 'string',
                nickname: 'string',
                first_name: 'string',
                last_name: 'string',
                position: 'string',
            });
            const {username, email} = input;
            if (username === undefined || email === undefined) {
                throw new ApiError(400, 'model.user.is_valid.email.app_error');
            }
            const user = addUser(world, {...input, username, email});
            return {status: 201, json: presentUser(world, user, caller ?? user)};
        },
        {login: false, costs: SERVICE_MS.change},
    );

    route('POST', '/users/ids', async ({world, user, json}) => {
        const ids = await idsOf(world, json, 'user_ids');
        const found = ids.map((id) => world.users.get(id)).filter((one) => one !== undefined);
        return {json: found.map((one) => presentUser(world, one, user))};
    });

    route('POST', '/users/usernames', async ({world, user, json}) => {
        const names = await idsOf(world, json, 'usernames');
        const found = names.map((name) => findByUsername(world, name)).filter((one) => one !== undefined);
        return {json: found.map((one) => presentUser(world, one, user))};
    });

    route('POST', '/users/search', async ({world, user, json}) => {
        const input = pick(world, await json('props'), 'props', {
            term: 'string',
            team_id: 'string',
            in_channel_id: 'string',
            limit: 'number',
        });
        if (input.term === undefined || input.term === '') {
            throw badBody('term');
        }
        return {json: search(world, user, input.term, input.team_id, input.in_channel_id).slice(0, input.limit ?? 100)};
    });

    route('GET', '/users/username/:username', ({world, user, param}) => {
        const found = findByUsername(world, param('username'));
        if (found === undefined) {
            throw new ApiError(404, 'app.user.get_by_username.app_error', 'Unable to find an existing account matching your username.');
        }
        return {json: presentUser(world, found, user)};
    });

    route('GET', '/users/email/:email', ({world, user, param}) => {
        if (!world.config.showEmailAddress && !isSystemAdmin(user)) {
            throw new ApiError(403, 'api.user.get_user_by_email.permissions.app_error');
        }
        return {json: presentUser(world, existing(findByEmail(world, param('email'))), user)};
    });

    route('GET', '/users', ({world, user, query, paging}) => {
        const {page, perPage} = paging();
        const inChannel = query('in_channel');
        const inTeam = query('in_team');
        const found = [...world.users.values()].filter(
            ({id}) =>
                (inChannel === undefined || isChannelMember(world, id, inChannel)) &&
                (inTeam === undefined || world.teamMembers.get(inTeam)?.get(id)?.delete_at === 0),
        );
        return {json: found.slice(page * perPage, (page + 1) * perPage).map((one) => presentUser(world, one, user))};
    });

    route('GET', '/users/:user_id', ({world, user, id}) => ({json: presentUser(world, existing(world.users.get(id('user_id'))), user)}));

    route('PUT', '/users/:user_id/active', async ({world, user, id, json}) => {
        requireSystemAdmin(user);
        const {active} = pick(world, await json('active'), 'active', {active: 'boolean'});
        setActive(world, existing(world.users.get(id('user_id'))), active ?? true);
        return OK;
    });

    route('DELETE', '/users/:user_id', ({world, user, id, query}) => {
        requireSystemAdmin(user);
        if (query('permanent') === 'true') {
            if (!world.config.enableApiUserDeletion) {
                throw new ApiError(401, `api.user.delete_user.${world.differs.notEnabled}.app_error`);
            }
            removeUser(world, existing(world.users.get(id('user_id'))));
            return OK;
        }
        setActive(world, existing(world.users.get(id('user_id'))), false);
        return OK;
    });

    route('POST', '/users/:user_id/tokens', async (call) => {
        const {world} = call;
        const owner = manageable(call);
        const {description} = pick(world, await call.json('user_access_token'), 'user_access_token', {description: 'string'});
        // People need a role for this that nobody has by default.
        if (owner.bot === undefined && !isSystemAdmin(call.user)) {
            throw forbidden();
        }
        if (owner.bot === undefined && !world.config.enableUserAccessTokens) {
            throw new ApiError(501, 'app.user_access_token.disabled.app_error');
        }
        if (description === undefined || description === '') {
            throw badBody('description');
        }
        return {json: addAccessToken(world, owner.id, description)};
    });

    route('GET', '/users/:user_id/tokens', (call) => {
        const owner = manageable(call);
        const tokens = [...call.world.accessTokens.values()].filter(({user_id}) => user_id === owner.id);
        return {json: tokens.map(({token: _secret, ...shown}) => shown)};
    });

    for (const [path, change] of [
        ['revoke', (world: World, token: string) => world.accessTokens.delete(token)],
        ['disable', (world: World, token: string) => setTokenActive(world, token, false)],
        ['enable', (world: World, token: string) => setTokenActive(world, token, true)],
    ] as const) {
        route('POST', `/users/tokens/${path}`, async ({world, user, json}) => {
            const {token_id} = pick(world, await json('token_id'), 'token_id', {token_id: 'string'});
            const found = [...world.accessTokens.values()].find(({id}) => id === token_id);
            if (found === undefined) {
                throw new ApiError(404, 'app.user_access_token.get_by_user.app_error', 'Unable to get the personal access token.');
            }
            if (!isSystemAdmin(user) && found.user_id !== user.id) {
                throw forbidden();
            }
            change(world, found.token);
            world.hub.cut(found.user_id);
            return OK;
        });
    }

    route(
        'POST',
        '/users/:user_id/typing',
        async ({world, user, id, json}) => {
            const input = pick(world, await json('typing'), 'typing', {channel_id: 'string', parent_id: 'string'});
            if (id('user_id') !== user.id && !isSystemAdmin(user)) {
                throw forbidden();
            }
            if (!mayPost(world, user, input.channel_id ?? '')) {
                throw forbidden();
            }
            toChannel(world, input.channel_id ?? '', 'typing', {parent_id: input.parent_id ?? '', user_id: user.id}, user.id);
            return OK;
        },
        {costs: SERVICE_MS.typing},
    );

    route('DELETE', '/users/:user_id/posts/:post_id/reactions/:emoji_name', ({world, user, id, param}) => {
        if (id('user_id') !== user.id && !isSystemAdmin(user)) {
            throw forbidden();
        }
        removeReaction(world, user, id('post_id'), param('emoji_name'));
        return OK;
    });
}

function sessionCookies({token, user_id, csrf}: Session): string[] {
    const life = 'Path=/; Max-Age=15552000';
    return [`MMAUTHTOKEN=${token}; ${life}; HttpOnly`, `MMUSERID=${user_id}; ${life}`, `MMCSRF=${csrf}; ${life}`];
}

export function existing(user: User | undefined): User {
    if (user === undefined) {
        throw new ApiError(404, 'app.user.missing_account.const', 'Unable to find the user.');
    }
    return user;
}

/** A JSON array of ids; an empty or malformed one is 400. */
export async function idsOf(world: World, json: Call['json'], name: string): Promise<string[]> {
    const body = await json(name);
    if (!Array.isArray(body) || !body.every((id) => typeof id === 'string')) {
        throw world.differs.strictJson ? new ApiError(400, 'api.payload.parse.error', 'Unable to parse the payload.') : badBody(name);
    }
    if (body.length === 0) {
        throw badBody(name);
    }
    return body;
}

/** Tokens are managed by their owner, a bot's also by the bot's owner, all by system admins. */
function manageable({world, user, id}: Call): User {
    const owner = world.users.get(id('user_id'));
    if (owner === undefined || (owner.id !== user.id && owner.bot?.owner_id !== user.id && !isSystemAdmin(user))) {
        throw forbidden();
    }
    return owner;
}

function setTokenActive(world: World, token: string, active: boolean): void {
    const found = world.accessTokens.get(token);
    if (found !== undefined) {
        found.is_active = active;
    }
}

function search(world: World, viewer: User, term: string, teamId: string | undefined, channelId: string | undefined): unknown[] {
    const wanted = term.toLowerCase().replace(/^@/, '');
    const fits = (user: User): boolean =>
        [user.username, user.nickname, user.first_name, user.last_name, ...(world.config.showEmailAddress ? [user.email] : [])].some(
            (text) => text.toLowerCase().startsWith(wanted),
        );
    return [...world.users.values()]
        .filter((user) => user.delete_at === 0 && fits(user))
        .filter((user) => teamId === undefined || teamId === '' || world.teamMembers.get(teamId)?.has(user.id))
        .filter((user) => channelId === undefined || channelId === '' || isChannelMember(world, user.id, channelId))
        .map((user) => presentUser(world, user, viewer));
}
