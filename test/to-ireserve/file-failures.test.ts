/** Files that can't be had, break off, or are fetched too often or too slowly: nobody takes a part for the whole, and nothing piles up. */
import {createServer, request as httpRequest, type IncomingMessage} from 'node:http';
import {expect, test} from 'vitest';
import {createServers} from '../../bridge/mattermost.ts';
import {inlineFile} from '../../bridge/to-ireserve/files.ts';
import {startFileApp} from './file-app.ts';
import {BYTES, bytesOf, fileSite, get, INTEGRATION, OTHER, refusal} from './file-site.ts';
import {close, listen} from './listening.ts';

const site = fileSite();

test('an inactive integration hands out nothing, a paused one does, a removed one has nothing', async () => {
    const url = site.urlOf(await site.share('boot.png'));
    const {token} = site.mattermost.seeded.bot;
    site.integrate(site.mattermost.url, token, 'inactive');
    expect(await refusal(await get(url))).toBe('file_link_inactive');
    site.integrate(site.mattermost.url, token, 'paused');
    expect((await get(url)).status).toBe(200);
    site.integrations.delete(INTEGRATION);
    expect(await refusal(await get(url))).toBe('file_gone');
});

test('with its post, or the bot’s membership, the file is gone', async () => {
    const {agents, bot, channels} = site.mattermost.seeded;
    const [deleted, kept] = [await site.share('deleted.png'), await site.share('kept.png')];
    site.mattermost.act.remove(agents[0]?.id ?? '', deleted.post_id);
    expect(await refusal(await get(site.urlOf(deleted)))).toBe('file_gone');
    expect(await refusal(await get(site.urlOf({...kept, post_id: deleted.post_id})))).toBe('file_gone');
    site.mattermost.act.makePrivate(channels.mirror.id);
    site.mattermost.act.removeMember(channels.mirror.id, bot.id);
    expect(await refusal(await get(site.urlOf(kept)))).toBe('file_gone');
    site.mattermost.act.addMember(channels.mirror.id, bot.id);
    expect((await get(site.urlOf(kept))).status).toBe(200);
});

test.each([
    ['is failing', {kind: 'error'}],
    ['hides behind a failing proxy', {kind: 'bad-gateway'}],
    ['cuts the connection', {kind: 'reset'}],
    ['limits us', {kind: 'too-many'}],
    ['is a log-in page', {kind: 'html'}],
    ['refuses without saying it is Mattermost', {kind: 'error', status: 404, id: ''}],
    ['knows our token no more', {kind: 'error', status: 401}],
] as const)('when Mattermost %s: come back later', async (_what, fault) => {
    const file = await site.share('boot.png');
    for (const route of ['GET /files/:file_id/info', 'GET /files/:file_id']) {
        const fresh = await startFileApp({integrations: site.integrations, box: site.box});
        site.mattermost.faults.add({...fault, route, next: 1});
        expect(await refusal(await get(site.urlOf(file, {on: fresh}))), route).toBe('mattermost_unavailable');
        await fresh.stop();
    }
});

test('no Mattermost at all: come back later', async () => {
    const file = await site.share('boot.png');
    site.integrate('http://127.0.0.1:1', 'x');
    expect(await refusal(await get(site.urlOf(file)))).toBe('mattermost_unavailable');
});

test('a file cut off half-way is a broken answer, not a shorter file', async () => {
    const url = site.urlOf(await site.share('boot.png'));
    site.mattermost.faults.add({kind: 'cut', route: 'GET /files/:file_id', next: 1});
    const response = await get(url);
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect((await bytesOf(await get(url))).length).toBe(BYTES.length);
});

test('Mattermost that falls silent: before the answer come back later, within it the answer breaks', async () => {
    const hasty = await startFileApp({integrations: site.integrations, box: site.box, timeoutMs: 300});
    const url = site.urlOf(await site.share('boot.png'), {on: hasty});
    site.mattermost.faults.add({kind: 'silent', route: 'GET /files/:file_id', next: 1});
    expect(await refusal(await get(url))).toBe('mattermost_unavailable');
    site.mattermost.faults.add({kind: 'stall', route: 'GET /files/:file_id', next: 1});
    const response = await get(url);
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect((await get(url)).status).toBe(200);
    await hasty.stop();
});

test('sixteen at once per integration; one who leaves makes room', async () => {
    const file = await site.share('boot.png');
    const url = site.urlOf(file);
    site.mattermost.faults.add({kind: 'stall', route: 'GET /files/:file_id', next: 16});
    const leave = new AbortController();
    const first = await fetch(url, {signal: leave.signal});
    const others = new AbortController();
    await Promise.all(Array.from({length: 15}, () => fetch(url, {signal: others.signal})));
    expect(await refusal(await get(url))).toBe('overloaded');
    // Another integration is not held up.
    expect((await get(site.urlOf(file, {integration_id: OTHER}))).status).toBe(200);
    leave.abort();
    await expect(first.arrayBuffer()).rejects.toThrow();
    await expect.poll(async () => (await get(url)).status).toBe(200);
    others.abort();
    await expect
        .poll(async () => (await Promise.all(Array.from({length: 16}, () => get(url)))).every(({status}) => status === 200), {
            timeout: 10_000,
        })
        .toBe(true);
});

const LARGE = {file_id: 'f'.repeat(26), post_id: 'p'.repeat(26), name: 'film.mp4'};
const INFO = {id: LARGE.file_id, post_id: LARGE.post_id, name: LARGE.name, mime_type: 'video/mp4'};

/** A Mattermost with one file so large that no buffer on the way holds it. */
async function startLarge(size: number) {
    const piece = Buffer.alloc(65_536, 7);
    const seen = {written: 0, left: false};
    const server = createServer((request, response) => {
        if (request.url?.includes('/posts/')) {
            response.end('{}');
            return;
        }
        if (request.url?.endsWith('/info')) {
            response.setHeader('content-type', 'application/json');
            response.end(JSON.stringify({...INFO, size}));
            return;
        }
        response.writeHead(200, {'content-length': size}).once('close', () => {
            seen.left = !response.writableFinished;
        });
        const more = () => {
            while (seen.written < size && !response.destroyed) {
                seen.written += piece.length;
                if (!response.write(piece)) return void response.once('drain', more);
            }
            response.end();
        };
        more();
    });
    return {url: await listen(server), seen, stop: () => close(server)};
}

function open(url: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => httpRequest(url, {agent: false}, resolve).once('error', reject).end());
}

test('a client that reads slowly is waited for: the file is not piled up in the bridge', async () => {
    const size = 96 * 1024 * 1024;
    const large = await startLarge(size);
    site.integrate(large.url, 'x');
    const response = await open(site.urlOf(LARGE));
    response.pause();
    // What is on the way comes to rest in the buffers of four sockets.
    const readings = [-1];
    const atRest = () => readings.push(large.seen.written) > 0 && large.seen.written > 0 && readings.at(-1) === readings.at(-2);
    await expect.poll(atRest, {interval: 300, timeout: 10_000}).toBe(true);
    expect(large.seen.written).toBeLessThan(size / 2);
    let got = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) got += chunk.length;
    expect(got).toBe(size);
    await large.stop();
});

test('when the client goes away, Mattermost is told to stop', async () => {
    const large = await startLarge(96 * 1024 * 1024);
    site.integrate(large.url, 'x');
    const response = await open(site.urlOf(LARGE));
    response.once('error', () => undefined).destroy();
    await expect.poll(() => large.seen.left).toBe(true);
    await large.stop();
});

test.each([
    ['ends early', 900, {}, /broken|refused/],
    ['goes on', 1100, {}, /broken|refused/],
    ['announces fewer', 900, {'content-length': '900'}, /refused/],
    ['announces more', 1100, {'content-length': '1100'}, /refused/],
    ['is as it should be', 1000, {}, /whole/],
] as const)('a file of 1000 bytes that %s: the client is not left to believe it', async (_what, bytes, headers, outcome) => {
    const server = createServer((request, response) => {
        if (request.url?.includes('/posts/')) response.end('{}');
        else if (request.url?.endsWith('/info')) response.end(JSON.stringify({...INFO, size: 1000}));
        else response.writeHead(200, headers).end(Buffer.alloc(bytes));
    });
    const upstream = await listen(server);
    site.integrate(upstream, 'x');
    const response = await get(site.urlOf(LARGE));
    const reached =
        response.status === 503
            ? response.json().then(() => 'refused')
            : response.arrayBuffer().then(
                  () => 'whole',
                  () => 'broken',
              );
    expect(await reached).toMatch(outcome);
    const client = createServers({createsInFlight: 1, timeoutMs: 5000, now: Date.now}).client(upstream, 'x');
    expect(
        await inlineFile(client, LARGE.file_id, 2000).then(
            (text) => text?.length,
            () => 'refused',
        ),
    ).toBe(bytes === 1000 ? 1336 : 'refused');
    await close(server);
});

test('inline: the bytes as base64, unless they are too many or can’t be had', async () => {
    const client = createServers({createsInFlight: 1, timeoutMs: 5000, now: Date.now}).client(
        site.mattermost.url,
        site.mattermost.seeded.bot.token,
    );
    const {file_id} = await site.share('boot.png');
    expect(await inlineFile(client, file_id, BYTES.length)).toBe(BYTES.toString('base64'));
    expect(await inlineFile(client, file_id, BYTES.length - 1)).toBeNull();
    await expect(inlineFile(client, 'x'.repeat(26), 100)).rejects.toMatchObject({status: 404});
    for (const [kind, kindOfError] of [
        ['cut', 'unknown'],
        ['html', 'unknown'],
        ['stall', 'unknown'],
        ['error', 'unknown'],
    ] as const) {
        site.mattermost.faults.add({kind, route: 'GET /files/:file_id', next: 1});
        await expect(inlineFile(client, file_id, BYTES.length, 300), kind).rejects.toMatchObject({kind: kindOfError});
    }
});
