/** Bodies on the wire: size, encoding, type, and multipart. */
import {Agent} from 'node:http';
import {brotliCompressSync, deflateSync, gzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {bridgeForFile} from './bridge-for-file.ts';
import {message} from './events.ts';
import {bearer, expectRefusal, json, post, send} from './send.ts';

const LIMIT = 200_000;
const file = bridgeForFile({environment: {MAX_REQUEST_BYTES: String(LIMIT)}});

/** One event of exactly so many bytes. */
function sized(bytes: number): string {
    const event = message('C-size', crypto.randomUUID());
    const text = (length: number) => JSON.stringify({...event, data: {...event.data, text: 'x'.repeat(length)}});
    return text(bytes - text(0).length);
}

test('a body as large as allowed is taken, one byte more is not', async () => {
    expect((await post(file.bridge, sized(LIMIT))).status).toBe(202);
    const reply = await post(file.bridge, sized(LIMIT + 1));
    expectRefusal(reply, 'too_large');
    expect(reply.body.detail).toContain(String(LIMIT));
});

test('a body of unknown length is refused where it passes the limit', async () => {
    const chunks = Array.from({length: 4}, () => Buffer.alloc(LIMIT / 3, 0x20));
    expectRefusal(await post(file.bridge, chunks), 'too_large');
    expect((await post(file.bridge, [Buffer.from(sized(1000))])).status).toBe(202);
});

test('a client that sends it all hears why, and may go on', async () => {
    const agent = new Agent({keepAlive: true, maxSockets: 1});
    const sending = {method: 'POST', path: '/v1/events', headers: {...json, ...bearer(file.bridge)}, agent};
    expectRefusal(await send(file.bridge.url, {...sending, body: sized(20 * LIMIT)}), 'too_large');
    expect((await send(file.bridge.url, {...sending, body: sized(1000)})).status).toBe(202);
    agent.destroy();
});

test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
] as const)('%s is unpacked', async (encoding, pack) => {
    expect((await post(file.bridge, pack(sized(100_000)), {'content-encoding': encoding})).status).toBe(202);
});

test('a bomb is stopped at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000));
    expect(bomb.length).toBeLessThan(LIMIT);
    const before = process.memoryUsage().arrayBuffers;
    expectRefusal(await post(file.bridge, bomb, {'content-encoding': 'gzip'}), 'too_large');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
});

test('what can’t be unpacked is refused', async () => {
    expectRefusal(await post(file.bridge, Buffer.from('no gzip'), {'content-encoding': 'gzip'}), 'malformed_body');
    expectRefusal(await post(file.bridge, sized(1000), {'content-encoding': 'rot13'}), 'unsupported_media_type');
});

test.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['no JSON', 'id=1'],
    ['half of it', '{"id":"evt-1","type":"message.created","data":{'],
    ['bad UTF-8', Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])],
    ['Latin-1', Buffer.from('{"text":"café"}', 'latin1')],
    ['UTF-16', Buffer.from('{"id":"a"}', 'utf16le')],
])('malformed: %s', async (_case, body) => {
    expectRefusal(await post(file.bridge, body), 'malformed_body');
});

test.each([
    ['application/json', true],
    ['Application/JSON; charset=utf-8', true],
    ['application/cloudevents+json', true],
    ['application/x-www-form-urlencoded', false],
    ['text/json', false],
    ['application/jsonp', false],
    ['multipart/form-data', false],
    [undefined, false],
])('content type %s: %s', async (type, taken) => {
    const headers = {...bearer(file.bridge), ...(type ? {'content-type': type} : {})};
    const reply = await send(file.bridge.url, {method: 'POST', path: '/v1/events', headers, body: sized(1000)});
    if (taken) expect(reply.status).toBe(202);
    else expectRefusal(reply, type === 'multipart/form-data' ? 'malformed_body' : 'unsupported_media_type');
});
