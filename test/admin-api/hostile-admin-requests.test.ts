/**
 * Every operation of the admin API with what nearly fits and with rubbish, by somebody who may do everything: each answer is one the document
 * lists, nothing is an internal error, and nothing hangs.
 */
import {Agent} from 'node:http';
import fc from 'fast-check';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {complaint, type Documented, operations, schemas} from '../api/documented.ts';
import {send} from '../api/send.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {arbitraries, hostileText, strange} from '../support/arbitrary.ts';
import {startTestBridge, type TestBridge} from '../support/bridge.ts';
import {check} from '../support/seeds.ts';
import {adminToken} from './admin.ts';

const RUNS = 25;
/** A stream has no end to wait for. */
const ENDING = operations.filter(({api, operationId}) => api === 'admin' && operationId !== 'followLog');
/** A bearer is slowed down after 120 requests in 10 s. */
const PER_BEARER = 100;

let mattermost: MattermostDouble;
let bridge: TestBridge;
const agent = new Agent({keepAlive: true});
const {nearly} = arbitraries({schemas});

beforeAll(async () => {
    mattermost = await startMattermost();
    bridge = await startTestBridge({mattermost});
});
afterAll(async () => {
    agent.destroy();
    await bridge.stop();
    await mattermost.stop();
});

let asked = 0;
let token = '';
async function bearer(): Promise<string> {
    if (asked++ % PER_BEARER === 0) ({token} = await adminToken(bridge));
    return token;
}

const place = fc.oneof(
    {
        weight: 3,
        arbitrary: fc.constantFrom(
            'aurora-test',
            'signing_secrets',
            'bot_token',
            '1',
            '0',
            '-1',
            '9007199254740993',
            '__proto__',
            '%00',
            '%ff',
            '..',
        ),
    },
    {weight: 1, arbitrary: hostileText.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 300))},
);
const query = fc.oneof(
    fc.constantFrom(
        '',
        '?dry_run=true',
        '?dry_run=perhaps',
        '?limit=1e9',
        '?cursor=x',
        '?since=now',
        '?integration[]=x',
        '?confirm=__proto__',
        '?state=dead,dead',
        '?search=%25%00!',
    ),
    hostileText.map((text) => `?search=${encodeURIComponent(text.toWellFormed())}`),
);

function bodyFor({operationId, body}: Documented): fc.Arbitrary<string | undefined> {
    if (!body) return fc.constantFrom(undefined, '{}', 'x');
    // What would stop the others, or take long, is tried by tests of its own.
    const harmless = nearly(body).filter((value) => operationId !== 'setKillSwitch' || (value as {on?: unknown} | null)?.on !== true);
    return fc.oneof(
        {weight: 4, arbitrary: harmless.map((value) => JSON.stringify(value))},
        {weight: 1, arbitrary: strange.map((value) => JSON.stringify(value))},
        fc.constantFrom('', '{', '[[[['),
    );
}

test.each(ENDING.map((operation) => [operation.operationId, operation] as const))('%s', {timeout: 120_000}, async (_name, operation) => {
    const property = fc.asyncProperty(place, place, query, bodyFor(operation), async (one, other, asking, body) => {
        const places = [one, other];
        const path = operation.path.replace(/\{\w+\}/g, () => places.shift() ?? 'x') + asking;
        const headers = {authorization: `Bearer ${await bearer()}`, ...(body === undefined ? {} : {'content-type': 'application/json'})};
        const reply = await send(bridge.url, {method: operation.method, path, agent, headers, ...(body === undefined ? {} : {body})});
        // Another path than was meant belongs to no operation, or with an empty place to another one.
        if (['not_found', 'method_not_allowed'].includes(reply.body.code) || /\/(\?|\/|$)/.test(path)) return;
        expect(complaint(operation, reply)).toBeNull();
        expect(reply.status, reply.text).not.toBe(500);
    });
    await check(property, {numRuns: RUNS});
});

test('the integration they were aimed at is there, and works', async () => {
    const {status} = await send(bridge.url, {
        path: '/v1/admin/integrations/aurora-test',
        headers: {authorization: `Bearer ${(await adminToken(bridge)).token}`},
    });
    expect(status).toBe(200);
    const {status: live} = await send(bridge.url, {path: '/live'});
    expect(live).toBe(200);
});
