/** The event stream loses news, or brings them late and reversed: everything is found all the same, and nothing twice. */
import {afterEach, expect, it} from 'vitest';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {quiet, replyOf, told, toldInTheEnd} from './quiet.ts';

let scene: Scene;
afterEach(() => scene.stop());

/** As if younger posts had been judged already, by so much that the older ones are not read again. */
const overtaken = () =>
    scene.bridge.database.write((tx) =>
        tx
            .updateTable('thread')
            .set({heard_at: Date.now() + 30_000})
            .execute(),
    );

it('the very last reply’s event is lost without a trace: the next look finds it', async () => {
    scene = await startScene({overrides: {look: {down: 300, up: 300}}});
    const {mattermost, anna} = scene;
    const {conversation_id, root_id} = await scene.open();
    mattermost.events.lose();
    const post = await mattermost.act.reply(anna.id, root_id, 'Nobody was told');
    await toldInTheEnd(scene, conversation_id).toEqual(['Nobody was told']);
    mattermost.act.edit(anna.id, post.id, {message: 'Nobody was told of the edit'});
    await toldInTheEnd(scene, conversation_id).toEqual(['Nobody was told of the edit']);
    mattermost.act.remove(anna.id, post.id);
    await toldInTheEnd(scene, conversation_id).toEqual([]);
});

it('posts, edits and deletions told in reverse: final words, in the order they were said', async () => {
    scene = await startScene();
    const {mattermost, anna, bram} = scene;
    const {conversation_id, root_id} = await scene.open();
    mattermost.events.hold();
    const one = await mattermost.act.reply(anna.id, root_id, 'one');
    const two = await mattermost.act.reply(bram.id, root_id, 'two');
    const three = await mattermost.act.reply(anna.id, root_id, 'three');
    await new Promise((resolve) => setTimeout(resolve, 3));
    mattermost.act.edit(anna.id, one.id, {message: 'one, edited'});
    mattermost.act.remove(bram.id, two.id);
    mattermost.act.edit(anna.id, three.id, {message: '// three'});
    mattermost.events.tell('reversed');
    await toldInTheEnd(scene, conversation_id).toEqual(['one, edited']);
    await quiet(scene);
    expect(told(scene, conversation_id)).toEqual(['one, edited']);
    expect(scene.outbound()).not.toContain(three.id);
});

it('an edit that overtakes an older post by more than is read again does not hide that post', async () => {
    scene = await startScene();
    const {mattermost, anna} = scene;
    const {conversation_id, root_id} = await scene.open();
    mattermost.events.hold();
    await mattermost.act.reply(anna.id, root_id, 'the older one');
    // Its event is still to come when all younger ones were judged.
    await overtaken();
    mattermost.events.tell();
    await toldInTheEnd(scene, conversation_id).toEqual(['the older one']);
});

it('the bot is removed from the channel: nothing is taken back, and what was said meanwhile follows when it is in again', async () => {
    scene = await startScene();
    const {mattermost, anna, mirror} = scene;
    const {conversation_id, root_id} = await scene.open();
    const post = await mattermost.act.reply(anna.id, root_id, 'before');
    const other = await mattermost.act.reply(anna.id, root_id, 'to be deleted');
    await toldInTheEnd(scene, conversation_id).toEqual(['before', 'to be deleted']);
    mattermost.act.removeMember(mirror.id, mattermost.seeded.bot.id);
    await mattermost.act.reply(anna.id, root_id, 'meanwhile');
    mattermost.act.edit(anna.id, post.id, {message: 'before, edited'});
    mattermost.act.remove(anna.id, other.id);
    await scene.bridge.restart();
    mattermost.act.addMember(mirror.id, mattermost.seeded.bot.id);
    await toldInTheEnd(scene, conversation_id).toEqual(['before, edited', 'meanwhile']);
    // Its mark may have been refused: that waits for as long as an admin may need.
    await mattermost.until(() => mattermost.look.post(post.id)?.reactions.some(({emoji}) => emoji === 'white_check_mark'), 40_000);
    expect((await replyOf(scene, post.id))?.state).toBe('delivered');
}, 90_000);
