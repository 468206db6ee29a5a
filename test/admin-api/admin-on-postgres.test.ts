/** The admin API on PostgreSQL: the same answers, whatever the dialect. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {openPanel, openStream} from '../agent-api/panel.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';
import {createDatabase} from '../support/database.ts';
import {adminSession, adminToken, adminWith, type Loose, outcome} from './admin.ts';

let mattermost: MattermostDouble;
let bridge: TestBridge;
let admin: ReturnType<typeof adminWith>;
let bearer: string;
const PATH = '/integrations/aurora-test';

beforeAll(async () => {
    mattermost = await startMattermost();
    bridge = await startTestBridge({mattermost, databaseUrl: await createDatabase()});
    bearer = (await adminToken(bridge)).token;
    admin = adminWith(bridge, bearer);
});
afterAll(async () => {
    await bridge.stop();
    await mattermost.stop();
});

test('overview, log, deliveries and traces', async () => {
    const event = eventOf('conversation.started', {conversation_id: 'C-pg', visitor: {name: 'Sanne'}});
    await bridge.deliver(event);
    await bridge.push({id: 'evt-%_odd', type: 'message.painted'});
    const overview = (await admin.get('/overview')).body;
    expect(overview).toMatchObject({
        database: {kind: 'postgres', writable: true},
        integrations: [{name: 'aurora-test', queued: 0, dead: 0}],
    });
    expect(overview.integrations[0].hops[1]).toMatchObject({state: 'good', last_success_at: expect.any(String)});
    expect((await admin.get('/log?search=ODD%20Painted')).body.items).toMatchObject([{code: 'unknown_type'}]);
    const {items, counts} = (await admin.get('/deliveries?state=delivered,queued')).body;
    expect(counts).toEqual({queued: 0, dead: 0});
    const trace = (await admin.get(`/deliveries/${items[0].id}`)).body;
    expect(trace.hops.map(({hop}: Loose) => hop)).toEqual(['accepted', 'attempt', 'delivered']);
    expect((await admin.post('/deliveries/replay', {integration: 'aurora-test', limit: 10})).body).toEqual({
        replayed: 0,
        remaining: 0,
        ids: [],
    });
});

test('changes at once, secrets, sessions, audit', async () => {
    const fields = ['undo_seconds', 'guard_minutes', 'file_link_minutes', 'panel_undo_seconds', 'messages_per_thread'];
    await Promise.all(fields.map((field, index) => admin.patch(PATH, {config: {[field]: 20 + index}})));
    const {config} = (await admin.get(PATH)).body;
    expect(fields.map((field) => config[field])).toEqual([20, 21, 22, 23, 24]);
    await Promise.all([1, 2, 3].map((n) => admin.post(`${PATH}/secrets/webhook_tokens`, {value: String(n).repeat(26)})));
    const {items: secrets} = (await admin.get(`${PATH}/secrets`)).body;
    expect(secrets.find(({secret}: Loose) => secret === 'webhook_tokens').values).toHaveLength(3);
    await openPanel(bridge, mattermost.seeded.agents[0].id);
    const session = adminWith(bridge, await adminSession(bridge, bridge.integration.id, mattermost.seeded.admin));
    const {items} = (await session.get('/sessions')).body;
    expect(items.map(({kind}: Loose) => kind).sort()).toEqual(['admin', 'agent']);
    expect(outcome(await admin.delete(`/sessions/${items.find(({kind}: Loose) => kind === 'admin').id}`))).toBe('204');
    expect(outcome(await session.get('/me'))).toBe('401 session_expired');
    const audit = (await admin.get('/audit?action=secret.&limit=2')).body;
    expect(audit.items).toHaveLength(2);
    const next = (await admin.get(`/audit?action=secret.&limit=2&cursor=${audit.next_cursor}`)).body;
    expect(next.items).toHaveLength(1);
    expect(next.next_cursor).toBeNull();
});

test('kill switch, export and import, and the log followed', async () => {
    const stream = await openStream(bridge.url, {authorization: `Bearer ${bearer}`}, '/v1/admin/log/stream');
    await stream.next('hello');
    expect((await admin.put('/kill-switch', {on: true})).body).toMatchObject({on: true});
    expect((await admin.put('/kill-switch', {on: false})).body).toMatchObject({on: false});
    const event = eventOf('conversation.started', {conversation_id: 'C-pg-2', visitor: {name: 'Sanne'}});
    await bridge.deliver(event);
    await stream.next('entry', ({source_id}) => source_id === event.id);
    stream.close();
    const document = (await admin.get('/export')).text;
    expect((await admin.yaml('/import', document.replace('language: en', 'language: de'))).body).toMatchObject({changed: true});
    expect((await admin.get(PATH)).body.config.language).toBe('de');
    expect(await (await fetch(`${bridge.url}/metrics`)).text()).toContain('ireserve_kill_switch 0');
});
