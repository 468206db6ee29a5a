/** Edits, questions and deletions that meet a reply on its way to the visitor, at every point of that way. */
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {MARKS, type Scene, startScene} from '../to-ireserve/scene.ts';
import {presses} from './press.ts';
import {inState, quiet, replyOf, told, toldInTheEnd} from './quiet.ts';

let scene: Scene;
let conversation_id: string;
let root_id: string;

beforeEach(async () => {
    scene = await startScene({environment: {IRESERVE_TIMEOUT_MS: '300'}});
    ({conversation_id, root_id} = await scene.open());
});
afterEach(() => scene.stop());

const say = (text: string) => scene.mattermost.act.reply(scene.anna.id, root_id, text);
const edit = async (post_id: string, message: string) => {
    // Never in the millisecond of the version before.
    await new Promise((resolve) => setTimeout(resolve, 2));
    scene.mattermost.act.edit(scene.anna.id, post_id, {message});
};
const asks = () => `@${scene.bram.username} what do you think?`;
const attempts = (count: number) => scene.ireserve.waitForAttempts(count, 10_000);
const textsSent = () => scene.ireserve.callbackAttempts.map(({body}) => (JSON.parse(body) as {data: {text?: string}}).data.text);
const keep = (reply_id: string) => presses(scene.bridge).keep(reply_id);
const wake = () => scene.bridge.change({});

it('a reply is asked about and deleted while its first words are on their way: they are taken back', async () => {
    scene.ireserve.failCallbacks({delayMs: 150, type: 'message.created'});
    const post = await say('too early');
    await inState(scene, post.id, 'queued');
    await edit(post.id, asks());
    await inState(scene, post.id, 'asked');
    scene.mattermost.act.remove(scene.anna.id, post.id);
    await inState(scene, post.id, 'withdrawn');
    await quiet(scene);
    expect(told(scene, conversation_id)).toEqual([]);
});

it('the first words of a reply that is edited in time never leave, whatever becomes of the first try', async () => {
    await scene.bridge.change({config: {undo_seconds: 1}});
    await scene.bridge.restart();
    await scene.bridge.listening();
    scene.ireserve.failCallbacks({reset: 'before', times: 2});
    const post = await say('you are a nuisance');
    await inState(scene, post.id, 'queued');
    await edit(post.id, 'How can I help you?');
    await toldInTheEnd(scene, conversation_id).toEqual(['How can I help you?']);
    expect(scene.outbound()).not.toContain('nuisance');
});

it('a reply that is turned into a question while it may be undone, and kept, never leaves', async () => {
    await scene.bridge.change({config: {undo_seconds: 1}});
    await scene.bridge.restart();
    await scene.bridge.listening();
    const post = await say('too early');
    await inState(scene, post.id, 'queued');
    await edit(post.id, asks());
    await inState(scene, post.id, 'asked');
    await keep(post.id);
    await quiet(scene);
    expect(scene.outbound()).not.toContain(post.id);
    expect((await replyOf(scene, post.id))?.state).toBe('internal');
});

it('what i-Reserve refuses, while an edit waits behind it, arrives as edited', async () => {
    scene.ireserve.failCallbacks({status: 422, delayMs: 150, type: 'message.created'});
    const post = await say('refused words');
    await inState(scene, post.id, 'queued');
    await edit(post.id, 'better words');
    await toldInTheEnd(scene, conversation_id).toEqual(['better words']);
    await quiet(scene);
    await scene.marked(post.id, MARKS.delivered);
    expect(await scene.bridge.database.read.selectFrom('delivery').select('seq').where('state', '=', 'dead').execute()).toEqual([]);
});

it('a reply that was given up after it may have arrived is edited, not doubled', async () => {
    await scene.bridge.change({config: {dead_letter_after_hours: 1e-9}});
    await scene.bridge.restart();
    await scene.bridge.listening();
    scene.ireserve.failCallbacks({reset: 'after', times: 5});
    const post = await say('first words');
    await attempts(5);
    await inState(scene, post.id, 'failed');
    await edit(post.id, 'second words');
    await toldInTheEnd(scene, conversation_id).toEqual(['second words']);
    await quiet(scene);
    expect(scene.ireserve.conversation(conversation_id).messages.filter(({author}) => author.type === 'agent')).toHaveLength(1);
});

it('a reply that was given up and never arrived is sent with its edit', async () => {
    await scene.bridge.change({config: {dead_letter_after_hours: 1e-9}});
    await scene.bridge.restart();
    await scene.bridge.listening();
    scene.ireserve.failCallbacks({reset: 'before', times: 5});
    const post = await say('first words');
    await attempts(5);
    await inState(scene, post.id, 'failed');
    await edit(post.id, 'second words');
    await toldInTheEnd(scene, conversation_id).toEqual(['second words']);
    await quiet(scene);
    expect(told(scene, conversation_id)).toEqual(['second words']);
    await scene.marked(post.id, MARKS.delivered);
});

it('words that may have arrived are repeated under their id, and the edit follows', async () => {
    scene.ireserve.failCallbacks({reset: 'after'});
    const post = await say('first words');
    await attempts(1);
    await edit(post.id, 'second words');
    await wake();
    await toldInTheEnd(scene, conversation_id).toEqual(['second words']);
    expect(textsSent()).toEqual(['first words', 'first words', 'second words']);
});

describe.each([503, 500])('a proxy answers %i after i-Reserve took the words', (status) => {
    const taken = async () => {
        scene.ireserve.failCallbacks({status, taken: true, type: 'message.created'});
        const post = await say('first words');
        await attempts(1);
        await expect.poll(async () => (await replyOf(scene, post.id))?.reason_code).not.toBeNull();
        return post;
    };

    it('and they are edited: they are repeated under their id, and the edit follows', async () => {
        const post = await taken();
        await edit(post.id, 'second words');
        await expect.poll(async () => (await replyOf(scene, post.id))?.version).toBeGreaterThan(post.create_at);
        await wake();
        await toldInTheEnd(scene, conversation_id).toEqual(['second words']);
        expect(textsSent()).toEqual(['first words', 'first words', 'second words']);
    });

    it('and they are deleted: they are taken back', async () => {
        const post = await taken();
        scene.mattermost.act.remove(scene.anna.id, post.id);
        await inState(scene, post.id, 'withdrawn');
        await wake();
        await scene.ireserve.waitForCallback('message.deleted');
        await quiet(scene);
        expect(told(scene, conversation_id)).toEqual([]);
        // Whether a try without an answer is over, nobody can tell: only then the words go once more, to be known by their id.
        expect(textsSent().filter((text) => text !== undefined)).toHaveLength(status === 500 ? 2 : 1);
    });
});

it('words that i-Reserve did not take yet are not said again once they are deleted', async () => {
    scene.ireserve.failCallbacks({status: 503});
    const post = await say('meant for somebody else');
    await attempts(1);
    await expect.poll(async () => (await replyOf(scene, post.id))?.reason_code).toBe('callback_unavailable');
    scene.mattermost.act.remove(scene.anna.id, post.id);
    await inState(scene, post.id, 'withdrawn');
    await wake();
    await quiet(scene);
    expect(scene.ireserve.conversation(conversation_id).messages.filter(({author}) => author.type === 'agent')).toEqual([]);
    expect(textsSent()).toEqual(['meant for somebody else', undefined]);
});

it('several replicas hear of a post at the same moment: it is sent once', async () => {
    scene.mattermost.events.lose();
    const replicas = Array.from({length: 4}, () => presses(scene.bridge));
    for (let n = 0; n < 5; n++) {
        const post = await say(`word ${n}`);
        await Promise.all(replicas.map(({hear}) => hear(post.id)));
    }
    await toldInTheEnd(scene, conversation_id).toEqual([0, 1, 2, 3, 4].map((n) => `word ${n}`));
    await quiet(scene);
    expect(told(scene, conversation_id)).toHaveLength(5);
});
