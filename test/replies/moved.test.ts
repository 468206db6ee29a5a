/** Threads that are moved, deleted or continued: the visitor keeps what was said, and hears everything new once. */
import {afterEach, beforeEach, expect, it} from 'vitest';
import {MARKS, type Scene, startScene} from '../to-ireserve/scene.ts';
import {quiet, replyOf, told, toldInTheEnd} from './quiet.ts';

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

const postedAs = async (post_id: string) =>
    (await scene.bridge.database.read.selectFrom('reply').select('post_id').where('post_id', '=', post_id).executeTakeFirst())?.post_id;
