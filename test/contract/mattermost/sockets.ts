import {afterEach, describe, expect, test} from 'vitest';
import type {Client} from './client.ts';
import {must, type Place} from './place.ts';
import {type Event, openStream, postIn, type Stream, type StreamOptions} from './socket.ts';
import {eventually} from './wait.ts';

/** The event stream: what arrives, for whom, and how to resume. */
export function describeSockets(here: () => Place): void {
    const open: Stream[] = [];
    const stream = async (client: Client, options: StreamOptions = {}): Promise<Stream> => {
        const opened = await openStream(here().url, client, options);
        open.push(opened);
        return opened;
    };
    const of = (postId: string) => (event: Event) => String(postIn(event).id) === postId;

    /** Resumes; who is quicker than the server in noticing that the socket is gone gets a `hello` and has to try again. */
    const resumed = (client: Client, id: string, seq: number): Promise<Stream> =>
        eventually('the stream to be resumed', async () => {
            const opened = await stream(client, {query: `?connection_id=${id}&sequence_number=${seq}`});
            const first = await eventually('a first event', () => opened.events[0]);
            return first.event === 'hello' ? undefined : opened;
        });

    afterEach(async () => {
        await Promise.all(open.splice(0).map((one) => one.close()));
    });

    describe('WebSocket: log-in', () => {
        test('by header: hello with a connection id, seq 0', async () => {
            const bot = await stream(here().bot);
            const hello = await bot.waitFor('hello');
            expect(hello.seq).toBe(0);
            expect(String(hello.data.connection_id)).toHaveLength(26);
            expect(String(hello.data.server_version)).toMatch(/^\d+\.\d+/);
        });

        test('by authentication_challenge: OK with seq_reply, and hello', async () => {
            const bot = await stream(here().bot, {login: 'challenge'});
            await bot.waitFor('hello');
            const reply = await eventually('the reply', () => bot.events.find(({seq_reply}) => seq_reply === 1));
            expect(reply.status).toBe('OK');
            expect(reply.seq).toBeUndefined();
        });

        test('a wrong token or no JSON closes the socket; so does silence, after five seconds', async () => {
            const wrong = await stream({...here().bot, token: 'a'.repeat(26)}, {login: 'challenge'});
            const silent = await stream(here().bot, {login: 'none'});
            const babble = await stream(here().bot);
            await babble.waitFor('hello');
            babble.send('this is not JSON');
            await Promise.all([wrong.closed, babble.closed, silent.closed]);
            expect(wrong.events).toEqual([]);
            expect(silent.events).toEqual([]);
        });

        test('a foreign Origin is refused', async () => {
            await expect(stream(here().bot, {origin: 'https://evil.example'})).rejects.toThrow(/40[03]/);
        });
    });

    describe('WebSocket: events', () => {
        test('posted: the post as JSON in JSON, own posts too, seq without gaps', async () => {
            const {bot, anna, privateChannel, posted, teamId} = here();
            const mine = await stream(bot);
            await mine.waitFor('hello');
            const root = await posted(bot, {
                channel_id: privateChannel,
                message: 'root',
                pending_post_id: `p:${Date.now()}`,
                props: {k: 'v'},
            });
            const reply = await posted(anna, {channel_id: privateChannel, root_id: root.id, message: 'answer'});
            const event = await mine.waitFor('posted', of(reply.id));
            expect(event.data).toMatchObject({channel_type: 'P', sender_name: `@${anna.username}`, team_id: teamId});
            expect(event.broadcast).toMatchObject({channel_id: privateChannel, user_id: '', team_id: ''});
            expect(postIn(event)).toMatchObject({root_id: root.id, user_id: anna.userId, message: 'answer', channel_id: privateChannel});
            const own = await mine.waitFor('posted', of(root.id));
            expect(postIn(own)).toMatchObject({pending_post_id: root.pending_post_id, props: {k: 'v', from_bot: 'true'}});
            const numbers = mine.events.filter(({event: name}) => name !== undefined).map(({seq}) => seq);
            expect(numbers).toEqual(numbers.map((_, index) => index));
        });

        test('nothing from channels the bot is not in, public ones included', async () => {
            const {bot, anna, newChannel, privateChannel, posted} = here();
            const strange = await newChannel('O', [anna]);
            const mine = await stream(bot);
            await mine.waitFor('hello');
            await posted(anna, {channel_id: strange, message: 'unheard'});
            const heard = await posted(anna, {channel_id: privateChannel, message: 'heard'});
            await mine.waitFor('posted', of(heard.id));
            const posts = mine.events.filter(({event}) => event === 'posted').map((event) => postIn(event).message);
            expect(posts).toEqual(['heard']);
        });

        test('edited, deleted (delete_at still 0), reactions', async () => {
            const {bot, anna, privateChannel, posted} = here();
            const mine = await stream(bot);
            await mine.waitFor('hello');
            const post = await posted(anna, {channel_id: privateChannel, message: 'one'});
            must(await anna.put(`/posts/${post.id}/patch`, {message: 'two'}), 200);
            expect(postIn(await mine.waitFor('post_edited', of(post.id)))).toMatchObject({message: 'two'});
            must(await anna.post('/reactions', {user_id: anna.userId, post_id: post.id, emoji_name: 'wave'}), 200);
            const added = await mine.waitFor('reaction_added');
            expect(JSON.parse(String(added.data.reaction))).toMatchObject({emoji_name: 'wave', user_id: anna.userId, post_id: post.id});
            expect(added.broadcast.channel_id).toBe(privateChannel);
            must(await anna.delete(`/users/${anna.userId}/posts/${post.id}/reactions/wave`), 200);
            await mine.waitFor('reaction_removed');
            must(await anna.delete(`/posts/${post.id}`), 200);
            const deleted = await mine.waitFor('post_deleted', of(post.id));
            expect(postIn(deleted)).toMatchObject({message: 'two', delete_at: 0});
            expect(deleted.data.delete_by).toBeUndefined();
        });

        test('a deleted root is one event, not one per reply', async () => {
            const {bot, anna, privateChannel, posted} = here();
            const mine = await stream(bot);
            await mine.waitFor('hello');
            const root = await posted(anna, {channel_id: privateChannel, message: 'root'});
            await posted(anna, {channel_id: privateChannel, root_id: root.id, message: 'reply'});
            must(await anna.delete(`/posts/${root.id}`), 200);
            const last = await posted(anna, {channel_id: privateChannel, message: 'last'});
            await mine.waitFor('posted', of(last.id));
            await mine.waitFor('post_deleted', of(root.id));
            expect(mine.events.filter(({event}) => event === 'post_deleted')).toHaveLength(1);
        });

        test('typing by REST and by WebSocket, not to oneself', async () => {
            const {bot, anna, privateChannel, posted} = here();
            const root = await posted(bot, {channel_id: privateChannel, message: 'root'});
            const [mine, hers] = [await stream(bot), await stream(anna)];
            await Promise.all([mine.waitFor('hello'), hers.waitFor('hello')]);
            must(await bot.post(`/users/${bot.userId}/typing`, {channel_id: privateChannel, parent_id: root.id}), 200);
            const seen = await hers.waitFor('typing');
            expect(seen.data).toMatchObject({user_id: bot.userId, parent_id: root.id});
            expect(seen.broadcast.channel_id).toBe(privateChannel);
            hers.send({seq: 2, action: 'user_typing', data: {channel_id: privateChannel, parent_id: ''}});
            expect((await mine.waitFor('typing')).data.user_id).toBe(anna.userId);
            expect(mine.events.filter(({event, data}) => event === 'typing' && String(data.user_id) === bot.userId)).toEqual([]);
        });

        test('the action ping is answered to a bot, and takes no number of the stream’s', async () => {
            const {bot, anna, privateChannel, posted} = here();
            const mine = await stream(bot);
            await mine.waitFor('hello');
            for (const seq of [1, 2]) mine.send({seq, action: 'ping', data: {}});
            const answer = await eventually('the answer', () => mine.events.find(({seq_reply}) => seq_reply === 2));
            expect(answer).toMatchObject({status: 'OK', data: {text: 'pong'}});
            const post = await posted(anna, {channel_id: privateChannel, message: 'after it'});
            await mine.waitFor('posted', of(post.id));
            const numbers = mine.events.filter(({event}) => event !== undefined).map(({seq}) => seq);
            expect(numbers).toEqual(numbers.map((_, index) => index));
        });

        test('archiving, converting, joining and leaving', async () => {
            const {admin, bot, ben, outsider, newChannel} = here();
            const channel = await newChannel('O', [bot, ben]);
            const mine = await stream(bot);
            await mine.waitFor('hello');
            must(await admin.post(`/channels/${channel}/members`, {user_id: outsider.userId}), 201);
            await mine.waitFor('user_added', ({data}) => String(data.user_id) === outsider.userId);
            must(await admin.delete(`/channels/${channel}/members/${outsider.userId}`), 200);
            const left = await mine.waitFor('user_removed', ({data}) => String(data.user_id) === outsider.userId);
            expect(left.data.remover_id).toBe(admin.userId);
            must(await admin.put(`/channels/${channel}/privacy`, {privacy: 'P'}), 200);
            expect((await mine.waitFor('channel_converted')).data.channel_id).toBe(channel);
            must(await admin.delete(`/channels/${channel}/members/${bot.userId}`), 200);
            const out = await mine.waitFor('user_removed', ({data}) => String(data.channel_id) === channel);
            expect(out.data.remover_id).toBe(admin.userId);
            expect(out.broadcast.user_id).toBe(bot.userId);
        });

        test('channel_deleted when it is archived', async () => {
            const {admin, bot, newChannel} = here();
            const channel = await newChannel('P');
            const mine = await stream(bot);
            await mine.waitFor('hello');
            must(await admin.delete(`/channels/${channel}`), 200);
            const event = await mine.waitFor('channel_deleted', ({data}) => String(data.channel_id) === channel);
            expect(Number(event.data.delete_at)).toBeGreaterThan(0);
        });
    });

    describe('WebSocket: resuming', () => {
        test('with header auth, the known id and last seq + 1: no hello, what was missed, numbers go on', async () => {
            const {bot, anna, privateChannel, posted} = here();
            const first = await stream(bot);
            const hello = await first.waitFor('hello');
            const seen = await posted(anna, {channel_id: privateChannel, message: 'seen'});
            const last = await first.waitFor('posted', of(seen.id));
            first.cut();
            await first.closed;
            const missed = await posted(anna, {channel_id: privateChannel, message: 'missed'});
            const again = await resumed(bot, String(hello.data.connection_id), last.seq + 1);
            await again.waitFor('posted', of(missed.id));
            const next = await posted(anna, {channel_id: privateChannel, message: 'next'});
            await again.waitFor('posted', of(next.id));
            // Other events (a change of presence) may come in between, but no number is left out.
            expect(again.events.map(({seq}) => seq)).toEqual(again.events.map((_, index) => last.seq + 1 + index));
            expect(again.events.map(({event: name}) => name)).not.toContain('hello');
        });

        test('replays what was sent but not seen', async () => {
            const {bot, anna, privateChannel, posted} = here();
            const first = await stream(bot);
            const hello = await first.waitFor('hello');
            const [one, two] = [
                await posted(anna, {channel_id: privateChannel, message: '1'}),
                await posted(anna, {channel_id: privateChannel, message: '2'}),
            ];
            // Even posts made one after the other may be told the other way round.
            const told = [await first.waitFor('posted', of(one.id)), await first.waitFor('posted', of(two.id))];
            const [earlier, later] = told.sort((a, b) => a.seq - b.seq) as [Event, Event];
            first.cut();
            await first.closed;
            const again = await resumed(bot, String(hello.data.connection_id), earlier.seq + 1);
            const replayed = await again.waitFor('posted', of(String(postIn(later).id)));
            expect(replayed.seq).toBe(later.seq);
            expect(again.events.some((event) => event.event === 'hello')).toBe(false);
        });

        test('an unknown id: a new hello with a new id', async () => {
            const unknown = 'z'.repeat(26);
            const bot = await stream(here().bot, {query: `?connection_id=${unknown}&sequence_number=7`});
            const hello = await bot.waitFor('hello');
            expect(hello.seq).toBe(0);
            expect(hello.data.connection_id).not.toBe(unknown);
        });

        test('a malformed id: closed; an unknown id without a number: closed on 11.x, a new hello on 5.x', async () => {
            const malformed = await stream(here().bot, {query: '?connection_id=short&sequence_number=1'});
            const numberless = await stream(here().bot, {query: `?connection_id=${'z'.repeat(26)}`});
            await malformed.closed;
            expect(malformed.events).toEqual([]);
            if (here().era === '5.37') {
                expect((await numberless.waitFor('hello')).seq).toBe(0);
                return;
            }
            await numberless.closed;
            expect(numberless.events).toEqual([]);
        });
    });
}
