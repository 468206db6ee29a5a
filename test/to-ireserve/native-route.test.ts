import {afterAll, beforeAll, expect, it} from 'vitest';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {startTestBridge, type TestBridge} from '../support/bridge.ts';

const TOKEN = 'a-long-random-token-of-43-characters-0123456';
const BODY = {data: {id: 3691, object_desc: 'Sloep Zilvermeeuw', status: 'OPEN', date_from: '2026-07-18T10:00:00+0200'}};

let mattermost: MattermostDouble;
let bridge: TestBridge;
const call = (token: string, body: string, type = 'application/json') =>
    fetch(`${bridge.url}/v1/ireserve/hook/${token}?event=booking_created`, {method: 'POST', headers: {'content-type': type}, body});

beforeAll(async () => {
    mattermost = await startMattermost();
    const {notifications} = mattermost.seeded.channels;
    bridge = await startTestBridge({
        mattermost,
        config: {notifications: {booking_created: notifications.id}},
        secrets: {native_hook_token: TOKEN},
    });
});
afterAll(async () => {
    await bridge.stop();
    await mattermost.stop();
});

it('a call of i-Reserve’s own webhook is a notification, once however often it comes', async () => {
    const {notifications} = mattermost.seeded.channels;
    for (let times = 0; times < 3; times++) expect((await call(TOKEN, JSON.stringify(BODY))).status).toBe(200);
    const post = await mattermost.until(() => mattermost.look.posts(notifications.id).find(({message}) => message.includes('IRES3691')));
    expect(post.message).toContain('Sloep Zilvermeeuw');
    const form = new URLSearchParams({id: '3692', object_desc: 'Kano', status: 'OPEN'}).toString();
    expect((await call(TOKEN, form, 'application/x-www-form-urlencoded')).status).toBe(200);
    await mattermost.until(() => mattermost.look.posts(notifications.id).some(({message}) => message.includes('IRES3692')));
    expect(mattermost.look.posts(notifications.id).filter(({message}) => message.includes('IRES3691'))).toHaveLength(1);
});

it('without the address nobody is heard, and the address stands in no log', async () => {
    expect((await call('another-token-of-more-than-32-characters-1', JSON.stringify(BODY))).status).toBe(404);
    expect((await call(TOKEN, 'x'.repeat(300_000))).status).toBe(413);
    expect((await call(TOKEN, 'neither json nor a form')).status).toBe(200);
    expect(bridge.logged()).not.toContain(TOKEN);
});
