/** The Mattermost of a soak: the double, or a real server. People act by its REST API, past every proxy; what stands there is read the same way. */
import type {Client, Loose} from '../contract/mattermost/client.ts';
import {must, openPlace, type Place} from '../contract/mattermost/place.ts';
import {type MattermostDouble, type PlainPost, startMattermost} from '../doubles/mattermost/start.ts';

/** A post as it stands, deleted ones too. */
export type Standing = {
    readonly id: string;
    readonly channel_id: string;
    readonly root_id: string;
    readonly user_id: string;
    readonly create_at: number;
    readonly delete_at: number;
    readonly message: string;
    readonly props: Readonly<Record<string, unknown>>;
    /** Emoji the bot put on it. */
    readonly marks: readonly string[];
    readonly files: readonly string[];
};

export type SoakPlace = Pick<Place, 'admin' | 'bot'> & {
    readonly name: string;
    readonly url: string;
    readonly agents: readonly Client[];
    /** Of both the bot is a member, and the integration uses them. */
    readonly channels: {readonly mirror: string; readonly second: string};
    /** Moves a thread into a channel. @returns false where the server can't */
    move(root_id: string, channel_id: string): Promise<boolean>;
    /** Everything in both channels but system messages, in the order in which it was made. */
    posts(): Promise<Standing[]>;
    /** Those of them that begin a thread and stand. */
    roots(): Promise<Standing[]>;
    /** Forgets the keys of creates and cuts the streams, as a restart does; a real server is left alone. */
    restart(): void;
    close(): Promise<void>;
};

/** @param server null: a double of its own */
export async function openSoakPlace(server: {url: string; adminToken: string} | null, seed: number): Promise<SoakPlace> {
    if (server) {
        const place = await openPlace(server.url, server.adminToken);
        return placeOn(place, null, `${server.url}, version ${place.version}`, place.close);
    }
    const double = await startMattermost({seed, latencyScale: 0.2, version: '11.6'});
    const place = await openPlace(double.url, double.seeded.admin.token);
    return placeOn(place, double, 'the double', () => double.stop());
}

async function placeOn(place: Place, double: MattermostDouble | null, name: string, close: () => Promise<void>): Promise<SoakPlace> {
    const {admin, anna, ben, bot, url} = place;
    const channels = {mirror: place.privateChannel, second: await place.newChannel('P')};
    const ids = Object.values(channels);
    return {
        name,
        url,
        admin,
        bot,
        channels,
        agents: [anna, ben],
        async move(root_id, channel_id) {
            if (double) {
                await double.act.moveThread(root_id, channel_id);
                return true;
            }
            return (await admin.post(`/posts/${root_id}/move`, {channel_id})).status === 200;
        },
        async posts() {
            const all = await Promise.all(
                ids.map((id) => (double ? standingIn(double, id, bot.username) : readAll(admin, id, bot.userId))),
            );
            return all.flat();
        },
        async roots() {
            if (double) return ids.flatMap((id) => double.look.roots(id).map((post) => plain(post, bot.username)));
            const all = await Promise.all(ids.map((id) => readAll(admin, id, bot.userId)));
            return all.flat().filter(({root_id, delete_at}) => root_id === '' && delete_at === 0);
        },
        restart: () => double?.act.restart(),
        close,
    };
}

/** Within one millisecond only the double itself knows what came first. */
const standingIn = (double: MattermostDouble, channel_id: string, bot: string): Standing[] =>
    double.look.posts(channel_id, {deleted: true}).map((post) => plain(post, bot));

const plain = ({reactions, files, ...post}: PlainPost, bot: string): Standing => ({
    ...post,
    marks: reactions.filter(({username}) => username === bot).map(({emoji}) => emoji),
    files: files.map(({name}) => name),
});

const PER_PAGE = 200;

async function readAll(admin: Client, channel_id: string, botId: string): Promise<Standing[]> {
    const found: Standing[] = [];
    for (let page = 0; ; page++) {
        const path = `/channels/${channel_id}/posts?per_page=${PER_PAGE}&page=${page}&include_deleted=true`;
        const {order, posts} = must(await admin.get(path), 200).json as unknown as {order: string[]; posts: Record<string, Loose>};
        for (const id of order) {
            const post = posts[id];
            if (post && !String(post.type).startsWith('system_')) found.push(standingOf(post, botId));
        }
        if (order.length < PER_PAGE) return found.reverse();
    }
}

/** A post as the API answers with it. */
function standingOf(post: Loose, botId: string): Standing {
    const {reactions, files} = (post.metadata ?? {}) as unknown as {
        reactions?: {user_id: string; emoji_name: string}[] | null;
        files?: {name: string}[] | null;
    };
    return {
        ...(post as unknown as Standing),
        marks: (reactions ?? []).filter(({user_id}) => user_id === botId).map(({emoji_name}) => emoji_name),
        files: (files ?? []).map(({name}) => name),
    };
}
