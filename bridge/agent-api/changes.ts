/**
 * What changed since the last look. Asking the store is the one way that works with several replicas; and since what is stamped earlier may be
 * committed later, each look overlaps the one before and drops what it has seen.
 */
import type {Integration} from '../integration.ts';
import type {Tx} from '../store/open.ts';
import type {ConversationSummary} from './contract.ts';
import {shown} from './list.ts';
import {type Links, summariesOf} from './summary.ts';

/** Longer than a write takes, and than clocks of replicas are apart. */
export const OVERLAP_MS = 5000;
const MOST = 500;

export type Change = {summary: ConversationSummary; channel_id: string; updated_at: number};

/** Conversations touched after a time, oldest change first; null: too many to tell one by one. */
export async function changesSince(tx: Tx, integration: Integration, links: Links, since: number): Promise<Change[] | null> {
    const rows = await shown(tx, integration)
        .where('conversation.updated_at', '>', since)
        .orderBy('conversation.updated_at')
        .limit(MOST + 1)
        .execute();
    if (rows.length > MOST) return null;
    const summaries = await summariesOf(tx, integration, links, rows);
    return rows.flatMap(({channel_id, updated_at}, index) => {
        const summary = summaries[index];
        return summary ? [{summary, channel_id: channel_id ?? integration.config.channel_id, updated_at}] : [];
    });
}

/** Remembers what was told, for as long as looks overlap. */
export function createMemory() {
    const told = new Map<string, {text: string; updated_at: number}>();
    return {
        /** Those that are news. */
        news(integration_id: string, changes: readonly Change[], since: number): Change[] {
            for (const [key, {updated_at}] of told) if (updated_at <= since) told.delete(key);
            return changes.filter((change) => {
                const key = `${integration_id}/${change.summary.conversation_id}`;
                const text = JSON.stringify([change.updated_at, change.summary]);
                if (told.get(key)?.text === text) return false;
                told.set(key, {text, updated_at: change.updated_at});
                return true;
            });
        },
    };
}
