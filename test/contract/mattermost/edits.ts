import {describe, expect, test} from 'vitest';
import {must, type Place} from './place.ts';

const PERMISSION = {status: 403, json: {id: 'api.context.permissions.app_error'}};

/** Editing, deleting, pinning. */
export function describeEdits(here: () => Place): void {
    describe('editing', () => {
        test('a patch of the message keeps the props, sets edit_at and moves update_at', async () => {
            const {bot, privateChannel, posted, later} = here();
            const post = await posted(bot, {channel_id: privateChannel, message: 'one', props: {ireserve: 'm'}});
            await later(post.update_at);
            const patched = must(await bot.put(`/posts/${post.id}/patch`, {message: 'two'}), 200).json;
            expect(patched).toMatchObject({
                id: post.id,
                message: 'two',
                create_at: post.create_at,
                props: {ireserve: 'm', from_bot: 'true'},
            });
            expect(Number(patched.edit_at)).toBeGreaterThanOrEqual(post.create_at);
            expect(Number(patched.update_at)).toBeGreaterThan(post.create_at);
        });

        test('a patch of props replaces all of them and is no edit; from_bot goes too', async () => {
            const {bot, privateChannel, posted} = here();
            const post = await posted(bot, {channel_id: privateChannel, message: 'one', props: {a: 1, b: 2}});
            const patched = must(await bot.put(`/posts/${post.id}/patch`, {props: {c: 3}}), 200).json;
            expect(patched).toMatchObject({message: 'one', edit_at: 0});
            expect(patched.props).toEqual({c: 3});
        });

        test('a patch of attachments is an edit', async () => {
            const {bot, privateChannel, posted} = here();
            const post = await posted(bot, {channel_id: privateChannel, message: 'one'});
            const patched = must(await bot.put(`/posts/${post.id}/patch`, {props: {attachments: [{text: 'now'}]}}), 200).json;
            expect(Number(patched.edit_at)).toBeGreaterThan(0);
        });

        test('a patch of nothing changes no word but moves update_at', async () => {
            const {bot, privateChannel, posted, later} = here();
            const post = await posted(bot, {channel_id: privateChannel, message: 'one', props: {a: 1}});
            await later(post.update_at);
            const patched = must(await bot.put(`/posts/${post.id}/patch`, {}), 200).json;
            expect(patched).toMatchObject({message: 'one', edit_at: 0, props: {a: 1}});
            expect(Number(patched.update_at)).toBeGreaterThan(post.update_at);
        });

        test('PUT without props wipes them; another id in the body is 400', async () => {
            const {bot, privateChannel, posted} = here();
            const post = await posted(bot, {channel_id: privateChannel, message: 'one', props: {a: 1}});
            const put = must(await bot.put(`/posts/${post.id}`, {id: post.id, message: 'two'}), 200).json;
            expect(put).toMatchObject({message: 'two'});
            expect(put.props).toEqual({});
            expect(await bot.put(`/posts/${post.id}`, {message: 'three'})).toMatchObject({
                status: 400,
                json: {id: 'api.context.invalid_body_param.app_error'},
            });
        });

        test('limits hold for edits', async () => {
            const {bot, privateChannel, posted, era} = here();
            const post = await posted(bot, {channel_id: privateChannel, message: 'one'});
            const id = era === '5.37' ? 'model.post.is_valid.msg.app_error' : 'model.post.is_valid.message_length.app_error';
            expect(await bot.put(`/posts/${post.id}/patch`, {message: 'x'.repeat(16_384)})).toMatchObject({status: 400, json: {id}});
            expect(await bot.get(`/posts/${post.id}`)).toMatchObject({json: {message: 'one'}});
        });

        test("others' posts, unknown and deleted ones: 403", async () => {
            const {bot, anna, ben, privateChannel, posted} = here();
            const post = await posted(anna, {channel_id: privateChannel, message: 'hers'});
            expect(await ben.put(`/posts/${post.id}/patch`, {message: 'his'})).toMatchObject(PERMISSION);
            expect(await bot.put(`/posts/${'z'.repeat(26)}/patch`, {message: 'x'})).toMatchObject(PERMISSION);
            must(await anna.delete(`/posts/${post.id}`), 200);
            expect(await anna.put(`/posts/${post.id}/patch`, {message: 'x'})).toMatchObject(PERMISSION);
        });

        test('pinning works for any member', async () => {
            const {bot, ben, privateChannel, posted} = here();
            const post = await posted(bot, {channel_id: privateChannel, message: 'pin me'});
            must(await ben.post(`/posts/${post.id}/pin`), 200);
            expect(must(await bot.get(`/posts/${post.id}`), 200).json).toMatchObject({is_pinned: true, edit_at: 0, message: 'pin me'});
            must(await ben.post(`/posts/${post.id}/unpin`), 200);
            expect(must(await bot.get(`/posts/${post.id}`), 200).json.is_pinned).toBe(false);
        });
    });

    describe('deleting', () => {
        test('own: 200, then 404 to read; again: 403 on 5.x, 404 on 11.x', async () => {
            const {bot, privateChannel, posted, era} = here();
            const post = await posted(bot, {channel_id: privateChannel, message: 'gone'});
            expect(await bot.delete(`/posts/${post.id}`)).toMatchObject({status: 200, json: {status: 'OK'}});
            expect(await bot.get(`/posts/${post.id}`)).toMatchObject({status: 404, json: {id: 'app.post.get.app_error'}});
            const again = {
                '5.37': {status: 403, json: {id: 'api.context.permissions.app_error'}},
                '11.1': {status: 404, json: {id: 'app.post.get.app_error'}},
                '11.6': {status: 404, json: {id: 'app.post.get.app_error'}},
            };
            expect(await bot.delete(`/posts/${post.id}`)).toMatchObject(again[era]);
        });

        test("others': 403 for people, allowed for the team's admin", async () => {
            const {admin, bot, anna, ben, privateChannel, posted} = here();
            const post = await posted(anna, {channel_id: privateChannel, message: 'hers'});
            expect(await ben.delete(`/posts/${post.id}`)).toMatchObject(PERMISSION);
            expect(await bot.delete(`/posts/${post.id}`)).toMatchObject(PERMISSION);
            expect((await admin.delete(`/posts/${post.id}`)).status).toBe(200);
        });

        test('a root takes its thread with it', async () => {
            const {bot, anna, privateChannel, posted} = here();
            const root = await posted(bot, {channel_id: privateChannel, message: 'root'});
            const reply = await posted(anna, {channel_id: privateChannel, root_id: root.id, message: 'reply'});
            must(await bot.delete(`/posts/${root.id}`), 200);
            for (const path of [`/posts/${reply.id}`, `/posts/${root.id}/thread`, `/posts/${reply.id}/thread`]) {
                expect((await bot.get(path)).status).toBe(404);
            }
        });

        test('a deleted reply leaves the count and the thread', async () => {
            const {bot, privateChannel, posted} = here();
            const root = await posted(bot, {channel_id: privateChannel, message: 'root'});
            const one = await posted(bot, {channel_id: privateChannel, root_id: root.id, message: '1'});
            await posted(bot, {channel_id: privateChannel, root_id: root.id, message: '2'});
            must(await bot.delete(`/posts/${one.id}`), 200);
            const thread = must(await bot.get(`/posts/${root.id}/thread`), 200).json;
            expect(Object.keys(thread.posts ?? {})).toHaveLength(2);
            expect(thread.posts?.[root.id]?.reply_count).toBe(1);
        });
    });
}
