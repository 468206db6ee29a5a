/** A small i-Reserve for tests of the adapter: answers what it is told, and keeps what it was asked. */
import {createServer, type IncomingHttpHeaders, type ServerResponse} from 'node:http';
import {close, listen} from './listening.ts';

export type Seen = {method: string; path: string; headers: IncomingHttpHeaders; body: string};
export type Reply = {status?: number; body?: unknown; text?: string; headers?: Record<string, string>};

export type IreserveServer = {
    url: string;
    seen: Seen[];
    /** Requests not answered yet, and the most there ever were of them. */
    open: {now: number; most: number};
    /** From now on; a function may answer later, or by itself. */
    answer(reply: Reply | ((seen: Seen, response: ServerResponse) => Reply | undefined | Promise<Reply | undefined>)): void;
    stop(): Promise<void>;
};

export async function startIreserveServer(): Promise<IreserveServer> {
    const seen: Seen[] = [];
    const open = {now: 0, most: 0};
    let reply: Parameters<IreserveServer['answer']>[0] = {status: 404};
    const server = createServer(async (request, response) => {
        open.most = Math.max(open.most, ++open.now);
        response.once('close', () => open.now--);
        let body = '';
        for await (const chunk of request) body += chunk;
        const one = {method: request.method ?? '', path: request.url ?? '', headers: request.headers, body};
        seen.push(one);
        const given = typeof reply === 'function' ? await reply(one, response) : reply;
        if (!given) return;
        const {status = 200, text, headers} = given;
        response.writeHead(status, {'content-type': 'application/json', ...headers});
        response.end(text ?? (given.body === undefined ? '' : JSON.stringify(given.body)));
    });
    return {
        url: await listen(server),
        seen,
        open,
        answer(given) {
            reply = given;
        },
        stop: () => close(server),
    };
}
