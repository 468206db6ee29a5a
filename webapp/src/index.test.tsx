import {beforeEach, expect, test, vi} from 'vitest';
import manifest from '../../plugin.json';
import {createHostStore} from '../tests/render.tsx';
import type {HostPlugin, PluginRegistry} from './types/mattermost.ts';

let plugin: HostPlugin;

beforeEach(async () => {
    window.registerPlugin = vi.fn<Window['registerPlugin']>((_id, registered) => {
        plugin = registered;
    });
    vi.resetModules();
    await import('./index.tsx');
});

const METHODS = [
    'registerReducer',
    'registerTranslations',
    'registerRightHandSidebarComponent',
    'registerChannelHeaderButtonAction',
    'registerPostDropdownMenuAction',
    'registerSlashCommandWillBePostedHook',
    'registerWebSocketEventHandler',
    'registerReconnectHandler',
] as const;

const registryWith = (more: object = {}) => {
    const calls = Object.fromEntries(METHODS.map((name) => [name, vi.fn(() => ({}))]));
    return {calls, registry: {...calls, ...more} as unknown as PluginRegistry};
};

test('registers under the id of the manifest, which is in lower case as the server has it', () => {
    expect(window.registerPlugin).toHaveBeenCalledExactlyOnceWith(manifest.id, plugin);
    expect(manifest.id).toBe(manifest.id.toLowerCase());
});

test('a server of the oldest kind gets everything it knows, without a complaint', () => {
    const errors = vi.spyOn(console, 'error');
    const {calls, registry} = registryWith();
    plugin.initialize(registry, createHostStore());
    for (const name of METHODS) expect(calls[name], name).toHaveBeenCalled();
    expect(errors).not.toHaveBeenCalled();
    plugin.uninitialize?.();
});

test('one part that is refused does not take the others along', () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const refuse = () => {
        throw new Error('from the host');
    };
    const {calls, registry} = registryWith({registerRightHandSidebarComponent: refuse, registerTranslations: refuse});
    plugin.initialize(registry, createHostStore());
    expect(errors).toHaveBeenCalledTimes(2);
    expect(calls.registerReconnectHandler).toHaveBeenCalled();
    plugin.uninitialize?.();
    errors.mockRestore();
});

test('uninitialize leaves nothing that listens or ticks', () => {
    vi.useFakeTimers();
    const store = createHostStore();
    const unsubscribe = vi.fn<() => void>();
    vi.spyOn(store, 'subscribe').mockReturnValue(unsubscribe);
    plugin.initialize(registryWith().registry, store);
    plugin.uninitialize?.();
    expect(unsubscribe).toHaveBeenCalledTimes(vi.mocked(store.subscribe).mock.calls.length);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
});

test('texts are there in the languages of the web app, and in English otherwise', () => {
    const {calls, registry} = registryWith();
    plugin.initialize(registry, createHostStore());
    const [wordsIn] = (calls.registerTranslations?.mock.calls[0] ?? []) as unknown as [(locale: string) => Record<string, string>];
    expect(['nl', 'de-CH', 'ja', 'en'].map((locale) => wordsIn(locale)['ireserve.mode.note'])).toEqual([
        'Interne notitie',
        'Interne Notiz',
        'Internal note',
        'Internal note',
    ]);
    plugin.uninitialize?.();
});
