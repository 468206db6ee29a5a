import manifest from '../../plugin.json';
import {reducer} from './state/reducer.ts';
import type {HostPlugin, PluginRegistry, PluginStore} from './types/mattermost.ts';

/** The table of contents of what we add to the web app. Runs on the login page too: nothing here may need a user. */
function register(registry: PluginRegistry, _store: PluginStore): void {
    registry.registerReducer(reducer);
}

const plugin: HostPlugin = {
    initialize(registry, store) {
        // The host shows nothing at all until this has returned; a throw leaves Mattermost blank for everybody.
        try {
            register(registry, store);
        } catch (error) {
            console.error(`${manifest.id} could not be started; Mattermost goes on without it.`, error);
        }
    },
};

window.registerPlugin(manifest.id, plugin);
