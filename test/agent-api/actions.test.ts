/** What agents do from the panel: each action arrives at i-Reserve and in the thread, and of two at once one wins. */
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {MARKS, type Scene, startScene} from '../to-ireserve/scene.ts';
import {openPanel, type Panel} from './panel.ts';

let scene: Scene;
let anna: Panel;
let bram: Panel;
let conversation_id: string;
let root_id: string;

beforeAll(async () => {
    scene = await startScene({config: {panel_undo_seconds: 0}});
    anna = await openPanel(scene.bridge, scene.anna.id);
    bram = await openPanel(scene.bridge, scene.bram.id);
});
afterAll(() => scene.stop());
beforeEach(async () => {
    ({conversation_id, root_id} = await scene.open());
});

const told = (type: string) => scene.ireserve.waitForCallback(type, ({data}) => data.conversation_id === conversation_id);
const code = (answer: {status: number; body: {code: string}}) => `${answer.status} ${answer.body.code}`;
const reply = (panel: Panel, body: object) => panel.post(`/conversations/${conversation_id}/replies`, body);

test('claim, take over, release: answered with the conversation as it is then, and told to i-Reserve', async () => {
    const claimed = await anna.act(conversation_id, 'claim');
    expect(claimed.body).toMatchObject({
        assignee: {user_id: scene.anna.id, name: 'Anna Keller'},
        allowed: ['release', 'transfer', 'close', 'reply', 'note'],
    });
    await told('conversation.claimed');
    expect(code(await anna.act(conversation_id, 'claim'))).toBe('409 already_claimed');
    expect(code(await bram.act(conversation_id, 'claim', {take_over: false}))).toBe('409 already_claimed');
    expect((await bram.act(conversation_id, 'claim', {take_over: true})).body.assignee.user_id).toBe(scene.bram.id);
    expect((await anna.act(conversation_id, 'release')).body.assignee).toBeNull();
    await told('conversation.released');
    expect(code(await anna.act(conversation_id, 'release'))).toBe('409 not_claimed');
});

test('of two agents who claim at once exactly one wins, every time', async () => {
    for (let round = 0; round < 10; round++) {
        const answers = await Promise.all([anna.act(conversation_id, 'claim'), bram.act(conversation_id, 'claim')]);
        expect(answers.map(({status}) => status).sort()).toEqual([200, 409]);
        const winner = answers[0].status === 200 ? scene.anna : scene.bram;
        expect((await anna.get(`/conversations/${conversation_id}`)).body.assignee.user_id).toBe(winner.id);
        await anna.act(conversation_id, 'release');
    }
});

test('transfer: to a member of the channel, by id or name; to nobody else', async () => {
    const {mattermost, bram: to, cleo} = scene;
    expect((await anna.act(conversation_id, 'transfer', {user_id: to.id})).body.assignee.user_id).toBe(to.id);
    expect((await told('conversation.transferred')).data).toMatchObject({assignee: {mattermost_user_id: to.id}});
    expect((await anna.act(conversation_id, 'transfer', {username: `@${cleo.username.toUpperCase()}`})).body.assignee.user_id).toBe(
        cleo.id,
    );
    expect(code(await anna.act(conversation_id, 'transfer', {user_id: cleo.id}))).toBe('409 already_claimed');
    const outsider = mattermost.act.addPerson({username: 'outsider', email: 'outsider@example.com', teamId: mattermost.seeded.team.id});
    for (const body of [{user_id: outsider.id}, {username: outsider.username}, {username: 'nobody'}, {user_id: mattermost.seeded.bot.id}]) {
        expect(code(await anna.act(conversation_id, 'transfer', body)), JSON.stringify(body)).toBe('422 not_a_member');
    }
    expect(code(await anna.act(conversation_id, 'transfer'))).toBe('422 invalid_request');
});

test('close with a reason, and reopen', async () => {
    expect((await anna.act(conversation_id, 'close', {reason: 'answered'})).body).toMatchObject({
        status: 'closed',
        closed_reason: 'answered',
        allowed: ['reopen', 'note'],
    });
    expect((await told('conversation.closed')).data).toMatchObject({reason: 'answered'});
    for (const action of ['close', 'claim', 'release']) {
        expect(code(await anna.act(conversation_id, action)), action).toBe('409 conversation_closed');
    }
    expect(code(await reply(anna, {text: 'too late'}))).toBe('409 conversation_closed');
    expect((await bram.act(conversation_id, 'reopen')).body.status).toBe('open');
    await told('conversation.reopened');
    expect(code(await bram.act(conversation_id, 'reopen'))).toBe('409 conversation_open');
});

test('a note stands in the thread and never leaves', async () => {
    expect((await anna.act(conversation_id, 'note', {text: 'a regular, be kind'})).status).toBe(200);
    const post = await scene.botPost(({kind, conversation}) => kind === 'note' && conversation === conversation_id);
    expect(post).toMatchObject({root_id, message: expect.stringContaining('a regular, be kind')});
    expect(scene.outbound()).not.toContain('a regular');
    expect(code(await anna.act(conversation_id, 'note', {text: '  '}))).toBe('422 empty_reply');
});

test('unknown actions, fields and bodies are refused', async () => {
    expect(code(await anna.act(conversation_id, 'explode'))).toBe('422 invalid_request');
    expect(code(await anna.act(conversation_id, 'claim', {takeover: true}))).toBe('422 invalid_request');
    expect(code(await anna.act('never-was', 'claim'))).toBe('404 unknown_conversation');
    const path = `/conversations/${conversation_id}/actions/claim`;
    expect(code(await anna.ask('POST', path, {}, {'content-type': 'text/plain'}))).toBe('415 unsupported_media_type');
});

test('a failed reply: retried, it arrives; given up, it stays', async () => {
    const {ireserve, mattermost} = scene;
    const retried = await failed('one more time');
    expect((await anna.get('/conversations?view=all&limit=1')).body.items[0]).toMatchObject({conversation_id, failed: 1});
    const shown = (await anna.get(`/conversations/${conversation_id}`)).body.replies.find(
        (one: {reply_id: string}) => one.reply_id === retried,
    );
    expect(shown).toMatchObject({state: 'failed', can: ['retry', 'discard'], reason: {code: 'callback_rejected'}});
    expect((await anna.act(conversation_id, 'retry', {reply_id: retried})).status).toBe(200);
    await ireserve.waitForCallback('message.created', ({data}) => data.message_id === retried);
    await scene.marked(retried, MARKS.delivered);
    const given = await failed('never mind');
    expect((await bram.act(conversation_id, 'discard', {reply_id: given})).body.replies.at(-1)).toMatchObject({
        state: 'discarded',
        can: [],
    });
    expect(code(await anna.act(conversation_id, 'retry', {reply_id: given}))).toBe('409 nothing_to_retry');
    expect(code(await anna.act(conversation_id, 'discard', {reply_id: given}))).toBe('409 nothing_to_discard');
    expect(code(await anna.act(conversation_id, 'keep', {reply_id: given}))).toBe('409 nothing_asked');
    expect(code(await anna.act(conversation_id, 'send', {reply_id: given}))).toBe('409 nothing_asked');

    async function failed(text: string): Promise<string> {
        ireserve.failCallbacks({status: 422, conversation_id, type: 'message.created'});
        const {id} = await mattermost.act.reply(scene.anna.id, root_id, text);
        await scene.marked(id, MARKS.failed);
        return id;
    }
});

test('a reply of another conversation is unknown here', async () => {
    const {id} = await scene.mattermost.act.reply(scene.anna.id, root_id, 'hello');
    await scene.marked(id, MARKS.delivered);
    const other = await scene.open();
    for (const action of ['retry', 'discard', 'send', 'keep']) {
        expect(code(await anna.act(other.conversation_id, action, {reply_id: id})), action).toBe('404 unknown_reply');
        expect(code(await anna.act(other.conversation_id, action)), action).toBe('422 invalid_request');
    }
});

test('a reply that is asked about: kept it stays, sent it goes, also afterwards', async () => {
    const {mattermost, ireserve, bram: colleague} = scene;
    const {id} = await mattermost.act.reply(scene.anna.id, root_id, `@${colleague.username} what do you think?`);
    await scene.botPost(({kind, key}) => kind === 'question' && (key ?? '').includes(id));
    expect((await anna.get(`/conversations/${conversation_id}`)).body).toMatchObject({
        asked: 1,
        replies: [{reply_id: id, state: 'asked', can: ['send', 'keep'], asked_until: expect.any(String)}],
    });
    expect((await anna.act(conversation_id, 'keep', {reply_id: id})).body.replies[0]).toMatchObject({state: 'internal', can: ['send']});
    expect(ireserve.received.some(({data}) => data.message_id === id)).toBe(false);
    expect((await bram.act(conversation_id, 'send', {reply_id: id})).body.asked).toBe(0);
    await ireserve.waitForCallback('message.created', ({data}) => data.message_id === id);
    expect(ireserve.received.filter(({data}) => data.message_id === id)).toHaveLength(1);
});

test('typing is told to i-Reserve, once in a while', async () => {
    expect((await anna.post(`/conversations/${conversation_id}/typing`)).status).toBe(204);
    expect((await anna.post(`/conversations/${conversation_id}/typing`)).status).toBe(204);
    await scene.ireserve.waitForCallback('typing', ({data}) => data.conversation_id === conversation_id);
    const {body} = await bram.get(`/conversations/${conversation_id}`);
    expect(body.typing).toMatchObject([{user_id: scene.anna.id, name: 'Anna Keller'}]);
    const {body: next} = await anna.act(conversation_id, 'claim');
    expect(next.status).toBeDefined();
    await told('conversation.claimed');
    expect(scene.ireserve.received.filter(({type, data}) => type === 'typing' && data.conversation_id === conversation_id)).toHaveLength(1);
});
