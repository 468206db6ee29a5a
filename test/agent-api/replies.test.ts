/** Answers from the panel: a post relayed at once, a text the bot says, and taking back what is held. */
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {MARKS, type Scene, startScene} from '../to-ireserve/scene.ts';
import {openPanel, type Panel} from './panel.ts';

let scene: Scene;
let anna: Panel;
let bram: Panel;
let conversation_id: string;
let root_id: string;

beforeAll(async () => {
    // Explicit: nothing leaves unless the panel says so.
    scene = await startScene({config: {reply_policy: 'explicit', panel_undo_seconds: 0}});
    anna = await openPanel(scene.bridge, scene.anna.id);
    bram = await openPanel(scene.bridge, scene.bram.id);
});
afterAll(() => scene.stop());
beforeEach(async () => {
    ({conversation_id, root_id} = await scene.open());
});

const reply = (panel: Panel, body: object, id = conversation_id) => panel.post(`/conversations/${id}/replies`, body);
const code = (answer: {status: number; body: {code: string}}) => `${answer.status} ${answer.body.code}`;
const arrived = (id: string) => scene.ireserve.waitForCallback('message.created', ({data}) => data.message_id === id);
const countOf = (id: string) => scene.ireserve.received.filter(({data}) => data.message_id === id).length;

test('a post of the thread is relayed, once however often it is asked for, and by any member', async () => {
    const post = await scene.mattermost.act.reply(scene.anna.id, root_id, 'The boat is free');
    const answers = await Promise.all([reply(anna, {post_id: post.id}), reply(bram, {post_id: post.id}), reply(anna, {post_id: post.id})]);
    for (const {status, body} of answers) {
        expect(status).toBe(200);
        expect(body.reply).toMatchObject({reply_id: post.id, post_id: post.id, user_id: scene.anna.id});
    }
    const {data} = await arrived(post.id);
    expect(data).toMatchObject({text: 'The boat is free', author: {mattermost_user_id: scene.anna.id}});
    await scene.marked(post.id, MARKS.delivered);
    expect(countOf(post.id)).toBe(1);
});

test('a post that is elsewhere, the root, a deleted one or none at all is unknown', async () => {
    const {mattermost} = scene;
    const other = await scene.open();
    const elsewhere = await mattermost.act.reply(scene.anna.id, other.root_id, 'to another visitor');
    const alone = await mattermost.act.post(scene.anna.id, {channel_id: scene.mirror.id, message: 'not in a thread'});
    const unread = await mattermost.act.post(scene.anna.id, {
        channel_id: mattermost.seeded.channels.other.id,
        message: 'the bot can’t see it',
    });
    const gone = await mattermost.act.reply(scene.anna.id, root_id, 'never mind');
    mattermost.act.remove(scene.anna.id, gone.id);
    for (const post_id of [elsewhere.id, alone.id, unread.id, gone.id, root_id, 'a'.repeat(26)]) {
        expect(code(await reply(anna, {post_id}))).toBe('404 unknown_post');
    }
    for (const body of [
        {post_id: '../../users/me'},
        {post_id: root_id, text: 'both'},
        {},
        {text: 'x'.repeat(16_001)},
        {text: 'x', hold_seconds: 61},
    ]) {
        expect(code(await reply(anna, body))).toBe('422 invalid_request');
    }
});

test('a note stays one, whatever the panel says', async () => {
    const note = await scene.mattermost.act.reply(scene.anna.id, root_id, '// he is difficult');
    expect((await reply(anna, {post_id: note.id})).body).toMatchObject({outcome: 'note', reply: {state: 'note', can: []}});
    expect(code(await reply(anna, {text: '// he is difficult'}))).toBe('422 is_a_note');
    expect(code(await reply(anna, {text: ' \n'}))).toBe('422 empty_reply');
});

test('a text is said by the bot in the agent’s name, and one client_id is one reply', async () => {
    const body = {text: 'From **my phone**', client_id: 'c-1'};
    const answers = await Promise.all([reply(anna, body), reply(anna, body), reply(anna, body)]);
    const ids = new Set(answers.map(({body}) => body.reply.reply_id));
    expect(ids.size).toBe(1);
    const [id = ''] = ids;
    expect((await arrived(id)).data).toMatchObject({text: 'From **my phone**', author: {mattermost_user_id: scene.anna.id}});
    const post = await scene.botPost(({key}) => key === `said:${id}:0`);
    expect(post.message).toContain('Anna Keller');
    await scene.marked(post.id, MARKS.delivered);
    expect((await reply(bram, body)).body.reply.reply_id).not.toBe(id);
    expect(countOf(id)).toBe(1);
});

test('taken back while it is held: nothing leaves, and the bot’s post goes', async () => {
    const {body} = await reply(anna, {text: 'wrong visitor!', hold_seconds: 60});
    const {reply_id, hold_until} = body.reply;
    expect(Date.parse(hold_until)).toBeGreaterThan(Date.now() + 50_000);
    const post = await scene.botPost(({key}) => key === `said:${reply_id}:0`);
    const back = await bram.ask('DELETE', `/conversations/${conversation_id}/replies/${reply_id}`);
    expect(back.body).toMatchObject({outcome: 'withdrawn', reply: {state: 'withdrawn', hold_until: null}});
    await scene.mattermost.until(() => scene.mattermost.look.post(post.id)?.delete_at);
    expect(code(await anna.ask('DELETE', `/conversations/${conversation_id}/replies/${reply_id}`))).toBe('409 not_held');
    expect(scene.outbound()).not.toContain('wrong visitor');
});

test('what is not held, or was posted by the agent, is not taken back here', async () => {
    const {body} = await reply(anna, {text: 'at once', hold_seconds: 0});
    await arrived(body.reply.reply_id);
    const post = await scene.mattermost.act.reply(scene.anna.id, root_id, 'a post');
    await reply(anna, {post_id: post.id});
    const path = `/conversations/${conversation_id}/replies`;
    expect(code(await anna.ask('DELETE', `${path}/${body.reply.reply_id}`))).toBe('409 not_held');
    expect(code(await anna.ask('DELETE', `${path}/${post.id}`))).toBe('409 not_held');
    expect(code(await anna.ask('DELETE', `${path}/nothing`))).toBe('404 unknown_reply');
    const other = await scene.open();
    expect(code(await anna.ask('DELETE', `/conversations/${other.conversation_id}/replies/${body.reply.reply_id}`))).toBe(
        '404 unknown_reply',
    );
});

test('without an address of i-Reserve’s nothing can be sent, and that is said', async () => {
    const post = await scene.mattermost.act.reply(scene.anna.id, root_id, 'hello?');
    const {callback_url} = scene.bridge.integration.config;
    await scene.bridge.change({config: {callback_url: ''}});
    await expect.poll(async () => (await anna.get('/me')).body.integration.callback_set).toBe(false);
    expect(code(await reply(anna, {text: 'hello?'}))).toBe('409 callback_not_set');
    expect(code(await reply(anna, {post_id: post.id}))).toBe('409 callback_not_set');
    await scene.bridge.change({config: {callback_url}});
    await expect.poll(async () => (await anna.get('/me')).body.integration.callback_set).toBe(true);
});
