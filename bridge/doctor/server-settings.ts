/** Mattermost's settings the bridge depends on, each with the three ways to set it: System Console, environment variable, mmctl. */

type Section = `${string}Settings`;
type Known = {
    /** What the bridge needs it to be; findings may say something more exact. */
    wanted: string;
    /** Where in the System Console; '' where it can't be changed there. */
    console: string;
    /** Refused over the network whoever asks: config file, environment or mmctl on the server itself. */
    localOnly?: true;
};

export const SERVER_SETTINGS = {
    'ServiceSettings.SiteURL': {wanted: 'https://mattermost.example.com', console: 'Environment → Web Server → Site URL'},
    'ServiceSettings.EnableBotAccountCreation': {wanted: 'true', console: 'Integrations → Bot Accounts → Enable Bot Account Creation'},
    'ServiceSettings.DisableBotsWhenOwnerIsDeactivated': {
        wanted: 'false',
        console: 'Integrations → Bot Accounts → Disable bot accounts when owner is deactivated',
    },
    'ServiceSettings.EnableUserAccessTokens': {
        wanted: 'true',
        console: 'Integrations → Integration Management → Enable Personal Access Tokens',
    },
    'ServiceSettings.EnableOutgoingWebhooks': {
        wanted: 'true',
        console: 'Integrations → Integration Management → Enable Outgoing Webhooks',
    },
    'ServiceSettings.EnableCommands': {wanted: 'true', console: 'Integrations → Integration Management → Enable Custom Slash Commands'},
    'ServiceSettings.AllowedUntrustedInternalConnections': {
        wanted: '<host of PUBLIC_URL>',
        console: 'Environment → Developer → Allow untrusted internal connections to',
    },
    'ServiceSettings.PostEditTimeLimit': {wanted: '-1', console: 'User Management → Permissions → Edit Own Posts: time limit'},
    'ServiceSettings.EnableAPIChannelDeletion': {wanted: 'true', console: ''},
    'ServiceSettings.EnableAPIUserDeletion': {wanted: 'true', console: ''},
    'FileSettings.EnableFileAttachments': {wanted: 'true', console: 'Site Configuration → File Sharing and Downloads → Allow File Sharing'},
    'PrivacySettings.ShowEmailAddress': {wanted: 'true', console: 'Site Configuration → Users and Teams → Show Email Address'},
    'PluginSettings.Enable': {wanted: 'true', console: 'Plugins → Plugin Management → Enable Plugins'},
    'PluginSettings.EnableUploads': {wanted: 'true', console: '', localOnly: true},
    'PluginSettings.RequirePluginSignature': {wanted: 'false', console: 'Plugins → Plugin Management → Require Plugin Signature'},
    'RateLimitSettings.Enable': {wanted: 'false', console: 'Environment → Rate Limiting → Enable Rate Limiting'},
    'RateLimitSettings.PerSec': {wanted: '100', console: 'Environment → Rate Limiting → Maximum Queries per Second'},
    'RateLimitSettings.MaxBurst': {wanted: '500', console: 'Environment → Rate Limiting → Maximum Burst Size'},
} as const satisfies Record<`${Section}.${string}`, Known>;

export type ServerSetting = keyof typeof SERVER_SETTINGS;
export type Values = Partial<Record<ServerSetting, string>>;

/** One setting with its value, in all the ways to set it. */
export type HowToSet = {name: ServerSetting; value: string; console: string; environment: string; mmctl: string};

export function howToSet(name: ServerSetting, value: string = SERVER_SETTINGS[name].wanted): HowToSet {
    const {console, ...known}: Known = SERVER_SETTINGS[name];
    const environment = `MM_${name.replace('.', '_').toUpperCase()}=${value}`;
    const written = /^[\w.:/-]+$/.test(value) ? value : JSON.stringify(value);
    return {
        name,
        value,
        console: console && `System Console → ${console}: ${value}`,
        environment,
        mmctl: `mmctl ${known.localOnly ? '--local ' : ''}config set ${name} ${written}`,
    };
}
