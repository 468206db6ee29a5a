/** How often may be asked: a session is slowed down alone; who guesses is stopped, and those who come through the same address are not. */
import {randomBytes} from 'node:crypto';
import {expect, test} from 'vitest';
import {MOST_FAILURES} from '../../bridge/http/limit-failures.ts';
import {bridgeForFile} from '../api/bridge-for-file.ts';
import {bearer, send} from '../api/send.ts';
import {openPanel, panelWith} from './panel.ts';

const MOST_EVENT_REQUESTS = 50;
// A clock that stands: no window ends while a busy machine counts.
const started = Date.now();
const now = () => started;
const file = bridgeForFile({environment: {EVENT_REQUESTS_PER_10_SECONDS: String(MOST_EVENT_REQUESTS)}, overrides: {now}});

const times = async <T>(count: number, ask: () => Promise<T>): Promise<T[]> => {
    const all: T[] = [];
    for (let left = count; left > 0; left -= 40) all.push(...(await Promise.all(Array.from({length: Math.min(40, left)}, ask))));
    return all;
};

test('a session that asks too often is told when to come back; another goes on', async () => {
    const [anna, bram] = await Promise.all(file.mattermost.seeded.agents.slice(0, 2).map(({id}) => openPanel(file.bridge, id, {now})));
    const statuses = (await times(130, () => anna?.get('/me') ?? Promise.reject())).map(({status}) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(120);
    const refused = await anna?.get('/me');
    expect(refused).toMatchObject({status: 429, body: {code: 'too_many_requests'}});
    expect(refused?.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const after = Number(refused?.headers.get('retry-after'));
    expect(after).toBeGreaterThan(0);
    expect(after).toBeLessThanOrEqual(10);
    expect((await bram?.get('/me'))?.status).toBe(200);
});

test('who guesses is stopped, whatever is guessed; who has a valid bearer goes on from the same address, an old or a new one', async () => {
    const {bridge, mattermost} = file;
    const old = await openPanel(bridge, mattermost.seeded.agents[2].id, {now});
    expect((await old.get('/me')).status).toBe(200);
    const guess = () => panelWith(bridge, {authorization: `Bearer iras_${randomBytes(32).toString('base64url')}`}).get('/me');
    const codes = (await times(MOST_FAILURES + 50, guess)).map(({body}) => body.code);
    expect(codes.filter((code) => code === 'session_expired').length).toBeLessThanOrEqual(MOST_FAILURES);
    expect(codes.at(-1)).toBe('too_many_requests');
    // The same client at the other APIs.
    const event = (authorization: string) => send(bridge.url, {path: '/v1/events/any', headers: {authorization}});
    for (const refused of [await event('Bearer irb_nobody'), await send(bridge.url, {path: '/v1/admin/me'})]) {
        expect({status: refused.status, after: Number(refused.headers['retry-after'])}).toEqual({status: 429, after: expect.any(Number)});
    }
    const fresh = await openPanel(bridge, mattermost.seeded.agents[1].id, {now});
    expect([(await fresh.get('/me')).status, (await old.get('/me')).status]).toEqual([200, 200]);
    expect((await event(String(bearer(bridge).authorization))).status).toBe(404);
});

test('an integration that asks the event API too often is told when to come back', async () => {
    const {bridge} = file;
    const replies = await times(MOST_EVENT_REQUESTS + 1, () => send(bridge.url, {path: '/v1/events/any', headers: bearer(bridge)}));
    const refused = replies.find(({status}) => status === 429);
    expect(JSON.parse(refused?.text ?? '{}')).toMatchObject({code: 'too_many_requests'});
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
});
