/** The kill switch: within a second nothing goes out in either direction, nothing that comes is lost, and all of it is seen. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {openPanel} from '../agent-api/panel.ts';
import {type Desk, startDesk} from '../mattermost-calls/desk.ts';
import {eventOf} from '../support/bridge.ts';
import {adminToken, adminWith, type Loose, outcome} from './admin.ts';

let desk: Desk;
let admin: ReturnType<typeof adminWith>;
const ready = async () => (await (await fetch(`${desk.bridge.url}/ready`)).json()) as Loose;
const metric = async () => /^ireserve_kill_switch (\d)$/m.exec(await (await fetch(`${desk.bridge.url}/metrics`)).text())?.[1];

beforeAll(async () => {
    desk = await startDesk();
    admin = adminWith(desk.bridge, (await adminToken(desk.bridge)).token);
});
afterAll(() => desk.stop());

/** Until the running bridge obeys: an agent's act is refused by it. */
async function obeyed(on: boolean): Promise<void> {
    const panel = await openPanel(desk.bridge, desk.anna.id, {now: desk.now});
    await expect
        .poll(async () => (await panel.post('/conversations/none/typing')).body?.code, {timeout: 2000})
        .toBe(on ? 'switched_off' : 'unknown_conversation');
}

test('on: nothing is posted, sent or taken; off: all of it, once and in order', async () => {
    const {mattermost, ireserve, bridge, anna, mirror} = desk;
    const {conversation_id, root_id} = await desk.open();
    const turned = await admin.put('/kill-switch', {on: true, reason: 'wrong texts go out'});
    expect(turned.body).toMatchObject({on: true, by: 'tests', reason: 'wrong texts go out', since: expect.any(String)});
    await obeyed(true);
    const posts = mattermost.look.posts(mirror.id).length;
    const callbacks = ireserve.callbackAttempts.length;

    // i-Reserve pushes: accepted and kept.
    const texts = ['one', 'two', 'three'];
    for (const text of texts) {
        const event = eventOf('message.created', {
            conversation_id,
            message_id: `M-${text}`,
            author: {type: 'visitor', name: 'Sanne'},
            text: `kept ${text}`,
        });
        const {status, body} = await bridge.push(event);
        expect([status, body.state]).toEqual([202, 'queued']);
    }
    expect((await bridge.push(eventOf('visitor.typing', {conversation_id}))).status).toBeLessThan(300);
    // Agents write, press, run and ask: nothing is taken, nothing done.
    const said = [await mattermost.act.reply(anna.id, root_id, 'while off 1'), await mattermost.act.reply(anna.id, root_id, 'while off 2')];
    expect((await desk.run(anna, 'claim', {root_id})).text).toContain('switched off');
    await mattermost.act.press(anna.id, root_id, 'claim').catch(() => undefined);
    const panel = await openPanel(bridge, anna.id, {now: desk.now});
    expect((await panel.get(`/conversations/${conversation_id}`)).status).toBe(200);
    const refused = await panel.act(conversation_id, 'claim');
    expect([refused.status, refused.body.code]).toEqual([503, 'switched_off']);
    expect(outcome(await admin.post('/integrations/aurora-test/test'))).toBe('503 switched_off');

    // Longer than the bridge's looks are apart.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(mattermost.look.posts(mirror.id)).toHaveLength(posts + said.length);
    expect(ireserve.callbackAttempts).toHaveLength(callbacks);
    const taken = bridge.database.read.selectFrom('reply').select('reply_id').where('conversation_id', '=', conversation_id);
    expect(await taken.execute()).toEqual([]);
    expect(mattermost.look.post(root_id)?.message).not.toContain(anna.username);

    expect(await ready()).toMatchObject({status: 'degraded', kill_switch: 'on'});
    expect(await metric()).toBe('1');
    const overview = (await admin.get('/overview')).body;
    expect(overview.kill_switch).toMatchObject({on: true, reason: 'wrong texts go out'});
    expect(overview.integrations[0]).toMatchObject({health: 'off', queued: 3});

    expect((await admin.put('/kill-switch', {on: false})).body).toMatchObject({on: false});
    await obeyed(false);
    await expect
        .poll(
            () =>
                mattermost.look
                    .thread(root_id)
                    // The card repeats the last of them.
                    .filter(({id}) => id !== root_id)
                    .map(({message}) => /kept (\w+)/.exec(message)?.[1])
                    .filter(Boolean),
            {timeout: 15_000},
        )
        .toEqual(texts);
    for (const {id} of said) await ireserve.waitForCallback('message.created', ({data}) => data.message_id === id);
    const ids = ireserve.received
        .filter(({data}) => data.conversation_id === conversation_id && data.message_id)
        .map(({data}) => data.message_id);
    expect(ids).toEqual(said.map(({id}) => id));
    await expect.poll(async () => (await ready()).kill_switch).toBeUndefined();
    expect(await metric()).toBe('0');
});

test('each turn is in the audit trail, once', async () => {
    await admin.put('/kill-switch', {on: false});
    const {items} = (await admin.get('/audit?action=kill_switch.')).body;
    expect(items.map(({action, after}: Loose) => [action, after.reason])).toEqual([
        ['kill_switch.off', ''],
        ['kill_switch.on', 'wrong texts go out'],
    ]);
});

test('it outlives a restart', async () => {
    await admin.put('/kill-switch', {on: true, reason: 'over night'});
    await desk.bridge.restart();
    admin = adminWith(desk.bridge, (await adminToken(desk.bridge)).token);
    expect((await admin.get('/kill-switch')).body).toMatchObject({on: true, reason: 'over night'});
    const before = desk.mattermost.look.posts(desk.mirror.id).length;
    const {status} = await desk.bridge.push(eventOf('conversation.started', {conversation_id: 'C-over-night', visitor: {name: 'Sanne'}}), {
        prefer: 'wait=1',
    });
    expect(status).toBe(202);
    expect(desk.mattermost.look.posts(desk.mirror.id)).toHaveLength(before);
    await admin.put('/kill-switch', {on: false});
    await expect.poll(() => desk.mattermost.look.posts(desk.mirror.id).length, {timeout: 10_000}).toBe(before + 1);
});
