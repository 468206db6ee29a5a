/** What everything that acts shares: the store and the two servers. */
import type {Bridge, BridgeError} from '../client/bridge.ts';
import type {Mattermost} from '../client/mattermost.ts';
import type {Sessions} from '../client/session.ts';
import type {KeyValue} from '../state/drafts.ts';
import {changed} from '../state/reducer.ts';
import {ours} from '../state/selectors.ts';
import type {Change, PluginState} from '../state/state.ts';
import type {GlobalState, PluginStore} from '../types/mattermost.ts';

export type Context = {
    store: PluginStore;
    bridge: Bridge;
    mattermost: Mattermost;
    sessions: Sessions;
    storage: KeyValue;
    now: () => number;
    random: () => number;
    host: () => GlobalState;
    state: () => PluginState;
    change: (change: Change) => void;
    /** What went wrong may be that there is no bridge at all: then everything says so. */
    noticed: (error: BridgeError) => void;
};

export function createContext(parts: Omit<Context, 'host' | 'state' | 'change' | 'noticed'>): Context {
    const {store} = parts;
    const change = (what: Change): void => void store.dispatch(changed(what));
    return {
        ...parts,
        host: () => store.getState(),
        state: () => ours(store.getState()),
        change,
        noticed: ({failure}) => {
            if (failure) change({type: 'connection', connection: {kind: 'failed', failure}});
        },
    };
}
