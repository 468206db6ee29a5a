/** Installations that are broken in one place: the doctor names the hop, the code and what mends it. */
import {chmodSync, renameSync, utimesSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, describe, expect, it} from 'vitest';
import {isNearlyFull} from '../../bridge/doctor/checks/store.ts';
import type {FindingCode} from '../../bridge/doctor/findings.ts';
import type {DoctorOptions} from '../../bridge/doctor/inquiry.ts';
import {unanswered} from '../../bridge/doctor/probe.ts';
import {storeRoundTrip} from '../../bridge/doctor/stored.ts';
import type {Integration} from '../../bridge/integration.ts';
import {networkFailure} from '../../bridge/network-error.ts';
import {raiseNotice} from '../../bridge/store/records.ts';
import {type Installation, startInstallation} from './installation.ts';

const DAY = 86_400_000;
const HOOK = '/v1/mattermost/hook';

type Broken = {
    name: string;
    break?: (here: Installation) => unknown;
    /** Laid over what the doctor is given. */
    given?: (here: Installation) => Partial<DoctorOptions>;
    expected: FindingCode[];
    /** Words of the fix. */
    words: (string | RegExp)[];
    start?: Parameters<typeof startInstallation>[0];
    /** Without an admin's token the same must be found, when it can. */
    alsoWithout?: true;
};

const hookOn = async ({api, team, mattermost, bridge}: Installation, fields: object = {}) =>
    api<{id: string; token: string}>('POST', '/hooks/outgoing', {
        team_id: team.id,
        channel_id: mattermost.seeded.channels.notifications.id,
        display_name: 'i-Reserve',
        callback_urls: [bridge.url + HOOK],
        content_type: 'application/json',
        ...fields,
    });

const BROKEN: Broken[] = [
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
        words: ['--bot-token-file FILE'],
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
        expected: ['bot_token_refused', 'user_tokens_off', 'bot_disabled'],
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
        expected: ['bot_token_refused', 'user_tokens_off', 'bot_owner_deactivated'],
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
        words: ['--webhook-token-file FILE'],
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
    // The slash command, and with it every call of Mattermost.
    {
        name: 'no slash command',
        break: (here) => here.api('DELETE', `/commands/${here.command.id}`),
        expected: ['command_missing', 'command_missing'],
        words: ['trigger ireserve', 'team hotel-aurora'],
    },
    {
        name: 'commands switched off',
        break: (here) => void Object.assign(here.mattermost.config, {enableCommands: false}),
        expected: ['commands_off', 'command_missing', 'commands_off'],
        words: ['MM_SERVICESETTINGS_ENABLECOMMANDS=true', 'Enable Custom Slash Commands'],
    },
    {
        name: 'the command’s token is not ours',
        break: (here) => here.bridge.change({secrets: {command_tokens: ['c'.repeat(26)]}}),
        expected: ['command_refused', 'command_token_unknown'],
        words: ['--command-token-file FILE'],
    },
    {
        name: 'the command calls an address where nobody is',
        break: (here) =>
            here.api('PUT', `/commands/${here.command.id}`, {...here.command, url: 'http://127.0.0.1:9/v1/mattermost/command'}),
        expected: ['command_unreachable', 'command_url_wrong'],
        words: ['http://127.0.0.1:9', 'Set its URL to'],
    },
    {
        name: 'the command calls another program',
        break: async (here) => {
            const url = await here.front(here.mattermost.url, {
                answer: {status: 200, body: '{"text":"hi"}', headers: {'content-type': 'application/json'}},
            });
            await here.api('PUT', `/commands/${here.command.id}`, {...here.command, url});
        },
        expected: ['command_elsewhere', 'command_url_wrong'],
        words: ['takes the same trigger'],
    },
    {
        name: 'the command calls by GET',
        break: (here) => here.api('PUT', `/commands/${here.command.id}`, {...here.command, method: 'G'}),
        expected: ['command_refused', 'command_by_get'],
        words: ['Request Method to POST'],
    },
    {
        name: 'Mattermost may not call private addresses',
        break: (here) => {
            Object.assign(here.mattermost.config, {allowedUntrustedInternalConnections: 'builds.internal'});
            here.setAddresses(['10.0.0.7']);
        },
        expected: ['command_unreachable', 'address_forbidden', 'public_url_private'],
        words: [
            'MM_SERVICESETTINGS_ALLOWEDUNTRUSTEDINTERNALCONNECTIONS=builds.internal 127.0.0.1',
            'Allow untrusted internal connections to',
            'Desktop app',
        ],
    },
    // The bridge's own address.
    {
        name: 'PUBLIC_URL is not set',
        break: (here) => here.setPublicUrl(undefined),
        expected: ['public_url_missing'],
        words: ['PUBLIC_URL=https://'],
        alsoWithout: true,
    },
    {
        name: 'nobody answers at PUBLIC_URL',
        break: (here) => here.setPublicUrl('http://127.0.0.1:9'),
        expected: ['public_url_unreachable', 'command_url_wrong'],
        words: ['proxy in front of the bridge'],
    },
    {
        name: 'PUBLIC_URL redirects',
        break: async (here) => here.setPublicUrl(await here.front(here.bridge.url, {redirectTo: 'https://bridge.example.com'})),
        expected: ['public_url_redirects', 'cors_refused', 'command_url_wrong'],
        words: ['Set PUBLIC_URL to where it leads: https://bridge.example.com'],
    },
    {
        name: 'PUBLIC_URL is something else',
        break: async (here) => here.setPublicUrl(await here.front(here.bridge.url, {answer: {status: 200, body: 'It works!'}})),
        expected: ['public_url_elsewhere', 'cors_refused', 'command_url_wrong'],
        words: ['the proxy’s route'],
    },
    {
        name: 'a proxy takes the CORS headers away',
        break: async (here) => {
            const url = await here.front(here.bridge.url, {headers: {'access-control-allow-origin': ''}});
            here.setPublicUrl(url);
            await here.api('PUT', `/commands/${here.command.id}`, {...here.command, url: `${url}/v1/mattermost/command`});
        },
        expected: ['cors_refused'],
        words: ['Site URL'],
    },
    {
        name: 'Mattermost over https, the bridge over http',
        break: (here) => void Object.assign(here.mattermost.config, {siteUrl: 'https://chat.example.com'}),
        expected: ['public_url_not_https'],
        words: ['TLS'],
    },
    {
        name: 'the service does not run',
        given: () => ({bridgeUrl: 'http://127.0.0.1:9'}),
        expected: ['bridge_not_running'],
        words: ['ireserve-bridge serve', '--bridge-url'],
    },
    {
        name: 'the integration is paused',
        break: (here) => here.bridge.change({state: 'paused'}),
        expected: ['integration_not_active'],
        words: ['--state active'],
    },
    {
        name: 'test and production share the bot and the channel',
        given: (here) => {
            const production: Integration = {...here.bridge.integration, id: 'other', name: 'aurora', environment: 'production'};
            return {integrations: [here.bridge.integration, production]};
        },
        expected: ['environments_mixed'],
        words: ['bot token, channel', 'own bot and token'],
    },
    // The plugin.
    {
        name: 'the plugin is not enabled',
        break: (here) => here.api('POST', '/plugins/com.i-reserve.conversations/disable'),
        expected: ['plugin_disabled'],
        words: ['mmctl plugin enable com.i-reserve.conversations'],
    },
    {
        name: 'the plugin is of another version',
        break: (here) => here.installPlugin('0.0.1'),
        expected: ['plugin_other_version'],
        words: ['version 0.0.1'],
        alsoWithout: true,
    },
    {
        name: 'no plugin, and uploads are off',
        break: async (here) => {
            await here.api('DELETE', '/plugins/com.i-reserve.conversations');
            Object.assign(here.mattermost.config, {enablePluginUploads: false});
        },
        expected: ['plugin_missing', 'plugin_uploads_off'],
        words: ['MM_PLUGINSETTINGS_ENABLEUPLOADS=true', 'mmctl --local config set PluginSettings.EnableUploads true'],
    },
    {
        name: 'no plugin, and a signature is required',
        break: async (here) => {
            await here.api('DELETE', '/plugins/com.i-reserve.conversations');
            Object.assign(here.mattermost.config, {requirePluginSignature: true});
        },
        expected: ['plugin_missing', 'plugin_signature_required'],
        words: ['MM_PLUGINSETTINGS_REQUIREPLUGINSIGNATURE=false'],
    },
    {
        name: 'plugins are off',
        break: (here) => void Object.assign(here.mattermost.config, {enablePlugins: false}),
        expected: ['plugins_off'],
        words: ['mmctl config set PluginSettings.Enable true'],
        alsoWithout: true,
    },
    // i-Reserve.
    {
        name: 'i-Reserve has nothing to call with',
        break: async (here) => {
            await here.bridge.change({secrets: {signing_secrets: [], callback_secrets: [here.bridge.signingSecret]}});
            here.ireserve.setCallbackSecrets([here.bridge.signingSecret]);
            await here.bridge.database.write((tx) => tx.updateTable('token').set({revoked_at: Date.now()}).execute());
        },
        expected: ['credential_missing'],
        words: ['token create aurora-test'],
    },
    {
        name: 'i-Reserve’s token is about to expire',
        break: async (here) => {
            await here.bridge.change({secrets: {signing_secrets: [], callback_secrets: [here.bridge.signingSecret]}});
            here.ireserve.setCallbackSecrets([here.bridge.signingSecret]);
            await here.bridge.database.write((tx) =>
                tx
                    .updateTable('token')
                    .set({expires_at: Date.now() + 3 * DAY})
                    .execute(),
            );
        },
        expected: ['token_expires'],
        words: ['before the old one ends'],
    },
    {
        name: 'no Callback URL',
        break: (here) => here.bridge.change({config: {callback_url: ''}}),
        expected: ['callback_missing'],
        words: ['--callback-url'],
    },
    {
        name: 'the callback address is dead',
        break: (here) => here.bridge.change({config: {callback_url: 'http://127.0.0.1:9/callback'}}),
        expected: ['callback_unreachable'],
        words: ['firewall'],
    },
    {
        name: 'the callback address is wrong',
        break: (here) => here.bridge.change({config: {callback_url: `${here.ireserve.url}/nowhere`}}),
        expected: ['callback_wrong_address'],
        words: ['--callback-url'],
    },
    {
        name: 'i-Reserve has another secret',
        break: (here) => here.ireserve.setCallbackSecrets([`whsec_${Buffer.alloc(24, 1).toString('base64')}`]),
        expected: ['callback_refuses_us'],
        words: ['--callback-secret generate'],
    },
    {
        name: 'i-Reserve verifies nothing',
        break: async (here) =>
            here.bridge.change({config: {callback_url: await here.front(here.mattermost.url, {answer: {status: 200, body: '{}'}})}}),
        expected: ['callback_not_verifying'],
        words: ['docs/callbacks.md'],
    },
    {
        name: 'the callback address redirects',
        break: async (here) =>
            here.bridge.change({config: {callback_url: await here.front(here.mattermost.url, {redirectTo: 'https://new.example.com'})}}),
        expected: ['callback_redirects'],
        words: ['--callback-url https://new.example.com'],
    },
    {
        name: 'i-Reserve answers with errors',
        break: async (here) =>
            here.bridge.change({config: {callback_url: await here.front(here.mattermost.url, {answer: {status: 500, body: ''}})}}),
        expected: ['callback_failing'],
        words: ['type ping'],
    },
    {
        name: 'i-Reserve wants no more',
        break: async (here) =>
            here.bridge.change({config: {callback_url: await here.front(here.mattermost.url, {answer: {status: 410, body: ''}})}}),
        expected: ['callback_gone'],
        words: ['new address'],
    },
    {
        name: 'https callback where there is no TLS',
        break: (here) => here.bridge.change({config: {callback_url: here.ireserve.callbackUrl.replace('http:', 'https:')}}),
        expected: ['callback_tls'],
        words: ['certificate'],
    },
    {
        name: 'i-Reserve’s clock is off',
        break: async (here) => {
            const url = await here.front(here.ireserve.url, {clockMs: -120_000});
            await here.bridge.change({config: {callback_url: here.ireserve.callbackUrl.replace(here.ireserve.url, url)}});
        },
        expected: ['clock_skew_ireserve'],
        words: [/-1[12]\d s off/],
    },
    {
        name: 'the agents’ list can’t be fetched',
        break: (here) => here.bridge.change({config: {agents_url: `${here.ireserve.url}/nowhere`}}),
        expected: ['agents_url_failing'],
        words: ['--agents-url'],
    },
    {
        name: 'i-Reserve’s API can’t be reached',
        break: (here) => here.bridge.change({config: {ireserve_url: 'http://127.0.0.1:9', ireserve_user: 'api'}}),
        expected: ['bookings_unavailable'],
        words: ['two-factor'],
    },
    {
        name: 'the last round trip broke',
        break: ({bridge}) =>
            storeRoundTrip(
                bridge.database,
                bridge.integration.id,
                {
                    at: '2026-11-22T10:00:00.000Z',
                    integration: 'aurora-test',
                    channel_id: 'c',
                    ok: false,
                    broken: 'heard',
                    ms: 20_000,
                    hops: [
                        {
                            hop: 'heard',
                            title: 'The bridge hears the answer',
                            state: 'broken',
                            ms: 20_000,
                            code: 'not_listening',
                            text: 'nothing was heard',
                        },
                    ],
                },
                Date.now(),
            ),
        expected: ['round_trip_failed'],
        words: ['The bridge hears the answer', 'not_listening', '--round-trip'],
    },
    // The store.
    {
        name: 'others may read the key',
        break: (here) => chmodSync(join(here.bridge.settings.DATA_DIR, 'secret.key'), 0o644),
        expected: ['key_readable'],
        words: ['chmod 600'],
    },
    {
        name: 'the key is gone while the bridge runs on',
        break: (here) => renameSync(join(here.bridge.settings.DATA_DIR, 'secret.key'), join(here.bridge.settings.DATA_DIR, 'away')),
        expected: ['key_missing'],
        words: ['Restore', 'secret.key'],
    },
    {
        name: 'the key is two years old',
        break: (here) => utimesSync(join(here.bridge.settings.DATA_DIR, 'secret.key'), 1, Date.now() / 1000 - 800 * 86_400),
        expected: [],
        words: ['key_old', 'rotate'],
    },
    {
        name: 'the database is slow',
        given: ({bridge}) => ({
            database: {
                ...bridge.database,
                write: async (work) => {
                    await new Promise((resolve) => setTimeout(resolve, 300));
                    return bridge.database.write(work);
                },
            },
        }),
        expected: ['database_slow'],
        words: ['network file system'],
    },
    {
        name: 'something stands',
        break: ({bridge}) =>
            bridge.database.write((tx) =>
                raiseNotice(tx, {
                    integration_id: bridge.integration.id,
                    code: 'bot_not_in_channel',
                    subject: 'x',
                    detail: 'gone',
                    since: Date.now(),
                }),
            ),
        expected: ['notice_stands'],
        words: ['bot_not_in_channel since', 'ireserve-bridge status'],
    },
    {
        name: 'messages wait for long, and one was given up',
        break: async ({bridge, ireserve}) => {
            await bridge.change({state: 'inactive'});
            await ireserve.openConversation();
            const {database} = bridge;
            await database.write((tx) =>
                tx
                    .updateTable('delivery')
                    .set({received_at: Date.now() - 600_000, state: 'queued'})
                    .execute(),
            );
            const row = await database.read.selectFrom('delivery').selectAll().executeTakeFirstOrThrow();
            await database.write((tx) =>
                tx
                    .insertInto('delivery')
                    .values({...row, seq: undefined as never, source_id: 'dead', state: 'dead'})
                    .execute(),
            );
        },
        expected: ['integration_not_active', 'queue_old', 'dead_letters'],
        words: ['deliveries list --integration aurora-test --state dead'],
    },
];

describe('broken installations', () => {
    let here: Installation | undefined;
    afterEach(() => here?.end());

    it.each(BROKEN)('$name', async ({break: breakIt, given, expected, words, start, alsoWithout}) => {
        here = await startInstallation(start);
        await breakIt?.(here);
        const change = given?.(here) ?? {};
        // A busy machine's disk is slow, which says nothing of the installation; staged on purpose it is looked for.
        const told = (codes: readonly string[]) => codes.filter((code) => code !== 'database_slow' || expected.includes(code)).toSorted();
        const {codes, text, report} = await here.examine(change);
        expect(told(codes), text).toEqual([...expected].sort());
        for (const word of words)
            expect(text).toMatch(typeof word === 'string' ? new RegExp(word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : word);
        expect(JSON.stringify(report)).not.toContain('"check_failed"');
        if (alsoWithout) expect(told((await here.examine({...change, admin: false})).codes)).toEqual([...expected].sort());
    });
});

describe('what can’t be staged here', () => {
    it.each([
        ['CERT_NOT_YET_VALID', 'the clock here is wrong'],
        ['SELF_SIGNED_CERT_IN_CHAIN', 'authority that is not known'],
        ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'no secure connection could be agreed on'],
    ])('%s is trouble with TLS', (code, words) =>
        expect(unanswered(new TypeError('fetch failed', {cause: Object.assign(new Error(code), {code})}))).toEqual({
            failure: 'tls',
            detail: expect.stringMatching(new RegExp(`${words}.* \\(${code}\\)`)),
        }),
    );

    it('what breaks in the middle of a secure connection is not a failed handshake: it may have been carried out', () => {
        const cause = Object.assign(new Error('bad record mac'), {code: 'ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC'});
        expect(networkFailure(new TypeError('fetch failed', {cause}), 'Mattermost')).toMatchObject({kind: 'unknown', tls: false});
    });

    it('a disk is nearly full in time, whatever its size', () => {
        const GB = 1e9;
        expect(isNearlyFull(0.1 * GB, 1 * GB)).toBe(true);
        expect(isNearlyFull(0.3 * GB, 1 * GB)).toBe(false);
        expect(isNearlyFull(4 * GB, 100 * GB)).toBe(true);
        expect(isNearlyFull(6 * GB, 100 * GB)).toBe(false);
        expect(isNearlyFull(6 * GB, 4000 * GB)).toBe(false);
    });
});
