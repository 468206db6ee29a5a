import {createContext, useContext} from 'react';
import type {HostStore} from './state.ts';
import type {Theme} from './themes.ts';

export type Host = {store: HostStore; theme: Theme};
export const HostContext = createContext<Host | null>(null);

export function useHost(): Host {
    const host = useContext(HostContext);
    if (!host) throw new Error('outside of the host page');
    return host;
}
