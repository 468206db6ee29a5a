/** What happens in Mattermost behind the bridge's back, and how each case is mended. */
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {type MattermostDouble, type PlainPost, startMattermost} from '../doubles/mattermost/start.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';

let mattermost: MattermostDouble;
let bridge: TestBridge;
let routed: string;
let alerts: string;

beforeAll(async () => {
    mattermost = await startMattermost();
});

beforeEach(async () => {
    mattermost.reset();
    const {team, bot, agents} = mattermost.seeded;
    routed = mattermost.act.addChannel({teamId: team.id, name: 'german', type: 'P', members: [bot.id, agents[0].id]}).id;
    alerts = mattermost.act.addChannel({teamId: team.id, name: 'alerts', type: 'P', members: [bot.id, agents[0].id]}).id;
    bridge = await startTestBridge({
        mattermost,
        config: {routing: [{language: 'de', channel_id: routed}], alert_channel_id: alerts, messages_per_thread: 10},
    });
});

afterEach(() => bridge.stop());
afterAll(() => mattermost.stop());

const say = (conversation_id: string, message_id: string, text: string) =>
    eventOf('message.created', {conversation_id, message_id, author: {type: 'visitor', name: 'Anna'}, text});
const start = (conversation_id: string, more: object = {}) =>
    eventOf('conversation.started', {conversation_id, visitor: {name: 'Anna'}, ...more});
const mirror = () => mattermost.seeded.channels.mirror.id;

const rootsOf = (conversation_id: string, channel = mirror()): PlainPost[] =>
    mattermost.look.roots(channel).filter((post) => post.message.includes(conversation_id));
function threadOf(conversation_id: string, channel = mirror()): PlainPost[] {
    const roots = rootsOf(conversation_id, channel);
    expect(roots, `one living root of ${conversation_id}`).toHaveLength(1);
    return mattermost.look.thread(roots[0]?.id ?? '');
}

async function standing(): Promise<string[]> {
    const rows = await bridge.database.read.selectFrom('notice').select('code').execute();
    return rows.map(({code}) => code);
}

/** Waits, by looking again, until a query of the bridge's store gives something. */
async function eventually<T>(look: () => Promise<T | undefined | false>, what: string): Promise<T> {
    for (const until = Date.now() + 10_000; Date.now() < until; ) {
        const found = await look();
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`waited in vain for ${what}`);
}

test('root deleted: the next message makes a new root that links back and recaps', async () => {
    await bridge.deliver(start('C-1'));
    await bridge.deliver(say('C-1', 'm1', 'is the boat free?'));
    const [old] = rootsOf('C-1');
    mattermost.act.remove(mattermost.seeded.bot.id, old?.id ?? '');
    const outcome = await bridge.deliver(say('C-1', 'm2', 'hello?'));
    const [card, reply, ...rest] = threadOf('C-1');
    expect(card?.id).toBe(outcome.thread?.root_id);
    expect(card?.id).not.toBe(old?.id);
    expect(card?.message).toContain(`/hotel-aurora/pl/${old?.id}`);
    expect(card?.message).toContain('is the boat free?');
    expect(reply?.message).toContain('hello?');
    expect(rest).toEqual([]);
});

test('root deleted: a mere update does not make a new one, and says so; the next message shows what it said', async () => {
    await bridge.deliver(start('C-2'));
    mattermost.act.remove(mattermost.seeded.bot.id, rootsOf('C-2')[0]?.id ?? '');
    const update = await bridge.push(eventOf('conversation.updated', {conversation_id: 'C-2', topic: 'Kayaks'}), {prefer: 'wait=20'});
    expect(update.body).toMatchObject({state: 'ignored', reason: {code: 'root_gone'}});
    expect(rootsOf('C-2')).toEqual([]);
    await bridge.deliver(say('C-2', 'm1', 'still here'));
    expect(threadOf('C-2')[0]?.message).toContain('Kayaks');
});

test('thread moved to another channel we know: followed there, and edits still find their posts', async () => {
    await bridge.deliver(start('C-3'));
    await bridge.deliver(say('C-3', 'm1', 'before the move'));
    await mattermost.act.moveThread(rootsOf('C-3')[0]?.id ?? '', routed);
    await bridge.deliver(say('C-3', 'm2', 'after the move'));
    expect(rootsOf('C-3')).toEqual([]);
    await bridge.deliver(eventOf('message.edited', {conversation_id: 'C-3', message_id: 'm1', text: 'before, reworded'}));
    expect(
        threadOf('C-3', routed)
            .map(({message}) => message)
            .join('\n'),
    ).toMatch(/before, reworded[\s\S]*after the move/);
});

test('routed channel archived: the conversation goes on in the mirror channel', async () => {
    await bridge.deliver(start('C-4', {language: 'de'}));
    expect(rootsOf('C-4', routed)).toHaveLength(1);
    mattermost.act.archive(routed);
    const update = await bridge.push(eventOf('conversation.updated', {conversation_id: 'C-4', status: 'open'}), {prefer: 'wait=20'});
    expect(update.body).toMatchObject({state: 'ignored', reason: {code: 'root_gone'}});
    await bridge.deliver(say('C-4', 'm1', 'Hallo'));
    expect(threadOf('C-4').at(-1)?.message).toContain('Hallo');
});

test('mirror channel archived: the lane waits, an admin is told, and all goes on in order once it is restored', async () => {
    await bridge.deliver(start('C-5'));
    mattermost.act.archive(mirror());
    for (const text of ['one', 'two', 'three']) await bridge.push(say('C-5', `m-${text}`, text));
    await eventually(async () => (await standing()).includes('channel_archived'), 'the notice');
    mattermost.act.restore(mirror());
    await bridge.change({config: {}});
    await mattermost.until(() => mattermost.look.posts(mirror()).some((post) => post.message.includes('three')));
    expect(
        threadOf('C-5')
            .slice(1)
            .map(({message}) => /one|two|three/.exec(message)?.[0]),
    ).toEqual(['one', 'two', 'three']);
    await eventually(async () => (await standing()).length === 0, 'the notice to be cleared');
});

test('bot removed from the channel: said clearly in log, metric, /ready and alert channel; goes on when it is added again', async () => {
    await bridge.deliver(start('C-6'));
    mattermost.act.removeMember(mirror(), mattermost.seeded.bot.id);
    const {body} = await bridge.push(say('C-6', 'm1', 'anyone?'), {prefer: 'wait=1'});
    expect(body).toMatchObject({state: 'queued', reason: {code: 'bot_not_in_channel'}});
    expect(body.reason?.detail).toContain(mirror());
    const alert = await mattermost.until(() => mattermost.look.posts(alerts).find((post) => post.message.includes('bot_not_in_channel')));
    expect(alert.message).toContain(mirror());
    expect(await (await fetch(`${bridge.url}/ready`)).json()).toMatchObject({status: 'degraded', notices: [{code: 'bot_not_in_channel'}]});
    expect(await (await fetch(`${bridge.url}/metrics`)).text()).toMatch(
        /ireserve_notices\{integration="aurora-test",code="bot_not_in_channel"\} 1/,
    );
    mattermost.act.addMember(mirror(), mattermost.seeded.bot.id);
    await bridge.change({config: {}});
    await mattermost.until(() => mattermost.look.posts(mirror()).some((post) => post.message.includes('anyone?')));
    await eventually(async () => (await standing()).length === 0, 'the notice to be cleared');
    await mattermost.until(() => mattermost.look.posts(alerts).some((post) => post.message.includes('mended')));
    expect(threadOf('C-6')).toHaveLength(2);
});

test('token revoked: everything waits, an admin is told; a new token lets it all through in order', async () => {
    await bridge.deliver(start('C-7'));
    mattermost.act.revokeTokens(mattermost.seeded.bot.id);
    for (const text of ['one', 'two']) await bridge.push(say('C-7', `m-${text}`, text));
    await bridge.push(say('D-7', 'm1', 'another conversation'));
    await eventually(async () => (await standing()).includes('mattermost_token_refused'), 'the notice');
    await bridge.change({secrets: {bot_token: mattermost.act.newToken(mattermost.seeded.bot.id)}});
    await mattermost.until(() => mattermost.look.posts(mirror()).some((post) => post.message.includes('two')));
    expect(
        threadOf('C-7')
            .slice(1)
            .map(({message}) => /one|two/.exec(message)?.[0]),
    ).toEqual(['one', 'two']);
    await mattermost.until(() => mattermost.look.posts(mirror()).some((post) => post.message.includes('another conversation')));
});

test('a long thread continues in a new one, linked both ways', async () => {
    await bridge.deliver(start('C-8'));
    for (let index = 1; index <= 12; index++) await bridge.deliver(say('C-8', `m${index}`, `message ${index}.`));
    const [first, second] = rootsOf('C-8');
    const [oldCard, ...oldReplies] = mattermost.look.thread(first?.id ?? '');
    const [newCard, ...newReplies] = mattermost.look.thread(second?.id ?? '');
    expect(oldReplies.map(({message}) => /message (\d+)\./.exec(message)?.[1] ?? 'link')).toEqual([...'123456789', '10', 'link']);
    expect(newReplies.map(({message}) => /message (\d+)\./.exec(message)?.[1])).toEqual(['11', '12']);
    expect(oldCard?.message).toContain(newCard?.id);
    expect(oldReplies.at(-1)?.message).toContain(newCard?.id);
    expect(newCard?.message).toContain(oldCard?.id);
});

test('an unknown outcome is looked up before anything is sent again', async () => {
    await bridge.deliver(start('C-9'));
    for (const kind of ['error-after', 'reset-after', 'html'] as const) {
        mattermost.faults.add({kind, route: 'POST /posts', next: 1});
        await bridge.deliver(say('C-9', `m-${kind}`, `after ${kind}`));
    }
    for (const kind of ['error', 'blank-error', 'bad-gateway', 'reset', 'too-many', 'wrong-type'] as const) {
        mattermost.faults.add({kind, route: 'POST /posts', next: 2});
        await bridge.deliver(say('C-9', `m-${kind}`, `after ${kind}`));
        mattermost.faults.clear();
    }
    expect(threadOf('C-9')).toHaveLength(10);
});

test('a root whose making was uncertain is not made twice, even after the server forgot the pending id', async () => {
    mattermost.faults.add({kind: 'error-after', route: 'POST /posts', next: 1});
    const pushed = bridge.push(say('C-10', 'm1', 'first words'), {prefer: 'wait=20'});
    await mattermost.until(() => rootsOf('C-10').length === 1);
    mattermost.act.restart();
    expect((await pushed).body.state).toBe('delivered');
    expect(threadOf('C-10')).toHaveLength(2);
});

test('a stranger’s post under our pending id is not taken for ours', async () => {
    await bridge.deliver(start('C-11'));
    const stranger = await mattermost.act.post(mattermost.seeded.agents[0].id, {channel_id: mirror(), message: 'I was first'});
    const proxy = await answerOnce(stranger);
    await bridge.change({config: {server_url: proxy.url}});
    await eventually(async () => {
        await bridge.deliver(say('C-11', `m-${Date.now()}`, 'mine'));
        return proxy.answered();
    }, 'the foreign answer');
    await proxy.stop();
    const posted = await bridge.database.read.selectFrom('message').select('post_ids').execute();
    expect(posted.flatMap(({post_ids}) => JSON.parse(post_ids) as string[])).not.toContain(stranger.id);
    // Each message is there once: the one whose first create was answered with somebody else's post, too.
    expect(threadOf('C-11').slice(1)).toHaveLength(posted.length);
});

/** A server in front of Mattermost that answers the first create with another post: what a guessed pending id would lead to. */
async function answerOnce(foreign: object) {
    let answered = false;
    const server = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        if (!answered && request.method === 'POST' && request.url === '/api/v4/posts') {
            answered = true;
            response.writeHead(201, {'content-type': 'application/json'}).end(JSON.stringify(foreign));
            return;
        }
        const {host: _, connection: __, 'content-length': ___, ...headers} = request.headers;
        const forwarded = await fetch(`${mattermost.url}${request.url}`, {
            method: request.method ?? 'GET',
            headers: headers as Record<string, string>,
            ...(chunks.length > 0 ? {body: Buffer.concat(chunks)} : {}),
        });
        response.writeHead(forwarded.status, {'content-type': forwarded.headers.get('content-type') ?? ''}).end(await forwarded.text());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const {port} = server.address() as AddressInfo;
    return {
        url: `http://127.0.0.1:${port}`,
        answered: () => answered,
        stop: () => {
            server.closeAllConnections();
            return new Promise((resolve) => server.close(resolve));
        },
    };
}

test('paused: accepted, kept, drained later in order; inactive: accepted, logged as ignored', async () => {
    await bridge.deliver(start('C-12'));
    await bridge.change({state: 'paused'});
    await eventually(
        async () => (await bridge.push(eventOf('visitor.typing', {conversation_id: 'C-12'}))).body.reason?.code === 'integration_paused',
        'pause',
    );
    const kept = await bridge.push({events: ['one', 'two', 'three'].map((text) => say('C-12', `m-${text}`, text))}, {prefer: 'wait=1'});
    expect(kept.status).toBe(202);
    expect(threadOf('C-12')).toHaveLength(1);
    await bridge.change({state: 'active'});
    await mattermost.until(() => threadOf('C-12').length === 4);
    expect(
        threadOf('C-12')
            .slice(1)
            .map(({message}) => /one|two|three/.exec(message)?.[0]),
    ).toEqual(['one', 'two', 'three']);
    await bridge.change({state: 'inactive'});
    const ignored = await eventually(async () => {
        const {body} = await bridge.push(say('C-12', `m-${Date.now()}`, 'nobody hears'));
        return body.outcome === 'ignored' && body;
    }, 'inactive');
    expect(ignored.reason?.code).toBe('integration_inactive');
    expect(await bridge.database.read.selectFrom('log').select('id').where('code', '=', 'integration_inactive').execute()).not.toEqual([]);
});
