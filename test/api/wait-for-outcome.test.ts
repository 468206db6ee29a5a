/** Waiting for the outcome in Mattermost: `Prefer: wait`, and asking later. */
import {expect, test} from 'vitest';
import {bridgeForFile} from './bridge-for-file.ts';
import {message} from './events.ts';
import {bearer, expectRefusal, send} from './send.ts';
import {settled} from './settled.ts';

const file = bridgeForFile();
const statusOf = (id: string) => send(file.bridge.url, {path: `/v1/events/${id}`, headers: bearer(file.bridge)});

test('settled within the wait: 200, with the thread and the posts', async () => {
    const {status, headers, body} = await file.bridge.push(message('C-wait', 'M-1'), {prefer: 'wait=20'});
    expect(status).toBe(200);
    expect(headers.get('preference-applied')).toBe('wait=20');
    expect(body).toMatchObject({outcome: 'created', state: 'delivered', thread: {root_id: expect.stringMatching(/^[a-z0-9]{26}$/)}});
    expect(file.mattermost.look.post(body.post_ids?.[0] ?? '')?.message).toContain('Hello');
});

test('without a wait: 202 at once, and the status address tells the rest', async () => {
    file.mattermost.latency.extraMs.set('POST /posts', 300);
    const {status, headers, body} = await file.bridge.push(message('C-nowait', 'M-1'));
    expect({status, state: body.state, applied: headers.get('preference-applied')}).toEqual({status: 202, state: 'queued', applied: null});
    file.mattermost.latency.extraMs.clear();
    await settled(file.bridge);
    const {pathname} = new URL(body.status_url ?? '');
    const later = await send(file.bridge.url, {path: pathname, headers: bearer(file.bridge)});
    expect(later.status).toBe(200);
    expect(later.body).toMatchObject({event_id: body.event_id, outcome: 'created', state: 'delivered', post_ids: [expect.any(String)]});
    expect(later.body.reason).toBeUndefined();
});

test('Mattermost is down: 202 when the wait is over, with the reason; delivered when it is back', async () => {
    file.mattermost.faults.add({kind: 'bad-gateway'});
    const before = performance.now();
    const {status, headers, body} = await file.bridge.push(message('C-down', 'M-1'), {prefer: 'respond-async, wait=1'});
    expect(performance.now() - before).toBeGreaterThan(990);
    expect({status, state: body.state, applied: headers.get('preference-applied')}).toEqual({
        status: 202,
        state: 'queued',
        applied: 'wait=1',
    });
    expect(body.reason?.code).toBe('mattermost_error');
    // Whoever sends it again waits for the same delivery.
    const again = file.bridge.push(message('C-down', 'M-2'), {prefer: 'wait=20'});
    file.mattermost.faults.clear();
    expect((await again).body.state).toBe('delivered');
    expect((await statusOf(body.event_id)).body).toMatchObject({state: 'delivered', outcome: 'created'});
});

test.each([
    ['wait=9999', 'wait=30'],
    ['handling=lenient; wait=5', 'wait=5'],
    ['wait=0', null],
    ['wait=-1', null],
    ['wait=soon', null],
    ['await=5', null],
])('Prefer: %s is applied as %s', async (prefer, applied) => {
    const {status, headers} = await file.bridge.push(message('C-prefer', crypto.randomUUID()), {prefer});
    expect(status).toBe(applied ? 200 : 202);
    expect(headers.get('preference-applied')).toBe(applied);
});

test('the state of an event nobody sent', async () => {
    expectRefusal(await statusOf('evt-nobody'), 'unknown_event');
    expectRefusal(await statusOf('x'.repeat(129)), 'invalid_request');
    expectRefusal(await statusOf('%ff'), 'invalid_request');
});

test('every id the contract allows can be asked for', async () => {
    const event = {...message('C-id', 'M-1'), id: 'A-z.0_9:@~-'};
    const {body} = await file.bridge.push(event, {prefer: 'wait=20'});
    expect((await send(file.bridge.url, {path: new URL(body.status_url ?? '').pathname, headers: bearer(file.bridge)})).body).toEqual(body);
});
