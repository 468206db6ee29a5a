/** The event stream, and what it does to the store. Plugins' handlers come after the host's own, as in Mattermost. */
import type {Post} from '@mattermost/types/posts';
import type {UserProfile} from '@mattermost/types/users';
import {loadChannel, loadThread} from './load.ts';
import {get} from './server.ts';
import type {HostStore} from './state.ts';

export type ServerEvent = {event: string; data: Record<string, unknown>; broadcast: {channel_id?: string; user_id?: string}; seq: number};
type Handlers = {
    events: Record<string, Record<string, (event: ServerEvent) => void>>;
    reconnects: Record<string, () => void>;
};

/** Registered by plugins: one per plugin and event. */
export const handlers: Handlers = {events: {}, reconnects: {}};

const AGAIN_MS = 1000;
/** A burst reaches the store in portions: the first post at once, what follows within this time together. */
const BURST_MS = 100;

export function goLive(store: HostStore): void {
    const receive = createReceiver(store);
    let connection = '';
    let sequence = 0;
    let before = false;

    const connect = () => {
        const resume = connection ? `?connection_id=${connection}&sequence_number=${sequence}` : '';
        const socket = new WebSocket(`${window.location.origin.replace(/^http/, 'ws')}/api/v4/websocket${resume}`);
        socket.onopen = () => {
            store.dispatch({type: 'WEBSOCKET_SUCCESS'});
            if (before) void reconnected(store);
            before = true;
        };
        socket.onmessage = ({data}) => {
            const event = JSON.parse(data) as ServerEvent & {seq_reply?: number};
            if (event.seq_reply !== undefined) return;
            if (event.event === 'hello') {
                connection = String(event.data.connection_id ?? '');
                sequence = 0;
            }
            sequence = event.seq + 1;
            receive(event);
            // A throw stops the loop over the other plugins' handlers, as in the real thing.
            for (const handler of Object.values(handlers.events[event.event] ?? {})) handler(event);
        };
        socket.onclose = () => {
            store.dispatch({type: 'WEBSOCKET_FAILURE'});
            setTimeout(connect, AGAIN_MS);
        };
    };
    connect();
}

async function reconnected(store: HostStore): Promise<void> {
    const {entities, views} = store.getState();
    if (entities.channels.currentChannelId) await loadChannel(store, entities.channels.currentChannelId).catch(() => undefined);
    if (views.rhs.selectedPostId) await loadThread(store, views.rhs.selectedPostId).catch(() => undefined);
    for (const handler of Object.values(handlers.reconnects)) handler();
}

function createReceiver(store: HostStore): (event: ServerEvent) => void {
    const burst: Post[] = [];
    let quietAt = 0;
    const flush = () => {
        const posts = Object.fromEntries(burst.splice(0).map((post) => [post.id, post]));
        store.dispatch({type: 'RECEIVED_POSTS', data: {posts}});
    };
    return ({event, data, broadcast}) => {
        const sent = (name: string) => JSON.parse(String(data[name])) as Record<string, never>;
        switch (event) {
            case 'posted': {
                const post = sent('post') as unknown as Post;
                void knowAuthor(store, post.user_id);
                countReply(store, burst, post);
                if (performance.now() > quietAt && burst.length === 0) {
                    store.dispatch({type: 'RECEIVED_NEW_POST', data: post});
                } else {
                    if (burst.length === 0) setTimeout(flush, BURST_MS);
                    burst.push(post);
                }
                quietAt = performance.now() + BURST_MS;
                break;
            }
            case 'post_edited':
                store.dispatch({type: 'RECEIVED_POST', data: sent('post')});
                break;
            case 'ephemeral_message':
                store.dispatch({type: 'RECEIVED_NEW_POST', data: {update_at: 0, delete_at: 0, edit_at: 0, metadata: {}, ...sent('post')}});
                break;
            case 'post_deleted':
                store.dispatch({type: 'POST_DELETED', data: sent('post')});
                break;
            case 'reaction_added':
                store.dispatch({type: 'RECEIVED_REACTION', data: sent('reaction')});
                break;
            case 'reaction_removed':
                store.dispatch({type: 'REACTION_DELETED', data: sent('reaction')});
                break;
            case 'status_change':
                store.dispatch({type: 'RECEIVED_STATUSES', data: {[String(data.user_id)]: data.status}});
                break;
            case 'open_dialog':
                store.dispatch({type: 'RECEIVED_DIALOG', data: sent('dialog')});
                break;
            case 'user_removed':
                if (data.channel_id) leave(store, String(data.channel_id));
                break;
            case 'user_added':
                if (data.user_id === store.getState().entities.users.currentUserId) void loadChannel(store, broadcast.channel_id ?? '');
                break;
            default:
        }
    };
}

/** Somebody took us out of it: the app goes somewhere else. */
function leave(store: HostStore, id: string): void {
    store.dispatch({type: 'LEAVE_CHANNEL', data: {id}});
    const {channels, currentChannelId} = store.getState().entities.channels;
    const start = Object.values(channels).find(({name}) => name === 'town-square');
    if (currentChannelId === id && start) store.dispatch({type: 'SELECT_CHANNEL', data: start.id});
}

/** The root's own event says nothing of a new reply: the app counts for itself. */
function countReply(store: HostStore, burst: Post[], reply: Post): void {
    const {posts} = store.getState().entities.posts;
    const root = posts[reply.root_id];
    const coming = burst.findIndex(({id}) => id === reply.root_id);
    if (burst[coming]) burst[coming] = {...burst[coming], reply_count: (burst[coming].reply_count ?? 0) + 1};
    else if (root && !posts[reply.id]) store.dispatch({type: 'RECEIVED_POST', data: {...root, reply_count: (root.reply_count ?? 0) + 1}});
}

async function knowAuthor(store: HostStore, id: string): Promise<void> {
    if (store.getState().entities.users.profiles[id]) return;
    store.dispatch({type: 'RECEIVED_PROFILES_LIST', data: [await get<UserProfile>(`/users/${id}`)]});
}
