/** The texts plugins bring, merged into the host's own. */
export type MessagesOf = (locale: string) => Record<string, string>;

const byPlugin = new Map<string, MessagesOf>();

export const translations = {
    add: (pluginId: string, messagesOf: MessagesOf) => void byPlugin.set(pluginId, messagesOf),
    remove: (pluginId: string) => void byPlugin.delete(pluginId),
    of(locale: string): Record<string, string> {
        return Object.assign({}, ...[...byPlugin.values()].map((messagesOf) => messagesOf(locale)));
    },
};
