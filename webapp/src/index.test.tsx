import {beforeEach, expect, test, vi} from 'vitest';
import manifest from '../../plugin.json';
import type {HostPlugin, PluginRegistry, PluginStore} from './types/mattermost.ts';

let plugin: HostPlugin;

beforeEach(async () => {
    window.registerPlugin = vi.fn<Window['registerPlugin']>((_id, registered) => {
        plugin = registered;
    });
    vi.resetModules();
    await import('./index.tsx');
});

test('registers under the id of the manifest, which is in lower case as the server has it', () => {
    expect(window.registerPlugin).toHaveBeenCalledExactlyOnceWith(manifest.id, plugin);
    expect(manifest.id).toBe(manifest.id.toLowerCase());
});

test('initialize adds a reducer that starts with a state', () => {
    const registerReducer = vi.fn<PluginRegistry['registerReducer']>();
    plugin.initialize({registerReducer} as Partial<PluginRegistry> as PluginRegistry, {} as PluginStore);
    const reducer = registerReducer.mock.calls[0]?.[0];
    expect(reducer?.(undefined, {type: 'any'})).toEqual({});
});
