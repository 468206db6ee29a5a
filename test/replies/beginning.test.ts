/** From when on an integration relays: what was said before stays in Mattermost, whatever happens later. */
import {afterEach, expect, it} from 'vitest';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {quiet, told, toldInTheEnd} from './quiet.ts';

let scene: Scene;
afterEach(() => scene.stop());

const restarted = async () => {
    await scene.bridge.restart();
    await scene.bridge.listening();
};

async function openedUnheard() {
    const {conversation_id} = await scene.ireserve.openConversation({name: 'Sanne'});
    const root = await scene.botPost(({conversation, kind}) => conversation === conversation_id && kind === 'root');
    await quiet(scene);
    return {conversation_id, root_id: root.id};
}

it('what was said before i-Reserve’s address was set is not sent when it is', async () => {
    scene = await startScene({config: {callback_url: ''}});
    const {mattermost, ireserve, bridge, anna} = scene;
    const {conversation_id, root_id} = await openedUnheard();
    const old = await mattermost.act.reply(anna.id, root_id, 'he never pays');
    await bridge.change({config: {callback_url: ireserve.callbackUrl}});
    await bridge.listening();
    await mattermost.act.reply(anna.id, root_id, 'Hello');
    await toldInTheEnd(scene, conversation_id).toEqual(['Hello']);
    mattermost.act.edit(anna.id, old.id, {message: 'he never ever pays'});
    await restarted();
    await mattermost.act.reply(anna.id, root_id, 'Hello again');
    await toldInTheEnd(scene, conversation_id).toEqual(['Hello', 'Hello again']);
    expect(scene.outbound()).not.toContain('pays');
});

it('what was said while the integration was inactive is not sent, though the bridge was started meanwhile', async () => {
    scene = await startScene();
    const {mattermost, bridge, anna} = scene;
    const {conversation_id, root_id} = await scene.open();
    await mattermost.act.reply(anna.id, root_id, 'first');
    await toldInTheEnd(scene, conversation_id).toEqual(['first']);
    await bridge.change({state: 'inactive'});
    await bridge.restart();
    await mattermost.act.reply(anna.id, root_id, 'among us');
    await bridge.change({state: 'active'});
    await bridge.listening();
    await mattermost.act.reply(anna.id, root_id, 'second');
    await toldInTheEnd(scene, conversation_id).toEqual(['first', 'second']);
    await restarted();
    await quiet(scene);
    expect(told(scene, conversation_id)).toEqual(['first', 'second']);
});

it('what was not marked for the visitor stays so when the policy no longer asks for marks', async () => {
    scene = await startScene({config: {reply_policy: 'explicit'}});
    const {mattermost, bridge, anna} = scene;
    const {conversation_id, root_id} = await scene.open();
    const inside = await mattermost.act.reply(anna.id, root_id, 'what shall we say?');
    await mattermost.act.reply(anna.id, root_id, '>> We are looking into it');
    await toldInTheEnd(scene, conversation_id).toEqual(['We are looking into it']);
    // Older than what is read again for safety.
    const {heard_at} = await bridge.database.read.selectFrom('thread').select('heard_at').executeTakeFirstOrThrow();
    await bridge.database.write((tx) =>
        tx
            .updateTable('thread')
            .set({heard_at: heard_at + 20_000})
            .execute(),
    );
    await bridge.change({config: {reply_policy: 'thread'}});
    mattermost.act.edit(anna.id, inside.id, {message: 'what shall we say to her?'});
    await restarted();
    await quiet(scene);
    expect(told(scene, conversation_id)).toEqual(['We are looking into it']);
    mattermost.act.edit(anna.id, inside.id, {message: '>> What can we do for you?'});
    await toldInTheEnd(scene, conversation_id).toContain('What can we do for you?');
});
