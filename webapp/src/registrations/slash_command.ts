import type {Desk} from '../desk/desk.ts';
import {mirroredRoot} from '../state/selectors.ts';
import type {SlashCommandArguments, SlashCommandOutcome} from '../types/mattermost.ts';
import type {Open} from './open.ts';

const OPENS = /^\/ireserve(?:\s+(panel|queue))?\s*$/i;

/** `/ireserve`, typed alone, opens the panel; `queue` the list. Everything else is the bridge's to answer. */
export function makeSlashCommandHook(desk: Desk, open: Open) {
    return async (message: string, args: SlashCommandArguments): Promise<SlashCommandOutcome> => {
        try {
            const [opens, what] = OPENS.exec(message) ?? [];
            if (opens === undefined) return {message, args};
            const isThread = what !== 'queue' && args.root_id && mirroredRoot(desk.store.getState(), args.root_id);
            if (isThread && args.root_id) open.post(args.root_id);
            else open.queue();
            return {};
        } catch {
            return {message, args};
        }
    };
}
