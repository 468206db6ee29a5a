/** How often may be asked: a session is slowed down alone; who guesses is stopped, and those who come through the same address are not. */
import {randomBytes} from 'node:crypto';
import {expect, test} from 'vitest';
import {bridgeForFile} from '../api/bridge-for-file.ts';
import {openPanel, panelWith} from './panel.ts';

const file = bridgeForFile();

const times = async <T>(count: number, ask: () => Promise<T>): Promise<T[]> => {
    const all: T[] = [];
    for (let left = count; left > 0; left -= 40) all.push(...(await Promise.all(Array.from({length: Math.min(40, left)}, ask))));
    return all;
};

test('a session that asks too often is told when to come back; another goes on', async () => {
    const [anna, bram] = await Promise.all(file.mattermost.seeded.agents.slice(0, 2).map(({id}) => openPanel(file.bridge, id)));
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

test('who guesses bearers is stopped after 600 in 10 s; a session that was good goes on from the same address', async () => {
    const panel = await openPanel(file.bridge, file.mattermost.seeded.agents[2].id);
    expect((await panel.get('/me')).status).toBe(200);
    const guess = () => panelWith(file.bridge, {authorization: `Bearer iras_${randomBytes(32).toString('base64url')}`}).get('/me');
    const codes = (await times(700, guess)).map(({body}) => body.code);
    expect(codes.filter((code) => code === 'session_expired').length).toBeLessThanOrEqual(600);
    expect(codes.at(-1)).toBe('too_many_requests');
    expect((await panel.get('/me')).status).toBe(200);
});
