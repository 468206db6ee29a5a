import {describe, expect, test} from 'vitest';
import {createClient} from './client.ts';
import {must, type Place} from './place.ts';

const PERMISSION = {status: 403, json: {id: 'api.context.permissions.app_error', status_code: 403}};
const ROOT_ID = {status: 400, json: {id: 'api.post.create_post.root_id.app_error', status_code: 400}};
const EXPIRED = {status: 401, json: {id: 'api.context.session_expired.app_error', status_code: 401}};

/** Which wrong create gets which status and id. */
export function describeRefusals(here: () => Place): void {
    describe('refusals', () => {
        test('an error is {id, message, detailed_error, request_id, status_code} and nothing else', async () => {
            const answer = await here().bot.post('/posts', {channel_id: 'nope', message: 'x'});
            expect(Object.keys(answer.json).sort()).toEqual(['detailed_error', 'id', 'message', 'request_id', 'status_code']);
            expect(answer.json.detailed_error).toBe('');
            expect(answer.json.request_id).toBe(answer.headers.get('x-request-id'));
            expect(answer.headers.get('content-type')).toBe('application/json');
        });

        test('no token, a wrong one: 401', async () => {
            const {url} = here();
            for (const token of ['', 'a'.repeat(26)]) {
                expect(await createClient(url, token).post('/posts', {channel_id: here().privateChannel, message: 'x'})).toMatchObject(
                    EXPIRED,
                );
                expect(await createClient(url, token).get('/users/me')).toMatchObject(EXPIRED);
            }
        });

        test('not a member (public or private), unknown, malformed or no channel: 403, never 404', async () => {
            const {outsider, privateChannel, publicChannel} = here();
            for (const channel_id of [privateChannel, publicChannel, 'z'.repeat(26), 'short', '']) {
                expect(await outsider.post('/posts', {channel_id, message: 'x'})).toMatchObject(PERMISSION);
            }
            expect(await outsider.post('/posts', {message: 'x'})).toMatchObject(PERMISSION);
        });

        test('archived channel: 400 to post, edit, delete; reading goes on', async () => {
            const {bot, admin, newChannel, posted} = here();
            const channel = await newChannel('P');
            const post = await posted(bot, {channel_id: channel, message: 'before'});
            must(await admin.delete(`/channels/${channel}`), 200);
            expect(await bot.post('/posts', {channel_id: channel, message: 'x'})).toMatchObject({
                status: 400,
                json: {id: 'api.post.create_post.can_not_post_to_deleted.error'},
            });
            expect(await bot.put(`/posts/${post.id}/patch`, {message: 'y'})).toMatchObject({
                status: 400,
                json: {id: 'api.post.patch_post.can_not_update_post_in_deleted.error'},
            });
            expect(await bot.delete(`/posts/${post.id}`)).toMatchObject({
                status: 400,
                json: {id: 'api.post.delete_post.can_not_delete_post_in_deleted.error'},
            });
            expect((await bot.get(`/posts/${post.id}`)).status).toBe(200);
            expect(Number(must(await bot.get(`/channels/${channel}`), 200).json.delete_at)).toBeGreaterThan(0);
            must(await admin.post(`/channels/${channel}/restore`), 200);
            expect((await bot.post('/posts', {channel_id: channel, message: 'again'})).status).toBe(201);
        });

        test('wrong roots: unknown, malformed, a reply, deleted, in another channel', async () => {
            const {bot, privateChannel, publicChannel, posted} = here();
            const reply = (root_id: string, channel_id = privateChannel): ReturnType<typeof bot.post> =>
                bot.post('/posts', {channel_id, root_id, message: 'r'});
            const root = await posted(bot, {channel_id: privateChannel, message: 'root'});
            const child = await posted(bot, {channel_id: privateChannel, root_id: root.id, message: 'child'});
            expect(await reply('z'.repeat(26))).toMatchObject(ROOT_ID);
            expect(await reply('malformed')).toMatchObject(ROOT_ID);
            expect(await reply(child.id)).toMatchObject(ROOT_ID);
            expect(await reply(root.id, publicChannel)).toMatchObject({
                status: 400,
                json: {id: 'api.post.create_post.channel_root_id.app_error'},
            });
            must(await bot.delete(`/posts/${root.id}`), 200);
            expect(await reply(root.id)).toMatchObject(ROOT_ID);
        });

        test('wrong types, an id, no JSON', async () => {
            const {bot, privateChannel} = here();
            const create = (fields: object): ReturnType<typeof bot.post> =>
                bot.post('/posts', {channel_id: privateChannel, message: 'x', ...fields});
            expect(await create({type: 'system_generic'})).toMatchObject({status: 400, json: {id: 'api.context.invalid_param.app_error'}});
            expect(await create({type: 'nonsense'})).toMatchObject({status: 400, json: {id: 'model.post.is_valid.type.app_error'}});
            expect(await create({id: 'a'.repeat(26)})).toMatchObject({status: 400, json: {id: 'app.post.save.existing.app_error'}});
            expect(await bot.send('POST', '/posts', 'not json')).toMatchObject({
                status: 400,
                json: {id: 'api.context.invalid_body_param.app_error'},
            });
        });

        test('a malformed id in the path: 400; an unknown route: 404, on 5.x labelled text/plain', async () => {
            const {bot, era} = here();
            expect(await bot.get('/posts/short')).toMatchObject({status: 400, json: {id: 'api.context.invalid_url_param.app_error'}});
            const unknown = await bot.get('/no/such/route');
            expect(unknown).toMatchObject({status: 404, json: {id: 'api.context.404.app_error', status_code: 404}});
            expect(unknown.headers.get('content-type')).toMatch(era === '5.37' ? /^text\/plain/ : /^application\/json/);
        });

        test('X-Version-Id is on every answer', async () => {
            const {url, bot, version} = here();
            // <version>.<build>.<hash of the configuration>.<licensed>: only the first part stays as long as the server does.
            const number = version.match(/^\d+\.\d+\.\d+\./)?.[0];
            expect(number).toBeDefined();
            for (const answer of [
                await bot.get('/posts/short'),
                await bot.get('/users/me'),
                await createClient(url, '').get('/system/ping'),
            ]) {
                expect(answer.headers.get('x-version-id')?.startsWith(number ?? '?')).toBe(true);
            }
        });

        test('a bot may not make ephemeral posts', async () => {
            const {bot, anna, privateChannel} = here();
            const answer = await bot.post('/posts/ephemeral', {user_id: anna.userId, post: {channel_id: privateChannel, message: 'psst'}});
            expect(answer).toMatchObject(PERMISSION);
        });
    });
}
