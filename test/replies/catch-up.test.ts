/** What was said while nobody listened is found, however much it was, and nothing of it twice. */
import {afterEach, expect, it} from 'vitest';
import type {MattermostOptions} from '../doubles/mattermost/start.ts';
import {MARKS, type Scene, startScene} from '../to-ireserve/scene.ts';
import {presses} from './press.ts';
import {inState, quiet, told, toldInTheEnd} from './quiet.ts';

let scene: Scene;
let conversation_id: string;
let root_id: string;
afterEach(() => scene.stop());

async function begin(more: Parameters<typeof startScene>[0] = {}, server: MattermostOptions = {}) {
    scene = await startScene({server, ...more});
    ({conversation_id, root_id} = await scene.open());
}

/** Never two in one millisecond: what of these came first, nobody can tell. */
async function reply(author: string, root: string, text: string) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return scene.mattermost.act.reply(author, root, text);
}
const say = (text: string) => reply(scene.anna.id, root_id, text);
const cursors = () => scene.bridge.database.read.selectFrom('ear').select('heard_at').execute();

/** Does something while the bridge can neither hear nor look. */
async function whileDeaf(act: () => Promise<unknown>): Promise<void> {
    const {mattermost, bridge, ireserve} = scene;
    mattermost.faults.add({kind: 'reset', route: 'GET*'});
    mattermost.act.restart();
    await act();
    mattermost.faults.clear();
    await bridge.restart();
    ireserve.connect(bridge.url);
}

it('more than a thousand posts, edits and deletions: all are found, beyond what Mattermost tells at once', {timeout: 90_000}, async () => {
    await begin();
    const {mattermost, anna, bram, mirror} = scene;
    const kept = await say('said before');
    const gone = await say('deleted meanwhile');
    await toldInTheEnd(scene, conversation_id).toHaveLength(2);
    const second = await scene.open({name: 'Kim'});
    let late = '';
    await whileDeaf(async () => {
        mattermost.act.edit(anna.id, kept.id, {message: 'edited meanwhile'});
        mattermost.act.remove(anna.id, gone.id);
        late = (await say('first said')).id;
        // Others talk: more changes than one answer holds, in no order.
        for (let n = 0; n < 700; n++) {
            const post = await mattermost.act.post(bram.id, {channel_id: mirror.id, message: `aside ${n}`});
            if (n % 2 === 0) mattermost.act.edit(bram.id, post.id, {message: `aside ${n}, edited`});
        }
        for (let n = 0; n < 30; n++) await reply(bram.id, second.root_id, `number ${n}`);
        mattermost.act.edit(anna.id, late, {message: 'last said'});
        await mattermost.act.reply(bram.id, second.root_id, '// not for Kim');
    });
    const numbers = Array.from({length: 30}, (_, n) => `number ${n}`);
    await expect.poll(() => told(scene, second.conversation_id).length, {timeout: 40_000}).toBe(30);
    // It may have been a note while nobody listened.
    await inState(scene, late, 'asked');
    await presses(scene.bridge).send(late);
    await toldInTheEnd(scene, conversation_id).toEqual(['edited meanwhile', 'last said']);
    await quiet(scene);
    expect(told(scene, second.conversation_id)).toEqual(numbers);
    expect(scene.outbound()).not.toContain('not for Kim');
    expect(scene.outbound()).not.toContain('aside');
});

it('a thread of several pages is read to its end, in order', {timeout: 60_000}, async () => {
    await begin();
    const texts = Array.from({length: 230}, (_, n) => `line ${n}`);
    await whileDeaf(async () => {
        for (const text of texts) await say(text);
    });
    await expect.poll(() => told(scene, conversation_id).length, {timeout: 40_000, interval: 50}).toBe(230);
    expect(told(scene, conversation_id)).toEqual(texts);
});

it('the cursor is stored, does not go back, and does not pass what could not be read', async () => {
    await begin({overrides: {look: {down: 200, up: 200}}});
    await say('one');
    await toldInTheEnd(scene, conversation_id).toEqual(['one']);
    await expect.poll(async () => (await cursors())[0]?.heard_at, {timeout: 10_000}).toBeGreaterThan(0);
    const [before] = await cursors();
    const {mattermost} = scene;
    mattermost.faults.add({kind: 'error', route: 'GET /posts/:post_id/thread'});
    const {create_at} = await say('two');
    await mattermost.until(() => (mattermost.faults.struck().error ?? 0) > 3, 10_000);
    const [during] = await cursors();
    expect(during?.heard_at).toBeGreaterThanOrEqual(before?.heard_at ?? 0);
    expect(during?.heard_at).toBeLessThan(create_at);
    mattermost.faults.clear();
    await toldInTheEnd(scene, conversation_id).toEqual(['one', 'two']);
    await expect.poll(async () => (await cursors())[0]?.heard_at, {timeout: 10_000}).toBeGreaterThanOrEqual(create_at);
});

it('an old server without resumable event streams: nothing is missed over cuts', async () => {
    await begin({}, {version: '5.37', config: {enableReliableWebSockets: false}});
    const {mattermost} = scene;
    const texts: string[] = [];
    for (let n = 0; n < 5; n++) {
        texts.push(`before ${n}`, `after ${n}`);
        await say(`before ${n}`);
        mattermost.act.cutSockets();
        await say(`after ${n}`);
        await toldInTheEnd(scene, conversation_id).toEqual(texts);
    }
});

it('a proxy lets no event stream through: answers, edits and deletions are found by looking', async () => {
    scene = await startScene({overrides: {look: {down: 200, up: 60_000}}});
    const {mattermost, ireserve, anna, mirror} = scene;
    mattermost.faults.add({kind: 'reset', route: 'GET /websocket'});
    mattermost.act.restart();
    ({conversation_id} = await ireserve.openConversation({name: 'Sanne'}));
    root_id = (await mattermost.until(() => mattermost.look.roots(mirror.id).at(-1), 10_000)).id;
    const one = await say('one');
    const two = await say('two');
    await toldInTheEnd(scene, conversation_id).toEqual(['one', 'two']);
    mattermost.act.edit(anna.id, one.id, {message: 'one, edited'});
    mattermost.act.remove(anna.id, two.id);
    await toldInTheEnd(scene, conversation_id).toEqual(['one, edited']);
    mattermost.faults.clear();
});

it('without the stream, a look at a channel in which nothing happens is one call', async () => {
    let ahead = 0;
    scene = await startScene({overrides: {now: () => Date.now() + ahead, look: {down: 20, up: 60_000}}});
    const {mattermost, ireserve, bram, mirror} = scene;
    mattermost.faults.add({kind: 'reset', route: 'GET /websocket'});
    mattermost.act.restart();
    ({conversation_id} = await ireserve.openConversation({name: 'Sanne'}));
    root_id = (await mattermost.until(() => mattermost.look.roots(mirror.id).at(-1), 10_000)).id;
    // Colleagues talk among themselves, too.
    const aside = await mattermost.act.post(bram.id, {channel_id: mirror.id, message: 'lunch?'});
    await reply(bram.id, aside.id, 'yes');
    const one = await say('one');
    // The last change of all: the mark on it.
    await scene.marked(one.id, MARKS.delivered);
    await quiet(scene);
    const looks = () => mattermost.requests().filter(({url}) => url.includes('/posts?since=')).length;
    const reads = () => mattermost.requests().filter(({method, url}) => method === 'GET' && /^[^?]*\/posts\/[a-z0-9]{26}/.test(url)).length;
    const pass = async (more: number) => {
        const before = looks();
        await mattermost.until(() => looks() >= before + more, 10_000);
    };
    await pass(2);
    // What is young is read again for a while.
    ahead += 16_000;
    await pass(2);
    const before = reads();
    await pass(5);
    expect(reads()).toBe(before);
    await say('two');
    await toldInTheEnd(scene, conversation_id).toEqual(['one', 'two']);
    mattermost.faults.clear();
});

it('a stop in the middle of a long catch-up does not wait for its end, and the next start goes on', {timeout: 60_000}, async () => {
    await begin();
    const {mattermost, bridge, ireserve} = scene;
    const chats: Awaited<ReturnType<Scene['open']>>[] = [];
    for (let n = 0; n < 12; n++) chats.push(await scene.open({name: `Kim ${n}`}));
    await whileDeaf(async () => {
        for (const chat of chats) await mattermost.act.reply(scene.anna.id, chat.root_id, 'hello');
        mattermost.latency.extraMs.set('GET /posts/:post_id/thread', 1000);
    });
    await expect
        .poll(() => chats.filter((chat) => told(scene, chat.conversation_id).length > 0).length, {timeout: 20_000})
        .toBeGreaterThan(0);
    const at = performance.now();
    await bridge.restart();
    expect(performance.now() - at).toBeLessThan(6000);
    mattermost.latency.extraMs.clear();
    ireserve.connect(bridge.url);
    for (const chat of chats) await toldInTheEnd(scene, chat.conversation_id).toEqual(['hello']);
});
