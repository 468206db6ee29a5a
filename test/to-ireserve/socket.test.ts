/** The event stream's own health: a link that died without a word is found within seconds, and a pause of ours is not taken for it. */
import {createServer} from 'node:http';
import {afterEach, beforeEach, expect, onTestFinished, test, vi} from 'vitest';
import {type WebSocket, WebSocketServer} from 'ws';
import {openSocket, type SocketOptions} from '../../bridge/to-ireserve/socket.ts';
import {close, listen} from './listening.ts';

/** A Mattermost as far as `hello` and `ping` go. */
async function startServer() {
    const server = createServer();
    const accepting = new WebSocketServer({server});
    const state = {asked: 0, isSilent: false, sockets: new Set<WebSocket>()};
    accepting.on('connection', (socket) => {
        state.sockets.add(socket);
        let seq = 0;
        socket.send(JSON.stringify({event: 'hello', data: {connection_id: ''}, broadcast: {}, seq: seq++}));
        socket.on('message', (raw) => {
            const {seq: number, action} = JSON.parse(String(raw)) as {seq: number; action: string};
            expect([number > 0, action]).toEqual([true, 'ping']);
            state.asked++;
            if (state.isSilent) return;
            socket.send(JSON.stringify({status: 'OK', data: {text: 'pong'}, seq_reply: number}));
            // Says that the answer was read: frames keep their order.
            socket.send(JSON.stringify({event: 'after', data: {}, broadcast: {}, seq: seq++}));
        });
    });
    const url = await listen(server);
    onTestFinished(async () => {
        accepting.close();
        await close(server);
    });
    return {url, state};
}

beforeEach(() => {
    vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval']});
});
afterEach(() => {
    vi.useRealTimers();
});

/** Waits in turns of the event loop: timers are the test's. */
async function until(what: string, isSo: () => boolean): Promise<void> {
    for (let turns = 0; !isSo(); turns++) {
        if (turns > 200_000) throw new Error(`not within many turns: ${what}`);
        await new Promise((resolve) => setImmediate(resolve));
    }
}

function open(url: string, more: Partial<SocketOptions> = {}) {
    const seen = {ups: 0, downs: [] as string[], events: 0};
    const socket = openSocket({
        url,
        token: 'bot',
        random: () => 1,
        onUp: () => seen.ups++,
        onDown: (reason) => seen.downs.push(reason),
        onEvent: () => seen.events++,
        ...more,
    });
    onTestFinished(() => socket.close());
    return seen;
}

test('a link that falls silent is found within five seconds, and opened again', async () => {
    const {url, state} = await startServer();
    const seen = open(url);
    await until('up', () => seen.ups === 1);
    state.isSilent = true;
    vi.advanceTimersByTime(5000);
    await until('down', () => seen.downs.length === 1);
    expect(seen.downs).toEqual(['the server stopped answering']);
    state.isSilent = false;
    vi.advanceTimersByTime(250);
    await until('up again', () => seen.ups === 2);
});

test('one that answers stays, for however long nothing is said', async () => {
    const {url, state} = await startServer();
    const seen = open(url);
    await until('up', () => seen.ups === 1);
    for (let n = 1; n <= 30; n++) {
        vi.advanceTimersByTime(1500);
        await until('the answer', () => seen.events === n);
    }
    expect([seen.ups, seen.downs, state.asked]).toEqual([1, [], 30]);
});

test('answers that lie unread because the process was held up count', async () => {
    const {url, state} = await startServer();
    const seen = open(url);
    await until('up', () => seen.ups === 1);
    const asked = (n: number) => until('asked', () => state.asked === n);
    state.isSilent = true;
    vi.advanceTimersByTime(1500);
    await asked(1);
    vi.advanceTimersByTime(1500);
    await asked(2);
    // The answers are there, and our timers run before they are read.
    for (const socket of state.sockets) socket.send(JSON.stringify({status: 'OK', seq_reply: 2}));
    state.isSilent = false;
    vi.advanceTimersByTime(3000);
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(1500);
    await until('the next answer', () => seen.events > 0);
    expect(seen.downs).toEqual([]);
});
