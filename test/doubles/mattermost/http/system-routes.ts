import {SERVICE_MS} from '../conditions/latency.ts';
import {signingPublicKey} from '../integrations/triggers.ts';
import {MAX_MESSAGE_RUNES} from '../posts/validate.ts';
import {ApiError} from '../state/api-error.ts';
import {requireSystemAdmin} from '../state/permissions.ts';
import type {Config, World} from '../state/world.ts';
import type {Router} from './routes.ts';

/** Mattermost's names of the settings that may be read and changed over the API, by section. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, keyof Config>>>> = {
    ServiceSettings: {
        SiteURL: 'siteUrl',
        EnableBotAccountCreation: 'enableBotAccountCreation',
        EnableUserAccessTokens: 'enableUserAccessTokens',
        EnableOutgoingWebhooks: 'enableOutgoingWebhooks',
        EnableCommands: 'enableCommands',
        AllowedUntrustedInternalConnections: 'allowedUntrustedInternalConnections',
        EnablePostUsernameOverride: 'enablePostUsernameOverride',
        EnablePostIconOverride: 'enablePostIconOverride',
        DisableBotsWhenOwnerIsDeactivated: 'disableBotsWhenOwnerIsDeactivated',
        ExperimentalEnableHardenedMode: 'hardenedMode',
        ExperimentalStrictCSRFEnforcement: 'strictCsrf',
        PostEditTimeLimit: 'postEditTimeLimit',
        EnableReliableWebSockets: 'enableReliableWebSockets',
        EnableAPIChannelDeletion: 'enableApiChannelDeletion',
        EnableAPIUserDeletion: 'enableApiUserDeletion',
    },
    FileSettings: {EnableFileAttachments: 'enableFileAttachments', MaxFileSize: 'maxFileSize'},
    PluginSettings: {Enable: 'enablePlugins', EnableUploads: 'enablePluginUploads', RequirePluginSignature: 'requirePluginSignature'},
    PrivacySettings: {ShowEmailAddress: 'showEmailAddress'},
};

export function addSystemRoutes(route: Router): void {
    route('GET', '/system/ping', () => ({json: {ActiveSearchBackend: 'database', status: 'OK'}}), {login: false, costs: SERVICE_MS.ping});

    route(
        'GET',
        '/config/client',
        ({world, caller, query}) => {
            const format = query('format');
            if (world.differs.configNeedsFormat && format !== 'old') {
                const missing = format === undefined;
                throw new ApiError(
                    missing ? 501 : 400,
                    missing ? 'api.config.client.old_format.app_error' : 'api.context.invalid_body_param.app_error',
                );
            }
            return {json: clientConfig(world, caller !== undefined)};
        },
        {login: false},
    );

    route('GET', '/config', ({world, user}) => {
        requireSystemAdmin(user);
        return {json: adminConfig(world)};
    });

    route('PUT', '/config/patch', async ({world, user, json}) => {
        requireSystemAdmin(user);
        const sections = (await json('config')) as Record<string, Record<string, unknown>>;
        if (sections.PluginSettings?.EnableUploads !== undefined) {
            throw new ApiError(403, 'api.config.update_config.not_allowed_security.app_error');
        }
        for (const [section, values] of Object.entries(sections)) {
            for (const [name, value] of Object.entries(values)) {
                const key = SETTINGS[section]?.[name];
                if (key !== undefined) {
                    Object.assign(world.config, {[key]: value});
                }
            }
        }
        return {json: adminConfig(world)};
    });

    route('GET', '/license/client', () => ({json: {IsLicensed: 'false'}}), {login: false});
}

/** Everything a string, as the web app gets it; without a log-in only what its log-in page needs. */
function clientConfig(world: World, loggedIn: boolean): Record<string, string> {
    const {config, differs} = world;
    const forAll = {
        Version: differs.number,
        BuildNumber: 'double',
        ...(loggedIn || differs.siteUrlForAll ? {SiteURL: config.siteUrl} : {}),
        PluginsEnabled: String(config.enablePlugins),
        EnableBotAccountCreation: String(config.enableBotAccountCreation),
        DiagnosticId: 'double',
    };
    if (!loggedIn) {
        return forAll;
    }
    return {
        ...forAll,
        EnableCommands: String(config.enableCommands),
        EnableOutgoingWebhooks: String(config.enableOutgoingWebhooks),
        EnableUserAccessTokens: String(config.enableUserAccessTokens),
        ShowEmailAddress: String(config.showEmailAddress),
        MaxPostSize: String(MAX_MESSAGE_RUNES),
        MaxFileSize: String(config.maxFileSize),
        EnablePostUsernameOverride: String(config.enablePostUsernameOverride),
        EnablePostIconOverride: String(config.enablePostIconOverride),
        EnableFileAttachments: String(config.enableFileAttachments),
        CollapsedThreads: differs.collapsedThreads,
        PostEditTimeLimit: String(config.postEditTimeLimit),
        DiagnosticId: 'double',
        AsymmetricSigningPublicKey: signingPublicKey(world),
    };
}

function adminConfig(world: World): Record<string, Record<string, unknown>> {
    const {rateLimit} = world.config;
    return {
        ...Object.fromEntries(
            Object.entries(SETTINGS).map(([section, names]) => [
                section,
                Object.fromEntries(Object.entries(names).map(([name, key]) => [name, world.config[key]])),
            ]),
        ),
        RateLimitSettings: {Enable: rateLimit !== undefined, PerSec: rateLimit?.perSec ?? 10, MaxBurst: rateLimit?.maxBurst ?? 100},
    };
}
