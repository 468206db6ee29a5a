import {describe, expect, test} from 'vitest';
import {channelPages} from '../../../bridge/channel-pages.ts';
import {createServers} from '../../../bridge/mattermost.ts';
import type {Client, Loose} from './client.ts';
import {type MadePost, must, type Place} from './place.ts';

const PERMISSION = {status: 403, json: {id: 'api.context.permissions.app_error'}};

const order = (list: Loose): string[] => list.order as unknown as string[];
const all = (list: Loose): Record<string, MadePost> => (list.posts ?? {}) as unknown as Record<string, MadePost>;

/** Threads, channel pages, and catching up. */
export function describeReads(here: () => Place): void {
    const thread = async (replies: number): Promise<{root: MadePost; replies: MadePost[]}> => {
        const {bot, privateChannel, posted, later} = here();
        const root = await posted(bot, {channel_id: privateChannel, message: 'root'});
        await later(root.create_at);
        const made: MadePost[] = [];
        for (let n = 1; n <= replies; n++) {
            const reply = await posted(bot, {channel_id: privateChannel, root_id: root.id, message: `reply ${n}`});
            await later(reply.create_at);
            made.push(reply);
        }
        return {root, replies: made};
    };

    describe('reading a thread', () => {
        test('all posts, from the root and from any reply; the requested one comes first in order', async () => {
            const {bot} = here();
            const {root, replies} = await thread(3);
            for (const asked of [root, ...replies]) {
                const list = must(await bot.get(`/posts/${asked.id}/thread`), 200).json;
                expect(Object.keys(all(list)).sort()).toEqual([root, ...replies].map(({id}) => id).sort());
                expect(order(list)[0]).toBe(asked.id);
                expect(new Set(order(list))).toEqual(new Set([root, ...replies].map(({id}) => id)));
                expect(all(list)[root.id]).toMatchObject({reply_count: 3, root_id: ''});
            }
        });

        test('order lists the requested post twice on 5.x, once on 11.x', async () => {
            const {root} = await thread(2);
            const list = must(await here().bot.get(`/posts/${root.id}/thread`), 200).json;
            expect(order(list).filter((id) => id === root.id)).toHaveLength(here().era === '5.37' ? 2 : 1);
        });

        test('order promises nothing but its first entry: after an edit all are there, in whatever order', async () => {
            const {bot} = here();
            const {root, replies} = await thread(4);
            must(await bot.put(`/posts/${replies[0]?.id}/patch`, {message: 'edited'}), 200);
            const list = must(await bot.get(`/posts/${root.id}/thread`), 200).json;
            expect(order(list)[0]).toBe(root.id);
            expect(
                order(list)
                    .filter((id) => id !== root.id)
                    .sort(),
            ).toEqual(replies.map(({id}) => id).sort());
        });

        test('reply_count: right in threads and after cursors, 0 in plain pages and since, right again with skipFetchThreads', async () => {
            const {bot, privateChannel} = here();
            const {root} = await thread(2);
            const counted = async (path: string): Promise<number | undefined> =>
                all(must(await bot.get(path), 200).json)[root.id]?.reply_count;
            const since = `since=${root.create_at - 1}`;
            expect(await counted(`/posts/${root.id}/thread`)).toBe(2);
            expect(await counted(`/channels/${privateChannel}/posts?after=${root.id}`)).toBe(2);
            expect(await counted(`/channels/${privateChannel}/posts`)).toBe(0);
            expect(await counted(`/channels/${privateChannel}/posts?${since}`)).toBe(0);
            expect(await counted(`/channels/${privateChannel}/posts?${since}&skipFetchThreads=true`)).toBe(2);
            expect(await counted(`/channels/${privateChannel}/posts?skipFetchThreads=true`)).toBe(2);
        });

        test('paging: ignored on 5.x; on 11.x perPage, direction, fromCreateAt, fromPost and has_next', async () => {
            const {bot, era} = here();
            const {root, replies} = await thread(5);
            const first = must(await bot.get(`/posts/${root.id}/thread?perPage=3&direction=down`), 200).json;
            if (era === '5.37') {
                expect(Object.keys(all(first))).toHaveLength(6);
                expect(first.has_next).toBeUndefined();
                return;
            }
            expect(order(first)).toEqual([root.id, replies[0]?.id, replies[1]?.id]);
            expect(first.has_next).toBe(true);
            const last = replies[1] as MadePost;
            const rest = must(
                await bot.get(`/posts/${root.id}/thread?perPage=10&direction=down&fromCreateAt=${last.create_at}&fromPost=${last.id}`),
                200,
            ).json;
            expect(order(rest)).toEqual([root.id, ...replies.slice(2).map(({id}) => id)]);
            expect(rest.has_next).toBe(false);
            expect(must(await bot.get(`/posts/${root.id}/thread`), 200).json.has_next).toBe(false);
        });

        test('a thread read brings the facts of files along, and who wrote what', async () => {
            const {bot, anna, privateChannel, posted} = here();
            const root = await posted(bot, {channel_id: privateChannel, message: 'root'});
            const path = `/files?channel_id=${privateChannel}&filename=steiger%203.txt`;
            const uploaded = must(await anna.send('POST', path, new Blob(['three'])), 201).json as unknown as {file_infos: {id: string}[]};
            const file_ids = uploaded.file_infos.map(({id}) => id);
            const reply = await posted(anna, {channel_id: privateChannel, root_id: root.id, message: '', file_ids});
            const found = all(must(await bot.get(`/posts/${root.id}/thread`), 200).json)[reply.id] as unknown as {
                user_id: string;
                metadata: {files: {name: string; size: number; mime_type: string}[]};
            };
            expect(found.user_id).toBe(anna.userId);
            expect(found.metadata.files).toMatchObject([{name: 'steiger 3.txt', size: 5}]);
        });

        test('wrong paging is 400 on 11.x', async () => {
            const {bot, era} = here();
            const {root} = await thread(1);
            const status = era === '5.37' ? 200 : 400;
            for (const query of [
                'perPage=201',
                'direction=sideways',
                `fromPost=${root.id}`,
                'fromCreateAt=1&fromUpdateAt=1',
                'updatesOnly=true',
            ]) {
                expect((await bot.get(`/posts/${root.id}/thread?${query}`)).status, query).toBe(status);
            }
        });

        test('fromUpdateAt finds edited replies on 11.x', async () => {
            const {bot, era} = here();
            if (era === '5.37') {
                return;
            }
            const {root, replies} = await thread(3);
            const newest = Number(must(await bot.get(`/posts/${replies[2]?.id}`), 200).json.update_at);
            must(await bot.put(`/posts/${replies[1]?.id}/patch`, {message: 'edited'}), 200);
            const list = must(await bot.get(`/posts/${root.id}/thread?direction=down&updatesOnly=true&fromUpdateAt=${newest}`), 200).json;
            expect(new Set(order(list))).toEqual(new Set([root.id, replies[1]?.id]));
        });

        test('who may not read the channel gets 403, an unknown thread is 404', async () => {
            const {outsider, bot} = here();
            const {root} = await thread(1);
            expect(await outsider.get(`/posts/${root.id}/thread`)).toMatchObject(PERMISSION);
            expect(await outsider.get(`/posts/${root.id}`)).toMatchObject(PERMISSION);
            expect(await bot.get(`/posts/${'z'.repeat(26)}/thread`)).toMatchObject({status: 404, json: {id: 'app.post.get.app_error'}});
            expect(await bot.get(`/posts/${'z'.repeat(26)}`)).toMatchObject({status: 404, json: {id: 'app.post.get.app_error'}});
        });
    });

    describe('reading a channel', () => {
        const readBack = async (channel: string, {token}: Client = here().bot): Promise<MadePost[]> => {
            const client = createServers({createsInFlight: 1, timeoutMs: 30_000, now: Date.now}).client(here().url, token);
            const read: MadePost[] = [];
            for await (const posts of channelPages(client, channel)) read.push(...(posts as unknown as MadePost[]));
            return read;
        };

        const filled = async (count: number): Promise<{channel: string; posts: MadePost[]}> => {
            const {bot, newChannel, posted, later} = here();
            const channel = await newChannel('P');
            // After what the server itself says of those who came in.
            await later((await posted(bot, {channel_id: channel, message: 'first'})).create_at);
            const posts: MadePost[] = [];
            for (let n = 0; n < count; n++) {
                const post = await posted(bot, {channel_id: channel, message: `post ${n}`});
                // Cursors compare milliseconds, and posts of the same one have no order.
                await later(post.create_at);
                posts.push(post);
            }
            return {channel, posts};
        };

        test('pages come newest first, with cursors', async () => {
            const {bot} = here();
            const {channel, posts} = await filled(5);
            const ids = posts.map(({id}) => id);
            const page0 = must(await bot.get(`/channels/${channel}/posts?per_page=2&page=0`), 200).json;
            const page1 = must(await bot.get(`/channels/${channel}/posts?per_page=2&page=1`), 200).json;
            expect(order(page0)).toEqual([ids[4], ids[3]]);
            expect(order(page1)).toEqual([ids[2], ids[1]]);
            expect(page0).toMatchObject({next_post_id: '', prev_post_id: ids[2]});
            expect(page1).toMatchObject({next_post_id: ids[3], prev_post_id: ids[0]});
        });

        test('after and before leave the anchor out and page away from it', async () => {
            const {bot} = here();
            const {channel, posts} = await filled(6);
            const ids = posts.map(({id}) => id);
            const after = must(await bot.get(`/channels/${channel}/posts?after=${ids[1]}&per_page=2`), 200).json;
            expect(order(after)).toEqual([ids[3], ids[2]]);
            expect(after).toMatchObject({next_post_id: ids[4], prev_post_id: ids[1]});
            const next = must(await bot.get(`/channels/${channel}/posts?after=${ids[1]}&per_page=2&page=1`), 200).json;
            expect(order(next)).toEqual([ids[5], ids[4]]);
            const before = must(await bot.get(`/channels/${channel}/posts?before=${ids[3]}&per_page=2`), 200).json;
            expect(order(before)).toEqual([ids[2], ids[1]]);
            expect(before.next_post_id).toBe(ids[3]);
            const unknown = must(await bot.get(`/channels/${channel}/posts?after=${'z'.repeat(26)}`), 200).json;
            expect(order(unknown)).toEqual([]);
            expect((await bot.get(`/channels/${channel}/posts?after=short`)).status).toBe(400);
        });

        test('replies are in the page, their root comes along', async () => {
            const {bot, posted} = here();
            const {channel, posts} = await filled(2);
            const reply = await posted(bot, {channel_id: channel, root_id: posts[0]?.id ?? '', message: 'reply'});
            const page = must(await bot.get(`/channels/${channel}/posts?per_page=1`), 200).json;
            expect(order(page)).toEqual([reply.id]);
            expect(Object.keys(all(page))).toContain(posts[0]?.id);
        });

        test('since: edits and deletions too, roots along; an edit also shows its earlier version as a deleted row', async () => {
            const {bot, posted} = here();
            const {channel, posts} = await filled(4);
            const [root, edited, removed] = posts as [MadePost, MadePost, MadePost];
            const since = Math.max(...posts.map(({update_at}) => update_at));
            must(await bot.put(`/posts/${edited.id}/patch`, {message: 'edited'}), 200);
            must(await bot.delete(`/posts/${removed.id}`), 200);
            const reply = await posted(bot, {channel_id: channel, root_id: root.id, message: 'reply'});
            const list = must(await bot.get(`/channels/${channel}/posts?since=${since}`), 200).json;
            const found = all(list) as unknown as Record<string, {delete_at: number; original_id: string; message: string; props: unknown}>;
            expect(order(list)).toEqual(expect.arrayContaining([edited.id, removed.id, reply.id]));
            expect(found[edited.id]).toMatchObject({message: 'edited', delete_at: 0});
            expect(found[removed.id]?.delete_at).toBeGreaterThan(0);
            expect(found[removed.id]?.props).toMatchObject({deleteBy: bot.userId});
            expect(found[root.id]).toBeDefined();
            expect(found[posts[3]?.id ?? '']).toBeUndefined();
            const earlier = Object.values(found).filter(({original_id}) => original_id === edited.id);
            expect(earlier).toHaveLength(1);
            // The words of what is deleted are not shown any more, neither here nor in the removed post.
            expect(earlier[0]).toMatchObject({message: ''});
            expect(found[removed.id]).toMatchObject({message: ''});
            expect(earlier[0]?.delete_at).toBeGreaterThan(0);
            expect(list).toMatchObject({next_post_id: '', prev_post_id: ''});
        });

        test('since gives 1,000 rows at most, without saying that there are more; read back by cursor, they are all there', async () => {
            const {bot, newChannel, posted} = here();
            const channel = await newChannel('P');
            const first = await posted(bot, {channel_id: channel, message: 'first'});
            const made: string[] = [];
            const post = async () => {
                for (let n = made.length; n < 1010; n = made.length) {
                    made.push('');
                    made[n] = (await posted(bot, {channel_id: channel, message: `row ${n}`})).id;
                }
            };
            await Promise.all(Array.from({length: 8}, post));
            const list = must(await bot.get(`/channels/${channel}/posts?since=${first.create_at - 1}`), 200).json;
            const rows = Object.keys(all(list)).length;
            expect(rows).toBeGreaterThanOrEqual(1000);
            expect(rows).toBeLessThanOrEqual(1001);
            expect(list.has_next ?? false).toBe(false);
            const paged = new Set((await readBack(channel)).map(({id}) => id));
            expect(made.filter((id) => !paged.has(id))).toEqual([]);
        }, 60_000);

        test('posts of one millisecond: a cursor leaves out all of its own; read back from younger ones, each is there once', async () => {
            const {admin, newChannel} = here();
            const channel = await newChannel('P');
            const create_at = Date.now() - 86_400_000;
            const made: string[] = [];
            const fill = async () => {
                for (let n = made.length; n < 450; n = made.length) {
                    made.push('');
                    // A system admin may say when; 90 rows each share a millisecond.
                    const fields = {channel_id: channel, message: `row ${n}`, create_at: create_at + Math.floor(n / 90)};
                    made[n] = String(must(await admin.post('/posts', fields), 201).json.id);
                }
            };
            await admin.post(`/channels/${channel}/members`, {user_id: admin.userId});
            await Promise.all(Array.from({length: 8}, fill));
            const page = must(await admin.get(`/channels/${channel}/posts?before=${made[100]}&per_page=200`), 200).json;
            expect([...order(page)].sort()).toEqual(made.slice(0, 90).sort());
            const read = (await readBack(channel, admin)).map(({id}) => id).filter((id) => made.includes(id));
            expect(read.sort()).toEqual([...made].sort());
        }, 60_000);

        test('not a member: private 403; public, in the team: 403 on 5.x, readable on 11.x', async () => {
            const {outsider, privateChannel, publicChannel, era} = here();
            expect(await outsider.get(`/channels/${privateChannel}/posts`)).toMatchObject(PERMISSION);
            expect((await outsider.get(`/channels/${publicChannel}/posts`)).status).toBe(era === '5.37' ? 403 : 200);
            expect((await outsider.get(`/channels/${'z'.repeat(26)}/posts`)).status).toBe(era === '5.37' ? 403 : 404);
        });

        test('posts/ids: 11.x only, unreadable and deleted ones left out', async () => {
            const {bot, outsider, posted, privateChannel, publicChannel, era} = here();
            const mine = await posted(bot, {channel_id: publicChannel, message: 'a'});
            const hidden = await posted(bot, {channel_id: privateChannel, message: 'b'});
            const gone = await posted(bot, {channel_id: publicChannel, message: 'c'});
            must(await bot.delete(`/posts/${gone.id}`), 200);
            const answer = await outsider.post('/posts/ids', [mine.id, hidden.id, gone.id]);
            if (era === '5.37') {
                expect(answer.status).toBe(404);
                return;
            }
            expect((answer.json as unknown as MadePost[]).filter((post) => 'id' in post).map(({id}) => id)).toContain(mine.id);
            expect(answer.text).not.toContain(hidden.id);
        });
    });
}
