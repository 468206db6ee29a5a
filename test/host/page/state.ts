/** The host's store: the part of Mattermost's state that plugins read, under Mattermost's own names, and the actions that fill it. */
import type {Channel, ChannelMembership} from '@mattermost/types/channels';
import type {FileInfo} from '@mattermost/types/files';
import type {Post} from '@mattermost/types/posts';
import type {PreferenceType} from '@mattermost/types/preferences';
import type {Reaction} from '@mattermost/types/reactions';
import type {Team} from '@mattermost/types/teams';
import type {UserProfile} from '@mattermost/types/users';
import {type Action, applyMiddleware, combineReducers, type Dispatch, legacy_createStore, type Middleware, type Reducer} from 'redux';

export type Registered = {id: string; pluginId: string} & Record<string, unknown>;
type ById<T> = Record<string, T>;

// biome-ignore lint/suspicious/noExplicitAny: what an action carries depends on its type, as in every redux store.
type Loose = Action<string> & Record<string, any>;

const general = keyed({config: {} as ById<string>, license: {IsLicensed: 'false'} as ById<string>, serverVersion: ''}, (state, action) =>
    action.type === 'CLIENT_CONFIG_RECEIVED' ? {...state, config: action.data, serverVersion: action.data.Version} : state,
);

const users = keyed(
    {currentUserId: '', profiles: {} as ById<UserProfile>, statuses: {} as ById<string>, profilesInChannel: {} as ById<string[]>},
    (state, action) => {
        switch (action.type) {
            case 'RECEIVED_ME':
                return {...state, currentUserId: action.data.id, profiles: {...state.profiles, [action.data.id]: action.data}};
            case 'RECEIVED_PROFILES_LIST':
                return {...state, profiles: {...state.profiles, ...byId(action.data as UserProfile[])}};
            case 'RECEIVED_STATUSES':
                return {...state, statuses: {...state.statuses, ...action.data}};
            default:
                return state;
        }
    },
);

const teams = keyed({currentTeamId: '', teams: {} as ById<Team>, myMembers: {} as ById<{team_id: string}>}, (state, action) => {
    switch (action.type) {
        case 'RECEIVED_TEAMS_LIST':
            return {
                ...state,
                teams: byId(action.data as Team[]),
                myMembers: Object.fromEntries((action.data as Team[]).map(({id}) => [id, {team_id: id}])),
            };
        case 'SELECT_TEAM':
            return {...state, currentTeamId: action.data};
        default:
            return state;
    }
});

const channels = keyed({currentChannelId: '', channels: {} as ById<Channel>, myMembers: {} as ById<ChannelMembership>}, (state, action) => {
    switch (action.type) {
        case 'RECEIVED_CHANNELS':
            return {...state, channels: {...state.channels, ...byId(action.data as Channel[])}};
        case 'RECEIVED_MY_CHANNEL_MEMBER':
            return {...state, myMembers: {...state.myMembers, [action.data.channel_id]: action.data}};
        case 'LEAVE_CHANNEL': {
            const {[action.data.id]: _gone, ...myMembers} = state.myMembers;
            return {...state, myMembers};
        }
        case 'SELECT_CHANNEL':
            return {...state, currentChannelId: action.data};
        default:
            return state;
    }
});

type Posts = {
    posts: ById<Post>;
    postsInThread: ById<string[]>;
    postsInChannel: ById<{order: string[]; recent: boolean}[]>;
    reactions: ById<ById<Reaction>>;
    pendingPostIds: string[];
};

const posts = keyed<Posts>({posts: {}, postsInThread: {}, postsInChannel: {}, reactions: {}, pendingPostIds: []}, (state, action) => {
    switch (action.type) {
        case 'RECEIVED_POSTS':
            return withPosts(state, Object.values(action.data.posts as ById<Post>));
        case 'RECEIVED_NEW_POST':
        case 'RECEIVED_POST':
            return withPosts(state, [action.data]);
        case 'POST_DELETED': {
            const known = state.posts[action.data.id];
            if (!known) return state;
            // With a root goes its thread; the post itself stays as "(message deleted)" until the page is loaded again.
            const gone = new Set(state.postsInThread[known.id] ?? []);
            const left = Object.fromEntries(Object.entries(state.posts).filter(([id]) => !gone.has(id)));
            return {...state, posts: {...left, [known.id]: {...known, state: 'DELETED', delete_at: Date.now(), message: ''} as Post}};
        }
        case 'POST_REMOVED': {
            const {[action.data.id]: removed, ...left} = state.posts;
            if (!removed) return state;
            const thread = (state.postsInThread[removed.root_id] ?? []).filter((id) => id !== removed.id);
            return {...state, posts: left, postsInThread: {...state.postsInThread, [removed.root_id]: thread}};
        }
        case 'RECEIVED_REACTION': {
            const {post_id, user_id, emoji_name} = action.data;
            const reactions = {...state.reactions[post_id], [`${user_id}-${emoji_name}`]: action.data};
            return {...state, reactions: {...state.reactions, [post_id]: reactions}};
        }
        case 'REACTION_DELETED': {
            const {post_id, user_id, emoji_name} = action.data;
            const {[`${user_id}-${emoji_name}`]: _gone, ...reactions} = state.reactions[post_id] ?? {};
            return {...state, reactions: {...state.reactions, [post_id]: reactions}};
        }
        default:
            return state;
    }
});

function withPosts(state: Posts, received: Post[]): Posts {
    const next = {...state, posts: {...state.posts}, postsInThread: {...state.postsInThread}, reactions: {...state.reactions}};
    const threads = new Map<string, Set<string>>();
    for (const post of received) {
        const known = next.posts[post.id];
        if (known && known.update_at > post.update_at) continue;
        // What was on its way has arrived.
        if (post.pending_post_id && post.pending_post_id !== post.id) delete next.posts[post.pending_post_id];
        // Files and reactions have places of their own.
        next.posts[post.id] = {...post, metadata: {...post.metadata, files: undefined, reactions: undefined} as never};
        if (post.metadata?.reactions) {
            next.reactions[post.id] = Object.fromEntries(post.metadata.reactions.map((one) => [`${one.user_id}-${one.emoji_name}`, one]));
        }
        if (post.root_id) {
            const thread = threads.get(post.root_id) ?? new Set(next.postsInThread[post.root_id]);
            threads.set(post.root_id, thread.add(post.id));
            if (post.pending_post_id && post.pending_post_id !== post.id) thread.delete(post.pending_post_id);
        }
    }
    for (const [root, ids] of threads) next.postsInThread[root] = [...ids];
    return next;
}

const files = keyed({files: {} as ById<FileInfo>, fileIdsByPostId: {} as ById<string[]>}, (state, action) => {
    const received: Post[] =
        action.type === 'RECEIVED_POSTS'
            ? Object.values(action.data.posts as ById<Post>)
            : action.type === 'RECEIVED_NEW_POST' || action.type === 'RECEIVED_POST'
              ? [action.data]
              : [];
    const withFiles = received.filter((post) => post.metadata?.files?.length);
    if (withFiles.length === 0) return state;
    return {
        files: {...state.files, ...byId(withFiles.flatMap((post) => post.metadata.files ?? []))},
        fileIdsByPostId: {
            ...state.fileIdsByPostId,
            ...Object.fromEntries(withFiles.map((post) => [post.id, (post.metadata.files ?? []).map(({id}) => id)])),
        },
    };
});

const preferences = keyed({myPreferences: {} as ById<PreferenceType>}, (state, action) => {
    if (action.type !== 'RECEIVED_PREFERENCES') return state;
    const given = action.data as PreferenceType[];
    return {myPreferences: {...state.myPreferences, ...Object.fromEntries(given.map((one) => [`${one.category}--${one.name}`, one]))}};
});

export type Dialog = {url: string; trigger_id: string; dialog: Record<string, unknown>};
const integrations = keyed({dialog: null as Dialog | null, dialogTriggerId: ''}, (state, action) => {
    if (action.type === 'RECEIVED_DIALOG') return {...state, dialog: action.data};
    return action.type === 'RECEIVED_DIALOG_TRIGGER_ID' ? {...state, dialogTriggerId: action.data} : state;
});

export type ClientPlugin = {id: string; version: string; name?: string; webapp: {bundle_path: string}; props?: Record<string, unknown>};
type Plugins = {
    plugins: ById<ClientPlugin>;
    components: ById<Registered[]>;
    postTypes: ById<Registered>;
    adminConsoleCustomComponents: ById<ById<Registered>>;
    userSettings: ById<Record<string, unknown>>;
};

const plugins = keyed<Plugins>(
    {plugins: {}, components: {}, postTypes: {}, adminConsoleCustomComponents: {}, userSettings: {}},
    (state, action) => {
        switch (action.type) {
            case 'RECEIVED_WEBAPP_PLUGIN':
                return {...state, plugins: {...state.plugins, [action.data.id]: action.data}};
            case 'RECEIVED_PLUGIN_COMPONENT': {
                // Sorted by the plugin's id, whatever the order of loading.
                const list = [...(state.components[action.name] ?? []), action.data as Registered];
                list.sort((a, b) => (a.pluginId < b.pluginId ? -1 : a.pluginId > b.pluginId ? 1 : 0));
                return {...state, components: {...state.components, [action.name]: list}};
            }
            case 'REMOVED_PLUGIN_COMPONENT':
                return {...state, components: without(state.components, ({id}) => id === action.id)};
            case 'RECEIVED_PLUGIN_POST_COMPONENT':
                return {...state, postTypes: {...state.postTypes, [action.data.type]: action.data}};
            case 'RECEIVED_ADMIN_CONSOLE_CUSTOM_COMPONENT': {
                const {pluginId, key} = action.data;
                const own = {...state.adminConsoleCustomComponents[pluginId], [String(key).toLowerCase()]: action.data};
                return {...state, adminConsoleCustomComponents: {...state.adminConsoleCustomComponents, [pluginId]: own}};
            }
            case 'RECEIVED_PLUGIN_USER_SETTINGS':
                return {...state, userSettings: {...state.userSettings, [action.data.pluginId]: action.data.setting}};
            case 'REMOVED_WEBAPP_PLUGIN':
                return {
                    ...state,
                    components: without(state.components, ({pluginId}) => pluginId === action.data.id),
                    postTypes: Object.fromEntries(Object.entries(state.postTypes).filter(([, {pluginId}]) => pluginId !== action.data.id)),
                };
            default:
                return state;
        }
    },
);

const without = (components: ById<Registered[]>, leaves: (one: Registered) => boolean): ById<Registered[]> =>
    Object.fromEntries(Object.entries(components).map(([name, list]) => [name, list.filter((one) => !leaves(one))]));

/** One slot: opening a plugin's panel closes the thread there, and the other way round. */
const rhs = keyed(
    {selectedPostId: '', selectedChannelId: '', rhsState: null as string | null, pluggableId: '', isSidebarOpen: false},
    (state, action) => {
        switch (action.type) {
            case 'SELECT_POST':
                return {
                    selectedPostId: action.postId,
                    selectedChannelId: action.channelId,
                    rhsState: null,
                    pluggableId: '',
                    isSidebarOpen: action.postId !== '',
                };
            case 'UPDATE_RHS_STATE':
                return {
                    selectedPostId: '',
                    selectedChannelId: '',
                    rhsState: action.state,
                    pluggableId: action.state === 'plugin' ? action.pluggableId : '',
                    isSidebarOpen: action.state !== null,
                };
            default:
                return state;
        }
    },
);

const websocket = keyed({connected: false, lastConnectAt: 0, lastDisconnectAt: 0, connectionId: ''}, (state, action) => {
    if (action.type === 'WEBSOCKET_SUCCESS') return {...state, connected: true, lastConnectAt: Date.now()};
    return action.type === 'WEBSOCKET_FAILURE' ? {...state, connected: false, lastDisconnectAt: Date.now()} : state;
});

const location = keyed({path: ''}, (state, action) => (action.type === 'LOCATION' ? {path: action.path} : state));

/** Of the System Console: a page with something unsaved blocks the way to the others. */
const admin = keyed({navigationBlock: {blocked: false}}, (state, action) =>
    action.type === 'SET_NAVIGATION_BLOCKED' ? {navigationBlock: {blocked: action.blocked === true}} : state,
);

const own = {
    entities: combineReducers({general, users, teams, channels, posts, files, preferences, integrations}),
    plugins,
    views: combineReducers({rhs, location, admin}),
    websocket,
    errors: keyed([] as unknown[], (state) => state),
    requests: keyed({}, (state) => state),
};

export type HostState = {
    entities: ReturnType<typeof own.entities>;
    plugins: Plugins;
    views: ReturnType<typeof own.views>;
    websocket: ReturnType<typeof websocket>;
};

export type Thunk = (dispatch: HostDispatch, getState: () => HostState) => unknown;
// biome-ignore lint/suspicious/noExplicitAny: a thunk answers with whatever it likes.
export type HostDispatch = (action: Loose | Thunk) => any;
export type HostStore = ReturnType<typeof createHostStore>;

/** Thunks, as every plugin expects them to be taken. */
const thunks: Middleware =
    ({dispatch, getState}) =>
    (next) =>
    (action) =>
        typeof action === 'function' ? action(dispatch, getState) : next(action);

export function createHostStore() {
    const added: Record<string, Reducer> = {};
    const reduce = () => combineReducers({...own, ...added}) as unknown as Reducer<HostState, Loose>;
    const store = legacy_createStore(reduce(), applyMiddleware(thunks));
    return {
        getState: store.getState,
        dispatch: store.dispatch as Dispatch<Loose> as HostDispatch,
        subscribe: store.subscribe,
        replaceReducer: store.replaceReducer,
        [Symbol.observable]: store[Symbol.observable],
        /** A plugin's reducer lives at `plugins-<id>`, and stays when the plugin goes. */
        addReducer(pluginId: string, reducer: Reducer) {
            added[`plugins-${pluginId}`] = reducer;
            store.replaceReducer(reduce());
        },
    };
}

function keyed<S>(start: S, reduce: (state: S, action: Loose) => S): Reducer<S, Loose> {
    return (state = start, action) => reduce(state, action);
}

function byId<T extends {id: string}>(list: T[]): ById<T> {
    return Object.fromEntries(list.map((one) => [one.id, one]));
}
