/** The stream: what changes is seen at once by those who may see it, and by nobody else; and every end is a clean one. */
import {createServer} from 'node:http';
import {type AddressInfo, connect} from 'node:net';
import express from 'express';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {createStreamClient} from '../../bridge/agent-api/stream-client.ts';
import {touchConversation} from '../../bridge/store/records.ts';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {openPanel, type Stream} from './panel.ts';

let scene: Scene;
let ahead = 0;
const now = () => Date.now() + ahead;

beforeAll(async () => {
    scene = await startScene({overrides: {now}, config: {panel_undo_seconds: 0}});
});
afterAll(() => scene.stop());

const panelOf = (user_id: string) => openPanel(scene.bridge, user_id, {now});

async function streamOf(user_id: string, lastId?: string): Promise<Stream> {
    const stream = await (await panelOf(user_id)).stream(lastId);
    onTestFinished(stream.close);
    await stream.next('hello');
    return stream;
}

test('a change is seen at once, as the item a list would show, by every member', async () => {
    const [anna, bram] = [await streamOf(scene.anna.id), await streamOf(scene.bram.id)];
    expect(anna.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(anna.headers['cache-control']).toBe('no-store');
    const {conversation_id, root_id} = await scene.open({name: 'Sanne'});
    const started = await bram.next('conversation', (item) => item.conversation_id === conversation_id && item.thread);
    expect(started.data).toMatchObject({visitor: {name: 'Sanne'}, status: 'waiting', thread: {root_id}});
    const panel = await panelOf(scene.anna.id);
    await panel.act(conversation_id, 'claim');
    await bram.next('conversation', (item) => item.assignee?.user_id === scene.anna.id);
    // The state of a delivery, which no other request tells of.
    scene.ireserve.failCallbacks({status: 422, type: 'message.created', conversation_id});
    await scene.mattermost.act.reply(scene.anna.id, root_id, 'hello');
    const {data} = await anna.next('conversation', (item) => item.conversation_id === conversation_id && item.failed === 1);
    const {body} = await panel.get('/conversations?view=all&limit=1');
    expect(Object.keys(data)).toEqual(Object.keys(body.items[0]));
});

test('what another replica stores is seen too', async () => {
    const {conversation_id} = await scene.open();
    const anna = await streamOf(scene.anna.id);
    const before = anna.events.length;
    // Past the bridge: nobody tells it.
    await scene.bridge.database.write((tx) => touchConversation(tx, scene.bridge.integration.id, conversation_id, now()));
    await anna.next('conversation', (item) => item.conversation_id === conversation_id && anna.events.length > before);
});

test('nothing of a channel one is no member of; what is lost is gone', async () => {
    const {mattermost, mirror, cleo, anna} = scene;
    const {conversation_id} = await scene.open();
    const lost = await streamOf(cleo.id);
    const keeps = await streamOf(anna.id);
    mattermost.act.removeMember(mirror.id, cleo.id);
    ahead += 16_000;
    const seen = lost.events.length;
    await (await panelOf(anna.id)).act(conversation_id, 'claim');
    await keeps.next('conversation', (item) => item.conversation_id === conversation_id && item.assignee !== null);
    await lost.next('gone', (data) => data.conversation_id === conversation_id);
    await lost.next('gone', (data) => data.channel_id === mirror.id);
    expect(lost.events.slice(seen).filter(({event}) => event === 'conversation')).toEqual([]);
    mattermost.act.addMember(mirror.id, cleo.id);
    ahead += 4000;
    await lost.next('reset');
});

test('a colleague who types is shown, and not to themselves', async () => {
    const {conversation_id, root_id} = await scene.open();
    const [anna, bram] = [await streamOf(scene.anna.id), await streamOf(scene.bram.id)];
    await (await panelOf(scene.anna.id)).post(`/conversations/${conversation_id}/typing`);
    const {data} = await bram.next('typing');
    expect(data).toEqual({conversation_id, user: {user_id: scene.anna.id, name: 'Anna Keller'}, until: expect.any(String)});
    scene.mattermost.act.type(scene.bram.id, scene.mirror.id, root_id);
    await anna.next('typing', ({user}) => user.user_id === scene.bram.id);
    expect(anna.events.filter(({event, data}) => event === 'typing' && data.user.user_id === scene.anna.id)).toEqual([]);
});

test('whoever comes back with the last id has missed nothing; an old or made-up one starts anew', async () => {
    const {conversation_id} = await scene.open();
    const first = await streamOf(scene.anna.id);
    const {id} = await first.next('hello');
    first.close();
    await (await panelOf(scene.anna.id)).act(conversation_id, 'claim');
    const second = await streamOf(scene.anna.id, id);
    expect((await second.next('hello')).data.resumed).toBe(true);
    await second.next('conversation', (item) => item.conversation_id === conversation_id && item.assignee !== null);
    for (const lastId of ['0', '999999999999999', 'x', '-1', String(now() - 11 * 60_000)]) {
        const stream = await streamOf(scene.anna.id, lastId);
        expect((await stream.next('hello')).data.resumed, lastId).toBe(false);
        stream.close();
    }
});

test('it ends with the session: expired, ended by hand, or revoked elsewhere', async () => {
    const expiring = await streamOf(scene.anna.id);
    ahead += 10 * 60_000;
    expect((await expiring.next('bye')).data).toEqual({reason: 'session_expired'});
    await expiring.ended();
    const panel = await panelOf(scene.anna.id);
    const stream = await panel.stream();
    const other = await streamOf(scene.anna.id);
    await stream.next('hello');
    expect((await panel.ask('DELETE', '/session')).status).toBe(204);
    expect((await stream.next('bye')).data).toEqual({reason: 'session_ended'});
    await stream.ended();
    await panel.sessions.revoke({integration_id: scene.bridge.integration.id, user_id: scene.anna.id});
    expect((await other.next('bye')).data).toEqual({reason: 'session_expired'});
    await other.ended();
});

test('a deactivated person’s stream ends', async () => {
    const stream = await streamOf(scene.bram.id);
    scene.mattermost.act.deactivate(scene.bram.id);
    ahead += 61_000;
    expect((await stream.next('bye')).data).toEqual({reason: 'not_an_agent'});
    scene.mattermost.act.reactivate(scene.bram.id);
    ahead += 61_000;
});

test('five at once each; the sixth is told to wait, and gets in when one has gone', async () => {
    const panel = await panelOf(scene.cleo.id);
    const streams = await Promise.all([1, 2, 3, 4, 5].map(() => panel.stream()));
    for (const stream of streams) await stream.next('hello');
    const refused = await panel.get('/stream');
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    streams[0]?.close();
    await expect
        .poll(async () => {
            const sixth = await panel.stream();
            sixth.close();
            return sixth.status;
        })
        .toBe(200);
    for (const stream of streams) stream.close();
});

test('HEAD opens no stream', async () => {
    const {token} = await panelOf(scene.anna.id);
    const response = await fetch(`${scene.bridge.url}/v1/agent/stream`, {method: 'HEAD', headers: {authorization: `Bearer ${token}`}});
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
});

test('a client that does not read is cut off, and holds no more than a little memory until then', async () => {
    const {promise: closed, resolve} = Promise.withResolvers<void>();
    let written = 0;
    const app = express().get('/', (_request, response) => {
        const client = createStreamClient(response, resolve);
        const flood = setInterval(() => {
            client.send('conversation', {text: 'x'.repeat(100_000)});
            written++;
        }, 0);
        response.on('close', () => clearInterval(flood));
    });
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    onTestFinished(async () => {
        socket.destroy();
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    });
    socket.on('error', () => undefined);
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await closed;
    // What the kernel takes for the connection, and no more.
    expect(written).toBeLessThan(500);
});

test('the bridge stops as fast as without streams, and says goodbye', async () => {
    const streams = [await streamOf(scene.anna.id), await streamOf(scene.bram.id)];
    const before = performance.now();
    await scene.bridge.restart();
    expect(performance.now() - before).toBeLessThan(5000);
    for (const stream of streams) {
        expect((await stream.next('bye')).data).toEqual({reason: 'stopping'});
        await stream.ended();
    }
});
