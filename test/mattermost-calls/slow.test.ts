/** Mattermost is slow or silent while it waits for our answer: it gets one all the same, in time. */
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {ACTIONS_PATH} from '../../bridge/to-mattermost/buttons.ts';
import {type Desk, startDesk} from './desk.ts';

let desk: Desk;
let chat: {conversation_id: string; root_id: string};
const MOST_MS = 3000;

beforeAll(async () => {
    desk = await startDesk({version: '5.37', environment: {MATTERMOST_TIMEOUT_MS: '4000'}});
});
afterAll(() => desk.stop());
beforeEach(async () => {
    chat = await desk.open({name: 'Sanne'});
    await desk.shows(chat.root_id, 'reply', 'claim', 'close');
});
afterEach(() => desk.mattermost.faults.clear());

async function timed<T>(work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const answer = await work();
    expect(performance.now() - started).toBeLessThan(MOST_MS);
    return answer;
}

/** Somebody the bridge has not asked Mattermost about yet. */
function newcomer(): string {
    const username = `new-${chat.conversation_id.slice(-8)}`;
    const {id} = desk.mattermost.act.addPerson({
        username,
        email: `${username}@hotel-aurora.example`,
        teamId: desk.mattermost.seeded.team.id,
    });
    desk.mattermost.act.addMember(desk.mirror.id, id);
    return id;
}

describe('a Mattermost that does not answer', () => {
    it('lets a command be told to look again, and what was asked for is done when it can be', async () => {
        const user_id = newcomer();
        desk.mattermost.faults.add({kind: 'slow', route: 'GET /users/:user_id', delayMs: 3200, next: 1});
        const {status, body} = await timed(() => desk.command({text: `claim #${chat.conversation_id}`, user_id}));
        expect(status).toBe(200);
        expect(body.text).toContain('longer than usual');
        const claimed = await desk.ireserve.waitForCallback(
            'conversation.claimed',
            ({data}) => data.conversation_id === chat.conversation_id,
        );
        expect(JSON.stringify(claimed.data)).toContain(user_id);
    });

    it('lets a press be told so', async () => {
        const call = {
            user_id: newcomer(),
            channel_id: desk.mirror.id,
            post_id: chat.root_id,
            context: desk.contextOf(chat.root_id, 'claim'),
        };
        desk.mattermost.faults.add({kind: 'silent', route: 'GET /users/:user_id', next: 1});
        const press = () => desk.call(ACTIONS_PATH, JSON.stringify(call), {'content-type': 'application/json'});
        const {body} = await timed(press);
        expect(body.ephemeral_text).toContain('longer than usual');
        expect(await desk.sentBy(async () => undefined, chat)).toEqual([]);
    });

    it('and one that fails is told as such at once', async () => {
        desk.mattermost.faults.add({kind: 'bad-gateway', route: 'GET /users/:user_id', next: 1});
        const {body} = await timed(() => desk.command({text: `claim #${chat.conversation_id}`, user_id: newcomer()}));
        expect(body.text).toContain('(`mattermost_unavailable`)');
        expect(await desk.sentBy(async () => undefined, chat)).toEqual([]);
    });
});

it('what came of calls is counted, by kind', async () => {
    await desk.command({token: 'x'.repeat(26)});
    await desk.command({text: 'close #nothing-like-it'});
    const metrics = await (await fetch(`${desk.bridge.url}/metrics`)).text();
    for (const [kind, outcome] of [
        ['command', 'done'],
        ['command', 'late'],
        ['command', 'forged'],
        ['command', 'unknown_conversation'],
        ['button', 'late'],
    ])
        expect(metrics).toMatch(new RegExp(`^ireserve_mattermost_calls_total\\{kind="${kind}",outcome="${outcome}"\\} \\d+$`, 'm'));
});
