import {ApiError} from './api-error.ts';
import {isSystemAdmin} from './permissions.ts';
import type {AccessToken, Session, User} from './records.ts';
import type {World} from './world.ts';

export type NewUser = {
    readonly username: string;
    readonly email: string;
    readonly password?: string;
    readonly nickname?: string;
    readonly first_name?: string;
    readonly last_name?: string;
    readonly position?: string;
    readonly roles?: string;
};

export function addUser(world: World, input: NewUser): User {
    const username = input.username.toLowerCase();
    if (!/^[a-z][a-z0-9.\-_]{0,63}$/.test(username)) {
        throw new ApiError(400, 'model.user.is_valid.username.app_error');
    }
    if (findByUsername(world, username) !== undefined) {
        throw new ApiError(400, 'app.user.save.username_exists.app_error', 'An account with that username already exists.');
    }
    const email = input.email.toLowerCase();
    if ([...world.users.values()].some((user) => user.email === email)) {
        throw new ApiError(400, 'app.user.save.email_exists.app_error', 'An account with that email already exists.');
    }
    const now = world.now();
    const user: User = {
        id: world.newId(),
        create_at: now,
        update_at: now,
        delete_at: 0,
        username,
        email,
        nickname: input.nickname ?? '',
        first_name: input.first_name ?? '',
        last_name: input.last_name ?? '',
        position: input.position ?? '',
        roles: input.roles ?? 'system_user',
        locale: 'en',
        password: input.password ?? '',
    };
    world.users.set(user.id, user);
    return user;
}

export type NewBot = {readonly username: string; readonly display_name?: string; readonly description?: string};

export function addBot(world: World, owner: User, input: NewBot): User {
    const user = addUser(world, {username: input.username, email: `${input.username.toLowerCase()}@localhost`, nickname: ''});
    user.first_name = input.display_name ?? '';
    user.bot = {
        user_id: user.id,
        username: user.username,
        display_name: input.display_name ?? '',
        description: input.description ?? '',
        owner_id: owner.id,
        create_at: user.create_at,
        update_at: user.update_at,
        delete_at: 0,
    };
    return user;
}

export function findByUsername(world: World, username: string): User | undefined {
    return [...world.users.values()].find((user) => user.username === username.toLowerCase());
}

export function findByEmail(world: World, email: string): User | undefined {
    return [...world.users.values()].find((user) => user.email === email.toLowerCase());
}

/** A personal access token. For a bot it works whether or not the server allows people to have tokens. */
export function addAccessToken(world: World, userId: string, description: string): AccessToken {
    const token = {id: world.newId(), token: world.newId(), user_id: userId, description, is_active: true};
    world.accessTokens.set(token.token, token);
    return token;
}

/** What a log-in makes. */
export function addSession(world: World, userId: string): Session {
    const session = {token: world.newId(), user_id: userId, csrf: world.newId()};
    world.sessions.set(session.token, session);
    return session;
}

/** Whom a token stands for; `undefined` for an unknown, revoked or disabled one, or a deactivated account. */
export function whoHas(world: World, token: string): User | undefined {
    const access = world.accessTokens.get(token);
    const user = world.users.get(world.sessions.get(token)?.user_id ?? access?.user_id ?? '');
    if (user === undefined || user.delete_at !== 0) {
        return undefined;
    }
    if (access !== undefined && (!access.is_active || (user.bot === undefined && !world.config.enableUserAccessTokens))) {
        return undefined;
    }
    return user;
}

/** Deactivates or reactivates an account. Sessions end; a bot's tokens stay and work again afterwards. */
export function setActive(world: World, user: User, active: boolean): void {
    const now = world.now();
    user.delete_at = active ? 0 : now;
    user.update_at = now;
    if (user.bot !== undefined) {
        user.bot.delete_at = user.delete_at;
        user.bot.update_at = now;
    }
    if (active) {
        return;
    }
    for (const session of world.sessions.values()) {
        if (session.user_id === user.id) {
            world.sessions.delete(session.token);
        }
    }
    world.hub.cut(user.id);
    if (user.bot === undefined && world.config.disableBotsWhenOwnerIsDeactivated) {
        for (const owned of world.users.values()) {
            if (owned.bot?.owner_id === user.id) {
                setActive(world, owned, false);
            }
        }
    }
}

/** Permanently, with what he wrote, his tokens, memberships and direct channels. */
export function removeUser(world: World, user: User): void {
    setActive(world, user, false);
    for (const [secret, token] of world.accessTokens) {
        if (token.user_id === user.id) {
            world.accessTokens.delete(secret);
        }
    }
    for (const [postId, post] of world.posts) {
        if (post.user_id === user.id) {
            world.posts.delete(postId);
        }
    }
    for (const [channelId, rows] of world.channelRows) {
        world.channelRows.set(
            channelId,
            rows.filter(({user_id}) => user_id !== user.id),
        );
    }
    for (const members of [...world.channelMembers.values(), ...world.teamMembers.values()]) {
        members.delete(user.id);
    }
    world.users.delete(user.id);
}

/** Bots are managed by system admins and by their owners. */
export function manageableBot(world: World, manager: User, botUserId: string): User {
    const bot = world.users.get(botUserId);
    // To everyone else a bot account is just a user.
    if (bot?.bot === undefined || (!isSystemAdmin(manager) && bot.bot.owner_id !== manager.id)) {
        throw new ApiError(404, 'store.sql_bot.get.missing.app_error', 'Bot does not exist.');
    }
    return bot;
}
