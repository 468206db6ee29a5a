import {createPublicKey, verify} from 'node:crypto';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import type {Loose} from './client.ts';
import {must, type Place} from './place.ts';
import {openSink, type Sink, type SinkAnswer} from './sink.ts';
import {openStream, postIn, type Stream} from './socket.ts';
import {eventually} from './wait.ts';

/** Slash commands: the plugin's identity exchange rests on them. */
export function describeSlashCommands(here: () => Place): void {
    let sink: Sink;
    let command: Loose;
    const streams: Stream[] = [];

    beforeAll(async () => {
        sink = await openSink();
        const {admin, teamId} = here();
        const fields = {
            team_id: teamId,
            trigger: 'ireserve',
            method: 'P',
            url: sink.url('/command'),
            display_name: 'contract',
            auto_complete: false,
        };
        command = must(await admin.post('/commands', fields), 201).json;
    });
    afterEach(async () => {
        await Promise.all(streams.splice(0).map((one) => one.close()));
    });
    afterAll(async () => {
        await sink.close();
    });

    const run = (text: string, answer: SinkAnswer | object = {}, fields: object = {}): ReturnType<Place['anna']['post']> => {
        const json = {headers: {'Content-Type': 'application/json'}, body: JSON.stringify(answer)};
        sink.answer('/command', 'body' in answer || 'status' in answer ? (answer as SinkAnswer) : json);
        return here().anna.post('/commands/execute', {channel_id: here().privateChannel, command: text, ...fields});
    };

    describe('slash commands', () => {
        test('the trigger id is the server’s own signature for the user, by a key that everybody is told', async () => {
            const {anna, bot} = here();
            const before = sink.received('/command').length;
            must(await run('/ireserve signed'), 200);
            const request = (await sink.waitFor('/command', before + 1)).at(-1);
            const trigger = Buffer.from(new URLSearchParams(request?.body).get('trigger_id') ?? '', 'base64').toString();
            const [, data = '', user, at, signature = ''] = /^([a-z0-9]{26}:([a-z0-9]{26}):(\d+):)(.+)$/.exec(trigger) ?? [];
            expect(user).toBe(anna.userId);
            expect(Math.abs(Date.now() - Number(at))).toBeLessThan(60_000);
            const {AsymmetricSigningPublicKey} = must(await bot.get('/config/client?format=old'), 200).json;
            const key = createPublicKey({key: Buffer.from(String(AsymmetricSigningPublicKey), 'base64'), format: 'der', type: 'spki'});
            expect(verify('sha256', Buffer.from(data), key, Buffer.from(signature, 'base64'))).toBe(true);
        });

        test('a bot sees who is a system admin', async () => {
            const {admin, anna, bot} = here();
            const me = must(await admin.get('/users/me'), 200).json;
            expect(must(await bot.get(`/users/${me.id}`), 200).json.roles).toMatch(/\bsystem_admin\b/);
            expect(must(await bot.get(`/users/${anna.userId}`), 200).json.roles).not.toMatch(/\bsystem_admin\b/);
        });

        test('the request: a sorted form, the token twice, what the server vouches for', async () => {
            const {anna, privateChannel, publicChannel, teamId, teamName, url, era} = here();
            const before = sink.received('/command').length;
            const open = must(await anna.get(`/channels/${publicChannel}`), 200).json;
            const text = `  two  @${anna.username} ~${open.name}`;
            must(await run(`/IReserve ${text}`, {}, {user_id: 'x'.repeat(26), trigger_id: 'mine'}), 200);
            const request = (await sink.waitFor('/command', before + 1)).at(-1);
            expect(request?.method).toBe('POST');
            expect(request?.headers.authorization).toBe(`Token ${command.token}`);
            expect(request?.headers.accept).toBe('application/json');
            expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
            const form = new URLSearchParams(request?.body);
            const keys = [...form.keys()];
            expect(keys).toEqual([...keys].sort());
            expect(Object.fromEntries(form)).toMatchObject({
                channel_id: privateChannel,
                command: '/ireserve',
                team_domain: teamName,
                team_id: teamId,
                text,
                token: command.token,
                user_id: anna.userId,
                user_name: anna.username,
                user_mentions: anna.username,
                user_mentions_ids: anna.userId,
                channel_mentions: open.name,
                channel_mentions_ids: publicChannel,
            });
            expect(form.has('root_id')).toBe(era !== '5.37');
            expect(form.get('response_url')).toMatch(new RegExp(`^${url}/hooks/commands/[a-z0-9]{26}$`));
            expect(form.get('trigger_id')).toMatch(/^[A-Za-z0-9+/]+=*$/);
        });

        test('the caller gets the whole answer back, with the server’s trigger_id; unknown fields are dropped', async () => {
            const props = {ireserve: {bearer: 'secret', nested: {deep: [1, {a: null}]}}};
            const answer = must(
                await run('/ireserve connect', {
                    response_type: 'ephemeral',
                    text: '',
                    skip_slack_parsing: true,
                    goto_location: '',
                    props,
                    trigger_id: 'forged',
                    unknown: 'x',
                }),
                200,
            ).json;
            expect(answer).toMatchObject({response_type: 'ephemeral', text: '', skip_slack_parsing: true, props});
            expect(answer.unknown).toBeUndefined();
            expect(String(answer.trigger_id)).toMatch(/^[a-z0-9]{26}$/);
        });

        test('ephemeral without text: nothing is posted, nobody is told', async () => {
            const {url, anna, ben, bot, privateChannel, posted} = here();
            for (const client of [anna, ben, bot]) {
                const stream = await openStream(url, client);
                streams.push(stream);
                await stream.waitFor('hello');
            }
            must(await run('/ireserve connect', {response_type: 'ephemeral', text: '', props: {bearer: 'secret'}}), 200);
            const last = await posted(bot, {channel_id: privateChannel, message: 'fence'});
            for (const stream of streams) {
                await stream.waitFor('posted', (event) => String(postIn(event).id) === last.id);
                expect(stream.events.map(({event}) => event)).not.toContain('ephemeral_message');
                expect(JSON.stringify(stream.events)).not.toContain('secret');
            }
        });

        test('ephemeral with text: only the caller is told', async () => {
            const {url, anna, ben, bot, privateChannel, posted} = here();
            const [hers, his] = [await openStream(url, anna), await openStream(url, ben)];
            streams.push(hers, his);
            await Promise.all([hers.waitFor('hello'), his.waitFor('hello')]);
            must(await run('/ireserve help', {text: 'only you', props: {k: 1}}), 200);
            const seen = postIn(await hers.waitFor('ephemeral_message'));
            expect(seen).toMatchObject({message: 'only you', channel_id: privateChannel, user_id: anna.userId, props: {k: 1}});
            const fence = await posted(bot, {channel_id: privateChannel, message: 'fence'});
            await his.waitFor('posted', (event) => String(postIn(event).id) === fence.id);
            expect(his.events.map(({event}) => event)).not.toContain('ephemeral_message');
        });

        test('in_channel posts as the invoking person, in the thread it was run in', async () => {
            const {bot, anna, privateChannel, posted} = here();
            const root = await posted(bot, {channel_id: privateChannel, message: 'root'});
            must(await run('/ireserve note', {response_type: 'in_channel', text: 'a note', props: {n: 1}}, {root_id: root.id}), 200);
            const made = await eventually('the note', async () => {
                const {posts} = must(await bot.get(`/posts/${root.id}/thread`), 200).json;
                return Object.values(posts ?? {}).find((post) => String(post.message) === 'a note');
            });
            expect(made).toMatchObject({user_id: anna.userId, root_id: root.id, props: {from_webhook: 'true', n: 1}});
        });

        test('only 200 counts; JSON has to be JSON; plain text is text', async () => {
            const failed = {status: 500, json: {id: 'api.command.execute_command.failed.app_error'}};
            const refused = {status: 500, json: {id: 'api.command.execute_command.failed_resp.app_error'}};
            const json = {'Content-Type': 'application/json; charset=utf-8'};
            expect(await run('/ireserve', {status: 201, headers: json, body: '{}'})).toMatchObject(refused);
            expect(await run('/ireserve', {status: 204, headers: json, body: ''})).toMatchObject(refused);
            expect(await run('/ireserve', {status: 503, headers: json, body: ''})).toMatchObject(refused);
            expect(await run('/ireserve', {headers: json, body: ''})).toMatchObject(failed);
            expect(await run('/ireserve', {headers: json, body: 'no'})).toMatchObject(failed);
            expect(await run('/ireserve', {headers: {'Content-Type': 'text/plain'}, body: ''})).toMatchObject({
                status: 200,
                json: {text: ''},
            });
            expect(await run('/ireserve', {headers: {'Content-Type': 'text/plain'}, body: 'hi'})).toMatchObject({
                status: 200,
                json: {text: 'hi'},
            });
        });

        test('an integration that is not there: 500', async () => {
            const {admin, anna, teamId, privateChannel} = here();
            const fields = {team_id: teamId, trigger: 'dead', method: 'P', url: 'http://127.0.0.1:1/', display_name: 'dead'};
            must(await admin.post('/commands', fields), 201);
            expect(await anna.post('/commands/execute', {channel_id: privateChannel, command: '/dead'})).toMatchObject({
                status: 500,
                json: {id: 'api.command.execute_command.failed.app_error'},
            });
        });

        test('where it may run', async () => {
            const {admin, anna, outsider, privateChannel, publicChannel, newChannel, era, url} = here();
            sink.answer('/command', {body: '{}'});
            const execute = (client: typeof anna, channel_id: string, text = '/ireserve'): ReturnType<typeof anna.post> =>
                client.post('/commands/execute', {channel_id, command: text});
            expect((await execute(outsider, privateChannel)).status).toBe(403);
            expect((await execute(outsider, publicChannel)).status).toBe(403);
            expect(await execute(anna, privateChannel, '/nosuchcommand')).toMatchObject({
                status: 404,
                json: {id: 'api.command.execute_command.not_found.app_error'},
            });
            expect(await execute(anna, privateChannel, 'ireserve')).toMatchObject({
                status: 400,
                json: {id: 'api.command.execute_command.start.app_error'},
            });
            expect((await fetch(`${url}/api/v4/commands/execute`, {method: 'POST', body: '{}'})).status).toBe(401);
            const archived = await newChannel('P');
            must(await admin.delete(`/channels/${archived}`), 200);
            const answer = await execute(anna, archived);
            expect(answer.status).toBe(era === '5.37' ? 200 : 400);
            expect(answer.json.id).toBe(era === '5.37' ? undefined : 'api.command.execute_command.deleted.error');
        });

        test('root_id: a made-up id passes, a malformed one is a 500', async () => {
            expect((await run('/ireserve', {}, {root_id: 'z'.repeat(26)})).status).toBe(200);
            expect((await run('/ireserve', {}, {root_id: 'short'})).status).toBe(500);
        });

        test('a bot may run it too', async () => {
            const {bot, privateChannel} = here();
            sink.answer('/command', {body: JSON.stringify({props: {for: 'bot'}})});
            const answer = await bot.post('/commands/execute', {channel_id: privateChannel, command: '/ireserve'});
            expect(answer).toMatchObject({status: 200, json: {props: {for: 'bot'}}});
        });

        test('response_url: five uses without a log-in, posting as the person; the sixth is refused', async () => {
            const {anna, bot, privateChannel} = here();
            must(await run('/ireserve later', {}), 200);
            const form = new URLSearchParams(sink.received('/command').at(-1)?.body);
            const use = (text: string): Promise<Response> =>
                fetch(form.get('response_url') ?? '', {
                    method: 'POST',
                    headers: {'Content-Type': 'application/json'},
                    body: JSON.stringify({response_type: 'in_channel', text}),
                });
            const mark = `later ${Date.now()}`;
            for (let n = 1; n <= 5; n++) {
                expect((await use(`${mark} ${n}`)).status).toBe(200);
            }
            const sixth = await use(`${mark} 6`);
            expect(sixth.status).toBe(400);
            const {posts} = must(await bot.get(`/channels/${privateChannel}/posts`), 200).json;
            const made = Object.values(posts ?? {}).filter((post) => String(post.message).startsWith(mark));
            expect(made).toHaveLength(5);
            expect(made[0]).toMatchObject({user_id: anna.userId, props: {from_webhook: 'true'}});
        });

        test('managing: a taken trigger, hidden from people, the token kept by PUT and renewed on request', async () => {
            const {admin, anna, teamId} = here();
            const fields = {team_id: teamId, trigger: 'ireserve', method: 'P', url: sink.url('/command')};
            expect(await admin.post('/commands', fields)).toMatchObject({
                status: 400,
                json: {id: 'api.command.duplicate_trigger.app_error'},
            });
            expect((await anna.post('/commands', {...fields, trigger: 'mine'})).status).toBe(403);
            const listed = must(await admin.get(`/commands?team_id=${teamId}&custom_only=true`), 200).json as unknown as {
                id: string;
                token: string;
            }[];
            expect(listed.find(({id}) => id === String(command.id))?.token).toBe(command.token);
            const shown = must(await anna.get(`/teams/${teamId}/commands/autocomplete`), 200).json as unknown as {trigger: string}[];
            expect(shown.map(({trigger}) => trigger)).not.toContain('ireserve');
            const {token: _token, ...tokenless} = command as unknown as Record<string, unknown>;
            const put = must(await admin.put(`/commands/${command.id}`, {...tokenless, description: 'changed'}), 200).json;
            expect(put).toMatchObject({description: 'changed', token: command.token});
            const renewed = must(await admin.put(`/commands/${command.id}/regen_token`), 200).json;
            expect(String(renewed.token)).toHaveLength(26);
            expect(renewed.token).not.toBe(command.token);
        });
    });
}
