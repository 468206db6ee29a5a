/** Broken in one place where Mattermost calls the bridge, at the bridge’s own address or at the plugin. */
import type {Integration} from '../../bridge/integration.ts';
import {examineEachBroken} from './broken.ts';

examineEachBroken([
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
        words: ['command_tokens --file FILE'],
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
        given: () => ({bridgeUrls: ['http://127.0.0.1:9']}),
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
]);
