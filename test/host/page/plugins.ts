/** Loads plugins the way the web app of 11.6 does: one script each, and nothing is drawn before every one of them has registered. */
import {handlers} from './live.ts';
import {createRegistry} from './registry.ts';
import {get} from './server.ts';
import type {ClientPlugin, HostStore} from './state.ts';
import {translations} from './translations.ts';

type Plugin = {initialize(registry: unknown, store: unknown): unknown; uninitialize?(): void};

export function preparePlugins(store: HostStore) {
    const running = new Map<string, Plugin>();
    const waiting = new Map<string, () => void>();

    Object.assign(window, {
        registerPlugin(id: string, plugin: Plugin) {
            stop(id);
            running.set(id, plugin);
            // Not caught, on purpose: a throw here keeps the whole page empty, as it would in Mattermost.
            const done = plugin.initialize(createRegistry(id, store), store);
            void Promise.resolve(done).finally(() => waiting.get(id)?.());
        },
    });

    function stop(id: string): void {
        const plugin = running.get(id);
        if (!plugin) return;
        plugin.uninitialize?.();
        running.delete(id);
        store.dispatch({type: 'REMOVED_WEBAPP_PLUGIN', data: {id}});
        for (const list of Object.values(handlers.events)) delete list[id];
        delete handlers.reconnects[id];
        translations.remove(id);
    }

    function load(manifest: ClientPlugin): Promise<void> {
        store.dispatch({type: 'RECEIVED_WEBAPP_PLUGIN', data: manifest});
        return new Promise((resolve) => {
            waiting.set(manifest.id, resolve);
            const script = document.createElement('script');
            script.id = `plugin_${manifest.id}`;
            script.src = manifest.webapp.bundle_path.replace('/static/', '/static/plugins/');
            script.onerror = () => resolve();
            document.head.append(script);
        });
    }

    return {
        loadAll: async () => void (await Promise.all((await get<ClientPlugin[]>('/plugins/webapp')).map(load))),
        stop,
    };
}
