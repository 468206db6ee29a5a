/** The balancer: turns, health, streams, and no request sent twice. */
import {once} from 'node:events';
import {createServer, type RequestListener, type Server} from 'node:http';
import {text} from 'node:stream/consumers';
import {expect, onTestFinished, test} from 'vitest';
import {close, listen} from '../to-ireserve/listening.ts';
import {startBalancer} from './balancer.ts';

type Replica = {url: string; server: Server; asked: string[]; state: {ready: boolean}};

/** @param answer to all but /ready */
async function startReplica(name: string, answer: RequestListener = (_request, response) => void response.end(name)): Promise<Replica> {
    const asked: string[] = [];
    const state = {ready: true};
    const server = createServer((request, response) => {
        if (request.url === '/ready') response.writeHead(state.ready ? 200 : 503).end();
        else {
            asked.push(`${request.method} ${request.url}`);
            answer(request, response);
        }
    });
    const url = await listen(server);
    onTestFinished(() => close(server));
    return {url, server, asked, state};
}

async function between(...replicas: Replica[]) {
    const balancer = await startBalancer({replicas: replicas.map(({url}) => url), checkEveryMs: 20});
    onTestFinished(balancer.stop);
    return balancer;
}

const said = async (url: string, init?: RequestInit) => (await fetch(url, init)).text();

test('in turns, with method, path, body and the caller’s address; who is not ready gets nothing', async () => {
    const [a, b] = [
        await startReplica('a'),
        await startReplica('b', async (request, response) => {
            response.end(`${request.method} ${request.url} ${await text(request)} ${request.headers['x-forwarded-for']}`);
        }),
    ];
    const balancer = await between(a, b);
    const answers = [
        await said(balancer.url),
        await said(`${balancer.url}/x?y=1`, {method: 'POST', body: 'words'}),
        await said(balancer.url),
    ];
    expect(answers).toEqual(['a', 'POST /x?y=1 words 127.0.0.1', 'a']);
    a.state.ready = false;
    await expect.poll(balancer.up).toEqual([b.url]);
    for (let n = 0; n < 3; n++) await said(balancer.url);
    expect(a.asked).toHaveLength(2);
    b.state.ready = false;
    await expect.poll(balancer.up).toEqual([]);
    expect((await fetch(balancer.url)).status).toBe(503);
});

test('a replica that is not there costs nobody an answer; one that breaks off is not asked again, and neither is another', async () => {
    const a = await startReplica('a', (request) => void request.socket.destroy());
    const b = await startReplica('b', (request) => void request.socket.destroy());
    const balancer = await startBalancer({replicas: [a.url, b.url], checkEveryMs: 60_000});
    onTestFinished(balancer.stop);
    expect((await fetch(balancer.url, {method: 'POST', body: 'once'})).status).toBe(502);
    expect([...a.asked, ...b.asked]).toEqual(['POST /']);
    const c = await startReplica('c');
    const other = await startBalancer({replicas: [a.url, c.url], checkEveryMs: 60_000});
    onTestFinished(other.stop);
    await close(a.server);
    expect([await said(other.url), await said(other.url, {method: 'POST', body: 'x'})]).toEqual(['c', 'c']);
});

test('a stream passes through as it comes, and ends on either side’s wish', async () => {
    const {promise: isGone, resolve: gone} = Promise.withResolvers<void>();
    const {promise: goesOn, resolve: goOn} = Promise.withResolvers<void>();
    const a = await startReplica('a', async (request, response) => {
        response.writeHead(200, {'content-type': 'text/event-stream'}).flushHeaders();
        if (request.url === '/ends') {
            response.write('first');
            await goesOn;
            response.destroy();
            return;
        }
        await once(response, 'close');
        gone();
    });
    const balancer = await between(a);
    const leaving = new AbortController();
    await fetch(`${balancer.url}/lasts`, {signal: leaving.signal});
    leaving.abort();
    await isGone;
    const reader = (await fetch(`${balancer.url}/ends`)).body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('first');
    goOn();
    await expect(reader?.read()).rejects.toThrow();
});
