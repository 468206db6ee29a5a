/** Who may use the agent API: every forged, foreign, old or lost claim is refused, and tells nothing. */
import {randomBytes} from 'node:crypto';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {openPanel, panelWith} from './panel.ts';

let scene: Scene;
let ahead = 0;
let conversation_id: string;
let root_id: string;
const now = () => Date.now() + ahead;

beforeAll(async () => {
    scene = await startScene({overrides: {now}});
    ({conversation_id, root_id} = await scene.open());
});
afterAll(() => scene.stop());

const panelOf = (user_id: string) => openPanel(scene.bridge, user_id, {now});
const refused = async (headers: Record<string, string>, path = '/me') => {
    const {status, body} = await panelWith(scene.bridge, headers).get(path);
    return `${status} ${body.code}`;
};

test('a session tells who it is, and what the integration wants of a panel', async () => {
    const panel = await panelOf(scene.anna.id);
    const {status, body, headers} = await panel.get('/me');
    expect(status).toBe(200);
    expect(body).toMatchObject({
        user: {user_id: scene.anna.id, username: 'anna.keller', name: 'Anna Keller'},
        integration: {name: 'aurora-test', licence: 'aurora', environment: 'test', language: 'en', state: 'active', callback_set: true},
        expires_at: new Date(panel.expires_at).toISOString(),
        conversation_link: '',
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(JSON.stringify(body)).not.toContain('whsec_');
});

test('the slash command hands out a bearer that works here, and only where the command’s token is right', async () => {
    const command_token = 'c'.repeat(26);
    await scene.bridge.change({secrets: {command_tokens: [command_token]}});
    const run = async (token: string) => {
        const response = await fetch(`${scene.bridge.url}/v1/mattermost/command`, {
            method: 'POST',
            headers: {'content-type': 'application/x-www-form-urlencoded', authorization: `Token ${token}`},
            body: new URLSearchParams({
                ...{token, user_id: scene.anna.id, team_id: scene.mattermost.seeded.team.id, channel_id: scene.mirror.id},
                ...{user_name: scene.anna.username, command: '/ireserve', text: 'session nonce_12345', response_url: '', trigger_id: ''},
            }),
        });
        return {status: response.status, body: (await response.json()) as {props?: {ireserve: {token: string; bridge_url: string}}}};
    };
    await expect.poll(async () => (await run(command_token)).status).toBe(200);
    const {token, bridge_url} = (await run(command_token)).body.props?.ireserve ?? {token: '', bridge_url: ''};
    expect(new URL(bridge_url).port).toBe(new URL(scene.bridge.url).port);
    expect((await panelWith(scene.bridge, {authorization: `Bearer ${token}`}).get('/me')).body.user.user_id).toBe(scene.anna.id);
    expect(await run('d'.repeat(26))).toMatchObject({status: 401});
});

test('no bearer, a made-up one, i-Reserve’s, one in the address or in a cookie: nobody', async () => {
    const {token} = await panelOf(scene.anna.id);
    expect(await refused({})).toBe('401 unauthenticated');
    expect(await refused({authorization: `Basic ${token}`})).toBe('401 unauthenticated');
    expect(await refused({cookie: `token=${token}`})).toBe('401 unauthenticated');
    expect(await refused({}, `/me?access_token=${token}`)).toBe('422 unknown_parameter');
    expect(await refused({authorization: `Bearer iras_${randomBytes(32).toString('base64url')}`})).toBe('401 session_expired');
    expect(await refused({authorization: `Bearer ${token}x`})).toBe('401 session_expired');
    expect(await refused({authorization: `Bearer ${scene.bridge.token}`})).toBe('401 session_expired');
});

test('an agent’s session is nothing to the event API', async () => {
    const {token} = await panelOf(scene.anna.id);
    const answer = await scene.bridge.push({}, {headers: {authorization: `Bearer ${token}`}});
    expect(answer.status).toBe(401);
});

test('an expired session, and a revoked one', async () => {
    const panel = await panelOf(scene.anna.id);
    ahead += 10 * 60_000;
    expect((await panel.get('/me')).body.code).toBe('session_expired');
    const fresh = await panelOf(scene.anna.id);
    expect((await fresh.ask('DELETE', '/session')).status).toBe(204);
    expect((await fresh.get('/me')).body.code).toBe('session_expired');
    expect((await fresh.ask('DELETE', '/session')).status).toBe(401);
});

test('a session of an integration that is gone, or of none', async () => {
    const panel = await openPanel(scene.bridge, scene.anna.id, {now, integration_id: 'nobody'});
    expect((await panel.get('/me')).body.code).toBe('session_expired');
});

test('a bot, and an account nobody has', async () => {
    for (const user_id of [scene.mattermost.seeded.bot.id, 'a'.repeat(26)]) {
        const {status, body} = await (await panelOf(user_id)).get('/me');
        expect(`${status} ${body.code}`).toBe('403 not_an_agent');
    }
});

test('a person who is deactivated while the session lives', async () => {
    const {cleo, mattermost} = scene;
    const panel = await panelOf(cleo.id);
    expect((await panel.get('/me')).status).toBe(200);
    mattermost.act.deactivate(cleo.id);
    ahead += 61_000;
    expect((await panel.get('/me')).body.code).toBe('not_an_agent');
    mattermost.act.reactivate(cleo.id);
});

test('who is removed from the channel loses it within seconds, everywhere, and is told no more than of one that never was', async () => {
    const {bram, mirror, mattermost} = scene;
    const panel = await panelOf(bram.id);
    const path = `/conversations/${conversation_id}`;
    expect((await panel.get(path)).status).toBe(200);
    expect((await panel.get(`/threads/${root_id}`)).body.conversation_id).toBe(conversation_id);
    mattermost.act.removeMember(mirror.id, bram.id);
    ahead += 16_000;
    const {status, body} = await panel.get(path);
    const never = await panel.get('/conversations/never-was');
    expect([status, body.code]).toEqual([404, 'unknown_conversation']);
    expect({...body, request_id: '', detail: ''}).toEqual({...never.body, request_id: '', detail: ''});
    expect(body.detail.replace(conversation_id, '')).toBe(never.body.detail.replace('never-was', ''));
    expect((await panel.get('/conversations?view=all')).body).toMatchObject({
        items: [],
        counts: {waiting: 0, mine: 0, open: 0, closed: 0},
    });
    const everything = [
        panel.get(`/threads/${root_id}`),
        panel.act(conversation_id, 'claim'),
        panel.post(`${path}/replies`, {text: 'hello'}),
        panel.ask('DELETE', `${path}/replies/any`),
        panel.post(`${path}/typing`),
    ];
    for (const answer of await Promise.all(everything)) expect(answer.body?.code).toBe('unknown_conversation');
    expect((await panel.get('/canned')).body.code).toBe('not_an_agent');
    mattermost.act.addMember(mirror.id, bram.id);
    ahead += 4000;
    expect((await panel.get(path)).status).toBe(200);
});

test('Mattermost does not answer: nothing is shown on trust', async () => {
    const panel = await panelOf(scene.anna.id);
    ahead += 61_000;
    scene.mattermost.faults.add({kind: 'bad-gateway'});
    const {status, body, headers} = await panel.get(`/conversations/${conversation_id}`);
    scene.mattermost.faults.clear();
    expect([status, body.code]).toEqual([503, 'mattermost_unavailable']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await panel.get(`/conversations/${conversation_id}`)).status).toBe(200);
});

test('an inactive integration ends its sessions', async () => {
    const panel = await panelOf(scene.anna.id);
    await scene.bridge.change({state: 'inactive'});
    await expect.poll(async () => (await panel.get('/me')).body.code).toBe('session_expired');
    await scene.bridge.change({state: 'active'});
    await expect.poll(async () => (await panel.get('/me')).status).toBe(200);
});
