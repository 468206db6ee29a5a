/** The plugin in Mattermost: there, running, and of our version. */
import packageJson from '../../../package.json' with {type: 'json'};
import type {Inquiry, Seen} from '../inquiry.ts';
import {said, spoken} from '../said.ts';
import type {Check} from './check.ts';

/** As in plugin.json, which the image of the bridge does not hold. */
export const PLUGIN_ID = 'com.i-reserve.conversations';

export const PLUGIN_CHECKS: Check[] = [{id: 'plugin', hop: 'plugin', title: 'Plugin', run: plugin}];

async function plugin(inquiry: Inquiry): Promise<Seen[]> {
    const {about, client} = inquiry;
    const config: Record<string, unknown> = await inquiry.clientConfig();
    if (config.PluginsEnabled === 'false') return [{code: 'plugins_off', text: said`plugins are off`, about}];
    const running = (await client.getWebappPlugins()).find(({id}) => id === PLUGIN_ID);
    if (running) {
        const text = said`version ${running.version}, the bridge ${packageJson.version}`;
        return running.version === packageJson.version ? [{fine: spoken(text)}] : [{code: 'plugin_other_version', text, about}];
    }
    return whyNot(inquiry);
}

async function whyNot(inquiry: Inquiry): Promise<Seen[]> {
    const {adminClient, about} = inquiry;
    const missing: Seen = {code: 'plugin_missing', text: said`it is not running`, about};
    if (!adminClient) return [missing];
    const {inactive} = await adminClient.getPlugins();
    if (inactive.some(({id}) => id === PLUGIN_ID)) return [{code: 'plugin_disabled', text: said`installed, not enabled`, about}];
    const settings = (await inquiry.adminConfig())?.PluginSettings;
    if (settings && !settings.Enable) return [{code: 'plugins_off', text: said`plugins are off`, about}];
    if (settings && !settings.EnableUploads) return [missing, {code: 'plugin_uploads_off', text: said`EnableUploads is off`, about}];
    if (settings?.RequirePluginSignature)
        return [missing, {code: 'plugin_signature_required', text: said`RequirePluginSignature is on`, about}];
    return [missing];
}
