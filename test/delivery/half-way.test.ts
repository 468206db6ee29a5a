/** A delivery of several posts is stopped half-way by something else than a crash, and Mattermost forgets its keys: still everything once. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';
import {type SeenPost, seenPosts} from './seen.ts';

const CREATE = 'POST /posts';
/** Three posts of at most 16,000 code points. */
const LONG = Array.from({length: 4500}, (_, index) => `word${index}`).join(' ');

let mattermost: MattermostDouble;
let bridge: TestBridge;

beforeAll(async () => {
    mattermost = await startMattermost();
    bridge = await startTestBridge({mattermost, config: {messages_per_thread: 10}, environment: {MATTERMOST_TIMEOUT_MS: '2000'}});
});

afterAll(async () => {
    await bridge.stop();
    await mattermost.stop();
});

const channels = () => [mattermost.seeded.channels.mirror.id, mattermost.seeded.channels.notifications.id];
const postsOf = (conversation: string | null): SeenPost[] =>
    seenPosts(mattermost.look, channels()).filter(({mark}) => mark.conversation === conversation);
const keysOf = (conversation: string | null): string[] => postsOf(conversation).map(({mark}) => mark.key);

/** Does something in the very turn in which a post appears: before the next request. */
function atOnce(conversation: string | null, key: string, act: () => void): Promise<unknown> {
    let acted = false;
    return mattermost.until(() => {
        // What is done may announce itself, and ask again.
        if (acted) return true;
        acted = keysOf(conversation).includes(key);
        if (acted) act();
        return acted;
    }, 15_000);
}

async function settled(id: string): Promise<string> {
    const state = async () =>
        (await bridge.database.read.selectFrom('delivery').select('state').where('source_id', '=', id).executeTakeFirst())?.state;
    await expect.poll(state, {timeout: 25_000, interval: 20}).not.toBe('queued');
    return (await state()) ?? '';
}

/** What an admin does when it is mended: whatever waits is tried now. */
const wake = () => bridge.change({});

const count = async (code: string) => (await bridge.database.read.selectFrom('log').select('id').where('code', '=', code).execute()).length;
const logged = (code: string) => expect.poll(() => count(code), {timeout: 15_000});

const started = (conversation_id: string) => bridge.deliver(eventOf('conversation.started', {conversation_id, visitor: {name: 'Kim'}}));
const long = (conversation_id: string, message_id = 'm1') =>
    eventOf('message.created', {conversation_id, message_id, author: {type: 'visitor', name: 'Kim'}, text: LONG});
const THREE = ['message:m1:0', 'message:m1:1', 'message:m1:2'];

test('the server limits the rate between two parts', async () => {
    await started('C-limited');
    const event = long('C-limited');
    const limited = atOnce('C-limited', 'message:m1:0', () => mattermost.faults.add({kind: 'too-many', route: CREATE, next: 1}));
    await bridge.push(event);
    await limited;
    await logged('mattermost_rate_limited').toBeGreaterThan(0);
    mattermost.act.restart();
    expect(await settled(event.id)).toBe('delivered');
    expect(keysOf('C-limited')).toEqual(['root:1', ...THREE]);
});

test('the bot is removed between two parts, and added again', async () => {
    await started('C-removed');
    const {mirror} = mattermost.seeded.channels;
    const {bot} = mattermost.seeded;
    const event = long('C-removed');
    const removed = atOnce('C-removed', 'message:m1:0', () => mattermost.act.removeMember(mirror.id, bot.id));
    await bridge.push(event);
    await removed;
    await logged('bot_not_in_channel').toBeGreaterThan(0);
    mattermost.act.restart();
    mattermost.act.addMember(mirror.id, bot.id);
    await wake();
    expect(await settled(event.id)).toBe('delivered');
    expect(keysOf('C-removed')).toEqual(['root:1', ...THREE]);
});

test('the token is revoked between two parts, and renewed', async () => {
    await started('C-revoked');
    const {bot} = mattermost.seeded;
    const event = long('C-revoked');
    const revoked = atOnce('C-revoked', 'message:m1:0', () => mattermost.act.revokeTokens(bot.id));
    await bridge.push(event);
    await revoked;
    await logged('mattermost_token_refused').toBeGreaterThan(0);
    mattermost.act.restart();
    await bridge.change({secrets: {bot_token: mattermost.act.newToken(bot.id)}});
    expect(await settled(event.id)).toBe('delivered');
    expect(keysOf('C-revoked')).toEqual(['root:1', ...THREE]);
});

test('the thread is moved between two parts', async () => {
    await started('C-moved');
    const event = long('C-moved');
    let move: Promise<unknown> | undefined;
    const moved = atOnce('C-moved', 'message:m1:0', () => {
        const root = postsOf('C-moved').find(({mark}) => mark.kind === 'root');
        move = mattermost.act.moveThread(root?.id ?? '', mattermost.seeded.channels.mirror.id);
    });
    await bridge.push(event);
    await moved;
    await move;
    expect(await settled(event.id)).toBe('delivered');
    expect(keysOf('C-moved')).toEqual(['root:1', ...THREE]);
});

test('the thread is deleted between two parts: all of the message stands in the new one', async () => {
    await started('C-deleted');
    const event = long('C-deleted');
    const deleted = atOnce('C-deleted', 'message:m1:0', () => {
        const root = postsOf('C-deleted').find(({mark}) => mark.kind === 'root');
        mattermost.act.remove(mattermost.seeded.admin.id, root?.id ?? '');
    });
    await bridge.push(event);
    await deleted;
    expect(await settled(event.id)).toBe('delivered');
    expect(keysOf('C-deleted')).toEqual(['root:2', ...THREE]);
});

test('the server limits the rate while an edit adds parts', async () => {
    await started('C-grown');
    await bridge.deliver(
        eventOf('message.created', {conversation_id: 'C-grown', message_id: 'm1', author: {type: 'visitor'}, text: 'short'}),
    );
    const event = eventOf('message.edited', {conversation_id: 'C-grown', message_id: 'm1', text: LONG});
    const limited = atOnce('C-grown', 'message:m1:edit:1', () => mattermost.faults.add({kind: 'too-many', route: CREATE, next: 1}));
    const before = await count('mattermost_rate_limited');
    await bridge.push(event);
    await limited;
    await logged('mattermost_rate_limited').toBeGreaterThan(before);
    mattermost.act.restart();
    expect(await settled(event.id)).toBe('delivered');
    expect(keysOf('C-grown')).toEqual(['root:1', 'message:m1:0', 'message:m1:edit:1', 'message:m1:edit:2']);
});

test('the token is revoked between a continuation and the link to it: the link is made once it is renewed', async () => {
    await started('C-linked');
    const say = (n: number) =>
        eventOf('message.created', {conversation_id: 'C-linked', message_id: `m${n}`, author: {type: 'visitor'}, text: 'hello'});
    for (let n = 0; n < 10; n++) await bridge.deliver(say(n));
    const {bot} = mattermost.seeded;
    const event = say(10);
    const revoked = atOnce('C-linked', 'root:2', () => mattermost.act.revokeTokens(bot.id));
    const before = await count('mattermost_token_refused');
    await bridge.push(event);
    await revoked;
    await logged('mattermost_token_refused').toBeGreaterThan(before);
    await bridge.change({secrets: {bot_token: mattermost.act.newToken(bot.id)}});
    expect(await settled(event.id)).toBe('delivered');
    expect(keysOf('C-linked').slice(-3)).toEqual(['root:2', 'link:2', 'message:m10:0']);
});

test('a notification is stopped between two posts', async () => {
    const event = eventOf('notification.created', {
        notification_id: 'N1',
        notification_type: 'booking_confirmation',
        title: 'Long',
        text: LONG,
    });
    const before = await count('mattermost_rate_limited');
    const limited = atOnce(null, 'notification:N1:0', () => mattermost.faults.add({kind: 'too-many', route: CREATE, next: 1}));
    await bridge.push(event);
    await limited;
    await logged('mattermost_rate_limited').toBeGreaterThan(before);
    mattermost.act.restart();
    expect(await settled(event.id)).toBe('delivered');
    expect(keysOf(null)).toEqual(['notification:N1:0', 'notification:N1:1', 'notification:N1:2']);
});
