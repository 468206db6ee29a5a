/** Threads that are moved, deleted or continued: the visitor keeps what was said, and hears everything new once. */
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {movedFrom} from '../../bridge/store/records.ts';
import {createDatabase} from '../support/database.ts';
import {MARKS, type Scene, startScene} from '../to-ireserve/scene.ts';
import {presses} from './press.ts';
import {inState, quiet, replyOf, told, toldInTheEnd} from './quiet.ts';

let scene: Scene;
let conversation_id: string;
let root_id: string;

beforeEach(async () => {
    scene = await startScene();
    ({conversation_id, root_id} = await scene.open());
});
afterEach(() => scene.stop());

const say = (text: string, root = root_id) => scene.mattermost.act.reply(scene.anna.id, root, text);
const threadPost = (root: string, text: string) =>
    scene.mattermost.until(() => scene.mattermost.look.thread(root).find(({message}) => message === text));

it('a moved thread takes nothing back, doubles nothing, and goes on', async () => {
    const {mattermost, bridge, mirror} = scene;
    const edited = await say('first wording');
    await say('same words');
    await say('same words');
    await toldInTheEnd(scene, conversation_id).toHaveLength(3);
    mattermost.act.edit(scene.anna.id, edited.id, {message: 'second wording'});
    await toldInTheEnd(scene, conversation_id).toEqual(['second wording', 'same words', 'same words']);
    const moved = await mattermost.act.moveThread(root_id, mirror.id);
    await say('after the move', moved.id);
    await toldInTheEnd(scene, conversation_id).toEqual(['second wording', 'same words', 'same words', 'after the move']);
    await bridge.restart();
    await bridge.listening();
    await quiet(scene);
    expect(told(scene, conversation_id)).toEqual(['second wording', 'same words', 'same words', 'after the move']);
    // The copies are the replies now.
    const copy = await threadPost(moved.id, 'second wording');
    await scene.marked(copy.id, MARKS.delivered);
    mattermost.act.edit(scene.anna.id, copy.id, {message: 'third wording'});
    await toldInTheEnd(scene, conversation_id).toEqual(['third wording', 'same words', 'same words', 'after the move']);
    mattermost.act.remove(scene.anna.id, copy.id);
    await toldInTheEnd(scene, conversation_id).toEqual(['same words', 'same words', 'after the move']);
});

it('a copy that is edited before anything else was heard of the move is no new reply', async () => {
    const {mattermost, mirror} = scene;
    await say('first wording');
    await toldInTheEnd(scene, conversation_id).toEqual(['first wording']);
    const moved = await mattermost.act.moveThread(root_id, mirror.id);
    const copy = await threadPost(moved.id, 'first wording');
    await expect.poll(async () => (await replyOf(scene, copy.id)) ?? (await postedAs(copy.id)), {timeout: 10_000}).toBe(copy.id);
    mattermost.act.edit(scene.anna.id, copy.id, {message: 'second wording'});
    await toldInTheEnd(scene, conversation_id).toEqual(['second wording']);
});

it('the same words said again after the thread was deleted are a new reply', async () => {
    const {mattermost, ireserve} = scene;
    await say('Good morning');
    await toldInTheEnd(scene, conversation_id).toEqual(['Good morning']);
    mattermost.act.remove(mattermost.seeded.admin.id, root_id);
    await ireserve.say(conversation_id, 'Hello?');
    const root = await scene.botPost(({kind, conversation}, {id}) => kind === 'root' && conversation === conversation_id && id !== root_id);
    await say('Good morning', root.id);
    await toldInTheEnd(scene, conversation_id).toEqual(['Good morning', 'Good morning']);
});

describe('while a thread is being moved', () => {
    const move = (meanwhile: () => Promise<unknown>) => scene.mattermost.act.moveThread(root_id, scene.mirror.id, meanwhile);

    it('what is edited and deleted in the old place reaches the visitor, and its copies say nothing', async () => {
        const {mattermost} = scene;
        const edited = await say('first wording');
        const deleted = await say('a slip');
        await say('stays');
        await toldInTheEnd(scene, conversation_id).toEqual(['first wording', 'a slip', 'stays']);
        await Promise.all([edited, deleted].map(({id}) => scene.marked(id, MARKS.delivered)));
        const moved = await move(async () => {
            await later();
            mattermost.act.edit(scene.anna.id, edited.id, {message: 'second wording'});
            mattermost.act.remove(scene.anna.id, deleted.id);
            await toldInTheEnd(scene, conversation_id).toEqual(['second wording', 'stays']);
        });
        await say('after the move', moved.id);
        await toldInTheEnd(scene, conversation_id).toEqual(['second wording', 'stays', 'after the move']);
        await scene.bridge.restart();
        await scene.bridge.listening();
        await quiet(scene);
        expect(told(scene, conversation_id)).toEqual(['second wording', 'stays', 'after the move']);
        // The copies are the replies now, also where they say something else.
        const copy = await threadPost(moved.id, 'first wording');
        expect(await postedAs(copy.id)).toBe(copy.id);
        mattermost.act.edit(scene.anna.id, copy.id, {message: 'third wording'});
        await toldInTheEnd(scene, conversation_id).toEqual(['third wording', 'stays', 'after the move']);
    });

    it('a deletion there that is heard of when all is over is one all the same', async () => {
        const {mattermost} = scene;
        const deleted = await say('a slip');
        await say('stays');
        await toldInTheEnd(scene, conversation_id).toHaveLength(2);
        const moved = await move(async () => {
            mattermost.events.hold();
            mattermost.act.remove(scene.anna.id, deleted.id);
        });
        mattermost.events.tell('reversed');
        await say('after the move', moved.id);
        await toldInTheEnd(scene, conversation_id).toEqual(['stays', 'after the move']);
    });

    it('an answer that was posted there and never read is in the log; one that was read stays', async () => {
        const read = async (text: string) => {
            const post = await say(text);
            await inState(scene, post.id, 'delivered');
        };
        await read('before');
        let lost = '';
        const moved = await move(async () => {
            await read('said while it was copied');
            scene.mattermost.events.hold();
            lost = (await say('nobody read this')).id;
        });
        scene.mattermost.events.tell();
        await say('after the move', moved.id);
        await toldInTheEnd(scene, conversation_id).toEqual(['before', 'said while it was copied', 'after the move']);
        await expect.poll(() => notRelayed(lost), {timeout: 10_000}).toContain('thread_deleted');
    });
});

it('edits, deletions, notes and answers that nobody heard, before and after a move', async () => {
    const {mattermost, mirror, bridge, ireserve} = scene;
    const edited = await say('first wording');
    await say('// for colleagues');
    const deleted = await say('a slip');
    const removed = await say('another slip');
    await say('last heard');
    await toldInTheEnd(scene, conversation_id).toEqual(['first wording', 'a slip', 'another slip', 'last heard']);
    mattermost.faults.add({kind: 'reset', route: 'GET*'});
    mattermost.act.restart();
    await later();
    mattermost.act.edit(scene.anna.id, edited.id, {message: 'second wording'});
    mattermost.act.remove(scene.anna.id, deleted.id);
    await say('said before the move');
    const moved = await mattermost.act.moveThread(root_id, mirror.id);
    const first = await say('first there', moved.id);
    await say('// a note there', moved.id);
    const copy = await threadPost(moved.id, 'another slip');
    mattermost.act.remove(scene.anna.id, copy.id);
    await later();
    mattermost.act.edit(scene.anna.id, first.id, {message: '>> first there, edited'});
    mattermost.faults.clear();
    await bridge.restart();
    ireserve.connect(bridge.url);
    const words = ['second wording', 'last heard', 'said before the move'];
    await toldInTheEnd(scene, conversation_id).toEqual([...words]);
    await inState(scene, first.id, 'asked');
    await quiet(scene);
    expect(told(scene, conversation_id)).toEqual(words);
    expect(scene.outbound()).not.toContain('colleagues');
    expect(scene.outbound()).not.toContain('a note there');
    expect((await replyOf(scene, removed.id))?.state).toBe('withdrawn');
});

it('marks are copied with a thread, and go on from there', async () => {
    const {mattermost, mirror, ireserve} = scene;
    ireserve.failCallbacks({status: 503, times: 2});
    const post = await say('waits');
    await scene.marked(post.id, MARKS.waiting);
    const moved = await mattermost.act.moveThread(root_id, mirror.id);
    await say('after the move', moved.id);
    await scene.bridge.change({});
    await toldInTheEnd(scene, conversation_id).toEqual(['waits', 'after the move']);
    const copy = await threadPost(moved.id, 'waits');
    const bot = mattermost.seeded.bot.username;
    const marks = () =>
        mattermost.look
            .post(copy.id)
            ?.reactions.filter(({username}) => username === bot)
            .map(({emoji}) => emoji);
    await expect.poll(marks, {timeout: 10_000}).toEqual([MARKS.delivered]);
});

describe.each(['SQLite', 'PostgreSQL'])('%s', (name) => {
    it('one replica has read an answer in the old place when another one finds its copy: it is sent once', async () => {
        await scene.stop();
        scene = await startScene({
            ...(name === 'PostgreSQL' ? {databaseUrl: await createDatabase()} : {}),
            overrides: {look: {down: 900_000, up: 900_000}},
        });
        ({conversation_id, root_id} = await scene.open());
        const {mattermost, mirror, bridge} = scene;
        mattermost.events.lose();
        const post = await say('said once');
        let moved = '';
        const slow = presses(bridge, {}, async () => {
            if (moved) return;
            moved = (await mattermost.act.moveThread(root_id, mirror.id)).id;
            await presses(bridge).hear((await threadPost(moved, 'said once')).id);
        });
        await slow.hear(post.id);
        await bridge.change({});
        await toldInTheEnd(scene, conversation_id).toEqual(['said once']);
        await quiet(scene);
        expect(told(scene, conversation_id)).toEqual(['said once']);
    });
});

describe('a root that is deleted', () => {
    it('takes answers with it that nobody read: the log says so, at once and after a restart', async () => {
        const {mattermost, bridge, ireserve} = scene;
        await say('read');
        await toldInTheEnd(scene, conversation_id).toEqual(['read']);
        mattermost.events.hold();
        const unread = await say('not read');
        const alone = await say('deleted alone');
        mattermost.act.remove(scene.anna.id, alone.id);
        mattermost.act.remove(mattermost.seeded.admin.id, root_id);
        mattermost.events.tell();
        await expect.poll(() => notRelayed(unread.id), {timeout: 10_000}).toContain('thread_deleted');
        await expect.poll(() => notRelayed(alone.id), {timeout: 10_000}).not.toEqual([]);
        const second = await scene.open({name: 'Kim'});
        mattermost.faults.add({kind: 'reset', route: 'GET*'});
        mattermost.act.restart();
        const missed = await say('nobody listened', second.root_id);
        mattermost.act.remove(mattermost.seeded.admin.id, second.root_id);
        mattermost.faults.clear();
        await bridge.restart();
        ireserve.connect(bridge.url);
        await expect.poll(() => notRelayed(missed.id), {timeout: 10_000}).toEqual(['deleted_before_relay']);
        expect(told(scene, conversation_id)).toEqual(['read']);
    });
});

/** Nobody edits in the millisecond of a post. */
const later = () => new Promise((resolve) => setTimeout(resolve, 3));

/** Why a post was not relayed, as an admin reads it. */
const notRelayed = async (post_id: string) => {
    const rows = await scene.bridge.database.read
        .selectFrom('log')
        .select('detail')
        .where('code', '=', 'not_relayed')
        .where('source_id', '=', post_id)
        .execute();
    return rows.map(({detail}) => detail);
};

const postedAs = async (post_id: string) =>
    (await scene.bridge.database.read.selectFrom('reply').select('post_id').where('post_id', '=', post_id).executeTakeFirst())?.post_id;

it('what the bridge did not hear before the move follows: an edit, a deletion, a note, an answer', async () => {
    const {mattermost, bridge, mirror} = scene;
    const edited = await say('first wording');
    const deleted = await say('taken back');
    await say('same words');
    await say('same words');
    await toldInTheEnd(scene, conversation_id).toEqual(['first wording', 'taken back', 'same words', 'same words']);
    await bridge.goAway();
    mattermost.act.edit(scene.anna.id, edited.id, {message: 'second wording'});
    mattermost.act.remove(scene.anna.id, deleted.id);
    await say('// between us');
    await say('unheard answer');
    const moved = await mattermost.act.moveThread(root_id, mirror.id);
    await say('// a note right after the move', moved.id);
    const after = await say('answer in the new place', moved.id);
    mattermost.act.edit(scene.anna.id, after.id, {message: 'answer in the new place, edited'});
    await bridge.restart();
    await bridge.listening();
    await toldInTheEnd(scene, conversation_id).toEqual(['second wording', 'same words', 'same words', 'unheard answer']);
    await quiet(scene);
    expect(await replyOf(scene, after.id)).toMatchObject({state: 'asked'});
    expect(told(scene, conversation_id)).toEqual(['second wording', 'same words', 'same words', 'unheard answer']);
});

it('a copy deleted before the bridge has read it in the new place is taken back', async () => {
    const {mattermost, bridge, mirror} = scene;
    await say('stays');
    await say('goes');
    await toldInTheEnd(scene, conversation_id).toEqual(['stays', 'goes']);
    await bridge.goAway();
    const moved = await mattermost.act.moveThread(root_id, mirror.id);
    mattermost.act.remove(scene.anna.id, (await threadPost(moved.id, 'goes')).id);
    await bridge.restart();
    await toldInTheEnd(scene, conversation_id).toEqual(['stays']);
});

it('a thread moved twice before the bridge hears of it keeps its answers', async () => {
    const {mattermost, bridge, mirror} = scene;
    await say('one');
    await say('two');
    await toldInTheEnd(scene, conversation_id).toEqual(['one', 'two']);
    await bridge.goAway();
    const once = await mattermost.act.moveThread(root_id, mirror.id);
    const twice = await mattermost.act.moveThread(once.id, mirror.id);
    mattermost.act.edit(scene.anna.id, (await threadPost(twice.id, 'two')).id, {message: 'two, edited'});
    await bridge.restart();
    await toldInTheEnd(scene, conversation_id).toEqual(['one', 'two, edited']);
});

it('a note that lost its mark unheard and was moved is not sent', async () => {
    const {mattermost, bridge, mirror} = scene;
    await say('hello');
    await toldInTheEnd(scene, conversation_id).toEqual(['hello']);
    await bridge.goAway();
    const note = await say('// the guest is difficult');
    mattermost.act.edit(scene.anna.id, note.id, {message: 'the guest is difficult'});
    const moved = await mattermost.act.moveThread(root_id, mirror.id);
    await say('after', moved.id);
    await bridge.restart();
    await toldInTheEnd(scene, conversation_id).toContain('after');
    await quiet(scene);
    expect(told(scene, conversation_id)).toEqual(['hello', 'after']);
});

it('what stood there before relaying began does not leave by a move', async () => {
    const {mattermost, bridge, mirror} = scene;
    await bridge.change({config: {callback_url: ''}});
    await say('between colleagues');
    await bridge.change({config: {callback_url: scene.ireserve.callbackUrl}});
    await bridge.listening();
    const moved = await mattermost.act.moveThread(root_id, mirror.id);
    await say('for the visitor', moved.id);
    await toldInTheEnd(scene, conversation_id).toContain('for the visitor');
    await quiet(scene);
    expect(told(scene, conversation_id)).toEqual(['for the visitor']);
});

it('killed after it learned of a move, a bridge does not take what was said in another thread for a copy', async () => {
    const {mattermost, bridge, ireserve, mirror} = scene;
    await say('in the first');
    await toldInTheEnd(scene, conversation_id).toEqual(['in the first']);
    // Long enough: the next word of the visitor goes on in a new thread.
    await bridge.database.write((tx) => tx.updateTable('thread').set({replies: 100_000}).execute());
    await ireserve.say(conversation_id, 'And one more thing');
    const second = await scene.botPost(
        ({kind, conversation}, {id}) => kind === 'root' && conversation === conversation_id && id !== root_id,
    );
    await quiet(scene);
    await bridge.goAway();
    const moved = await mattermost.act.moveThread(root_id, mirror.id);
    await bridge.database.write(async (tx) => {
        const thread = await tx.selectFrom('thread').selectAll().where('number', '=', 1).executeTakeFirstOrThrow();
        await tx
            .updateTable('thread')
            .set({root_id: moved.id, moved_from: movedFrom(thread)})
            .where('number', '=', 1)
            .execute();
    });
    const unheard = await say('in the second', second.id);
    mattermost.act.edit(scene.anna.id, unheard.id, {message: 'in the second, edited'});
    await bridge.restart();
    await inState(scene, unheard.id, 'asked');
    await quiet(scene);
    expect(told(scene, conversation_id)).toEqual(['in the first']);
});

it('a copy bears one mark, whatever its original bore while it was copied', async () => {
    const {mattermost, bridge, mirror} = scene;
    const post = await say('hello');
    await scene.marked(post.id, MARKS.delivered);
    await bridge.goAway();
    // As it is between the new mark and the removal of the old one.
    mattermost.act.react(mattermost.seeded.bot.id, post.id, MARKS.seen);
    const moved = await mattermost.act.moveThread(root_id, mirror.id);
    await bridge.restart();
    const copy = await threadPost(moved.id, 'hello');
    await mattermost.until(
        () =>
            mattermost.look
                .post(copy.id)
                ?.reactions.map(({emoji}) => emoji)
                .join() === MARKS.delivered,
    );
});

it('a visitor’s edit or withdrawal whose thread is moved just then reaches the copy', async () => {
    const {mattermost, ireserve, mirror} = scene;
    const {message_id: edited} = await ireserve.say(conversation_id, 'first words');
    const {message_id: withdrawn} = await ireserve.say(conversation_id, 'not for you');
    const postOf = (words: string) => mattermost.until(() => mattermost.look.posts(mirror.id).find(({message}) => message.includes(words)));
    const [first, second] = [await postOf('first words'), await postOf('not for you')];
    await quiet(scene);
    const looked = (post_id: string) =>
        mattermost.until(() => mattermost.requests().some(({method, url}) => method === 'GET' && url.endsWith(`/posts/${post_id}`)));
    mattermost.latency.extraMs.set('PUT /posts/:post_id/patch', 500);
    await ireserve.edit(conversation_id, edited, 'second words');
    await looked(first.id);
    const moved = await mattermost.act.moveThread(root_id, mirror.id);
    await mattermost.until(() => mattermost.look.thread(moved.id).some(({message}) => message.includes('second words')));
    await quiet(scene);
    const copy = mattermost.look.thread(moved.id).find(({message}) => message.includes('not for you'));
    expect(copy?.id).not.toBe(second.id);
    await ireserve.withdraw(conversation_id, withdrawn);
    await looked(copy?.id ?? '');
    const again = await mattermost.act.moveThread(moved.id, mirror.id);
    await mattermost.until(() => mattermost.look.thread(again.id).every(({message}) => !message.includes('not for you')));
});
