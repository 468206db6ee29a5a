import {describe, expect, test} from 'vitest';
import type {Loose} from './client.ts';
import {must, type Place} from './place.ts';
import {eventually} from './wait.ts';

const PERMISSION = {status: 403, json: {id: 'api.context.permissions.app_error'}};

/** Channels, membership, and what a bot may see of people. */
export function describeMembers(here: () => Place): void {
    describe('channels and members', () => {
        test("the bot's channels: all it is a member of, the default ones included, archived ones not", async () => {
            const {admin, bot, teamId, privateChannel, publicChannel, newChannel} = here();
            const archived = await newChannel('O');
            must(await admin.delete(`/channels/${archived}`), 200);
            const channels = must(await bot.get(`/users/me/teams/${teamId}/channels`), 200).json as unknown as {id: string; name: string}[];
            expect(channels.map(({id}) => id)).toEqual(expect.arrayContaining([privateChannel, publicChannel]));
            expect(channels.map(({name}) => name)).toEqual(expect.arrayContaining(['town-square', 'off-topic']));
            expect(channels.map(({id}) => id)).not.toContain(archived);
            expect(must(await bot.get('/users/me/teams'), 200).json).toMatchObject([{id: teamId}]);
        });

        test('users/me/channels: 11.x only', async () => {
            const {bot, era, privateChannel} = here();
            const answer = await bot.get('/users/me/channels');
            expect(answer.status).toBe(era === '5.37' ? 404 : 200);
            expect(answer.text.includes(privateChannel)).toBe(era !== '5.37');
        });

        test('private channels are hidden from others; public ones are not', async () => {
            const {outsider, privateChannel, publicChannel} = here();
            expect(await outsider.get(`/channels/${privateChannel}`)).toMatchObject(PERMISSION);
            expect((await outsider.get(`/channels/${publicChannel}`)).status).toBe(200);
            expect((await outsider.get(`/channels/${'z'.repeat(26)}`)).status).toBe(404);
        });

        test('by name, in the team', async () => {
            const {bot, outsider, teamId, teamName, privateChannel} = here();
            const {name} = must(await bot.get(`/channels/${privateChannel}`), 200).json;
            expect(must(await bot.get(`/teams/${teamId}/channels/name/${name}`), 200).json.id).toBe(privateChannel);
            expect((await outsider.get(`/teams/${teamId}/channels/name/${name}`)).status).toBe(404);
            expect(must(await bot.get(`/teams/name/${teamName}`), 200).json.id).toBe(teamId);
        });

        test('a bot joins a public channel by itself, a private one it cannot', async () => {
            const {newBot, newChannel} = here();
            const {bot} = await newBot();
            const [open, closed] = [await newChannel('O'), await newChannel('P')];
            expect((await bot.post(`/channels/${open}/members`, {user_id: bot.userId})).status).toBe(201);
            expect(await bot.post(`/channels/${closed}/members`, {user_id: bot.userId})).toMatchObject(PERMISSION);
        });

        test('who is removed can neither post nor read, and can come back', async () => {
            const {admin, bot, newChannel, posted} = here();
            const channel = await newChannel('P');
            const post = await posted(bot, {channel_id: channel, message: 'x'});
            must(await admin.delete(`/channels/${channel}/members/${bot.userId}`), 200);
            expect(await bot.post('/posts', {channel_id: channel, message: 'y'})).toMatchObject(PERMISSION);
            expect(await bot.get(`/posts/${post.id}`)).toMatchObject(PERMISSION);
            must(await admin.post(`/channels/${channel}/members`, {user_id: bot.userId}), 201);
            expect((await bot.post('/posts', {channel_id: channel, message: 'z'})).status).toBe(201);
        });

        test('joining and being added or removed leave system posts, which name no author and ping nobody', async () => {
            const {admin, anna, outsider, newChannel} = here();
            const channel = await newChannel('O');
            must(await outsider.post(`/channels/${channel}/members`, {user_id: outsider.userId}), 201);
            must(await admin.delete(`/channels/${channel}/members/${outsider.userId}`), 200);
            // They are written in the background.
            const types = await eventually('the system posts', async () => {
                const {posts} = must(await anna.get(`/channels/${channel}/posts`), 200).json;
                const found = Object.values(posts ?? {}).map(({type}) => String(type));
                return found.includes('system_remove_from_channel') && found.includes('system_join_channel') ? found : undefined;
            });
            expect(types).toContain('system_add_to_channel');
        });

        test('membership is looked up by member or 404', async () => {
            const {bot, anna, outsider, privateChannel} = here();
            expect(must(await bot.get(`/channels/${privateChannel}/members/${anna.userId}`), 200).json).toMatchObject({
                channel_id: privateChannel,
                user_id: anna.userId,
            });
            expect(await bot.get(`/channels/${privateChannel}/members/${outsider.userId}`)).toMatchObject({
                status: 404,
                json: {id: 'app.channel.get_member.missing.app_error'},
            });
            const members = must(await bot.get(`/channels/${privateChannel}/members`), 200).json as unknown as {user_id: string}[];
            expect(members.map(({user_id}) => user_id)).toEqual(expect.arrayContaining([bot.userId, anna.userId]));
        });

        test('public to private', async () => {
            const {admin, bot, newChannel, outsider} = here();
            const channel = await newChannel('O');
            expect(must(await admin.put(`/channels/${channel}/privacy`, {privacy: 'P'}), 200).json.type).toBe('P');
            expect(await outsider.get(`/channels/${channel}`)).toMatchObject(PERMISSION);
            expect((await bot.post('/posts', {channel_id: channel, message: 'still in'})).status).toBe(201);
        });
    });

    describe('people', () => {
        test('a bot finds people by id, name and e-mail, and sees the e-mail', async () => {
            const {bot, anna} = here();
            const expected = {id: anna.userId, username: anna.username, email: `${anna.username}@example.com`};
            expect(must(await bot.get(`/users/${anna.userId}`), 200).json).toMatchObject(expected);
            expect(must(await bot.get(`/users/username/${anna.username}`), 200).json).toMatchObject(expected);
            expect(must(await bot.get(`/users/email/${anna.username}@example.com`), 200).json).toMatchObject(expected);
            expect(must(await bot.post('/users/ids', [anna.userId]), 200).json).toMatchObject([expected]);
            expect(must(await bot.post('/users/usernames', [anna.username, 'nobody.at.all']), 200).json).toMatchObject([expected]);
            const found = must(await bot.post('/users/search', {term: anna.username}), 200).json;
            expect(found).toMatchObject([expected]);
            expect((await bot.get(`/users/${'z'.repeat(26)}`)).status).toBe(404);
        });

        test('passwords are never shown, bots say that they are bots', async () => {
            const {bot, anna} = here();
            const seen = must(await bot.get(`/users/${anna.userId}`), 200).json;
            expect(seen.password ?? '').toBe('');
            expect(seen.is_bot ?? false).toBe(false);
            expect(must(await anna.get(`/users/${bot.userId}`), 200).json).toMatchObject({is_bot: true});
        });

        test('with ShowEmailAddress off a bot sees no address and may not look one up', async () => {
            const {admin, bot, anna} = here();
            const before = must(await admin.get('/config'), 200).json.PrivacySettings as Loose;
            must(await admin.put('/config/patch', {PrivacySettings: {ShowEmailAddress: false}}), 200);
            try {
                expect(must(await bot.get(`/users/${anna.userId}`), 200).json.email).toBe('');
                expect(await bot.get(`/users/email/${anna.username}@example.com`)).toMatchObject({
                    status: 403,
                    json: {id: 'api.user.get_user_by_email.permissions.app_error'},
                });
            } finally {
                must(await admin.put('/config/patch', {PrivacySettings: {ShowEmailAddress: before.ShowEmailAddress}}), 200);
            }
        });
    });
}
