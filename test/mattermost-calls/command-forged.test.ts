import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {COMMAND_PATH} from '../../bridge/mattermost-calls/registration.ts';
import {type Desk, startDesk} from './desk.ts';

let desk: Desk;
let chat: {conversation_id: string; root_id: string};
beforeAll(async () => {
    desk = await startDesk();
    chat = await desk.open({name: 'Sanne'});
});
afterAll(() => desk.stop());

const OTHER = 'borealis-command-token-1';
const close = () => ({text: `close #${chat.conversation_id}`});

describe('a call nobody vouches for', () => {
    it.each([
        ['without the token in the form', {token: ''}, true],
        ['with another token in the form', {token: 'x'.repeat(26)}, true],
        ['without the header', {}, ''],
        ['with another token in the header', {}, `Token ${'x'.repeat(26)}`],
        ['with the token as a bearer', {}, 'Bearer'],
        ['with another token in both', {token: 'x'.repeat(26)}, `Token ${'x'.repeat(26)}`],
    ] as const)('%s is refused, and nothing is done', async (_name, fields, header) => {
        const authorization = header === true ? `Token ${desk.token}` : header === 'Bearer' ? `Bearer ${desk.token}` : header;
        const sent = await desk.sentBy(async () => {
            for (const text of [close().text, 'session nonce-12345', 'help']) {
                const {status, type, body} = await desk.command({...fields, text}, authorization);
                expect(status).toBe(401);
                expect(type).toContain('application/problem+json');
                expect(body.code).toBe('wrong_command_token');
                expect(JSON.stringify(body)).not.toContain(desk.token);
            }
        }, chat);
        expect(sent).toEqual([]);
    });

    it('with the token of another integration reaches that one only', async () => {
        const borealis = await desk.addIntegration('borealis', OTHER);
        const sent = await desk.sentBy(async () => {
            const {status, body} = await desk.command({...close(), token: OTHER});
            expect(status).toBe(200);
            expect(body.text).toContain('(`unknown_conversation`)');
            expect((await desk.command({text: 'close', root_id: chat.root_id, token: OTHER})).body.text).toContain('Which conversation?');
            expect((await desk.command({...close(), token: OTHER}, `Token ${desk.token}`)).status).toBe(401);
        }, chat);
        expect(sent).toEqual([]);
        const {body} = await desk.command({text: 'session nonce-12345', token: OTHER});
        expect(body.props).toMatchObject({ireserve: {integration: {name: borealis.name}}});
    });

    it('that is malformed or too large is refused before anything is looked at', async () => {
        const headers = {'content-type': 'application/x-www-form-urlencoded', authorization: `Token ${desk.token}`};
        expect((await desk.call(COMMAND_PATH, `token=${desk.token}&text=close`, headers)).status).toBe(422);
        expect((await desk.command({user_id: 'x', ...close()})).status).toBe(422);
        expect((await desk.call(COMMAND_PATH, '{"token":', {...headers, 'content-type': 'application/json'})).status).toBe(400);
        expect((await desk.call(COMMAND_PATH, '[]', {...headers, 'content-type': 'application/json'})).status).toBe(400);
        expect((await desk.command({text: 'x'.repeat(600_000)})).status).toBe(413);
        expect((await desk.call(COMMAND_PATH, '', headers)).status).toBe(401);
    });

    it('by appending a second user changes nothing: the first counts', async () => {
        const {anna, bram} = desk;
        const form = `user_id=${bram.id}&channel_id=${desk.mirror.id}&team_id=${desk.mattermost.seeded.team.id}&token=${desk.token}&text=claim+%23${chat.conversation_id}&user_id=${anna.id}`;
        const {status} = await desk.call(COMMAND_PATH, form, {
            'content-type': 'application/x-www-form-urlencoded',
            authorization: `Token ${desk.token}`,
        });
        expect(status).toBe(200);
        const claimed = await desk.ireserve.waitForCallback('conversation.claimed');
        expect(JSON.stringify(claimed.data)).toContain(bram.id);
        await desk.run(bram, `release #${chat.conversation_id}`);
        await desk.ireserve.waitForCallback('conversation.released');
    });
});

describe('a vouched call of somebody who is no agent', () => {
    const sessions = () => desk.bridge.database.read.selectFrom('agent_session').selectAll().execute();

    async function refused(user_id: string) {
        const before = (await sessions()).length;
        const sent = await desk.sentBy(async () => {
            for (const text of [close().text, `reply #${chat.conversation_id} hello`, 'queue', 'session nonce-12345']) {
                const {status, body} = await desk.command({text, user_id});
                expect(status).toBe(200);
                expect(body.text).toContain('(`not_an_agent`)');
                expect(JSON.stringify(body)).not.toContain('iras_');
                expect(JSON.stringify(body)).not.toContain('Sanne');
            }
        }, chat);
        expect(sent).toEqual([]);
        expect(await sessions()).toHaveLength(before);
    }

    it('a bot, also one that is a member of the channel', async () => {
        const {mattermost, mirror} = desk;
        await refused(mattermost.seeded.bot.id);
        const {team, admin} = mattermost.seeded;
        const bot = mattermost.act.addBot({username: 'helper', ownerId: admin.id, teamId: team.id, channelIds: [mirror.id]});
        await refused(bot.id);
    });

    it('a deactivated account', async () => {
        const {mattermost, mirror} = desk;
        const gone = mattermost.act.addPerson({username: 'gone', email: 'gone@hotel-aurora.example', teamId: mattermost.seeded.team.id});
        mattermost.act.addMember(mirror.id, gone.id);
        mattermost.act.deactivate(gone.id);
        await refused(gone.id);
    });

    it('somebody who is a member of none of the channels, and nobody at all', async () => {
        const {mattermost} = desk;
        const stranger = mattermost.act.addPerson({username: 'els', email: 'els@hotel-aurora.example', teamId: mattermost.seeded.team.id});
        await refused(stranger.id);
        await refused('a'.repeat(26));
    });

    it('the side panel is told the code', async () => {
        const {body} = await desk.command({text: 'session nonce-12345', user_id: 'a'.repeat(26)});
        expect(body.props).toEqual({ireserve: {v: 1, nonce: 'nonce-12345', error: {code: 'not_an_agent'}}});
    });
});

describe('sessions', () => {
    it.each(['', ' short', ' with space inside it', ` ${'x'.repeat(65)}`, ' äöüäöüäöü', ' <script>alert(1)'])(
        'are not given for the nonce “%s”',
        async (nonce) => {
            const {body} = await desk.command({text: `session${nonce}`});
            expect(body.text).not.toBe('');
            expect(JSON.stringify(body)).not.toContain('iras_');
            expect(body.text).not.toContain('script');
        },
    );

    it('are given 30 times in five minutes, to each', async () => {
        const {anna, bram, cleo} = desk;
        const ask = async (user_id: string) => (await desk.command({text: 'session nonce-12345', user_id})).body;
        for (let times = 0; times < 30; times++) expect((await ask(cleo.id)).text).toBe('');
        const last = await ask(cleo.id);
        expect(last.text).toContain('(`too_many_requests`)');
        expect(last.props).toMatchObject({ireserve: {error: {code: 'too_many_requests'}}});
        expect((await ask(bram.id)).text).toBe('');
        desk.later(5 * 60_000 + 1);
        expect((await ask(cleo.id)).text).toBe('');
        desk.later(-5 * 60_000 - 1);
        expect((await ask(anna.id)).text).toBe('');
    });

    it('are not given while the integration is switched off, and nothing else is done', async () => {
        await desk.bridge.change({state: 'inactive'});
        for (;;) if (String((await desk.command({text: 'help'})).body.text).includes('switched off')) break;
        const {body} = await desk.command({text: 'session nonce-12345'});
        expect(body.text).toContain('switched off');
        expect(JSON.stringify(body)).not.toContain('iras_');
        expect((await desk.command(close())).body.text).toContain('switched off');
    });
});
