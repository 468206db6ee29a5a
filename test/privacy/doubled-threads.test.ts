/** One conversation in two threads is found, and goes on in one; nothing anybody said is lost, and nothing old leaves. */
import {afterEach, describe, expect, it} from 'vitest';
import {erase} from '../../bridge/privacy/erase.ts';
import type {PlainPost} from '../doubles/mattermost/start.ts';
import {eventOf} from '../support/bridge.ts';
import {createDatabase} from '../support/database.ts';
import {markOf, type Scene, startScene} from '../to-ireserve/scene.ts';
import {compareIn} from './compare.ts';
import {privacyOf} from './privacy.ts';

let scene: Scene;
afterEach(() => scene?.stop());

const message = (conversation_id: string, message_id: string) =>
    eventOf('message.created', {conversation_id, message_id, author: {type: 'visitor', name: 'Sanne'}, text: `words of ${message_id}`});
const doubledOnes = async () => (await compareIn(scene)).findings.filter(({kind}) => kind === 'thread_doubled').map(({id}) => id);
const there = (id: string): boolean => scene.mattermost.look.post(id)?.delete_at === 0;
const thread = (root_id: string): PlainPost[] =>
    scene.mattermost.look.posts(scene.mirror.id).filter((post) => post.root_id === root_id && post.delete_at === 0);
const keysIn = (root_id: string) => thread(root_id).map((post) => markOf(post)?.key);
const pointers = (root_id: string) => thread(root_id).filter((post) => markOf(post)?.key?.startsWith('joined:'));
/** The one the conversation goes on in. */
const threadRow = () =>
    scene.bridge.database.read.selectFrom('thread').selectAll().orderBy('number', 'desc').limit(1).executeTakeFirstOrThrow();
const answers = () => scene.ireserve.received.filter(({type}) => type === 'message.created').map(({data}) => data.text);

/** A conversation with one message, and a second thread of it that the store lost: its root, and of its posts those that are asked for. */
async function twice(start: Parameters<typeof startScene>[0] = {}, copied: readonly string[] = ['M1']) {
    scene = await startScene(start);
    const {mattermost, bridge, mirror} = scene;
    const {conversation_id, root_id} = await scene.open();
    await bridge.deliver(message(conversation_id, 'M1'));
    const {bot} = mattermost.seeded;
    const copy = async ({message: text, props}: PlainPost, root = '') =>
        (await mattermost.act.post(bot.id, {channel_id: mirror.id, root_id: root, message: text, props})).id;
    const other = await copy(mattermost.look.post(root_id) as PlainPost);
    for (const post of thread(root_id)) {
        const [, id = ''] = /^message:(.+):0$/.exec(markOf(post)?.key ?? '') ?? [];
        if (copied.includes(id)) await copy(post, other);
    }
    const repair = async () => {
        const report = await compareIn(scene, {repairing: true});
        await expect.poll(doubledOnes, {timeout: 15_000}).toEqual([]);
        const left = () =>
            bridge.database.read
                .selectFrom('delivery')
                .select('seq')
                .where('type', '=', 'bridge.join')
                .where('state', '=', 'queued')
                .execute();
        await expect.poll(left, {timeout: 15_000}).toEqual([]);
        await bridge.listening();
        return report;
    };
    return {conversation_id, mine: root_id, other, repair};
}

describe.each(['sqlite', 'postgres'] as const)('on %s', (dialect) => {
    const on = async () => (dialect === 'postgres' ? {databaseUrl: await createDatabase()} : {});

    it('a mere copy is found, left alone until asked, and then deleted', async () => {
        const {mine, other, conversation_id, repair} = await twice(await on());
        const report = await compareIn(scene);
        expect(report).toMatchObject({counts: {thread_doubled: 1}, repaired: 0, problem: null});
        expect(report.findings[0]).toMatchObject({id: other, conversation_id, detail: expect.stringContaining(mine)});
        expect(there(other)).toBe(true);
        expect((await repair()).repaired).toBe(1);
        expect([there(mine), there(other)]).toEqual([true, false]);
        expect(await compareIn(scene, {repairing: true})).toMatchObject({findings: [], repaired: 0});
        await scene.bridge.deliver(message(conversation_id, 'M2'));
        expect(keysIn(mine)).toEqual(['message:M1:0', 'message:M2:0']);
    });

    it('the thread people wrote in is taken up; what they said before never leaves by itself, and what they say then does', async () => {
        const {mine, other, conversation_id, repair} = await twice(await on());
        const {mattermost, bridge, anna} = scene;
        const lost = await mattermost.act.reply(anna.id, other, 'said while nobody knew this thread');
        await repair();
        expect([there(mine), there(other)]).toEqual([false, true]);
        expect(await threadRow()).toMatchObject({root_id: other, number: 1});
        const {post_ids} = await bridge.database.read.selectFrom('message').select('post_ids').executeTakeFirstOrThrow();
        expect(JSON.parse(post_ids)).toEqual([thread(other).find((post) => markOf(post)?.key === 'message:M1:0')?.id]);
        expect(keysIn(other).filter((key) => key === `taken-up:${other}`)).toHaveLength(1);
        await bridge.deliver(message(conversation_id, 'M2'));
        await bridge.deliver(eventOf('message.edited', {conversation_id, message_id: 'M1', text: 'better words'}));
        expect(thread(other).find((post) => markOf(post)?.key === 'message:M1:0')?.message).toContain('better words');
        expect(keysIn(other)).toContain('message:M2:0');
        const answer = await mattermost.act.reply(anna.id, other, 'heard again');
        await scene.marked(answer.id, 'white_check_mark');
        expect(answers()).toEqual(['heard again']);
        // Asked for, it leaves.
        mattermost.act.react(anna.id, lost.id, 'outbox_tray');
        await scene.marked(lost.id, 'white_check_mark');
        expect(answers()).toEqual(['heard again', 'said while nobody knew this thread']);
        expect((await compareIn(scene)).findings).toEqual([]);
    });
});

it('what stands only in the other thread is not deleted: it points to the one, once, and is no card any more', async () => {
    const {mine, other, conversation_id, repair} = await twice({environment: {PUBLIC_URL: 'http://127.0.0.1:9'}});
    const {mattermost, mirror} = scene;
    const root = mattermost.look.post(other) as PlainPost;
    expect(root.props).toHaveProperty('attachments');
    const mark = {...markOf(root), kind: 'message', key: 'message:M0:0'};
    const only = {channel_id: mirror.id, root_id: other, message: 'only here', props: {ireserve: mark}};
    await mattermost.act.post(mattermost.seeded.bot.id, only);
    await repair();
    expect([there(mine), there(other)]).toEqual([true, true]);
    expect(pointers(other)).toMatchObject([{message: expect.stringContaining(`/pl/${mine}`)}]);
    expect(mattermost.look.post(other)?.props).not.toHaveProperty('attachments');
    expect(mattermost.look.post(other)?.message).toBe(root.message);
    expect(await compareIn(scene, {repairing: true})).toMatchObject({findings: []});
    expect(pointers(other)).toHaveLength(1);
    await scene.bridge.deliver(message(conversation_id, 'M2'));
    expect(keysIn(mine)).toContain('message:M2:0');
});

it('a pinned copy is not deleted', async () => {
    const {mine, other, repair} = await twice();
    scene.mattermost.act.edit(scene.mattermost.seeded.bot.id, other, {is_pinned: true});
    await repair();
    expect([there(mine), there(other)]).toEqual([true, true]);
    expect(pointers(other)).toHaveLength(1);
});

it('where people wrote in both, the known one stays, and what they wrote in the other stands', async () => {
    const {mine, other, conversation_id, repair} = await twice();
    const {mattermost, anna} = scene;
    const answer = await mattermost.act.reply(anna.id, mine, 'here');
    await scene.marked(answer.id, 'white_check_mark');
    await mattermost.act.reply(anna.id, other, 'and there');
    await repair();
    expect([there(mine), there(other)]).toEqual([true, true]);
    expect(await threadRow()).toMatchObject({root_id: mine});
    expect(pointers(other)).toHaveLength(1);
    expect(answers()).toEqual(['here']);
    // Whoever goes on there is heard, too.
    const late = await mattermost.act.reply(anna.id, other, 'still there');
    await scene.marked(late.id, 'white_check_mark');
    expect(answers()).toEqual(['here', 'still there']);
    expect((await compareIn(scene)).findings).toEqual([]);
    // And erasing reaches both.
    const {erasing, integration} = await privacyOf(scene.bridge);
    expect(await erase(erasing, await integration(), {conversation_id})).toMatchObject({threads: {deleted: 2}, left: []});
    expect([there(mine), there(other)]).toEqual([false, false]);
});

it('what a person said by a dialog is theirs: the known thread stays, and the copy goes', async () => {
    const {mine, other, conversation_id, repair} = await twice();
    const {mattermost, mirror, bridge, anna} = scene;
    const said = {v: 1, integration: bridge.integration.id, conversation: conversation_id, key: 'said:X:0', kind: 'note'};
    await mattermost.act.post(mattermost.seeded.bot.id, {
        ...{channel_id: mirror.id, root_id: mine, message: 'a note by dialog', props: {ireserve: said}},
    });
    await mattermost.act.reply(anna.id, other, 'and an answer there');
    await repair();
    expect(await threadRow()).toMatchObject({root_id: mine});
    expect([there(mine), there(other)]).toEqual([true, true]);
});

it('the known thread is not deleted when it holds what the one taken up does not', async () => {
    const {mine, other, repair} = await twice({}, []);
    await scene.mattermost.act.reply(scene.anna.id, other, 'an answer');
    await repair();
    expect([there(mine), there(other)]).toEqual([true, true]);
    expect(await threadRow()).toMatchObject({root_id: other});
    expect(pointers(mine)).toMatchObject([{message: expect.stringContaining(`/pl/${other}`)}]);
});

it('a failure half-way is gone on from', async () => {
    const {mine, other, repair} = await twice();
    await scene.mattermost.act.reply(scene.anna.id, other, 'an answer');
    scene.mattermost.faults.add({kind: 'error', route: 'POST /posts', next: 1});
    scene.mattermost.faults.add({kind: 'error', route: 'DELETE /posts/:post_id', next: 2});
    await repair();
    expect(there(mine)).toBe(false);
    expect(scene.mattermost.faults.struck()).toEqual({error: 3});
    expect(keysIn(other).filter((key) => key === `taken-up:${other}`)).toHaveLength(1);
    expect(await threadRow()).toMatchObject({root_id: other});
});

it('a thread that was moved, a forged card and another’s conversation are no doubles', async () => {
    const {mine, other} = await twice();
    const {mattermost, mirror, anna} = scene;
    const root = mattermost.look.post(mine) as PlainPost;
    const {admin, bot} = mattermost.seeded;
    const {message: text, props} = root;
    await mattermost.act.post(anna.id, {channel_id: mirror.id, message: text, props});
    for (const change of [{integration: 'another'}, {conversation: 'C-unknown'}])
        await mattermost.act.post(bot.id, {channel_id: mirror.id, message: text, props: {ireserve: {...markOf(root), ...change}}});
    expect(await doubledOnes()).toEqual([other]);
    // Its own root gone, the other one is where it was moved to.
    mattermost.act.remove(admin.id, mine);
    expect((await compareIn(scene)).counts).toEqual({thread_missing: 1});
});
