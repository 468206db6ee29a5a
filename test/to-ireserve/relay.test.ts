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
});
