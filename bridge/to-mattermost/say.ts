/** The bridge's own words in a thread: short lines about what was done, and what an agent said in a dialog or a command. */
import type {Result} from '../attempt.ts';
import {sha256} from '../secrets.ts';
import type {Tx} from '../store/open.ts';
import {countReplies, findReply, lockFacts} from '../store/records.ts';
import {agentPhrases} from './agent-phrases.ts';
import {formatMessage} from './format.ts';
import {isRootGone} from './gone.ts';
import {heal, restore} from './heal.ts';
import {appendCard, appendShow, type Line, type OwnEventOf} from './own-events.ts';
import {phrases} from './phrases.ts';
import {type Draft, type Mark, publish} from './publish.ts';
import {delivered, ignored, type Step} from './step.ts';
import {NAME_MARK, plainName, tameInline, tameName} from './tame.ts';
import {continueWhenLong, ensureThread, syncCard} from './threads.ts';

const LONGEST_REASON = 200;
const MOST_HEALINGS = 2;

/** A line, if there is one, and the card as it is now. A deleted thread is not made anew for this. */
export async function sayLine(step: Step, {data}: OwnEventOf<'bridge.line'>, source_id: string): Promise<Result> {
    const {thread} = step;
    if (!thread) return ignored('no_thread', 'the conversation has no thread yet');
    const said: string[] = [];
    try {
        if (data.line) {
            const mark = markOf(step, `line:${sha256(source_id).slice(0, 20)}`, 'line');
            const post = await publish(step, {
                channel_id: thread.channel_id,
                root_id: thread.root_id,
                message: lineText(step, data.line),
                mark,
            });
            said.push(post.id);
        }
    } catch (error) {
        if (isRootGone(error)) return ignored('root_gone', 'the thread’s root was deleted; the next message starts a new thread');
        throw error;
    }
    await syncCard(step, step.facts, thread);
    return delivered(step, thread, said, (tx) => countReplies(tx, thread, said.length));
}

/** Brings the card up to date with what is stored. A deleted thread is not made anew for this. */
export async function showCard(step: Step): Promise<Result> {
    const {thread, facts, integration, now} = step;
    if (!thread) return ignored('no_thread', 'the conversation has no thread yet');
    const shown = JSON.stringify(facts);
    // Whoever changed the facts meanwhile saw this update waiting, and queued none.
    const again = async (tx: Tx) => {
        const known = await lockFacts(tx, integration.id, facts.conversation_id);
        if (known && JSON.stringify(known) !== shown) await appendCard(tx, integration.id, facts.conversation_id, now(), {isStale: true});
    };
    if (await syncCard(step, facts, thread)) return delivered(step, thread, [thread.root_id], again);
    return ignored('root_gone', 'the thread’s root was deleted; the next message starts a new thread');
}

/** An admin asked for a thread whose root was deleted. */
export async function restoreThread(step: Step): Promise<Result> {
    const thread = await restore(step, step.facts, await ensureThread(step, step.facts, step.thread));
    return delivered(step, thread, [thread.root_id]);
}

function lineText(step: Step, line: Line): string {
    const {language} = step.integration.config;
    const unnamed = phrases(language).unnamed.agent;
    const reason = 'reason' in line && line.reason ? tameInline(line.reason, LONGEST_REASON) : '';
    const to = 'to' in line ? tameName(line.to.name, unnamed) : '';
    const by = 'by' in line ? tameName(line.by.name, unnamed) : '';
    return agentPhrases(language).lines[line.what]({by, to, reason});
}

/** What an agent said elsewhere than in the thread. A note may call colleagues by name, but not the whole channel through the bot. */
export async function saySaid(step: Step, {data}: OwnEventOf<'bridge.said'>): Promise<Result> {
    // Taken back before it was posted: then it never stands there.
    const reply = data.kind === 'reply' ? await findReply(step.database.read, step.integration.id, data.id) : undefined;
    if (reply?.state === 'withdrawn') return ignored('deleted_before_relay', 'taken back before it left');
    const {config} = step.integration;
    const author = {type: 'agent' as const, name: data.by.name};
    const drafts =
        data.kind === 'reply'
            ? formatMessage({author, text: data.text, format: 'markdown', config})
            : [
                  `${NAME_MARK} **${tameName(data.by.name, phrases(config.language).unnamed.agent)}** · 📝 ${agentPhrases(config.language).note}\n${quiet(data.text)}`,
              ];
    const kind = data.kind === 'reply' ? 'message' : 'note';
    let thread = await ensureThread(step, step.facts, step.thread);
    for (let healings = 0; ; healings++) {
        try {
            thread = await continueWhenLong(step, step.facts, thread);
            const post_ids: string[] = [];
            for (const [index, message] of drafts.entries()) {
                const draft: Draft = {
                    channel_id: thread.channel_id,
                    root_id: thread.root_id,
                    message,
                    mark: {
                        ...markOf(step, `said:${data.id}:${index}`, kind),
                        author: 'agent',
                        name: plainName(data.by.name, phrases(config.language).unnamed.agent),
                    },
                };
                post_ids.push((await publish(step, draft)).id);
            }
            const used = thread;
            return await delivered(step, used, post_ids, async (tx) => {
                await countReplies(tx, used, post_ids.length);
                if (data.kind === 'reply') await placed(tx, step, data, used, post_ids[0] ?? '');
            });
        } catch (error) {
            const healed = healings < MOST_HEALINGS ? await heal(step, step.facts, thread, error) : null;
            if (!healed) throw error;
            thread = healed;
            step.uncertain = true;
        }
    }
}

/** Whatever signs the server would trim off behind it; and no `@` from an entity, which 5.37 resolves first. */
const quiet = (text: string): string => text.replace(/@(?=(?:channel|all|here)(?![a-z0-9]))|&(?=(?:#|commat;))/gi, '$&\u200b');

/** Now there is a post its delivery can be marked on. */
async function placed(
    tx: Tx,
    step: Step,
    {id, conversation_id}: OwnEventOf<'bridge.said'>['data'],
    place: {channel_id: string; root_id: string},
    post_id: string,
): Promise<void> {
    const {channel_id, root_id} = place;
    const row = await tx
        .updateTable('reply')
        .set({post_id, channel_id, root_id})
        .where('integration_id', '=', step.integration.id)
        .where('reply_id', '=', id)
        .returning('state')
        .executeTakeFirst();
    if (row && row.state !== 'queued') await appendShow(tx, step.integration.id, conversation_id, id, 'placed', step.now());
}

const markOf = (step: Step, key: string, kind: Mark['kind']): Mark => ({
    v: 1,
    integration: step.integration.id,
    conversation: step.facts.conversation_id,
    key,
    kind,
});
