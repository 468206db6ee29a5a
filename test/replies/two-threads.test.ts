/** A conversation that stands in two threads: what was said first arrives first, whatever thread it was said in. */
import {afterEach, beforeEach, expect, it} from 'vitest';
import {markOf, type Scene, startScene} from '../to-ireserve/scene.ts';
import {quiet, told, toldInTheEnd} from './quiet.ts';

let scene: Scene;
let conversation_id: string;
let roots: [string, string];

beforeEach(async () => {
    scene = await startScene({overrides: {look: {down: 900_000, up: 900_000}}});
    const {mattermost, mirror, ireserve, bridge} = scene;
    const {root_id, ...opened} = await scene.open();
    conversation_id = opened.conversation_id;
    // Long enough: the next word of the visitor goes on in a new thread.
    await bridge.database.write((tx) => tx.updateTable('thread').set({replies: 100_000}).execute());
    await ireserve.say(conversation_id, 'And one more thing');
    const second = await mattermost.until(
        () => mattermost.look.roots(mirror.id).find((post) => post.id !== root_id && markOf(post)?.conversation === conversation_id),
        10_000,
    );
    await quiet(scene);
    roots = [root_id, second.id];
});
afterEach(() => scene.stop());

async function say(text: string, thread: 0 | 1) {
    // Never two in one millisecond: what of these came first, nobody can tell.
    await new Promise((resolve) => setTimeout(resolve, 2));
    return scene.mattermost.act.reply(scene.anna.id, roots[thread], text);
}

it('answers that were given while nobody listened', async () => {
    const {mattermost, bridge, ireserve} = scene;
    mattermost.faults.add({kind: 'reset', route: 'GET*'});
    mattermost.act.restart();
    const words: string[] = [];
    for (const thread of [1, 0, 0, 1, 0, 1] as const) {
        words.push(`word ${words.length}`);
        await say(words.at(-1) ?? '', thread);
    }
    mattermost.faults.clear();
    await bridge.restart();
    ireserve.connect(bridge.url);
    await toldInTheEnd(scene, conversation_id).toHaveLength(words.length);
    expect(told(scene, conversation_id)).toEqual(words);
});

it.each([
    ['old', 0, 1],
    ['new', 1, 0],
] as const)('an event of one thread, when that of an earlier answer in the %s one was lost', async (_, earlier, later) => {
    const {mattermost} = scene;
    mattermost.events.lose();
    await say('first', earlier);
    mattermost.events.tell();
    await say('second', later);
    await toldInTheEnd(scene, conversation_id).toEqual(['first', 'second']);
});
