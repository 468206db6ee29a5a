/** The same functions from the command line: what it prints, the exit code, and who stands in the audit trail. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {adminWith, type Loose} from '../admin-api/admin.ts';
import {openPanel} from '../agent-api/panel.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';
import {runInProcess} from './in-process.ts';

const SECRET = `whsec_${Buffer.alloc(24, 'k').toString('base64')}`;
let mattermost: MattermostDouble;
let bridge: TestBridge;
let folder: string;

beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ireserve-admin-cli-'));
    mattermost = await startMattermost();
    bridge = await startTestBridge({mattermost});
});
afterAll(async () => {
    await bridge.stop();
    await mattermost.stop();
    rmSync(folder, {recursive: true, force: true});
});

async function run(words: string[], {input = '', env = {}}: {input?: string; env?: Record<string, string>} = {}) {
    const ended = await runInProcess(words, {input, env: {DATA_DIR: bridge.settings.DATA_DIR, PORT: '65535', ...env}});
    return {...ended, json: (): Loose => JSON.parse(ended.out)};
}
const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
};

test('an admin token from the command line opens the API, and ends', async () => {
    const made = (await run(['admin-token', 'create', '--label', 'from here', '--scope', 'write', '--json'])).json();
    const admin = adminWith(bridge, made.token);
    expect((await admin.get('/me')).body).toMatchObject({kind: 'token', name: 'from here', scope: 'write', bridge_wide: true});
    const listed = await run(['admin-token', 'list']);
    expect(listed.out).toMatch(new RegExp(`${made.id} +live +write +all`));
    expect(listed.out).not.toContain(made.token);
    expect((await run(['admin-token', 'revoke', made.id])).code).toBe(0);
    expect((await admin.get('/me')).status).toBe(401);
    expect((await run(['admin-token', 'revoke', 'nobody'])).code).toBe(3);
    const {json} = await run(['admin-token', 'create', '--label', 'bound', '--integration', 'aurora-test', '--json']);
    expect(json()).toMatchObject({integration: 'aurora-test', scope: 'read'});
});

test('every change of the command line is in the audit trail, with the user of this machine', async () => {
    await run(['integration', 'set', 'aurora-test', '--language', 'de']);
    await run(['token', 'create', 'aurora-test', '--label', 'audited']);
    await run(['agent', 'pin', 'aurora-test', 'u'.repeat(26), 'A17', '--name', 'Anna']);
    const {entries} = (await run(['audit', 'aurora-test', '--json'])).json();
    const {username} = userInfo();
    for (const [action, change] of [
        ['integration.changed', {before: {language: 'en'}, after: {language: 'de'}}],
        ['token.added', {after: {label: 'audited'}}],
        ['agent.pinned', {subject: 'u'.repeat(26)}],
    ] as const) {
        const found = entries.find((one: Loose) => one.action === action && one.who_kind === 'cli');
        expect(found, action).toMatchObject({...change, who_name: expect.stringContaining(username), integration_name: 'aurora-test'});
    }
    const text = await run(['audit', '--action', 'integration.changed', '--wide']);
    expect(text.out).toContain('{"language":"en"} → {"language":"de"}');
    await run(['integration', 'set', 'aurora-test', '--language', 'en']);
});

test('secrets are listed without themselves, rotated and dropped', async () => {
    const added = await run(['secret', 'add', 'aurora-test', 'signing_secrets', '--file', '-', '--expires', '90d', '--json'], {
        input: `${SECRET}\n`,
    });
    expect(added.json()).toMatchObject({live: 2, shown_once: null});
    const {secrets} = (await run(['secret', 'list', 'aurora-test', '--json'])).json();
    const {values} = secrets.find(({secret}: Loose) => secret === 'signing_secrets');
    expect(values).toMatchObject([{expires_at: expect.any(String)}, {expires_at: null}]);
    const listed = await run(['secret', 'list', 'aurora-test']);
    expect(listed.out).toContain(values[0].id);
    expect(listed.out).not.toContain(SECRET);
    expect((await run(['secret', 'drop', 'aurora-test', 'signing_secrets', values[0].id])).code).toBe(0);
    expect((await run(['secret', 'drop', 'aurora-test', 'signing_secrets', values[0].id])).code).toBe(1);
    const other = file('token.txt', mattermost.seeded.agents[0].token);
    expect((await run(['secret', 'add', 'aurora-test', 'bot_token', '--file', other])).err).toContain('another account');
    expect((await run(['secret', 'add', 'aurora-test', 'webhook_tokens', '--generate'])).code).toBe(2);
    expect((await run(['secret', 'expires', 'aurora-test', 'signing_secrets', values[1].id, 'never'])).code).toBe(0);
});

test('export, a change, a dry run, an import from files and variables', async () => {
    const document = (await run(['export'])).out;
    expect(document).not.toContain(bridge.integration.secrets.bot_token);
    const changed = document
        .replace('language: en', 'language: nl')
        .replace('signing_secrets: keep', `signing_secrets:\n        - \${file:${file('secret.txt', SECRET)}}\n        - keep`);
    const path = file('integrations.yaml', changed);
    const {bot, channels} = mattermost.seeded;
    mattermost.act.removeMember(channels.mirror.id, bot.id);
    const dry = await run(['import', path, '--dry-run']);
    mattermost.act.addMember(channels.mirror.id, bot.id);
    expect(dry).toMatchObject({code: 0, out: expect.stringContaining('~ config.language: "en" → "nl"')});
    expect(dry.out).toMatch(/! Channel: .*\[bot_not_in_channel\]\n +In Mattermost, add the bot/);
    expect(dry.out).toContain('Nothing was changed');
    const done = (await run(['import', path, '--json'])).json();
    expect(done).toMatchObject({dry_run: false, changed: true, integrations: [{name: 'aurora-test', warnings: []}]});
    expect((await run(['export'])).out).toContain('language: nl');
    const wrong = await run(['import', file('wrong.yaml', changed.replace('language: nl', 'language: fr'))]);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/line \d+:\d+ integrations\.aurora-test\.config\.language/);
    expect((await run(['import', path], {env: {}})).out).toContain('There is nothing to change.');
});

test('retention by hand names how long the audit trail is kept, and leaves it to the night', async () => {
    const kept = await run(['privacy', 'retain', 'aurora-test'], {env: {AUDIT_RETENTION_DAYS: '90'}});
    expect(kept).toMatchObject({code: 0, out: expect.stringContaining('kept for 90 days (AUDIT_RETENTION_DAYS)')});
    const {audit} = (await run(['privacy', 'retain', 'aurora-test', '--json'])).json();
    expect(audit).toEqual({days: 730, last: null});
});

test('the kill switch is turned and seen', async () => {
    expect((await run(['kill-switch', 'on', '--reason', 'a drill'])).code).toBe(0);
    expect((await run(['status'])).out).toMatch(/KILL SWITCH ON since .*a drill/);
    const ready = async () => ((await (await fetch(`${bridge.url}/ready`)).json()) as Loose).kill_switch;
    expect(await ready()).toBe('on');
    expect((await run(['kill-switch', 'off', '--json'])).json()).toMatchObject({on: false});
    expect((await run(['kill-switch', 'status'])).out).toContain('off');
    expect(await ready()).toBeUndefined();
});

test('sessions are listed and ended', async () => {
    const panel = await openPanel(bridge, mattermost.seeded.agents[0].id);
    const {sessions} = (await run(['session', 'list', 'aurora-test', '--json'])).json();
    expect(sessions).toMatchObject([{kind: 'agent', integration: 'aurora-test', user_id: mattermost.seeded.agents[0].id}]);
    expect((await run(['session', 'list'])).out).toContain(sessions[0].id);
    expect((await run(['session', 'revoke', '--user', mattermost.seeded.agents[0].id, '--json'])).json()).toEqual({revoked: 1});
    expect((await panel.get('/me')).status).toBe(401);
    expect((await run(['session', 'revoke', sessions[0].id])).code).toBe(3);
    expect((await run(['session', 'revoke'])).code).toBe(2);
});

test('a dead letter is sent elsewhere', async () => {
    const event = eventOf('notification.created', {
        notification_id: 'N-cli',
        notification_type: 'booking_confirmation',
        title: 'About N-cli',
    });
    mattermost.faults.add({kind: 'error', route: 'POST /posts', status: 400, id: 'model.post.is_valid.hashtags.app_error'});
    await bridge.push(event, {prefer: 'wait=5'});
    mattermost.faults.clear();
    const {deliveries} = (await run(['deliveries', 'list', '--state', 'dead', '--json'])).json();
    const seq = String(deliveries[0].seq);
    const {mirror} = mattermost.seeded.channels;
    expect((await run(['deliveries', 'reroute', seq, 'nowhere'])).code).toBe(2);
    expect((await run(['deliveries', 'reroute', seq, mirror.id])).out).toContain(mirror.id);
    await run(['deliveries', 'retry', seq]);
    await mattermost.until(() => mattermost.look.posts(mirror.id).some(({message}) => message.includes('About N-cli')), 10_000);
    expect((await run(['deliveries', 'reroute', seq, 'none'])).code).toBe(1);
    expect((await run(['log', '--search', 'n-cli nothing-of-the-kind', '--json'])).json().entries).toEqual([]);
});

test('a trace, by number, event id or post id', async () => {
    const event = eventOf('conversation.started', {conversation_id: 'C-cli', visitor: {name: 'Sanne'}});
    const {post_ids = []} = await bridge.deliver(event);
    const byEvent = (await run(['trace', event.id, '--json'])).json();
    expect(byEvent.hops.map(({hop}: Loose) => hop)).toEqual(['accepted', 'attempt', 'delivered']);
    expect((await run(['trace', String(byEvent.delivery.id), '--json'])).json()).toEqual(byEvent);
    expect((await run(['trace', post_ids[0] ?? '', '--json'])).json().delivery.id).toBe(byEvent.delivery.id);
    expect((await run(['trace', event.id])).out).toMatch(/delivered +.*conversation.started|accepted/);
    expect((await run(['trace', 'nobody-knows'])).code).toBe(3);
});
