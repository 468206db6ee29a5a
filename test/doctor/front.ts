/** What stands in front of a server in the wild: a proxy on an address of its own that may redirect, lie about the time, or let no WebSocket through. */
import {once} from 'node:events';
import {createServer, type IncomingMessage, request, type ServerResponse} from 'node:http';
import {createServer as createTlsServer, type ServerOptions} from 'node:https';
import {type AddressInfo, connect, type Socket} from 'node:net';

export type Twist = {
    /** answers everything with a redirect to this base URL */
    redirectTo?: string;
    /** added to the Date header, ms */
    clockMs?: number;
    /** headers laid over the answer's; '' takes one away */
    headers?: Record<string, string>;
    /** changes the answer's body; its second argument is the path */
    body?: (text: string, path: string) => string;
    /** upgrades are answered like any other request, as by a proxy that was not told of them */
    noWebSocket?: boolean;
    /** a path prefix it adds, so that the server's own base URL is another one */
    prefix?: string;
    /** answers everything itself */
    answer?: {status: number; body: string; headers?: Record<string, string>};
    /** speaks TLS, with this certificate */
    tls?: ServerOptions;
};

export type Front = {url: string; stop(): Promise<void>};

export async function startFront(target: string, twist: Twist): Promise<Front> {
    const take = (incoming: IncomingMessage, response: ServerResponse) => pass(target, twist, incoming, response);
    const server = twist.tls ? createTlsServer(twist.tls, take) : createServer(take);
    server.on('upgrade', (incoming, socket, head) => {
        if (twist.noWebSocket) {
            socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
            return;
        }
        const {hostname, port} = new URL(target);
        const onward = connect(Number(port), hostname, () => {
            const lines = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${String(value)}`);
            onward.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
            onward.write(head);
            socket.pipe(onward).pipe(socket);
        });
        for (const one of [onward, socket]) {
            one.on('error', () => undefined);
            one.on('close', () => (one === socket ? onward : socket).destroy());
        }
    });
    const sockets = new Set<Socket>();
    server.on('connection', (socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
        url: `${twist.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
        async stop() {
            const closed = new Promise((resolve) => server.close(resolve));
            // Upgraded ones are not the server's to close.
            for (const socket of sockets) socket.destroy();
            await closed;
        },
    };
}

function pass(target: string, twist: Twist, incoming: IncomingMessage, response: ServerResponse): void {
    const path = incoming.url ?? '/';
    if (twist.redirectTo !== undefined) {
        response.writeHead(301, {location: twist.redirectTo + path}).end();
        return;
    }
    if (twist.answer) {
        response.writeHead(twist.answer.status, twist.answer.headers).end(twist.answer.body);
        return;
    }
    if (twist.prefix && !path.startsWith(twist.prefix)) {
        response.writeHead(404, {'content-type': 'text/html'}).end('<h1>Not Found</h1>');
        return;
    }
    const onward = request(target + path.slice(twist.prefix?.length ?? 0), {
        method: incoming.method,
        headers: {...incoming.headers, 'accept-encoding': 'identity'},
    });
    onward.on('error', () => response.destroy());
    onward.on('response', (answer) => {
        const headers = {...answer.headers};
        for (const [name, value] of Object.entries(twist.headers ?? {})) {
            if (value === '') delete headers[name];
            else headers[name] = value;
        }
        if (twist.clockMs) headers.date = new Date(Date.now() + twist.clockMs).toUTCString();
        const {body} = twist;
        if (!body) {
            response.writeHead(answer.statusCode ?? 502, headers);
            answer.pipe(response);
            return;
        }
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
            delete headers['content-length'];
            response.writeHead(answer.statusCode ?? 502, headers).end(body(Buffer.concat(chunks).toString('utf8'), path));
        });
    });
    incoming.pipe(onward);
}
