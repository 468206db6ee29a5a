import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {Stream} from '../contract/mattermost/socket.ts';
import {type Desk, startDesk} from './desk.ts';

const OPEN = ['reply', 'claim', 'close'];

describe.each(['11.1', '5.37'] as const)('the buttons on Mattermost %s', (version) => {
    let desk: Desk;
    let chat: {conversation_id: string; root_id: string};
    let stream: Stream;

    beforeAll(async () => {
        desk = await startDesk({version});
        stream = await desk.listen(desk.anna);
    });
    afterAll(() => desk.stop());
    beforeEach(async () => {
        chat = await desk.open({name: 'Sanne'});
    });
    const press = (user: {id: string}, action: string, post_id = chat.root_id) => desk.mattermost.act.press(user.id, post_id, action);
    /** Waits for what Anna's client is told, after what it was told so far. */
    const told = async (act: () => Promise<unknown>): Promise<string> => {
        const before = stream.events.length;
        await act();
        const event = await stream.waitFor('ephemeral_message', (one) => stream.events.indexOf(one) >= before);
        return (JSON.parse(String(event.data.post)) as {message: string}).message;
    };
    const callback = (type: string) => desk.ireserve.waitForCallback(type, ({data}) => data.conversation_id === chat.conversation_id);

    it('of the card follow what can be done, and do it', async () => {
        const {anna, bram, root_id} = {...desk, ...chat};
        await desk.shows(root_id, ...OPEN);
        await press(anna, 'claim');
        expect(JSON.stringify((await callback('conversation.claimed')).data)).toContain(anna.id);
        await desk.shows(root_id, 'reply', 'release', 'close');
        await press(bram, 'release');
        await callback('conversation.released');
        await desk.shows(root_id, ...OPEN);
        await press(anna, 'close');
        await callback('conversation.closed');
        await desk.shows(root_id, 'reopen');
        await press(anna, 'reopen');
        await callback('conversation.reopened');
        await desk.shows(root_id, ...OPEN);
        expect(desk.lines(root_id)).toHaveLength(4);
    });

    it('say why when it can’t be done', async () => {
        const {anna, bram, mirror, bridge, call} = desk;
        await desk.shows(chat.root_id, ...OPEN);
        // As by a client that has not seen the card change: the button is still on its screen.
        const context = desk.contextOf(chat.root_id, 'claim');
        await press(bram, 'claim');
        await callback('conversation.claimed');
        const {body} = await call(
            '/v1/mattermost/actions',
            JSON.stringify({user_id: anna.id, channel_id: mirror.id, post_id: chat.root_id, context}),
            {'content-type': 'application/json'},
        );
        expect(body).toEqual({ephemeral_text: expect.stringContaining('Ben Osei has this conversation'), skip_slack_parsing: true});
        await desk.shows(chat.root_id, 'reply', 'release', 'close');
        await bridge.change({state: 'inactive'});
        for (;;) if (String((await desk.command({text: 'help'})).body.text).includes('switched off')) break;
        expect(await told(() => press(anna, 'close'))).toContain('switched off');
        await bridge.change({state: 'active'});
        for (;;) if (!String((await desk.command({text: 'help'})).body.text).includes('switched off')) break;
    });

    it('under a held reply send it, once, and the question goes', async () => {
        const {anna, bram, ireserve} = desk;
        const {post, question} = await desk.asked(chat.root_id);
        expect(desk.buttonsOf(question.id)).toEqual(['send', 'keep']);
        const context = desk.contextOf(question.id, 'send');
        await press(bram, 'send', question.id);
        await ireserve.waitForCallback('message.created', ({data}) => data.message_id === post.id);
        await desk.gone(question.id);
        await desk.mattermost.until(() => desk.lines(chat.root_id).includes('▸ Ben Osei sent the held reply to the visitor.'));
        const again = {user_id: anna.id, channel_id: desk.mirror.id, post_id: question.id, context};
        const sent = await desk.sentBy(async () => {
            await desk.call('/v1/mattermost/actions', JSON.stringify(again), {'content-type': 'application/json'});
        }, chat);
        expect(sent).toEqual([]);
    });

    it('under a held reply keep it internal, and it never leaves', async () => {
        const {anna} = desk;
        const sent = await desk.sentBy(async () => {
            const {question} = await desk.asked(chat.root_id);
            const context = desk.contextOf(question.id, 'send');
            await press(anna, 'keep', question.id);
            await desk.gone(question.id);
            await desk.mattermost.until(() => desk.lines(chat.root_id).includes('▸ Anna Keller kept the held reply internal.'));
            const late = {user_id: anna.id, channel_id: desk.mirror.id, post_id: question.id, context};
            await desk.call('/v1/mattermost/actions', JSON.stringify(late), {'content-type': 'application/json'});
        }, chat);
        expect(sent).toEqual([]);
    });

    it('under a held reply decide once, also while the question is still to be seen', async () => {
        const {anna, bram, mattermost} = desk;
        const sent = await desk.sentBy(async () => {
            const {question} = await desk.asked(chat.root_id);
            mattermost.faults.add({kind: 'slow', route: 'DELETE /posts/:post_id', delayMs: 1500, next: 1});
            await press(bram, 'keep', question.id);
            expect(await told(() => press(anna, 'send', question.id))).toContain('(`nothing_asked`)');
            expect(await told(() => press(anna, 'keep', question.id))).toContain('(`nothing_asked`)');
            await desk.gone(question.id);
        }, chat);
        expect(sent).toEqual([]);
        expect(desk.lines(chat.root_id)).toEqual(['▸ Ben Osei kept the held reply internal.']);
    });

    it('under what failed try again, or give it up', async () => {
        const {anna, bram, ireserve} = desk;
        const first = await desk.failed(chat.root_id);
        expect(desk.buttonsOf(first.hint.id)).toEqual(['retry', 'discard']);
        await press(bram, 'retry', first.hint.id);
        await ireserve.waitForCallback('message.created', ({data}) => data.message_id === first.post.id);
        await desk.gone(first.hint.id);
        const second = await desk.failed(chat.root_id, 'And this');
        await press(anna, 'discard', second.hint.id);
        await desk.gone(second.hint.id);
        await desk.marked(second.post.id, 'no_entry_sign');
        expect(ireserve.received.some(({data}) => data.message_id === second.post.id)).toBe(false);
    });

    it('still work on a thread that was moved', async () => {
        const {anna, mattermost} = desk;
        await desk.shows(chat.root_id, ...OPEN);
        const channel = mattermost.act.addChannel({
            teamId: mattermost.seeded.team.id,
            name: `moved-${chat.conversation_id.slice(-8)}`,
            members: [anna.id, mattermost.seeded.bot.id],
        });
        const root = await mattermost.act.moveThread(chat.root_id, channel.id);
        await press(anna, 'claim', root.id);
        await callback('conversation.claimed');
        await desk.shows(root.id, 'reply', 'release', 'close');
    });

    it('still work under a question that was moved with its thread', async () => {
        const {anna, bram, mattermost} = desk;
        const {post} = await desk.asked(chat.root_id);
        const channel = mattermost.act.addChannel({
            teamId: mattermost.seeded.team.id,
            name: `moved-${chat.conversation_id.slice(-8)}`,
            members: [anna.id, bram.id, mattermost.seeded.bot.id],
        });
        const root = await mattermost.act.moveThread(chat.root_id, channel.id);
        const question = mattermost.look.thread(root.id).find(({id}) => desk.buttonsOf(id).join() === 'send,keep');
        await press(bram, 'send', question?.id);
        const sent = await callback('message.created');
        expect(sent.data.message_id).toBe(post.id);
        await desk.gone(question?.id ?? '');
    });

    it('open a dialog, and what is written there reaches the visitor in the presser’s name, once', async () => {
        const {anna, mattermost, ireserve, mirror} = desk;
        await desk.shows(chat.root_id, ...OPEN);
        await press(anna, 'reply');
        const event = await stream.waitFor('open_dialog', ({data}) => String(data.dialog).includes('Sanne'));
        const {url, dialog} = JSON.parse(String(event.data.dialog)) as {url: string; dialog: Record<string, unknown> & {state: string}};
        expect(url).toBe(`${desk.bridge.url}/v1/mattermost/dialog`);
        expect(dialog).toMatchObject({title: 'Reply to visitor', elements: [{type: 'textarea', name: 'text', max_length: 3000}]});
        const submit = async (text: string) => {
            const response = await fetch(`${mattermost.url}/api/v4/actions/dialogs/submit`, {
                method: 'POST',
                headers: {authorization: `Bearer ${anna.token}`},
                body: JSON.stringify({
                    url,
                    callback_id: dialog.callback_id,
                    state: dialog.state,
                    channel_id: mirror.id,
                    team_id: mattermost.seeded.team.id,
                    submission: {text},
                }),
            });
            return (await response.json()) as {errors?: {text: string}};
        };
        expect((await submit('   ')).errors?.text).toContain('(`empty_reply`)');
        expect((await submit('// between us')).errors?.text).toContain('(`is_a_note`)');
        const answers = await Promise.all([submit('Good morning!'), submit('Good morning!')]);
        expect(answers).toEqual([{}, {}]);
        expect(await submit('Good morning!')).toEqual({});
        expect((await submit('Something else')).errors?.text).toContain('already');
        const said = await callback('message.created');
        expect(said.data).toMatchObject({text: 'Good morning!', author: {mattermost_user_id: anna.id}});
        await mattermost.until(() => mattermost.look.thread(chat.root_id).some(({message}) => message.includes('Good morning!')));
        expect(await desk.sentBy(async () => undefined, chat)).toEqual([]);
        expect(
            ireserve.received.filter(({type, data}) => type === 'message.created' && data.conversation_id === chat.conversation_id),
        ).toHaveLength(2);
        await press(anna, 'close');
        await desk.shows(chat.root_id, 'reopen');
        expect((await submit('Good morning!')).errors).toBeUndefined();
    });
});
