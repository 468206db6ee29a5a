/** Dead letters and the log over the admin API: seen, searched, followed, sent elsewhere, replayed, given up. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {openStream} from '../agent-api/panel.ts';
import {eventOf} from '../support/bridge.ts';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {adminToken, adminWith, type Loose, outcome} from './admin.ts';

let scene: Scene;
let admin: ReturnType<typeof adminWith>;
let bearer: string;

beforeAll(async () => {
    scene = await startScene({config: {undo_seconds: 0}});
    bearer = (await adminToken(scene.bridge)).token;
    admin = adminWith(scene.bridge, bearer);
});
afterAll(() => scene.stop());

const said = (conversation_id: string, message_id: string, text = 'Hello') =>
    eventOf('message.created', {conversation_id, message_id, author: {type: 'visitor', name: 'Sanne'}, text});

/** Pushed while Mattermost refuses every post for good: dead at the first try. */
async function deadOf(event: {id: string}): Promise<Loose> {
    scene.mattermost.faults.add({kind: 'error', route: 'POST /posts', status: 400, id: 'model.post.is_valid.hashtags.app_error'});
    await scene.bridge.push(event, {prefer: 'wait=5'});
    scene.mattermost.faults.clear();
    const {items} = (await admin.get('/deliveries?state=dead')).body;
    return items.find(({source_id}: Loose) => source_id === event.id);
}
const deadLetter = (notification_id: string) =>
    deadOf(
        eventOf('notification.created', {notification_id, notification_type: 'booking_confirmation', title: `About ${notification_id}`}),
    );

test('one message’s whole trace, there: accepted, tried, posted', async () => {
    const {conversation_id} = await scene.open();
    const event = said(conversation_id, 'M-traced', 'the very words');
    const {post_ids = []} = await scene.bridge.deliver(event);
    const {items} = (await admin.get(`/deliveries?state=delivered&conversation=${conversation_id}`)).body;
    const found = items.find(({source_id}: Loose) => source_id === event.id);
    const {body, text} = await admin.get(`/deliveries/${found.id}?body=true`);
    expect(body.delivery).toMatchObject({
        integration: 'aurora-test',
        direction: 'to-mattermost',
        state: 'delivered',
        attempts: 1,
        post_ids,
    });
    expect(body.hops.map(({hop}: Loose) => hop)).toEqual(['accepted', 'attempt', 'delivered']);
    expect(body.hops[0]).toMatchObject({id: event.id, after_ms: 0, ok: true});
    expect(body.hops[1]).toMatchObject({attempt: 1, code: 'delivered', duration_ms: expect.any(Number)});
    expect(body.hops[2]).toMatchObject({id: post_ids[0], ok: true});
    expect(body.total_ms).toBe(Date.parse(body.delivery.finished_at) - Date.parse(body.delivery.received_at));
    expect(body.lane).toBeNull();
    // Mattermost holds the words.
    expect(body.body).toBeNull();
    expect(text).not.toContain('the very words');
});

test('and back: an answer that fails twice, what i-Reserve knows it by, and that the visitor saw it', async () => {
    const {mattermost, ireserve, bridge} = scene;
    const {conversation_id, root_id} = await scene.open();
    ireserve.failCallbacks({status: 500, type: 'message.created', times: 2});
    const {id} = await mattermost.act.reply(scene.anna.id, root_id, 'Good morning');
    const taken = await ireserve.waitForCallback('message.created', ({data}) => data.message_id === id);
    await bridge.push(eventOf('message.state', {conversation_id, message_id: id, state: 'seen'}), {prefer: 'wait=5'});
    const find = async () =>
        (await admin.get(`/deliveries?state=delivered&direction=to-ireserve&conversation=${conversation_id}`)).body.items[0];
    await expect.poll(find).toBeDefined();
    const {body} = await admin.get(`/deliveries/${(await find()).id}`);
    expect(body.reply).toMatchObject({reply_id: id, state: 'delivered', remote_state: 'seen'});
    expect(body.hops.map(({hop, code}: Loose) => [hop, code])).toEqual([
        ['accepted', null],
        ['attempt', 'callback_error'],
        ['attempt', 'callback_error'],
        ['attempt', 'delivered'],
        ['delivered', null],
        ['seen', 'seen'],
    ]);
    expect(body.hops[1]).toMatchObject({id: taken.webhook_id, attempt: 1, ok: false, next: expect.stringContaining('i-Reserve’s own log')});
    expect(body.hops[4].id).toBe(taken.message_id);
});

test('what waits says for what, and behind how many', async () => {
    const {conversation_id} = await scene.open();
    const {bot} = scene.mattermost.seeded;
    scene.mattermost.act.removeMember(scene.mirror.id, bot.id);
    await scene.bridge.push(said(conversation_id, 'M-1'), {prefer: 'wait=2'});
    const second = said(conversation_id, 'M-2', 'not yet said');
    await scene.bridge.push(second);
    const {items, counts} = (await admin.get(`/deliveries?conversation=${conversation_id}`)).body;
    expect(counts.queued).toBeGreaterThanOrEqual(2);
    expect(items.map(({state}: Loose) => state)).toEqual(['queued', 'queued']);
    const {body} = await admin.get(`/deliveries/${items[1].id}?body=true`);
    expect(body.lane).toMatchObject({ahead: 1, due_at: expect.any(String)});
    expect(body.body.data.text).toBe('not yet said');
    expect(body.hops.at(-1)).toMatchObject({hop: 'waiting', detail: 'for its turn'});
    const first = (await admin.get(`/deliveries/${items[0].id}`)).body;
    expect(first.hops.at(-1)).toMatchObject({
        hop: 'waiting',
        ok: false,
        code: 'bot_not_in_channel',
        next: expect.stringContaining('Add the bot'),
    });
    scene.mattermost.act.addMember(scene.mirror.id, bot.id);
    expect(outcome(await admin.post(`/deliveries/${items[0].id}/replay`))).toBe('200');
    await expect
        .poll(async () => (await admin.get(`/deliveries?conversation=${conversation_id}`)).body.items.length, {timeout: 10_000})
        .toBe(0);
});

test('a dead letter is sent to another channel, replayed, and posted there once', async () => {
    const {channels} = scene.mattermost.seeded;
    const dead = await deadLetter('N-elsewhere');
    expect(dead).toMatchObject({state: 'dead', channel_id: null, reason: {code: 'post_refused'}, next: expect.any(String)});
    expect(outcome(await admin.patch(`/deliveries/${dead.id}`, {channel_id: channels.other.id}))).toBe('422 invalid_request');
    expect(outcome(await admin.patch(`/deliveries/${dead.id}`, {channel_id: 'x'.repeat(26)}))).toBe('422 invalid_request');
    expect((await admin.patch(`/deliveries/${dead.id}`, {channel_id: scene.mirror.id})).body).toMatchObject({
        channel_id: scene.mirror.id,
        state: 'dead',
    });
    expect((await admin.post(`/deliveries/${dead.id}/replay`)).body.state).toBe('queued');
    await scene.mattermost.until(() =>
        scene.mattermost.look.posts(scene.mirror.id).some(({message}) => message.includes('About N-elsewhere')),
    );
    expect(scene.mattermost.look.posts(channels.notifications.id).some(({message}) => message.includes('About N-elsewhere'))).toBe(false);
    expect(outcome(await admin.patch(`/deliveries/${dead.id}`, {channel_id: null}))).toBe('409 not_dead');
    expect(outcome(await admin.post(`/deliveries/${dead.id}/replay`))).toBe('409 delivery_settled');
    const {items} = (await admin.get('/audit?action=delivery.')).body;
    expect(items.slice(0, 2)).toMatchObject([
        {action: 'delivery.replayed', subject: `delivery ${dead.id}`, who: {kind: 'token'}},
        {action: 'delivery.rerouted', before: {channel_id: null}, after: {channel_id: scene.mirror.id}},
    ]);
    const trace = (await admin.get(`/deliveries/${dead.id}`)).body;
    expect(trace.hops.map(({hop}: Loose) => hop)).toEqual(['accepted', 'attempt', 'by_hand', 'attempt', 'delivered']);
    expect(trace.hops[0].after_ms).toBe(0);
});

test('a conversation’s dead letter takes its conversation along to the other channel', async () => {
    const {mattermost, bridge} = scene;
    const {conversation_id, root_id} = await scene.open();
    const {id} = await deadOf(said(conversation_id, 'M-late', 'the late one'));
    const {notifications} = mattermost.seeded.channels;
    expect(outcome(await admin.patch(`/deliveries/${id}`, {channel_id: notifications.id}))).toBe('200');
    await admin.post(`/deliveries/${id}/replay`);
    const root = await mattermost.until(
        () => mattermost.look.roots(notifications.id).find((post) => JSON.stringify(post.props).includes(conversation_id)),
        15_000,
    );
    await mattermost.until(() => mattermost.look.thread(root.id).some(({message}) => message.includes('the late one')), 15_000);
    expect(mattermost.look.thread(root_id).some(({message}) => message.includes('the late one'))).toBe(false);
    // The next message goes there too, without anybody's help.
    await bridge.deliver(said(conversation_id, 'M-next', 'and the next'));
    expect(mattermost.look.thread(root.id).some(({message}) => message.includes('and the next'))).toBe(true);
});

test('discarded with a reason, it is gone for good', async () => {
    const dead = await deadLetter('N-discarded');
    expect(outcome(await admin.post(`/deliveries/${dead.id}/discard`, {reason: '  '}))).toBe('422 invalid_request');
    expect((await admin.post(`/deliveries/${dead.id}/discard`, {reason: 'test data'})).body).toMatchObject({
        state: 'discarded',
        reason: {detail: 'test data'},
    });
    expect(outcome(await admin.post(`/deliveries/${dead.id}/discard`, {reason: 'again'}))).toBe('409 delivery_settled');
    expect(outcome(await admin.post('/deliveries/987654/discard', {reason: 'x'}))).toBe('404 unknown_delivery');
    expect((await admin.get('/audit?action=delivery.discarded')).body.items[0]).toMatchObject({after: {reason: 'test data'}});
});

test('many are replayed by filter, so many at most, and a dry run does nothing', async () => {
    const dead = [await deadLetter('N-many-1'), await deadLetter('N-many-2'), await deadLetter('N-many-3')];
    const fits = {integration: 'aurora-test', code: 'post_refused', direction: 'to-mattermost', type: 'notification.created'};
    const dry = (await admin.post('/deliveries/replay', {...fits, limit: 100, dry_run: true})).body;
    expect(dry).toMatchObject({replayed: 0, ids: dead.map(({id}) => id), remaining: 3});
    expect((await admin.post('/deliveries/replay', {...fits, code: 'callback_rejected', limit: 100})).body).toMatchObject({
        replayed: 0,
        remaining: 0,
    });
    expect((await admin.post('/deliveries/replay', {...fits, limit: 2})).body).toMatchObject({
        replayed: 2,
        remaining: 1,
        ids: [dead[0].id, dead[1].id],
    });
    expect((await admin.post('/deliveries/replay', {...fits, limit: 1000})).body).toMatchObject({replayed: 1, remaining: 0});
    expect(outcome(await admin.post('/deliveries/replay', {...fits, limit: 1001}))).toBe('422 invalid_request');
    const {notifications} = scene.mattermost.seeded.channels;
    const posted = () => scene.mattermost.look.posts(notifications.id).filter(({message}) => message.includes('N-many-')).length;
    await expect.poll(posted, {timeout: 10_000}).toBe(3);
});

test('a conversation is replayed from one of its dead letters on, in order, and i-Reserve is told that they are replays', async () => {
    const {mattermost, ireserve} = scene;
    const {conversation_id, root_id} = await scene.open();
    ireserve.failCallbacks({status: 400, times: Number.POSITIVE_INFINITY, conversation_id});
    const said: string[] = [];
    for (const text of ['one', 'two', 'three']) said.push((await mattermost.act.reply(scene.anna.id, root_id, text)).id);
    const of = `conversation=${conversation_id}&direction=to-ireserve`;
    const dead = async (): Promise<Loose[]> => (await admin.get(`/deliveries?state=dead&${of}`)).body.items;
    await expect.poll(async () => (await dead()).length, {timeout: 10_000}).toBe(3);
    ireserve.healCallbacks();
    const young = await mattermost.act.reply(scene.bram.id, root_id, 'younger');
    await ireserve.waitForCallback('message.created', ({data}) => data.message_id === young.id);
    const [, second] = await dead();
    const {body} = await admin.post('/deliveries/replay', {
        ...{integration: 'aurora-test', conversation: conversation_id, direction: 'to-ireserve'},
        ...{from: second?.id, limit: 100},
    });
    expect(body).toMatchObject({replayed: 2, remaining: 0});
    const came = () =>
        ireserve.callbackAttempts
            .filter(({status}) => status === 200)
            .map(({body}) => JSON.parse(body) as {timestamp: string; replayed?: true; data: {conversation_id: string; message_id: string}})
            .filter(({data}) => data.conversation_id === conversation_id);
    await expect.poll(() => came().length, {timeout: 10_000}).toBe(3);
    expect(came().map(({data, replayed}) => [data.message_id, replayed])).toEqual([
        [young.id, undefined],
        [said[1], true],
        [said[2], true],
    ]);
    // When they were said, not when they were sent again.
    expect(came().map(({timestamp}) => Date.parse(timestamp))).toEqual(
        [young.id, said[1], said[2]].map((id) => mattermost.look.post(id as string)?.create_at),
    );
    expect(await dead()).toMatchObject([{source_id: expect.stringContaining(said[0] as string)}]);
});

test('the log is searched, filtered, and read page by page to its end', async () => {
    const {conversation_id} = await scene.open();
    for (let n = 0; n < 5; n++) await scene.bridge.deliver(said(conversation_id, `M-page-${n}`));
    await scene.bridge.push({id: 'evt-%_odd', type: 'message.painted'});
    const all: number[] = [];
    let cursor = '';
    for (let pages = 0; pages < 20; pages++) {
        const {body} = await admin.get(`/log?conversation=${conversation_id}&limit=2${cursor}`);
        all.push(...body.items.map(({id}: Loose) => id));
        if (body.next_cursor === null) break;
        cursor = `&cursor=${body.next_cursor}`;
    }
    expect(all.length).toBeGreaterThanOrEqual(6);
    expect(all).toEqual([...all].sort((a, b) => b - a));
    expect(new Set(all).size).toBe(all.length);
    const items = async (query: string): Promise<Loose[]> => (await admin.get(`/log?${query}`)).body.items;
    expect(await items('search=odd%20painted')).toMatchObject([
        {code: 'unknown_type', source_id: 'evt-%_odd', level: 'warn', means: expect.any(String), next: expect.any(String)},
    ]);
    expect(await items('search=%25_odd')).toHaveLength(1);
    expect(await items('search=x%25y')).toEqual([]);
    expect((await items('level=warn&code=unknown_type')).length).toBe(1);
    expect((await items('level=error')).every(({level}) => level === 'error')).toBe(true);
    expect(await items(`conversation=${conversation_id}&until=2001-01-01T00:00:00Z`)).toEqual([]);
    expect((await items(`conversation=${conversation_id}&since=2001-01-01T00:00:00Z&direction=to-mattermost`)).length).toBe(all.length);
    for (const wrong of [
        'cursor=nonsense',
        `cursor=${Buffer.from('audit:1').toString('base64url')}`,
        'limit=0',
        'limit=501',
        'since=yesterday',
        'level=loud',
    ])
        expect(outcome(await admin.get(`/log?${wrong}`)), wrong).toBe('422 invalid_request');
});

test('the log is followed live, resumed without a gap, and ends with the bearer', async () => {
    const {conversation_id} = await scene.open();
    const open = (more = {}) =>
        openStream(scene.bridge.url, {authorization: `Bearer ${bearer}`, ...more}, `/v1/admin/log/stream?conversation=${conversation_id}`);
    const stream = await open();
    expect([stream.status, stream.headers['content-type'], stream.headers['cache-control']]).toEqual([
        200,
        'text/event-stream; charset=utf-8',
        'no-store',
    ]);
    await stream.next('hello', ({resumed}) => resumed === false);
    const event = said(conversation_id, 'M-live');
    await scene.bridge.deliver(event);
    await stream.next('entry', ({source_id, code}) => source_id === event.id && code === 'delivered');
    expect(stream.events.every(({event, data}) => event !== 'entry' || data.conversation_id === conversation_id)).toBe(true);
    const last = stream.events.findLast(({id}) => id !== undefined)?.id ?? '';
    stream.close();
    const missed = said(conversation_id, 'M-missed');
    await scene.bridge.deliver(missed);
    const again = await open({'last-event-id': last});
    await again.next('hello', ({resumed}) => resumed === true);
    await again.next('entry', ({source_id}) => source_id === missed.id);
    expect(again.events.some(({data}) => data.source_id === event.id)).toBe(false);
    again.close();
    const short = await adminToken(scene.bridge, {expires_at: Date.now() + 1500});
    const ending = await openStream(scene.bridge.url, {authorization: `Bearer ${short.token}`}, '/v1/admin/log/stream');
    await ending.next('bye', ({reason}) => reason === 'session_expired');
    await ending.ended();
    const many = await Promise.all(Array.from({length: 6}, () => open()));
    expect(many.map(({status}) => status).sort()).toEqual([200, 200, 200, 200, 200, 429]);
    for (const one of many) one.close();
});
