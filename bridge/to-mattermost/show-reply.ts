/** What agents see of a reply's way to the visitor, on every client: the bot's reaction, the question before it, the hint after it. */

import type {Result} from '../attempt.ts';
import type {EventOf} from '../contract.ts';
import {MattermostError} from '../mattermost.ts';
import type {Tx} from '../store/open.ts';
import {findReply, findReplyOrRemote, touchConversation} from '../store/records.ts';
import type {ReplyRow} from '../store/schema.ts';
import {saidToHaveArrived} from '../to-ireserve/answer-arrived.ts';
import {furthest, keepReceipt, mayBeNamed} from '../to-ireserve/early-receipts.ts';
import {agentPhrases} from './agent-phrases.ts';
import {buttonRow} from './buttons.ts';
import {isGone, isRootGone} from './gone.ts';
import {appendShow, type OwnEventOf} from './own-events.ts';
import {findOwn, type Mark, publish} from './publish.ts';
import {ignored, type Step} from './step.ts';
import {tameInline} from './tame.ts';

/** Emoji names every server since 5.37 knows. */
export const MARKS = {
    waiting: 'hourglass_flowing_sand',
    delivered: 'white_check_mark',
    seen: 'eyes',
    failed: 'x',
    discarded: 'no_entry_sign',
};

const LONGEST_DETAIL = 300;

/** The reaction a reply should bear now. */
export function markFor({state, remote_state}: Pick<ReplyRow, 'state' | 'remote_state'>): string | null {
    if (state === 'queued') return MARKS.waiting;
    if (state === 'delivered') return remote_state === 'seen' ? MARKS.seen : MARKS.delivered;
    if (state === 'failed') return MARKS.failed;
    return state === 'discarded' ? MARKS.discarded : null;
}

/** Brings mark, question and hint of a reply to what its state asks for; harmless to repeat. */
export async function showReply(step: Step, {data, timestamp}: OwnEventOf<'bridge.reply'>): Promise<Result> {
    const reply = await findReply(step.database.read, step.integration.id, data.reply_id);
    if (!reply) return ignored('reply_unknown', 'the reply is not known any more');
    try {
        // The bot's own post of what was taken back before it left. An agent's post is never ours to delete.
        if (reply.state === 'withdrawn' && reply.reply_id.startsWith('said-') && reply.post_id) {
            await remove(step, reply.post_id);
            return {kind: 'final', state: 'delivered', result: {post_ids: []}};
        }
        const mark = await showMark(step, reply, data.isCopied === true);
        const question_post_id = await showPost(step, reply, 'question', reply.state === 'asked', timestamp);
        const hint_post_id = await showPost(step, reply, 'hint', reply.state === 'failed', timestamp);
        return {
            kind: 'final',
            state: 'delivered',
            result: {post_ids: [question_post_id, hint_post_id].filter((id) => id !== null)},
            writes: async (tx) => {
                await tx
                    .updateTable('reply')
                    .set({mark, question_post_id, hint_post_id})
                    .where('integration_id', '=', reply.integration_id)
                    .where('reply_id', '=', reply.reply_id)
                    .execute();
            },
        };
    } catch (error) {
        const gone = isRootGone(error) || (reply.post_id !== null && (await isGone(step, reply.post_id, error)));
        if (gone) return ignored('post_gone', 'the post was deleted in Mattermost');
        throw error;
    }
}

async function showMark(step: Step, reply: ReplyRow, isCopied: boolean): Promise<string | null> {
    const wanted = markFor(reply);
    const {post_id, mark} = reply;
    // What an earlier try left is not in the row yet, nor what was copied from the old place.
    const isUnsure = step.uncertain || isCopied;
    if (!post_id || (mark === wanted && !isUnsure)) return mark;
    if (wanted) await step.client.addReaction(step.botId, post_id, wanted);
    step.made = true;
    // A try cut short may have left its own: every other of ours goes.
    const others = isUnsure ? Object.values(MARKS) : [mark];
    for (const other of others) {
        if (other && other !== wanted) {
            await step.client.removeReaction(step.botId, post_id, other).catch((error: unknown) => {
                // Not there is what is wanted; not knowing is not.
                if (!(error instanceof MattermostError && error.kind === 'refused' && error.status === 404)) throw error;
            });
        }
    }
    return wanted;
}

async function showPost(step: Step, reply: ReplyRow, kind: 'question' | 'hint', wanted: boolean, occasion: string): Promise<string | null> {
    const known = kind === 'question' ? reply.question_post_id : reply.hint_post_id;
    const mark: Mark = {
        v: 1,
        integration: step.integration.id,
        conversation: reply.conversation_id,
        key: `${kind}:${reply.reply_id}:${occasion}`,
        kind,
    };
    const place = {channel_id: reply.channel_id, root_id: reply.root_id, mark};
    if (!wanted) {
        // A try whose answer was lost may have made one that is asked for no more.
        const standing = known ?? (step.uncertain ? (await findOwn(step, place))?.id : undefined);
        if (standing) await remove(step, standing);
        return null;
    }
    if (known) return known;
    const {config, id} = step.integration;
    const say = agentPhrases(config.language);
    const about = {integration: id, conversation: reply.conversation_id, channel: reply.channel_id, reply: reply.reply_id};
    const names = (['send', 'keep', 'retry', 'discard'] as const).map((action) => ({action, name: say.buttons[action]}));
    const asked = kind === 'question';
    const message = asked
        ? `${say.question(say.asked[reply.reason_code as 'mentions'] ?? say.asked.mentions)} ${say.questionEnds(config.guard_minutes)}`
        : say.hint(reply.reason_code ?? 'internal', tameInline(reply.reason_detail ?? '', LONGEST_DETAIL));
    const buttons = {box: step.box, publicUrl: step.publicUrl, now: step.now};
    const post = await publish(step, {
        ...place,
        message,
        attachments: [buttonRow(buttons, about, asked ? names.slice(0, 2) : names.slice(2), asked ? (reply.asked_until ?? 0) : undefined)],
    });
    return post.id;
}

async function remove(step: Step, post_id: string): Promise<void> {
    await step.client.deletePost(post_id).catch(async (error: unknown) => {
        if (!(await isGone(step, post_id, error))) throw error;
    });
}

/** i-Reserve tells later that a reply arrived on the visitor's screen, or was read there. It never goes back. */
export async function learnState(step: Step, event: EventOf<'message.state'>): Promise<Result> {
    const {conversation_id, message_id, state} = event.data;
    const {database, integration, now} = step;
    const reply = await findReplyOrRemote(database.read, integration.id, conversation_id, message_id);
    if (!reply && (await mayBeNamed(database.read, integration.id, conversation_id))) {
        return ignored('held_for_answer', 'kept until i-Reserve has told this id in its answer to a callback', async (tx) => {
            await touchConversation(tx, integration.id, conversation_id, now());
            const late = await findReplyOrRemote(tx, integration.id, conversation_id, message_id);
            if (late) await learned(tx, late, event, now());
            else await keepReceipt(tx, {integration_id: integration.id, conversation_id, remote_id: message_id}, state, now());
        });
    }
    if (!reply) return ignored('message_unknown', 'no reply of this id went to i-Reserve in this conversation');
    if (reply.remote_state === state || reply.remote_state === 'seen') return ignored('stale', 'known already');
    return {
        kind: 'final',
        state: 'delivered',
        result: {post_ids: reply.post_id ? [reply.post_id] : []},
        writes: (tx) => learned(tx, reply, event, now()),
    };
}

async function learned(tx: Tx, reply: ReplyRow, {data, id}: EventOf<'message.state'>, at: number): Promise<void> {
    const {integration_id, conversation_id, reply_id} = reply;
    const ofIt = () => tx.updateTable('reply').where('integration_id', '=', integration_id).where('reply_id', '=', reply_id);
    // By what the row says now: it may have been taken back, or seen, since it was looked up.
    const row = await ofIt()
        .set({remote_state: furthest(data.state), updated_at: at})
        .returning('state')
        .executeTakeFirst();
    // Whoever says that the visitor has it, has it.
    if (row?.state === 'queued' || row?.state === 'failed') {
        await ofIt().set({state: 'delivered'}).execute();
        await saidToHaveArrived(tx, reply, at);
    }
    await appendShow(tx, integration_id, conversation_id, reply_id, id, at);
    await touchConversation(tx, integration_id, conversation_id, at);
}
