/** An event and its files in one request. */
import {gzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {signatureHeaders} from '../doubles/ireserve/sign.ts';
import {bridgeForFile} from './bridge-for-file.ts';
import {message} from './events.ts';
import {bearer, expectRefusal, json, type Reply, replyOf, send} from './send.ts';

const LARGEST_FILE = 100_000;
const file = bridgeForFile({environment: {MAX_FILE_BYTES: String(LARGEST_FILE), MAX_JSON_BYTES: '50000', MAX_REQUEST_BYTES: '400000'}});

async function push(form: FormData, query = ''): Promise<Reply> {
    const response = await fetch(`${file.bridge.url}/v1/events${query}`, {
        method: 'POST',
        headers: {...bearer(file.bridge), prefer: 'wait=10'},
        body: form,
    });
    return replyOf(response.status, Object.fromEntries(response.headers), await response.text());
}

function formOf(event: string | Blob, parts: Record<string, Blob | File | string> = {}): FormData {
    const form = new FormData();
    form.append('event', event);
    for (const [name, value] of Object.entries(parts)) form.append(name, value);
    return form;
}

const withFiles = (...attachments: object[]) => JSON.stringify(message('C-files', crypto.randomUUID(), {attachments}));

test('files arrive under the names the event gives them', async () => {
    const picture = new Uint8Array(LARGEST_FILE).map((_, index) => index % 251);
    const event = withFiles(
        {name: 'jetty.png', mime_type: 'image/png', part: 'first'},
        {name: 'naïve – plan.txt', part: 'plan'},
        {name: 'note.txt', part: 'note'},
    );
    const form = formOf(event, {
        first: new File([picture], 'x.png'),
        plan: new File(['the plan'], 'y'),
        note: 'a field, not a file',
        spare: 'unused',
    });
    const {status, body} = await push(form);
    expect({status, state: body.state}).toEqual({status: 200, state: 'delivered'});
    const [post] = (body.post_ids ?? []).map((id) => file.mattermost.look.post(id));
    // By name: 11.x sorts the file ids of a post, so their order is not ours.
    const arrived = (post?.files ?? []).toSorted((a, b) => a.name.localeCompare(b.name));
    expect(arrived.map(({name, size}) => ({name, size}))).toEqual([
        {name: 'jetty.png', size: LARGEST_FILE},
        {name: 'naïve – plan.txt', size: 8},
        {name: 'note.txt', size: 19},
    ]);
    expect(file.mattermost.look.fileBytes(arrived[0]?.id ?? '')).toEqual(Buffer.from(picture));
    // Delivered bytes are Mattermost's: the bridge keeps none.
    expect(await file.bridge.database.read.selectFrom('file').selectAll().execute()).toEqual([]);
});

test('the event may be a file part, or a batch', async () => {
    const event = message('C-files', 'M-blob');
    expect((await push(formOf(new Blob([JSON.stringify(event)], {type: 'application/json'})))).body.outcome).toBe('created');
    const batch = await push(formOf(JSON.stringify({events: [event, message('C-files', 'M-other')]})));
    expect(batch.body.results.map(({outcome}) => outcome)).toEqual(['duplicate', 'created']);
});

test('a missing file part costs that file alone, and is named; strictly, it is refused', async () => {
    const form = () => formOf(withFiles({name: 'a.txt', part: 'a'}, {name: 'b.txt', part: 'b'}), {a: new File(['a'], 'a.txt')});
    const reply = await push(form(), '?strict=true');
    expectRefusal(reply, 'invalid_event');
    expect(reply.body.errors).toEqual([{path: 'data.attachments.1.part', message: 'the request has no part of this name'}]);
    const {status, body} = await push(form());
    expect(status).toBe(200);
    expect(body.warnings).toEqual([{path: 'data.attachments.1.part', code: 'left_out'}]);
    expect(body.files).toEqual([
        {name: 'a.txt', state: 'attached'},
        {name: 'b.txt', state: 'missing', code: 'attachment_unreadable'},
    ]);
});

test('without an event part, or with one that is no JSON, it is malformed', async () => {
    const form = new FormData();
    form.append('file', 'x');
    const reply = await push(form);
    expectRefusal(reply, 'malformed_body');
    expect(reply.body.detail).toContain('event');
    expectRefusal(await push(formOf('{"id":')), 'malformed_body');
});

test('a file over the limit does not hold the message back', async () => {
    const {body} = await push(
        formOf(withFiles({name: 'film.mov', part: 'film'}), {film: new File([new Uint8Array(LARGEST_FILE + 1)], 'film.mov')}),
    );
    expect(body.state).toBe('delivered');
    const post = file.mattermost.look.post(body.post_ids?.[0] ?? '');
    expect(post?.files).toEqual([]);
    expect(post?.message).toContain('film.mov');
});

test('a document may be as large as events need, and a request with files larger: the refusal says so', async () => {
    const inline = {name: 'a.bin', content_base64: Buffer.alloc(60_000).toString('base64')};
    const reply = await send(file.bridge.url, {
        method: 'POST',
        path: '/v1/events',
        headers: {...json, ...bearer(file.bridge)},
        body: withFiles(inline),
    });
    expectRefusal(reply, 'too_large');
    expect(reply.body.detail).toMatch(/50000 bytes.*400000 as multipart/);
    const parts = await push(formOf(withFiles({name: 'a.bin', part: 'a'}), {a: new File([Buffer.alloc(60_000)], 'a')}));
    expect(parts.body.state).toBe('delivered');
    expectRefusal(await push(formOf(withFiles(), {a: new File([Buffer.alloc(500_000)], 'a')})), 'too_large');
});

test('the signature covers every byte of the parts, also when the body comes compressed; with one byte changed nothing is taken', async () => {
    const event = message('C-files', crypto.randomUUID(), {attachments: [{name: 'a.txt', part: 'a'}]});
    const request = new Request('http://any', {method: 'POST', body: formOf(JSON.stringify(event), {a: new File(['words'], 'a.txt')})});
    const type = request.headers.get('content-type') ?? '';
    const body = Buffer.from(await request.arrayBuffer());
    const {bridge} = file;
    const signed = {
        'content-type': type,
        'ireserve-integration': 'aurora-test',
        ...signatureHeaders(bridge.signingSecret, event.id, body.toString(), Date.now()),
    };
    const post = (bytes: Buffer, more: Record<string, string> = {}) =>
        send(bridge.url, {method: 'POST', path: '/v1/events', headers: {...signed, ...more}, body: bytes});
    const changed = Buffer.from(body);
    changed[body.indexOf('words')] = 'W'.charCodeAt(0);
    expectRefusal(await post(changed), 'wrong_signature');
    expect((await post(gzipSync(body), {'content-encoding': 'gzip'})).body.outcome).toBe('created');
    expectRefusal(await post(gzipSync(body), {'content-encoding': 'zstd'}), 'unsupported_media_type');
    expectRefusal(await post(body.subarray(0, body.length - 20)), 'malformed_body');
});
