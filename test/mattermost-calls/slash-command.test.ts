import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {sha256} from '../../bridge/secrets.ts';
import {type Desk, startDesk} from './desk.ts';

describe.each(['11.1', '5.37'] as const)('the slash command on Mattermost %s', (version) => {
    let desk: Desk;
    let chat: {conversation_id: string; root_id: string};

    beforeAll(async () => {
        desk = await startDesk({version});
    });
    afterAll(() => desk.stop());
    beforeEach(async () => {
        chat = await desk.open({name: 'Sanne'});
    });
    /** Says a sub-command about the chat as a person. */
    const say = async (user: {id: string; token: string}, sub: string, rest = '') => {
        const {named, at} = desk.about(chat);
        const {text, response_type} = await desk.run(user, `${sub} ${named}${rest}`, at);
        expect(response_type).toBe('ephemeral');
        return text;
    };
    const facts = () => desk.ireserve.conversation(chat.conversation_id);

    it.each(['', 'help', 'nonsense @channel'])('answers “%s” with what there is, to the caller alone', async (text) => {
        const before = desk.mattermost.look.posts(desk.mirror.id).length;
        const answer = await desk.run(desk.anna, text);
        for (const sub of ['queue', 'status', 'claim', 'release', 'transfer', 'close', 'reopen', 'reply', 'note', 'retry'])
            expect(answer.text).toContain(`/ireserve ${sub}`);
        expect(answer.text).not.toContain('nonsense');
        expect(answer.goto_location).toBe('');
        expect(desk.mattermost.look.posts(desk.mirror.id)).toHaveLength(before);
    });

    it('exchanges the browser’s log-in for a bearer, and nobody sees anything', async () => {
        const {bridge, anna, mattermost} = desk;
        const stream = await desk.listen(anna);
        const {text, props} = await desk.run(anna, 'session nonce_12345-ABC');
        expect(text).toBe('');
        const {ireserve} = props as unknown as {ireserve: {token: string; expires_at: number}};
        expect(ireserve).toEqual({
            v: 1,
            nonce: 'nonce_12345-ABC',
            bridge_url: bridge.url,
            token: expect.stringMatching(/^iras_/),
            expires_at: expect.any(Number),
            integration: {name: 'aurora-test', environment: 'test', licence: 'aurora'},
        });
        const row = await bridge.database.read
            .selectFrom('agent_session')
            .selectAll()
            .where('hash', '=', sha256(ireserve.token))
            .executeTakeFirst();
        expect(row).toMatchObject({user_id: anna.id, team_id: mattermost.seeded.team.id, integration_id: bridge.integration.id});
        expect(bridge.logged()).not.toContain(ireserve.token);
        expect(bridge.logged()).not.toContain(desk.token);
        // Something that is seen comes after what would have been seen.
        await desk.run(anna, 'help');
        await stream.waitFor('ephemeral_message');
        expect(stream.events.filter(({event}) => event === 'ephemeral_message')).toHaveLength(1);
    });

    it('takes, gives back, hands over, closes and reopens a conversation', async () => {
        const {anna, bram, ireserve} = desk;
        expect(await say(anna, 'claim')).toContain('Sanne');
        await ireserve.waitForCallback('conversation.claimed', ({data}) => data.conversation_id === chat.conversation_id);
        expect(await say(anna, 'claim')).toBe('You have this conversation already.');
        expect(await say(bram, 'claim')).toContain('Anna Keller has this conversation');
        expect(await say(bram, 'claim', '!')).toContain('is yours');
        expect(await say(bram, 'release')).toContain('released');
        expect(await say(bram, 'release')).toContain('(`not_claimed`)');
        expect(await say(anna, 'transfer', `@${bram.username}`)).toContain('is Ben Osei’s now');
        expect(await say(anna, 'close', 'all is well')).toContain('closed');
        const closed = await ireserve.waitForCallback('conversation.closed', ({data}) => data.conversation_id === chat.conversation_id);
        expect(closed.data.reason).toBe('all is well');
        expect(await say(anna, 'close')).toContain('(`conversation_closed`)');
        expect(await say(anna, 'claim')).toContain('(`conversation_closed`)');
        expect(await say(anna, 'reopen')).toContain('open again');
        expect(await say(anna, 'reopen')).toContain('(`conversation_open`)');
        await ireserve.waitForCallback('conversation.reopened', ({data}) => data.conversation_id === chat.conversation_id);
        expect(facts().status).not.toBe('closed');
    });

    it('says something to the visitor, or to colleagues only', async () => {
        const {anna, ireserve, mattermost} = desk;
        expect(await say(anna, 'note', 'a *difficult* one')).toContain('colleagues');
        expect(await say(anna, 'reply', 'Good morning,\n\nhow can I help?')).toContain('On its way to Sanne');
        const reply = await ireserve.waitForCallback('message.created', ({data}) => data.conversation_id === chat.conversation_id);
        expect(reply.data).toMatchObject({text: 'Good morning,\n\nhow can I help?', author: {mattermost_user_id: anna.id}});
        await mattermost.until(() => mattermost.look.thread(chat.root_id).some(({message}) => message.includes('how can I help?')));
        await mattermost.until(() => mattermost.look.thread(chat.root_id).some(({message}) => message.includes('difficult')));
        expect(desk.outbound()).not.toContain('difficult');
        expect(await say(anna, 'reply')).toContain('(`empty_reply`)');
        expect(await say(anna, 'reply', '// not for her')).toContain('(`is_a_note`)');
        expect(await say(anna, 'reply', 'x'.repeat(16_001))).toContain('16000');
        await say(anna, 'close');
        expect(await say(anna, 'reply', 'one more thing')).toContain('(`conversation_closed`)');
        expect(desk.outbound()).not.toContain('one more thing');
        expect(desk.outbound()).not.toContain('not for her');
    });

    it('sends again what did not reach the visitor', async () => {
        const {anna, ireserve} = desk;
        expect(await say(anna, 'retry')).toContain('(`nothing_to_retry`)');
        const {post, hint} = await desk.failed(chat.root_id);
        expect(await say(anna, 'status')).toContain('1 not delivered');
        expect(await say(anna, 'retry')).toContain('1 on the way again');
        await ireserve.waitForCallback('message.created', ({data}) => data.message_id === post.id);
        await desk.gone(hint.id);
    });

    it('hands over only to a person who is a member of the channel', async () => {
        const {anna, mattermost} = desk;
        const outside = mattermost.act.addPerson({
            username: `out.side${chat.conversation_id.slice(-6)}`,
            email: `out.side${chat.conversation_id.slice(-6)}@hotel-aurora.example`,
            teamId: mattermost.seeded.team.id,
        });
        for (const whom of [`@${outside.username}`, `@${mattermost.seeded.bot.username}`, '@nobody.here'])
            expect(await say(anna, 'transfer', whom)).toContain('nobody with an active account');
        expect(await say(anna, 'transfer')).toContain('To whom?');
        expect(await desk.sentBy(async () => undefined, chat)).toEqual([]);
    });

    it('asks which one, with those there are, and acts on the caller’s only one', async () => {
        const {cleo, ireserve} = desk;
        const unsaid = await desk.run(cleo, 'close');
        expect(unsaid.text).toContain('/ireserve close #id');
        expect(unsaid.text).toContain(chat.conversation_id);
        expect((await desk.run(cleo, 'claim')).text).toContain('/ireserve claim #id');
        expect((await desk.run(cleo, 'claim #nothing-like-it')).text).toContain('(`unknown_conversation`)');
        expect((await desk.run(cleo, 'release nothing-like-it')).text).toContain('(`unknown_conversation`)');
        expect((await desk.run(cleo, `claim ${chat.conversation_id}`)).text).toContain('is yours');
        expect((await desk.run(cleo, 'status')).text).toContain('Chiara Rossi');
        // A server that does not tell the thread: it may be another visitor's.
        if (version === '5.37') {
            for (const sub of ['reply', 'close', 'transfer'])
                expect((await desk.run(cleo, `${sub} hello`)).text).toContain('Which conversation?');
            await desk.run(cleo, `reply #${chat.conversation_id} Certainly!`);
        } else expect((await desk.run(cleo, 'reply Certainly!')).text).toContain('On its way');
        const said = await ireserve.waitForCallback('message.created', ({data}) => data.conversation_id === chat.conversation_id);
        expect(said.data.text).toBe('Certainly!');
        const other = await desk.open({name: 'Piet'});
        await desk.run(cleo, `claim #${other.conversation_id}`);
        expect((await desk.run(cleo, 'reply to whom?')).text).toContain('Which conversation?');
        for (const id of [chat.conversation_id, other.conversation_id]) await desk.run(cleo, `close #${id}`);
    });
});

describe('in a thread', () => {
    let desk: Desk;
    beforeAll(async () => {
        desk = await startDesk({config: {language: 'nl'}});
    });
    afterAll(() => desk.stop());

    it('a conversation named with # counts, and a first word does not', async () => {
        const {anna, ireserve} = desk;
        const [here, there] = [await desk.open({name: 'Hier'}), await desk.open({name: 'Daar'})];
        await desk.run(anna, `close #${there.conversation_id}`, {root_id: here.root_id});
        await ireserve.waitForCallback('conversation.closed', ({data}) => data.conversation_id === there.conversation_id);
        await desk.run(anna, `close ${there.conversation_id}`, {root_id: here.root_id});
        const closed = await ireserve.waitForCallback('conversation.closed', ({data}) => data.conversation_id === here.conversation_id);
        expect(closed.data.reason).toBe(there.conversation_id);
    });

    it('a made-up or foreign root is no thread of ours', async () => {
        const {anna, mattermost} = desk;
        await desk.open({name: 'Sanne'});
        const own = await mattermost.act.post(anna.id, {channel_id: desk.mirror.id, message: 'mine'});
        for (const root_id of [own.id, 'a'.repeat(26)]) {
            const {body} = await desk.command({text: 'close', root_id});
            expect(body.text).toContain('Welk gesprek?');
        }
    });

    it('a thread that was moved is found at its new place', async () => {
        const {anna, mattermost, ireserve} = desk;
        const chat = await desk.open({name: 'Sanne'});
        const channel = mattermost.act.addChannel({
            teamId: mattermost.seeded.team.id,
            name: 'moved',
            members: [anna.id, mattermost.seeded.bot.id],
        });
        const root = await mattermost.act.moveThread(chat.root_id, channel.id);
        expect((await desk.run(anna, 'claim', {root_id: root.id, channel_id: channel.id})).text).toContain('is van u');
        await ireserve.waitForCallback('conversation.claimed', ({data}) => data.conversation_id === chat.conversation_id);
    });

    it('the words are those of the integration’s language', async () => {
        expect((await desk.run(desk.anna, 'help')).text).toContain('oppakken');
        await desk.bridge.change({config: {language: 'de'}});
        for (;;) if ((await desk.run(desk.anna, 'help')).text.includes('übernehmen')) break;
    });
});
