import {spawn} from 'node:child_process';
import {afterEach, describe, expect, test} from 'vitest';
import {createPendingIds} from './posts/pending-ids.ts';
import {type MattermostDouble, type MattermostOptions, startMattermost} from './start.ts';

let running: MattermostDouble | undefined;

afterEach(async () => {
    await running?.stop();
    running = undefined;
});

async function start(options: MattermostOptions = {}): Promise<MattermostDouble> {
    running = await startMattermost(options);
    return running;
}

/** A clock that is moved by hand. */
function clock(): {now: () => number; forward: (ms: number) => void} {
    let at = 1_800_000_000_000;
    return {
        now: () => at,
        forward: (ms) => {
            at += ms;
        },
    };
}

describe('time', () => {
    test('a pending id is remembered for 30 s from success; then the same key makes a second post', async () => {
        const {now, forward} = clock();
        const {act, seeded} = await start({now});
        const fields = {channel_id: seeded.channels.mirror.id, message: 'x', pending_post_id: 'key'};
        const first = await act.post(seeded.bot.id, fields);
        forward(29_999);
        expect((await act.post(seeded.bot.id, fields)).id).toBe(first.id);
        forward(1);
        expect((await act.post(seeded.bot.id, fields)).id).not.toBe(first.id);
    });

    test('pending ids are forgotten when 25,000 newer ones have come, the least recently used first', () => {
        const ids = createPendingIds(clock().now);
        for (const key of ['used', 'unused']) {
            expect(ids.claim(key)).toBeUndefined();
            ids.saved(key, `post of ${key}`);
        }
        expect(ids.claim('used')).toBe('post of used');
        for (let n = 0; n < 24_999; n++) {
            ids.claim(`other ${n}`);
        }
        expect(ids.claim('used')).toBe('post of used');
        expect(ids.claim('unused')).toBeUndefined();
    });

    test('pending ids are forgotten by a restart', async () => {
        const {act, seeded, look} = await start();
        const fields = {channel_id: seeded.channels.mirror.id, message: 'x', pending_post_id: 'key'};
        await act.post(seeded.bot.id, fields);
        act.restart();
        await act.post(seeded.bot.id, fields);
        expect(look.posts(seeded.channels.mirror.id)).toHaveLength(2);
    });

    test.each([
        ['11.1', 30_000],
        ['5.37', 3_000],
    ] as const)('on %s a trigger id opens dialogs for %d ms', async (version, life) => {
        const {now, forward} = clock();
        const {act, seeded, url} = await start({now, version});
        let trigger = '';
        const sink = await import('node:http').then(({createServer}) =>
            createServer((req, res) => {
                req.on('data', (chunk: Buffer) => {
                    trigger = (JSON.parse(chunk.toString()) as {trigger_id: string}).trigger_id;
                });
                req.on('end', () => res.end('{}'));
            }).listen(0, '127.0.0.1'),
        );
        await new Promise((resolve) => sink.once('listening', resolve));
        const {port} = sink.address() as {port: number};
        const props = {attachments: [{actions: [{id: 'go', name: 'Go', integration: {url: `http://127.0.0.1:${port}/`}}]}]};
        const post = await act.post(seeded.bot.id, {channel_id: seeded.channels.mirror.id, message: 'x', props});
        await act.press(seeded.agents[0].id, post.id, 'go');
        const open = async (): Promise<number> => {
            const body = JSON.stringify({trigger_id: trigger, url: 'http://x.example', dialog: {}});
            return (await fetch(`${url}/api/v4/actions/dialogs/open`, {method: 'POST', body})).status;
        };
        forward(life);
        expect(await open()).toBe(200);
        forward(1);
        expect(await open()).toBe(400);
        sink.closeAllConnections();
        sink.close();
    });

    test('people may be given a time limit for edits', async () => {
        const {now, forward} = clock();
        const {act, seeded} = await start({now, config: {postEditTimeLimit: 60}});
        const post = await act.post(seeded.agents[0].id, {channel_id: seeded.channels.mirror.id, message: 'x'});
        forward(60_000);
        act.edit(seeded.agents[0].id, post.id, {message: 'y'});
        forward(1);
        expect(() => act.edit(seeded.agents[0].id, post.id, {message: 'z'})).toThrow('time_limit');
    });
});

describe('rate limiter', () => {
    test('102 requests pass, then 429 in plain text with seconds to wait; it empties at the configured pace', async () => {
        const {now, forward} = clock();
        const {url} = await start({now, config: {rateLimit: {perSec: 10, maxBurst: 100, varyByUser: false}}});
        const ping = (): Promise<Response> => fetch(`${url}/api/v4/system/ping`);
        for (let n = 0; n < 102; n++) {
            expect((await ping()).status).toBe(200);
        }
        const refused = await ping();
        expect(refused.status).toBe(429);
        expect(refused.headers.get('content-type')).toMatch(/^text\/plain/);
        expect((await refused.text()).trim()).toBe('limit exceeded');
        expect(Object.fromEntries(refused.headers)).toMatchObject({
            'retry-after': '1',
            'x-ratelimit-limit': '101',
            'x-ratelimit-remaining': '0',
            'x-ratelimit-reset': '11',
        });
        forward(100);
        expect((await ping()).status).toBe(200);
        expect((await ping()).status).toBe(429);
    });
});

describe('reading', () => {
    test('order of a thread is deliberately not chronological', async () => {
        const {now, forward} = clock();
        const {act, seeded, url} = await start({now});
        const {bot, channels} = seeded;
        const root = await act.post(bot.id, {channel_id: channels.mirror.id, message: 'root'});
        const replies: string[] = [];
        for (const message of ['1', '2', '3']) {
            forward(10);
            replies.push((await act.reply(bot.id, root.id, message)).id);
        }
        forward(10);
        act.edit(bot.id, replies[0] ?? '', {message: 'edited'});
        const answer = await fetch(`${url}/api/v4/posts/${root.id}/thread`, {headers: {Authorization: `Bearer ${bot.token}`}});
        const {order} = (await answer.json()) as {order: string[]};
        expect(order).toEqual([root.id, replies[1], replies[2], replies[0]]);
    });

    test('since gives back at most 1000 rows, and not the oldest or newest ones', async () => {
        const {now, forward} = clock();
        const {act, seeded, url} = await start({now});
        const {bot, channels} = seeded;
        const since = now();
        const made: string[] = [];
        for (let n = 0; n < 1_050; n++) {
            forward(1);
            made.push((await act.post(bot.id, {channel_id: channels.mirror.id, message: `${n}`})).id);
        }
        const answer = await fetch(`${url}/api/v4/channels/${channels.mirror.id}/posts?since=${since}`, {
            headers: {Authorization: `Bearer ${bot.token}`},
        });
        const {order} = (await answer.json()) as {order: string[]};
        expect(order).toHaveLength(1_000);
        const missing = made.map((id, index) => (order.includes(id) ? -1 : index)).filter((index) => index >= 0);
        expect(missing).toHaveLength(50);
        expect((missing.at(-1) ?? 0) - (missing[0] ?? 0)).toBeGreaterThan(100);
    });
});

describe('in-process', () => {
    test('whom a post pings can be looked up', async () => {
        const {act, look, seeded} = await start();
        const {bot, agents, channels} = seeded;
        const loud = await act.post(bot.id, {channel_id: channels.mirror.id, message: `@channel and @${agents[0].username}`});
        const tame = await act.post(bot.id, {channel_id: channels.mirror.id, message: `@\u200bchannel and @\u200b${agents[0].username}`});
        expect(look.post(loud.id)?.mentions.special).toEqual(['@channel']);
        expect(look.post(loud.id)?.mentions.users).toEqual(expect.arrayContaining(agents.map(({id}) => id)));
        expect(look.post(tame.id)?.mentions).toEqual({users: [], special: []});
    });

    test('people answer later than what they have seen last, whoever posted it', async () => {
        const {act, seeded, url} = await start();
        const {bot, agents, channels} = seeded;
        for (let n = 0; n < 50; n++) {
            const seen = await fetch(`${url}/api/v4/posts`, {
                method: 'POST',
                headers: {Authorization: `Bearer ${bot.token}`},
                body: JSON.stringify({channel_id: channels.mirror.id, message: `${n}`}),
            });
            const {create_at} = (await seen.json()) as {create_at: number};
            const answer = await act.post(agents[0].id, {channel_id: channels.mirror.id, message: `${n}`});
            expect(answer.create_at).toBeGreaterThan(create_at);
        }
    });

    test('a moved thread has new ids elsewhere and is gone here', async () => {
        const {act, look, seeded} = await start();
        const {bot, agents, channels} = seeded;
        const root = await act.post(bot.id, {channel_id: channels.mirror.id, message: 'root', props: {ireserve: 1}});
        await act.reply(agents[0].id, root.id, 'reply');
        const moved = await act.moveThread(root.id, channels.notifications.id);
        expect(look.thread(moved.id).map(({message, username}) => [message, username])).toEqual([
            ['root', bot.username],
            ['reply', agents[0].username],
            ['Moved from another channel', seeded.admin.username],
        ]);
        expect(moved.id).not.toBe(root.id);
        expect(look.posts(channels.mirror.id)).toEqual([]);
    });

    test('a bot whose owner is deactivated stops working, as do revoked tokens', async () => {
        const {act, seeded, url} = await start();
        const me = async (token: string): Promise<number> =>
            (await fetch(`${url}/api/v4/users/me`, {headers: {Authorization: `Bearer ${token}`}})).status;
        const other = act.addBot({username: 'other', ownerId: seeded.agents[1].id});
        expect(await me(other.token)).toBe(200);
        act.deactivate(seeded.agents[1].id);
        expect(await me(other.token)).toBe(401);
        expect(await me(seeded.agents[1].token)).toBe(401);
        act.revokeTokens(seeded.bot.id);
        expect(await me(seeded.bot.token)).toBe(401);
        expect(await me(act.newToken(seeded.bot.id))).toBe(200);
    });

    test('until waits for a state, and says what did not come', async () => {
        const {act, look, seeded, until} = await start();
        const arrives = until(() => look.posts(seeded.channels.mirror.id).length === 1);
        await act.post(seeded.bot.id, {channel_id: seeded.channels.mirror.id, message: 'x'});
        await arrives;
        await expect(until(() => look.posts('nowhere').length > 0, 30)).rejects.toThrow('nothing came true within 30 ms');
    });

    test('the same seed gives the same ids, another one others; reset starts over', async () => {
        const first = await start({seed: 5});
        const again = await startMattermost({seed: 5});
        const other = await startMattermost({seed: 6});
        expect(again.seeded.bot).toEqual(first.seeded.bot);
        expect(other.seeded.bot.token).not.toBe(first.seeded.bot.token);
        await again.act.post(again.seeded.bot.id, {channel_id: again.seeded.channels.mirror.id, message: 'x'});
        expect(again.reset().bot).toEqual(first.seeded.bot);
        expect(again.look.posts(again.seeded.channels.mirror.id)).toEqual([]);
        await again.stop();
        await other.stop();
    });

    test('internal addresses are refused unless they are allowed', async () => {
        const {act, seeded} = await start({config: {allowedUntrustedInternalConnections: ''}});
        const props = {attachments: [{actions: [{id: 'go', name: 'Go', integration: {url: 'http://127.0.0.1:1/'}}]}]};
        const post = await act.post(seeded.bot.id, {channel_id: seeded.channels.mirror.id, message: 'x', props});
        await expect(act.press(seeded.agents[0].id, post.id, 'go')).rejects.toMatchObject({status: 400});
    });

    test('hardened mode blanks the id of every 5xx', async () => {
        const {seeded, url} = await start({config: {hardenedMode: true}});
        const answer = await fetch(`${url}/api/v4/posts`, {
            method: 'POST',
            headers: {Authorization: `Bearer ${seeded.bot.token}`},
            body: JSON.stringify({channel_id: seeded.channels.mirror.id, message: 'a\u0000b'}),
        });
        expect(await answer.json()).toMatchObject({id: '', message: 'Internal Server Error', status_code: 500});
    });
});

describe('as a program', () => {
    test('prints one line of JSON with its URL and tokens, and ends when told to', async () => {
        const child = spawn(process.execPath, [new URL('main.ts', import.meta.url).pathname, '--port', '0', '--seed', '9'], {
            stdio: ['ignore', 'pipe', 'inherit'],
        });
        const line = await new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())));
        const {url, seeded} = JSON.parse(line) as {url: string; seeded: {bot: {token: string; id: string}}};
        const me = await fetch(`${url}/api/v4/users/me`, {headers: {Authorization: `Bearer ${seeded.bot.token}`}});
        expect(await me.json()).toMatchObject({id: seeded.bot.id, is_bot: true});
        const page = await fetch(url);
        expect(await page.text()).toContain('<title>Mattermost (double)</title>');
        child.kill('SIGTERM');
        expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
    });
});
