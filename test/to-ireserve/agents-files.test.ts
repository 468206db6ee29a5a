/** An agent's files on their way to i-Reserve: the bytes, in whole and in part, and the headers that guard them. */
import {randomBytes} from 'node:crypto';
import {expect, test} from 'vitest';
import {BYTES, bytesOf, fileSite, get} from './file-site.ts';

const site = fileSite();

test('the bytes are those of the agent, and nothing about them may run', async () => {
    const response = await get(site.urlOf(await site.share('boot.png')));
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'image/png',
        'content-length': String(BYTES.length),
        'content-disposition': `inline; filename="boot.png"; filename*=UTF-8''boot.png`,
        'accept-ranges': 'bytes',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "sandbox; default-src 'none'",
        'cross-origin-resource-policy': 'cross-origin',
        'referrer-policy': 'no-referrer',
    });
    expect(response.headers.get('cache-control')).toMatch(/^private, max-age=(3600|359\d)$/);
    expect(response.headers.has('content-encoding')).toBe(false);
    expect((await bytesOf(response)).equals(BYTES)).toBe(true);
});

test('ten megabytes arrive whole', async () => {
    const large = randomBytes(10 * 1024 * 1024);
    expect((await bytesOf(await get(site.urlOf(await site.share('film.mp4', large))))).equals(large)).toBe(true);
});

test.each([
    ['its start', 'bytes=0-99', 0, 100],
    ['its middle', 'bytes=500-1499', 500, 1500],
    ['from somewhere on', 'bytes=99000-', 99_000, 100_000],
    ['more than there is', 'bytes=99000-200000', 99_000, 100_000],
    ['its end', 'bytes=-10', 99_990, 100_000],
])('of a file one can have %s', async (_what, range, from, to) => {
    const response = await get(site.urlOf(await site.share('boot.png')), {range});
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/100000`);
    expect(response.headers.get('content-length')).toBe(String(to - from));
    expect((await bytesOf(response)).equals(BYTES.subarray(from, to))).toBe(true);
});

test('a part behind the end is refused with the size; parts we do not understand are the whole', async () => {
    const url = site.urlOf(await site.share('boot.png'));
    const behind = await get(url, {range: 'bytes=100000-'});
    expect([behind.status, behind.headers.get('content-range')]).toEqual([416, 'bytes */100000']);
    expect((await bytesOf(behind)).length).toBe(0);
    for (const range of ['bytes=0-1,5-6', 'lines=1-2', 'bytes=', 'bytes=a-b']) {
        const whole = await get(url, {range});
        expect(whole.status, range).toBe(200);
        expect((await bytesOf(whole)).equals(BYTES), range).toBe(true);
    }
});

test('If-Range: a part while the file is the same, else the whole', async () => {
    const url = site.urlOf(await site.share('boot.png'));
    const date = (await get(url)).headers.get('last-modified') ?? '';
    expect(date).not.toBe('');
    expect((await get(url, {range: 'bytes=0-9', 'if-range': date})).status).toBe(206);
    expect((await get(url, {range: 'bytes=0-9', 'if-range': new Date(0).toUTCString()})).status).toBe(200);
});

test('HEAD tells type and size without fetching the file', async () => {
    const file = await site.share('boot.png');
    const before = site.mattermost.requests().length;
    const response = await fetch(site.urlOf(file), {method: 'HEAD'});
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('content-length')).toBe('100000');
    expect((await bytesOf(response)).length).toBe(0);
    const asked = site.mattermost.requests().slice(before);
    expect(asked.map(({route}) => route).toSorted()).toEqual(['GET /files/:file_id/info', 'GET /posts/:post_id']);
});

test.each([
    ['a.jpg', 'image/jpeg', 'inline'],
    ['a.gif', 'image/gif', 'inline'],
    ['a.webp', 'image/webp', 'inline'],
    ['a.mp3', 'audio/mpeg', 'inline'],
    ['a.mp4', 'video/mp4', 'inline'],
    ['a.pdf', 'application/pdf', 'attachment'],
    ['a.txt', 'text/plain; charset=utf-8', 'attachment'],
    ['a.zip', 'application/zip', 'attachment'],
    ['a.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'attachment'],
    ['a.svg', 'application/octet-stream', 'attachment'],
    ['a.html', 'application/octet-stream', 'attachment'],
    ['a.xml', 'application/octet-stream', 'attachment'],
    ['a.js', 'application/octet-stream', 'attachment'],
    ['a.css', 'application/octet-stream', 'attachment'],
    ['a.json', 'application/octet-stream', 'attachment'],
    ['a.exe', 'application/octet-stream', 'attachment'],
    ['nothing', 'application/octet-stream', 'attachment'],
])('%s is %s, %s', async (name, type, disposition) => {
    const {headers} = await fetch(site.urlOf(await site.share(name)), {method: 'HEAD'});
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('content-disposition')).toMatch(new RegExp(`^${disposition}; `));
});

test.each([
    ['a"; filename="b.html.png', 'a ; filename= b.html.png'],
    ['a\r\nset-cookie: x=1.png', 'a set-cookie x=1.png'],
    ["плакат ü (1)*'.png", "плакат ü (1) '.png"],
    ['photo\u202Egnp.exe', 'photognp.exe'],
    ['100%41.png', '100%41.png'],
    ['..', 'file'],
    ['\uD800.png', '\uFFFD.png'],
])('the name %j stays in its header and its address', async (name, shown) => {
    const url = site.urlOf(await site.share(name));
    expect(decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '')).toBe(shown);
    const response = await get(url);
    expect(response.status).toBe(200);
    expect(response.headers.has('set-cookie')).toBe(false);
    const [, plain = '', real = ''] =
        /^(?:inline|attachment); filename="([^"\\]*)"; filename\*=UTF-8''([\w.!~%-]+)$/.exec(
            response.headers.get('content-disposition') ?? '',
        ) ?? [];
    expect(plain).toMatch(/^[\x20-\x7E]+$/);
    expect(decodeURIComponent(real)).toBe(shown);
});
