/** Setup from nothing, again, after a failure in each of its steps, and taken back. */
import {afterEach, describe, expect, it} from 'vitest';
import {readAudit} from '../../bridge/admin/audit.ts';
import {createServers} from '../../bridge/mattermost.ts';
import {obstacles, type PlannedStep} from '../../bridge/setup/plan.ts';
import {PUBLIC_URL, type SetupScene, startSetupScene} from './scene.ts';

let here: SetupScene | undefined;
afterEach(async () => {
    await here?.end();
    here = undefined;
});

const states = (steps: readonly PlannedStep[]) => Object.fromEntries(steps.map(({key, state}) => [key, state]));
const FOR_GOOD = {enableApiChannelDeletion: true, enableApiUserDeletion: true};

describe.each(['11.1', '5.37'] as const)('from nothing, Mattermost %s', (version) => {
    it('makes everything, and the second time changes nothing', async () => {
        here = await startSetupScene({server: {version}});
        const {mattermost, integrations} = here;
        const first = await here.setUp();
        expect(states(first)).toMatchObject({
            'team/hotel-aurora': 'exists',
            bot: 'made',
            'team_member/hotel-aurora': 'made',
            'channel/chats': 'made',
            'channel_member/chats': 'made',
            'channel/bookings': 'exists',
            'channel_member/bookings': 'made',
            'channel/reviews': 'made',
            integration: 'made',
            'command/hotel-aurora': 'made',
            plugin: version === '5.37' ? 'not_needed' : 'made',
        });
        const integration = integrations.named('aurora-test');
        const client = createServers({createsInFlight: 1, timeoutMs: 5000, now: Date.now}).client(
            mattermost.url,
            integration?.secrets.bot_token ?? '',
        );
        expect(await client.getMe()).toMatchObject({username: 'ireserve-test', is_bot: true});
        const channel = await client.getChannel(integration?.config.channel_id ?? '');
        expect(channel).toMatchObject({name: 'chats', type: 'P'});
        expect(integration?.config.alert_channel_id).toBe(channel.id);
        expect(Object.keys(integration?.config.notifications ?? {})).toEqual(['booking_confirmation', 'review']);
        expect(integration?.secrets.signing_secrets).toHaveLength(1);
        expect(integration?.secrets.command_tokens).toHaveLength(1);

        const before = mattermost.look.everything();
        const again = await here.setUp();
        expect(again.filter(({state}) => state === 'made')).toEqual([]);
        expect(mattermost.look.everything()).toEqual(before);
        expect(integrations.named('aurora-test')).toEqual(integration);
        // Nothing was even tried.
        const tried = mattermost
            .requests()
            .slice(-200)
            .filter(({method, route}) => method !== 'GET' && !/login/.test(route));
        const last = version === '5.37' ? 'POST /commands' : 'POST /plugins/:plugin_id/enable';
        const since = mattermost.requests().findLastIndex(({route}) => route === last);
        expect(
            mattermost
                .requests()
                .slice(since + 1)
                .filter(({method}) => method !== 'GET'),
            JSON.stringify(tried),
        ).toEqual([]);
    });
});

describe('removing', () => {
    it('leaves nothing behind, where the server deletes for good', async () => {
        here = await startSetupScene({
            server: {config: {...FOR_GOOD, enableBotAccountCreation: false, enableCommands: false}},
            answers: {change_settings: true},
        });
        const before = here.mattermost.look.everything();
        await here.setUp();
        expect(here.mattermost.config).toMatchObject({enableBotAccountCreation: true, enableCommands: true});
        const removed = await here.remove(true);
        expect(removed.filter(({outcome}) => outcome === 'failed')).toEqual([]);
        expect(here.mattermost.look.everything()).toEqual(before);
        expect(await here.made()).toEqual([]);
        expect(here.integrations.all()).toEqual([]);
        expect(await here.remove(true)).toEqual([]);
    });

    it('archives and disables otherwise, says so, and setup brings the same back', async () => {
        here = await startSetupScene();
        await here.setUp();
        const {bot, chats} = idsIn(here);
        const removed = await here.remove(true);
        expect(removed).toEqual(
            expect.arrayContaining([
                expect.objectContaining({
                    key: 'channel/chats',
                    outcome: 'archived',
                    text: expect.stringContaining('EnableAPIChannelDeletion'),
                }),
                expect.objectContaining({key: 'bot', outcome: 'disabled', text: expect.stringContaining('EnableAPIUserDeletion')}),
            ]),
        );
        expect(states(await here.setUp())).toMatchObject({bot: 'made', 'channel/chats': 'made', integration: 'made'});
        expect(idsIn(here)).toEqual({bot, chats});
        await here.remove();
        expect(await here.made()).toEqual([]);
    });

    it('leaves what was there before: bot, channels, command', async () => {
        here = await startSetupScene({
            answers: {bot: 'ireserve', channel: 'web-chats', notifications: {booking_confirmation: 'bookings'}, alert_channel: 'web-chats'},
        });
        const before = here.mattermost.look.everything();
        const steps = await here.setUp();
        expect(states(steps)).toMatchObject({bot: 'exists', 'channel/web-chats': 'exists', 'channel_member/web-chats': 'exists'});
        await here.remove(true);
        expect(here.mattermost.look.everything()).toEqual(before);
    });

    it('goes on after a failure', async () => {
        here = await startSetupScene({server: {config: FOR_GOOD}});
        const before = here.mattermost.look.everything();
        await here.setUp();
        here.mattermost.faults.add({kind: 'error', route: 'DELETE /commands/:command_id', next: 1});
        const first = await here.remove(true);
        expect(first.filter(({outcome}) => outcome === 'failed').map(({key}) => key)).toEqual(['command/hotel-aurora']);
        expect((await here.made()).map(({key}) => key)).toEqual(['command/hotel-aurora']);
        expect((await here.remove(true)).map(({outcome}) => outcome)).toEqual(['removed']);
        expect(here.mattermost.look.everything()).toEqual(before);
    });
});

const idsIn = ({integrations, mattermost}: SetupScene) => {
    const config = integrations.named('aurora-test')?.config;
    const everything = mattermost.look.everything() as {users: {id: string; username: string}[]};
    return {bot: everything.users.find(({username}) => username === 'ireserve-test')?.id, chats: config?.channel_id};
};

/** Every call that makes something, in the order of the steps. */
const MAKING = [
    'PUT /config/patch',
    'POST /bots',
    'POST /teams/:team_id/members',
    'POST /channels',
    'POST /channels/:channel_id/members',
    'POST /users/:user_id/tokens',
    'POST /commands',
    'POST /plugins',
    'POST /plugins/:plugin_id/enable',
];

describe('resumed', () => {
    const config = {...FOR_GOOD, enableCommands: false};

    it.each(MAKING.flatMap((route) => (['error', 'error-after'] as const).map((kind) => ({route, kind}))))(
        'after $kind in $route: goes on, makes nothing twice, and remove leaves nothing',
        async ({route, kind}) => {
            here = await startSetupScene({server: {config}, answers: {change_settings: true, notifications: {}}});
            const {mattermost} = here;
            const before = mattermost.look.everything();
            mattermost.faults.add({kind, route, next: 1});
            await expect(here.setUp()).rejects.toThrow();
            expect(mattermost.faults.struck()).toEqual({[kind]: 1});
            const rest = await here.setUp();
            expect(obstacles(rest)).toEqual([]);
            const {users, tokens, commands, channels} = mattermost.look.everything() as Record<
                'users' | 'tokens' | 'commands' | 'channels',
                {description?: string; username?: string; name?: string}[]
            >;
            expect(users.filter(({username}) => username === 'ireserve-test')).toHaveLength(1);
            expect(tokens.filter(({description}) => description === 'i-Reserve bridge: aurora-test')).toHaveLength(1);
            expect(channels.filter(({name}) => name === 'chats')).toHaveLength(1);
            expect(commands).toHaveLength(1);
            expect((await here.plan()).filter(({state}) => state === 'to_make')).toEqual([]);
            await here.remove(true);
            expect(mattermost.look.everything()).toEqual(before);
        },
    );

    it.each(MAKING)('broken off after %s and never resumed: remove leaves nothing', async (route) => {
        here = await startSetupScene({server: {config}, answers: {change_settings: true, notifications: {}}});
        const before = here.mattermost.look.everything();
        here.mattermost.faults.add({kind: 'error-after', route, next: 1});
        await expect(here.setUp()).rejects.toThrow();
        expect((await here.remove(true)).filter(({outcome}) => outcome === 'failed')).toEqual([]);
        expect(here.mattermost.look.everything()).toEqual(before);
    });

    it('what Mattermost refused is not taken for ours later', async () => {
        here = await startSetupScene({server: {config: FOR_GOOD}});
        here.mattermost.faults.add({kind: 'error', route: 'POST /bots', next: 1, status: 403, id: 'api.context.permissions.app_error'});
        await expect(here.setUp()).rejects.toThrow();
        expect(await here.made()).toEqual([]);
    });
});

describe('what it can’t do itself', () => {
    it('is told with the exact settings, and nothing is begun when it is needed', async () => {
        here = await startSetupScene({
            server: {
                config: {
                    enableBotAccountCreation: false,
                    enableCommands: false,
                    enablePluginUploads: false,
                    allowedUntrustedInternalConnections: 'builds.internal',
                },
            },
        });
        const before = here.mattermost.look.everything();
        const planned = await here.plan();
        expect(here.mattermost.look.everything()).toEqual(before);
        expect(obstacles(planned).map(({key}) => key)).toEqual(['setting/ServiceSettings.EnableBotAccountCreation', 'bot']);
        const settings = planned.flatMap((step) => step.settings.map(({environment}) => environment));
        expect(settings).toEqual(
            expect.arrayContaining([
                'MM_SERVICESETTINGS_ENABLEBOTACCOUNTCREATION=true',
                'MM_SERVICESETTINGS_ENABLECOMMANDS=true',
                'MM_SERVICESETTINGS_ALLOWEDUNTRUSTEDINTERNALCONNECTIONS=builds.internal 127.0.0.1',
                'MM_PLUGINSETTINGS_ENABLEUPLOADS=true',
            ]),
        );
    });

    it('does the rest where it is not needed', async () => {
        here = await startSetupScene({server: {config: {enablePluginUploads: false, enableCommands: false}}});
        const steps = await here.setUp();
        expect(states(steps)).toMatchObject({integration: 'made', plugin: 'cannot', 'command/hotel-aurora': 'cannot'});
    });

    it.each([
        ['a team that is not there', {teams: ['nowhere']}, 'team/nowhere', 'make it in Mattermost first'],
        ['a bot’s name that is a person’s', {bot: 'anna.keller'}, 'bot', 'is a person'],
        ['a Channel ID that is none', {channel: 'a'.repeat(26)}, `channel/${'a'.repeat(26)}`, 'no channel with this id'],
    ])('%s', async (_, answers, key, text) => {
        here = await startSetupScene({answers});
        expect(obstacles(await here.plan())).toEqual(
            expect.arrayContaining([expect.objectContaining({key, text: expect.stringContaining(text)})]),
        );
    });

    it('never takes somebody else’s command', async () => {
        here = await startSetupScene();
        const {mattermost} = here;
        const {admin, team} = mattermost.seeded;
        const theirs = {team_id: team.id, trigger: 'ireserve', method: 'P', url: 'https://other.example.com/', display_name: 'theirs'};
        await fetch(`${mattermost.url}/api/v4/commands`, {
            method: 'POST',
            headers: {authorization: `Bearer ${admin.token}`},
            body: JSON.stringify(theirs),
        });
        const steps = await here.setUp();
        expect(steps.find(({key}) => key === 'command/hotel-aurora')).toMatchObject({
            state: 'cannot',
            text: expect.stringContaining('https://other.example.com/'),
        });
        await here.remove();
        expect((mattermost.look.everything() as {commands: unknown[]}).commands).toHaveLength(1);
    });
});

describe('what is there', () => {
    it('is mended: a revoked token, a blanked webhook, an old plugin', async () => {
        here = await startSetupScene({answers: {channel: 'bookings', notifications: {}, alert_channel: undefined, webhook: true}});
        const {mattermost, integrations} = here;
        const first = await here.setUp();
        expect(states(first)).toMatchObject({'webhook/bookings': 'made'});
        const before = integrations.named('aurora-test');
        expect(before?.secrets.webhook_tokens).toHaveLength(1);
        const [hook] = (
            mattermost.look.everything() as {hooks: {id: string; callback_urls: string[]; channel_id: string; team_id: string}[]}
        ).hooks;
        expect(hook?.callback_urls).toEqual([`${PUBLIC_URL}/v1/mattermost/hook`]);
        await fetch(`${mattermost.url}/api/v4/hooks/outgoing/${hook?.id}`, {
            method: 'PUT',
            headers: {authorization: `Bearer ${mattermost.seeded.admin.token}`},
            body: JSON.stringify({...hook, token: undefined}),
        });
        const bot = (mattermost.look.everything() as {users: {id: string; username: string}[]}).users.find(
            ({username}) => username === 'ireserve-test',
        );
        mattermost.act.revokeTokens(bot?.id ?? '');
        expect(states(await here.setUp())).toMatchObject({integration: 'made', 'webhook/bookings': 'made'});
        const after = integrations.named('aurora-test');
        expect(after?.secrets.bot_token).not.toBe(before?.secrets.bot_token);
        expect(after?.secrets.signing_secrets).toEqual(before?.secrets.signing_secrets);
        const hooks = (mattermost.look.everything() as {hooks: {token: string}[]}).hooks;
        expect(hooks).toHaveLength(1);
        expect(after?.secrets.webhook_tokens).toContain(hooks[0]?.token);
    });

    it('a regenerated token of a command takes the old one’s place, and what another team uses stays', async () => {
        here = await startSetupScene();
        const {mattermost, integrations} = here;
        const {admin} = mattermost.seeded;
        const ask = async (method: string, path: string, body?: object): Promise<{id: string; token: string}> => {
            const response = await fetch(`${mattermost.url}/api/v4${path}`, {
                method,
                headers: {authorization: `Bearer ${admin.token}`},
                ...(body ? {body: JSON.stringify(body)} : {}),
            });
            expect(response.ok, `${method} ${path}`).toBe(true);
            return (await response.json()) as {id: string; token: string};
        };
        const tokens = () => integrations.named('aurora-test')?.secrets.command_tokens ?? [];
        expect(states(await here.setUp()).command_tokens).toBe('not_needed');
        const [first = ''] = tokens();
        // Set up by hand in a team that setup is not told of.
        const other = await ask('POST', '/teams', {name: 'elsewhere', display_name: 'Elsewhere', type: 'O'});
        const theirs = await ask('POST', '/commands', {team_id: other.id, trigger: 'ireserve', method: 'P', url: `${PUBLIC_URL}/x`});
        const deleted = 'd'.repeat(26);
        const {id = ''} = integrations.named('aurora-test') ?? {};
        await integrations.change(id, ({secrets}) => ({secrets: {...secrets, command_tokens: [first, theirs.token, deleted]}}));
        const [command] = (mattermost.look.everything() as {commands: {id: string; token: string}[]}).commands.filter(
            ({token}) => token === first,
        );
        const {token: regenerated} = await ask('PUT', `/commands/${command?.id}/regen_token`);

        const planned = await here.plan();
        expect(planned.find(({key}) => key === 'command_tokens')).toMatchObject({
            state: 'to_make',
            text: expect.stringContaining('2 of 3'),
        });
        expect(tokens()).toHaveLength(3);
        expect(states(await here.setUp())).toMatchObject({'command/hotel-aurora': 'made', command_tokens: 'made'});
        expect(new Set(tokens())).toEqual(new Set([theirs.token, regenerated]));
        expect((await here.setUp()).filter(({state}) => state === 'made')).toEqual([]);
        const trail = await readAudit(here.database.read, {action: 'secret.changed'}, 10);
        expect(trail[0]).toMatchObject({integration_name: 'aurora-test'});
        expect(JSON.stringify(trail)).not.toContain(first);
        // With commands off Mattermost tells of none: no reason to drop any.
        mattermost.config.enableCommands = false;
        expect(states(await here.setUp())).toMatchObject({'command/hotel-aurora': 'cannot', command_tokens: 'not_needed'});
        expect(tokens()).toHaveLength(2);
    });

    it('a private channel gets no webhook', async () => {
        here = await startSetupScene({answers: {webhook: true}});
        expect((await here.setUp()).find(({key}) => key === 'webhook/chats')).toMatchObject({
            state: 'not_needed',
            text: expect.stringContaining('private'),
        });
    });

    it('test and production side by side, each with its own', async () => {
        here = await startSetupScene();
        await here.setUp();
        await here.setUp({name: 'aurora', environment: 'production', channel: 'live-chats', notifications: {}, alert_channel: undefined});
        const [test, production] = [here.integrations.named('aurora-test'), here.integrations.named('aurora')];
        expect(test?.environment).toBe('test');
        expect(production?.environment).toBe('production');
        expect(production?.secrets.bot_token).not.toBe(test?.secrets.bot_token);
        expect(production?.secrets.signing_secrets).not.toEqual(test?.secrets.signing_secrets);
        expect(production?.config.channel_id).not.toBe(test?.config.channel_id);
        // The team has one command for both, and the server one plugin: what the other needs stays.
        const removed = await here.remove(true);
        expect(removed.filter(({outcome}) => outcome === 'kept').map(({key}) => key)).toEqual(['plugin', 'command/hotel-aurora']);
        expect(here.integrations.all().map(({name}) => name)).toEqual(['aurora']);
        expect((here.mattermost.look.everything() as {commands: unknown[]}).commands).toHaveLength(1);
        await here.setUp();
        await expect(here.setUp({environment: 'production'}).then(obstacles)).resolves.toEqual([
            expect.objectContaining({key: 'integration'}),
        ]);
    });
});

describe('agents, addresses and old servers', () => {
    it('agents are added to the channels that were made, told when nobody knows them, and taken out again', async () => {
        here = await startSetupScene({answers: {agents: ['anna.keller', 'nobody.there']}});
        const {mattermost} = here;
        const anna = mattermost.seeded.agents[0];
        const steps = await here.setUp();
        expect(steps.find(({key}) => key === 'agent/anna.keller')).toMatchObject({state: 'made'});
        expect(steps.find(({key}) => key === 'agent/nobody.there')).toMatchObject({
            state: 'cannot',
            text: expect.stringContaining('knows nobody'),
        });
        const {admin, known} = await here.open();
        const again = await here.plan();
        expect(again.find(({key}) => key === 'agent/anna.keller')).toMatchObject({state: 'exists'});
        const id = known.integration?.config.channel_id ?? '';
        expect((await admin.getProfilesInChannel(id, 0, 20)).map((one) => one.id)).toContain(anna.id);
        const taken = (await here.remove()).filter(({key}) => key.startsWith('agent/'));
        expect(taken.length).toBeGreaterThan(0);
        expect(taken.every(({outcome}) => outcome !== 'failed')).toBe(true);
    });

    it('a new PUBLIC_URL changes the command that setup made, which keeps its token', async () => {
        here = await startSetupScene();
        await here.setUp();
        const tokens = here.integrations.named('aurora-test')?.secrets.command_tokens;
        const moved = {public_url: 'http://127.0.0.1:9999'};
        expect((await here.plan(moved)).find(({key}) => key === 'command/hotel-aurora')).toMatchObject({state: 'to_make'});
        await here.setUp(moved);
        const {commands} = here.mattermost.look.everything() as {commands: {url: string}[]};
        expect(commands.map(({url}) => url)).toEqual(['http://127.0.0.1:9999/v1/mattermost/command']);
        expect(here.integrations.named('aurora-test')?.secrets.command_tokens).toEqual(tokens);
    });

    it('a server that can’t take the plugin is not asked to', async () => {
        here = await startSetupScene({server: {version: '5.37'}});
        expect((await here.plan()).find(({key}) => key === 'plugin')).toMatchObject({state: 'not_needed'});
    });

    it('another bot’s token in the integration moves nobody about', async () => {
        here = await startSetupScene();
        await here.setUp();
        const {mattermost, integrations} = here;
        const id = integrations.named('aurora-test')?.id ?? '';
        await integrations.change(id, ({secrets}) => ({secrets: {...secrets, bot_token: mattermost.seeded.bot.token}}));
        const planned = await here.plan();
        expect(obstacles(planned).map(({key}) => key)).toEqual(['bot']);
        expect(planned.find(({key}) => key === 'bot')?.text).toContain('secret add aurora-test bot_token --file FILE');
    });
});
