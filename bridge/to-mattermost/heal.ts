/** A thread that was deleted, moved, or whose channel was archived: found again, or opened anew. */
import {MattermostError} from '../mattermost.ts';
import {movedFrom, updateThread} from '../store/records.ts';
import type {ThreadRow} from '../store/schema.ts';
import type {Conversation} from './conversation.ts';
import {isChannelArchived, isRootElsewhere, isRootGone} from './gone.ts';
import {appendCard} from './own-events.ts';
import {findInChannels} from './publish.ts';
import {open, routed, type ThreadContext} from './threads.ts';

/**
 * The thread to use instead after Mattermost refused a reply into `thread`, or null when that is for an admin to mend.
 *
 * - moved to another channel: followed there
 * - root deleted: a new root with a link back and a short recap
 * - routed channel archived: a new root in the mirror channel
 */
export async function heal(context: ThreadContext, facts: Conversation, thread: ThreadRow, error: unknown): Promise<ThreadRow | null> {
    const next = {number: thread.number + 1, reason: 'recreated', previous: thread} as const;
    const {config} = context.integration;
    if (isRootElsewhere(error)) {
        const {channel_id} = await context.client.getPost(thread.root_id);
        return adopt(context, thread, {channel_id, root_id: thread.root_id});
    }
    if (isRootGone(error)) return recreate(context, facts, thread);
    if (isChannelArchived(error) && thread.channel_id !== config.channel_id) {
        return open(context, facts, {...next, channel_id: config.channel_id});
    }
    return null;
}

/** The thread where it was moved to, or a new one. An edit reaches a new root's channel only if it can be posted to: routing decides anew. */
async function recreate(context: ThreadContext, facts: Conversation, thread: ThreadRow): Promise<ThreadRow> {
    const moved = await follow(context, facts, thread);
    if (moved) return moved;
    return open(context, facts, {
        number: thread.number + 1,
        reason: 'recreated',
        previous: thread,
        channel_id: routed(context, facts),
    });
}

/** The thread itself, if its root still stands. @throws MattermostError */
export async function restore(context: ThreadContext, facts: Conversation, thread: ThreadRow): Promise<ThreadRow> {
    try {
        const {delete_at} = await context.client.getPost(thread.root_id);
        if (delete_at === 0) return thread;
    } catch (error) {
        if (!(error instanceof MattermostError && error.kind === 'refused' && error.status === 404)) throw error;
    }
    return recreate(context, facts, thread);
}

/** The thread where "move thread" took it, or null. */
export async function follow(context: ThreadContext, facts: Conversation, thread: ThreadRow): Promise<ThreadRow | null> {
    const mark = {conversation: facts.conversation_id, key: `root:${thread.number}`};
    const root = await findInChannels({...context, since: thread.created_at}, mark, {except: thread.root_id});
    return root && adopt(context, thread, {channel_id: root.channel_id, root_id: root.id});
}

async function adopt(context: ThreadContext, thread: ThreadRow, place: {channel_id: string; root_id: string}): Promise<ThreadRow> {
    // The card may have been changed when its copy was made.
    const set = place.root_id === thread.root_id ? place : {...place, moved_from: movedFrom(thread), card_digest: ''};
    await context.database.write(async (tx) => {
        await updateThread(tx, thread, set);
        if (set !== place) await appendCard(tx, thread.integration_id, thread.conversation_id, context.now());
    });
    return {...thread, ...set};
}
