/**
 * A small balancer for trying replicas: round robin among those whose /ready says 200. Each request has a connection of its own to a replica, so a
 * connection that can't be made is the one failure after which nothing was sent, and the only one after which another replica is tried.
 */
import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse, request as send} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';

export type Balancer = {
    readonly url: string;
    /** URLs of those that get requests now. */
    up(): string[];
    stop(): Promise<void>;
};

export type BalancerOptions = {
    replicas: readonly string[];
    /** Default 0: any free port, always on 127.0.0.1. */
    port?: number;
    checkEveryMs?: number;
    /** A replica that has not said that it is ready by then is not. */
    answerWithinMs?: number;
};

/** Of one hop, never passed on (RFC 9110, 7.6.1). */
const OF_ONE_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'];

export async function startBalancer({replicas, port = 0, checkEveryMs = 250, answerWithinMs = 2000}: BalancerOptions): Promise<Balancer> {
    const ready = new Set<string>();
    let turn = 0;

    async function check(replica: string): Promise<void> {
        const answer = await fetch(`${replica}/ready`, {signal: AbortSignal.timeout(answerWithinMs)}).catch(() => null);
        await answer?.body?.cancel();
        if (answer?.status === 200) ready.add(replica);
        else ready.delete(replica);
    }

    function next(tried: ReadonlySet<string>): string | undefined {
        const free = replicas.filter((replica) => ready.has(replica) && !tried.has(replica));
        return free[turn++ % free.length];
    }

    function forward(from: IncomingMessage, to: ServerResponse, tried: Set<string>): void {
        const replica = next(tried);
        if (!replica) {
            refuse(to, 503, 'no replica is ready');
            return;
        }
        tried.add(replica);
        let isConnected = false;
        const onward = send(new URL(from.url ?? '/', replica), {method: from.method, headers: headersFor(from), agent: false});
        const gone = () => onward.destroy();
        to.once('close', gone);
        onward.once('socket', (socket: Socket) => {
            socket.setNoDelay();
            socket.once('connect', () => {
                isConnected = true;
                from.pipe(onward);
            });
        });
        onward.once('response', (answer) => {
            to.writeHead(answer.statusCode ?? 502, withoutHop(answer.headers));
            // A stream's headers must not wait for its first event.
            to.flushHeaders();
            answer.pipe(to);
            // Broken off: so is ours, or a part would pass for the whole.
            answer.once('error', () => to.destroy());
        });
        onward.once('error', () => {
            to.off('close', gone);
            if (!isConnected) {
                ready.delete(replica);
                forward(from, to, tried);
            } else if (to.headersSent) to.destroy();
            else refuse(to, 502, 'the replica broke off; it may have done what was asked');
        });
    }

    const server = createServer((from, to) => {
        // A client that goes away is no failure of ours.
        from.on('error', () => undefined);
        forward(from, to, new Set());
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    await Promise.all(replicas.map(check));
    const over = new AbortController();
    const checking = replicas.map(async (replica) => {
        while (!over.signal.aborted) {
            await sleep(checkEveryMs, undefined, {signal: over.signal}).catch(() => undefined);
            await check(replica);
        }
    });
    return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        up: () => replicas.filter((replica) => ready.has(replica)),
        async stop() {
            over.abort();
            await Promise.all(checking);
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

const headersFor = (from: IncomingMessage) => ({
    ...withoutHop(from.headers),
    'x-forwarded-for': [from.headers['x-forwarded-for'], from.socket.remoteAddress].filter(Boolean).join(', '),
    // A body whose length is not known comes in chunks, also from here.
    ...(from.headers['transfer-encoding'] ? {'transfer-encoding': 'chunked'} : {}),
});

const withoutHop = (headers: IncomingMessage['headers']) =>
    Object.fromEntries(Object.entries(headers).filter(([name, value]) => value !== undefined && !OF_ONE_HOP.includes(name)));

function refuse(to: ServerResponse, status: number, detail: string): void {
    to.writeHead(status, {'content-type': 'application/problem+json', 'retry-after': '1', connection: 'close'});
    to.end(JSON.stringify({status, title: 'Balancer', detail}));
}
