import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {ACTIONS_PATH, BUTTONS, type Button, type ButtonContext, buttonRow} from '../../bridge/to-mattermost/buttons.ts';
import {type Desk, startDesk} from './desk.ts';

type Chat = {conversation_id: string; root_id: string};
let desk: Desk;
let chat: Chat;
let other: Chat;

beforeAll(async () => {
    desk = await startDesk();
    chat = await desk.open({name: 'Sanne'});
    other = await desk.open({name: 'Piet'});
    for (const {root_id} of [chat, other]) await desk.shows(root_id, 'reply', 'claim', 'close');
});
afterAll(() => desk.stop());

const FORGED = 'not one the bridge made for this place';
const json = {'content-type': 'application/json'};

/** A press as the bridge gets it, made by hand. */
async function press(given: {context: unknown; post_id?: string; channel_id?: string; user_id?: string}): Promise<string> {
    const call = {user_id: desk.anna.id, channel_id: desk.mirror.id, post_id: chat.root_id, trigger_id: 'made-up', ...given};
    const {status, body} = await desk.call(ACTIONS_PATH, JSON.stringify(call), json);
    expect(status).toBe(200);
    expect(body).not.toEqual({});
    expect(body.skip_slack_parsing).toBe(true);
    return String(body.ephemeral_text);
}

/** Presses, and sees that nothing came of it. */
async function refused(work: () => Promise<unknown>) {
    const facts = () => desk.bridge.database.read.selectFrom('conversation').select(['facts']).orderBy('conversation_id').execute();
    const before = await facts();
    expect(await desk.sentBy(work, chat)).toEqual([]);
    // The reply that proves it is an answer: only who is waited for has changed.
    const still = (await facts()).map(({facts}) => (JSON.parse(facts) as {assignee: unknown}).assignee);
    expect(still).toEqual(before.map(({facts}) => (JSON.parse(facts) as {assignee: unknown}).assignee));
}

/** A button signed with the bridge's own key. */
function signed(
    action: Button,
    about: {conversation: string; channel?: string; integration?: string; reply?: string},
    expires?: number,
): ButtonContext {
    const whole = {integration: desk.bridge.integration.id, channel: desk.mirror.id, ...about};
    const row = buttonRow({box: desk.box, publicUrl: () => desk.bridge.url, now: desk.now}, whole, [{action, name: action}], expires);
    return row.actions[0]?.integration.context as ButtonContext;
}

describe('a button nobody signed', () => {
    it.each([undefined, null, 'text', [], {}, {v: 1}])('with the context %j is refused', (context) =>
        refused(async () => expect(await press({context})).toContain(FORGED)),
    );

    it('with one character changed in any field is refused', () =>
        refused(async () => {
            const context = desk.contextOf(chat.root_id, 'claim');
            const flip = (text: string) => (text[0] === 'a' ? 'b' : 'a') + text.slice(1);
            const changed: Record<keyof ButtonContext, unknown> = {
                v: 2,
                action: 'close',
                integration: flip(context.integration),
                conversation: flip(context.conversation),
                channel: flip(context.channel),
                reply: 'added',
                expires: context.expires + 1,
                mac: flip(context.mac),
            };
            for (const [field, value] of Object.entries(changed))
                expect(await press({context: {...context, [field]: value}}), field).toContain(FORGED);
            for (const field of ['v', 'action', 'integration', 'conversation', 'channel', 'expires', 'mac'] as const)
                expect(await press({context: {...context, [field]: undefined}}), field).toContain(FORGED);
            // Another spelling of the same bytes.
            expect(await press({context: {...context, mac: `${context.mac}=`}})).toContain(FORGED);
        }));

    it('that is malformed or too large is refused', async () => {
        const context = desk.contextOf(chat.root_id, 'claim');
        const call = {user_id: desk.anna.id, channel_id: desk.mirror.id, post_id: chat.root_id, context};
        const status = async (body: string) => (await desk.call(ACTIONS_PATH, body, json)).status;
        expect(await status('{"user_id":')).toBe(400);
        expect(await status('null')).toBe(400);
        expect(await status('{}')).toBe(422);
        expect(await status(JSON.stringify({...call, user_id: '../../users/me'}))).toBe(422);
        expect(await status(JSON.stringify({...call, post_id: 'x'}))).toBe(422);
        expect(await status(JSON.stringify({...call, more: 'x'.repeat(600_000)}))).toBe(413);
    });
});

describe('a button the bridge signed', () => {
    it('does nothing once it has expired', async () => {
        const context = desk.contextOf(chat.root_id, 'claim');
        await refused(async () => {
            desk.later(90 * 24 * 3_600_000 + 60_000);
            expect(await press({context})).toContain('too old');
            desk.later(-90 * 24 * 3_600_000 - 60_000);
        });
    });

    it('works under its own post and in its own channel only', async () => {
        const {anna, mattermost, mirror} = desk;
        const {other: front} = mattermost.seeded.channels;
        const context = desk.contextOf(chat.root_id, 'claim');
        const copy = await mattermost.act.post(anna.id, {
            channel_id: mirror.id,
            message: 'press me',
            props: mattermost.look.post(chat.root_id)?.props ?? {},
        });
        const reply = await mattermost.act.reply(anna.id, chat.root_id, '// a note');
        const elsewhere = await mattermost.act.post(anna.id, {channel_id: front.id, message: 'press me'});
        await refused(async () => {
            for (const post_id of [other.root_id, copy.id, reply.id, 'a'.repeat(26)])
                expect(await press({context, post_id}), post_id).toContain(FORGED);
            expect(await press({context, channel_id: front.id})).toContain(FORGED);
            expect(await press({context, channel_id: front.id, post_id: elsewhere.id})).toContain(FORGED);
        });
    });

    it('for another conversation, channel or integration does nothing here', async () => {
        const borealis = await desk.addIntegration('borealis', 'borealis-command-token-1');
        await refused(async () => {
            expect(await press({context: signed('claim', {conversation: other.conversation_id})})).toContain(FORGED);
            expect(await press({context: signed('claim', {conversation: 'nothing-like-it'})})).toContain(FORGED);
            expect(await press({context: signed('claim', {conversation: chat.conversation_id, integration: borealis.id})})).toContain(
                FORGED,
            );
            expect(await press({context: signed('claim', {conversation: chat.conversation_id, integration: 'nobody'})})).toContain(FORGED);
        });
    });

    it('works where it was put only: a card’s under the card, a question’s under the question', async () => {
        const {question, post} = await desk.asked(chat.root_id);
        const about = {conversation: chat.conversation_id};
        await refused(async () => {
            for (const action of BUTTONS) {
                const isCards = ['claim', 'release', 'close', 'reopen', 'reply'].includes(action);
                if (action !== 'send' && action !== 'keep')
                    expect(await press({context: signed(action, {...about, reply: post.id}), post_id: question.id}), action).toContain(
                        FORGED,
                    );
                if (!isCards) {
                    expect(await press({context: signed(action, {...about, reply: post.id})}), action).toContain(FORGED);
                    expect(await press({context: signed(action, about), post_id: question.id}), action).toContain(FORGED);
                    const foreign = signed(action, {conversation: other.conversation_id, reply: post.id});
                    expect(await press({context: foreign, post_id: question.id}), action).toContain(FORGED);
                }
            }
        });
    });

    it('does nothing for a bot, a deactivated account, or who is no member', async () => {
        const {mattermost, mirror} = desk;
        const {team, bot, channels} = mattermost.seeded;
        const person = (username: string) =>
            mattermost.act.addPerson({username, email: `${username}@hotel-aurora.example`, teamId: team.id});
        const [gone, stranger, left] = [person('gone'), person('els'), person('left')];
        for (const {id} of [gone, left]) mattermost.act.addMember(mirror.id, id);
        mattermost.act.addMember(channels.other.id, stranger.id);
        mattermost.act.deactivate(gone.id);
        mattermost.act.removeMember(mirror.id, left.id);
        const {question, post} = await desk.asked(chat.root_id);
        const send = desk.contextOf(question.id, 'send');
        await refused(async () => {
            for (const user_id of [bot.id, gone.id, stranger.id, left.id, 'a'.repeat(26)]) {
                for (const action of ['claim', 'close', 'reply']) {
                    expect(await press({context: desk.contextOf(chat.root_id, action), user_id}), action).toContain('(`not_an_agent`)');
                }
                expect(await press({context: send, post_id: question.id, user_id})).toContain('(`not_an_agent`)');
            }
        });
        expect(desk.outbound()).not.toContain(post.id);
    });

    it('opens no dialog with a trigger that is over', () =>
        refused(async () => {
            expect(await press({context: desk.contextOf(chat.root_id, 'reply')})).toContain('did not open the dialog in time');
        }));
});
