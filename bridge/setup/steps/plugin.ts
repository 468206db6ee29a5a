/** The plugin, uploaded when the server allows it. */
import {PLUGIN_ID} from '../../doctor/checks/plugin.ts';
import {isBefore, OLDEST_FOR_PLUGIN} from '../../doctor/checks/server.ts';
import {howToSet} from '../../doctor/server-settings.ts';
import type {SetupAnswers} from '../answers.ts';
import {adopt, type Look, making, type Site, type Step} from '../site.ts';

export const pluginSteps = ({plugin}: SetupAnswers): Step[] =>
    plugin === false
        ? []
        : [{key: 'plugin', what: 'plugin', why: 'the side panel with queue, transcript and composer', required: false, look, make}];

async function look(site: Site): Promise<Look> {
    const {admin, plugin, config} = site;
    const {Version = ''} = (await admin.getClientConfig()) as {Version?: string};
    if (isBefore(Version, OLDEST_FOR_PLUGIN))
        return {
            state: 'not_needed',
            text: `Mattermost ${Version} can’t take it: it needs ${OLDEST_FOR_PLUGIN.join('.')}; threads, buttons and commands work without`,
        };
    const {active, inactive} = await admin.getPlugins().catch(() => ({active: [], inactive: []}));
    const there = [...active, ...inactive].find(({id}) => id === PLUGIN_ID);
    const runs = active.some(({id}) => id === PLUGIN_ID);
    if (there && runs && (!plugin || plugin.version === there.version)) {
        await adopt(site, 'plugin', PLUGIN_ID);
        return {state: 'exists', text: `version ${there.version} is running`};
    }
    if (there && (!plugin || plugin.version === there.version)) return {state: 'to_make', text: `version ${there.version} will be enabled`};
    const {Enable, EnableUploads, RequirePluginSignature} = config.PluginSettings;
    if (!Enable) return {state: 'cannot', text: 'plugins are off', settings: [howToSet('PluginSettings.Enable')]};
    if (!EnableUploads)
        return {
            state: 'cannot',
            text: 'uploads are off, and no admin can change that over the network',
            settings: [howToSet('PluginSettings.EnableUploads')],
        };
    if (RequirePluginSignature)
        return {state: 'cannot', text: 'only signed plugins are taken', settings: [howToSet('PluginSettings.RequirePluginSignature')]};
    if (!plugin) return {state: 'cannot', text: 'there is no archive: make dist, then --plugin dist/….tar.gz'};
    return {state: 'to_make', text: there ? `version ${there.version} → ${plugin.version}` : `version ${plugin.version} will be uploaded`};
}

async function make(site: Site): Promise<void> {
    const {admin, plugin} = site;
    const {active, inactive} = await admin.getPlugins();
    const there = [...active, ...inactive].find(({id}) => id === PLUGIN_ID);
    const upload = async () => {
        if (!plugin) throw new Error('there is no archive');
        await admin.uploadPlugin(new File([plugin.bytes], plugin.name), there !== undefined);
        return {id: PLUGIN_ID};
    };
    // One that was there before is not ours to take away: only replaced.
    if (!there) await making(site, 'plugin', 'plugin', {id: PLUGIN_ID}, upload);
    else if (plugin && plugin.version !== there.version) await upload();
    await admin.enablePlugin(PLUGIN_ID);
}
