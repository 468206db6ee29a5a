/** The fault proxy against a small server that counts what reaches it: each kind does what its name says, at its rate, and is counted. */
import {once} from 'node:events';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {WebSocket, WebSocketServer} from 'ws';
import {createDice, matches} from './rules.ts';
import {type FaultProxy, REQUEST_FAULTS, startFaultProxy} from './start.ts';

const WORDS = JSON.stringify({words: 'what the server says '.repeat(20)});

let server: Server;
let sockets: WebSocketServer;
let proxy: FaultProxy;
let stored: string[];

beforeEach(async () => {
    stored = [];
    server = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        stored.push(`${request.method} ${request.url} ${Buffer.concat(chunks)}`);
        response.writeHead(201, {'content-type': 'application/json', 'x-words': 'kept'}).end(WORDS);
    });
    sockets = new WebSocketServer({server});
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`heard ${data}`)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await startFaultProxy({target: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seed: 1});
});

afterEach(async () => {
    await proxy.stop();
    for (const client of sockets.clients) client.terminate();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
});

const ask = (path = '/posts?page=1', timeoutMs = 5000) =>
    fetch(proxy.url + path, {method: 'POST', body: 'said', signal: AbortSignal.timeout(timeoutMs)});

/** What became of a request, in a word or two. */
const outcome = async (timeoutMs?: number): Promise<string> => {
    try {
        const response = await ask('/posts', timeoutMs);
        const text = await response.text();
        return `${response.status} ${text === WORDS ? 'whole' : text.length === WORDS.length ? 'garbled' : 'other'}`;
    } catch (error) {
        return (error as Error).name === 'TimeoutError' ? 'no answer' : 'broken';
    }
};

test('without faults a request and its answer pass as they are', async () => {
    const response = await ask();
    expect([response.status, response.headers.get('x-words'), await response.text()]).toEqual([201, 'kept', WORDS]);
    expect(stored).toEqual(['POST /posts?page=1 said']);
    expect(proxy.counts()).toEqual({requests: 1, sockets: 0, struck: {}});
});

test.for([
    ['error', '500 other', 0],
    ['error-after', '500 other', 1],
    ['too-many', '429 other', 0],
    ['reset', 'broken', 0],
    ['reset-after', 'broken', 1],
    ['timeout-after', 'no answer', 1],
    ['cut', 'broken', 1],
    ['garbled', '201 garbled', 1],
] as const)('%s', async ([kind, seen, reached]) => {
    proxy.setFaults([{kind, path: 'POST /posts', rate: 1, retryAfterS: 7}]);
    expect(await outcome(kind === 'timeout-after' ? 300 : undefined)).toBe(seen);
    if (kind === 'too-many') expect((await ask('/posts')).headers.get('retry-after')).toBe('7');
    expect(stored).toHaveLength(reached);
    expect(proxy.counts().struck[kind]).toBeGreaterThan(0);
    proxy.setFaults([]);
    expect(await outcome()).toBe('201 whole');
});

test('every kind of request fault is tried above, and only what its path names is struck', async () => {
    expect(REQUEST_FAULTS).toHaveLength(8);
    proxy.setFaults([{kind: 'error', path: 'POST /files', rate: 1}]);
    expect(await outcome()).toBe('201 whole');
});

async function open(): Promise<WebSocket> {
    const socket = new WebSocket(proxy.url.replace('http', 'ws'));
    await once(socket, 'open');
    return socket;
}

test('a WebSocket passes both ways, until it is silenced: then it stays open and nothing comes', async () => {
    const socket = await open();
    socket.send('one');
    expect(String((await once(socket, 'message'))[0])).toBe('heard one');
    expect(proxy.silenceSockets()).toBe(1);
    let heard = 0;
    socket.on('message', () => heard++);
    socket.send('two');
    socket.ping();
    // Another one, opened after it, is asked and has answered: so there was time enough.
    const other = await open();
    other.send('three');
    await once(other, 'message');
    expect([heard, socket.readyState]).toEqual([0, WebSocket.OPEN]);
    socket.terminate();
    other.terminate();
});

test('a WebSocket falls silent by itself, or is refused', async () => {
    proxy.setFaults([{kind: 'silent', rate: 1, withinMs: 1}]);
    const socket = await open();
    let heard = 0;
    socket.on('message', () => heard++);
    await expect
        .poll(async () => {
            const before = heard;
            socket.send('anybody?');
            await once(socket, 'message', {signal: AbortSignal.timeout(100)}).catch(() => undefined);
            return heard - before;
        })
        .toBe(0);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
    proxy.setFaults([{kind: 'refused', rate: 1}]);
    const refused = new WebSocket(proxy.url.replace('http', 'ws'));
    const [error] = await once(refused, 'error');
    expect(String(error)).toContain('503');
    expect(proxy.counts().struck).toEqual({silent: 1, refused: 1});
});

test('a seed decides, at about the rate given', () => {
    const decisions = (seed: number) => {
        const dice = createDice(seed);
        dice.set([
            {kind: 'error', rate: 0.1},
            {kind: 'reset', rate: 0.1},
            {kind: 'silent', rate: 1},
        ]);
        return Array.from({length: 2000}, () => dice.strike('request', 'GET /x')?.kind ?? '-').join('');
    };
    expect(decisions(7)).toBe(decisions(7));
    expect(decisions(7)).not.toBe(decisions(8));
    const errors = decisions(7).split('error').length - 1;
    expect(errors).toBeGreaterThan(140);
    expect(errors).toBeLessThan(260);
});

test.for([
    ['POST /api/v4/posts', 'POST /api/v4/posts', true],
    ['POST /api/v4/posts', 'POST /api/v4/posts/x', false],
    ['GET /api/v4/posts/:id', 'GET /api/v4/posts/x', true],
    ['GET /api/v4/posts/:id', 'GET /api/v4/posts/x/thread', false],
    ['GET *', 'GET /api/v4/posts/x/thread', true],
    ['GET /api/v4/us*', 'GET /api/v4/users/me', true],
    ['GET *', 'POST /api/v4/posts', false],
    ['GET /a.b', 'GET /axb', false],
] as const)('%s matches %s: %s', ([pattern, call, fits]) => {
    expect(matches(pattern, call)).toBe(fits);
});
