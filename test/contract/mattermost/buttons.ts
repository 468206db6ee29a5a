import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import type {Loose} from './client.ts';
import {type MadePost, must, type Place} from './place.ts';
import {openSink, type Sink} from './sink.ts';
import {openStream, postIn, type Stream} from './socket.ts';

/** Buttons, menus and dialogs. */
export function describeButtons(here: () => Place): void {
    let sink: Sink;
    const streams: Stream[] = [];

    beforeAll(async () => {
        sink = await openSink();
    });
    afterEach(async () => {
        await Promise.all(streams.splice(0).map((one) => one.close()));
    });
    afterAll(async () => {
        await sink.close();
    });

    const withButtons = (path: string, extra: Parameters<Place['posted']>[1] = {}): Promise<MadePost> => {
        const integration = {url: sink.url(path), context: {signed: 'x', n: 1}};
        const actions = [
            {id: 'claim', name: 'Claim', type: 'button', integration},
            {id: 'pick', name: 'Pick', type: 'select', options: [{text: 'A', value: 'a'}], integration},
            {name: 'Nameless', type: 'button', integration},
            {id: 'has_underscore', name: 'Odd', type: 'button', integration},
        ];
        const {bot, privateChannel, posted} = here();
        return posted(bot, {
            channel_id: privateChannel,
            message: 'press',
            ...extra,
            props: {keep: 'me', attachments: [{text: 't', actions}]},
        });
    };
    const actionsOf = (post: Loose): Record<string, Loose>[] => post.props?.attachments?.[0]?.actions as unknown as Record<string, Loose>[];

    describe('buttons', () => {
        test('url and context are hidden from every read; missing ids are filled in', async () => {
            const {anna, admin, bot} = here();
            const made = await withButtons('/hidden');
            for (const client of [bot, anna, admin]) {
                const answer = must(await client.get(`/posts/${made.id}`), 200);
                expect(answer.text).not.toContain('signed');
                expect(answer.text).not.toContain('/hidden');
                const actions = actionsOf(answer.json);
                expect(actions.map(({name}) => name)).toEqual(['Claim', 'Pick', 'Nameless', 'Odd']);
                expect(String(actions[2]?.id)).toMatch(/^[a-z0-9]{26}$/);
            }
        });

        test('pressing: the request, and a trigger id back', async () => {
            const {anna, privateChannel, teamId, teamName} = here();
            const post = await withButtons('/press');
            const answer = must(await anna.post(`/posts/${post.id}/actions/claim`), 200).json;
            expect(answer.status).toBe('OK');
            expect(String(answer.trigger_id)).toMatch(/^[a-z0-9]{26}$/);
            const [request] = await sink.waitFor('/press');
            expect(request?.headers['content-type']).toBe('application/json');
            expect(request?.headers.authorization).toBeUndefined();
            expect(JSON.parse(request?.body ?? '')).toMatchObject({
                user_id: anna.userId,
                user_name: anna.username,
                channel_id: privateChannel,
                team_id: teamId,
                team_domain: teamName,
                post_id: post.id,
                type: 'button',
                data_source: '',
                context: {signed: 'x', n: 1},
            });
        });

        test('a menu adds selected_option, unchecked', async () => {
            const post = await withButtons('/pick');
            must(await here().anna.post(`/posts/${post.id}/actions/pick`, {selected_option: 'not on offer'}), 200);
            const [request] = await sink.waitFor('/pick');
            expect(JSON.parse(request?.body ?? '').context).toEqual({signed: 'x', n: 1, selected_option: 'not on offer'});
        });

        test('who cannot read the channel: 403; an unknown action, or an id with an underscore: 404', async () => {
            const {anna, outsider} = here();
            const post = await withButtons('/none');
            expect((await outsider.post(`/posts/${post.id}/actions/claim`)).status).toBe(403);
            expect((await anna.post(`/posts/${post.id}/actions/nosuch`)).status).toBe(404);
            expect((await anna.post(`/posts/${post.id}/actions/has_underscore`)).status).toBe(404);
            expect(sink.received('/none')).toEqual([]);
        });

        test('update changes message and props; without props the old ones stay, buttons included', async () => {
            const {anna, bot} = here();
            const post = await withButtons('/update');
            sink.answer('/update', {body: JSON.stringify({update: {message: 'pressed'}})});
            must(await anna.post(`/posts/${post.id}/actions/claim`), 200);
            const once = must(await bot.get(`/posts/${post.id}`), 200).json;
            expect(once).toMatchObject({message: 'pressed', props: {keep: 'me'}});
            sink.answer('/update', {body: JSON.stringify({update: {message: 'again', props: {fresh: 1, from_webhook: 'true'}}})});
            must(await anna.post(`/posts/${post.id}/actions/claim`), 200);
            const twice = must(await bot.get(`/posts/${post.id}`), 200).json;
            expect(twice.message).toBe('again');
            expect(twice.props).toEqual({fresh: 1});
            expect((await anna.post(`/posts/${post.id}/actions/claim`)).status).toBe(404);
        });

        test('a post read and written back loses the targets of its buttons; 5.x does not even survive that', async () => {
            const {bot, anna, era} = here();
            const post = await withButtons('/lost');
            const read = must(await bot.get(`/posts/${post.id}`), 200).json;
            const written = bot.put(`/posts/${post.id}/patch`, {props: read.props});
            if (era === '5.37') {
                // The handler crashes: the connection is cut, nothing is stored.
                await expect(written).rejects.toThrow('fetch failed');
                must(await anna.post(`/posts/${post.id}/actions/claim`), 200);
                return;
            }
            must(await written, 200);
            expect((await anna.post(`/posts/${post.id}/actions/claim`)).status).toBe(404);
        });

        test('ephemeral_text goes to the presser only', async () => {
            const {anna, url} = here();
            const post = await withButtons('/whisper');
            sink.answer('/whisper', {body: JSON.stringify({ephemeral_text: 'taken already'})});
            const stream = await openStream(url, anna);
            streams.push(stream);
            await stream.waitFor('hello');
            must(await anna.post(`/posts/${post.id}/actions/claim`), 200);
            expect(postIn(await stream.waitFor('ephemeral_message'))).toMatchObject({message: 'taken already', root_id: post.id});
        });

        test('a status other than 200, or no JSON, is 400; an empty body on 5.x only', async () => {
            const {anna, era} = here();
            const post = await withButtons('/bad');
            const failed = {status: 400, json: {id: 'api.post.do_action.action_integration.app_error'}};
            sink.answer('/bad', {status: 201, body: '{}'});
            expect(await anna.post(`/posts/${post.id}/actions/claim`)).toMatchObject(failed);
            sink.answer('/bad', {body: 'ok'});
            expect(await anna.post(`/posts/${post.id}/actions/claim`)).toMatchObject(failed);
            sink.answer('/bad', {body: ''});
            expect((await anna.post(`/posts/${post.id}/actions/claim`)).status).toBe(era === '5.37' ? 400 : 200);
            sink.answer('/bad', {body: JSON.stringify({error: {message: 'ignored'}})});
            expect((await anna.post(`/posts/${post.id}/actions/claim`)).status).toBe(200);
        });

        test('anyone may make a post with such buttons', async () => {
            const {anna, ben, privateChannel, posted} = here();
            const actions = [{id: 'fake', name: 'Fake', integration: {url: sink.url('/forged'), context: {signed: 'forged'}}}];
            const post = await posted(anna, {channel_id: privateChannel, message: 'x', props: {attachments: [{text: 't', actions}]}});
            must(await ben.post(`/posts/${post.id}/actions/fake`), 200);
            expect(JSON.parse((await sink.waitFor('/forged'))[0]?.body ?? '')).toMatchObject({
                user_id: ben.userId,
                context: {signed: 'forged'},
            });
        });
    });

    describe('dialogs', () => {
        const trigger = async (path: string): Promise<string> => {
            const post = await withButtons(path);
            must(await here().anna.post(`/posts/${post.id}/actions/claim`), 200);
            return String((JSON.parse((await sink.waitFor(path))[0]?.body ?? '') as {trigger_id: string}).trigger_id);
        };
        const dialog = {callback_id: 'c', title: 'Title', elements: [{display_name: 'Why', name: 'why', type: 'text'}], state: 's'};

        test('opening needs the trigger and nothing else, and reaches the presser', async () => {
            const {anna, url} = here();
            const stream = await openStream(url, anna);
            streams.push(stream);
            await stream.waitFor('hello');
            const trigger_id = await trigger('/dialog');
            const open = (body: object): Promise<Response> =>
                fetch(`${url}/api/v4/actions/dialogs/open`, {
                    method: 'POST',
                    body: JSON.stringify({url: sink.url('/submit'), dialog, ...body}),
                });
            expect((await open({trigger_id})).status).toBe(200);
            const event = await stream.waitFor('open_dialog');
            expect(JSON.parse(String(event.data.dialog))).toMatchObject({url: sink.url('/submit'), dialog: {callback_id: 'c', state: 's'}});
            expect((await open({trigger_id})).status).toBe(200);
            expect((await open({trigger_id: 'forged'})).status).toBe(400);
            expect((await open({trigger_id, url: ''})).status).toBe(400);
        });

        test('a submission is forwarded as it comes, no dialog needed: only user_id is vouched for', async () => {
            const {anna, privateChannel, teamId} = here();
            sink.answer('/submit', {body: JSON.stringify({errors: {why: 'say more'}})});
            const answer = await anna.post('/actions/dialogs/submit', {
                url: sink.url('/submit'),
                callback_id: 'made up',
                state: 'forged',
                user_id: 'x'.repeat(26),
                channel_id: privateChannel,
                team_id: teamId,
                submission: {why: 'because'},
                cancelled: false,
            });
            expect(answer).toMatchObject({status: 200, json: {errors: {why: 'say more'}}});
            expect(JSON.parse((await sink.waitFor('/submit'))[0]?.body ?? '')).toMatchObject({
                type: 'dialog_submission',
                callback_id: 'made up',
                state: 'forged',
                user_id: anna.userId,
                channel_id: privateChannel,
                team_id: teamId,
                submission: {why: 'because'},
                cancelled: false,
            });
        });

        test('an empty answer is fine; an unreadable channel is 403', async () => {
            const {anna, outsider, privateChannel, teamId} = here();
            sink.answer('/empty', {body: ''});
            const submit = (client: typeof anna): ReturnType<typeof anna.post> =>
                client.post('/actions/dialogs/submit', {
                    url: sink.url('/empty'),
                    channel_id: privateChannel,
                    team_id: teamId,
                    submission: {},
                });
            expect((await submit(anna)).status).toBe(200);
            expect((await submit(outsider)).status).toBe(403);
        });
    });
}
