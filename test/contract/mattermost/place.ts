import {randomBytes} from 'node:crypto';
import type {JsonObject, ServerVersion} from '../../doubles/mattermost/start.ts';
import {type Answer, type Client, createClient} from './client.ts';
import {eventually} from './wait.ts';

/** What `POST /posts` answers. */
export type MadePost = {
    readonly id: string;
    readonly create_at: number;
    readonly update_at: number;
    readonly message: string;
    readonly user_id: string;
    readonly root_id: string;
    readonly type: string;
    readonly is_pinned: boolean;
    readonly pending_post_id: string;
    readonly reply_count: number;
    readonly props: JsonObject;
    readonly file_ids?: readonly string[];
};

/** A team of its own on some server, with people, a bot and channels: all that a contract test touches. */
export type Place = {
    readonly url: string;
    /** `5.37` stands for every 5.x, `11.6` for itself and what is newer, `11.1` for what is between */
    readonly era: ServerVersion;
    /** what the server calls itself in `X-Version-Id` */
    readonly version: string;
    readonly teamId: string;
    readonly teamName: string;
    /** system admin, team admin here */
    readonly admin: Client;
    /** ordinary people in the team and in both channels */
    readonly anna: Client;
    readonly ben: Client;
    /** in the team, in no channel of ours */
    readonly outsider: Client;
    readonly bot: Client;
    readonly botTokenId: string;
    /** private; the bot, Anna and Ben are members */
    readonly privateChannel: string;
    /** public; the bot, Anna and Ben are members */
    readonly publicChannel: string;
    /** a new channel with the bot, Anna and Ben in it */
    newChannel(type: 'O' | 'P', members?: readonly Client[]): Promise<string>;
    /** a new bot with a token, in the team and the given channels */
    newBot(channelIds?: readonly string[]): Promise<{bot: Client; tokenId: string}>;
    /** creates a post and fails the test if that fails */
    posted(author: Client, fields: JsonObject): Promise<MadePost>;
    /**
     * comes back once the server's own clock has left that millisecond (and those before it): no server keeps two posts, or a post and
     * its change, in different ones
     */
    later(than: number): Promise<void>;
    /** takes everything away again */
    close(): Promise<void>;
};

const PASSWORD = 'Contract-Passw0rd!';

export async function openPlace(url: string, adminToken: string): Promise<Place> {
    const me = must(await createClient(url, adminToken).get('/users/me'), 200);
    const admin = createClient(url, adminToken, {id: String(me.json.id), username: String(me.json.username)});
    const version = me.headers.get('x-version-id') ?? '';
    const restoreConfig = await prepareServer(admin);
    try {
        return await settle(url, admin, version, restoreConfig);
    } catch (error) {
        await restoreConfig();
        throw error;
    }
}

async function settle(url: string, admin: Client, version: string, restoreConfig: () => Promise<void>): Promise<Place> {
    const mark = `c${randomBytes(5).toString('hex')}`;
    const team = must(await admin.post('/teams', {name: mark, display_name: `Contract ${mark}`, type: 'O'}), 201).json;
    const channels: string[] = [];
    const people: string[] = [];
    const bots: string[] = [];

    const person = async (name: string): Promise<Client> => {
        const username = `${name}.${mark}`;
        const user = must(
            await admin.post('/users', {username, email: `${username}@example.com`, password: PASSWORD, first_name: name}),
            201,
        ).json;
        people.push(String(user.id));
        must(await admin.post(`/teams/${team.id}/members`, {team_id: team.id, user_id: user.id}), 201);
        const login = must(await createClient(url, '').post('/users/login', {login_id: username, password: PASSWORD}), 200);
        return createClient(url, login.headers.get('token') ?? '', {id: String(user.id), username});
    };
    const join = async (channelId: string, members: readonly Client[]): Promise<void> => {
        for (const member of members) {
            must(await admin.post(`/channels/${channelId}/members`, {user_id: member.userId}), 201);
        }
    };
    const newBot: Place['newBot'] = async (channelIds = []) => {
        const username = `bot${bots.length}.${mark}`;
        const bot = must(await admin.post('/bots', {username, display_name: 'Contract bot', description: 'contract'}), 201).json;
        bots.push(String(bot.user_id));
        must(await admin.post(`/teams/${team.id}/members`, {team_id: team.id, user_id: bot.user_id}), 201);
        const token = must(await admin.post(`/users/${bot.user_id}/tokens`, {description: 'contract'}), 200).json;
        const client = createClient(url, String(token.token), {id: String(bot.user_id), username});
        for (const channelId of channelIds) {
            await join(channelId, [client]);
        }
        return {bot: client, tokenId: String(token.id)};
    };

    const anna = await person('anna');
    const ben = await person('ben');
    const outsider = await person('otto');
    const {bot, tokenId} = await newBot();
    const newChannel: Place['newChannel'] = async (type, members = [bot, anna, ben]) => {
        const name = `ch${channels.length}-${mark}`;
        const channel = must(await admin.post('/channels', {team_id: team.id, name, display_name: name, type}), 201).json;
        channels.push(String(channel.id));
        await join(String(channel.id), members);
        return String(channel.id);
    };

    // The server's time stands on what it stores; the `Date` header knows whole seconds only.
    const clock = await newChannel('P', []);
    const posted: Place['posted'] = async (author, fields) => must(await author.post('/posts', fields), 201).json as unknown as MadePost;
    const tick = async (than: number) => (await posted(admin, {channel_id: clock, message: 'tick'})).create_at > than || undefined;

    return {
        url,
        era: eraOf(version),
        version,
        teamId: String(team.id),
        teamName: mark,
        admin,
        anna,
        ben,
        outsider,
        bot,
        botTokenId: tokenId,
        privateChannel: await newChannel('P'),
        publicChannel: await newChannel('O'),
        newChannel,
        newBot,
        posted,
        async later(than) {
            await eventually(`the server's clock to be past ${than}`, () => tick(than));
        },
        async close() {
            for (const id of bots) {
                await admin.post(`/bots/${id}/disable`);
            }
            for (const id of people) {
                await admin.delete(`/users/${id}`);
            }
            must(await admin.delete(`/teams/${team.id}?permanent=true`), 200);
            await restoreConfig();
        },
    };
}

function eraOf(version: string): ServerVersion {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major < 6) return '5.37';
    return major > 11 || (major === 11 && minor >= 6) ? '11.6' : '11.1';
}

/** Settings without which half of the contract cannot be asked about; they are put back at the end. */
const NEEDED: Readonly<Record<string, unknown>> = {
    EnableBotAccountCreation: true,
    EnableOutgoingWebhooks: true,
    EnableCommands: true,
    EnableAPITeamDeletion: true,
    EnableReliableWebSockets: true,
    EnableLinkPreviews: true,
    AllowedUntrustedInternalConnections: 'localhost 127.0.0.0/8',
};

async function prepareServer(admin: Client): Promise<() => Promise<void>> {
    const before = must(await admin.get('/config'), 200).json.ServiceSettings as unknown as Readonly<Record<string, unknown>>;
    const different = Object.keys(NEEDED).filter((name) => before[name] !== undefined && before[name] !== NEEDED[name]);
    if (different.length === 0) {
        return async () => {};
    }
    const some = (values: Readonly<Record<string, unknown>>): unknown => ({
        ServiceSettings: Object.fromEntries(different.map((name) => [name, values[name]])),
    });
    must(await admin.put('/config/patch', some(NEEDED)), 200);
    return async () => {
        must(await admin.put('/config/patch', some(before)), 200);
    };
}

/** For steps that are not what a test is about: anything but the expected status ends it with the server's words. */
export function must(answer: Answer, status: number): Answer {
    if (answer.status !== status) {
        throw new Error(`expected ${status}, was answered ${answer.status} ${answer.text.slice(0, 500)}`);
    }
    return answer;
}
