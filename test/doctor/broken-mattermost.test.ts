/** Broken in one place on the way to Mattermost, at the bot, a channel or in hearing Mattermost: the doctor names the hop, the code and what mends it. */
import {examineEachBroken, HOOK, hookOn} from './broken.ts';

examineEachBroken([
    // The way to Mattermost.
    {
        name: 'the server is down',
        break: (here) => here.bridge.change({config: {server_url: 'http://127.0.0.1:9'}}),
        expected: ['server_unreachable'],
        words: ['firewall', 'http://127.0.0.1:9'],
        alsoWithout: true,
    },
    {
        name: 'the Server URL redirects, as from http to https',
        break: async (here) =>
            here.bridge.change({config: {server_url: await here.front(here.mattermost.url, {redirectTo: 'https://chat.example.com'})}}),
        expected: ['server_url_redirects'],
        words: ['--server-url https://chat.example.com'],
        alsoWithout: true,
    },
    {
        name: 'the Server URL lacks the subpath',
        break: async (here) => here.bridge.change({config: {server_url: await here.front(here.mattermost.url, {prefix: '/chat'})}}),
        expected: ['server_url_wrong'],
        words: ['with its subpath'],
    },
    {
        name: 'the Server URL ends in /api/v4',
        break: (here) => here.bridge.change({config: {server_url: `${here.mattermost.url}/api/v4`}}),
        expected: ['server_url_wrong'],
        words: ['without /api/v4'],
    },
    {
        name: 'https where there is no TLS',
        break: (here) => here.bridge.change({config: {server_url: here.mattermost.url.replace('http:', 'https:')}}),
        expected: ['server_tls'],
        words: ['NODE_EXTRA_CA_CERTS', 'http://'],
    },
    {
        name: 'the proxy in front answers 502',
        break: async (here) =>
            here.bridge.change({
                config: {server_url: await here.front(here.mattermost.url, {answer: {status: 502, body: '<h1>Bad Gateway</h1>'}})},
            }),
        expected: ['server_failing'],
        words: ['log'],
    },
    {
        name: 'the server never answers',
        break: (here) => here.mattermost.faults.add({kind: 'silent', route: 'GET /system/ping'}),
        expected: ['server_no_answer'],
        words: ['load'],
    },
    {
        name: 'the server is ancient',
        break: async (here) => {
            const body = (text: string, path: string) => (path.includes('/config/client') ? text.replace('11.1.0', '5.20.3') : text);
            await here.bridge.change({config: {server_url: await here.front(here.mattermost.url, {body})}});
        },
        expected: ['server_too_old'],
        words: ['Update Mattermost'],
    },
    {
        name: 'no Site URL',
        break: (here) => Object.assign(here.mattermost.config, {siteUrl: ''}),
        expected: ['site_url_missing'],
        words: ['MM_SERVICESETTINGS_SITEURL=', 'Web Server → Site URL', 'mmctl config set ServiceSettings.SiteURL'],
        alsoWithout: true,
    },
    {
        name: 'the clocks differ',
        break: async (here) => here.bridge.change({config: {server_url: await here.front(here.mattermost.url, {clockMs: 180_000})}}),
        expected: ['clock_skew'],
        words: ['NTP', /1[78]\d s off/],
    },
    {
        name: 'a low rate limit',
        start: {server: {config: {rateLimit: {perSec: 20, maxBurst: 150, varyByUser: false}}}},
        expected: ['rate_limit_low'],
        words: ['MM_RATELIMITSETTINGS_PERSEC=100', 'Maximum Queries per Second'],
        alsoWithout: true,
    },
    {
        name: 'edits only for five minutes',
        break: (here) => void Object.assign(here.mattermost.config, {postEditTimeLimit: 300}),
        expected: ['post_edit_limit'],
        words: ['mmctl config set ServiceSettings.PostEditTimeLimit -1'],
        alsoWithout: true,
    },
    {
        name: 'no files',
        break: (here) => void Object.assign(here.mattermost.config, {enableFileAttachments: false}),
        expected: ['files_off'],
        words: ['MM_FILESETTINGS_ENABLEFILEATTACHMENTS=true'],
        alsoWithout: true,
    },
    // The bot.
    {
        name: 'the token was revoked',
        break: (here) => here.mattermost.act.revokeTokens(here.mattermost.seeded.bot.id),
        expected: ['bot_token_refused', 'user_tokens_off'],
        words: ['bot_token --file FILE'],
    },
    {
        name: 'the token is a person’s',
        start: {server: {config: {enableUserAccessTokens: true}}},
        break: (here) => here.bridge.change({secrets: {bot_token: here.mattermost.act.newToken(here.anna.id)}}),
        expected: ['bot_token_of_person'],
        words: ['@anna.keller', 'Make a bot'],
        alsoWithout: true,
    },
    {
        name: 'the bot is disabled',
        break: async (here) => {
            await here.examine();
            await here.api('POST', `/bots/${here.mattermost.seeded.bot.id}/disable`);
        },
        expected: ['bot_token_refused', 'bot_disabled'],
        words: ['Enable @ireserve'],
    },
    {
        name: 'the bot’s owner left',
        break: async (here) => {
            const owner = here.mattermost.act.addPerson({username: 'former.admin', email: 'former@example.com'});
            const bot = here.mattermost.act.addBot({
                username: 'orphan',
                ownerId: owner.id,
                teamId: here.team.id,
                channelIds: [here.mirror.id, here.mattermost.seeded.channels.notifications.id],
            });
            await here.bridge.change({secrets: {bot_token: bot.token}});
            await here.examine();
            here.mattermost.act.deactivate(owner.id);
        },
        expected: ['bot_token_refused', 'bot_owner_deactivated'],
        words: ['@former.admin', 'MM_SERVICESETTINGS_DISABLEBOTSWHENOWNERISDEACTIVATED=false'],
    },
    {
        name: 'e-mail addresses are hidden',
        break: (here) => void Object.assign(here.mattermost.config, {showEmailAddress: false}),
        expected: ['emails_hidden'],
        words: ['mmctl config set PrivacySettings.ShowEmailAddress true', 'agent pin aurora-test', 'Users and Teams → Show Email Address'],
        alsoWithout: true,
    },
    {
        name: 'the bot is in no team',
        break: async (here) => {
            const bot = here.mattermost.act.addBot({username: 'lonely', ownerId: here.admin.id});
            await here.bridge.change({secrets: {bot_token: bot.token}});
        },
        expected: ['bot_not_in_team', 'bot_not_in_team', 'bot_not_in_team'],
        words: ['mmctl team users add hotel-aurora lonely'],
    },
    // Channels.
    {
        name: 'the bot was taken out of the mirror channel',
        break: (here) => here.mattermost.act.removeMember(here.mirror.id, here.mattermost.seeded.bot.id),
        expected: ['bot_not_in_channel'],
        words: ['Members → Add', '@ireserve'],
        alsoWithout: true,
    },
    {
        name: 'the bot was never added to a channel for notifications',
        break: (here) => here.bridge.change({config: {notifications: {booking_confirmation: here.mattermost.seeded.channels.other.id}}}),
        expected: ['bot_not_in_channel'],
        words: ['notification booking_confirmation', '~front-desk'],
        alsoWithout: true,
    },
    {
        name: 'the mirror channel is archived',
        break: (here) => here.mattermost.act.archive(here.mirror.id),
        expected: ['channel_archived'],
        words: ['Unarchive ~web-chats', '--channel ID'],
        alsoWithout: true,
    },
    {
        name: 'a channel that does not exist',
        break: (here) => here.bridge.change({config: {alert_channel_id: 'a'.repeat(26)}}),
        expected: ['channel_unknown'],
        words: ['--alert-channel ID', 'View Info'],
        alsoWithout: true,
    },
    {
        name: 'the mirror channel is public',
        break: (here) => here.bridge.change({config: {channel_id: here.mattermost.seeded.channels.notifications.id, notifications: {}}}),
        expected: ['mirror_public'],
        words: ['Convert to private'],
        alsoWithout: true,
    },
    {
        name: 'nobody is in the mirror channel',
        break: async (here) => {
            const {id} = here.mattermost.act.addChannel({
                teamId: here.team.id,
                name: 'empty',
                type: 'P',
                members: [here.mattermost.seeded.bot.id],
            });
            await here.bridge.change({config: {channel_id: id}});
        },
        expected: ['nobody_in_channel'],
        words: ['Add the agents to ~empty'],
        alsoWithout: true,
    },
    // Hearing Mattermost.
    {
        name: 'the proxy lets no WebSocket through',
        break: async (here) => here.bridge.change({config: {server_url: await here.front(here.mattermost.url, {noWebSocket: true})}}),
        expected: ['websocket_blocked'],
        words: ['Upgrade', '400'],
        alsoWithout: true,
    },
    {
        name: 'a webhook’s token, but no webhook',
        break: (here) => here.bridge.change({secrets: {webhook_tokens: ['w'.repeat(26)]}}),
        expected: ['webhook_missing'],
        words: [HOOK],
    },
    {
        name: 'the same webhook twice',
        break: async (here) => {
            const hooks = [await hookOn(here), await hookOn(here)];
            await here.bridge.change({secrets: {webhook_tokens: hooks.map(({token}) => token)}});
        },
        expected: ['webhook_doubled'],
        words: ['Delete all but one'],
    },
    {
        name: 'a webhook whose token the bridge does not know',
        break: (here) => hookOn(here),
        expected: ['webhook_token_unknown'],
        words: ['webhook_tokens --file FILE'],
    },
    {
        name: 'a webhook blanked by an edit over the API',
        break: async (here) => {
            const hook = await hookOn(here);
            const {token: _, ...rest} = hook;
            await here.api('PUT', `/hooks/outgoing/${hook.id}`, {...rest, display_name: 'edited'});
        },
        expected: ['webhook_token_blank'],
        words: ['Regenerate'],
    },
    {
        name: 'a webhook that calls somewhere else',
        break: async (here) => {
            const {token} = await hookOn(here, {callback_urls: ['https://old.example.com/v1/mattermost/hook']});
            await here.bridge.change({secrets: {webhook_tokens: [token]}});
        },
        expected: ['webhook_elsewhere'],
        words: ['old.example.com', HOOK],
    },
    {
        name: 'a webhook with several addresses',
        break: async (here) => {
            const {token} = await hookOn(here, {callback_urls: [here.bridge.url + HOOK, 'https://other.example.com/']});
            await here.bridge.change({secrets: {webhook_tokens: [token]}});
        },
        expected: ['webhook_several_urls'],
        words: ['Leave one callback URL'],
    },
    {
        name: 'a webhook’s channel became private',
        break: async (here) => {
            const {token} = await hookOn(here);
            await here.bridge.change({secrets: {webhook_tokens: [token]}});
            here.mattermost.act.makePrivate(here.mattermost.seeded.channels.notifications.id);
        },
        expected: ['webhook_private'],
        words: ['event stream hears private channels'],
    },
    {
        name: 'outgoing webhooks switched off',
        break: async (here) => {
            const {token} = await hookOn(here);
            await here.bridge.change({secrets: {webhook_tokens: [token]}});
            Object.assign(here.mattermost.config, {enableOutgoingWebhooks: false});
        },
        expected: ['webhooks_off', 'webhooks_off'],
        words: ['MM_SERVICESETTINGS_ENABLEOUTGOINGWEBHOOKS=true'],
    },
]);
