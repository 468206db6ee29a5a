/** The visitor is typing: shown at once in the thread, at most every two seconds, never stored, never retried. */
import type {Integration} from '../integration.ts';
import type {Servers} from '../mattermost.ts';
import type {Database} from '../store/open.ts';
import {findConversation} from '../store/records.ts';

const EVERY_MS = 2000;

export function createTyping(
    database: Database,
    servers: Servers,
    now: () => number,
): (integration: Integration, conversation_id: string) => void {
    const shown = new Map<string, number>();

    async function show(integration: Integration, conversation_id: string): Promise<void> {
        const known = await findConversation(database.read, integration.id, conversation_id);
        if (!known?.thread) return;
        const client = servers.client(integration.config.server_url, integration.secrets.bot_token);
        await client.typing('me', known.thread.channel_id, known.thread.root_id);
    }

    return (integration, conversation_id) => {
        const key = `${integration.id}/${conversation_id}`;
        const at = now();
        if (at - (shown.get(key) ?? 0) < EVERY_MS) return;
        if (shown.size > 1000) shown.clear();
        shown.set(key, at);
        // A lost typing sign is no loss.
        show(integration, conversation_id).catch(() => undefined);
    };
}
