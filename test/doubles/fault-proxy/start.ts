/**
 * A proxy that stands before Mattermost, or before i-Reserve's callback address, and does to some of what passes what networks, proxies and
 * busy servers do. The server behind it, a double or a real one, knows nothing of it: so what was really stored can be asked there.
 */
import {once} from 'node:events';
import {
    createServer,
    type IncomingHttpHeaders,
    type IncomingMessage,
    type OutgoingHttpHeaders,
    request,
    type ServerResponse,
} from 'node:http';
import {type AddressInfo, connect, type Socket} from 'node:net';
import {createDice, type FaultRule, type RequestFault, type SocketFault} from './rules.ts';

export {type FaultRule, REQUEST_FAULTS} from './rules.ts';

export type FaultProxyOptions = {
    /** Base URL of the server behind, plain http. */
    readonly target: string;
    /** Makes the draws repeatable. */
    readonly seed: number;
    /** Told of every fault as it strikes, with the request's headers. */
    readonly onStrike?: (kind: RequestFault | SocketFault, headers: IncomingHttpHeaders) => void;
};

export type FaultProxy = {
    readonly url: string;
    /** From now on these faults, instead of those before; none ends them. Sockets that are silent stay silent. */
    setFaults(rules: readonly FaultRule[]): void;
    /** Stops forwarding on all WebSockets open now, without closing them. @returns how many */
    silenceSockets(): number;
    /** Requests and sockets that came, and how often each kind of fault struck. */
    counts(): {readonly requests: number; readonly sockets: number; readonly struck: Readonly<Record<string, number>>};
    stop(): Promise<void>;
};

type Answer = {readonly status: number; readonly headers: OutgoingHttpHeaders; readonly body: Buffer};

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'proxy-connection']);
const SILENT_WITHIN_MS = 5000;

/** Starts a fault proxy on 127.0.0.1, on any free port. Without faults everything passes. */
export async function startFaultProxy({target, seed, onStrike = () => undefined}: FaultProxyOptions): Promise<FaultProxy> {
    const behind = new URL(target);
    if (behind.protocol !== 'http:') throw new Error(`a fault proxy speaks plain http to what is behind it, not ${behind.protocol}`);
    const dice = createDice(seed);
    const tunnels = new Set<Tunnel>();
    let [requests, sockets] = [0, 0];

    async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
        requests++;
        const body = await bytesOf(incoming);
        const fault = dice.strike('request', callOf(incoming));
        if (fault) onStrike(fault.kind, incoming.headers);
        switch (fault?.kind) {
            case 'error':
                return send(response, OUT_OF_ORDER);
            case 'too-many':
                return send(response, tooMany(fault));
            case 'reset':
                return cut(incoming);
        }
        const answer = await forward(behind, incoming, body);
        switch (fault?.kind) {
            case 'error-after':
                return send(response, OUT_OF_ORDER);
            case 'reset-after':
                return cut(incoming);
            case 'timeout-after':
                return;
            case 'cut':
                return sendHalf(response, answer, () => cut(incoming));
            case 'garbled':
                return send(response, {...answer, body: garbled(answer.body)});
        }
        send(response, answer);
    }

    const server = createServer((incoming, response) => {
        // The client went away, or there is nobody behind: either looks like a broken connection.
        handle(incoming, response).catch(() => incoming.socket.destroy());
    });
    server.on('upgrade', (incoming: IncomingMessage, client: Socket, head: Buffer) => {
        sockets++;
        client.on('error', () => client.destroy());
        const fault = dice.strike('socket', callOf(incoming));
        if (fault) onStrike(fault.kind, incoming.headers);
        if (fault?.kind === 'refused') {
            client.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
            return;
        }
        const tunnel = openTunnel(behind, incoming, client, head);
        tunnels.add(tunnel);
        let timer: NodeJS.Timeout | undefined;
        const silentAfter = fault ? dice.draw() * (fault.withinMs ?? SILENT_WITHIN_MS) : null;
        void tunnel.answered.then(() => {
            if (silentAfter !== null) timer = setTimeout(tunnel.silence, silentAfter);
        });
        client.once('close', () => {
            clearTimeout(timer);
            tunnels.delete(tunnel);
        });
    });
    // Connections that nobody uses are the client's to close; ours would look like faults nobody counted.
    server.keepAliveTimeout = 65_000;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');

    return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        setFaults: dice.set,
        silenceSockets() {
            for (const {silence} of tunnels) silence();
            return tunnels.size;
        },
        counts: () => ({requests, sockets, struck: dice.struck()}),
        async stop() {
            for (const {close} of tunnels) close();
            const closed = once(server, 'close');
            server.close();
            server.closeAllConnections();
            await closed;
        },
    };
}

const OUT_OF_ORDER: Answer = {
    status: 500,
    headers: {'content-type': 'application/json'},
    body: Buffer.from('{"id":"fault_proxy.app_error","message":"A fault was asked for.","status_code":500}'),
};

const tooMany = ({retryAfterS = 1}: FaultRule): Answer => ({
    status: 429,
    headers: {'content-type': 'text/plain; charset=utf-8', 'retry-after': String(retryAfterS)},
    body: Buffer.from('limit exceeded\n'),
});

const callOf = ({method, url = ''}: IncomingMessage): string => `${method} ${url.split('?', 1)[0]}`;

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
}

/** Hands a request on, on a connection of its own: one that is used again may break, and a repeat could store twice. */
async function forward(behind: URL, {method, url, headers}: IncomingMessage, body: Buffer): Promise<Answer> {
    const onward = request({
        host: behind.hostname,
        port: behind.port,
        path: url,
        agent: false,
        headers: {...passedOn(headers), host: behind.host, 'content-length': body.length},
        ...(method ? {method} : {}),
    });
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    return {status: answer.statusCode ?? 502, headers: passedOn(answer.headers), body: await bytesOf(answer)};
}

const passedOn = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));

const headOf = ({headers, body}: Answer): OutgoingHttpHeaders => ({...headers, 'content-length': body.length});

const hasNoBody = (status: number): boolean => status === 204 || status === 304;

function send(response: ServerResponse, answer: Answer): void {
    response.writeHead(answer.status, hasNoBody(answer.status) ? answer.headers : headOf(answer)).end(answer.body);
}

function sendHalf(response: ServerResponse, answer: Answer, then: () => void): void {
    if (answer.body.length < 2) {
        then();
        return;
    }
    response.writeHead(answer.status, headOf(answer));
    // On its way before the cut: else the client would see no answer at all.
    response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), then);
}

const garbled = (body: Buffer): Buffer => Buffer.from(body.map((byte) => byte ^ 0x5a));

/** RST rather than FIN: the client sees ECONNRESET. */
function cut({socket}: IncomingMessage): void {
    socket.resetAndDestroy();
}

type Tunnel = {
    /** Resolves when the server has answered the upgrade. */
    readonly answered: Promise<unknown>;
    silence(): void;
    close(): void;
};

function openTunnel(behind: URL, {method, url, rawHeaders}: IncomingMessage, client: Socket, head: Buffer): Tunnel {
    const server = connect(Number(behind.port || 80), behind.hostname);
    const lines = [`${method} ${url} HTTP/1.1`];
    for (let n = 0; n < rawHeaders.length; n += 2) {
        const name = rawHeaders[n] ?? '';
        lines.push(`${name}: ${name.toLowerCase() === 'host' ? behind.host : rawHeaders[n + 1]}`);
    }
    server.write(`${lines.join('\r\n')}\r\n\r\n`);
    server.write(head);
    client.pipe(server);
    server.pipe(client);
    const answered = new Promise((resolve) => server.once('data', resolve));
    const close = () => {
        client.destroy();
        server.destroy();
    };
    server.on('error', close);
    for (const end of [client, server]) end.on('close', close);
    return {
        answered,
        close,
        silence() {
            client.unpipe(server);
            server.unpipe(client);
            // Read and thrown away: neither side feels that the other is not there.
            client.resume();
            server.resume();
        },
    };
}
