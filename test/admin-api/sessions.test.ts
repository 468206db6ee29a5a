/** How a system admin of Mattermost gets a bearer, and how nobody else does; and how sessions and admin tokens are listed and ended. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {openPanel} from '../agent-api/panel.ts';
import {type Desk, startDesk} from '../mattermost-calls/desk.ts';
import {adminToken, adminWith, type Loose, outcome} from './admin.ts';

let desk: Desk;
let sysadmin: {id: string; username: string; token: string};
const NONCE = 'nonce_123456';

beforeAll(async () => {
    desk = await startDesk();
    sysadmin = desk.mattermost.seeded.admin;
});
afterAll(() => desk.stop());

const propsOf = (answer: unknown) => (answer as {props?: {ireserve?: Loose}}).props?.ireserve;
const start = async (user: {id: string; token: string}, what = 'admin-session') => propsOf(await desk.run(user, `${what} ${NONCE}`));
const whole = async () => adminWith(desk.bridge, (await adminToken(desk.bridge)).token);

/** As Mattermost signs it for somebody, caught by whoever made them run a command. */
const triggerOf = async (user: {id: string}) => desk.mattermost.act.newTrigger(user.id);

test('a system admin gets a bearer for the admin API, with nothing posted', async () => {
    const posts = desk.mattermost.look.posts(desk.mirror.id).length;
    const props = await start(sysadmin);
    expect(props).toMatchObject({v: 1, nonce: NONCE, bridge_url: desk.bridge.url, integration: {name: 'aurora-test'}});
    const admin = adminWith(desk.bridge, props.token);
    expect((await admin.get('/me')).body).toMatchObject({
        ...{kind: 'session', id: sysadmin.id, name: 'admin', scope: 'write', bridge_wide: true, integrations: ['aurora-test']},
        server_url: desk.mattermost.url,
        expires_at: new Date(props.expires_at).toISOString(),
    });
    expect(desk.mattermost.look.posts(desk.mirror.id)).toHaveLength(posts);
    const {items} = (await admin.get('/audit?action=admin_session')).body;
    expect(items[0]).toMatchObject({action: 'admin_session.started', who: {kind: 'session', name: 'admin'}, integration: 'aurora-test'});
    expect(outcome(await admin.delete('/session'))).toBe('204');
    expect(outcome(await admin.get('/me'))).toBe('401 session_expired');
    expect(desk.bridge.logged()).not.toContain(props.token);
});

test('it ends after ten minutes', async () => {
    const admin = adminWith(desk.bridge, (await start(sysadmin)).token);
    expect(outcome(await admin.get('/me'))).toBe('200');
    desk.later(10 * 60_000);
    expect(outcome(await admin.get('/me'))).toBe('401 session_expired');
    desk.later(-10 * 60_000);
});

test('nobody else gets one: agents, and who calls the bridge with the command’s token but without the server’s signature', async () => {
    expect(await start(desk.anna)).toMatchObject({error: {code: 'not_an_admin'}});
    const call = async (fields: Record<string, string>) => propsOf((await desk.command({text: `admin-session ${NONCE}`, ...fields})).body);
    const refused = {error: {code: 'not_an_admin'}};
    // A team admin can read the command's token: it alone proves nothing.
    expect(await call({user_id: sysadmin.id})).toMatchObject(refused);
    expect(await call({user_id: sysadmin.id, trigger_id: 'x'.repeat(40)})).toMatchObject(refused);
    expect(await call({user_id: sysadmin.id, trigger_id: await triggerOf(desk.anna)})).toMatchObject(refused);
    // Signed by somebody else's key, in the right form.
    const [id, user, at] = Buffer.from(await triggerOf(sysadmin), 'base64')
        .toString()
        .split(':');
    const [, , , signature] = Buffer.from(await triggerOf(desk.anna), 'base64')
        .toString()
        .split(':');
    const forged = Buffer.from(`${id}:${user}:${at}:${signature}`).toString('base64');
    expect(await call({user_id: sysadmin.id, trigger_id: forged})).toMatchObject(refused);
});

test('a signature counts once, and for a minute', async () => {
    const call = async (trigger_id: string) =>
        propsOf((await desk.command({text: `admin-session ${NONCE}`, user_id: sysadmin.id, trigger_id})).body);
    const trigger = await triggerOf(sysadmin);
    expect(await call(trigger)).toMatchObject({token: expect.stringMatching(/^irac_/)});
    expect(await call(trigger)).toMatchObject({error: {code: 'not_an_admin'}});
    const old = await triggerOf(sysadmin);
    desk.later(61_000);
    expect(await call(old)).toMatchObject({error: {code: 'clock_skew'}});
    desk.later(-61_000);
});

test('whatever the state of the integration, the admin gets in to turn it on again', async () => {
    await desk.bridge.change({state: 'inactive'});
    await expect.poll(async () => (await start(desk.anna, 'session'))?.error?.code).toBe('told');
    const admin = adminWith(desk.bridge, (await start(sysadmin)).token);
    expect(outcome(await admin.patch('/integrations/aurora-test', {state: 'active'}))).toBe('200');
    await expect.poll(async () => (await start(desk.anna, 'session'))?.token).toMatch(/^iras_/);
});

test('sessions are listed without their bearers, and ended one by one or all of a person', async () => {
    const admin = await whole();
    const agent = await openPanel(desk.bridge, desk.bram.id, {now: desk.now});
    const another = await openPanel(desk.bridge, desk.bram.id, {now: desk.now});
    const {items} = (await admin.get('/sessions?kind=agent&integration=aurora-test')).body;
    const his = items.filter(({user_id}: Loose) => user_id === desk.bram.id);
    expect(his).toHaveLength(2);
    expect(his[0]).toMatchObject({kind: 'agent', integration: 'aurora-test', username: desk.bram.username, mine: false});
    expect(JSON.stringify(items)).not.toContain('iras_');
    expect(outcome(await admin.delete(`/sessions/${his[0].id}`))).toBe('204');
    expect(outcome(await admin.delete(`/sessions/${his[0].id}`))).toBe('404 unknown_session');
    const alive = [(await agent.get('/me')).status, (await another.get('/me')).status];
    expect(alive.sort()).toEqual([200, 401]);
    expect((await admin.post('/sessions/revoke', {user_id: desk.bram.id})).body).toEqual({revoked: 1});
    expect([(await agent.get('/me')).status, (await another.get('/me')).status]).toEqual([401, 401]);
    const mine = adminWith(desk.bridge, (await start(sysadmin)).token);
    const shown = (await mine.get('/sessions?kind=admin')).body.items;
    expect(shown.filter((one: Loose) => one.mine)).toHaveLength(1);
});

test('admin tokens are made, listed and revoked; a session’s are bound, so that they reach no more than it', async () => {
    const admin = await whole();
    const made = (await admin.post('/tokens', {label: 'monitoring', scope: 'read', expires_at: '2999-01-01T00:00:00Z'})).body;
    expect(made).toMatchObject({label: 'monitoring', scope: 'read', integration: null, state: 'live', last_used_at: null});
    const reader = adminWith(desk.bridge, made.token);
    expect(outcome(await reader.get('/overview'))).toBe('200');
    expect(outcome(await reader.put('/kill-switch', {on: true}))).toBe('403 read_only');
    const listed = (await admin.get('/tokens')).body.items.find(({id}: Loose) => id === made.id);
    expect(listed).toMatchObject({created_by: 'token:tests', last_used_at: expect.any(String)});
    expect(JSON.stringify(listed)).not.toContain(made.token);
    expect(outcome(await admin.delete(`/tokens/${made.id}`))).toBe('204');
    expect(outcome(await reader.get('/overview'))).toBe('401 wrong_admin_token');
    expect(outcome(await admin.delete('/tokens/nobody'))).toBe('404 unknown_token');
    expect(outcome(await admin.delete('/session'))).toBe('409 sessions_only');
    expect(outcome(await admin.post('/tokens', {label: 'past', scope: 'read', expires_at: '2001-01-01T00:00:00Z'}))).toBe(
        '422 invalid_request',
    );
    expect(outcome(await admin.post('/tokens', {label: 'x', scope: 'read', integration: 'never-was'}))).toBe('404 no_such_integration');
    const session = adminWith(desk.bridge, (await start(sysadmin)).token);
    expect(outcome(await session.post('/tokens', {label: 'for ever', scope: 'write'}))).toBe('403 needs_unbound');
    const bound = (await session.post('/tokens', {label: 'bound', scope: 'write', integration: 'aurora-test'})).body;
    expect(bound).toMatchObject({integration: 'aurora-test', created_by: 'session:admin'});
    const {items} = (await admin.get('/audit?action=admin_token.')).body;
    expect(items.map(({action}: Loose) => action)).toEqual(expect.arrayContaining(['admin_token.added', 'admin_token.revoked']));
});
