import {addAccessToken, addBot, addSession, addUser} from './state/people.ts';
import {addChannel, addChannelMember, addTeam, addTeamMember} from './state/places.ts';
import type {Channel, Team, User} from './state/records.ts';
import type {World} from './state/world.ts';

/** Someone who can call the API. People's tokens are those of a log-in, the bot's is an access token. */
export type Account = {readonly id: string; readonly username: string; readonly email: string; readonly token: string};

export type Seeded = {
    readonly team: Team;
    readonly admin: Account;
    /** in the team and in all seeded channels: Anna, Ben, Chiara */
    readonly agents: readonly [Account, Account, Account];
    /** in `mirror` and `notifications` */
    readonly bot: Account;
    readonly channels: {
        /** private, where conversations are mirrored */
        readonly mirror: Channel;
        /** public, where bookings are announced */
        readonly notifications: Channel;
        /** public, the bot is not a member */
        readonly other: Channel;
        readonly townSquare: Channel;
    };
};

/** Everybody's password, for log-ins by hand. */
export const SEEDED_PASSWORD = 'Password1!';

/** Fills an empty world with what most tests and the demo start from. */
export function seed(world: World): Seeded {
    const team = addTeam(world, {name: 'hotel-aurora', display_name: 'Hotel Aurora'});
    const admin = person(world, 'admin', 'System', 'Admin', 'system_admin system_user');
    const agents = [
        person(world, 'anna.keller', 'Anna', 'Keller'),
        person(world, 'ben.osei', 'Ben', 'Osei'),
        person(world, 'chiara.rossi', 'Chiara', 'Rossi'),
    ] as const;
    const bot = addBot(world, admin, {username: 'ireserve', display_name: 'i-Reserve', description: 'Mirrors web chats'});
    const mirror = addChannel(world, {team_id: team.id, name: 'web-chats', display_name: 'Web Chats', type: 'P'});
    const notifications = addChannel(world, {team_id: team.id, name: 'bookings', display_name: 'Bookings'});
    const other = addChannel(world, {team_id: team.id, name: 'front-desk', display_name: 'Front Desk'});
    addTeamMember(world, team.id, admin, 'team_user team_admin');
    for (const user of [...agents, bot]) {
        addTeamMember(world, team.id, user);
    }
    for (const user of [admin, ...agents]) {
        for (const channel of [mirror, notifications, other]) {
            addChannelMember(world, channel, user);
        }
    }
    addChannelMember(world, mirror, bot);
    addChannelMember(world, notifications, bot);
    const townSquare = [...world.channels.values()].find((channel) => channel.name === 'town-square') as Channel;
    return {
        team,
        admin: account(admin, addSession(world, admin.id).token),
        agents: agents.map((user) => account(user, addSession(world, user.id).token)) as unknown as Seeded['agents'],
        bot: account(bot, addAccessToken(world, bot.id, 'bridge').token),
        channels: {mirror, notifications, other, townSquare},
    };
}

function person(world: World, username: string, firstName: string, lastName: string, roles = 'system_user'): User {
    const email = `${username}@hotel-aurora.example`;
    return addUser(world, {username, email, password: SEEDED_PASSWORD, first_name: firstName, last_name: lastName, roles});
}

function account(user: User, token: string): Account {
    return {id: user.id, username: user.username, email: user.email, token};
}
