import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {DIALOG_PATH} from '../../bridge/mattermost-calls/dialog.ts';
import {signDialog} from '../../bridge/mattermost-calls/dialog-state.ts';
import {type Desk, startDesk} from './desk.ts';

let desk: Desk;
let chat: {conversation_id: string; root_id: string};

beforeAll(async () => {
    desk = await startDesk();
    chat = await desk.open({name: 'Sanne'});
});
afterAll(() => desk.stop());

const json = {'content-type': 'application/json'};

async function submit(given: {state: unknown; user_id?: string; submission?: unknown; cancelled?: unknown}) {
    const call = {type: 'dialog_submission', user_id: desk.anna.id, channel_id: desk.mirror.id, submission: {text: 'Hello'}, ...given};
    return desk.call(DIALOG_PATH, JSON.stringify(call), json);
}

/** Submits, and sees that it is told why, and that nothing leaves. */
async function refused(given: Parameters<typeof submit>[0], why: string) {
    const sent = await desk.sentBy(async () => {
        const {status, body} = await submit(given);
        expect(status).toBe(200);
        expect((body.errors as {text: string}).text).toContain(why);
    }, chat);
    expect(sent).toEqual([]);
}

const stateFor = (about: {integration?: string; conversation?: string; user?: string} = {}) =>
    signDialog(
        desk.box,
        {integration: desk.bridge.integration.id, conversation: chat.conversation_id, user: desk.anna.id, ...about},
        desk.now(),
    );

const FORGED = 'not one the bridge made';

describe('a dialog submitted with a state', () => {
    it('nobody signed is refused', async () => {
        for (const state of [undefined, null, '', 'x', '.', 7, {}, 'x'.repeat(5000)]) await refused({state}, FORGED);
    });

    it('that was changed in any character is refused', async () => {
        const state = stateFor();
        for (let at = 0; at < state.length; at += 7) {
            const changed = state.slice(0, at) + (state[at] === 'A' ? 'B' : 'A') + state.slice(at + 1);
            const {body} = await submit({state: changed});
            expect((body.errors as {text: string}).text, String(at)).toContain(FORGED);
        }
        for (const state of [`${stateFor()}.more`, `${stateFor()}=`, ` ${stateFor()}`]) await refused({state}, FORGED);
        expect(await desk.sentBy(async () => undefined, chat)).toEqual([]);
    });

    it('made for another person, conversation or integration is refused', async () => {
        const borealis = await desk.addIntegration('borealis', 'borealis-command-token-1');
        await refused({state: stateFor({user: desk.bram.id})}, FORGED);
        await refused({state: stateFor(), user_id: desk.bram.id}, FORGED);
        await refused({state: stateFor({integration: 'nobody'})}, FORGED);
        await refused({state: stateFor({integration: borealis.id})}, '(`unknown_conversation`)');
        await refused({state: stateFor({conversation: 'nothing-like-it'})}, '(`unknown_conversation`)');
    });

    it('signed for something else is refused', async () => {
        const text = stateFor().split('.')[0] ?? '';
        await refused({state: `${text}.${desk.box.sign('button', text)}`}, FORGED);
    });

    it('is refused after half an hour', async () => {
        const state = stateFor();
        desk.later(30 * 60_000 + 1000);
        const {body} = await submit({state});
        expect((body.errors as {text: string}).text).toContain('too old');
        desk.later(-30 * 60_000 - 1000);
        expect(await desk.sentBy(async () => undefined, chat)).toEqual([]);
    });

    it('of somebody who is a member no more, or deactivated, is refused', async () => {
        const {mattermost, mirror} = desk;
        const {team, bot} = mattermost.seeded;
        const person = (username: string) =>
            mattermost.act.addPerson({username, email: `${username}@hotel-aurora.example`, teamId: team.id}).id;
        const [gone, left] = [person('gone'), person('left')];
        for (const id of [gone, left]) mattermost.act.addMember(mirror.id, id);
        mattermost.act.deactivate(gone);
        mattermost.act.removeMember(mirror.id, left);
        for (const user of [gone, left, bot.id]) await refused({state: stateFor({user}), user_id: user}, '(`not_an_agent`)');
    });
});

describe('a dialog the bridge opened', () => {
    it('that was cancelled says nothing', async () => {
        const sent = await desk.sentBy(async () => {
            expect((await submit({state: stateFor(), cancelled: true, submission: null})).body).toEqual({});
        }, chat);
        expect(sent).toEqual([]);
    });

    it('keeps what can’t be sent: nothing, a note, too much', async () => {
        const state = stateFor();
        for (const submission of [{}, null, {text: null}, {text: ''}, {text: ' \n '}])
            await refused({state, submission}, '(`empty_reply`)');
        for (const text of ['// between us', 'Note: between us', '**note**: between us'])
            await refused({state, submission: {text}}, '(`is_a_note`)');
        await refused({state, submission: {text: 'x'.repeat(16_001)}}, 'At most');
    });

    it('for a conversation that was closed meanwhile is refused', async () => {
        const closed = await desk.open({name: 'Piet'});
        await desk.run(desk.anna, `close #${closed.conversation_id}`);
        const {body} = await submit({state: stateFor({conversation: closed.conversation_id})});
        expect((body.errors as {text: string}).text).toContain('(`conversation_closed`)');
    });

    it('submitted twenty times at once is one reply', async () => {
        const state = stateFor();
        const answers = await Promise.all(Array.from({length: 20}, () => submit({state, submission: {text: 'Only once'}})));
        expect(answers.map(({body}) => body)).toEqual(answers.map(() => ({})));
        expect(await desk.sentBy(async () => undefined, chat)).toEqual([]);
        const said = desk.ireserve.received.filter(({data}) => data.text === 'Only once');
        expect(said).toHaveLength(1);
        await desk.mattermost.until(() => desk.mattermost.look.thread(chat.root_id).some(({message}) => message.includes('Only once')));
        expect(desk.mattermost.look.thread(chat.root_id).filter(({message}) => message.includes('Only once'))).toHaveLength(1);
    });

    it('malformed or too large is refused', async () => {
        const status = async (body: string) => (await desk.call(DIALOG_PATH, body, json)).status;
        expect(await status('{"state":')).toBe(400);
        expect(await status('[]')).toBe(400);
        expect(await status('{}')).toBe(422);
        expect((await submit({state: stateFor(), submission: {text: 7}})).status).toBe(422);
        expect((await submit({state: stateFor(), submission: {text: 'x'.repeat(600_000)}})).status).toBe(413);
    });
});
