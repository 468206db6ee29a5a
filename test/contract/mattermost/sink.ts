import {createServer, type IncomingHttpHeaders} from 'node:http';
import type {AddressInfo} from 'node:net';
import {eventually} from './wait.ts';

export type Received = {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly rawHeaders: readonly string[];
    readonly body: string;
};

export type SinkAnswer = {readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string};

/** A local HTTP server that remembers what it is sent and answers as told, by path. */
export type Sink = {
    url(path: string): string;
    /** how a path answers from now on; an object is sent as JSON */
    answer(path: string, answer: SinkAnswer): void;
    received(path: string): readonly Received[];
    /** the next requests on a path, once `count` of them have arrived */
    waitFor(path: string, count?: number): Promise<readonly Received[]>;
    close(): Promise<void>;
};

export async function openSink(): Promise<Sink> {
    const received: Received[] = [];
    const answers = new Map<string, SinkAnswer>();
    const server = createServer((req, res) => {
        const chunks: Buffer[] = [];
        req.on('data', (chunk: Buffer) => chunks.push(chunk));
        req.on('end', () => {
            const path = (req.url ?? '').split('?')[0] ?? '';
            received.push({
                method: req.method ?? '',
                path: req.url ?? '',
                headers: req.headers,
                rawHeaders: req.rawHeaders,
                body: Buffer.concat(chunks).toString('utf8'),
            });
            const {status = 200, headers = {'Content-Type': 'application/json'}, body = '{}'} = answers.get(path) ?? {};
            res.writeHead(status, headers).end(body);
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = (server.address() as AddressInfo).port;
    const on = (path: string): Received[] => received.filter((one) => one.path.split('?')[0] === path);
    return {
        url: (path) => `http://127.0.0.1:${port}${path}`,
        answer: (path, answer) => void answers.set(path, answer),
        received: on,
        waitFor: (path, count = 1) => eventually(`${count} requests on ${path}`, () => (on(path).length >= count ? on(path) : undefined)),
        async close() {
            const closed = new Promise<void>((resolve) => server.close(() => resolve()));
            server.closeAllConnections();
            await closed;
        },
    };
}
