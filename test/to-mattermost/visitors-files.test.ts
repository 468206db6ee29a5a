/** Files from the visitor's side: three ways in, and every way they can fail without losing the text. */
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';

let mattermost: MattermostDouble;
let bridge: TestBridge;
let files: Server;
let filesUrl: string;
let failures = 0;

const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const LIMIT = 200_000;

beforeAll(async () => {
    files = createServer((request, response) => {
        if (request.url === '/sometimes.png' && failures-- > 0) response.writeHead(503).end();
        else if (request.url?.endsWith('.png')) response.writeHead(200, {'content-type': 'image/png'}).end(PICTURE);
        else if (request.url === '/huge.bin') response.writeHead(200).end(Buffer.alloc(LIMIT + 1));
        else if (request.url === '/away') response.writeHead(302, {location: 'http://localhost:1/elsewhere.png'}).end();
        else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    filesUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
    mattermost = await startMattermost();
    bridge = await startTestBridge({mattermost, config: {attachment_hosts: [filesUrl]}, environment: {MAX_FILE_BYTES: String(LIMIT)}});
});

afterAll(async () => {
    await bridge.stop();
    await mattermost.stop();
    files.closeAllConnections();
    await new Promise((resolve) => files.close(resolve));
});

let counter = 0;
const inline = (name: string, bytes = PICTURE) => ({name, content_base64: bytes.toString('base64')});

function message(attachments: object[], text = 'see the picture') {
    counter++;
    const conversation_id = `F-${counter}`;
    return eventOf('message.created', {conversation_id, message_id: 'm1', author: {type: 'visitor', name: 'Anna'}, text, attachments});
}

const postsOf = (outcome: {post_ids?: string[] | undefined}) => (outcome.post_ids ?? []).map((id) => mattermost.look.post(id));

test('inline, by URL and multipart: the bytes arrive unchanged, as files of one post', async () => {
    const outcome = await bridge.deliver(message([inline('inline.png'), {name: 'linked.png', url: `${filesUrl}/a.png`}]));
    const [post, ...others] = postsOf(outcome);
    expect(others).toEqual([]);
    // 11.x sorts the file ids of a post: which files is ours to say, their order is not.
    expect(post?.files.map(({name}) => name).sort()).toEqual(['inline.png', 'linked.png']);
    for (const {id} of post?.files ?? []) expect(mattermost.look.fileBytes(id)?.equals(PICTURE)).toBe(true);
    expect(post?.message).toContain('see the picture');

    const form = new FormData();
    form.append('event', JSON.stringify(message([{name: 'part.png', part: 'picture'}])));
    form.append('picture', new Blob([PICTURE]), 'whatever.png');
    const response = await fetch(`${bridge.url}/v1/events`, {
        method: 'POST',
        headers: {authorization: `Bearer ${bridge.token}`, prefer: 'wait=20'},
        body: form,
    });
    const [third] = postsOf((await response.json()) as {post_ids: string[]});
    expect(third?.files.map(({name}) => name)).toEqual(['part.png']);
    expect(mattermost.look.fileBytes(third?.files[0]?.id ?? '')?.equals(PICTURE)).toBe(true);
});

test('a message with only a file still says who sent it', async () => {
    const [post] = postsOf(await bridge.deliver(message([inline('only.png')], '')));
    expect(post?.message).toContain('Anna');
    expect(post?.files).toHaveLength(1);
});

test('more than ten files: the rest follow in posts of the same message', async () => {
    const outcome = await bridge.deliver(message(Array.from({length: 23}, (_, index) => inline(`${index}.png`))));
    const posts = postsOf(outcome);
    expect(posts.map((post) => post?.files.length)).toEqual([10, 10, 3]);
    const numbers = posts.map((post) => (post?.files ?? []).map(({name}) => Number.parseInt(name, 10)).sort((a, b) => a - b));
    expect(numbers.flat()).toEqual(Array.from({length: 23}, (_, index) => index));
    expect(new Set(posts.map((post) => post?.root_id)).size).toBe(1);
});

test('what can’t come along is named in the message, and the text arrives', async () => {
    const cases: [object, RegExp][] = [
        [inline('big.bin', Buffer.alloc(LIMIT + 1)), /big\.bin/],
        [{name: 'huge.bin', url: `${filesUrl}/huge.bin`}, /huge\.bin/],
        [{name: 'missing.png', url: `${filesUrl}/missing`}, /missing\.png/],
        [{name: 'foreign.png', url: 'https://elsewhere.example/x.png'}, /foreign\.png/],
        [{name: 'away.png', url: `${filesUrl}/away`}, /away\.png/],
        [inline('run.exe'), /run\.exe/],
        [inline('empty.txt', Buffer.alloc(0)), /empty\.txt/],
    ];
    for (const [attachment, named] of cases) {
        const [post] = postsOf(await bridge.deliver(message([attachment, inline('good.png')])));
        expect(post?.message).toContain('see the picture');
        expect(post?.message).toMatch(named);
        expect(post?.files.map(({name}) => name)).toEqual(['good.png']);
    }
});

test('a passing failure of the file’s host is tried again; a lasting one does not hold the text back', async () => {
    failures = 2;
    const [post] = postsOf(await bridge.deliver(message([{name: 'sometimes.png', url: `${filesUrl}/sometimes.png`}])));
    expect(post?.files.map(({name}) => name)).toEqual(['sometimes.png']);
    failures = 1000;
    const [without] = postsOf(await bridge.deliver(message([{name: 'sometimes.png', url: `${filesUrl}/sometimes.png`}])));
    expect(without?.files).toEqual([]);
    expect(without?.message).toMatch(/see the picture[\s\S]*sometimes\.png/);
});

test('a failing create does not upload the files again', async () => {
    mattermost.faults.add({kind: 'error', route: 'POST /posts', next: 2});
    const before = mattermost.requests().length;
    await bridge.deliver(message([inline('once.png')]));
    const uploads = mattermost
        .requests()
        .slice(before)
        .filter(({route}) => route === 'POST /files');
    expect(uploads).toHaveLength(1);
});

test('a file the server refuses for its size is named, whatever our own limit says', async () => {
    mattermost.config.maxFileSize = 50;
    await bridge.restart();
    try {
        const [post] = postsOf(await bridge.deliver(message([inline('too-big-for-server.png')])));
        expect(post?.message).toMatch(/see the picture[\s\S]*too-big-for-server\.png/);
    } finally {
        mattermost.config.maxFileSize = 100 * 1024 * 1024;
        await bridge.restart();
    }
});

test('delivered bytes are not kept in the store', async () => {
    await bridge.deliver(message([inline('gone.png')]));
    expect(await bridge.database.read.selectFrom('file').select('id').execute()).toEqual([]);
});

test('what became of each file is in the answer, the status, the log without names, and the metric; an edit says it again', async () => {
    const event = message([
        {name: 'foreign-secret.png', url: 'https://elsewhere.example/x.png'},
        {name: 'blob', mime_type: 'image/png', content_base64: PICTURE.toString('base64')},
        {name: 'lost.png', url: 'ftp://x/'},
    ]);
    const files = [
        {name: 'foreign-secret.png', state: 'missing', code: 'attachment_host_not_allowed'},
        {name: 'blob.png', state: 'attached'},
        {name: 'lost.png', state: 'missing', code: 'attachment_url_invalid'},
    ];
    const outcome = await bridge.deliver(event);
    expect(outcome.files).toEqual(files);
    expect(outcome.warnings).toEqual([{path: 'data.attachments.2', code: 'left_out'}]);
    const asked = await fetch(`${bridge.url}/v1/events/${event.id}`, {headers: {authorization: `Bearer ${bridge.token}`}});
    expect(((await asked.json()) as {files: unknown}).files).toEqual(files);
    const log = await bridge.database.read.selectFrom('log').selectAll().where('source_id', '=', event.id).orderBy('id').execute();
    expect(log.map(({code, level, delivery_seq}) => [code, level, delivery_seq !== null])).toEqual([
        ['details_changed', 'warn', true],
        ['delivered', 'info', true],
        ['attachment_host_not_allowed', 'warn', true],
        ['attachment_url_invalid', 'warn', true],
    ]);
    expect(JSON.stringify(log)).not.toContain('secret');
    const metrics = await (await fetch(`${bridge.url}/metrics`)).text();
    expect(metrics).toMatch(/^ireserve_files_total\{direction="to-mattermost",code="attachment_host_not_allowed"\} [1-9]/m);

    const [post] = postsOf(outcome);
    // Mattermost tells the type by the name: only so the picture is shown as one.
    expect(post?.files.map(({name}) => name)).toEqual(['blob.png']);
    const {conversation_id} = event.data as unknown as {conversation_id: string};
    await bridge.deliver(eventOf('message.edited', {conversation_id, message_id: 'm1', text: 'other words'}));
    const [edited] = postsOf(outcome);
    expect(edited?.message).toMatch(/other words[\s\S]*foreign-secret\.png[\s\S]*lost\.png/);
    expect(edited?.message).toContain('not on the list');
});

test('an edit leaves the posts of further files as they are', async () => {
    const event = message(Array.from({length: 11}, (_, index) => inline(`${index}.png`)));
    const outcome = await bridge.deliver(event);
    const before = postsOf(outcome).map((post) => post?.message);
    const {conversation_id} = event.data as unknown as {conversation_id: string};
    const edit = (text: string) => bridge.deliver(eventOf('message.edited', {conversation_id, message_id: 'm1', text}));
    const longer = await edit('long '.repeat(5000));
    expect(longer.post_ids?.length).toBeGreaterThan(2);
    expect(mattermost.look.post(outcome.post_ids?.[1] ?? '')?.message).toBe(before[1]);
    const shorter = await edit('short');
    expect(shorter.post_ids).toEqual(outcome.post_ids);
    expect(postsOf(shorter).map((post) => [post?.message.includes('short'), post?.files.length])).toEqual([
        [true, 10],
        [false, 1],
    ]);
    expect(postsOf(shorter)[1]?.message).toBe(before[1]);
});
