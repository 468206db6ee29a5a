/** Everything the panel can do, put together once per page. */
import {createBridge} from '../client/bridge.ts';
import {createMattermost} from '../client/mattermost.ts';
import {createRequests} from '../client/requests.ts';
import {createSessions, nonce} from '../client/session.ts';
import {csrfToken, isDesktopApp, isHttps, onWake, siteUrl, storage} from '../host.ts';
import {commandPlace} from '../state/selectors.ts';
import type {PluginStore} from '../types/mattermost.ts';
import {createCanned} from './canned.ts';
import {createConnection} from './connection.ts';
import {createContext} from './context.ts';
import {createConversations} from './conversations.ts';
import {createQueue} from './queue.ts';
import {createWriting} from './writing.ts';

export type Desk = ReturnType<typeof createDesk>;

export function createDesk(store: PluginStore, {fetch = (...request) => window.fetch(...request)}: {fetch?: typeof globalThis.fetch} = {}) {
    const now = () => Date.now();
    const mattermost = createMattermost({fetch, siteUrl, csrfToken});
    const sessions = createSessions({
        mattermost,
        async place() {
            const {team_id} = context.state();
            const known = commandPlace(store.getState(), team_id);
            if (known || !team_id) return known;
            const channel_id = await mattermost.findChannel(team_id);
            return channel_id ? {channel_id, team_id} : null;
        },
        page: {isHttps, isDesktopApp},
        now,
        random: nonce,
    });
    const bridge = createBridge(createRequests({fetch, sessions, onAnswer: () => connection.answered()}));
    const context = createContext({store, bridge, mattermost, sessions, storage, now, random: Math.random});
    const queue = createQueue(context);
    const conversations = createConversations(context);
    const writing = createWriting(context, conversations);
    const canned = createCanned(context);
    const connection = createConnection(context, queue, conversations, onWake);
    return {
        fetch,
        store,
        bridge,
        mattermost,
        queue,
        conversations,
        writing,
        canned,
        connection,
        state: context.state,
        stop(): void {
            writing.stop();
            conversations.stop();
            connection.stop();
        },
    };
}
