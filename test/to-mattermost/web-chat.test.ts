/** One web chat, event by event, against the Mattermost double. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';

let mattermost: MattermostDouble;
let bridge: TestBridge;
const mirror = () => mattermost.seeded.channels.mirror.id;

beforeAll(async () => {
    mattermost = await startMattermost();
    bridge = await startTestBridge({
        mattermost,
        config: {conversation_link: 'https://aurora.i-reserve.example/admin.php?id={conversation_id}', card_properties: ['booking']},
    });
});

afterAll(async () => {
    await bridge.stop();
    await mattermost.stop();
});

const visitor = (name: string) => ({type: 'visitor', name});
const say = (conversation_id: string, message_id: string, text: string, more: object = {}) =>
    eventOf('message.created', {conversation_id, message_id, author: visitor('Anna de Vries'), text, ...more});

function threadOf(conversation_id: string) {
    const root = mattermost.look.roots(mirror()).find((post) => post.message.includes(conversation_id));
    if (!root) throw new Error(`no thread of ${conversation_id}`);
    return mattermost.look.thread(root.id);
}

test('a started conversation becomes a card that is complete as plain text', async () => {
    const outcome = await bridge.deliver(
        eventOf('conversation.started', {
            conversation_id: 'C-card',
            visitor: {name: 'Anna de Vries', email: 'anna@example.com', properties: {booking: 'B-77', secret: 'not for the channel'}},
            page: {url: 'https://boats.example/rent?day=1', title: 'Rent a boat'},
            language: 'nl',
            status: 'waiting',
            started_at: '2026-11-22T10:31:00+01:00',
        }),
    );
    expect(outcome.outcome).toBe('created');
    const [card] = threadOf('C-card');
    for (const piece of ['Anna de Vries', 'Rent a boat', 'https://boats.example/rent?day=1', 'C-card', 'Dutch', 'B-77', '10:31']) {
        expect(card?.message).toContain(piece);
    }
    expect(card?.message).toContain('https://aurora.i-reserve.example/admin.php?id=C-card');
    expect(card?.message).not.toContain('not for the channel');
    expect(card?.message).not.toContain('anna@example.com');
    expect(card?.username).toBe('ireserve');
    expect(outcome.thread).toEqual({channel_id: mirror(), root_id: card?.id, url: `${mattermost.url}/hotel-aurora/pl/${card?.id}`});
});

test('messages are replies in order, with the sender’s name and role', async () => {
    await bridge.deliver(eventOf('conversation.started', {conversation_id: 'C-order', visitor: {name: 'Anna de Vries'}}));
    const events = [
        say('C-order', 'm1', 'one'),
        eventOf('message.created', {conversation_id: 'C-order', message_id: 'm2', author: {type: 'agent', name: 'Bram'}, text: 'two'}),
        eventOf('message.created', {conversation_id: 'C-order', message_id: 'm3', author: {type: 'bot', name: 'Robo'}, text: 'three'}),
    ];
    const {status, body} = await bridge.push({events}, {prefer: 'wait=20'});
    expect(status).toBe(200);
    expect(body.results.map(({outcome, state}) => [outcome, state])).toEqual(events.map(() => ['created', 'delivered']));
    const [, first, second, third] = threadOf('C-order');
    expect(first?.message).toMatch(/Anna de Vries[\s\S]*visitor[\s\S]*one/i);
    expect(second?.message).toMatch(/Bram[\s\S]*agent[\s\S]*two/i);
    expect(third?.message).toMatch(/Robo[\s\S]*three/i);
});

test('a message before its conversation.started ends in one thread whose card learns the rest', async () => {
    await bridge.deliver(say('C-early', 'm1', 'anyone there?'));
    await bridge.deliver(
        eventOf('conversation.started', {conversation_id: 'C-early', page: {url: 'https://boats.example/late', title: 'Late page'}}),
    );
    expect(mattermost.look.roots(mirror()).filter((post) => post.message.includes('C-early'))).toHaveLength(1);
    const [card, message] = threadOf('C-early');
    expect(card?.message).toContain('Anna de Vries');
    expect(card?.message).toContain('Late page');
    expect(message?.message).toContain('anyone there?');
});

test('updates keep the card current, a late arrival never overwrites a newer fact, and closing shows', async () => {
    const at = (second: number) => ({timestamp: `2026-11-22T10:00:0${second}Z`});
    await bridge.deliver(eventOf('conversation.started', {conversation_id: 'C-live', visitor: {name: 'Kim'}}, at(1)));
    await bridge.deliver(eventOf('conversation.updated', {conversation_id: 'C-live', status: 'open', assignee: {name: 'Bram'}}, at(5)));
    expect(threadOf('C-live')[0]?.message).toContain('Bram');
    const late = eventOf('conversation.updated', {conversation_id: 'C-live', assignee: {name: 'Too late'}}, at(3));
    expect((await bridge.push(late, {prefer: 'wait=20'})).body).toMatchObject({state: 'ignored', reason: {code: 'stale'}});
    expect(threadOf('C-live')[0]?.message).not.toContain('Too late');
    await bridge.deliver(eventOf('conversation.updated', {conversation_id: 'C-live', assignee: null}, at(6)));
    expect(threadOf('C-live')[0]?.message).not.toContain('Bram');
    const before = threadOf('C-live')[0]?.message;
    await bridge.deliver(eventOf('conversation.closed', {conversation_id: 'C-live', reason: 'visitor left'}, at(7)));
    const after = threadOf('C-live')[0]?.message;
    expect(after).not.toBe(before);
    expect(after).toMatch(/closed/i);
    expect(threadOf('C-live')).toHaveLength(1);
});

test('an unchanged card is not posted again', async () => {
    const facts = {conversation_id: 'C-same', visitor: {name: 'Kim'}, started_at: '2026-11-22T10:31:00Z'};
    await bridge.deliver(eventOf('conversation.started', facts));
    const [card] = threadOf('C-same');
    const before = mattermost.requests().length;
    await bridge.deliver(eventOf('conversation.updated', facts));
    expect(
        mattermost
            .requests()
            .slice(before)
            .map((request) => request.route),
    ).toEqual([]);
    expect(threadOf('C-same')[0]?.update_at).toBe(card?.update_at);
});

test('edits edit, deletions mark as withdrawn, stale edits are ignored', async () => {
    const at = (second: number) => ({timestamp: `2026-11-22T10:00:0${second}Z`});
    const ids = {conversation_id: 'C-edit', message_id: 'm1'};
    await bridge.deliver(eventOf('message.created', {...ids, author: visitor('Kim'), text: 'helo'}, at(1)));
    const [, posted] = threadOf('C-edit');
    await bridge.deliver(eventOf('message.edited', {...ids, text: 'hello'}, at(4)));
    expect(mattermost.look.post(posted?.id ?? '')?.message).toMatch(/Kim[\s\S]*hello/);
    const stale = await bridge.push(eventOf('message.edited', {...ids, text: 'hallo'}, at(2)), {prefer: 'wait=20'});
    expect(stale.body).toMatchObject({state: 'ignored', reason: {code: 'stale'}});
    expect(mattermost.look.post(posted?.id ?? '')?.message).toContain('hello');
    await bridge.deliver(eventOf('message.deleted', ids, at(5)));
    const withdrawn = mattermost.look.post(posted?.id ?? '');
    expect(withdrawn?.delete_at).toBe(0);
    expect(withdrawn?.message).not.toContain('hello');
    expect(withdrawn?.message).toMatch(/withdrawn/i);
    const again = await bridge.push(eventOf('message.edited', {...ids, text: 'hi'}, at(6)), {prefer: 'wait=20'});
    expect(again.body.reason?.code).toBe('message_withdrawn');
});

test('an edit or withdrawal that comes before its message is applied when the message arrives', async () => {
    await bridge.deliver(eventOf('conversation.started', {conversation_id: 'C-held', visitor: {name: 'Kim'}}));
    const edit = await bridge.push(eventOf('message.edited', {conversation_id: 'C-held', message_id: 'm1', text: 'second wording'}), {
        prefer: 'wait=20',
    });
    expect(edit.body).toMatchObject({state: 'ignored', reason: {code: 'held_for_message'}});
    await bridge.push(eventOf('message.deleted', {conversation_id: 'C-held', message_id: 'm2'}), {prefer: 'wait=20'});
    await bridge.deliver(say('C-held', 'm1', 'first wording'));
    await bridge.deliver(say('C-held', 'm2', 'regretted words'));
    const texts = threadOf('C-held').map((post) => post.message);
    expect(texts.join()).toContain('second wording');
    expect(texts.join()).not.toContain('first wording');
    expect(texts.join()).not.toContain('regretted words');
    expect(texts).toHaveLength(3);
});

test('an edit to a longer or shorter text makes more or fewer posts', async () => {
    const ids = {conversation_id: 'C-long', message_id: 'm1'};
    await bridge.deliver(say('C-long', 'm1', 'short'));
    const words = Array.from({length: 6000}, (_, index) => `word${index}`).join(' ');
    await bridge.deliver(eventOf('message.edited', {...ids, text: words}));
    const long = threadOf('C-long');
    expect(long.length).toBeGreaterThan(3);
    for (const post of long) expect([...post.message].length).toBeLessThanOrEqual(16_383);
    const all = long.map((post) => post.message).join(' ');
    for (const word of ['word0', 'word3000', 'word5999']) expect(all).toMatch(new RegExp(`${word}\\b`));
    await bridge.deliver(eventOf('message.edited', {...ids, text: 'short again'}));
    expect(threadOf('C-long').map((post) => post.message.includes('short again'))).toEqual([false, true]);
});

test('the same message id under another event id is not posted twice', async () => {
    await bridge.deliver(say('C-twice', 'm1', 'only once'));
    const {body} = await bridge.push(say('C-twice', 'm1', 'only once'), {prefer: 'wait=20'});
    expect(body).toMatchObject({state: 'ignored', reason: {code: 'message_known'}});
    expect(threadOf('C-twice')).toHaveLength(2);
});

test('nothing a visitor writes pings anybody, in any field', async () => {
    const hostile =
        '@channel @all @here @anna.keller \\@channel &#64;channel `@channel` **@here** [@all](https://x.example/@channel) ＠channel';
    await bridge.deliver(
        eventOf('conversation.started', {
            conversation_id: 'C-ping',
            visitor: {name: `Eve ${hostile}`.slice(0, 300), properties: {booking: hostile}},
            page: {url: 'https://x.example/@channel?q=@all', title: hostile},
            topic: hostile,
        }),
    );
    for (const format of ['plain', 'markdown']) {
        await bridge.deliver(
            eventOf('message.created', {
                conversation_id: 'C-ping',
                message_id: `ping-${format}`,
                author: visitor(`Eve @here ${hostile}`.slice(0, 300)),
                text: `${hostile}\n> @channel\n\`\`\`\n@channel\n\`\`\`\n${hostile}`,
                format,
                attachments: [{name: '@channel.txt', content_base64: Buffer.from('x').toString('base64')}],
            }),
        );
    }
    await bridge.deliver(
        eventOf('notification.created', {
            notification_id: 'N-ping',
            notification_type: 'booking_confirmation',
            title: hostile,
            text: hostile,
            fields: [{title: hostile, value: hostile}],
            link: {url: 'https://x.example/@channel', title: hostile},
        }),
    );
    const posts = [...threadOf('C-ping'), ...mattermost.look.posts(mattermost.seeded.channels.notifications.id)];
    expect(posts.length).toBeGreaterThanOrEqual(4);
    for (const post of posts) expect(post.mentions).toEqual({users: [], special: []});
    for (const post of posts) expect(post.message).not.toMatch(/!\[/);
});

test('a notification stands alone in the channel of its type; an unmapped one is not sent, and said so', async () => {
    const notification = (notification_type: string) =>
        eventOf('notification.created', {
            notification_id: `N-${notification_type}`,
            notification_type,
            title: 'Booking 1284 confirmed',
            text: 'Two kayaks',
            fields: [{title: 'Date', value: '13-02-2027'}],
            link: {url: 'https://aurora.example/booking/1284', title: 'Open booking'},
        });
    await bridge.deliver(notification('booking_confirmation'));
    const posts = mattermost.look
        .posts(mattermost.seeded.channels.notifications.id)
        .filter((post) => post.message.includes('Booking 1284'));
    expect(posts).toHaveLength(1);
    expect(posts[0]?.root_id).toBe('');
    for (const piece of ['Two kayaks', 'Date', '13-02-2027', 'https://aurora.example/booking/1284'])
        expect(posts[0]?.message).toContain(piece);
    const {status, body} = await bridge.push(notification('status_changed'));
    expect(status).toBe(200);
    expect(body).toMatchObject({outcome: 'ignored', state: 'ignored', reason: {code: 'notification_unmapped'}});
    const logged = await bridge.database.read.selectFrom('log').selectAll().where('code', '=', 'notification_unmapped').execute();
    expect(logged).toHaveLength(1);
});

test('typing is shown in the thread at once and leaves nothing behind', async () => {
    await bridge.deliver(say('C-typing', 'm1', 'hello'));
    const [root] = threadOf('C-typing');
    const {status, body} = await bridge.push(eventOf('visitor.typing', {conversation_id: 'C-typing'}));
    expect([status, body.outcome, body.state]).toEqual([200, 'updated', undefined]);
    const request = await mattermost.until(() => mattermost.requests().find(({route}) => route.includes('typing')));
    expect(request.status).toBe(200);
    expect(root).toBeDefined();
    expect(await bridge.database.read.selectFrom('delivery').select('seq').where('type', '=', 'visitor.typing').execute()).toEqual([]);
});
