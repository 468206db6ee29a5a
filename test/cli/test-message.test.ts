/** The test message, and the checks it makes, against Mattermost in its versions. */
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Check, checkMattermost} from '../../bridge/admin/check-mattermost.ts';
import type {Integration} from '../../bridge/integration.ts';
import {createServers} from '../../bridge/mattermost.ts';
import {type MattermostDouble, type ServerVersion, startMattermost} from '../doubles/mattermost/start.ts';
import {addIntegration, BOT_TOKEN, CHANNEL, json, newFolder, openStore, PATIENCE_MS, run, type Store, startReady} from './command-line.ts';

/** The oldest that was measured, and the newest: they say some things differently. */
const SERVER_VERSIONS: ServerVersion[] = ['5.37', '11.1'];

describe.each(SERVER_VERSIONS)('test-message and Mattermost %s', {timeout: PATIENCE_MS}, (version) => {
    const folder = newFolder();
    let mattermost: MattermostDouble;
    let store: Store;
    let aurora: Integration;

    beforeAll(async () => {
        mattermost = await startMattermost({version});
        const {bot, channels} = mattermost.seeded;
        store = await openStore(folder);
        const config = {server_url: mattermost.url, channel_id: channels.mirror.id, notifications: {review: channels.notifications.id}};
        aurora = await addIntegration(store, 'aurora', config);
        aurora = await store.integrations.change(aurora.id, {secrets: {bot_token: bot.token}});
    });
    afterAll(async () => {
        await store.database.close();
        await mattermost.stop();
    });

    const posted = (channel: string) =>
        mattermost.look.posts(channel).filter((post) => post.message.includes('Test message from i-Reserve'));
    /** The checks themselves, without a process. */
    const failed = async ({
        channel,
        url = mattermost.url,
        token,
    }: {
        channel?: string;
        url?: string;
        token?: string;
    } = {}): Promise<Check[]> => {
        const servers = createServers({createsInFlight: 1, timeoutMs: 10_000, now: Date.now});
        const integration = {...aurora, config: {...aurora.config, server_url: url}};
        const {checks} = await checkMattermost(servers.client(url, token ?? aurora.secrets.bot_token), integration, {channel});
        return checks.filter((check) => !check.ok);
    };

    it('posts with the bot and says with whom and to what it spoke', async () => {
        const {bot, channels} = mattermost.seeded;
        const ended = await run(folder, ['test-message', 'aurora']);
        expect(ended).toMatchObject({code: 0, err: ''});
        const {Version} = (await (await fetch(`${mattermost.url}/api/v4/config/client?format=old`)).json()) as {Version: string};
        expect(ended.out).toContain(`is Mattermost ${Version}`);
        expect(ended.out).toContain(`works for bot @${bot.username}`);
        expect(ended.out).toContain(`Notification review: ~${channels.notifications.name}`);
        expect(ended.out).toContain('All in order: aurora can post.');
        expect(posted(channels.mirror.id)).toMatchObject([{user_id: bot.id}]);
        expect(posted(channels.notifications.id)).toEqual([]);
        const elsewhere = await run(folder, ['test-message', 'aurora', '--json', '--channel', channels.notifications.id]);
        expect(json(elsewhere)).toMatchObject({ok: true, bot: bot.username, server_version: Version});
        expect(posted(channels.notifications.id).map(({id}) => id)).toEqual([json(elsewhere).post_id]);
        expect(ended.out + elsewhere.out).not.toContain(bot.token);
    });

    it('ends with 1 and one next step for each thing that is not in order', async () => {
        const {bot, channels} = mattermost.seeded;
        mattermost.act.removeMember(channels.notifications.id, bot.id);
        mattermost.act.archive(channels.mirror.id);
        const [text, document] = await Promise.all([
            run(folder, ['test-message', 'aurora']),
            run(folder, ['test-message', 'aurora', '--json', '--channel', channels.notifications.id]),
        ]);
        mattermost.act.restore(channels.mirror.id);
        mattermost.act.addMember(channels.notifications.id, bot.id);
        expect([text.code, document.code]).toEqual([1, 1]);
        expect(text.out).toMatch(/FAILED +Channel: .*is archived \[channel_archived\]\n +next: Unarchive channel/);
        expect(text.out).toMatch(/FAILED +Notification review: the bot is no member of ~bookings.*\n +next: In Mattermost, add the bot/);
        expect(json(document)).toMatchObject({ok: false, checks: [{ok: true}, {ok: true}, {name: 'Channel', code: 'bot_not_in_channel'}]});
        expect(await failed()).toEqual([]);
    });

    it('names each hop that can be broken', async () => {
        const {channels, agents, team} = mattermost.seeded;
        expect(await failed({channel: channels.other.id})).toMatchObject([
            {name: 'Channel', code: 'bot_not_in_channel', next: expect.stringContaining(channels.other.id)},
        ]);
        const secret = mattermost.act.addChannel({teamId: team.id, name: 'secret', type: 'P', members: [agents[0].id]});
        expect(await failed({channel: secret.id})).toMatchObject([{name: 'Channel', code: 'bot_not_in_channel'}]);
        expect(await failed({channel: CHANNEL})).toMatchObject([{name: 'Channel', code: 'channel_unknown'}]);
        mattermost.faults.add({kind: 'error', route: 'POST /posts', next: 1});
        expect(await failed()).toMatchObject([{name: 'Test message', code: 'mattermost_error'}]);
        mattermost.faults.add({kind: 'error', route: 'POST /posts', next: 1, status: 403, id: 'api.context.permissions.app_error'});
        expect(await failed()).toMatchObject([{name: 'Test message', code: 'post_refused'}]);
        expect(await failed({token: BOT_TOKEN})).toMatchObject([
            {name: 'Bot token', code: 'mattermost_token_refused', next: expect.stringContaining('bot_token --file')},
        ]);
        const page = await startReady('no Mattermost');
        expect(await failed({url: page.url})).toMatchObject([{name: 'Server URL', code: 'mattermost_url_wrong'}]);
        await page.stop();
        expect(await failed({url: page.url})).toMatchObject([
            {name: 'Server URL', code: 'mattermost_unreachable', next: expect.stringContaining(page.url)},
        ]);
    });
});
