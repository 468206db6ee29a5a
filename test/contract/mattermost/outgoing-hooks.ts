import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Loose} from './client.ts';
import {must, type Place} from './place.ts';
import {openSink, type Sink} from './sink.ts';
import {eventually} from './wait.ts';

/** Outgoing webhooks: the optional, weak ear. */
export function describeOutgoingHooks(here: () => Place): void {
    let sink: Sink;
    let paths = 0;

    beforeAll(async () => {
        sink = await openSink();
    });
    afterAll(async () => {
        await sink.close();
    });

    /** A public channel with a hook on it that calls a path of its own. */
    const hooked = async (fields: object = {}): Promise<{channel: string; path: string; hook: Loose}> => {
        const {admin, teamId, newChannel} = here();
        const channel = await newChannel('O');
        const path = `/hook${paths++}`;
        const hook = must(
            await admin.post('/hooks/outgoing', {
                team_id: teamId,
                channel_id: channel,
                display_name: 'contract',
                callback_urls: [sink.url(path)],
                content_type: 'application/json',
                ...fields,
            }),
            201,
        ).json;
        return {channel, path, hook};
    };

    describe('outgoing webhooks', () => {
        test('the JSON request: fields in order, milliseconds, no signature', async () => {
            const {channel, path, hook} = await hooked();
            const {anna, teamId, teamName, posted} = here();
            const post = await posted(anna, {channel_id: channel, message: 'hello <b> & "you"'});
            const [request] = await sink.waitFor(path);
            expect(request?.method).toBe('POST');
            expect(request?.headers['user-agent']).toMatch(/^Mattermost-Bot\//);
            expect(request?.headers.accept).toBe('application/json');
            expect(request?.headers['content-type']).toBe('application/json');
            expect(request?.headers.authorization).toBeUndefined();
            expect(request?.body).toContain('hello \\u003cb\\u003e \\u0026');
            const body = JSON.parse(request?.body ?? '') as Record<string, unknown>;
            expect(Object.keys(body)).toEqual([
                'token',
                'team_id',
                'team_domain',
                'channel_id',
                'channel_name',
                'timestamp',
                'user_id',
                'user_name',
                'post_id',
                'text',
                'trigger_word',
                'file_ids',
            ]);
            expect(body).toMatchObject({
                token: hook.token,
                team_id: teamId,
                team_domain: teamName,
                channel_id: channel,
                timestamp: post.create_at,
                user_id: anna.userId,
                user_name: anna.username,
                post_id: post.id,
                text: 'hello <b> & "you"',
                trigger_word: '',
                file_ids: '',
            });
        });

        test('the form: sorted by key, seconds', async () => {
            const {channel, path, hook} = await hooked({content_type: 'application/x-www-form-urlencoded'});
            const post = await here().posted(here().anna, {channel_id: channel, message: 'a b&c'});
            const [request] = await sink.waitFor(path);
            expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
            const form = new URLSearchParams(request?.body);
            expect([...form.keys()]).toEqual([...form.keys()].sort());
            expect(form.get('token')).toBe(hook.token);
            expect(form.get('text')).toBe('a b&c');
            expect(Number(form.get('timestamp'))).toBe(Math.floor(post.create_at / 1000));
        });

        test('fires for people, replies, bots, custom types, attachments only; not for edits, deletes, reactions, pins', async () => {
            const {channel, path} = await hooked();
            const {anna, bot, posted} = here();
            const texts: string[] = [];
            const root = await posted(anna, {channel_id: channel, message: 'by a person'});
            await posted(anna, {channel_id: channel, root_id: root.id, message: 'a reply'});
            await posted(bot, {channel_id: channel, message: 'by the bot'});
            await posted(bot, {channel_id: channel, message: 'says webhook', props: {from_webhook: 'true'}});
            await posted(bot, {channel_id: channel, message: 'custom', type: 'custom_x'});
            await posted(bot, {channel_id: channel, message: '', props: {attachments: [{text: 't'}]}});
            must(await anna.put(`/posts/${root.id}/patch`, {message: 'edited'}), 200);
            must(await anna.post('/reactions', {user_id: anna.userId, post_id: root.id, emoji_name: 'x'}), 200);
            must(await anna.post(`/posts/${root.id}/pin`), 200);
            must(await anna.delete(`/posts/${root.id}`), 200);
            await posted(anna, {channel_id: channel, message: 'last'});
            for (const request of await sink.waitFor(path, 7)) {
                texts.push(String((JSON.parse(request.body) as {text: string}).text));
            }
            expect(texts.sort()).toEqual(['', 'a reply', 'by a person', 'by the bot', 'custom', 'last', 'says webhook']);
        });

        test('file ids come as one string', async () => {
            const {channel, path} = await hooked();
            const {anna, posted} = here();
            const upload = async (): Promise<string> =>
                String(must(await anna.send('POST', `/files?channel_id=${channel}&filename=a.txt`, 'x'), 201).json.file_infos?.[0]?.id);
            const ids = [await upload(), await upload()];
            await posted(anna, {channel_id: channel, message: '', file_ids: ids});
            const [request] = await sink.waitFor(path);
            const body = JSON.parse(request?.body ?? '') as {text: string; file_ids: string};
            expect(body.text).toBe('');
            expect(body.file_ids.split(',').sort()).toEqual(ids.sort());
        });

        test('never from a private channel; one that turns private keeps its hook and falls silent', async () => {
            const {admin, anna, teamId, privateChannel, posted} = here();
            expect(
                await admin.post('/hooks/outgoing', {
                    team_id: teamId,
                    channel_id: privateChannel,
                    display_name: 'x',
                    callback_urls: [sink.url('/never')],
                }),
            ).toMatchObject({status: 403, json: {id: 'api.outgoing_webhook.disabled.app_error'}});
            const {channel, path, hook} = await hooked();
            const control = await hooked();
            must(await admin.put(`/channels/${channel}/privacy`, {privacy: 'P'}), 200);
            await posted(anna, {channel_id: channel, message: 'unheard'});
            await posted(anna, {channel_id: control.channel, message: 'heard'});
            await sink.waitFor(control.path);
            expect(sink.received(path)).toEqual([]);
            expect((await admin.get(`/hooks/outgoing/${hook.id}`)).status).toBe(200);
        });

        test('two identical hooks are accepted and both are called', async () => {
            const {admin, anna, teamId, posted} = here();
            const {channel, path} = await hooked();
            const same = {
                team_id: teamId,
                channel_id: channel,
                display_name: 'twin',
                callback_urls: [sink.url(path)],
                content_type: 'application/json',
            };
            must(await admin.post('/hooks/outgoing', same), 201);
            await posted(anna, {channel_id: channel, message: 'twice'});
            expect(await sink.waitFor(path, 2)).toHaveLength(2);
        });

        test('trigger words: equal or prefix of the first word; without a channel they are needed', async () => {
            const {admin, anna, teamId, posted} = here();
            expect(
                await admin.post('/hooks/outgoing', {team_id: teamId, display_name: 'x', callback_urls: [sink.url('/x')]}),
            ).toMatchObject({
                status: 400,
                json: {id: 'api.webhook.create_outgoing.triggers.app_error'},
            });
            const exact = await hooked({trigger_words: ['!book'], trigger_when: 0});
            for (const message of ['!booking now', 'please !book', '!Book', '!book now']) {
                await posted(anna, {channel_id: exact.channel, message});
            }
            const prefix = await hooked({trigger_words: ['!book'], trigger_when: 1});
            await posted(anna, {channel_id: prefix.channel, message: '!booking now'});
            expect(JSON.parse((await sink.waitFor(exact.path))[0]?.body ?? '')).toMatchObject({text: '!book now', trigger_word: '!book'});
            expect(JSON.parse((await sink.waitFor(prefix.path))[0]?.body ?? '')).toMatchObject({
                text: '!booking now',
                trigger_word: '!book',
            });
            expect(sink.received(exact.path)).toHaveLength(1);
        });

        test('an answer {} makes nothing; a text, whatever the status, becomes a post by the creator without a further call', async () => {
            const {admin, anna, posted} = here();
            const {channel, path} = await hooked();
            await posted(anna, {channel_id: channel, message: 'quiet'});
            await sink.waitFor(path, 1);
            sink.answer(path, {
                status: 500,
                headers: {'Content-Type': 'application/json'},
                body: JSON.stringify({text: 'answered', props: {x: 1}}),
            });
            await posted(anna, {channel_id: channel, message: 'loud'});
            const made = await eventually('the answer to be posted', async () => {
                const {posts} = must(await anna.get(`/channels/${channel}/posts`), 200).json;
                return Object.values(posts ?? {}).find((post) => String(post.message) === 'answered');
            });
            expect(made).toMatchObject({
                user_id: admin.userId,
                root_id: '',
                props: {from_webhook: 'true', webhook_display_name: 'contract', x: 1},
            });
            expect(sink.received(path)).toHaveLength(2);
        });

        test('response_type comment threads the answer under the post', async () => {
            const {anna, posted} = here();
            const {channel, path} = await hooked();
            sink.answer(path, {body: JSON.stringify({text: 'threaded', response_type: 'comment'})});
            const root = await posted(anna, {channel_id: channel, message: 'ask'});
            const made = await eventually('the answer in the thread', async () => {
                const {posts} = must(await anna.get(`/posts/${root.id}/thread`), 200).json;
                return Object.values(posts ?? {}).find((post) => String(post.message) === 'threaded');
            });
            expect(made.root_id).toBe(root.id);
        });

        test('redirects: 302 becomes a GET without the body, 307 repeats the POST', async () => {
            const {anna, posted} = here();
            for (const [status, method, hasBody] of [
                [302, 'GET', false],
                [307, 'POST', true],
            ] as const) {
                const {channel, path} = await hooked();
                sink.answer(path, {status, headers: {Location: sink.url(`${path}/moved`)}, body: ''});
                await posted(anna, {channel_id: channel, message: 'redirected'});
                const [request] = await sink.waitFor(`${path}/moved`);
                expect(request?.method).toBe(method);
                expect((request?.body ?? '') !== '').toBe(hasBody);
            }
        });

        test('one try only', async () => {
            const {anna, posted} = here();
            const {channel, path} = await hooked();
            sink.answer(path, {status: 503, body: ''});
            await posted(anna, {channel_id: channel, message: 'one'});
            await sink.waitFor(path);
            await posted(anna, {channel_id: channel, message: 'two'});
            expect(await sink.waitFor(path, 2)).toHaveLength(2);
        });

        test('managing: ordinary people and bots may not; the token can be renewed; PUT without a token empties it', async () => {
            const {admin, anna, bot, teamId} = here();
            const {hook, channel} = await hooked();
            const fields = {team_id: teamId, channel_id: channel, display_name: 'x', callback_urls: [sink.url('/x')]};
            expect((await anna.post('/hooks/outgoing', fields)).status).toBe(403);
            expect((await bot.post('/hooks/outgoing', fields)).status).toBe(403);
            expect((await anna.get(`/hooks/outgoing?team_id=${teamId}`)).status).toBe(403);
            const renewed = must(await admin.post(`/hooks/outgoing/${hook.id}/regen_token`), 200).json;
            expect(renewed.token).not.toBe(hook.token);
            const listed = must(await admin.get(`/hooks/outgoing?team_id=${teamId}&channel_id=${channel}`), 200).json;
            expect(listed).toMatchObject([{id: hook.id, token: renewed.token}]);
            const kept = must(await admin.put(`/hooks/outgoing/${hook.id}`, {...renewed, display_name: 'new name'}), 200).json;
            expect(kept).toMatchObject({display_name: 'new name', token: renewed.token});
            const {token: _token, ...tokenless} = renewed as unknown as Record<string, unknown>;
            expect(must(await admin.put(`/hooks/outgoing/${hook.id}`, tokenless), 200).json.token).toBe('');
            must(await admin.delete(`/hooks/outgoing/${hook.id}`), 200);
            expect((await admin.get(`/hooks/outgoing/${hook.id}`)).status).toBe(404);
        });
    });
}
