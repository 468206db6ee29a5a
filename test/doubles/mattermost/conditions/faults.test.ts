import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {type FaultKind, type MattermostDouble, startMattermost} from '../start.ts';

let double: MattermostDouble;

beforeEach(async () => {
    double = await startMattermost({seed: 1});
});
afterEach(async () => {
    await double.stop();
});

/** Posts once as the bot; a cut or unanswered request shows as `undefined`. */
async function post(message: string, deadlineMs = 10_000): Promise<{status: number; type: string; text: string} | undefined> {
    const {bot, channels} = double.seeded;
    try {
        const answer = await fetch(`${double.url}/api/v4/posts`, {
            method: 'POST',
            headers: {Authorization: `Bearer ${bot.token}`},
            body: JSON.stringify({channel_id: channels.mirror.id, message}),
            signal: AbortSignal.timeout(deadlineMs),
        });
        return {status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text()};
    } catch {
        return undefined;
    }
}

function stored(): string[] {
    return double.look.posts(double.seeded.channels.mirror.id).map(({message}) => message);
}

describe('faults', () => {
    test.each<[FaultKind, {status: number; type: RegExp} | undefined, boolean]>([
        ['error', {status: 500, type: /^application\/json$/}, false],
        ['error-after', {status: 500, type: /^application\/json$/}, true],
        ['blank-error', {status: 500, type: /^application\/json$/}, false],
        ['too-many', {status: 429, type: /^text\/plain/}, false],
        ['bad-gateway', {status: 502, type: /^text\/html/}, false],
        ['reset', undefined, false],
        ['reset-after', undefined, true],
        ['silent', undefined, false],
        ['silent-after', undefined, true],
        ['cut', undefined, true],
        ['stall', undefined, true],
        ['html', {status: 200, type: /^text\/html/}, true],
        ['wrong-type', {status: 201, type: /^text\/plain/}, true],
    ])('%s: answered %o, stored: %s; the next request is fine', async (kind, expected, isStored) => {
        double.faults.add({kind, next: 1, route: 'POST /posts'});
        // Long enough to be read by a busy machine, short enough to wait for in vain.
        const answer = await post('struck', kind.startsWith('silent') || kind === 'stall' ? 500 : 10_000);
        if (isStored) {
            await double.until(() => stored().length > 0);
        }
        expect(answer?.status).toBe(expected?.status);
        if (expected !== undefined) {
            expect(answer?.type).toMatch(expected.type);
        }
        expect(stored()).toEqual(isStored ? ['struck'] : []);
        expect((await post('after'))?.status).toBe(201);
        expect(double.faults.struck()).toEqual({[kind]: 1});
        expect(double.faults.armed()).toEqual([]);
    });

    test('a 500 of hardened mode has no id', async () => {
        double.faults.add({kind: 'blank-error', next: 1});
        expect(JSON.parse((await post('x'))?.text ?? '')).toMatchObject({id: '', status_code: 500});
    });

    test('slow: answered normally, later', async () => {
        double.faults.add({kind: 'slow', delayMs: 120, next: 1});
        const before = performance.now();
        expect((await post('x'))?.status).toBe(201);
        expect(performance.now() - before).toBeGreaterThanOrEqual(115);
    });

    test('a refusal is passed on as it is: there is nothing to be unsure of', async () => {
        double.faults.add({kind: 'reset-after', next: 1});
        expect((await post('x'.repeat(16_384)))?.status).toBe(400);
    });

    test('only the named route is struck; a star names many', async () => {
        double.faults.add({kind: 'error', route: 'GET /users*'});
        expect((await post('x'))?.status).toBe(201);
        const me = await fetch(`${double.url}/api/v4/users/me`, {headers: {Authorization: `Bearer ${double.seeded.bot.token}`}});
        expect(me.status).toBe(500);
    });

    test('a chance is the same chance for the same seed', async () => {
        const run = async (): Promise<boolean[]> => {
            const other = await startMattermost({seed: 42});
            other.faults.add({kind: 'error', probability: 0.5});
            const struck = Array.from({length: 40}, () => other.faults.strike('POST /posts') !== undefined);
            await other.stop();
            return struck;
        };
        const first = await run();
        expect(await run()).toEqual(first);
        expect(new Set(first).size).toBe(2);
    });

    test('a process of its own sets them over HTTP', async () => {
        const control = (method: string, path: string, body?: unknown): Promise<Response> =>
            fetch(`${double.url}/_double${path}`, {
                method,
                headers: {'Content-Type': 'application/json'},
                ...(body === undefined ? {} : {body: JSON.stringify(body)}),
            });
        expect(
            (
                await control('POST', '/faults', [
                    {kind: 'error', next: 2},
                    {kind: 'slow', delayMs: 1},
                ])
            ).status,
        ).toBe(200);
        expect((await post('x'))?.status).toBe(500);
        expect(await (await control('GET', '/faults')).json()).toEqual({
            armed: [
                {kind: 'error', next: 1},
                {kind: 'slow', delayMs: 1},
            ],
            struck: {error: 1},
        });
        expect((await control('POST', '/faults', {kind: 'explode'})).status).toBe(400);
        await control('DELETE', '/faults');
        expect((await post('x'))?.status).toBe(201);
        await control('POST', '/latency', {extraMs: {'POST /posts': 150}});
        const before = performance.now();
        await post('late');
        expect(performance.now() - before).toBeGreaterThanOrEqual(145);
        expect((await (await control('GET', '/state')).text()).includes('late')).toBe(true);
        const seeded = await (await control('POST', '/reset')).json();
        expect(seeded).toEqual(JSON.parse(JSON.stringify(double.seeded)));
        expect(stored()).toEqual([]);
    });

    test('requests are remembered with their route and outcome', async () => {
        double.faults.add({kind: 'reset', next: 1});
        await post('one');
        await post('two');
        expect(double.requests().map(({route, status}) => [route, status])).toEqual([
            ['POST /posts', 0],
            ['POST /posts', 201],
        ]);
    });
});
