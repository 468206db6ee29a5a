import type {Mentions, Post, Reaction, StoredFile} from './state/records.ts';
import type {World} from './state/world.ts';

/** A post as tests like to read it: stored data, the author's name, whom it pings, and who reacted. */
export type PlainPost = Post & {
    readonly username: string;
    readonly mentions: Mentions;
    readonly reactions: readonly {readonly username: string; readonly emoji: string}[];
    readonly files: readonly {readonly id: string; readonly name: string; readonly size: number; readonly mime_type: string}[];
};

export type Looks = {
    /** living posts of a channel, roots and replies, oldest first; system messages only when asked for */
    posts(channelId: string, options?: {readonly system?: boolean; readonly deleted?: boolean}): PlainPost[];
    /** living roots of a channel, oldest first */
    roots(channelId: string): PlainPost[];
    /** a root and its living replies, oldest first */
    thread(rootId: string): PlainPost[];
    /** one post, deleted or not */
    post(postId: string): PlainPost | undefined;
    /** posts whose `props[key]` has this value: how a bridge marks what it made */
    byProp(key: string, value: unknown): PlainPost[];
    fileBytes(fileId: string): Buffer | undefined;
    /**
     * Everything an admin could have made, to compare before and after: settings, teams, accounts, tokens, channels with their members and what was
     * said there, webhooks, commands, plugins. Not what the server itself says of comings and goings, and no direct channels.
     */
    everything(): unknown;
};

export function looksInto(world: World): Looks {
    const rows = (channelId: string): Post[] => (world.channelRows.get(channelId) ?? []).filter((post) => post.original_id === '');
    const oldestFirst = (posts: Post[]): PlainPost[] =>
        posts.toSorted((a, b) => a.create_at - b.create_at).map((post) => plain(world, post));
    const alive = (post: Post): boolean => post.delete_at === 0;
    const system = (post: Post): boolean => post.type.startsWith('system_');
    return {
        posts: (channelId, options = {}) =>
            oldestFirst(rows(channelId).filter((post) => (options.deleted || alive(post)) && (options.system || !system(post)))),
        roots: (channelId) => oldestFirst(rows(channelId).filter((post) => alive(post) && !system(post) && post.root_id === '')),
        thread(rootId) {
            const root = world.posts.get(rootId);
            return root === undefined ? [] : oldestFirst([root, ...(world.replies.get(rootId) ?? [])].filter(alive));
        },
        post(postId) {
            const post = world.posts.get(postId);
            return post === undefined ? undefined : plain(world, post);
        },
        byProp: (key, value) => oldestFirst([...world.posts.values()].filter((post) => alive(post) && post.props[key] === value)),
        fileBytes: (fileId) => world.files.get(fileId)?.bytes,
        everything: () => structuredClone(everythingIn(world)),
    };
}

function everythingIn(world: World): unknown {
    return {
        config: world.config,
        teams: [...world.teams.values()].map((team) => [
            team,
            [...(world.teamMembers.get(team.id)?.values() ?? [])].filter(({delete_at}) => delete_at === 0),
        ]),
        users: [...world.users.values()].map(({update_at: _, ...user}) => user),
        tokens: [...world.accessTokens.values()],
        channels: [...world.channels.values()]
            .filter(({type}) => type !== 'D')
            .map(({update_at: _, last_post_at: _last, total_msg_count: _count, ...channel}) => ({
                ...channel,
                members: [...(world.channelMembers.get(channel.id)?.keys() ?? [])].toSorted(),
                said: (world.channelRows.get(channel.id) ?? []).filter(
                    ({type, delete_at}) => !type.startsWith('system_') && delete_at === 0,
                ),
            })),
        hooks: [...world.hooks.values()],
        commands: [...world.commands.values()],
        plugins: [...world.plugins.values()].map(({id, version, active}) => ({id, version, active})),
    };
}

function plain(world: World, post: Post): PlainPost {
    const files = post.file_ids.map((id) => world.files.get(id)).filter((file): file is StoredFile => file !== undefined);
    const reactions = (world.reactions.get(post.id) ?? []).filter((reaction: Reaction) => reaction.delete_at === 0);
    return {
        ...structuredClone(post),
        username: world.users.get(post.user_id)?.username ?? '',
        mentions: world.mentions.get(post.id) ?? {users: [], special: []},
        reactions: reactions.map((one) => ({username: world.users.get(one.user_id)?.username ?? '', emoji: one.emoji_name})),
        files: files.map(({id, name, size, mime_type}) => ({id, name, size, mime_type})),
    };
}
