/** The list of conversations. */
import type {Failure} from '../client/session.ts';
import type {View} from '../types/bridge.ts';
import type {Context} from './context.ts';

export type Queue = ReturnType<typeof createQueue>;

export function createQueue({bridge, state, change, noticed}: Context) {
    /** @returns whether the bridge answered */
    async function load(more = false): Promise<boolean> {
        const {view, search, list} = state();
        if (list.ids.length === 0 || more) change({type: 'list_loading'});
        const answer = await bridge.list(view, {search, ...(more ? {cursor: list.next_cursor} : {})});
        if (!answer.ok) {
            change({type: 'list_failed', error: answer.error});
            noticed(answer.error);
            return false;
        }
        change({type: 'list', view, search, more, ...answer.data});
        return true;
    }

    return {
        load,
        loadMore: () => load(true),
        /** Just the numbers. @returns why there is no session to ask for them */
        async count(): Promise<Failure | undefined> {
            const answer = await bridge.list('waiting', {limit: 1});
            if (answer.ok) change({type: 'counts', counts: answer.data.counts});
            return answer.ok ? undefined : answer.error.failure;
        },
        async show(view: View, search: string): Promise<void> {
            change({type: 'view', view, search});
            await load();
        },
        /** We may not see these any more. */
        drop({conversation_id, channel_id}: {conversation_id: string | null; channel_id: string | null}): void {
            const {summaries} = state();
            const inChannel = Object.values(summaries).filter(({thread}) => channel_id !== null && thread?.channel_id === channel_id);
            change({type: 'gone', ids: [...(conversation_id ? [conversation_id] : []), ...inChannel.map((one) => one.conversation_id)]});
        },
    };
}
