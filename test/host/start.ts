/**
 * Serves the host page, and the Mattermost double's API under the same origin, as one has it with a real server: the cookie and the CSRF token
 * work, and the page's SiteURL is the address in the browser.
 */
import {once} from 'node:events';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {createServer, type IncomingMessage, request, type Server, type ServerResponse} from 'node:http';
import {type AddressInfo, connect, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {extname, join} from 'node:path';
import type {MattermostDouble} from '../doubles/mattermost/start.ts';
import {buildPage, type React} from './build.ts';
import {drawInitials} from './initials.ts';

const TYPES: Record<string, string> = {'.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript'};
const PAGE = join(import.meta.dirname, 'page');
const PROXIED = /^\/(?:api|hooks|static\/plugins|plugins)\//;
/** Mattermost's own policy: no foreign scripts, no inline ones, no eval; everything else is open. */
const POLICY = "frame-ancestors 'self'; script-src 'self'";

export type Host = {
    /** Under `localhost`: cookies know no ports, and the double's own page lives on 127.0.0.1. */
    url: string;
    /** The address of the page for a person. */
    pageFor(username: string, more?: Record<string, string>): string;
    stop(): Promise<void>;
};

export type HostOptions = {
    mattermost: Pick<MattermostDouble, 'url' | 'seeded' | 'config'>;
    port?: number;
    /** Where the page's scripts are built already; default: built when first asked for. */
    built?: string | undefined;
};

type Scripts = {of(react: React): Promise<Buffer>; remove(): Promise<void>};

/** Becomes the double's SiteURL. */
export async function startHost({mattermost, port = 0, built}: HostOptions): Promise<Host> {
    const scripts = built ? ready(built) : await builtWhenAsked();
    const server = createServer((incoming, answer) => {
        void serve(mattermost.url, scripts, incoming, answer).catch((error: unknown) => answer.writeHead(500).end(String(error)));
    });
    const tunnels = tunnel(server, mattermost.url);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    mattermost.config.siteUrl = url;
    return {
        url,
        pageFor: (user, more = {}) =>
            `${url}/${mattermost.seeded.team.name}/channels/${mattermost.seeded.channels.mirror.name}?${new URLSearchParams({user, ...more})}`,
        async stop() {
            for (const socket of tunnels) socket.destroy();
            server.closeAllConnections();
            server.close();
            await once(server, 'close');
            await scripts.remove();
        },
    };
}

const ready = (folder: string): Scripts => ({of: (react) => readFile(join(folder, `react-${react}.js`)), remove: async () => undefined});

async function builtWhenAsked(): Promise<Scripts> {
    const folder = await mkdtemp(join(tmpdir(), 'ireserve-host-'));
    const building = new Map<React, Promise<void>>();
    return {
        async of(react) {
            const work = building.get(react) ?? buildPage(react, folder);
            building.set(react, work);
            await work;
            return ready(folder).of(react);
        },
        async remove() {
            await Promise.allSettled(building.values());
            await rm(folder, {recursive: true, force: true});
        },
    };
}

async function serve(target: string, scripts: Scripts, incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const {pathname} = new URL(incoming.url ?? '/', 'http://host');
    const portrait = /^\/api\/v4\/users\/([a-z0-9]{26})\/image$/.exec(pathname)?.[1];
    if (portrait) {
        const cookie = incoming.headers.cookie ?? '';
        const found = await fetch(`${target}/api/v4/users/${portrait}`, {headers: {cookie}});
        if (!found.ok) return void answer.writeHead(found.status).end();
        return void answer
            .writeHead(200, {'content-type': 'image/svg+xml'})
            .end(drawInitials((await found.json()) as {id: string; username: string}));
    }
    if (PROXIED.test(pathname)) return forward(target, incoming, answer);
    const name = /^\/host\/([\w.-]+)$/.exec(pathname)?.[1] ?? 'index.html';
    const type = TYPES[extname(name)] ?? 'text/plain';
    const react = /^react-(18|19)\.js$/.exec(name)?.[1] as React | undefined;
    const bytes = react ? await scripts.of(react) : await readFile(join(PAGE, name)).catch(() => null);
    if (!bytes) return void answer.writeHead(404).end();
    answer.writeHead(200, {
        'content-type': `${type}; charset=utf-8`,
        'content-security-policy': POLICY,
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
    });
    answer.end(bytes);
}

/** With the Host header of the browser: the server must see one origin. */
function forward(target: string, incoming: IncomingMessage, answer: ServerResponse): void {
    const {method, headers, url = '/'} = incoming;
    const onward = request(new URL(url, target), {method, headers}, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
    });
    onward.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
    answer.on('close', () => onward.destroy());
    incoming.pipe(onward);
}

/** WebSockets: the request as it came, then bytes both ways. @returns what is open */
function tunnel(server: Server, target: string): Set<Socket> {
    const open = new Set<Socket>();
    server.on('upgrade', (incoming: IncomingMessage, client: Socket, head: Buffer) => {
        const {hostname, port} = new URL(target);
        const upstream = connect(Number(port), hostname, () => {
            const lines = [`GET ${incoming.url} HTTP/1.1`];
            for (let at = 0; at < incoming.rawHeaders.length; at += 2)
                lines.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`);
            upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
            upstream.write(head);
            upstream.pipe(client);
            client.pipe(upstream);
        });
        for (const [one, other] of [
            [client, upstream],
            [upstream, client],
        ] as const) {
            open.add(one);
            one.on('error', () => other.destroy());
            one.on('close', () => {
                open.delete(one);
                other.destroy();
            });
        }
    });
    return open;
}
