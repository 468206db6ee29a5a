/** Attachments fetched from web servers that behave in every way. */
import {createServer, type RequestListener, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterEach, describe, expect, it} from 'vitest';
import {type FetchOptions, fetchAttachment} from '../../bridge/to-mattermost/attachments.ts';

const servers: Server[] = [];
afterEach(async () => {
    for (const server of servers.splice(0)) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
    }
});

async function serve(handler: RequestListener): Promise<{url: string; host: string; port: number}> {
    const server = createServer(handler);
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const {port} = server.address() as AddressInfo;
    return {url: `http://127.0.0.1:${port}`, host: `http://127.0.0.1:${port}`, port};
}

const get = (url: string, options: Partial<FetchOptions> & {hosts: string[]}) =>
    fetchAttachment(url, {maxBytes: 1000, timeoutMs: 5000, allowPrivate: true, ...options});

describe('fetchAttachment', () => {
    it('brings the bytes and the type, and sends no credentials', async () => {
        let headers: object = {};
        const {url, host} = await serve((request, response) => {
            headers = request.headers;
            response.setHeader('content-type', 'Image/PNG; x=1').end('bytes');
        });
        expect(await get(`${url}/a`, {hosts: [host]})).toEqual({ok: true, bytes: Buffer.from('bytes'), mime: 'image/png'});
        expect(Object.keys(headers)).not.toContain('cookie');
        expect(Object.keys(headers)).not.toContain('authorization');
    });

    it('refuses loopback by address and by name, unless allowed', async () => {
        let calls = 0;
        const {url, host, port} = await serve((_, response) => response.end(String(++calls)));
        const named = `http://files.example:${port}`;
        const lookup = async () => [{address: '127.0.0.1', family: 4}];
        for (const [address, hosts] of [
            [url, [host]],
            [named, [named]],
        ] as const) {
            const result = await get(address, {hosts: [...hosts], lookup, allowPrivate: false});
            expect(result).toMatchObject({ok: false, retry: false, code: 'attachment_address_not_allowed'});
        }
        expect(calls).toBe(0);
        expect(await get(named, {hosts: [named], lookup})).toMatchObject({ok: true});
    });

    it('asks for the name once and connects to what it checked: a second answer has no chance', async () => {
        const {port} = await serve((_, response) => response.end('x'));
        const named = `http://files.example:${port}`;
        let asked = 0;
        const lookup = async () => [{address: ++asked === 1 ? '127.0.0.1' : '10.0.0.1', family: 4}];
        expect(await get(named, {hosts: [named], lookup})).toMatchObject({ok: true});
        expect(asked).toBe(1);
    });

    it('refuses a name with one private address among public ones', async () => {
        const lookup = async () => [
            {address: '93.184.216.34', family: 4},
            {address: '::1', family: 6},
        ];
        const result = await get('https://files.example/', {hosts: ['files.example'], lookup, allowPrivate: false});
        expect(result).toMatchObject({ok: false, code: 'attachment_address_not_allowed'});
    });

    it.each([
        ['https://other.example/', 'attachment_host_not_allowed'],
        ['https://example.com/', 'attachment_host_not_allowed'],
        ['https://x.example.com:8443/', 'attachment_host_not_allowed'],
        ['http://x.example.com/', 'attachment_host_not_allowed'],
        ['https://evilexample.com/', 'attachment_host_not_allowed'],
        ['https://a:b@x.example.com/', 'attachment_url_invalid'],
        ['file:///etc/passwd', 'attachment_url_invalid'],
        ['nonsense', 'attachment_url_invalid'],
    ])('refuses %s: %s', async (url, code) => {
        expect(await get(url, {hosts: ['*.example.com']})).toMatchObject({ok: false, retry: false, code});
    });

    it('follows redirects only while they stay on the list, and three at most', async () => {
        const target = await serve((_, response) => response.end('secret'));
        const {url, host} = await serve((request, response) => {
            const left = Number(request.url?.slice(1));
            const next = request.url === '/away' ? `${target.url}/` : left > 0 ? `/${left - 1}` : null;
            if (next) response.writeHead(302, {location: next}).end();
            else response.end('here');
        });
        expect(await get(`${url}/3`, {hosts: [host]})).toMatchObject({ok: true});
        expect(await get(`${url}/4`, {hosts: [host]})).toMatchObject({ok: false, code: 'attachment_too_many_redirects'});
        expect(await get(`${url}/away`, {hosts: [host]})).toMatchObject({ok: false, retry: false, code: 'attachment_host_not_allowed'});
    });

    it('refuses a redirect to a private address even of a listed host', async () => {
        const {port} = await serve((_, response) => response.writeHead(302, {location: 'http://inside.example/'}).end());
        const named = `http://files.example:${port}`;
        // Loopback stands for the public host here; the second host is judged as in production.
        const lookup = async (name: string) => {
            if (name === 'inside.example') throw Object.assign(new Error(), {code: 'REACHED'});
            return [{address: '127.0.0.1', family: 4}];
        };
        expect(await get(named, {hosts: [named, 'http://inside.example'], lookup})).toMatchObject({ok: false, detail: 'REACHED'});
        expect(await get(named, {hosts: [named, 'http://10.0.0.1'], lookup, allowPrivate: false})).toMatchObject({
            code: 'attachment_address_not_allowed',
        });
    });

    it('stops at the size limit, said or not, and does not unpack', async () => {
        const endless = await serve((_, response) => {
            const more = setInterval(() => response.write(Buffer.alloc(400)), 5);
            response.on('close', () => clearInterval(more));
        });
        const said = await serve((_, response) => response.writeHead(200, {'content-length': '5000'}).flushHeaders());
        const packed = await serve((_, response) => response.writeHead(200, {'content-encoding': 'gzip'}).end('x'));
        expect(await get(endless.url, {hosts: [endless.host]})).toMatchObject({retry: false, code: 'attachment_too_large'});
        expect(await get(said.url, {hosts: [said.host]})).toMatchObject({retry: false, code: 'attachment_too_large'});
        expect(await get(packed.url, {hosts: [packed.host]})).toMatchObject({retry: false, code: 'attachment_encoded'});
    });

    it('takes the time limit for everything, a slow drip and a silent name server included', async () => {
        const drip = await serve((_, response) => {
            const more = setInterval(() => response.write('x'), 20);
            response.on('close', () => clearInterval(more));
        });
        expect(await get(drip.url, {hosts: [drip.host], timeoutMs: 200})).toMatchObject({retry: true, code: 'attachment_timeout'});
        const silent = () => new Promise<never>(() => {});
        const result = await get('https://files.example/', {hosts: ['files.example'], lookup: silent, timeoutMs: 200});
        expect(result).toMatchObject({retry: true, code: 'attachment_timeout'});
    });

    it('tells what may pass from what lasts', async () => {
        const status = await serve((request, response) => response.writeHead(Number(request.url?.slice(1))).end());
        for (const [code, retry] of [
            [500, true],
            [503, true],
            [429, true],
            [403, false],
            [404, false],
            [204, false],
        ] as const)
            expect(await get(`${status.url}/${code}`, {hosts: [status.host]}), String(code)).toMatchObject({ok: false, retry});
        const short = await serve((_, response) => {
            response.writeHead(200, {'content-length': '500'}).write('x');
            setTimeout(() => response.socket?.destroy(), 20);
        });
        expect(await get(short.url, {hosts: [short.host]})).toMatchObject({ok: false, retry: true, code: 'attachment_unreachable'});
        const lookup = async () => Promise.reject(Object.assign(new Error(), {code: 'ENOTFOUND'}));
        expect(await get('https://gone.example/', {hosts: ['gone.example'], lookup})).toMatchObject({ok: false, retry: false});
    });
});
