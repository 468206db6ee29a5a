import {describe, expect, test} from 'vitest';
import type {Answer, Client} from './client.ts';
import {must, type Place} from './place.ts';
import {png} from './png.ts';
import {eventually} from './wait.ts';

/** Uploading, attaching, downloading. */
export function describeFiles(here: () => Place): void {
    const form = (...parts: readonly (readonly [string, string | Blob, string?])[]): FormData => {
        const data = new FormData();
        for (const [name, value, fileName] of parts) {
            if (typeof value === 'string') {
                data.append(name, value);
            } else {
                data.append(name, value, fileName);
            }
        }
        return data;
    };
    const raw = (client: Client, name: string, body: BodyInit, channel = here().privateChannel): Promise<Answer> =>
        client.send('POST', `/files?channel_id=${channel}&filename=${encodeURIComponent(name)}`, body, {
            'Content-Type': 'application/octet-stream',
        });
    const fileId = async (client: Client, name = 'a.txt', body: BodyInit = 'hello'): Promise<string> =>
        String(must(await raw(client, name, body), 201).json.file_infos?.[0]?.id);

    describe('uploading files', () => {
        test('a raw body with the name in the query', async () => {
            const {bot} = here();
            const answer = must(await raw(bot, 'résumé final.txt', 'hello'), 201).json;
            expect(answer.file_infos).toHaveLength(1);
            expect(answer.file_infos?.[0]).toMatchObject({name: 'résumé final.txt', size: 5, extension: 'txt', user_id: bot.userId});
            expect(String(answer.file_infos?.[0]?.mime_type)).toMatch(/^text\/plain/);
            expect(answer.client_ids).toBeNull();
        });

        test('multipart, channel_id first: part names are free and several files fit', async () => {
            const {bot, privateChannel} = here();
            const body = form(
                ['channel_id', privateChannel],
                ['client_ids', 'c1'],
                ['client_ids', 'c2'],
                ['one', new Blob(['1']), '1.txt'],
                ['two', new Blob(['22']), '2.txt'],
            );
            const answer = must(await bot.send('POST', '/files', body), 201).json;
            expect(answer.file_infos).toMatchObject([
                {name: '1.txt', size: 1},
                {name: '2.txt', size: 2},
            ]);
            expect(answer.client_ids).toEqual(['c1', 'c2']);
        });

        test('multipart, file first: only parts named `files` count, others vanish with a 201', async () => {
            const {bot, privateChannel} = here();
            const good = must(
                await bot.send('POST', '/files', form(['files', new Blob(['x']), 'x.txt'], ['channel_id', privateChannel])),
                201,
            ).json;
            expect(good.file_infos).toHaveLength(1);
            const lost = must(
                await bot.send('POST', '/files', form(['upload', new Blob(['x']), 'x.txt'], ['channel_id', privateChannel])),
                201,
            ).json;
            expect(lost.file_infos ?? []).toHaveLength(0);
        });

        test('the type follows from the name only, the name is cut to its last part', async () => {
            const {bot} = here();
            const info = async (name: string, body: BodyInit): Promise<unknown> =>
                must(await raw(bot, name, body), 201).json.file_infos?.[0];
            expect(await info('picture.png', 'not a picture')).toMatchObject({mime_type: 'image/png', extension: 'png'});
            expect(await info('noextension', png(200, 100))).toMatchObject({mime_type: '', extension: ''});
            expect(await info('../../etc/passwd.txt', 'x')).toMatchObject({name: 'passwd.txt'});
        });

        test('an image gets its size and a preview', async () => {
            const {bot} = here();
            const answer = must(await raw(bot, 'p.png', png(200, 100)), 201).json.file_infos?.[0];
            expect(answer).toMatchObject({width: 200, height: 100, mime_type: 'image/png', has_preview_image: true});
            expect((await bot.get(`/files/${answer?.id}/preview`)).headers.get('content-type')).toMatch(/^image\//);
            expect((await bot.get(`/files/${answer?.id}/thumbnail`)).headers.get('content-type')).toMatch(/^image\//);
            const text = await fileId(bot);
            expect(await bot.get(`/files/${text}/preview`)).toMatchObject({status: 400});
        });

        test('nothing in it: 400; not in the channel: 403; no or a malformed channel: 400', async () => {
            const {bot, outsider} = here();
            expect((await raw(bot, 'empty.txt', '')).status).toBe(400);
            expect(await raw(outsider, 'a.txt', 'x')).toMatchObject({status: 403, json: {id: 'api.context.permissions.app_error'}});
            expect((await raw(bot, 'a.txt', 'x', 'short')).status).toBe(400);
            expect((await raw(bot, '', 'x')).status).toBe(400);
        });
    });

    describe('attaching files', () => {
        test('own, new files are attached and shown with the post', async () => {
            const {bot, privateChannel, posted, era} = here();
            const ids = [await fileId(bot), await fileId(bot, 'p.png', png(200, 100))];
            const post = await posted(bot, {channel_id: privateChannel, message: '', file_ids: ids});
            // 11.x sorts them, so their order says nothing.
            expect([...(post.file_ids ?? [])].sort()).toEqual([...ids].sort());
            expect(post.file_ids).toEqual(era === '5.37' ? ids : [...ids].sort());
            const read = must(await bot.get(`/posts/${post.id}`), 200).json;
            expect(read.file_ids).toEqual(post.file_ids);
            const shown = [...((read.metadata?.files ?? []) as unknown as {id: string}[])].sort(
                (a, b) => ids.indexOf(a.id) - ids.indexOf(b.id),
            );
            expect(shown).toMatchObject([
                {id: ids[0], post_id: post.id},
                {id: ids[1], width: 200},
            ]);
        });

        test("used, unknown and others' files are dropped without a word", async () => {
            const {bot, anna, privateChannel, posted} = here();
            const [used, hers, fresh] = [await fileId(bot), await fileId(anna), await fileId(bot)];
            await posted(bot, {channel_id: privateChannel, message: 'first', file_ids: [used]});
            const post = await posted(bot, {channel_id: privateChannel, message: 'second', file_ids: [used, hers, 'z'.repeat(26), fresh]});
            expect(post.file_ids).toEqual([fresh]);
        });

        test('a file may be posted in another channel than it was uploaded for', async () => {
            const {bot, publicChannel, posted} = here();
            const id = await fileId(bot);
            expect((await posted(bot, {channel_id: publicChannel, message: 'x', file_ids: [id]})).file_ids).toEqual([id]);
        });
    });

    describe('downloading files', () => {
        test('whole and in ranges, never sniffed', async () => {
            const {bot} = here();
            const id = await fileId(bot, 'a.txt', '0123456789');
            const whole = await bot.get(`/files/${id}`, {'Accept-Encoding': 'identity'});
            expect(whole).toMatchObject({status: 200, text: '0123456789'});
            expect(whole.headers.get('x-content-type-options')).toBe('nosniff');
            const part = await bot.get(`/files/${id}`, {Range: 'bytes=2-5', 'Accept-Encoding': 'identity'});
            expect(part).toMatchObject({status: 206, text: '2345'});
            expect(part.headers.get('content-range')).toBe('bytes 2-5/10');
            expect((await bot.get(`/files/${id}`, {Range: 'bytes=7-', 'Accept-Encoding': 'identity'})).text).toBe('789');
            expect((await bot.get(`/files/${id}`, {Range: 'bytes=20-', 'Accept-Encoding': 'identity'})).status).toBe(416);
        });

        test('html comes back as plain text to be saved', async () => {
            const {bot} = here();
            const answer = await bot.get(`/files/${await fileId(bot, 'page.html', '<script>alert(1)</script>')}`);
            expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
            expect(answer.headers.get('content-disposition')).toMatch(/^attachment/);
        });

        test('who may: the uploader; others once it is posted, on 11.x already in its channel', async () => {
            const {bot, anna, outsider, privateChannel, posted, era} = here();
            const id = await fileId(bot);
            expect((await bot.get(`/files/${id}`)).status).toBe(200);
            expect((await anna.get(`/files/${id}`)).status).toBe(era === '5.37' ? 403 : 200);
            expect((await outsider.get(`/files/${id}`)).status).toBe(403);
            await posted(bot, {channel_id: privateChannel, message: 'x', file_ids: [id]});
            expect((await anna.get(`/files/${id}`)).status).toBe(200);
            expect((await anna.get(`/files/${id}/info`)).json).toMatchObject({id, name: 'a.txt', size: 5});
            expect((await outsider.get(`/files/${id}`)).status).toBe(403);
        });
    });

    describe('files of what is deleted', () => {
        /** Files are taken away in the background. On 11.6 only `/info` says so at once: asking for the file itself may keep it. */
        const gone = (client: Client, id: string): Promise<true> =>
            eventually('the file to be gone', async () => ((await client.get(`/files/${id}/info`)).status === 404 ? true : undefined));

        test('go with their post: nobody can download them, unless (11.6) somebody did within the last half hour', async () => {
            const {bot, anna, privateChannel, posted, era} = here();
            const [unread, read] = [await fileId(bot), await fileId(bot)];
            const post = await posted(bot, {channel_id: privateChannel, message: 'x', file_ids: [unread, read]});
            must(await anna.get(`/files/${read}`), 200);
            must(await bot.delete(`/posts/${post.id}`), 200);
            await gone(bot, unread);
            await gone(anna, read);
            expect((await anna.get(`/files/${unread}`)).status).toBe(404);
            // The cache of what is known of a file is not told of the deletion.
            expect((await anna.get(`/files/${read}`)).status).toBe(era === '11.6' ? 200 : 404);
        });

        test("a root's deletion takes the files of its replies along on 11.x; on 5.x only its own", async () => {
            const {bot, anna, privateChannel, posted, era} = here();
            const [own, hers] = [await fileId(bot), await fileId(anna)];
            const root = await posted(bot, {channel_id: privateChannel, message: 'root', file_ids: [own]});
            await posted(anna, {channel_id: privateChannel, root_id: root.id, message: 'reply', file_ids: [hers]});
            must(await bot.delete(`/posts/${root.id}`), 200);
            await gone(bot, own);
            expect((await bot.get(`/files/${hers}/info`)).status).toBe(era === '5.37' ? 200 : 404);
            expect((await bot.get(`/files/${hers}`)).status).toBe(era === '5.37' ? 200 : 404);
        });

        test('an edit that takes files off a post deletes them on 11.x; on 5.x they stay', async () => {
            const {bot, privateChannel, posted, era} = here();
            const id = await fileId(bot);
            const post = await posted(bot, {channel_id: privateChannel, message: 'x', file_ids: [id]});
            must(await bot.put(`/posts/${post.id}/patch`, {message: 'withdrawn', file_ids: []}), 200);
            expect((await bot.get(`/files/${id}/info`)).status).toBe(era === '5.37' ? 200 : 404);
            expect((await bot.get(`/files/${id}`)).status).toBe(era === '5.37' ? 200 : 404);
        });

        test('an edit puts an uploaded file into a post on 11.x, and drops what it does not know; 5.x ignores that without a word', async () => {
            const {bot, privateChannel, posted, era} = here();
            const [first, second] = [await fileId(bot), await fileId(bot)];
            const post = await posted(bot, {channel_id: privateChannel, message: 'x', file_ids: [first]});
            const wanted = {message: 'y', file_ids: [first, second, 'a'.repeat(26)]};
            const {json: patched} = must(await bot.put(`/posts/${post.id}/patch`, wanted), 200);
            const there = era === '5.37' ? [first] : [first, second].toSorted();
            const {json: read} = await bot.get(`/posts/${post.id}`);
            for (const json of [patched, read]) expect([...((json?.file_ids ?? []) as unknown as string[])].toSorted()).toEqual(there);
        });
    });
}
