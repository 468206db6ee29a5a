/** The server's own events. A throw here would keep them from other plugins: whatever does not fit is left alone. */
import type {Post} from '@mattermost/types/posts';
import type {Desk} from '../desk/desk.ts';
import {changed} from '../state/reducer.ts';
import {isBot, markOf, ours} from '../state/selectors.ts';
import {VISITOR} from '../state/state.ts';
import type {HostEvent} from '../types/mattermost.ts';
import {text, thing} from '../types/read.ts';

/** Mattermost says it again every few seconds while somebody goes on typing. */
const TYPING_MS = 6000;

export function makeEventHandlers(desk: Desk): Record<string, (event: HostEvent) => void> {
    const {store, conversations, connection} = desk;
    const handlers = {
        posted({data}: HostEvent) {
            const post = postIn(data);
            if (markOf(store.getState(), post)?.author === 'visitor') connection.heard();
            conversations.onPost(post);
        },
        post_edited: ({data}: HostEvent) => conversations.onPost(postIn(data)),
        post_deleted: ({data}: HostEvent) => conversations.onPostGone(postIn(data)),
        /** The bot types for the visitor; colleagues are the bridge's to tell. */
        typing({data}: HostEvent) {
            const root_id = text(data.parent_id);
            const state = store.getState();
            if (!ours(state).threads[root_id] || !isBot(state, text(data.user_id))) return;
            store.dispatch(
                changed({type: 'typing', typing: {conversation_id: root_id, user_id: VISITOR, name: '', until: Date.now() + TYPING_MS}}),
            );
        },
    };
    return Object.fromEntries(
        Object.entries(handlers).map(([name, handle]) => [
            name,
            (event: HostEvent) => {
                try {
                    handle(event);
                } catch {
                    // Not ours, or of a newer server; the next load shows what is missing.
                }
            },
        ]),
    );
}

/** In the message itself: the store may get it later. */
function postIn(data: Record<string, unknown>): Post {
    const post = thing(JSON.parse(text(data.post)));
    text(post.id);
    text(post.user_id);
    text(post.message);
    return {...post, root_id: typeof post.root_id === 'string' ? post.root_id : ''} as Post;
}
