import {createContext, useContext} from 'react';
import {useSelector} from 'react-redux';
import type {Desk} from '../desk/desk.ts';
import {ours} from '../state/selectors.ts';
import type {PluginState} from '../state/state.ts';
import type {GlobalState} from '../types/mattermost.ts';

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
    const desk = useContext(DeskContext);
    if (!desk) throw new Error('no desk around this component');
    return desk;
}

/** Something of our own state. */
export const useOurs = <T>(select: (state: PluginState) => T): T => useSelector((state: GlobalState) => select(ours(state)));

/** Something of the host's store. */
export const useHost = <T>(select: (state: GlobalState) => T, same?: (a: T, b: T) => boolean): T => useSelector(select, same);
