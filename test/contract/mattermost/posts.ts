import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../doubles/mattermost/start.ts';
import type {Client, Loose} from './client.ts';
import {must, type Place} from './place.ts';
import {openStream, postIn, type Stream} from './socket.ts';

/** What a created post looks like, and what the server makes of each field. */
export function describePosts(here: () => Place): void {
    describe('creating posts', () => {
        test('a root and a reply: 201, forced author, reply count, no root_id of its own', async () => {
            const {bot, privateChannel, posted, era} = here();
            const before = Date.now();
            const root = await posted(bot, {
                channel_id: privateChannel,
                message: 'root **bold**',
                user_id: 'x'.repeat(26),
                props: {ireserve: {id: 'm1'}},
            });
            expect(root).toMatchObject({
                user_id: bot.userId,
                channel_id: privateChannel,
                root_id: '',
                message: 'root **bold**',
                type: '',
                is_pinned: false,
            });
            expect(root).toMatchObject({edit_at: 0, delete_at: 0, original_id: '', reply_count: 0});
            expect(root.update_at).toBe(root.create_at);
            expect(root.id).toMatch(/^[a-z0-9]{26}$/);
            expect(Math.abs(root.create_at - before)).toBeLessThan(10_000);

            const reply = await posted(bot, {channel_id: privateChannel, root_id: root.id, message: 'reply'});
            expect(reply).toMatchObject({root_id: root.id, reply_count: 1});
            const again = must(await bot.get(`/posts/${root.id}`), 200).json;
            expect(again).toMatchObject({id: root.id, props: {ireserve: {id: 'm1'}, from_bot: 'true'}});
            // 5.x counts replies in lists and in answers to a create, not here.
            expect(again.reply_count).toBe(era === '5.37' ? 0 : 1);
            expect(Number(again.update_at)).toBe(reply.create_at);
        });

        test('parent_id is there on 5.x only', async () => {
            const {bot, privateChannel, posted, era} = here();
            const root = await posted(bot, {channel_id: privateChannel, message: 'r'});
            const reply = await posted(bot, {channel_id: privateChannel, root_id: root.id, message: 'reply'});
            expect('parent_id' in reply).toBe(era === '5.37');
            expect((reply as unknown as {parent_id?: string}).parent_id).toBe(era === '5.37' ? root.id : undefined);
        });

        test('bots get props.from_bot; from_webhook and override_* are taken as they come', async () => {
            const {bot, anna, privateChannel, posted} = here();
            const props = {
                from_webhook: 'true',
                override_username: 'Visitor',
                override_icon_url: 'https://example.com/i.png',
                n: {deep: [1, 'a', null]},
            };
            expect((await posted(bot, {channel_id: privateChannel, message: 'x', props})).props).toEqual({...props, from_bot: 'true'});
            expect((await posted(anna, {channel_id: privateChannel, message: 'x', props})).props).toEqual(props);
        });

        test('an empty message is accepted', async () => {
            const {bot, privateChannel, posted} = here();
            expect((await posted(bot, {channel_id: privateChannel, message: ''})).message).toBe('');
            expect((await posted(bot, {channel_id: privateChannel})).message).toBe('');
        });

        test('lone surrogates become U+FFFD', async () => {
            const {bot, privateChannel} = here();
            const body = `{"channel_id":"${privateChannel}","message":"a\\ud800b","props":{"k":"\\udc00"}}`;
            const answer = await bot.send('POST', '/posts', body);
            expect(answer.status).toBe(201);
            expect(answer.json).toMatchObject({message: 'a\ufffdb', props: {k: '\ufffd'}});
        });

        test('custom types are fine, is_pinned works, create_at of a bot is ignored', async () => {
            const {bot, privateChannel, posted} = here();
            const post = await posted(bot, {
                channel_id: privateChannel,
                message: 'c',
                type: 'custom_ireserve',
                is_pinned: true,
                create_at: 1000,
            });
            expect(post).toMatchObject({type: 'custom_ireserve', is_pinned: true});
            expect(post.create_at).toBeGreaterThan(1_600_000_000_000);
        });

        test('create_at of a system admin is honoured', async () => {
            const {admin, posted, newChannel} = here();
            const channel = await newChannel('P');
            expect((await posted(admin, {channel_id: channel, message: 'old', create_at: 1_600_000_000_000})).create_at).toBe(
                1_600_000_000_000,
            );
        });

        test('attachments come back with every known field, without unknown ones', async () => {
            const {bot, privateChannel, posted} = here();
            const attachments = [{text: 't', colour: '#f00', ireserve: 1, fields: [{title: 'n', value: 'v', short: true}]}];
            const post = await posted(bot, {channel_id: privateChannel, message: '', props: {attachments}});
            const [shown] = post.props.attachments as Record<string, unknown>[];
            expect(shown).toMatchObject({text: 't', title: '', pretext: '', color: '', fields: [{title: 'n', value: 'v', short: true}]});
            expect(Object.keys(shown ?? {})).not.toContain('ireserve');
        });

        test('~channel fills props.channel_mentions: public channels; on 11.6 private ones, too, that the author may read', async () => {
            const {bot, admin, privateChannel, publicChannel, newChannel, posted, teamName, era} = here();
            const name = async (id: string): Promise<string> => String(must(await bot.get(`/channels/${id}`), 200).json.name);
            const [open, closed] = [await name(publicChannel), await name(privateChannel)];
            const hidden = String(must(await admin.get(`/channels/${await newChannel('P', [])}`), 200).json.name);
            const post = await posted(bot, {channel_id: privateChannel, message: `see ~${open}, ~${closed} and ~${hidden}`});
            const named = expect.objectContaining({team_name: teamName});
            expect(post.props.channel_mentions).toEqual({[open]: named, ...(era === '11.6' ? {[closed]: named} : {})});
        });

        test('on 11.6 a reader sees only such channels in channel_mentions as he may read, in an event and when he asks', async () => {
            const {url, bot, anna, privateChannel, publicChannel, newChannel, posted, later, era} = here();
            const name = async (id: string): Promise<string> => String(must(await bot.get(`/channels/${id}`), 200).json.name);
            const open = await name(publicChannel);
            const closed = await name(await newChannel('P', [bot]));
            const [seenByAnna, seenByBot] = [await openStream(url, anna), await openStream(url, bot)];
            try {
                await Promise.all([seenByAnna.waitFor('hello'), seenByBot.waitFor('hello')]);
                const named = async (message: string): Promise<readonly string[][]> => {
                    const post = await posted(bot, {channel_id: privateChannel, message});
                    await later(post.create_at);
                    const told = async (stream: Stream): Promise<Loose> =>
                        postIn(await stream.waitFor('posted', (event) => String(postIn(event).id) === post.id));
                    const list = async (who: Client): Promise<Loose> =>
                        (must(await who.get(`/channels/${privateChannel}/posts`), 200).json.posts as Record<string, Loose>)[
                            post.id
                        ] as Loose;
                    const shown = [
                        await told(seenByBot),
                        await told(seenByAnna),
                        must(await bot.get(`/posts/${post.id}`), 200).json,
                        must(await anna.get(`/posts/${post.id}`), 200).json,
                        await list(bot),
                        await list(anna),
                    ];
                    return shown.map(({props}) => Object.keys((props as JsonObject).channel_mentions ?? {}).sort());
                };
                const private_ = era === '11.6' ? [closed] : [];
                const both = [open, ...private_].sort();
                expect(await named(`see ~${open} and ~${closed}`)).toEqual([both, [open], both, [open], both, [open]]);
                expect(await named(`see ~${closed}`)).toEqual([private_, [], private_, [], private_, []]);
            } finally {
                await Promise.all([seenByAnna.close(), seenByBot.close()]);
            }
        });

        test('props of the wrong type: dropped silently on 5.x, refused on 11.x', async () => {
            const {bot, privateChannel, era} = here();
            const answer = await bot.post('/posts', {channel_id: privateChannel, message: 'x', props: 'str'});
            if (era === '5.37') {
                expect(answer.status).toBe(201);
                expect(answer.json.props).toEqual({from_bot: 'true'});
            } else {
                expect(answer).toMatchObject({status: 400, json: {id: 'api.context.invalid_body_param.app_error'}});
            }
        });

        test('priority is kept on 11.x roots, refused on replies, ignored on 5.x', async () => {
            const {bot, privateChannel, posted, era} = here();
            const metadata = {priority: {priority: 'urgent'}};
            const root = await posted(bot, {channel_id: privateChannel, message: 'urgent', metadata});
            const read = must(await bot.get(`/posts/${root.id}`), 200).json;
            const reply = await bot.post('/posts', {channel_id: privateChannel, root_id: root.id, message: 'r', metadata});
            if (era === '5.37') {
                expect(read.metadata?.priority).toBeUndefined();
                expect(reply.status).toBe(201);
            } else {
                expect(read.metadata?.priority).toMatchObject({priority: 'urgent'});
                expect(reply.status).toBe(400);
            }
        });
    });
}
