import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {MARKS, markOf, type Scene, startScene} from './scene.ts';

describe('an agent answers in the thread', () => {
    let scene: Scene;
    let conversation_id: string;
    let root_id: string;

    beforeAll(async () => {
        scene = await startScene();
    });
    afterAll(() => scene.stop());
    beforeEach(async () => {
        ({conversation_id, root_id} = await scene.open());
    });

    it('and the visitor gets it once, under the agent’s name, and the post shows it', async () => {
        const {mattermost, ireserve, anna} = scene;
        const post = await mattermost.act.reply(anna.id, root_id, 'Hello **Sanne**, how can I help? :smile:');
        const callback = await ireserve.waitForCallback('message.created', ({data}) => data.message_id === post.id);
        expect(callback.data).toMatchObject({
            conversation_id,
            text: 'Hello **Sanne**, how can I help? 😄',
            text_plain: 'Hello Sanne, how can I help? 😄',
            author: {type: 'agent', mattermost_user_id: anna.id},
        });
        await scene.marked(post.id, MARKS.delivered);
        expect(ireserve.received.filter(({data}) => data.message_id === post.id)).toHaveLength(1);
    });

    it('what was edited or deleted follows, in order', async () => {
        const {mattermost, ireserve, anna} = scene;
        const post = await mattermost.act.reply(anna.id, root_id, 'on Saturday');
        await ireserve.waitForCallback('message.created', ({data}) => data.message_id === post.id);
        mattermost.act.edit(anna.id, post.id, {message: 'on Sunday'});
        const edited = await ireserve.waitForCallback('message.edited', ({data}) => data.message_id === post.id);
        expect(edited.data.text).toBe('on Sunday');
        mattermost.act.remove(anna.id, post.id);
        await ireserve.waitForCallback('message.deleted', ({data}) => data.message_id === post.id);
        expect(ireserve.conversation(conversation_id).messages.at(-1)).toMatchObject({deleted: true});
    });

    it('a note does not leave', async () => {
        const {mattermost, ireserve, anna} = scene;
        const note = await mattermost.act.reply(anna.id, root_id, '// he is a difficult one');
        const post = await mattermost.act.reply(anna.id, root_id, 'Good morning');
        await ireserve.waitForCallback('message.created', ({data}) => data.message_id === post.id);
        expect(scene.outbound()).not.toContain('difficult');
        expect(scene.outbound()).not.toContain(note.id);
    });

    it('what mentions a colleague is asked about first', async () => {
        const {mattermost, ireserve, anna, bram} = scene;
        const post = await mattermost.act.reply(anna.id, root_id, `@${bram.username} can you help her?`);
        const question = await scene.botPost(({kind, key}) => kind === 'question' && (key ?? '').includes(post.id));
        expect(question.root_id).toBe(root_id);
        expect(markOf(question)).toBeDefined();
        expect(ireserve.received.some(({data}) => data.message_id === post.id)).toBe(false);
    });

    it('so is what mentions a group, whatever signs stand round it; a name nobody has is not', async () => {
        const {mattermost, ireserve, anna} = scene;
        mattermost.config.groups = {'support-team': []};
        const held = await mattermost.act.reply(anna.id, root_id, '_@support-team_ can you take this?');
        await scene.botPost(({kind, key}) => kind === 'question' && (key ?? '').includes(held.id));
        const sent = await mattermost.act.reply(anna.id, root_id, 'We are @auroraboats there, or write to eva@example.com');
        await ireserve.waitForCallback('message.created', ({data}) => data.message_id === sent.id);
        expect(ireserve.received.some(({data}) => data.message_id === held.id)).toBe(false);
    });

    it('what a plugin posts in somebody’s name stays, unmarked, and the log says so', async () => {
        const {mattermost, ireserve, bridge, anna, mirror} = scene;
        const input = {channel_id: mirror.id, root_id, type: 'custom_calls', message: 'Anna started a call'};
        const call = await mattermost.act.post(anna.id, input);
        const typed = await mattermost.act.post(anna.id, {...input, type: 'me', message: 'waves'});
        await ireserve.waitForCallback('message.created', ({data}) => data.message_id === typed.id);
        await scene.marked(typed.id, MARKS.delivered);
        expect(scene.outbound()).not.toContain('started a call');
        expect(mattermost.look.post(call.id)?.reactions).toEqual([]);
        const why = async () =>
            bridge.database.read
                .selectFrom('log')
                .select('detail')
                .where('code', '=', 'not_relayed')
                .where('source_id', '=', call.id)
                .execute();
        await expect.poll(why).toContainEqual({detail: 'other_type'});
    });

    it('an edit that leaves no words changes nothing at the visitor’s, and the next one does', async () => {
        const {mattermost, ireserve, anna} = scene;
        const post = await mattermost.act.reply(anna.id, root_id, 'at nine');
        await ireserve.waitForCallback('message.created', ({data}) => data.message_id === post.id);
        mattermost.act.edit(anna.id, post.id, {message: '>>'});
        // Behind it in the same thread: when this has arrived, that was judged.
        const next = await mattermost.act.reply(anna.id, root_id, 'or later');
        await ireserve.waitForCallback('message.created', ({data}) => data.message_id === next.id);
        mattermost.act.edit(anna.id, post.id, {message: '>> at ten'});
        const edited = await ireserve.waitForCallback('message.edited', ({data}) => data.message_id === post.id);
        expect(edited.data.text).toBe('at ten');
        expect(ireserve.received.filter(({type, data}) => type === 'message.edited' && data.message_id === post.id)).toHaveLength(1);
    });
});

describe('a list of an older version that can’t be matched', () => {
    it('holds what no other pattern matches, and an admin is told', async () => {
        const scene = await startScene();
        const {mattermost, ireserve, bridge, anna} = scene;
        try {
            const {root_id} = await scene.open();
            const {config, updated_at} = await bridge.database.read.selectFrom('integration').selectAll().executeTakeFirstOrThrow();
            await bridge.database.write((tx) =>
                tx
                    .updateTable('integration')
                    .set({config: JSON.stringify({...JSON.parse(config), guard_patterns: ['(?=secret)']}), updated_at: updated_at + 1})
                    .execute(),
            );
            const told = () => bridge.database.read.selectFrom('notice').select(['code', 'detail']).execute();
            await expect
                .poll(told)
                .toEqual([{code: 'guard_pattern_unusable', detail: expect.stringContaining('(?=secret): pattern_unsupported')}]);
            const post = await mattermost.act.reply(anna.id, root_id, 'Hello');
            const question = await scene.botPost(({kind, key}) => kind === 'question' && (key ?? '').includes(post.id));
            expect(question.message).toMatch(/lijst|list/);
            expect(ireserve.received.some(({data}) => data.message_id === post.id)).toBe(false);
        } finally {
            await scene.stop();
        }
    });
});
