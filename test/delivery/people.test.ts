/** People tidy up in Mattermost while a conversation goes on: what the bridge says afterwards is still right, and no lane waits for them. */
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';
import {type SeenPost, seenPosts} from './seen.ts';

const MESSAGES_PER_THREAD = 10;
const LONG = Array.from({length: 4500}, (_, index) => `word${index}`).join(' ');

let mattermost: MattermostDouble;
let bridge: TestBridge;
let id: string;
let count = 0;

beforeAll(async () => {
    mattermost = await startMattermost();
    bridge = await startTestBridge({mattermost, config: {messages_per_thread: MESSAGES_PER_THREAD}});
});

beforeEach(async () => {
    id = `C-${++count}`;
    await bridge.deliver(eventOf('conversation.started', {conversation_id: id, visitor: {name: 'Kim'}}));
});

afterAll(async () => {
    await bridge.stop();
    await mattermost.stop();
});

const mirror = () => mattermost.seeded.channels.mirror.id;
const postsOf = (conversation: string): SeenPost[] =>
    seenPosts(mattermost.look, [mirror()]).filter(({mark}) => mark.conversation === conversation);
const postOf = (conversation: string, key: string): SeenPost => {
    const post = postsOf(conversation).find(({mark}) => mark.key === key);
    if (!post) throw new Error(`no ${key} in ${conversation}`);
    return post;
};
const textsOf = (conversation: string): string =>
    postsOf(conversation)
        .map(({message}) => message)
        .join('\n');
const remove = (key: string) => mattermost.act.remove(mattermost.seeded.admin.id, postOf(id, key).id);
const move = () => mattermost.act.moveThread(postOf(id, 'root:1').id, mirror());

const say = (message_id: string, text: string, more: object = {}) =>
    bridge.deliver(eventOf('message.created', {conversation_id: id, message_id, author: {type: 'visitor', name: 'Kim'}, text, ...more}));
const edited = (message_id: string, text: string) => eventOf('message.edited', {conversation_id: id, message_id, text});
const withdrawn = (message_id: string) => eventOf('message.deleted', {conversation_id: id, message_id});

/** Pushes and waits until it is settled, however. */
async function settle(event: object) {
    const {body} = await bridge.push(event, {prefer: 'wait=8'});
    return body;
}

test('a message is withdrawn after its thread was moved', async () => {
    await say('m1', 'regretted words');
    await move();
    await settle(withdrawn('m1'));
    expect(textsOf(id)).not.toContain('regretted words');
});

test('a message with posts added by an edit is withdrawn after its thread was moved', async () => {
    await say('m1', 'short');
    await settle(edited('m1', `${LONG} regretted words`));
    await move();
    await say('m2', 'still here');
    await settle(withdrawn('m1'));
    expect(textsOf(id)).not.toContain('regretted words');
});

test('a message is withdrawn whose thread was moved after it had been continued', async () => {
    await say('m1', 'regretted words');
    for (let n = 0; n < MESSAGES_PER_THREAD; n++) await say(`more${n}`, 'and more');
    await move();
    await settle(withdrawn('m1'));
    expect(textsOf(id)).not.toContain('regretted words');
});

test('a conversation is closed after its thread was moved', async () => {
    await move();
    await settle(eventOf('conversation.closed', {conversation_id: id}));
    expect(postOf(id, 'root:1').message).toMatch(/closed/i);
});

test('a withdrawn message is not quoted by the card of a recreated thread', async () => {
    await say('m1', 'regretted words');
    remove('root:1');
    await say('m2', 'still here');
    expect(postOf(id, 'root:2').message).toContain('regretted words');
    await settle(withdrawn('m1'));
    expect(textsOf(id)).not.toContain('regretted words');
});

test('one post of a long message was deleted: an edit does not wait for an admin', async () => {
    await say('m1', LONG);
    remove('message:m1:1');
    const {state, reason} = await settle(edited('m1', `${LONG} edited`));
    expect([state, reason?.code]).not.toEqual(['queued', 'bot_not_in_channel']);
    expect(state).not.toBe('queued');
});

test('an edit that needs more posts finds the current thread deleted: it is not stuck', async () => {
    await say('m1', 'short');
    for (let n = 0; n < MESSAGES_PER_THREAD; n++) await say(`more${n}`, 'and more');
    remove('root:2');
    const {state, reason} = await settle(edited('m1', LONG));
    expect([state, reason?.code]).not.toEqual(['queued', 'root_gone']);
    expect(state).not.toBe('queued');
});

test('an edit keeps the files that did not fit into the first post', async () => {
    const attachments = Array.from({length: 12}, (_, n) => ({
        name: `file${n}.txt`,
        content_base64: Buffer.from(`file ${n}`).toString('base64'),
    }));
    await say('m1', 'twelve files', {attachments});
    await settle(edited('m1', 'a dozen files'));
    expect(postsOf(id).flatMap(({files}) => files)).toHaveLength(12);
});

test('long, short, long again: the posts are made anew at once', async () => {
    await say('m1', 'short');
    await settle(edited('m1', LONG));
    await settle(edited('m1', 'short again'));
    const {state} = await settle(edited('m1', `${LONG} the end`));
    expect(state).toBe('delivered');
    expect(textsOf(id)).toContain('the end');
});

test('a notice about a notification channel goes when a notification gets through', async () => {
    const {channels, bot} = mattermost.seeded;
    const notification = (notification_id: string) =>
        eventOf('notification.created', {notification_id, notification_type: 'booking_confirmation', title: 'Booking'});
    const standing = () => bridge.database.read.selectFrom('notice').select(['code', 'subject']).execute();
    mattermost.act.removeMember(channels.notifications.id, bot.id);
    await bridge.push(notification('N1'));
    await expect.poll(standing, {timeout: 10_000}).toEqual([{code: 'bot_not_in_channel', subject: channels.notifications.id}]);
    mattermost.act.addMember(channels.notifications.id, bot.id);
    await bridge.change({});
    await expect.poll(standing, {timeout: 10_000}).toEqual([]);
});

test('the middle card of three keeps its link back', async () => {
    for (let n = 0; n < 2 * MESSAGES_PER_THREAD + 2; n++) await say(`more${n}`, 'and more');
    const middle = postOf(id, 'root:2').message;
    expect(middle).toContain(postOf(id, 'root:1').id);
    expect(middle).toContain(postOf(id, 'root:3').id);
});

test('a second notification with an id known before is not swallowed, nor said twice', async () => {
    const notification = (text: string) =>
        eventOf('notification.created', {notification_id: 'N2', notification_type: 'booking_confirmation', title: 'Booking', text});
    await bridge.deliver(notification('first wording'));
    const second = await bridge.push(notification('second wording'), {prefer: 'wait=20'});
    expect(second.body).toMatchObject({state: 'ignored', reason: {code: 'notification_known'}});
    const shown = mattermost.look.posts(mattermost.seeded.channels.notifications.id).map(({message}) => message);
    expect(shown.filter((message) => message.includes('wording'))).toHaveLength(1);
});
