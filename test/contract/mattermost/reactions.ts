import {describe, expect, test} from 'vitest';
import {must, type Place} from './place.ts';

/** Reactions: how delivery state is shown on every client. */
export function describeReactions(here: () => Place): void {
    describe('reactions', () => {
        test('added, listed, shown with the post, removed', async () => {
            const {bot, anna, privateChannel, posted} = here();
            const post = await posted(anna, {channel_id: privateChannel, message: 'x'});
            const added = must(
                await bot.post('/reactions', {user_id: bot.userId, post_id: post.id, emoji_name: 'white_check_mark'}),
                200,
            ).json;
            expect(added).toMatchObject({user_id: bot.userId, post_id: post.id, emoji_name: 'white_check_mark', delete_at: 0});
            expect(must(await bot.get(`/posts/${post.id}/reactions`), 200).json).toMatchObject([{emoji_name: 'white_check_mark'}]);
            expect(must(await bot.get(`/posts/${post.id}`), 200).json).toMatchObject({
                has_reactions: true,
                metadata: {reactions: [{emoji_name: 'white_check_mark'}]},
            });
            must(await bot.delete(`/users/${bot.userId}/posts/${post.id}/reactions/white_check_mark`), 200);
            const after = must(await bot.get(`/posts/${post.id}`), 200).json;
            expect(after.has_reactions).toBeUndefined();
            expect(after.metadata?.reactions).toBeUndefined();
        });

        test('twice the same is one, and moves update_at so that catch-up sees it', async () => {
            const {bot, anna, privateChannel, posted, later} = here();
            const post = await posted(anna, {channel_id: privateChannel, message: 'x'});
            await later(post.update_at);
            const react = (): ReturnType<typeof bot.post> =>
                bot.post('/reactions', {user_id: bot.userId, post_id: post.id, emoji_name: 'x'});
            must(await react(), 200);
            must(await react(), 200);
            expect(must(await bot.get(`/posts/${post.id}/reactions`), 200).json).toHaveLength(1);
            const read = must(await bot.get(`/posts/${post.id}`), 200).json;
            expect(Number(read.update_at)).toBeGreaterThan(post.update_at);
            expect(read.edit_at).toBe(0);
        });

        test('an emoji that does not exist: refused on 11.x only', async () => {
            const {bot, anna, privateChannel, posted, era} = here();
            const post = await posted(anna, {channel_id: privateChannel, message: 'x'});
            const react = (emoji_name: string): ReturnType<typeof bot.post> =>
                bot.post('/reactions', {user_id: bot.userId, post_id: post.id, emoji_name});
            expect((await react('no_such_emoji_at_all')).status).toBe(era === '5.37' ? 200 : 404);
            // Those we use to show delivery state.
            for (const emoji of [
                'white_check_mark',
                'hourglass_flowing_sand',
                'hourglass',
                'x',
                'warning',
                'eyes',
                'lock',
                'speech_balloon',
            ]) {
                expect((await react(emoji)).status, emoji).toBe(200);
            }
        });

        test('in the name of somebody else, or without membership: 403', async () => {
            const {bot, anna, outsider, privateChannel, posted} = here();
            const post = await posted(anna, {channel_id: privateChannel, message: 'x'});
            expect((await bot.post('/reactions', {user_id: anna.userId, post_id: post.id, emoji_name: 'x'})).status).toBe(403);
            expect((await outsider.post('/reactions', {user_id: outsider.userId, post_id: post.id, emoji_name: 'x'})).status).toBe(403);
        });
    });
}
