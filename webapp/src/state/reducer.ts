/** The plugin's own part of the host's store (`state['plugins-<id>']`). */
export type PluginState = Record<string, never>;

export function reducer(state: PluginState = {}): PluginState {
    return state;
}
