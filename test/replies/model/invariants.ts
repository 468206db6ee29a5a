/** What must be true once everything is mended and quiet. */
import type {ReplyRow} from '../../../bridge/store/schema.ts';
import {markFor} from '../../../bridge/to-mattermost/show-reply.ts';
import {waiting} from '../quiet.ts';
import type {Run} from './run.ts';
import {isNoteVersion, isQuestion, lastOf, mustArrive, type Said} from './said.ts';

type Seen = {readonly source_id: string; readonly text: string; readonly deleted: boolean};

/** @returns every rule that is broken, in words; none when all is well */
export async function violations(run: Run): Promise<string[]> {
    const queued = await waiting(run.scene);
    if (queued.length > 0) return [`still queued: ${queued.join(', ')}`];
    const replies = await run.scene.bridge.database.read.selectFrom('reply').selectAll().execute();
    return [
        ...run.complaints,
        ...run.said.flatMap((said) => wrongWith(run, said, replies)),
        ...strangers(run),
        ...doubled(run),
        ...disordered(run, replies),
        ...leaks(run),
        ...mixedUp(run),
        ...wrongMarks(run, replies),
        ...(await stuckLanes(run)),
    ];
}

const seenBy = (run: Run, conversation_id: string): Seen[] =>
    run.scene.ireserve
        .conversation(conversation_id)
        .messages.filter(({author}) => author.type !== 'visitor')
        .map(({source_id, text, deleted}) => ({source_id: source_id ?? '', text, deleted}));

/** What the visitor sees of one reply; a text that was edited away is not seen. */
const seenOf = (run: Run, said: Said): Seen[] =>
    seenBy(run, said.conversation_id).filter(({text, deleted}) => !deleted && said.versions.some(({token}) => text.includes(token)));

const replyOf = (replies: readonly ReplyRow[], {post_id}: Said) => replies.find((row) => row.post_id === post_id);

function wrongWith(run: Run, said: Said, replies: readonly ReplyRow[]): string[] {
    const seen = seenOf(run, said);
    const last = lastOf(said);
    const name = `${said.post_id} (${said.versions.map(({manner}) => manner).join(' → ')}${said.deleted ? ', deleted' : ''})`;
    const reply = replyOf(replies, said);
    if (seen.length > 1) return [`${name} is seen ${seen.length} times`];
    const text = seen[0]?.text;
    if (mustArrive(said)) {
        if (reply?.state === 'failed' && run.refusals > 0) return [];
        // Edited before the bridge could read it, it may have been a note: it waits for a person's word.
        if (reply?.state === 'asked' && reply.reason_code === 'unheard' && said.versions.length > 1 && text === undefined) return [];
        return text?.includes(last.token) && !text.startsWith('>>')
            ? []
            : [`${name} should be seen as ${last.token} but is ${JSON.stringify(text)}; its reply is ${reply?.state}`];
    }
    if (text === undefined || said.orphaned) return [];
    if (said.deleted && !said.moved) return [`${name} was deleted and is still seen as ${JSON.stringify(text)}`];
    if (isNoteVersion(last)) return [`${name} is a note and is seen as ${JSON.stringify(text)}`];
    return [];
}

function strangers(run: Run): string[] {
    return run.conversations.flatMap(({conversation_id}) =>
        seenBy(run, conversation_id)
            .filter(
                ({text, deleted}) =>
                    !deleted &&
                    !run.said.some(
                        (said) => said.conversation_id === conversation_id && said.versions.some(({token}) => text.includes(token)),
                    ),
            )
            .map(({text}) => `${conversation_id} shows ${JSON.stringify(text)}, which no agent said there`),
    );
}

function doubled(run: Run): string[] {
    return run.conversations.flatMap(({conversation_id}) => {
        const ids = seenBy(run, conversation_id).map(({source_id}) => source_id);
        return ids.filter((id, index) => ids.indexOf(id) < index).map((id) => `${id} came twice as a new message`);
    });
}

/** Of what was never held back, what was said later in a thread came later. */
function disordered(run: Run, replies: readonly ReplyRow[]): string[] {
    const wrong: string[] = [];
    for (const {conversation_id} of run.conversations) {
        const order = seenBy(run, conversation_id);
        const placed = run.said
            .filter(
                (said) =>
                    said.conversation_id === conversation_id &&
                    said.versions.every((one) => !isQuestion(one) && !one.sent && !isNoteVersion(one)),
            )
            .map((said) => ({
                said,
                place: order.findIndex(({source_id}) => source_id === replyOf(replies, said)?.reply_id),
                reply: replyOf(replies, said),
            }))
            .filter(({place, reply}) => place >= 0 && !run.refused.has(reply?.reply_id ?? ''));
        for (const a of placed) {
            for (const b of placed) {
                if (a.said.thread === b.said.thread && a.said.created < b.said.created && a.place > b.place)
                    wrong.push(`${b.said.post_id} overtook ${a.said.post_id}`);
            }
        }
    }
    return wrong;
}

/** In no attempt, taken or not. */
function leaks(run: Run): string[] {
    const outbound = run.scene.outbound();
    const wrong: string[] = [];
    for (const said of run.said) {
        for (const version of said.versions) {
            if (isNoteVersion(version) && outbound.includes(version.token)) wrong.push(`the note ${version.token} of ${said.post_id} left`);
            if (isQuestion(version) && outbound.includes(version.token))
                wrong.push(`${version.token} of ${said.post_id} left without an answer`);
        }
        // What was a note when it was written never leaves by an edit.
        const [first] = said.versions;
        if (first && isNoteVersion(first) && !said.versions.some(({sent}) => sent))
            for (const {token} of said.versions)
                if (outbound.includes(token)) wrong.push(`${token} of the note ${said.post_id} left by an edit`);
        if (said.versions.every(isNoteVersion) && outbound.includes(said.post_id)) wrong.push(`the note ${said.post_id} was named`);
    }
    for (const token of run.inside) if (outbound.includes(token)) wrong.push(`${token}, said outside or by a bot, left`);
    return wrong;
}

/** A webhook-id is for one message and always brings the same words, and a message is for one conversation. */
function mixedUp(run: Run): string[] {
    const wrong: string[] = [];
    const messages = new Map<string, string>();
    const texts = new Map<string, string | undefined>();
    for (const {webhook_id, body} of run.scene.ireserve.callbackAttempts) {
        const {id, data} = JSON.parse(body) as {id: string; data: {message_id?: string; conversation_id: string; text?: string}};
        const about = `${data.conversation_id}/${data.message_id}`;
        if (id !== webhook_id) wrong.push(`${webhook_id} has a body of ${id}`);
        if ((messages.get(webhook_id) ?? about) !== about) wrong.push(`${webhook_id} was about ${messages.get(webhook_id)} and ${about}`);
        messages.set(webhook_id, about);
        if (texts.has(webhook_id) && texts.get(webhook_id) !== data.text) wrong.push(`${webhook_id} brought two texts`);
        texts.set(webhook_id, data.text);
        const said = run.said.find(({versions}) => versions.some(({token}) => data.text?.includes(token)));
        if (said && said.conversation_id !== data.conversation_id) wrong.push(`${said.post_id} went to ${data.conversation_id}`);
    }
    return wrong;
}

function wrongMarks(run: Run, replies: readonly ReplyRow[]): string[] {
    const {mattermost} = run.scene;
    const bot = mattermost.seeded.bot.username;
    return replies.flatMap((reply) => {
        const post = mattermost.look.post(reply.post_id ?? '');
        const root = mattermost.look.post(reply.root_id);
        if (!post || post.delete_at > 0 || !root || root.delete_at > 0) return [];
        const shown = post.reactions.filter(({username}) => username === bot).map(({emoji}) => emoji);
        const wanted = [markFor(reply)].filter((mark) => mark !== null);
        const marks = shown.join() === wanted.join() ? [] : [`${post.id} is ${reply.state} and marked ${shown.join() || 'nothing'}`];
        const questions = mattermost.look
            .thread(reply.root_id)
            .filter(({props}) => (props.ireserve as {key?: string} | undefined)?.key?.startsWith(`question:${reply.reply_id}:`));
        const asks = reply.state === 'asked' ? 1 : 0;
        return questions.length === asks ? marks : [...marks, `${post.id} is ${reply.state} and has ${questions.length} questions`];
    });
}

async function stuckLanes({scene}: Run): Promise<string[]> {
    const lanes = await scene.bridge.database.read.selectFrom('lane').selectAll().execute();
    return lanes.filter(({owner, pending}) => owner !== null || pending !== 0).map(({key, pending}) => `lane ${key} holds ${pending}`);
}
