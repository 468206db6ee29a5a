/** Files that can't be brought over just now: the text goes first, nothing waits for them, and they come to their message, or it says why not. */
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {BRIDGE} from '../../bridge/admin/audit.ts';
import {discardDelivery} from '../../bridge/admin/deliveries.ts';
import {erase} from '../../bridge/privacy/erase.ts';
import {replay} from '../../bridge/store/by-hand.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {privacyOf} from '../privacy/privacy.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';

const BYTES = Buffer.from('a picture, more or less');
const UPLOAD = 'POST /files';
const POLL = {timeout: 15_000, interval: 20};

let files: Server;
let filesUrl: string;
/** What the files' own host answers. */
let status = 200;

beforeAll(async () => {
    files = createServer((_, response) => response.writeHead(status).end(status === 200 ? BYTES : ''));
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    filesUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
});

afterAll(async () => {
    files.closeAllConnections();
    await new Promise((resolve) => files.close(resolve));
});

const inline = (name: string) => ({name, content_base64: BYTES.toString('base64')});
const linked = (name: string) => ({name, url: `${filesUrl}/${name}`});

describe.each(['11.6', '5.37'] as const)('on %s', (version) => {
    let mattermost: MattermostDouble;
    let bridge: TestBridge;
    let counter = 0;

    beforeAll(async () => {
        mattermost = await startMattermost({version});
        bridge = await startTestBridge({mattermost, config: {attachment_hosts: [filesUrl]}, overrides: {random: () => 0}});
    });

    afterEach(() => {
        mattermost.faults.clear();
        status = 200;
    });

    afterAll(async () => {
        await bridge.stop();
        await mattermost.stop();
    });

    const failUploads = (kind: 'error' | 'too-many' | 'reset' = 'error') =>
        mattermost.faults.add(
            kind === 'error'
                ? {kind, route: UPLOAD, status: 503}
                : kind === 'too-many'
                  ? {kind, route: UPLOAD, retryAfterS: 0}
                  : {kind, route: UPLOAD},
        );

    /** A message with files, and what to ask about it. */
    async function send(attachments: object[], text = 'see the picture') {
        const conversation_id = `L-${++counter}`;
        const event = eventOf('message.created', {
            conversation_id,
            message_id: 'm1',
            author: {type: 'visitor', name: 'Anna'},
            text,
            attachments,
        });
        const {post_ids: [first = ''] = [], files: told = []} = await bridge.deliver(event);
        const post = () => mattermost.look.post(first);
        const thread = () =>
            mattermost.look
                .posts(mattermost.seeded.channels.mirror.id)
                .filter(({root_id, delete_at}) => root_id === post()?.root_id && delete_at === 0);
        return {
            ...{conversation_id, told, post, thread},
            /** All files that stand in the thread. */
            names: () => thread().flatMap(({files: there}) => there.map(({name}) => name)),
            outcome: async () => {
                const answer = await fetch(`${bridge.url}/v1/events/${event.id}`, {headers: {authorization: `Bearer ${bridge.token}`}});
                return (await answer.json()) as {post_ids: string[]; files: {name: string; state: string; code?: string}[]};
            },
            say: (type: 'message.edited' | 'message.deleted' | 'message.created', data: object) =>
                bridge.deliver(eventOf(type, {conversation_id, ...data})),
        };
    }

    const fileDelivery = () =>
        bridge.database.read
            .selectFrom('delivery')
            .selectAll()
            .where('type', '=', 'bridge.file')
            .orderBy('seq', 'desc')
            .executeTakeFirstOrThrow();
    const kept = () => bridge.database.read.selectFrom('file').select('id').execute();

    /** The next failed try is the last one. */
    async function dead() {
        const {seq} = await fileDelivery();
        await bridge.database.write((tx) =>
            tx.updateTable('delivery').set({attempts: 10, received_at: 1}).where('seq', '=', seq).execute(),
        );
        await expect.poll(async () => (await fileDelivery()).state, POLL).toBe('dead');
        return seq;
    }

    const kinds = version === '5.37' ? (['error'] as const) : (['error', 'too-many', 'reset'] as const);
    test.each(kinds)('uploads fail (%s): text, what follows it, then the file at its message', async (kind) => {
        failUploads(kind);
        const sent = await send([inline('a.txt')]);
        expect(sent.told).toEqual([{name: 'a.txt', state: 'waiting', code: 'attachment_not_ready'}]);
        expect(sent.post()?.message).toMatch(/see the picture\n\n⏳ File follows: “a\\?.txt”$/);
        await sent.say('message.created', {message_id: 'm2', author: {type: 'visitor', name: 'Anna'}, text: 'did it come?'});
        expect(await kept()).toHaveLength(1);
        mattermost.faults.clear();
        await expect.poll(async () => (await sent.outcome()).files, POLL).toEqual([{name: 'a.txt', state: 'attached'}]);
        expect(sent.names()).toEqual(['a.txt']);
        expect(sent.post()?.message).toMatch(/see the picture$/);
        const [holder] = sent.thread().filter(({files: there}) => there.length > 0);
        expect(mattermost.look.fileBytes(holder?.files[0]?.id ?? '')?.equals(BYTES)).toBe(true);
        // 5.37 can't put a file into a post that stands: one of its own, which says whose it is.
        if (version === '5.37') expect(holder?.message).toMatch(/Anna[\s\S]*File of \[an earlier message\]\(http/);
        else expect(holder?.id).toBe(sent.post()?.id);
        expect((await sent.outcome()).post_ids).toContain(holder?.id);
        expect(await kept()).toEqual([]);
    });

    test('an edit before it comes says that it follows, too; after that the words are the new ones', async () => {
        failUploads();
        const sent = await send([inline('a.txt')]);
        await sent.say('message.edited', {message_id: 'm1', text: 'other words'});
        expect(sent.post()?.message).toMatch(/other words\n\n⏳ File follows/);
        mattermost.faults.clear();
        await expect.poll(sent.names, POLL).toEqual(['a.txt']);
        await expect.poll(() => sent.post()?.message, POLL).toMatch(/other words$/);
        await sent.say('message.edited', {message_id: 'm1', text: 'long '.repeat(5000)});
        expect(sent.names()).toEqual(['a.txt']);
        await sent.say('message.edited', {message_id: 'm1', text: 'short'});
        expect(sent.names()).toEqual(['a.txt']);
        await sent.say('message.deleted', {message_id: 'm1'});
        expect(sent.names()).toEqual([]);
        expect(sent.thread().map(({message}) => message)).toEqual([expect.stringContaining('withdrawn')]);
    });

    test('a text that was posted before its file, unanswered, gets the file and no false line', async () => {
        failUploads();
        // The create is carried out, with the line that the file follows; its answer is lost. By the next try uploads work again.
        mattermost.faults.add({kind: 'error-after', route: 'POST /posts', next: 2});
        const gone = mattermost.until(() => {
            if ((mattermost.faults.struck()['error-after'] ?? 0) < 2) return false;
            mattermost.faults.clear();
            return true;
        }, 15_000);
        const sent = await send([inline('a.txt')]);
        await gone;
        await expect.poll(async () => (await sent.outcome()).files, POLL).toEqual([{name: 'a.txt', state: 'attached'}]);
        expect(sent.names()).toEqual(['a.txt']);
        expect(sent.post()?.message).toMatch(/see the picture$/);
    });

    // What does not lie in how a file is put to its message is the same on every server.
    if (version === '5.37') return;

    test('a file whose host fails blocks no other, and comes when its host answers again', async () => {
        status = 503;
        const sent = await send([linked('far.txt'), inline('near.txt')]);
        expect(sent.told.map(({state}) => state)).toEqual(['waiting', 'attached']);
        expect(sent.names()).toEqual(['near.txt']);
        status = 200;
        await expect.poll(async () => (await sent.outcome()).files.map(({state}) => state), POLL).toEqual(['attached', 'attached']);
        expect(sent.names().sort()).toEqual(['far.txt', 'near.txt']);
    });

    test('one that is gone, or refused, when it is its turn is told at the message', async () => {
        status = 503;
        const sent = await send([linked('gone.txt')]);
        status = 404;
        await expect
            .poll(async () => (await sent.outcome()).files, POLL)
            .toEqual([{name: 'gone.txt', state: 'missing', code: 'attachment_not_found'}]);
        expect(sent.post()?.message).toMatch(
            /see the picture\n\n⚠️ The file “gone\\?.txt” was not brought over: it is no longer there\. Ask for it again\.$/,
        );
        const log = await bridge.database.read
            .selectFrom('log')
            .select('code')
            .where('conversation_id', '=', sent.conversation_id)
            .execute();
        expect(log.map(({code}) => code)).toContain('attachment_not_found');
    });

    test('a file of a message withdrawn meanwhile is never posted, and its bytes are not kept', async () => {
        failUploads();
        const sent = await send([inline('secret.txt')]);
        await sent.say('message.deleted', {message_id: 'm1'});
        expect(await kept()).toEqual([]);
        mattermost.faults.clear();
        await expect
            .poll(async () => (await sent.outcome()).files, POLL)
            .toEqual([{name: 'secret.txt', state: 'missing', code: 'attachment_withdrawn'}]);
        expect(sent.names()).toEqual([]);
    });

    test('nor is one whose message people deleted in Mattermost', async () => {
        failUploads();
        const sent = await send([inline('a.txt')]);
        mattermost.act.remove(mattermost.seeded.admin.id, sent.post()?.id ?? '');
        mattermost.faults.clear();
        await expect.poll(async () => (await sent.outcome()).files.map(({code}) => code), POLL).toEqual(['attachment_withdrawn']);
        expect(sent.names()).toEqual([]);
    });

    test('given up in the end it is told at the message; a replay brings it all the same', async () => {
        failUploads();
        const sent = await send([inline('a.txt')]);
        const seq = await dead();
        await expect
            .poll(() => sent.post()?.message, POLL)
            .toMatch(/⚠️ The file “a\\?.txt” was not brought over: it could not be delivered for too long/);
        expect((await sent.outcome()).files).toEqual([{name: 'a.txt', state: 'missing', code: 'attachment_given_up'}]);
        mattermost.faults.clear();
        await bridge.database.write((tx) => replay(tx, seq, Date.now()));
        await expect.poll(async () => (await sent.outcome()).files, POLL).toEqual([{name: 'a.txt', state: 'attached'}]);
        expect(sent.post()?.message).toMatch(/see the picture$/);
        expect(sent.names()).toEqual(['a.txt']);
    });

    test('discarded by hand it is told as well', async () => {
        failUploads();
        const sent = await send([inline('a.txt')]);
        const {seq} = await fileDelivery();
        await expect
            .poll(() => bridge.database.write((tx) => discardDelivery(tx, seq, 'nobody wants it', Date.now(), BRIDGE)), POLL)
            .toMatchObject({outcome: 'discarded'});
        await expect.poll(async () => (await sent.outcome()).files.map(({code}) => code), POLL).toEqual(['attachment_given_up']);
        expect(sent.post()?.message).toMatch(/⚠️/);
        expect(await kept()).toEqual([]);
    });

    test('of a conversation erased meanwhile neither the file nor its lane is kept', async () => {
        failUploads();
        const sent = await send([inline('a.txt')]);
        const {lane} = await fileDelivery();
        const {erasing, integration} = await privacyOf(bridge);
        await erase(erasing, await integration(), {conversation_id: sent.conversation_id});
        expect(await kept()).toEqual([]);
        expect(await bridge.database.read.selectFrom('lane').select('key').where('key', '=', lane).execute()).toEqual([]);
        expect(await bridge.database.read.selectFrom('delivery').select('seq').where('lane', '=', lane).execute()).toEqual([]);
    });
});

test('files whose host lets everybody wait hold no message up', async () => {
    let hanging = 0;
    let hangs = false;
    const slow = createServer((_, response) => {
        if (hangs) hanging++;
        else response.writeHead(503).end();
    });
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    const mattermost = await startMattermost();
    // Two lanes at once.
    const environment = {MATTERMOST_CREATES_IN_FLIGHT: '1'};
    const bridge = await startTestBridge({mattermost, config: {attachment_hosts: [url]}, environment, overrides: {random: () => 0}});
    const say = (conversation_id: string, more: object = {}) =>
        bridge.deliver(
            eventOf('message.created', {
                ...{conversation_id, message_id: 'm1', author: {type: 'visitor', name: 'Anna'}, text: 'is anybody there?'},
                ...more,
            }),
        );
    try {
        for (const id of ['slow-1', 'slow-2']) await say(id, {attachments: [{name: 'a.txt', url: `${url}/a.txt`}]});
        hangs = true;
        const lanes = () => bridge.database.read.selectFrom('lane').select('key').where('key', 'like', '%/f:%');
        const waiting = () => lanes().where('owner', 'is', null).where('due', '=', 0).execute();
        await expect.poll(() => hanging, POLL).toBe(1);
        // The other one's next try is due now, too: it is claimed, whatever comes of it.
        await bridge.database.write((tx) =>
            tx.updateTable('lane').set({due: 0}).where('key', 'like', '%/f:%').where('owner', 'is', null).execute(),
        );
        await expect.poll(waiting, POLL).toEqual([]);
        expect((await say('quick')).state).toBe('delivered');
    } finally {
        slow.closeAllConnections();
        slow.close();
        await bridge.stop();
        await mattermost.stop();
    }
});
