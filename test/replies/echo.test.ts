/** No loop: what i-Reserve, another bridge or another bot says about our own words is not said again. */
import {afterEach, expect, it} from 'vitest';
import {eventOf, startTestBridge} from '../support/bridge.ts';
import {MARKS, type Scene, startScene} from '../to-ireserve/scene.ts';
import {quiet, told, toldInTheEnd} from './quiet.ts';

let scene: Scene;
const more: {stop(): Promise<void>}[] = [];
afterEach(async () => {
    for (const one of more.splice(0)) await one.stop();
    await scene.stop();
});

const threadTexts = (root_id: string) =>
    scene.mattermost.look
        .thread(root_id)
        .slice(1)
        .map(({message}) => message);

it('i-Reserve pushes back what it received, in every way it may: the thread stays as it is', async () => {
    scene = await startScene();
    const {mattermost, ireserve, bridge, anna} = scene;
    const {conversation_id, root_id} = await scene.open();
    const post = await mattermost.act.reply(anna.id, root_id, 'Hello Sanne');
    const callback = await ireserve.waitForCallback('message.created', ({data}) => data.message_id === post.id);
    await scene.marked(post.id, MARKS.delivered);
    const echoes = [
        {message_id: post.id},
        {message_id: callback.message_id},
        {message_id: 'their-own-1', origin_id: post.id},
        {message_id: 'their-own-2', origin_id: callback.message_id},
    ];
    for (const [index, ids] of echoes.entries()) {
        for (const type of ['agent', 'bot']) {
            const {body} = await bridge.push(
                {
                    id: `echo-${index}-${type}`,
                    type: 'message.created',
                    timestamp: new Date().toISOString(),
                    data: {conversation_id, ...ids, author: {type, name: 'Anna Keller'}, text: 'Hello Sanne'},
                },
                {prefer: 'wait=10'},
            );
            expect(body).toMatchObject({state: 'ignored', reason: {code: 'echo'}});
        }
    }
    expect(threadTexts(root_id)).toEqual(['Hello Sanne']);
    expect(told(scene, conversation_id)).toEqual(['Hello Sanne']);
});

it('i-Reserve pushes an answer back before it has answered the callback: it stands there once', async () => {
    scene = await startScene();
    const {mattermost, ireserve, bridge, anna} = scene;
    const {conversation_id, root_id} = await scene.open();
    ireserve.failCallbacks({reset: 'after', times: Number.POSITIVE_INFINITY, type: 'message.created'});
    const post = await mattermost.act.reply(anna.id, root_id, 'Hello **Sanne**');
    await ireserve.waitForAttempts(1);
    const known = ireserve.conversation(conversation_id).messages.find(({source_id}) => source_id === post.id);
    const push = (message_id: string, text: string, prefer?: string) =>
        bridge.push(
            eventOf('message.created', {conversation_id, message_id, author: {type: 'agent', name: 'Anna Keller'}, text}),
            prefer ? {prefer} : {},
        );
    // What is said by another agent there does not wait.
    expect((await push('M-other', 'Welcome', 'wait=10')).body.state).toBe('delivered');
    const echo = push(known?.id ?? '', 'Hello Sanne', 'wait=20');
    const heard = () => bridge.database.read.selectFrom('delivery').select('seq').where('body', 'like', '%Hello Sanne%').execute();
    await expect.poll(heard).toHaveLength(1);
    ireserve.healCallbacks();
    await bridge.change({});
    expect((await echo).body).toMatchObject({state: 'ignored', reason: {code: 'echo'}});
    expect(threadTexts(root_id).filter((text) => text.includes('Hello'))).toHaveLength(1);
});

it('two bridges with a bot each in one channel, both told to relay bots, do not answer each other', async () => {
    scene = await startScene({config: {relay_bots: true}});
    const {mattermost, ireserve, mirror, anna} = scene;
    const {team, admin} = mattermost.seeded;
    const second = mattermost.act.addBot({username: 'second-bridge', ownerId: admin.id, teamId: team.id, channelIds: [mirror.id]});
    const other = await startTestBridge({
        mattermost: {url: mattermost.url, seeded: {...mattermost.seeded, bot: second}},
        config: {callback_url: ireserve.callbackUrl, relay_bots: true},
    });
    more.push(other);
    const {conversation_id, root_id} = await scene.open();
    await other.listening();
    await other.deliver({
        id: 'other-start',
        type: 'conversation.started',
        timestamp: new Date().toISOString(),
        data: {conversation_id: 'other-chat', visitor: {name: 'Kim'}},
    });
    const otherRoot = mattermost.look.roots(mirror.id).find(({user_id}) => user_id === second.id);
    await mattermost.act.reply(anna.id, root_id, 'to Sanne');
    await mattermost.act.reply(anna.id, otherRoot?.id ?? '', '// to nobody');
    await ireserve.say(conversation_id, 'Thank you');
    await other.deliver({
        id: 'other-says',
        type: 'message.created',
        timestamp: new Date().toISOString(),
        data: {conversation_id: 'other-chat', message_id: 'm1', author: {type: 'visitor', name: 'Kim'}, text: 'Hello from Kim'},
    });
    await toldInTheEnd(scene, conversation_id).toEqual(['to Sanne']);
    await quiet(scene);
    await quiet({bridge: other});
    expect(told(scene, conversation_id)).toEqual(['to Sanne']);
    expect(scene.outbound()).not.toContain('Kim');
    expect(scene.outbound()).not.toContain('Thank you');
});

it('a bot that answers every post of others is relayed when asked for, once each, and nothing of ours is', async () => {
    scene = await startScene({config: {relay_bots: true}});
    const {mattermost, ireserve, mirror, anna} = scene;
    const {team, admin, bot} = mattermost.seeded;
    const parrot = mattermost.act.addBot({username: 'parrot', ownerId: admin.id, teamId: team.id, channelIds: [mirror.id]});
    const {conversation_id, root_id} = await scene.open();
    const answered = new Set<string>();
    const parroting = setInterval(() => {
        for (const {id, user_id} of mattermost.look.thread(root_id)) {
            if (user_id === parrot.id || answered.has(id)) continue;
            answered.add(id);
            void mattermost.act.reply(parrot.id, root_id, `parrot to ${user_id === bot.id ? 'the bridge' : 'a person'} ${answered.size}`);
        }
    }, 10);
    try {
        await mattermost.act.reply(anna.id, root_id, 'Hello');
        await ireserve.say(conversation_id, 'How are you?');
        // The root, Anna's words, and the visitor's: three posts, three answers.
        await expect.poll(() => told(scene, conversation_id).length, {timeout: 10_000}).toBe(4);
        await quiet(scene);
        await quiet(scene);
    } finally {
        clearInterval(parroting);
    }
    expect(answered.size).toBe(3);
    expect(told(scene, conversation_id).filter((text) => text.startsWith('parrot'))).toHaveLength(3);
    expect(scene.outbound()).not.toContain('How are you');
});
