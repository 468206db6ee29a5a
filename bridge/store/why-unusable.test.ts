/** A database that is away, or hangs, is told as that in bounded time: never as a mistake of ours with its stack. */
import {createServer, type Server, type Socket} from 'node:net';
import {afterEach, expect, it} from 'vitest';
import {explain, failureDocument, failureText} from '../cli/failure.ts';
import {openDatabase} from './open.ts';
import {whyUnusable} from './why-unusable.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function urlOf(onConnection: (socket: Socket) => unknown): Promise<string> {
    const server = createServer((socket) => {
        sockets.push(socket.on('error', () => undefined));
        onConnection(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `postgres://someone:secret@127.0.0.1:${(server.address() as {port: number}).port}/ireserve`;
}

/** AuthenticationOk and ReadyForQuery (postgresql.org/docs/current/protocol-message-formats.html). */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

it.each([
    ['takes the connection and is silent', () => undefined],
    ['lets in, and then answers nothing', (socket) => socket.once('data', () => socket.write(WELCOME))],
    ['lets in, and cuts the connection', (socket) => socket.once('data', () => socket.end(WELCOME))],
    ['cuts the connection at once', (socket) => socket.destroy()],
] satisfies [string, (socket: Socket) => unknown][])('PostgreSQL that %s', async (_how, onConnection) => {
    const url = await urlOf(onConnection);
    const failure = await openDatabase(url, {answerWithinMs: 300}).then(
        () => undefined,
        (error: unknown) => explain(error),
    );
    expect(failure?.code).toBe('storage_unavailable');
    expect(failure?.exit).toBe(1);
    const told = failureText(failure as NonNullable<typeof failure>);
    expect(told).toMatch(/^error: The database can’t be used: .+\.\n {2}next: .*PostgreSQL.*\n$/);
    expect(told + JSON.stringify(failureDocument(failure as NonNullable<typeof failure>))).not.toContain('secret');
});

it('what is no failure of the store is not taken for one', () => {
    expect(whyUnusable(new TypeError('x is not a function'))).toBeUndefined();
    expect(whyUnusable(Object.assign(new Error('no such file'), {code: 'ENOENT'}))).toBeUndefined();
});
