import {describe, expect, test} from 'vitest';
import {createClient} from './client.ts';
import {must, type Place} from './place.ts';

const EXPIRED = {status: 401, json: {id: 'api.context.session_expired.app_error'}};

/** Bots, their tokens, and log-ins. */
export function describeBots(here: () => Place): void {
    describe('bots and tokens', () => {
        test('a disabled bot is 401; enabled again, the same token works', async () => {
            const {admin, newBot, publicChannel} = here();
            const {bot} = await newBot([publicChannel]);
            must(await admin.post(`/bots/${bot.userId}/disable`), 200);
            expect(await bot.get('/users/me')).toMatchObject(EXPIRED);
            expect(await bot.post('/posts', {channel_id: publicChannel, message: 'x'})).toMatchObject(EXPIRED);
            must(await admin.post(`/bots/${bot.userId}/enable`), 200);
            expect(must(await bot.get('/users/me'), 200).json.id).toBe(bot.userId);
        });

        test('a revoked token is 401', async () => {
            const {admin, newBot} = here();
            const {bot, tokenId} = await newBot();
            must(await admin.post('/users/tokens/revoke', {token_id: tokenId}), 200);
            expect(await bot.get('/users/me')).toMatchObject(EXPIRED);
        });

        test('a new bot is in one direct channel, without a team, from the start', async () => {
            const {newBot, teamId} = here();
            const {bot} = await newBot();
            const channels = must(await bot.get(`/users/me/teams/${teamId}/channels`), 200).json as unknown as {
                type: string;
                team_id: string;
            }[];
            expect(channels.filter(({type}) => type === 'D')).toMatchObject([{team_id: ''}]);
        });

        test('a taken name is 400, and ordinary people and bots cannot create bots', async () => {
            const {admin, anna, bot} = here();
            expect(await admin.post('/bots', {username: anna.username})).toMatchObject({
                status: 400,
                json: {id: 'app.user.save.username_exists.app_error'},
            });
            expect((await anna.post('/bots', {username: 'somebot'})).status).toBe(403);
            expect((await bot.post('/bots', {username: 'somebot'})).status).toBe(403);
        });

        test('a token is shown once', async () => {
            const {admin, bot} = here();
            const made = must(await admin.post(`/users/${bot.userId}/tokens`, {description: 'second'}), 200).json;
            expect(made).toMatchObject({user_id: bot.userId, description: 'second', is_active: true});
            expect(String(made.token)).toHaveLength(26);
            const listed = must(await admin.get(`/users/${bot.userId}/tokens`), 200);
            expect(listed.text).not.toContain(String(made.token));
            must(await admin.post('/users/tokens/revoke', {token_id: made.id}), 200);
        });
    });

    describe('log-in', () => {
        test('a Token header for everyone, cookies for XMLHttpRequest; wrong passwords are 401', async () => {
            const {url, anna} = here();
            const anyone = createClient(url, '');
            const login = {login_id: anna.username, password: 'Contract-Passw0rd!'};
            const plain = must(await anyone.post('/users/login', login), 200);
            expect(plain.headers.getSetCookie()).toEqual([]);
            expect(plain.headers.get('token')).toHaveLength(26);
            const good = must(await anyone.post('/users/login', login, {'X-Requested-With': 'XMLHttpRequest'}), 200);
            const cookies = good.headers.getSetCookie().map((cookie) => cookie.split('=')[0]);
            expect(cookies).toEqual(expect.arrayContaining(['MMAUTHTOKEN', 'MMCSRF', 'MMUSERID']));
            expect(good.headers.getSetCookie().find((cookie) => cookie.startsWith('MMAUTHTOKEN'))).toMatch(/HttpOnly/i);
            expect((await anyone.post('/users/login', {login_id: anna.username, password: 'wrong'})).status).toBe(401);
        });

        test('a cookie alone reads but does not write; with the CSRF token, or XMLHttpRequest, it writes', async () => {
            const {url, anna, privateChannel, era} = here();
            const anyone = createClient(url, '');
            const login = must(
                await anyone.post(
                    '/users/login',
                    {login_id: anna.username, password: 'Contract-Passw0rd!'},
                    {'X-Requested-With': 'XMLHttpRequest'},
                ),
                200,
            );
            const value = (name: string): string =>
                login.headers
                    .getSetCookie()
                    .find((cookie) => cookie.startsWith(`${name}=`))
                    ?.split(/[=;]/)[1] ?? '';
            const Cookie = `MMAUTHTOKEN=${value('MMAUTHTOKEN')}; MMCSRF=${value('MMCSRF')}`;
            const post = (headers: Record<string, string>): ReturnType<typeof anyone.post> =>
                anyone.post('/posts', {channel_id: privateChannel, message: 'cookie'}, {Cookie, ...headers});
            expect((await anyone.get('/users/me', {Cookie})).status).toBe(200);
            expect((await post({'X-CSRF-Token': value('MMCSRF')})).status).toBe(201);
            expect((await post({'X-Requested-With': 'XMLHttpRequest'})).status).toBe(201);
            const refused = await post({});
            expect(refused).toMatchObject(EXPIRED);
            // 11.x takes the cookie away as well: one wrong write and the person is logged out.
            expect(/MMAUTHTOKEN=;/.test(refused.headers.getSetCookie().join())).toBe(era !== '5.37');
        });
    });
}
