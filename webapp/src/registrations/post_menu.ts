/** What can be done with a post of a mirrored thread. The filters are asked while the menu is drawn: the store alone must know. */
import type {WordId} from '../components/words.tsx';
import type {Desk} from '../desk/desk.ts';
import {isBot, mirroredRoot, ours} from '../state/selectors.ts';
import type {GlobalState} from '../types/mattermost.ts';
import type {Open} from './open.ts';

type MenuAction = {text: WordId; action: (post_id: string) => void; filter: (post_id: string) => boolean};

/** With which the bot marks a reply that was given up (bridge/to-mattermost/show-reply.ts). */
const FAILED_EMOJI = 'x';

export function makePostActions(desk: Desk, open: Open): MenuAction[] {
    const host = () => desk.store.getState();
    const isMirrored = (post_id: string): boolean => mirroredRoot(host(), post_id) !== null;
    return [
        {text: 'ireserve.menu.reply', action: (post_id) => open.post(post_id, 'reply'), filter: isMirrored},
        {text: 'ireserve.menu.note', action: (post_id) => open.post(post_id, 'note'), filter: isMirrored},
        {
            text: 'ireserve.menu.retry',
            filter: (post_id) => isMirrored(post_id) && hasFailed(host(), post_id),
            action(post_id) {
                const conversation = mirroredRoot(host(), post_id)?.mark.conversation;
                open.post(post_id);
                if (conversation) void desk.conversations.act(conversation, 'retry', {reply_id: replyIdOf(host(), post_id)});
            },
        },
    ];
}

const replyOf = (state: GlobalState, post_id: string) =>
    Object.values(ours(state).details)
        .flatMap(({replies}) => replies)
        .find((reply) => reply.post_id === post_id);

const replyIdOf = (state: GlobalState, post_id: string): string => replyOf(state, post_id)?.reply_id ?? post_id;

function hasFailed(state: GlobalState, post_id: string): boolean {
    const reply = replyOf(state, post_id);
    if (reply) return reply.can.includes('retry');
    const reactions = Object.values(state.entities.posts.reactions[post_id] ?? {});
    return reactions.some(({emoji_name, user_id}) => emoji_name === FAILED_EMOJI && isBot(state, user_id));
}
