/** The gate in front of one Mattermost server, the guard before what changes something there, and what its answers mean. */
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import fc from 'fast-check';
import {expect, onTestFinished, test} from 'vitest';
import {check} from '../test/support/seeds.ts';
import {createGate, createServers, MattermostError} from './mattermost.ts';

type Send = {name: string; succeed(): void; fail(error: Error): void};

/** A gate with a clock, and the sends it has let through, for the test to end. */
function start(most: number) {
    const clock = {now: 1000};
    const sent: Send[] = [];
    const gate = createGate(most, () => clock.now);
    const create = (name: string) =>
        gate.create(
            () =>
                new Promise<string>((resolve, reject) => {
                    sent.push({name, succeed: () => resolve(name), fail: reject});
                }),
        );
    return {clock, gate, create, sent, names: () => sent.map(({name}) => name)};
}

/** Everything that can go on without us has gone on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('no more than so many pass at once; the others follow in their order', async () => {
    const {create, sent, names} = start(2);
    const results = Promise.all(['a', 'b', 'c', 'd', 'e'].map(create));
    await settle();
    expect(names()).toEqual(['a', 'b']);
    sent[1]?.succeed();
    await settle();
    expect(names()).toEqual(['a', 'b', 'c']);
    sent[2]?.succeed();
    sent[0]?.succeed();
    await settle();
    expect(names()).toEqual(['a', 'b', 'c', 'd', 'e']);
    for (const {succeed} of sent) succeed();
    expect(await results).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('a failure is passed on, and lets the next one through', async () => {
    const {gate, create, sent, names} = start(1);
    const failing = create('a');
    const next = create('b');
    await settle();
    sent[0]?.fail(new Error('no'));
    await expect(failing).rejects.toThrow('no');
    await settle();
    expect(names()).toEqual(['a', 'b']);
    sent[1]?.succeed();
    expect(await next).toBe('b');
    const thrown = gate.create(() => {
        throw new Error('before it began');
    });
    await expect(thrown).rejects.toThrow('before it began');
    const last = create('c');
    await settle();
    sent[2]?.succeed();
    expect(await last).toBe('c');
});

test('whatever comes and goes, as many pass as may, and none is forgotten', async () => {
    await check(
        fc.asyncProperty(
            fc.integer({min: 1, max: 4}),
            fc.array(fc.constantFrom('come', 'go', 'fail'), {maxLength: 40}),
            async (most, events) => {
                const {create, sent, names} = start(most);
                const all: Promise<unknown>[] = [];
                let ended = 0;
                for (const event of events) {
                    if (event === 'come') all.push(create(`${all.length}`).catch(() => 'failed'));
                    else if (ended < sent.length) {
                        const one = sent[ended++];
                        if (event === 'go') one?.succeed();
                        else one?.fail(new Error('no'));
                    }
                    await settle();
                    expect(sent.length - ended).toBe(Math.min(most, all.length - ended));
                }
                while (ended < sent.length) {
                    sent[ended++]?.succeed();
                    await settle();
                }
                expect(names()).toEqual(all.map((_, index) => `${index}`));
                await Promise.all(all);
            },
        ),
        {numRuns: 50},
    );
});

test('after a 429 nothing passes until the time the server asked for is over', () => {
    const {clock, gate} = start(1);
    gate.check();
    gate.limited(3000);
    for (const [now, left] of [
        [1000, 3000],
        [3999, 1],
    ] as const) {
        clock.now = now;
        let refusal: unknown;
        try {
            gate.check();
        } catch (error) {
            refusal = error;
        }
        expect(refusal).toBeInstanceOf(MattermostError);
        expect(refusal).toMatchObject({kind: 'limited', status: 429, retryAfterMs: left});
    }
    clock.now = 4000;
    gate.check();
});

test('of several 429 the longest counts', () => {
    const {clock, gate} = start(1);
    gate.limited(5000);
    gate.limited(1000);
    clock.now += 4999;
    expect(() => gate.check()).toThrow('rate limited');
    gate.limited(2000);
    clock.now += 1;
    expect(() => gate.check()).toThrow('rate limited');
    clock.now += 1999;
    gate.check();
});

test('a guarded client asks before each request that may change something, and sends nothing when it may not', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        response.setHeader('content-type', 'application/json').end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const servers = createServers({createsInFlight: 1, timeoutMs: 3000, now: () => 0});
    const lengths: number[] = [];
    let isOurs = true;
    const client = servers.client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'token').guarded(async (ms) => {
        lengths.push(ms);
        if (!isOurs) throw new Error('the lane is run elsewhere');
    });
    await client.getMe();
    await client.createPost({channel_id: 'c', message: 'm'});
    await client.deletePost('p');
    expect(lengths).toEqual([3000, 3000]);
    isOurs = false;
    for (const change of [
        () => client.createPost({channel_id: 'c', message: 'm'}),
        () => client.patchPost({id: 'p', message: 'm'} as never),
        () => client.uploadFile(new FormData()),
    ]) {
        await expect(change()).rejects.toThrow('the lane is run elsewhere');
    }
    await client.getMe();
    expect(asked).toEqual(['GET /api/v4/users/me', 'POST /api/v4/posts', 'DELETE /api/v4/posts/p', 'GET /api/v4/users/me']);
});

test('a 403 or 404 that does not say why is no answer of Mattermost’s: it says nothing of posts and files', async () => {
    let answer: [number, string] = [404, ''];
    const server = createServer((_, response) => response.writeHead(answer[0]).end(answer[1]));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
        const servers = createServers({createsInFlight: 1, timeoutMs: 5000, now: Date.now});
        const client = servers.client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'token');
        const asked = async (status: number, body: string) => {
            answer = [status, body];
            const calls = [client.getPost('p'), client.openFile('f', {signal: AbortSignal.timeout(5000)})];
            return Promise.all(
                calls.map((call) =>
                    call.then(
                        () => 'ok',
                        ({kind}: MattermostError) => kind,
                    ),
                ),
            );
        };
        for (const status of [403, 404]) {
            expect(await asked(status, '<html>nginx</html>')).toEqual(['unknown', 'unknown']);
            expect(await asked(status, '{"message": "no route"}')).toEqual(['unknown', 'unknown']);
            expect(await asked(status, '{"id": "app.post.get.app_error"}')).toEqual(['refused', 'refused']);
        }
        expect(await asked(401, '')).toEqual(['refused', 'refused']);
    } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    }
});

test('replicas share the creates of a server: each keeps to its part, at least one, as they come and go', async () => {
    let replicas = 1;
    const gate = createGate(4, Date.now, () => replicas);
    const ends: (() => void)[] = [];
    const begin = () => gate.create(() => new Promise<void>((resolve) => void ends.push(resolve)));
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const all = Array.from({length: 9}, begin);
    await turn();
    expect(ends).toHaveLength(4);
    replicas = 2;
    for (const end of ends.splice(0)) end();
    await turn();
    expect(ends).toHaveLength(2);
    replicas = 9;
    for (const end of ends.splice(0)) end();
    await turn();
    expect(ends).toHaveLength(1);
    replicas = 1;
    for (const end of ends.splice(0)) end();
    await turn();
    for (const end of ends.splice(0)) end();
    await Promise.all(all);
});
