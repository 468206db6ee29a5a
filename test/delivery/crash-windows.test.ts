/** kill -9 at the worst moments, one by one, and Mattermost forgets the keys of creates each time: only a look can tell what was made. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {eventOf} from '../support/bridge.ts';
import {type BridgeChild, type Standby, warmUp} from './bridge-child.ts';
import {seenPosts} from './seen.ts';
import {createSender} from './sender.ts';
import {makeSite, type Site} from './site.ts';

const MESSAGES_PER_THREAD = 10;
const CREATE = 'POST /posts';
const PATCH = 'PUT /posts/:post_id/patch';
/** Three posts of at most 16,000 code points. */
const LONG = Array.from({length: 4500}, (_, index) => `word${index}`).join(' ');

let mattermost: MattermostDouble;
let site: Site;
let bridge: BridgeChild;
let url: string;
let next: Standby;

beforeAll(async () => {
    mattermost = await startMattermost();
    // Nothing times out by itself: what is not answered stays so until the kill.
    site = await makeSite({mattermost, config: {messages_per_thread: MESSAGES_PER_THREAD}, environment: {MATTERMOST_TIMEOUT_MS: '60000'}});
    next = warmUp(site.environment);
    await restart();
});

afterAll(async () => {
    await next.end();
    await bridge.kill('SIGKILL');
    await mattermost.stop();
    site.remove();
});

async function restart(): Promise<void> {
    bridge = next.go();
    next = warmUp(site.environment);
    url = await bridge.up();
}

async function killAndRestart(): Promise<void> {
    await bridge.kill('SIGKILL');
    mattermost.faults.clear();
    mattermost.act.restart();
    await restart();
}

type Event = ReturnType<typeof eventOf>;

async function accept(events: readonly Event[]): Promise<void> {
    const sender = createSender(() => url, site.token);
    for (const event of events) expect(await sender.send(event)).toBe(true);
}

async function delivered(events: readonly Event[]): Promise<void> {
    const ids = events.map(({id}) => id);
    await expect
        .poll(
            () =>
                site.look(async ({read}) => {
                    const rows = await read.selectFrom('delivery').select('state').where('source_id', 'in', ids).execute();
                    return rows.filter(({state}) => state === 'delivered').length;
                }),
            {timeout: 20_000, interval: 30},
        )
        .toBe(ids.length);
}

/** The keys of what stands in Mattermost, in order. */
function keysOf(conversation: string | null): string[] {
    const {mirror, notifications} = mattermost.seeded.channels;
    return seenPosts(mattermost.look, [mirror.id, notifications.id])
        .filter(({mark}) => mark.conversation === conversation)
        .map(({mark}) => mark.key);
}

const shown = (conversation: string | null, key: string) => mattermost.until(() => keysOf(conversation).includes(key), 15_000);
const struck = (kind: string) => mattermost.until(() => (mattermost.faults.struck()[kind] ?? 0) > 0, 15_000);
/** From here on nothing of this kind gets through. In the same turn of the event loop as what was waited for: no request can slip between. */
const stopAll = (route: string) => mattermost.faults.add({kind: 'silent', route});
/** The next one is carried out and never answered. */
const swallowAnswer = (route: string) => mattermost.faults.add({kind: 'silent-after', route, next: 1});

/** Arms faults in the very turn in which a post appears. */
function once(conversation: string | null, key: string, arm: () => void): Promise<unknown> {
    return mattermost.until(() => {
        const there = keysOf(conversation).includes(key);
        if (there) arm();
        return there;
    }, 15_000);
}

const start = (conversation_id: string) => eventOf('conversation.started', {conversation_id, visitor: {name: 'Kim'}});
const say = (conversation_id: string, message_id: string, text = 'hello') =>
    eventOf('message.created', {conversation_id, message_id, author: {type: 'visitor', name: 'Kim'}, text});
const tenMessages = (id: string) => [start(id), ...Array.from({length: MESSAGES_PER_THREAD}, (_, n) => say(id, `m${n}`))];
const tenKeys = ['root:1', ...Array.from({length: MESSAGES_PER_THREAD}, (_, n) => `message:m${n}:0`)];

type Window = {
    readonly name: string;
    /** Delivered before. */
    readonly before?: (id: string) => Event[];
    readonly events: (id: string) => Event[];
    /** Arms faults; resolves at the moment of the kill. */
    readonly moment: (id: string) => Promise<unknown>;
    readonly keys: readonly string[];
};

const windows: Window[] = [
    {
        name: 'accepted, nothing sent',
        events: (id) => [start(id), say(id, 'm1')],
        moment: () => {
            stopAll('GET*');
            stopAll(CREATE);
            return Promise.resolve();
        },
        keys: ['root:1', 'message:m1:0'],
    },
    {
        name: 'the root is made, its answer lost',
        events: (id) => [start(id), say(id, 'm1')],
        moment: (id) => {
            swallowAnswer(CREATE);
            return shown(id, 'root:1');
        },
        keys: ['root:1', 'message:m1:0'],
    },
    {
        name: 'between root and first reply',
        events: (id) => [say(id, 'm1')],
        moment: async (id) => {
            await once(id, 'root:1', () => stopAll(CREATE));
            await struck('silent');
        },
        keys: ['root:1', 'message:m1:0'],
    },
    {
        name: 'a reply is made, its answer lost',
        before: (id) => [start(id)],
        events: (id) => [say(id, 'm1'), say(id, 'm2')],
        moment: (id) => {
            swallowAnswer(CREATE);
            return shown(id, 'message:m1:0');
        },
        keys: ['root:1', 'message:m1:0', 'message:m2:0'],
    },
    {
        name: 'between the parts of a long message',
        before: (id) => [start(id)],
        events: (id) => [say(id, 'm1', LONG), say(id, 'm2')],
        moment: async (id) => {
            await once(id, 'message:m1:0', () => stopAll(CREATE));
            await struck('silent');
        },
        keys: ['root:1', 'message:m1:0', 'message:m1:1', 'message:m1:2', 'message:m2:0'],
    },
    {
        name: 'the last part of a long message is made, its answer lost',
        before: (id) => [start(id)],
        events: (id) => [say(id, 'm1', LONG)],
        moment: async (id) => {
            await once(id, 'message:m1:1', () => swallowAnswer(CREATE));
            await shown(id, 'message:m1:2');
        },
        keys: ['root:1', 'message:m1:0', 'message:m1:1', 'message:m1:2'],
    },
    {
        name: 'the continuation is made, its answer lost',
        before: tenMessages,
        events: (id) => [say(id, 'm11')],
        moment: (id) => {
            swallowAnswer(CREATE);
            return shown(id, 'root:2');
        },
        keys: [...tenKeys, 'root:2', 'link:2', 'message:m11:0'],
    },
    {
        name: 'the continuation is made, not yet linked',
        before: tenMessages,
        events: (id) => [say(id, 'm11')],
        moment: async (id) => {
            await once(id, 'root:2', () => stopAll(CREATE));
            await struck('silent');
        },
        keys: [...tenKeys, 'root:2', 'link:2', 'message:m11:0'],
    },
    {
        name: 'the link is made, its answer lost',
        before: tenMessages,
        events: (id) => [say(id, 'm11')],
        moment: async (id) => {
            await once(id, 'root:2', () => swallowAnswer(CREATE));
            await shown(id, 'link:2');
        },
        keys: [...tenKeys, 'root:2', 'link:2', 'message:m11:0'],
    },
    {
        name: 'the old card points forward, the message is not yet said',
        before: tenMessages,
        events: (id) => [say(id, 'm11')],
        moment: async (id) => {
            await once(id, 'link:2', () => swallowAnswer(PATCH));
            await struck('silent-after');
        },
        keys: [...tenKeys, 'root:2', 'link:2', 'message:m11:0'],
    },
    {
        name: 'an edit is half done: more posts are to come',
        before: (id) => [start(id), say(id, 'm1')],
        events: (id) => [eventOf('message.edited', {conversation_id: id, message_id: 'm1', text: LONG})],
        moment: async (id) => {
            await once(id, 'message:m1:edit:1', () => stopAll(CREATE));
            await struck('silent');
        },
        keys: ['root:1', 'message:m1:0', 'message:m1:edit:1', 'message:m1:edit:2'],
    },
    {
        name: 'a withdrawal is half done: a post is gone, the answer lost',
        before: (id) => [start(id), say(id, 'm1', LONG)],
        events: (id) => [eventOf('message.deleted', {conversation_id: id, message_id: 'm1'})],
        moment: () => {
            swallowAnswer('DELETE /posts/:post_id');
            return struck('silent-after');
        },
        keys: ['root:1', 'message:m1:0'],
    },
    {
        name: 'a deleted thread is made anew, its answer lost',
        before: (id) => [start(id)],
        events: (id) => [say(id, 'm1')],
        moment: (id) => {
            const root = seenPosts(mattermost.look, [mattermost.seeded.channels.mirror.id]).find(({mark}) => mark.conversation === id);
            mattermost.act.remove(mattermost.seeded.admin.id, root?.id ?? '');
            swallowAnswer(CREATE);
            return shown(id, 'root:2');
        },
        keys: ['root:2', 'message:m1:0'],
    },
];

test.for(windows)('$name', async ({before, events, moment, keys, name}) => {
    const id = `C-${windows.findIndex((window) => window.name === name)}`;
    const earlier = before?.(id) ?? [];
    await accept(earlier);
    if (earlier.length > 0) await delivered(earlier);
    const killed = moment(id);
    const pushed = events(id);
    await accept(pushed);
    await killed;
    await killAndRestart();
    await delivered(pushed);
    expect(keysOf(id)).toEqual(keys);
});

test('between the posts of a long notification', async () => {
    const notification = eventOf('notification.created', {
        notification_id: 'N1',
        notification_type: 'booking_confirmation',
        title: 'Long',
        text: LONG,
    });
    const killed = once(null, 'notification:N1:0', () => stopAll(CREATE)).then(() => struck('silent'));
    await accept([notification]);
    await killed;
    await killAndRestart();
    await delivered([notification]);
    expect(keysOf(null)).toEqual(['notification:N1:0', 'notification:N1:1', 'notification:N1:2']);
});

/** A file's way, and where it is cut: whatever was uploaded is not uploaded twice, and nothing is said to be missing that is there. */
const PICTURE = [{name: 'jetty.jpg', content_base64: Buffer.from('a picture, more or less').toString('base64')}];
const UPLOAD = 'POST /files';
const show = (conversation_id: string) =>
    eventOf('message.created', {
        conversation_id,
        message_id: 'm1',
        author: {type: 'visitor', name: 'Kim'},
        text: 'see',
        attachments: PICTURE,
    });
const fileWindows: Pick<Window, 'name' | 'moment'>[] = [
    {
        name: 'a file is uploaded, its message not posted',
        moment: () => {
            stopAll(CREATE);
            return struck('silent');
        },
    },
    {
        name: 'a message with a file is posted, its answer lost',
        moment: (id) => {
            swallowAnswer(CREATE);
            return shown(id, 'message:m1:0');
        },
    },
    {
        name: 'a file waits, its text is posted',
        moment: (id) => {
            mattermost.faults.add({kind: 'error', route: UPLOAD, status: 503});
            return shown(id, 'message:m1:0');
        },
    },
];

test.for(fileWindows)('$name', async ({moment, name}) => {
    const id = `F-${fileWindows.findIndex((window) => window.name === name)}`;
    const opening = [start(id)];
    await accept(opening);
    await delivered(opening);
    const from = mattermost.requests().length;
    const killed = moment(id);
    const event = show(id);
    await accept([event]);
    await killed;
    await killAndRestart();
    await delivered([event]);
    const posts = () =>
        seenPosts(mattermost.look, [mattermost.seeded.channels.mirror.id]).filter(
            ({mark}) => mark.conversation === id && mark.kind === 'message',
        );
    await mattermost.until(() => posts().some(({files}) => files.length > 0), 15_000);
    await mattermost.until(() => posts().every(({message}) => !/⏳/.test(message)), 15_000);
    expect(posts().map(({files, message}) => [files.map((file) => file.name), /⚠️/.test(message)])).toEqual([[['jetty.jpg'], false]]);
    const uploads = mattermost
        .requests()
        .slice(from)
        .filter(({route, status}) => route === UPLOAD && status === 201);
    expect(uploads).toHaveLength(1);
});
