/** Who waits, on every surface: the card, the panel's list and counts, the slash command's columns, and what i-Reserve is told. */
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {openPanel, type Panel} from '../agent-api/panel.ts';
import {eventOf} from '../support/bridge.ts';
import {type Scene, startScene} from './scene.ts';

let scene: Scene;
let anna: Panel;
let number = 0;
let conversation_id: string;

beforeAll(async () => {
    scene = await startScene({config: {undo_seconds: 0, panel_undo_seconds: 0}});
    anna = await openPanel(scene.bridge, scene.anna.id);
});
afterAll(() => scene.stop());
beforeEach(async () => {
    // Both sides must know it: i-Reserve refuses callbacks of conversations it does not have.
    ({conversation_id} = await scene.open());
});

const ahead = (seconds: number) => ({timestamp: new Date(Date.now() + seconds * 1000).toISOString()});
const push = async (type: string, data: object = {}, envelope: object = {}) => {
    const event = eventOf(type as 'message.created', {conversation_id, ...data}, envelope);
    return (await scene.bridge.push(event, {prefer: 'wait=20'})).body;
};
const say = (text: string, envelope: object = {}) =>
    push('message.created', {message_id: `M${++number}`, author: {type: 'visitor', name: 'Sanne'}, text}, envelope);
const rootOf = () => scene.mattermost.look.roots(scene.mirror.id).find(({message}) => message.includes(conversation_id));
const card = () => rootOf()?.message ?? '';
const thread = () => scene.mattermost.look.thread(rootOf()?.id ?? '').map(({message}) => message);
const told = (type: string) => scene.ireserve.waitForCallback(type, ({data}) => data.conversation_id === conversation_id);
/** What the panel shows of it: its state, and whether the list of those who wait has it. */
async function shown() {
    const [{body: detail}, {body: list}] = [
        await anna.get(`/conversations/${conversation_id}`),
        await anna.get('/conversations?view=waiting&limit=100'),
    ];
    const listed = list.items.some((one: {conversation_id: string}) => one.conversation_id === conversation_id);
    return {
        status: detail.status,
        waits: detail.waiting_since !== null,
        listed,
        allowed: detail.allowed,
        counted: list.counts.waiting === list.items.length,
    };
}
const WAITS = {status: 'waiting', waits: true, listed: true, counted: true};
const CLOSED = {status: 'closed', waits: false, listed: false, counted: true};

describe('a visitor who writes after the conversation was closed', () => {
    it('waits: on card, list and count; a line says so, and i-Reserve is told', async () => {
        await say('first words');
        await anna.act(conversation_id, 'close', {reason: 'solved'});
        await expect.poll(card).toContain('✔ closed');
        expect(card()).not.toContain('first words');
        await push('conversation.closed');
        expect((await anna.get(`/conversations/${conversation_id}`)).body.closed_reason).toBe('solved');
        await say('one more thing');
        expect(await shown()).toMatchObject(WAITS);
        expect((await told('conversation.reopened')).data).toMatchObject({agent: null, status: 'waiting', message_id: `M${number}`});
        await expect.poll(card).toMatch(/⏳ waiting since [\s\S]*> one more thing/);
        await expect.poll(thread).toContainEqual(expect.stringContaining('The visitor wrote again'));
        // i-Reserve's own word of it changes nothing: one state.
        await push('conversation.updated', {status: 'waiting'});
        expect(await shown()).toMatchObject(WAITS);
    });

    it('does not open it with what was said long before and came late', async () => {
        await say('first words');
        await anna.act(conversation_id, 'close');
        expect((await say('from the queue', ahead(-300))).state).toBe('delivered');
        expect(await shown()).toMatchObject(CLOSED);
        expect(thread().join()).toContain('from the queue');
    });
});

describe('what agents do', () => {
    it('stands against what was stamped before it, however far ahead the clock', async () => {
        await say('hello');
        expect((await push('conversation.updated', {status: 'open', topic: 'Boats'}, ahead(120))).state).toBe('delivered');
        expect((await anna.act(conversation_id, 'close')).body.status).toBe('closed');
        await expect.poll(card).toContain('✔ closed');
        expect(await shown()).toMatchObject({...CLOSED, allowed: ['reopen', 'note']});
        expect(await push('conversation.updated', {status: 'open'}, ahead(-60))).toMatchObject({state: 'ignored', reason: {code: 'stale'}});
        expect(await shown()).toMatchObject(CLOSED);
    });

    it('keeps who has it when i-Reserve echoes the claim by name and e-mail', async () => {
        await say('hello');
        await anna.act(conversation_id, 'claim');
        await push('conversation.updated', {assignee: {name: 'Anna K.', email: scene.anna.email.toUpperCase()}});
        const {assignee, allowed} = (await anna.get(`/conversations/${conversation_id}`)).body;
        expect(assignee).toEqual({name: 'Anna K.', user_id: scene.anna.id});
        expect(allowed).toContain('release');
    });
});

describe('waiting', () => {
    it('ends when the answer has arrived, not when it is given, taken back or refused', async () => {
        await say('is it free?');
        const reply = (text: string, hold_seconds = 0) => anna.post(`/conversations/${conversation_id}/replies`, {text, hold_seconds});
        const held = await reply('yes', 60);
        await anna.ask('DELETE', `/conversations/${conversation_id}/replies/${held.body.reply.reply_id}`);
        expect(await shown()).toMatchObject(WAITS);
        scene.ireserve.failCallbacks({status: 422, conversation_id, type: 'message.created'});
        const {body} = await reply('refused there');
        await expect.poll(async () => (await anna.get(`/conversations/${conversation_id}`)).body.failed).toBe(1);
        expect(await shown()).toMatchObject(WAITS);
        await anna.act(conversation_id, 'retry', {reply_id: body.reply.reply_id});
        await expect.poll(shown).toMatchObject({status: 'open', waits: false, listed: false, counted: true});
        await expect.poll(card).toContain('▶ open');
        expect(card()).not.toContain('is it free?');
    });
});

describe('the card in the channel', () => {
    const requests = (from: number) =>
        scene.mattermost
            .requests()
            .slice(from)
            .map(({route}) => route);

    it('is edited once for a burst of messages, not for each, and not at all for the first', async () => {
        conversation_id = 'C-burst';
        const before = scene.mattermost.requests().length;
        await say('one');
        expect(card()).toContain('> one');
        expect(requests(before).filter((route) => route.includes('patch'))).toEqual([]);
        const from = scene.mattermost.requests().length;
        const burst = ['two', 'three', 'four', 'five'].map((text) =>
            eventOf('message.created', {conversation_id, message_id: `M-${text}`, author: {type: 'visitor', name: 'Sanne'}, text}),
        );
        await scene.bridge.push({events: burst}, {prefer: 'wait=20'});
        await expect.poll(card).toContain('> five');
        expect(requests(from).filter((route) => route.includes('patch'))).toHaveLength(1);
        expect(requests(from).filter((route) => route === 'POST /posts')).toHaveLength(4);
    });

    it('loses words that are changed or taken back', async () => {
        await say('my card is 4111');
        await say('and this');
        const last = `M${number}`;
        await push('message.edited', {message_id: last, text: 'that was wrong'});
        await expect.poll(card).toContain('> that was wrong');
        await push('message.deleted', {message_id: last});
        expect(card()).toContain('> my card is 4111');
        await push('message.deleted', {message_id: `M${number - 1}`});
        expect(card()).not.toMatch(/that was wrong|my card|waiting/);
        expect(await shown()).toMatchObject({status: 'open', waits: false, listed: false});
    });

    it('shows a file’s name where there were no words', async () => {
        await push('message.created', {
            ...{message_id: 'M-file', author: {type: 'visitor'}},
            attachments: [{name: 'passport.txt', content_base64: Buffer.from('x').toString('base64')}],
        });
        await expect.poll(card).toContain('> 📎 passport.txt');
    });
});
