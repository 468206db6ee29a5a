/** Filling the store over REST: at the start, and when a channel or a thread is opened. */
import type {Channel} from '@mattermost/types/channels';
import type {PostList} from '@mattermost/types/posts';
import type {Team} from '@mattermost/types/teams';
import type {UserProfile} from '@mattermost/types/users';
import type {Asked} from './asked.ts';
import {get, post} from './server.ts';
import type {HostStore} from './state.ts';

/** Of the seeded people; the double is the only server this page is for. */
const PASSWORD = 'Password1!';

/** With the cookie that is there, if it is the right person's. */
export async function logIn(asked: Asked): Promise<UserProfile> {
    const known = document.cookie.includes('MMUSERID=');
    const now = known ? await get<UserProfile>('/users/me').catch(() => null) : null;
    if (now && (!asked.user || now.username === asked.user)) return now;
    return post<UserProfile>('/users/login', {login_id: asked.user || 'anna.keller', password: PASSWORD});
}

export async function loadConfig(store: HostStore): Promise<void> {
    store.dispatch({type: 'CLIENT_CONFIG_RECEIVED', data: await get('/config/client?format=old')});
}

export async function loadEverything(store: HostStore, asked: Asked): Promise<void> {
    const me = await logIn(asked);
    const locale = asked.locale || me.locale || 'en';
    store.dispatch({type: 'RECEIVED_ME', data: {...me, locale}});
    store.dispatch({
        type: 'RECEIVED_PREFERENCES',
        data: [
            {user_id: me.id, category: 'display_settings', name: 'collapsed_reply_threads', value: asked.collapsed ? 'on' : 'off'},
            {user_id: me.id, category: 'display_settings', name: 'use_military_time', value: locale === 'en' ? 'false' : 'true'},
            {user_id: me.id, category: 'display_settings', name: 'name_format', value: 'full_name'},
        ],
    });
    const teams = await get<Team[]>('/users/me/teams');
    const team = teams[0];
    store.dispatch({type: 'RECEIVED_TEAMS_LIST', data: teams});
    if (!team) return;
    store.dispatch({type: 'SELECT_TEAM', data: team.id});
    const [channels, people] = await Promise.all([
        get<Channel[]>(`/users/me/teams/${team.id}/channels`),
        get<UserProfile[]>(`/users?in_team=${team.id}&per_page=200`),
    ]);
    store.dispatch({type: 'RECEIVED_PROFILES_LIST', data: people.filter(({id}) => id !== me.id)});
    store.dispatch({type: 'RECEIVED_STATUSES', data: Object.fromEntries(people.map(({id}) => [id, id === me.id ? 'online' : 'offline']))});
    store.dispatch({type: 'RECEIVED_CHANNELS', data: channels});
    for (const {id} of channels) store.dispatch({type: 'RECEIVED_MY_CHANNEL_MEMBER', data: await get(`/channels/${id}/members/me`)});
}

const PAGE = 60;

/** With collapsed threads only roots come, and no reply is in the store before its thread is opened or the reply is said. */
export async function loadChannel(store: HostStore, channelId: string): Promise<void> {
    const list = await get<PostList>(`/channels/${channelId}/posts?per_page=${PAGE}&skipFetchThreads=true`);
    const all = Object.entries(list.posts);
    const posts = Object.fromEntries(isCollapsed(store) ? all.filter(([, {root_id}]) => root_id === '') : all);
    store.dispatch({type: 'RECEIVED_POSTS', data: {posts}});
}

export async function loadThread(store: HostStore, rootId: string): Promise<void> {
    store.dispatch({type: 'RECEIVED_POSTS', data: await get<PostList>(`/posts/${rootId}/thread`)});
}

export function isCollapsed(store: Pick<HostStore, 'getState'>): boolean {
    return store.getState().entities.preferences.myPreferences['display_settings--collapsed_reply_threads']?.value !== 'off';
}
