/** The HTTP server: bound to a port, and closed without cutting off an answer. */
import {createServer, type RequestListener} from 'node:http';

/** Longer than the 90 s Mattermost keeps idle connections: it does not repeat a call whose connection we just closed. */
const KEEP_ALIVE_MS = 95_000;
/** Answers under way get so many looks, `LOOK_MS` apart. */
const LOOKS = 50;
const LOOK_MS = 20;

export type HttpServer = {
    port: number;
    /** From now on each answer ends its connection, so that those who keep theirs, a balancer, open the next one elsewhere. */
    retire(): void;
    /** No new connection from now on; idle ones are closed. */
    refuse(): void;
    /** Resolves when every connection is closed: a busy one when it has nothing more to say, or after a second. */
    close(): Promise<void>;
};

/** @throws Error when the port is taken */
export async function listen(app: RequestListener, {PORT, HOST}: {PORT: number; HOST: string}): Promise<HttpServer> {
    let retiring = false;
    const server = createServer((request, response) => {
        if (retiring) response.shouldKeepAlive = false;
        app(request, response);
    });
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.headersTimeout = KEEP_ALIVE_MS + 5000;
    await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(PORT, HOST, resolve);
    });
    const address = server.address();
    let closed: Promise<unknown> | null = null;
    function refuse(): void {
        closed ??= new Promise((resolve) => server.close(resolve));
        server.closeIdleConnections();
    }
    return {
        port: typeof address === 'object' && address ? address.port : PORT,
        retire() {
            retiring = true;
        },
        refuse,
        async close() {
            refuse();
            for (let left = LOOKS; left > 0 && !(await isSettled(closed, LOOK_MS)); left--) server.closeIdleConnections();
            server.closeAllConnections();
            await closed;
        },
    };
}

const isSettled = (promise: Promise<unknown> | null, ms: number): Promise<boolean> =>
    Promise.race([Promise.resolve(promise).then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, ms, false))]);
