/** Round trips: all the way and back, nothing left, the broken hop named; by hand and on a schedule. */
import {join} from 'node:path';
import {sql} from 'kysely';
import {afterEach, describe, expect, it} from 'vitest';
import {roundTrip} from '../../bridge/doctor/round-trip.ts';
import type {RoundTripReport} from '../../bridge/doctor/round-trip-report.ts';
import {lastRoundTrip} from '../../bridge/doctor/stored.ts';
import type {RoundTripOptions} from '../../bridge/doctor/trip.ts';
import {createIntegrations} from '../../bridge/integrations.ts';
import {createServers} from '../../bridge/mattermost.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {standInName, trialProps} from '../../bridge/stand-in.ts';
import type {Database} from '../../bridge/store/open.ts';
import {type Scene, startScene} from '../to-ireserve/scene.ts';
import {type Front, startFront} from './front.ts';

let scene: Scene | undefined;
let front: Front | undefined;
afterEach(async () => {
    await scene?.stop();
    await front?.stop();
    [scene, front] = [undefined, undefined];
});

async function start(options: Parameters<typeof startScene>[0] = {}): Promise<Scene> {
    scene = await startScene(options);
    return scene;
}

/** As the command line makes one: another process on the same store. */
async function travel({bridge}: Scene, more: Partial<RoundTripOptions> = {}, channel_id?: string): Promise<RoundTripReport> {
    const box = createSecretBox(loadKey(undefined, join(bridge.settings.DATA_DIR, 'secret.key')));
    const integrations = createIntegrations(bridge.database, box, Date.now);
    await integrations.refresh();
    const integration = integrations.get(bridge.integration.id);
    if (!integration) throw new Error('the integration is gone');
    const servers = createServers({createsInFlight: 1, timeoutMs: 5000, now: Date.now});
    const options = {database: bridge.database, servers, box, bridgeUrl: bridge.url, now: Date.now, hopMs: 6000, ...more};
    return roundTrip(options, integration, channel_id);
}

/** Every row of every table, but for what a round trip is to leave: its result. */
async function dump({read}: Database): Promise<Record<string, unknown[]>> {
    const tables = await sql<{
        name: string;
    }>`select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'kysely_%'`.execute(read);
    const rows: Record<string, unknown[]> = {};
    for (const {name} of tables.rows) {
        if (name === 'health') continue;
        rows[name] = (await sql`select * from ${sql.table(name)}`.execute(read)).rows;
    }
    return rows;
}

const states = ({hops}: RoundTripReport) => Object.fromEntries(hops.map(({hop, state}) => [hop, state]));
const broken = ({hops}: RoundTripReport) => hops.find(({state}) => state === 'broken');

describe('a round trip', () => {
    it.each(['11.1', '5.37'] as const)('goes all the way and back on Mattermost %s, and leaves nothing', async (version) => {
        const {mattermost, bridge, ireserve, mirror} = await start({server: {version}});
        await bridge.listening();
        const [posts, rows] = [mattermost.look.posts(mirror.id), await dump(bridge.database)];
        const report = await travel(scene as Scene);
        expect(report, JSON.stringify(report.hops, null, 1)).toMatchObject({ok: true, broken: null});
        expect(new Set(report.hops.map(({state}) => state))).toEqual(new Set(['ok']));
        expect(mattermost.look.posts(mirror.id)).toEqual(posts);
        const {ear: _, ...after} = await dump(bridge.database);
        const {ear: _before, ...before} = rows;
        expect(after).toEqual(before);
        const calls = ireserve.callbackAttempts.map(
            ({body}) => JSON.parse(body) as {trial?: true; type: string; data: {conversation_id: string}},
        );
        expect(calls).toEqual([expect.objectContaining({trial: true, type: 'message.created'})]);
        expect(calls[0]?.data.conversation_id).toMatch(/^round-trip-/);
        expect(await lastRoundTrip(bridge.database, bridge.integration.id)).toEqual(report);
    });

    it('works with marks asked for, guards and a wait before sending, and in a channel of choice', async () => {
        const {mattermost, mirror} = await start({config: {reply_policy: 'explicit', undo_seconds: 30, guard_patterns: ['test']}});
        const {notifications} = mattermost.seeded.channels;
        const before = mattermost.look.posts(mirror.id, {deleted: true}).length;
        const report = await travel(scene as Scene, {}, notifications.id);
        expect(report.ok, JSON.stringify(report.hops)).toBe(true);
        expect(mattermost.look.posts(mirror.id, {deleted: true})).toHaveLength(before);
        expect(mattermost.look.posts(notifications.id)).toEqual([]);
        expect(mattermost.look.posts(notifications.id, {deleted: true}).length).toBeGreaterThan(2);
    });

    it('without a Callback URL: the way back is not set', async () => {
        await start({config: {callback_url: ''}});
        const report = await travel(scene as Scene);
        expect(report.ok).toBe(true);
        expect(states(report)).toEqual({
            bridge: 'ok',
            mattermost: 'ok',
            reply: 'ok',
            heard: 'not_set',
            callback: 'not_set',
            acknowledged: 'not_set',
            removed: 'ok',
        });
    });

    it('does not disturb: the integration’s own conversations, lists and answers go on', async () => {
        const {mattermost, bridge, ireserve, anna, open} = await start();
        const {root_id, conversation_id} = await open();
        const [report] = await Promise.all([travel(scene as Scene), mattermost.act.reply(anna.id, root_id, 'Hello Sanne')]);
        expect(report.ok, JSON.stringify(report.hops)).toBe(true);
        await ireserve.waitForMessage(conversation_id, ({text}) => text === 'Hello Sanne');
        const rows = await bridge.database.read.selectFrom('conversation').select('conversation_id').execute();
        expect(rows).toEqual([{conversation_id}]);
    });
});

describe('names the broken hop', () => {
    it.each([
        ['the bridge does not run', 'bridge', 'bridge_unreachable', async () => ({bridgeUrl: 'http://127.0.0.1:9'})],
        [
            'the bot is not in the channel',
            'mattermost',
            'bot_not_in_channel',
            async ({mattermost, mirror}: Scene) => mattermost.act.removeMember(mirror.id, mattermost.seeded.bot.id),
        ],
        [
            'the bot token is refused',
            'mattermost',
            'mattermost_token_refused',
            async ({mattermost}: Scene) => mattermost.act.revokeTokens(mattermost.seeded.bot.id),
        ],
        [
            'i-Reserve refuses',
            'callback',
            'callback_refused',
            async ({ireserve}: Scene) => ireserve.setCallbackSecrets([`whsec_${Buffer.alloc(24, 1).toString('base64')}`]),
        ],
        [
            'i-Reserve knows no such conversation',
            'callback',
            'callback_rejected',
            async (here: Scene) => here.ireserve.failCallbacks({status: 422}),
        ],
        [
            'the callback address is dead',
            'callback',
            'callback_unreachable',
            async ({bridge}: Scene) => bridge.change({config: {callback_url: 'http://127.0.0.1:9/'}}),
        ],
    ] as const)('%s', async (_, hop, code, breakIt) => {
        const here = await start();
        await here.bridge.listening();
        const given = (await breakIt(here)) as Partial<RoundTripOptions> | undefined;
        const report = await travel(here, {hopMs: 2500, ...given});
        expect(report.ok).toBe(false);
        expect(broken(report), JSON.stringify(report.hops)).toMatchObject({hop, code});
        expect(report.broken).toBe(hop);
        // What could be removed is.
        const left = await here.bridge.database.read.selectFrom('integration').select('name').execute();
        expect(left).toEqual([{name: 'aurora-test'}]);
        expect(here.mattermost.look.posts(here.mirror.id)).toEqual([]);
    });

    it('no event stream, and looking is far off', async () => {
        const here = await start({overrides: {look: {down: 600_000, up: 600_000}}});
        front = await startFront(here.mattermost.url, {noWebSocket: true});
        await here.bridge.change({config: {server_url: front.url}});
        const report = await travel(here, {hopMs: 2000});
        expect(broken(report), JSON.stringify(report.hops)).toMatchObject({hop: 'heard', code: 'not_heard'});
        expect(here.mattermost.look.posts(here.mirror.id)).toEqual([]);
    });

    it('another bridge’s database', async () => {
        const other = await startScene();
        try {
            const here = await start();
            const report = await travel(here, {bridgeUrl: other.bridge.url, hopMs: 1500});
            expect(broken(report)).toMatchObject({hop: 'bridge', code: 'bridge_elsewhere'});
        } finally {
            await other.stop();
        }
    });

    it('one at a time, and what a killed one left is taken away', async () => {
        const here = await start();
        const [first, second] = await Promise.all([travel(here), travel(here)]);
        expect([first, second].filter(({ok}) => ok)).toHaveLength(1);
        expect(broken(first.ok ? second : first)).toMatchObject({hop: 'bridge', code: 'under_way'});
        const later = () => Date.now() + 16 * 60_000;
        const box = createSecretBox(loadKey(undefined, join(here.bridge.settings.DATA_DIR, 'secret.key')));
        const integrations = createIntegrations(here.bridge.database, box, Date.now);
        await integrations.refresh();
        const {name: _, ...rest} = here.bridge.integration;
        await integrations.add({...rest, name: standInName(here.bridge.integration)});
        expect(broken(await travel(here))).toMatchObject({code: 'under_way'});
        expect((await travel(here, {now: later})).hops.find(({hop}) => hop === 'bridge')?.code).not.toBe('under_way');
    });
});

it('nobody can make the bot speak for an agent outside a round trip', async () => {
    const here = await start();
    const {mattermost, bridge, ireserve, mirror, anna} = here;
    const {root_id, conversation_id} = await here.open();
    const box = createSecretBox(loadKey(undefined, join(bridge.settings.DATA_DIR, 'secret.key')));
    // Even with a genuine mark: this integration is no stand-in.
    const props = trialProps(box, bridge.integration.id, conversation_id);
    await mattermost.act.post(mattermost.seeded.bot.id, {channel_id: mirror.id, root_id, message: 'not an agent', props});
    await mattermost.act.reply(anna.id, root_id, 'an agent');
    await ireserve.waitForMessage(conversation_id, ({text}) => text === 'an agent');
    expect(here.outbound()).not.toContain('not an agent');
});

describe('on a schedule', () => {
    const ready = async ({bridge}: Scene) =>
        (await (await fetch(`${bridge.url}/ready`)).json()) as {status: string; notices: {code: string}[]};
    const metric = async ({bridge}: Scene, name: string) =>
        new RegExp(`^${name}\\{integration="aurora-test"\\} (.*)$`, 'm').exec(await (await fetch(`${bridge.url}/metrics`)).text())?.[1];
    const eventually = async (what: () => Promise<boolean>): Promise<void> => {
        for (let tries = 0; tries < 300; tries++) {
            if (await what()) return;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error('it did not come to that');
    };

    it('feeds /ready and the metrics: broken, and mended', async () => {
        let ahead = 0;
        const here = await start({overrides: {now: () => Date.now() + ahead}});
        expect(await metric(here, 'ireserve_round_trip_ok')).toBeUndefined();
        here.ireserve.setCallbackSecrets([`whsec_${Buffer.alloc(24, 1).toString('base64')}`]);
        await here.bridge.change({config: {round_trip_minutes: 1}});
        await eventually(async () => (await ready(here)).notices.some(({code}) => code === 'round_trip_failed'));
        expect((await ready(here)).status).toBe('degraded');
        expect(await metric(here, 'ireserve_round_trip_ok')).toBe('0');
        here.ireserve.setCallbackSecrets([here.bridge.integration.secrets.signing_secrets[0] ?? '']);
        const attempts = here.ireserve.callbackAttempts.length;
        // Not before its time.
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(here.ireserve.callbackAttempts.length).toBe(attempts);
        ahead = 75_000;
        await eventually(async () => (await metric(here, 'ireserve_round_trip_ok')) === '1');
        await eventually(async () => (await ready(here)).notices.length === 0);
        expect(Number(await metric(here, 'ireserve_round_trip_seconds'))).toBeGreaterThan(0);
    }, 90_000);

    it('a bridge that is stopped meanwhile takes away what it made', async () => {
        const here = await start({config: {round_trip_minutes: 1}, overrides: {now: Date.now}});
        here.mattermost.faults.add({kind: 'slow', delayMs: 1500, route: 'POST /posts'});
        await eventually(async () => (await here.bridge.database.read.selectFrom('integration').select('id').execute()).length === 2);
        await here.bridge.goAway();
        expect(await here.bridge.database.read.selectFrom('integration').select('name').execute()).toEqual([{name: 'aurora-test'}]);
        await here.bridge.restart();
    });
});
