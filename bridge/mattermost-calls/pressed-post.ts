/** Whether a button was pressed where the bridge put it. Anybody may copy a context into a post of their own. */
import type {Integration} from '../integration.ts';
import {findReply} from '../store/records.ts';
import type {ReplyRow} from '../store/schema.ts';
import {readPost} from '../to-ireserve/visit.ts';
import type {Button, ButtonContext} from '../to-mattermost/buttons.ts';
import {type Mark, markOf} from '../to-mattermost/publish.ts';
import {clientOf, type Desk} from './desk.ts';

type Place = 'root' | 'question' | 'hint';

const PLACES: Record<Button, Place> = {
    claim: 'root',
    release: 'root',
    close: 'root',
    reopen: 'root',
    reply: 'root',
    send: 'question',
    keep: 'question',
    retry: 'hint',
    discard: 'hint',
};

export type Pressed = {
    /** The channel the post is in now. */
    channel_id: string;
    /** What a question or hint is about. */
    reply: ReplyRow | null;
};

/**
 * Null when it is not there. A post the bridge does not know (it was made a moment ago, or moved to another channel with its thread) is read: one by
 * our bot, with our mark for this very thing, is ours.
 *
 * @throws MattermostError when it can't be read now
 */
export async function findPressed(desk: Desk, integration: Integration, context: ButtonContext, post_id: string): Promise<Pressed | null> {
    const place = PLACES[context.action];
    const {conversation} = context;
    let reply: ReplyRow | null = null;
    if (place !== 'root') {
        reply = (context.reply && (await findReply(desk.database.read, integration.id, context.reply))) || null;
        if (reply?.conversation_id !== conversation) return null;
        const known = place === 'question' ? reply.question_post_id : reply.hint_post_id;
        if (known === post_id) return {channel_id: reply.channel_id, reply};
    } else {
        const thread = await desk.database.read
            .selectFrom('thread')
            .select('channel_id')
            .where('integration_id', '=', integration.id)
            .where('conversation_id', '=', conversation)
            .where('root_id', '=', post_id)
            .executeTakeFirst();
        if (thread) return {channel_id: thread.channel_id, reply};
    }
    const client = clientOf(desk, integration);
    const [{botId}, post] = await Promise.all([desk.session(client), readPost(client, post_id)]);
    const mark = post?.user_id === botId ? markOf(post) : null;
    if (!post || mark?.integration !== integration.id || mark.conversation !== conversation || !isFor(mark, place, reply)) return null;
    // From here on the thread is known where it is now, and what was said in it by its new posts.
    // Read even if an ear has found it: it may still be reading.
    const root_id = post.root_id || post.id;
    await desk.take.take(integration, root_id, {root_id});
    return {channel_id: post.channel_id, reply: reply && (await adopted(desk, reply, place, post_id))};
}

/** The question or hint is this post now: it goes when the answer is there. */
async function adopted({database}: Desk, {integration_id, reply_id}: ReplyRow, place: Place, post_id: string): Promise<ReplyRow | null> {
    const row = await database.write((tx) =>
        tx
            .updateTable('reply')
            .set(place === 'question' ? {question_post_id: post_id} : {hint_post_id: post_id})
            .where('integration_id', '=', integration_id)
            .where('reply_id', '=', reply_id)
            .returningAll()
            .executeTakeFirst(),
    );
    return row ?? null;
}

const isFor = ({kind, key}: Mark, place: Place, reply: ReplyRow | null): boolean =>
    kind === place && (reply === null || key.startsWith(`${place}:${reply.reply_id}:`));
