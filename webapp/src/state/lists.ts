/** Which conversations are in a view, and in which order: as the bridge does it (bridge/agent-api/list.ts), for changes that come one by one. */
import type {Summary, View} from '../types/bridge.ts';

export function fits(view: View, {status, waiting_since, assignee}: Summary, user_id: string): boolean {
    if (view === 'waiting') return waiting_since !== null;
    if (view === 'mine') return assignee?.user_id === user_id && status !== 'closed';
    return view === 'closed' ? status === 'closed' : status !== 'closed';
}

/** Longest waiting first; the others by what happened last. */
export function inOrder(view: View, ids: readonly string[], summaries: Record<string, Summary>): string[] {
    const weight = (id: string): number => {
        const summary = summaries[id];
        return (view === 'waiting' ? summary?.waiting_since : -(summary?.activity_at ?? 0)) ?? 0;
    };
    return [...ids].sort((a, b) => weight(a) - weight(b) || (a < b ? -1 : 1));
}
