import {describe, expect, test} from 'vitest';
import {must, type Place} from './place.ts';

let counter = 0;
const newKey = (): string => `contract:${process.pid}:${Date.now()}:${counter++}`;

/** `pending_post_id`: what makes an ambiguous create safe to repeat, and its traps. */
export function describePendingIds(here: () => Place): void {
    describe('pending_post_id', () => {
        test('the same key gives the first post, whatever the text, with a blank pending_post_id', async () => {
            const {bot, privateChannel, posted} = here();
            const key = newKey();
            const first = await posted(bot, {channel_id: privateChannel, message: 'one', pending_post_id: key});
            const second = await posted(bot, {channel_id: privateChannel, message: 'two', pending_post_id: key});
            expect(first.pending_post_id).toBe(key);
            expect(second).toMatchObject({id: first.id, message: 'one', pending_post_id: ''});
        });

        test('many at once: one post, the others get it or the pending 500', async () => {
            const {bot, publicChannel, posted} = here();
            const root = await posted(bot, {channel_id: publicChannel, message: 'burst'});
            const key = newKey();
            const fields = {channel_id: publicChannel, root_id: root.id, message: 'once', pending_post_id: key};
            const answers = await Promise.all(Array.from({length: 30}, () => bot.post('/posts', fields)));
            const created = answers.filter(({status}) => status === 201);
            const waiting = answers.filter(({status}) => status === 500);
            expect(created.length + waiting.length).toBe(30);
            expect(new Set(created.map(({json}) => json.id)).size).toBe(1);
            for (const answer of waiting) {
                expect(answer.json).toMatchObject({id: 'api.post.deduplicate_create_post.pending', status_code: 500});
            }
            const thread = must(await bot.get(`/posts/${root.id}/thread`), 200).json;
            expect(Object.keys(thread.posts ?? {})).toHaveLength(2);
        });

        test('some of many at once do meet the pending 500', async () => {
            const {bot, privateChannel} = here();
            let met = 0;
            for (let round = 0; round < 20 && met === 0; round++) {
                const fields = {channel_id: privateChannel, message: 'race', pending_post_id: newKey()};
                const answers = await Promise.all(Array.from({length: 20}, () => bot.post('/posts', fields)));
                met += answers.filter(({status}) => status === 500).length;
            }
            expect(met).toBeGreaterThan(0);
        });

        test('a failed create frees its key', async () => {
            const {bot, privateChannel, posted} = here();
            const key = newKey();
            const failed = await bot.post('/posts', {channel_id: privateChannel, message: 'x'.repeat(16_384), pending_post_id: key});
            expect(failed.status).toBe(400);
            expect(await posted(bot, {channel_id: privateChannel, message: 'now', pending_post_id: key})).toMatchObject({
                message: 'now',
                pending_post_id: key,
            });
        });

        test("the key is global: another member sending it gets the first one's post", async () => {
            const {bot, anna, privateChannel, posted} = here();
            const key = newKey();
            const first = await posted(bot, {channel_id: privateChannel, message: 'mine', pending_post_id: key});
            const stolen = await posted(anna, {channel_id: privateChannel, message: 'hers', pending_post_id: key});
            expect(stolen).toMatchObject({id: first.id, user_id: bot.userId, message: 'mine'});
        });

        test('who may not read the first post: gets it all the same on 5.x, makes his own on 11.x', async () => {
            const {bot, outsider, newChannel, posted, era} = here();
            const secret = await newChannel('P', [bot]);
            const open = await newChannel('O', [outsider]);
            const key = newKey();
            const first = await posted(bot, {channel_id: secret, message: 'secret', pending_post_id: key});
            const other = await posted(outsider, {channel_id: open, message: 'other', pending_post_id: key});
            expect(other.message).toBe(era === '5.37' ? 'secret' : 'other');
            expect(other.id === first.id).toBe(era === '5.37');
        });

        test('a key whose post has been deleted: 500, until it expires', async () => {
            const {bot, privateChannel, posted} = here();
            const key = newKey();
            const fields = {channel_id: privateChannel, message: 'gone', pending_post_id: key};
            const first = await posted(bot, fields);
            must(await bot.delete(`/posts/${first.id}`), 200);
            const again = await bot.post('/posts', fields);
            expect(again).toMatchObject({status: 500, json: {id: 'api.post.deduplicate_create_post.failed_to_get'}});
        });
    });
}
