/** Two replicas on one PostgreSQL: one listens to Mattermost, and agents see the same whichever their panel is connected to. */
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {createLog} from '../../bridge/log.ts';
import {type Bridge, type Overrides, startBridge} from '../../bridge/main.ts';
import {quiet, told, toldInTheEnd} from '../replies/quiet.ts';
import {createDatabase} from '../support/database.ts';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {openPanel} from './panel.ts';

let scene: Scene;
let other: Bridge;

const join = (overrides: Overrides = {}): Promise<Bridge> =>
    startBridge(scene.bridge.settings, {log: createLog('silent'), pollMs: 50, election: {everyMs: 50, termMs: 5000}, ...overrides});

beforeAll(async () => {
    scene = await startScene({databaseUrl: await createDatabase(), overrides: {election: {everyMs: 50, termMs: 5000}}});
    await scene.bridge.listening();
    other = await join();
});
afterAll(async () => {
    await other?.stop();
    await scene?.stop();
});

/** Whether a replica listens itself. */
async function listensHere({url}: {url: string}): Promise<boolean> {
    const text = await (await fetch(`${url}/metrics`)).text();
    return /^ireserve_listening_here\{integration="aurora-test"\} 1$/m.test(text);
}

async function streamOf({url}: {url: string}, user_id: string, lastId?: string) {
    const stream = await (await openPanel({...scene.bridge, url}, user_id)).stream(lastId);
    onTestFinished(stream.close);
    return {...stream, hello: await stream.next('hello')};
}

test('one listens; the other stands by, and says how well the first one hears', async () => {
    expect([await listensHere(scene.bridge), await listensHere(other)]).toEqual([true, false]);
    const ready = async ({url}: {url: string}) => (await fetch(`${url}/ready`)).json();
    await expect.poll(() => ready(other)).toMatchObject({status: 'ready', listening: {'aurora-test': true}, standby: ['aurora-test']});
    expect(await ready(scene.bridge)).not.toHaveProperty('standby');
    // One event stream in all.
    expect(scene.mattermost.act.cutSockets(scene.mattermost.seeded.bot.id)).toBe(1);
});

test('who types is shown at every replica, and told to i-Reserve once', async () => {
    const {mattermost, ireserve, anna, bram, cleo, mirror} = scene;
    const {conversation_id, root_id} = await scene.open();
    const streams = [await streamOf(scene.bridge, cleo.id), await streamOf(other, cleo.id)];
    const seen = (user_id: string) => Promise.all(streams.map(({next}) => next('typing', ({user}) => user.user_id === user_id)));
    // Heard from Mattermost by the one that listens.
    mattermost.act.type(bram.id, mirror.id, root_id);
    for (const {data} of await seen(bram.id)) expect(data).toMatchObject({conversation_id, user: {user_id: bram.id}});
    // Typed into a panel at the one that stands by.
    await (await openPanel({...scene.bridge, url: other.url}, anna.id)).post(`/conversations/${conversation_id}/typing`);
    await seen(anna.id);
    const callbacks = () => ireserve.callbackAttempts.filter(({type}) => type === 'typing');
    await expect.poll(() => callbacks().length).toBe(2);
    const panel = await openPanel({...scene.bridge, url: scene.bridge.url}, cleo.id);
    const {body} = await panel.get(`/conversations/${conversation_id}`);
    expect(body.typing.map(({user_id}: {user_id: string}) => user_id).sort()).toEqual([anna.id, bram.id].sort());
});

test('a stream that ends with its replica goes on at the other, and nothing is missed', async () => {
    const {anna, bram} = scene;
    const {conversation_id} = await scene.open();
    const third = await join();
    const first = await streamOf(third, anna.id);
    await third.stop();
    expect((await first.next('bye')).data).toEqual({reason: 'stopping'});
    await (await openPanel(scene.bridge, bram.id)).act(conversation_id, 'claim');
    const second = await streamOf(other, anna.id, first.hello.id);
    expect(second.hello.data.resumed).toBe(true);
    await second.next('conversation', (item) => item.conversation_id === conversation_id && item.assignee?.user_id === bram.id);
});

test('a replica that goes in good order hands over at once, and nothing said meanwhile is missed', async () => {
    const {mattermost, ireserve, anna} = scene;
    const {conversation_id, root_id} = await scene.open();
    await scene.bridge.goAway();
    ireserve.connect(other.url);
    await mattermost.act.reply(anna.id, root_id, 'said while they change');
    await toldInTheEnd(scene, conversation_id).toEqual(['said while they change']);
    expect(await listensHere(other)).toBe(true);
});

test('one that was stopped and goes on is refused; what it missed was found by the other, from where it had got to', async () => {
    const {mattermost, ireserve, bridge, anna} = scene;
    await other.stop();
    await bridge.restart({election: {everyMs: 3_600_000, termMs: 1500}});
    ireserve.connect(bridge.url);
    const {conversation_id, root_id} = await scene.open();
    await mattermost.act.reply(anna.id, root_id, 'one');
    await toldInTheEnd(scene, conversation_id).toEqual(['one']);
    // It hears this no more, as if it were stopped. It does not look for who is elected either.
    mattermost.events.lose();
    await mattermost.act.reply(anna.id, root_id, 'two');
    other = await join();
    ireserve.connect(other.url);
    await expect.poll(() => listensHere(other), {timeout: 15_000}).toBe(true);
    await toldInTheEnd(scene, conversation_id).toEqual(['one', 'two']);
    expect(await listensHere(bridge)).toBe(true);
    mattermost.events.tell();
    await mattermost.act.reply(anna.id, root_id, 'three');
    await toldInTheEnd(scene, conversation_id).toEqual(['one', 'two', 'three']);
    // Hearing it too, it was told by the refusal that its time was over.
    await expect.poll(() => listensHere(bridge)).toBe(false);
    await quiet(scene);
    expect(told(scene, conversation_id)).toEqual(['one', 'two', 'three']);
});
