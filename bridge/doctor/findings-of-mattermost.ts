/** What can be wrong in Mattermost or on the way to it. */
import type {FindingEntry} from './finding-entry.ts';

const SET = 'ireserve-bridge integration set {integration}';
const ADD = 'ireserve-bridge secret add {integration}';

export const MATTERMOST_FINDINGS = {
    server_unreachable: {
        severity: 'error',
        means: 'No connection to the Mattermost server can be made.',
        mend: 'Check the Server URL {url}, DNS and the firewall from the bridge’s machine.',
    },
    server_no_answer: {
        severity: 'error',
        means: 'The Mattermost server does not answer in time.',
        mend: 'Look at the load of {url} and what stands in front of it; then run the doctor again.',
    },
    server_tls: {
        severity: 'error',
        means: 'No secure connection to the Mattermost server: its certificate is expired, for another name or of an unknown authority; or it speaks no TLS there, or too old a TLS.',
        mend: 'Expired, or for another name: renew or correct the certificate of {url}. Self-signed, or of a private authority: start the bridge, and run this command, with NODE_EXTRA_CA_CERTS=FILE (its certificate, or the authority’s; and the server must send its whole chain). No TLS there: the Server URL begins with http://. Too old: let the server, or the proxy in front, speak TLS 1.2 or newer.',
    },
    certificate_expires: {
        severity: 'warning',
        means: 'A certificate expires within two weeks, or has expired.',
        mend: 'Renew the certificate of {url}.',
    },
    server_url_redirects: {
        severity: 'error',
        means: 'The Server URL redirects: what is posted there is lost or refused.',
        mend: `Set the address it leads to: ${SET} --server-url {location}`,
    },
    server_url_wrong: {
        severity: 'error',
        means: 'Something answers at the Server URL, but it is not Mattermost’s API.',
        mend: `Set the base URL, with its subpath, without /api/v4: ${SET} --server-url https://…`,
    },
    server_failing: {
        severity: 'error',
        means: 'The Mattermost server answers with errors.',
        mend: 'Look at the Mattermost server’s own log.',
    },
    server_too_old: {
        severity: 'error',
        means: 'The Mattermost server is older than 5.37, the oldest the bridge was tried with.',
        mend: 'Update Mattermost.',
    },
    server_old_for_plugin: {
        severity: 'warning',
        means: 'The side panel needs Mattermost 11.0; threads, buttons and commands work without it.',
        mend: 'Update Mattermost to 11.0 or newer, or work without the plugin.',
    },
    site_url_missing: {
        severity: 'error',
        means: 'Mattermost has no Site URL: the side panel’s calls are refused by browsers, links and command answers are wrong.',
        mend: 'Set the address people have in their browsers.',
        settings: ['ServiceSettings.SiteURL'],
    },
    site_url_differs: {
        severity: 'info',
        means: 'People reach Mattermost under another address than the bridge does. That is fine when it is meant so, as with an internal address.',
        mend: `If it is not meant: ${SET} --server-url {location}`,
    },
    clock_skew: {
        severity: 'error',
        means: 'The clocks of the bridge and of Mattermost differ by more than a minute: catching up and signatures depend on them.',
        mend: 'Switch on time synchronisation (NTP) on both machines.',
    },
    rate_limit_low: {
        severity: 'warning',
        means: 'Mattermost’s rate limiter is on and low: a busy hour makes messages wait. It counts per address, so the bridge may share its allowance.',
        mend: 'Raise it, or switch it off where a proxy limits already; it takes a restart of Mattermost.',
        settings: ['RateLimitSettings.PerSec', 'RateLimitSettings.MaxBurst'],
    },
    post_edit_limit: {
        severity: 'warning',
        means: 'Posts can’t be edited for ever: the live card of a conversation and edited messages stop changing.',
        mend: 'Allow edits at any time.',
        settings: ['ServiceSettings.PostEditTimeLimit'],
    },
    files_off: {
        severity: 'warning',
        means: 'Mattermost takes no files: visitors’ attachments arrive as a line of text.',
        mend: 'Allow files.',
        settings: ['FileSettings.EnableFileAttachments'],
    },
    bot_creation_off: {
        severity: 'info',
        means: 'Bot accounts can’t be made. Needed only to make a bot, as `setup` does.',
        mend: 'Switch it on before setup.',
        settings: ['ServiceSettings.EnableBotAccountCreation'],
    },
    bot_token_refused: {
        severity: 'error',
        means: 'Mattermost refuses the bot token: it is wrong or revoked, or the bot or its owner was deactivated.',
        mend: `Look at the bot in Integrations → Bot Accounts; make a new token there and set it: ${ADD} bot_token --file FILE. With --admin-token-file the doctor can say more.`,
    },
    bot_disabled: {
        severity: 'error',
        means: 'The bot is disabled.',
        mend: 'Enable @{bot} in Integrations → Bot Accounts; the same token works again.',
    },
    bot_owner_deactivated: {
        severity: 'error',
        means: 'The bot’s owner was deactivated, and Mattermost disables such bots.',
        mend: 'Enable @{bot} again in Integrations → Bot Accounts, and let a service account own it; or keep bots alive without their owners.',
        settings: ['ServiceSettings.DisableBotsWhenOwnerIsDeactivated'],
    },
    bot_token_of_person: {
        severity: 'warning',
        means: 'The token is that of a person, not of a bot: it ends with that account, and what the bridge posts looks as if that person said it.',
        mend: `Make a bot (ireserve-bridge setup, or Integrations → Bot Accounts) and set its token: ${ADD} bot_token --file FILE`,
    },
    user_tokens_off: {
        severity: 'warning',
        means: 'Mattermost refuses personal access tokens of people. Bots’ tokens do not need the switch.',
        mend: 'Use a bot’s token. If it must be a person’s, switch them on.',
        settings: ['ServiceSettings.EnableUserAccessTokens'],
    },
    bot_is_admin: {
        severity: 'warning',
        means: 'The bot is a system admin: whoever gets its token owns the server. An ordinary member is enough.',
        mend: 'Take the role away: System Console → Integrations → Bot Accounts → @{bot} → Role: Member.',
    },
    emails_hidden: {
        severity: 'warning',
        means: 'Mattermost hides e-mail addresses from the bot: agents are not recognised and answer under their Mattermost names.',
        mend: 'Show them, or match by hand: ireserve-bridge agent pin {integration} …',
        settings: ['PrivacySettings.ShowEmailAddress'],
    },
    bot_not_in_team: {
        severity: 'error',
        means: 'The bot is no member of the team a channel belongs to.',
        mend: 'Add @{bot} to the team {team}: team menu → Invite people, or: mmctl team users add {team} {bot}. Then to the channel {channel}.',
    },
    channel_unknown: {
        severity: 'error',
        means: 'A configured channel does not exist.',
        mend: `Copy the Channel ID from the channel menu → View Info: ${SET} {option}`,
    },
    bot_not_in_channel: {
        severity: 'error',
        means: 'The bot is no member of a configured channel.',
        mend: 'Add @{bot} there: channel menu → Members → Add, channel {channel}.',
    },
    channel_archived: {
        severity: 'error',
        means: 'A configured channel is archived: nothing can be posted there.',
        mend: `Unarchive {channel} (System Console → User Management → Channels), or set another: ${SET} {option}`,
    },
    mirror_public: {
        severity: 'warning',
        means: 'Conversations are mirrored into a public channel: everyone in the team can read visitors’ data.',
        mend: 'Make {channel} private: channel menu → Channel Settings → Convert to private. The event stream hears it all the same; an outgoing webhook does not.',
    },
    nobody_in_channel: {
        severity: 'warning',
        means: 'Nobody but the bot is in the mirror channel: no one will answer.',
        mend: 'Add the agents to {channel}: channel menu → Members → Add.',
    },
    websocket_blocked: {
        severity: 'error',
        means: 'The event stream (WebSocket) can’t be opened: answers are found late, by looking every four seconds.',
        mend: 'Let the proxy in front of {url} pass WebSockets for /api/v4/websocket (headers Upgrade and Connection).',
    },
    webhooks_off: {
        severity: 'warning',
        means: 'Outgoing webhooks are switched off in Mattermost, and the integration has tokens for some. The event stream does not need them.',
        mend: 'Switch them on, or take the tokens out: ireserve-bridge integration set {integration} --webhook-token-file ""',
        settings: ['ServiceSettings.EnableOutgoingWebhooks'],
    },
    webhook_missing: {
        severity: 'warning',
        means: 'The integration knows an outgoing webhook’s token, but no webhook of Mattermost leads to this bridge.',
        mend: 'Run ireserve-bridge setup again, or make it: Integrations → Outgoing Webhooks, content type application/json, callback {url}.',
    },
    webhook_doubled: {
        severity: 'warning',
        means: 'Several outgoing webhooks of one channel lead to this bridge: each post is told twice. The bridge takes it once.',
        mend: 'Delete all but one in Integrations → Outgoing Webhooks.',
    },
    webhook_several_urls: {
        severity: 'warning',
        means: 'An outgoing webhook has several callback URLs; older servers then lose calls.',
        mend: 'Leave one callback URL, {url}, per webhook.',
    },
    webhook_token_unknown: {
        severity: 'warning',
        means: 'The token of the outgoing webhook is not among those the integration knows: its calls are dropped.',
        mend: `Copy the token from Integrations → Outgoing Webhooks: ${ADD} webhook_tokens --file FILE`,
    },
    webhook_token_blank: {
        severity: 'warning',
        means: 'The outgoing webhook has no token any more: an edit over the API without one blanks it.',
        mend: `Regenerate it in Integrations → Outgoing Webhooks, then: ${ADD} webhook_tokens --file FILE`,
    },
    webhook_elsewhere: {
        severity: 'warning',
        means: 'An outgoing webhook with a token of this integration calls another address.',
        mend: 'Set its callback URL to {url} in Integrations → Outgoing Webhooks.',
    },
    webhook_private: {
        severity: 'warning',
        means: 'The webhook’s channel is private now: Mattermost never calls for private channels, and says so nowhere.',
        mend: 'Nothing is lost: the event stream hears private channels. Delete the webhook in Integrations → Outgoing Webhooks.',
    },
    commands_off: {
        severity: 'error',
        means: 'Custom slash commands are switched off: no /ireserve, and the side panel can’t log in.',
        mend: 'Switch them on.',
        settings: ['ServiceSettings.EnableCommands'],
    },
    command_missing: {
        severity: 'error',
        means: 'A team has no slash command /ireserve: agents there have no commands, and the side panel can’t log in.',
        mend: 'Run ireserve-bridge setup again, or make it in team {team}: Integrations → Slash Commands, trigger ireserve, POST, URL {url}; then secret add {integration} command_tokens --file FILE',
    },
    command_unreachable: {
        severity: 'error',
        means: 'Mattermost could not get an answer of the bridge for the slash command. Buttons and webhooks go the same way.',
        mend: 'From the Mattermost server, {url} must answer: check PUBLIC_URL, DNS, firewall and certificate; a private address must be allowed.',
        settings: ['ServiceSettings.AllowedUntrustedInternalConnections'],
    },
    address_forbidden: {
        severity: 'error',
        means: 'PUBLIC_URL is a private address, and Mattermost is not allowed to call it: command, buttons and webhooks fail.',
        mend: 'Allow the host of PUBLIC_URL; it works at once.',
        settings: ['ServiceSettings.AllowedUntrustedInternalConnections'],
    },
    command_refused: {
        severity: 'error',
        means: 'What the slash command calls answered, but refused: the bridge does not know the command’s token, or it is another program.',
        mend: `Check that its URL is {url} and method POST (Integrations → Slash Commands), and give the bridge its token: ${ADD} command_tokens --file FILE`,
    },
    command_elsewhere: {
        severity: 'error',
        means: 'The slash command /ireserve is answered by something else than this bridge and integration.',
        mend: 'Set its URL to {url} in Integrations → Slash Commands of team {team}; look for a plugin that takes the same trigger.',
    },
    command_url_wrong: {
        severity: 'error',
        means: 'The slash command calls another address than this bridge.',
        mend: 'Set its URL to {url} in Integrations → Slash Commands of team {team}.',
    },
    command_by_get: {
        severity: 'error',
        means: 'The slash command calls by GET: its token would stand in every access log, and the bridge refuses it.',
        mend: 'Set its Request Method to POST in Integrations → Slash Commands of team {team}.',
    },
    command_not_run: {
        severity: 'error',
        means: 'Mattermost does not run the slash command for the bot, and so perhaps for nobody.',
        mend: 'The text has Mattermost’s reason. Try /ireserve help in a channel of team {team}; look at User Management → Permissions and at the Mattermost server’s own log.',
    },
    command_token_unknown: {
        severity: 'error',
        means: 'The bridge does not know the token of the team’s slash command, so it refuses its calls.',
        mend: `Copy the token from Integrations → Slash Commands of team {team}: ${ADD} command_tokens --file FILE`,
    },
    plugins_off: {
        severity: 'warning',
        means: 'Plugins are switched off in Mattermost: there is no side panel.',
        mend: 'Switch them on.',
        settings: ['PluginSettings.Enable'],
    },
    plugin_missing: {
        severity: 'warning',
        means: 'The plugin is not running in Mattermost: agents work in threads, without the side panel.',
        mend: 'Install and enable it: ireserve-bridge setup --plugin FILE, or System Console → Plugins → Plugin Management.',
    },
    plugin_disabled: {
        severity: 'warning',
        means: 'The plugin is installed but not enabled.',
        mend: 'Enable it: System Console → Plugins → Plugin Management → i-Reserve Conversations, or: mmctl plugin enable com.i-reserve.conversations',
    },
    plugin_other_version: {
        severity: 'warning',
        means: 'The plugin is of another version than the bridge.',
        mend: 'Install the one that came with the bridge: ireserve-bridge setup --plugin FILE',
    },
    plugin_uploads_off: {
        severity: 'warning',
        means: 'The plugin is not installed, and Mattermost takes no uploads. No admin can change that in the System Console.',
        mend: 'Switch uploads on in config.json or the environment of the server and restart it; or copy the archive into the server’s prepackaged_plugins folder.',
        settings: ['PluginSettings.EnableUploads'],
    },
    plugin_signature_required: {
        severity: 'warning',
        means: 'Mattermost takes signed plugins only, and this one is not signed.',
        mend: 'Sign the archive with a key the server trusts (mmctl plugin add needs the .sig beside it), or require no signature.',
        settings: ['PluginSettings.RequirePluginSignature'],
    },
} as const satisfies Record<string, FindingEntry>;
