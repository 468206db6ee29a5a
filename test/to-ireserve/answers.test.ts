/** What i-Reserve's answers to a callback do: success, patience, slowing down, giving up, stopping. */
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {eventOf} from '../support/bridge.ts';
import {MARKS, type Scene, startScene} from './scene.ts';

describe('i-Reserve answers a callback', () => {
    let scene: Scene;
    let conversation_id: string;
    let root_id: string;

    beforeEach(async () => {
        scene = await startScene();
        ({conversation_id, root_id} = await scene.open());
    });
    afterEach(() => scene.stop());

    const say = (text: string) => scene.mattermost.act.reply(scene.anna.id, root_id, text);
    const tries = (message_id: string) => scene.ireserve.callbackAttempts.filter(({body}) => body.includes(message_id));

    it.each([500, 503, 429])('with %i: the same webhook-id again, marked as waiting, then delivered once', async (status) => {
        scene.ireserve.failCallbacks({status, times: 2, ...(status === 429 ? {retryAfter: 1} : {})});
        const post = await say('hello');
        await scene.marked(post.id, MARKS.waiting);
        await scene.marked(post.id, MARKS.delivered);
        const made = tries(post.id);
        expect(made.map((one) => one.status)).toEqual([status, status, 200]);
        expect(new Set(made.map(({webhook_id}) => webhook_id)).size).toBe(1);
        await scene.mattermost.until(() => !scene.mattermost.look.post(post.id)?.reactions.some(({emoji}) => emoji === MARKS.waiting));
    });

    it('and takes it, but the answer is lost: sent again, shown once', async () => {
        scene.ireserve.failCallbacks({reset: 'after'});
        const post = await say('only once');
        await scene.marked(post.id, MARKS.delivered);
        expect(tries(post.id).map(({status, duplicate}) => [status, duplicate])).toEqual([
            [0, false],
            [200, true],
        ]);
        expect(scene.ireserve.conversation(conversation_id).messages.filter(({text}) => text === 'only once')).toHaveLength(1);
    });

    it('with a refusal for good: marked as failed, the reason below it, and Retry sends the same again', async () => {
        scene.ireserve.failCallbacks({status: 422});
        const post = await say('what is wrong with this');
        await scene.marked(post.id, MARKS.failed);
        const hint = await scene.botPost(({kind, key}) => kind === 'hint' && (key ?? '').includes(post.id));
        expect(hint.message).toContain('callback_rejected');
        scene.mattermost.act.react(scene.bram.id, post.id, 'repeat');
        await scene.marked(post.id, MARKS.delivered);
        await scene.mattermost.until(() => scene.mattermost.look.post(hint.id)?.delete_at !== 0);
        expect(new Set(tries(post.id).map(({webhook_id}) => webhook_id)).size).toBe(1);
    });

    it('with 410: nothing more is sent there, an admin is told, and setting the address again goes on', async () => {
        scene.ireserve.failCallbacks({status: 410});
        const first = await say('one');
        await scene.ireserve.waitForAttempts(1);
        const second = await say('two');
        await scene.mattermost.until(() => /callback_gone/.test(scene.bridge.logged()));
        await scene.bridge.restart();
        await scene.bridge.listening();
        expect(scene.ireserve.callbackAttempts).toHaveLength(1);
        await scene.bridge.change({config: {callback_url: scene.ireserve.callbackUrl}});
        await scene.marked(first.id, MARKS.delivered);
        await scene.marked(second.id, MARKS.delivered);
        expect(
            scene.ireserve
                .conversation(conversation_id)
                .messages.filter(({author}) => author.type === 'agent')
                .map(({text}) => text),
        ).toEqual(['one', 'two']);
    });

    it('with 401, as another secret would: an admin is told; both secrets sign during rotation', async () => {
        const fresh = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
        scene.ireserve.setCallbackSecrets([fresh]);
        const post = await say('who are you');
        await scene.mattermost.until(() => /callback_refused/.test(scene.bridge.logged()));
        const {signing_secrets} = scene.bridge.integration.secrets;
        await scene.bridge.change({secrets: {callback_secrets: [fresh, ...signing_secrets]}});
        await scene.marked(post.id, MARKS.delivered);
        expect(tries(post.id).at(-1)?.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    });

    it('with its own id and that the visitor has it: kept for edits, and shown', async () => {
        const post = await say('on Saturday');
        await scene.marked(post.id, MARKS.delivered);
        scene.mattermost.act.edit(scene.anna.id, post.id, {message: 'on Sunday'});
        const edited = await scene.ireserve.waitForCallback('message.edited', ({data}) => data.message_id === post.id);
        const known = scene.ireserve.conversation(conversation_id).messages.find(({source_id}) => source_id === post.id);
        expect(edited.data.remote_message_id).toBe(known?.id);
        await scene.ireserve.push({
            id: 'evt-seen',
            type: 'message.state',
            timestamp: new Date().toISOString(),
            data: {conversation_id, message_id: known?.id, state: 'seen'},
        } as never);
        await scene.marked(post.id, MARKS.seen);
    });

    it('more slowly than it tells that the visitor has seen it, under an id of its own: the mark follows when the id is known', async () => {
        const {ireserve, bridge} = scene;
        ireserve.failCallbacks({reset: 'after', times: Number.POSITIVE_INFINITY, type: 'message.created'});
        const post = await say('on Saturday');
        await ireserve.waitForAttempts(1);
        const known = ireserve.conversation(conversation_id).messages.find(({source_id}) => source_id === post.id);
        const seen = eventOf('message.state', {conversation_id, message_id: known?.id ?? '', state: 'seen'});
        const {body} = await bridge.push(seen, {prefer: 'wait=20'});
        expect(body).toMatchObject({state: 'ignored', reason: {code: 'held_for_answer'}});
        ireserve.healCallbacks();
        await bridge.change({});
        await scene.marked(post.id, MARKS.seen);
    });
});

describe('before a reply leaves', () => {
    it('deleting or editing it within the undo time changes what leaves', async () => {
        const scene = await startScene({config: {undo_seconds: 1}});
        try {
            const {root_id} = await scene.open();
            const taken = await scene.mattermost.act.reply(scene.anna.id, root_id, 'oh no');
            const kept = await scene.mattermost.act.reply(scene.anna.id, root_id, 'frist');
            // Both are on their way, or the undo time would have had nothing to do.
            await expect
                .poll(() => scene.bridge.database.read.selectFrom('reply').select('state').execute())
                .toEqual([{state: 'queued'}, {state: 'queued'}]);
            scene.mattermost.act.remove(scene.anna.id, taken.id);
            scene.mattermost.act.edit(scene.anna.id, kept.id, {message: 'first'});
            const {data} = await scene.ireserve.waitForCallback('message.created', (one) => one.data.message_id === kept.id);
            expect(data.text).toBe('first');
            await scene.marked(kept.id, MARKS.delivered);
            expect(scene.outbound()).not.toContain(taken.id);
            expect(scene.ireserve.received.map(({type}) => type)).toEqual(['message.created']);
        } finally {
            await scene.stop();
        }
    });

    it('with the explicit policy only what is marked goes, however it is marked', async () => {
        const scene = await startScene({config: {reply_policy: 'explicit'}});
        try {
            const {mattermost, anna, mirror} = scene;
            const {root_id} = await scene.open();
            const among = await mattermost.act.reply(anna.id, root_id, 'what do you think?');
            const marked = await mattermost.act.reply(anna.id, root_id, '>> Good morning');
            const panel = await mattermost.act.post(anna.id, {
                channel_id: mirror.id,
                root_id,
                message: 'from the panel',
                props: {ireserve_intent: 'reply'},
            });
            const chosen = await mattermost.act.reply(anna.id, root_id, 'and this too');
            mattermost.act.react(scene.bram.id, chosen.id, 'outbox_tray');
            for (const [post, text] of [
                [marked, 'Good morning'],
                [panel, 'from the panel'],
                [chosen, 'and this too'],
            ] as const) {
                const {data} = await scene.ireserve.waitForCallback('message.created', (one) => one.data.message_id === post.id, 15_000);
                expect(data.text).toBe(text);
            }
            expect(scene.outbound()).not.toContain(among.id);
        } finally {
            await scene.stop();
        }
    });
});

describe('while an agent types', () => {
    it('i-Reserve is told, at most every three seconds, and nothing is stored', async () => {
        const scene = await startScene();
        try {
            const {root_id, conversation_id} = await scene.open();
            for (let times = 0; times < 5; times++) scene.mattermost.act.type(scene.anna.id, scene.mirror.id, root_id);
            const {data} = await scene.ireserve.waitForCallback('typing');
            expect(data).toEqual({conversation_id, agent: {type: 'agent', name: 'Anna Keller', mattermost_user_id: scene.anna.id}});
            const post = await scene.mattermost.act.reply(scene.anna.id, root_id, 'done');
            await scene.marked(post.id, MARKS.delivered);
            expect(scene.ireserve.callbackAttempts.filter(({type}) => type === 'typing')).toHaveLength(1);
            const rows = await scene.bridge.database.read
                .selectFrom('delivery')
                .select('type')
                .where('direction', '=', 'to-ireserve')
                .execute();
            expect(rows).toEqual([{type: 'message.created'}]);
        } finally {
            await scene.stop();
        }
    });
});
