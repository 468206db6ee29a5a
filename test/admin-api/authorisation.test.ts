/**
 * Every operation of the admin API × every kind of caller. The operations come from the code, so a new one can't be forgotten; what each
 * caller may is said here.
 */
import {randomBytes} from 'node:crypto';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {createAdminTokens} from '../../bridge/admin/admin-tokens.ts';
import {BRIDGE} from '../../bridge/admin/audit.ts';
import {describedAdminOperations} from '../../bridge/admin-api/admin-api.ts';
import {createIntegrations} from '../../bridge/integrations.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {writeLog} from '../../bridge/store/lanes.ts';
import {openPanel} from '../agent-api/panel.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';
import {adminSession, adminToken, adminWith, outcome} from './admin.ts';

/** What a caller may, where its bearer is good. */
type Good = {scope: 'read' | 'write'; bridgeWide: boolean; reaches: boolean; isBound?: true};
type Caller = {name: string; bearer: () => Promise<string | null>; is: Good | string};

const OPERATIONS = describedAdminOperations();
const SECRET = `whsec_${Buffer.alloc(24, 5).toString('base64')}`;

let mattermost: MattermostDouble;
let elsewhere: MattermostDouble;
let bridge: TestBridge;
let borealis: string;
let aurora: string;
let ahead = 0;
const now = () => Date.now() + ahead;

beforeAll(async () => {
    [mattermost, elsewhere] = await Promise.all([startMattermost(), startMattermost()]);
    bridge = await startTestBridge({mattermost, overrides: {now}});
    aurora = bridge.integration.id;
    const box = createSecretBox(loadKey(undefined, `${bridge.settings.DATA_DIR}/secret.key`));
    const {bot, channels} = elsewhere.seeded;
    const added = await createIntegrations(bridge.database, box, now).add({
        name: 'borealis-test',
        licence: 'borealis',
        environment: 'test',
        config: {server_url: elsewhere.url, channel_id: channels.mirror.id},
        secrets: {bot_token: bot.token, signing_secrets: [SECRET]},
    });
    borealis = added.id;
    const whole = adminWith(bridge, (await adminToken(bridge)).token);
    await vi.waitFor(async () => expect((await whole.get('/integrations/borealis-test')).status).toBe(200), 10_000);
});
afterAll(async () => {
    await bridge.stop();
    await Promise.all([mattermost.stop(), elsewhere.stop()]);
});

const token = async (options: Parameters<typeof adminToken>[1]) => (await adminToken(bridge, options)).token;

const CALLERS: Caller[] = [
    {name: 'nobody', bearer: async () => null, is: '401 unauthenticated'},
    {name: 'garbage', bearer: async () => 'garbage', is: '401 wrong_admin_token'},
    {name: 'a made-up token', bearer: async () => `ira_${randomBytes(32).toString('base64url')}`, is: '401 wrong_admin_token'},
    {name: 'a made-up session', bearer: async () => `irac_${randomBytes(32).toString('base64url')}`, is: '401 session_expired'},
    {name: 'i-Reserve', bearer: async () => bridge.token, is: '401 wrong_admin_token'},
    {
        name: 'an agent',
        bearer: async () => (await openPanel(bridge, mattermost.seeded.agents[0].id, {now})).token,
        is: '401 wrong_admin_token',
    },
    {
        // The same person has the role: the bearer is what counts.
        name: 'an admin with an agent’s session',
        bearer: async () => (await openPanel(bridge, mattermost.seeded.admin.id, {now})).token,
        is: '401 wrong_admin_token',
    },
    {name: 'a bot token of Mattermost', bearer: async () => mattermost.seeded.bot.token, is: '401 wrong_admin_token'},
    {
        name: 'a revoked token',
        async bearer() {
            const made = await adminToken(bridge);
            await createAdminTokens({database: bridge.database, now}).revoke(made.id, BRIDGE);
            return made.token;
        },
        is: '401 wrong_admin_token',
    },
    {name: 'an expired token', bearer: () => token({expires_at: now() - 1}), is: '401 wrong_admin_token'},
    {
        name: 'an expired session',
        bearer: () => adminSession(bridge, aurora, mattermost.seeded.admin, () => now() - 10 * 60_000),
        is: '401 session_expired',
    },
    {
        name: 'a session of an integration there is none of',
        bearer: () => adminSession(bridge, 'none', mattermost.seeded.admin),
        is: '401 session_expired',
    },
    {
        name: 'somebody without the role',
        bearer: () => adminSession(bridge, aurora, mattermost.seeded.agents[1]),
        is: '403 not_an_admin',
    },
    {name: 'a bot', bearer: () => adminSession(bridge, aurora, mattermost.seeded.bot), is: '403 not_an_admin'},
    {
        name: 'an admin of the other server, by the wrong server’s word',
        bearer: () => adminSession(bridge, aurora, elsewhere.seeded.admin),
        is: '403 not_an_admin',
    },
    {name: 'a token that reads', bearer: () => token({scope: 'read'}), is: {scope: 'read', bridgeWide: true, reaches: true}},
    {name: 'a token that writes', bearer: () => token({scope: 'write'}), is: {scope: 'write', bridgeWide: true, reaches: true}},
    {
        name: 'a token bound to the integration that reads',
        bearer: () => token({scope: 'read', integration_id: aurora}),
        is: {scope: 'read', bridgeWide: false, reaches: true},
    },
    {
        name: 'a token bound to the integration',
        bearer: () => token({integration_id: aurora}),
        is: {scope: 'write', bridgeWide: false, reaches: true, isBound: true},
    },
    {
        name: 'a token bound to another integration',
        bearer: () => token({integration_id: borealis}),
        is: {scope: 'write', bridgeWide: false, reaches: false},
    },
    {
        name: 'a system admin',
        bearer: () => adminSession(bridge, aurora, mattermost.seeded.admin, now),
        is: {scope: 'write', bridgeWide: false, reaches: true},
    },
    {
        name: 'a system admin of another server',
        bearer: () => adminSession(bridge, borealis, elsewhere.seeded.admin, now),
        is: {scope: 'write', bridgeWide: false, reaches: false},
    },
];

/** What keeps a caller out, or null. Said of the operation's declaration alone. */
function barrier({admin, operationId}: (typeof OPERATIONS)[number], is: Good | string): string | null {
    if (typeof is === 'string') return is;
    if (admin?.about === 'integration' && !is.reaches) return '404 no_such_integration';
    if (admin?.about === 'bridge' && !is.bridgeWide) return '403 bridge_wide';
    if (admin?.needs === 'write' && is.scope !== 'write') return '403 read_only';
    // It would go with it.
    return is.isBound && operationId === 'removeIntegration' ? '403 needs_unbound' : null;
}

const PLACES: Record<string, string> = {
    integration: 'aurora-test',
    secret: 'signing_secrets',
    value_id: 'nobody',
    token_id: 'nobody',
    session_id: 'nobody',
    delivery_id: '999999',
};

test('every operation says what it needs, and changes nothing without write', () => {
    expect(OPERATIONS.length).toBeGreaterThan(40);
    for (const {method, path, admin, operationId} of OPERATIONS) {
        expect(path).toMatch(/^\/v1\/admin\//);
        expect(admin, operationId).toBeDefined();
        // A preview has a body, and ending one's own session needs no right.
        const harmless = ['previewRoute', 'endAdminSession'].includes(operationId);
        if (method !== 'get' && !harmless) expect(admin?.needs, operationId).toBe('write');
        expect(path.includes('{integration}'), operationId).toBe(admin?.about === 'integration');
    }
});

describe.each(CALLERS)('$name', ({bearer, is}) => {
    test.each(OPERATIONS)('$operationId', async (operation) => {
        const path = operation.path.replace('/v1/admin', '').replace(/\{(\w+)\}/g, (_, name: string) => PLACES[name] ?? '');
        const admin = adminWith(bridge, await bearer());
        const answer = await admin.ask(operation.method.toUpperCase(), path, operation.body ? {'': 'fits nothing'} : undefined);
        const expected = barrier(operation, is);
        if (expected !== null) expect(outcome(answer)).toBe(expected);
        else expect([401, 403], outcome(answer)).not.toContain(answer.status);
        if (answer.status !== 204) expect(answer.headers.get('cache-control') ?? 'refused').toMatch(/^(no-store|refused)$/);
    });
});

test('a role that is lost is lost within seconds, and one that is won is no use to an older session of somebody else', async () => {
    // Not the one the bot belongs to: with its owner, a bot is deactivated too.
    const [, , admin] = mattermost.seeded.agents;
    mattermost.act.setRoles(admin.id, 'system_user system_admin');
    const session = adminWith(bridge, await adminSession(bridge, aurora, admin, now));
    expect((await session.get('/me')).body).toMatchObject({kind: 'session', name: admin.username, scope: 'write', bridge_wide: false});
    mattermost.act.setRoles(admin.id, 'system_user');
    ahead += 16_000;
    expect(outcome(await session.get('/me'))).toBe('403 not_an_admin');
    mattermost.act.setRoles(admin.id, 'system_user system_admin');
    ahead += 4000;
    expect(outcome(await session.get('/me'))).toBe('200');
    mattermost.act.deactivate(admin.id);
    ahead += 16_000;
    expect(outcome(await session.get('/me'))).toBe('403 not_an_admin');
    mattermost.act.reactivate(admin.id);
    mattermost.act.setRoles(admin.id, 'system_user');
    ahead += 4000;
    expect(outcome(await session.get('/me'))).toBe('403 not_an_admin');
});

test('Mattermost does not answer: nobody is an admin on trust', async () => {
    const session = adminWith(bridge, await adminSession(bridge, aurora, mattermost.seeded.admin, now));
    ahead += 16_000;
    mattermost.faults.add({kind: 'bad-gateway'});
    const answer = await session.get('/me');
    mattermost.faults.clear();
    expect(outcome(answer)).toBe('503 mattermost_unavailable');
    expect(outcome(await session.get('/me'))).toBe('200');
});

test('who does not reach an integration sees nothing of it anywhere', async () => {
    const MARK = 'only-of-aurora';
    await bridge.deliver(
        eventOf('message.created', {conversation_id: MARK, message_id: MARK, author: {type: 'visitor', name: MARK}, text: MARK}),
    );
    await bridge.push({id: MARK, type: 'message.created'});
    const entry = {
        at: now(),
        integration_id: aurora,
        direction: 'to-mattermost',
        level: 'warn',
        code: 'sequence_gap',
        detail: MARK,
    } as const;
    const nothing = {type: null, conversation_id: MARK, source_id: MARK, delivery_seq: null, attempt: null, duration_ms: null};
    await bridge.database.write((tx) => writeLog(tx, [{...entry, ...nothing}]));
    const whole = adminWith(bridge, await token({}));
    await whole.patch('/integrations/aurora-test', {config: {conversation_link: `https://${MARK}.example/{conversation_id}`}});
    await whole.post('/integrations/aurora-test/tokens', {label: MARK});
    const {id: hidden} = await bridge.database.read
        .selectFrom('delivery')
        .select('seq as id')
        .where('conversation_id', '=', MARK)
        .executeTakeFirstOrThrow();
    const paths = [
        '/me',
        '/overview',
        '/integrations',
        '/log?limit=500',
        '/deliveries?state=queued,delivered,ignored,dead',
        '/audit?limit=500',
        '/sessions',
        '/export',
    ];
    for (const path of ['/log?limit=500', '/deliveries?state=delivered', '/audit?limit=500', '/export'])
        expect((await whole.get(path)).text, path).toContain(MARK);
    for (const bearer of [await token({integration_id: borealis}), await adminSession(bridge, borealis, elsewhere.seeded.admin, now)]) {
        const other = adminWith(bridge, bearer);
        for (const path of paths) {
            const {status, text} = await other.get(path);
            expect(status, path).toBe(200);
            expect(text, path).not.toContain(MARK);
            expect(text, path).not.toContain('aurora');
        }
        for (const path of [
            '/log?integration=aurora-test',
            '/audit?integration=aurora-test',
            '/deliveries?integration=aurora-test',
            '/export?integration=aurora-test',
            '/sessions?integration=aurora-test',
            `/log/stream?integration=${aurora}`,
        ])
            expect(outcome(await other.get(path)), path).toBe('404 no_such_integration');
        expect(outcome(await other.get(`/deliveries/${hidden}`))).toBe('404 unknown_delivery');
        expect(outcome(await other.post(`/deliveries/${hidden}/replay`))).toBe('404 unknown_delivery');
        expect(outcome(await other.post(`/deliveries/${hidden}/discard`, {reason: 'x'}))).toBe('404 unknown_delivery');
        expect(outcome(await other.patch(`/deliveries/${hidden}`, {channel_id: null}))).toBe('404 unknown_delivery');
        expect(outcome(await other.post('/deliveries/replay', {integration: 'aurora-test', limit: 1}))).toBe('404 no_such_integration');
        expect(outcome(await other.post('/sessions/revoke', {user_id: 'a'.repeat(26), integration: 'aurora-test'}))).toBe(
            '404 no_such_integration',
        );
        // What is not reached answers as what there is not.
        const [known, never] = [await other.get('/integrations/aurora-test'), await other.get('/integrations/never-was')];
        expect({...known.body, request_id: '', detail: known.body.detail.replace('aurora-test', '')}).toEqual({
            ...never.body,
            request_id: '',
            detail: never.body.detail.replace('never-was', ''),
        });
    }
    // Sessions of the other one stay alive.
    const agent = await openPanel(bridge, mattermost.seeded.agents[0].id, {now});
    const {items} = (await whole.get('/sessions?kind=agent')).body;
    const mine = items.find(({integration}: {integration: string}) => integration === 'aurora-test');
    const stranger = adminWith(bridge, await adminSession(bridge, borealis, elsewhere.seeded.admin, now));
    expect(outcome(await stranger.delete(`/sessions/${mine.id}`))).toBe('404 unknown_session');
    expect((await agent.get('/me')).status).toBe(200);
});

test('a bearer in the address or a cookie is nobody’s; pages of the Mattermost servers may call, others get no header', async () => {
    const bearer = await token({});
    const stranger = adminWith(bridge, null);
    expect(outcome(await stranger.ask('GET', '/me', undefined, {cookie: `token=${bearer}`}))).toBe('401 unauthenticated');
    expect(outcome(await stranger.ask('GET', `/me?access_token=${bearer}`))).toBe('422 unknown_parameter');
    const preflight = (origin: string) =>
        fetch(`${bridge.url}/v1/admin/integrations/aurora-test`, {
            method: 'OPTIONS',
            headers: {origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization'},
        });
    const ours = await preflight(new URL(mattermost.url).origin);
    expect(ours.headers.get('access-control-allow-origin')).toBe(new URL(mattermost.url).origin);
    expect(ours.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
});

test('one bearer that asks too often is slowed down, and no other', async () => {
    const [busy, calm] = [adminWith(bridge, await token({scope: 'read'})), adminWith(bridge, await token({scope: 'read'}))];
    const answers = await Promise.all(Array.from({length: 130}, () => busy.get('/kill-switch')));
    expect(answers.filter(({status}) => status === 429).length).toBeGreaterThan(0);
    expect(outcome(await calm.get('/kill-switch'))).toBe('200');
});
