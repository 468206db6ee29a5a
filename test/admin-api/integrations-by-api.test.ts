/** Integrations over the admin API: made, changed, tried out, and removed; each change with its line in the audit trail. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {startMattermost} from '../doubles/mattermost/start.ts';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {adminSession, adminToken, adminWith, type Loose, outcome} from './admin.ts';

let scene: Scene;
let admin: ReturnType<typeof adminWith>;
let session: ReturnType<typeof adminWith>;
const PATH = '/integrations/aurora-test';

beforeAll(async () => {
    scene = await startScene();
    const {bridge, mattermost} = scene;
    admin = adminWith(bridge, (await adminToken(bridge)).token);
    session = adminWith(bridge, await adminSession(bridge, bridge.integration.id, mattermost.seeded.admin));
});
afterAll(() => scene.stop());

const audit = async (action: string): Promise<Loose[]> => (await admin.get(`/audit?action=${action}`)).body.items;

test('all of it is shown under i-Reserve’s names, but for its secrets', async () => {
    const {body, text} = await admin.get(PATH);
    const {config, secrets} = scene.bridge.integration;
    expect(body).toMatchObject({
        ...{name: 'aurora-test', licence: 'aurora', environment: 'test', state: 'active', config},
        addresses: {
            inbound_webhook_url: expect.stringMatching(/\/v1\/mattermost\/hook$/),
            command_url: expect.stringMatching(/\/v1\/mattermost\/command$/),
        },
    });
    const bot = body.secrets.find(({secret}: Loose) => secret === 'bot_token');
    expect(bot).toMatchObject({label: 'Bot token', most: 1, values: [{last4: secrets.bot_token.slice(-4), set_at: expect.any(String)}]});
    for (const secret of [secrets.bot_token, ...secrets.signing_secrets]) expect(text).not.toContain(secret);
    expect((await admin.get(`/integrations/${body.id}`)).body).toEqual(body);
    const document = (await (await fetch(`${scene.bridge.url}/openapi.json`)).json()) as Loose;
    const described = document.components.schemas.IntegrationConfig.properties;
    // A field that is added without a word about it is found here.
    for (const field of Object.keys(config)) expect(described[field]?.description, field).toMatch(/\w{4}/);
});

test('settings are changed one by one; null is the default again; what does not fit changes nothing', async () => {
    const before = (await admin.get(PATH)).body;
    const changed = await admin.patch(PATH, {config: {language: 'de', card_email: true, undo_seconds: 3}});
    expect(changed.body.config).toEqual({...before.config, language: 'de', card_email: true, undo_seconds: 3});
    expect(changed.body.updated_at > before.updated_at).toBe(true);
    expect((await admin.patch(PATH, {config: {undo_seconds: null, language: 'en', card_email: null}})).body.config).toEqual(before.config);
    const [entry] = await audit('integration.changed');
    expect(entry).toMatchObject({
        ...{who: {kind: 'token', name: 'tests'}, integration: 'aurora-test'},
        before: {language: 'de', card_email: true, undo_seconds: 3},
        after: {language: 'en', card_email: false, undo_seconds: 0},
    });
    const wrong: [object, string][] = [
        [{config: {language: 'fr'}}, 'config.language'],
        [{config: {colour: 'blue'}}, 'config'],
        [{config: {channel_id: null}}, 'config.channel_id'],
        [{config: {conversation_link: 'https://x.example/'}}, 'config.conversation_link'],
        [{state: 'asleep'}, 'state'],
        [{name: 'other'}, ''],
    ];
    for (const [body, path] of wrong) {
        const answer = await admin.patch(PATH, body);
        expect(outcome(answer), JSON.stringify(body)).toBe('422 invalid_request');
        expect(answer.body.errors[0].path).toBe(path);
    }
    expect((await admin.get(PATH)).body.config).toEqual(before.config);
    expect((await audit('integration.changed'))[0]).toEqual(entry);
});

test('who changes what somebody else changed meanwhile is told', async () => {
    const {updated_at} = (await admin.get(PATH)).body;
    expect(outcome(await admin.patch(PATH, {config: {guard_minutes: 30}, expected_updated_at: updated_at}))).toBe('200');
    expect(outcome(await session.patch(PATH, {config: {guard_minutes: 90}, expected_updated_at: updated_at}))).toBe(
        '409 changed_meanwhile',
    );
    expect((await admin.get(PATH)).body.config.guard_minutes).toBe(30);
});

test('two who change different settings at once both do', async () => {
    const fields = ['undo_seconds', 'guard_minutes', 'file_link_minutes', 'panel_undo_seconds', 'messages_per_thread'];
    await Promise.all(fields.map((field, index) => admin.patch(PATH, {config: {[field]: 20 + index}})));
    const {config} = (await admin.get(PATH)).body;
    expect(fields.map((field) => config[field])).toEqual([20, 21, 22, 23, 24]);
    await admin.patch(PATH, {config: Object.fromEntries(fields.map((field) => [field, null]))});
});

test('one is made, and the bot token is tried first', async () => {
    const {mattermost, bridge} = scene;
    const body = {
        ...{name: 'borealis-production', licence: 'borealis', environment: 'production', state: 'paused'},
        config: {server_url: mattermost.url, channel_id: scene.mirror.id},
        secrets: {bot_token: mattermost.seeded.bot.token},
    };
    expect(outcome(await admin.post('/integrations', {...body, secrets: {bot_token: 'not-a-token-at-all'}}))).toBe('422 bot_token_refused');
    expect(outcome(await admin.post('/integrations', {...body, config: {...body.config, server_url: 'nowhere'}}))).toBe(
        '422 invalid_request',
    );
    const made = await admin.post('/integrations', body);
    expect([made.status, made.body.name, made.body.state]).toEqual([201, 'borealis-production', 'paused']);
    expect(made.text).not.toContain(mattermost.seeded.bot.token);
    expect(outcome(await admin.post('/integrations', body))).toBe('409 name_taken');
    expect((await audit('integration.added'))[0]).toMatchObject({
        integration: 'borealis-production',
        after: {licence: 'borealis', state: 'paused'},
    });
    const own = adminWith(bridge, (await adminToken(bridge, {integration_id: bridge.integration.id})).token);
    expect(outcome(await own.post('/integrations', {...body, name: 'another'}))).toBe('403 bridge_wide');
    expect(outcome(await admin.delete('/integrations/borealis-production?confirm=borealis'))).toBe('422 invalid_request');
    expect(outcome(await admin.delete('/integrations/borealis-production?confirm=borealis-production'))).toBe('204');
    expect(outcome(await admin.get('/integrations/borealis-production'))).toBe('404 no_such_integration');
    expect((await audit('integration.removed'))[0]).toMatchObject({integration: 'borealis-production', before: {licence: 'borealis'}});
});

test('who is believed to be an admin is not changed by those it would serve', async () => {
    const {bridge} = scene;
    const elsewhere = await startMattermost();
    const config = {server_url: elsewhere.url};
    const own = adminWith(bridge, (await adminToken(bridge, {integration_id: bridge.integration.id})).token);
    expect(outcome(await own.patch(PATH, {config}))).toBe('403 needs_unbound');
    expect(outcome(await session.patch(PATH, {config}))).toBe('403 other_server');
    expect(outcome(await own.post(`${PATH}/secrets/command_tokens`, {value: 'x'.repeat(26)}))).toBe('403 needs_unbound');
    const made = {name: 'evil', licence: 'x', environment: 'test', secrets: {bot_token: elsewhere.seeded.bot.token}};
    const place = {server_url: elsewhere.url, channel_id: elsewhere.seeded.channels.mirror.id};
    expect(outcome(await session.post('/integrations', {...made, config: place}))).toBe('403 other_server');
    expect((await admin.get(PATH)).body.config.server_url).toBe(scene.mattermost.url);
    await elsewhere.stop();
});

test('channels to choose from: those the bot is in; one that is set stays, and says why it can’t be used', async () => {
    const {mattermost, bridge} = scene;
    const {team, bot, agents, channels} = mattermost.seeded;
    const archived = mattermost.act.addChannel({teamId: team.id, name: 'old-ones', members: [bot.id, agents[0].id]});
    const left = mattermost.act.addChannel({teamId: team.id, name: 'left', type: 'P', members: [agents[0].id]});
    await admin.patch(PATH, {
        config: {
            notifications: {booking_confirmation: channels.notifications.id, review: archived.id, gone: 'z'.repeat(26)},
            routing: [{language: 'de', channel_id: left.id}],
        },
    });
    mattermost.act.archive(archived.id);
    const {items} = (await admin.get(`${PATH}/channels`)).body;
    const of = (id: string) => items.find(({channel_id}: Loose) => channel_id === id);
    expect(of(scene.mirror.id)).toMatchObject({
        name: 'web-chats',
        display_name: 'Web Chats',
        team: 'Hotel Aurora',
        type: 'private',
        uses: ['Channel'],
        gone: null,
    });
    expect(of(channels.notifications.id)).toMatchObject({type: 'public', uses: ['Notification booking_confirmation'], gone: null});
    expect(of(archived.id)).toMatchObject({uses: ['Notification review'], gone: 'archived'});
    expect(of(left.id)).toMatchObject({uses: ['Routing rule 0'], gone: 'not_member'});
    expect(of('z'.repeat(26))).toMatchObject({uses: ['Notification gone'], gone: 'unknown'});
    expect(of(channels.other.id)).toBeUndefined();
    expect(items.every(({type, gone}: Loose) => gone !== null || type !== null)).toBe(true);
    await admin.patch(PATH, {config: {notifications: bridge.integration.config.notifications, routing: null}});
});

test('the test button posts, and names exactly what stands in the way', async () => {
    const good = await admin.post(`${PATH}/test`);
    expect(good.body).toMatchObject({ok: true, bot: 'ireserve', post_id: expect.any(String)});
    expect(scene.mattermost.look.post(good.body.post_id)?.message).toContain('Test message from i-Reserve');
    expect((await audit('integration.tested'))[0]).toMatchObject({after: {ok: true, post_id: good.body.post_id}});
    const {other} = scene.mattermost.seeded.channels;
    const bad = await admin.post(`${PATH}/test`, {channel_id: other.id});
    expect(bad.body).toMatchObject({ok: false});
    expect(bad.body.checks.at(-1)).toMatchObject({ok: false, code: 'bot_not_in_channel', next: expect.stringContaining('add the bot')});
});

test('a routing preview says where and why, by what is saved or by what is not yet', async () => {
    const rules = [
        {language: 'de', channel_id: 'd'.repeat(26)},
        {topic: 'boats*', property: {name: 'tier', value: 'gold'}, channel_id: 'g'.repeat(26)},
    ];
    const preview = async (body: object) => (await admin.post(`${PATH}/route-preview`, body)).body;
    expect(await preview({language: 'de'})).toMatchObject({
        channel_id: scene.mirror.id,
        rule: null,
        why: expect.stringContaining('there are no rules'),
    });
    expect(await preview({language: 'de-AT', routing: rules})).toMatchObject({
        channel_id: 'd'.repeat(26),
        rule: 0,
        why: expect.stringContaining('“de-AT” matches “de”'),
    });
    expect(await preview({topic: 'Boats and more', properties: {Tier: 'Gold'}, routing: rules})).toMatchObject({
        rule: 1,
        considered: [{matched: false}, {matched: true}],
    });
    expect(await preview({topic: 'Boats', routing: rules})).toMatchObject({
        rule: null,
        channel_id: scene.mirror.id,
        why: expect.stringContaining('no rule matches'),
    });
    const {notifications} = scene.bridge.integration.config;
    const [[type, channel] = ['', '']] = Object.entries(notifications);
    expect(await preview({notification_type: type})).toMatchObject({channel_id: channel, why: expect.stringContaining(type)});
    expect(await preview({notification_type: 'unheard_of'})).toMatchObject({
        channel_id: null,
        why: expect.stringContaining('it is not sent'),
    });
    expect(await preview({notification_type: 'constructor'})).toMatchObject({channel_id: null});
});

test('the overview tells of each hop, and what it waits for', async () => {
    const {mattermost, ireserve, bridge} = scene;
    const {conversation_id, root_id} = await scene.open();
    await mattermost.act.reply(scene.anna.id, root_id, 'Good morning');
    await ireserve.waitForCallback('message.created', ({data}: Loose) => data.conversation_id === conversation_id);
    const one = async () => (await admin.get('/overview')).body.integrations.find(({name}: Loose) => name === 'aurora-test');
    await expect.poll(async () => (await one()).hops.map(({state}: Loose) => state)).toEqual(['good', 'good', 'good', 'good']);
    const {body} = await admin.get('/overview');
    expect(body).toMatchObject({
        version: expect.stringMatching(/^\d/),
        database: {kind: 'sqlite', writable: true},
        kill_switch: {on: false},
    });
    expect(await one()).toMatchObject({health: 'good', listening: {up: true}, queued: 0, dead: 0, notices: []});
    for (const {last_success_at} of (await one()).hops.slice(0, 2))
        expect(Date.parse(last_success_at)).toBeGreaterThan(Date.now() - 60_000);
    mattermost.act.removeMember(scene.mirror.id, mattermost.seeded.bot.id);
    await bridge.push(
        {
            id: 'evt-waits',
            type: 'message.created',
            timestamp: new Date().toISOString(),
            data: {conversation_id, message_id: 'M-w', author: {type: 'visitor'}, text: 'Hello?'},
        },
        {prefer: 'wait=1'},
    );
    await expect.poll(async () => (await one()).health).toBe('bad');
    const [, posting] = (await one()).hops;
    expect(posting).toMatchObject({hop: 'bridge_to_mattermost', state: 'bad', queued: 1, last_failure: {code: 'bot_not_in_channel'}});
    expect((await one()).notices[0]).toMatchObject({code: 'bot_not_in_channel', next: expect.stringContaining('add the bot')});
    mattermost.act.addMember(scene.mirror.id, mattermost.seeded.bot.id);
});
