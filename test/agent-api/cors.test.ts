/** Which web pages may call the agent API: those of the Mattermost servers, by the address people's browsers have them under. */
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {startTestBridge, type TestBridge} from '../support/bridge.ts';
import {openPanel} from './panel.ts';

const SITE = 'https://chat.aurora.example:8443';
let mattermost: MattermostDouble;
let bridge: TestBridge;
let ahead = 0;

beforeAll(async () => {
    mattermost = await startMattermost({config: {siteUrl: `${SITE}/sub/path`}});
    bridge = await startTestBridge({mattermost, overrides: {now: () => Date.now() + ahead}});
});
afterAll(async () => {
    await bridge.stop();
    await mattermost.stop();
});

async function ask(
    origin: string | null,
    {method = 'GET', path = '/v1/agent/me', headers = {}}: {method?: string; path?: string; headers?: object} = {},
) {
    const response = await fetch(bridge.url + path, {method, headers: {...(origin === null ? {} : {origin}), ...headers}});
    await response.text();
    const cors = Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('access-control-')));
    return {status: response.status, cors, vary: response.headers.get('vary') ?? '', cookies: response.headers.getSetCookie()};
}
const preflight = {method: 'OPTIONS', headers: {'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization'}};

describe('from the Mattermost site', () => {
    test('a preflight says what may be asked, for ten minutes, without credentials', async () => {
        const {status, cors, vary} = await ask(SITE, preflight);
        expect(status).toBe(204);
        expect(vary).toContain('Origin');
        expect(cors).toEqual({
            'access-control-allow-origin': SITE,
            'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
            'access-control-allow-headers': 'Authorization, Content-Type, Last-Event-ID, X-Request-ID',
            'access-control-expose-headers': 'Retry-After, X-Request-ID',
            'access-control-max-age': '600',
        });
    });

    test('answers and refusals can be read', async () => {
        const {token} = await openPanel(bridge, mattermost.seeded.agents[0].id);
        for (const [authorization, status] of [
            [`Bearer ${token}`, 200],
            ['', 401],
        ] as const) {
            const answer = await ask(SITE, {headers: {authorization}});
            expect(answer).toMatchObject({status, cors: {'access-control-allow-origin': SITE}, cookies: []});
            expect(answer.vary).toContain('Origin');
        }
        expect((await ask(SITE, {path: '/v1/agent/none'})).cors).toHaveProperty('access-control-allow-origin', SITE);
    });
});

test.each([
    'https://evil.example',
    'null',
    'http://chat.aurora.example:8443',
    'https://chat.aurora.example',
    'https://chat.aurora.example:8443.evil.example',
    'https://evil.example#https://chat.aurora.example:8443',
    `${SITE}/`,
    SITE.toUpperCase(),
    '*',
])('%s is foreign: no header, and no other answer than without one', async (origin) => {
    expect((await ask(origin, preflight)).cors).toEqual({});
    expect((await ask(origin, preflight)).status).toBe(204);
    const plain = await ask(origin);
    expect(plain).toMatchObject({status: 401, cors: {}});
    expect(plain.vary).toContain('Origin');
});

test('the address the bridge itself calls Mattermost by is not the site', async () => {
    expect((await ask(new URL(mattermost.url).origin, preflight)).cors).toEqual({});
});

test('without an origin nothing is said; the event API says nothing to anybody', async () => {
    expect((await ask(null)).cors).toEqual({});
    for (const path of ['/v1/events', '/live', '/openapi.json']) expect((await ask(SITE, {...preflight, path})).cors, path).toEqual({});
});

test('a SiteURL that changes is followed; one that is empty or can’t be asked for: the server’s own address', async () => {
    const own = new URL(mattermost.url).origin;
    mattermost.config.siteUrl = '';
    ahead += 11 * 60_000;
    expect((await ask(own, preflight)).cors).toHaveProperty('access-control-allow-origin', own);
    expect((await ask(SITE, preflight)).cors).toEqual({});
    mattermost.config.siteUrl = 'https://new.example';
    ahead += 11 * 60_000;
    expect((await ask('https://new.example', preflight)).cors).toHaveProperty('access-control-allow-origin', 'https://new.example');
    // What was known stays known while Mattermost is away.
    mattermost.faults.add({kind: 'bad-gateway'});
    ahead += 11 * 60_000;
    expect((await ask('https://new.example', preflight)).cors).toHaveProperty('access-control-allow-origin', 'https://new.example');
    mattermost.faults.clear();
});
