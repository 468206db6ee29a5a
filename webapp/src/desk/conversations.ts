/** One conversation: its details from the bridge, its words from Mattermost. */
import type {Post} from '@mattermost/types/posts';
import type {ActionBody, Result} from '../client/bridge.ts';
import {markOf, mirroredRoot, personOf, postById} from '../state/selectors.ts';
import type {Opened} from '../state/state.ts';
import type {Allowed, Detail, ReplyAction} from '../types/bridge.ts';
import type {Context} from './context.ts';

export type Conversations = ReturnType<typeof createConversations>;

/** News of one conversation come in twos and threes. */
const SOON_MS = 150;

export function createConversations({bridge, mattermost, host, state, change, noticed}: Context) {
    let soon: ReturnType<typeof setTimeout> | undefined;

    const shownIds = () => {
        const {shown} = state();
        return shown.kind === 'conversation' ? shown : null;
    };

    async function loadThread(root_id: string, again = false): Promise<void> {
        const known = state().threads[root_id];
        if (known?.status === 'loading' || (known?.status === 'ready' && !again)) return;
        if (!known) change({type: 'thread', root_id, status: 'loading'});
        try {
            const posts = await mattermost.getPostThread(root_id);
            await meet(posts);
            change({type: 'thread', root_id, status: 'ready', posts});
        } catch {
            // What is there already is better than a complaint.
            if (state().threads[root_id]?.status !== 'ready') change({type: 'thread', root_id, status: 'failed'});
        }
    }

    /** Names and pictures of authors the host does not know; above all, who is a bot. */
    async function meet(posts: readonly Post[]): Promise<void> {
        const strangers = [...new Set(posts.map(({user_id}) => user_id))].filter((id) => !personOf(host(), id));
        if (strangers.length === 0) return;
        const people = await mattermost.getPeople(strangers).catch(() => []);
        change({type: 'people', people});
    }

    async function loadDetail(): Promise<void> {
        const shown = shownIds();
        if (!shown) return;
        const {conversation_id, root_id} = shown;
        const answer = conversation_id ? await bridge.conversation(conversation_id) : await bridge.conversationOfThread(root_id ?? '');
        const now = shownIds();
        if (answer.ok) {
            take(answer.data);
            const root = answer.data.thread?.root_id;
            if (root && now && now.conversation_id === answer.data.conversation_id) await loadThread(root);
        } else {
            noticed(answer.error);
            if (now?.conversation_id === conversation_id && now.root_id === root_id) change({type: 'opening', error: answer.error});
        }
    }

    function take(detail: Detail): void {
        change({type: 'detail', detail});
        const {conversation_id} = detail;
        for (const typing of detail.typing) change({type: 'typing', typing: {conversation_id, ...typing}});
    }

    async function open(conversation_id: string | null, root_id: string | null, opened: Opened = {focus: 'back'}): Promise<void> {
        change({type: 'shown', shown: {kind: 'conversation', conversation_id, root_id, opened}});
        // Also what is known: something may have been missed while nobody looked.
        await Promise.all([loadDetail(), root_id ? loadThread(root_id, true) : undefined]);
    }

    return {
        open,
        loadThread,
        showQueue: () => change({type: 'shown', shown: {kind: 'queue'}}),
        /** From a post of its thread, wherever that is shown. */
        openPost(post_id: string, opened?: Opened): Promise<void> {
            const known = mirroredRoot(host(), post_id);
            const root_id = known?.root.id ?? (postById(host(), post_id)?.root_id || post_id);
            return open(known?.mark.conversation ?? null, root_id, opened);
        },
        loadDetail,
        /** What is shown, anew: something may have been missed. */
        async reload(): Promise<void> {
            const shown = shownIds();
            if (!shown) return;
            await Promise.all([loadDetail(), ...(shown.root_id ? [loadThread(shown.root_id, true)] : [])]);
        },
        onChanged(conversation_id: string): void {
            if (shownIds()?.conversation_id !== conversation_id) return;
            soon ??= setTimeout(() => {
                soon = undefined;
                void loadDetail();
            }, SOON_MS);
        },
        /** A post was made or edited. */
        onPost(post: Post): void {
            const root_id = post.root_id || post.id;
            if (!state().threads[root_id]) return;
            void meet([post]).then(() => change({type: 'post', post}));
            // Only what the bridge itself knows of comes by its stream; while that is down, this is the sign that something happened.
            if (shownIds()?.root_id === root_id && state().live !== 'stream' && markOf(host(), post)) void loadDetail();
        },
        onPostGone: ({id, root_id}: Post) => change({type: 'post_gone', post_id: id, root_id: root_id || id}),
        /** One of the panel's actions; what it answers is shown at once. */
        async act(conversation_id: string, action: Allowed | ReplyAction, body: ActionBody = {}): Promise<Result<Detail>> {
            const answer = await bridge.act(conversation_id, action, body);
            if (answer.ok) take(answer.data);
            else {
                noticed(answer.error);
                // Somebody was faster: show how it stands now.
                if (answer.error.status === 409) void loadDetail();
            }
            return answer;
        },
        stop: () => clearTimeout(soon),
    };
}
