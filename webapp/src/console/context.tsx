import {createContext, useContext, useEffect} from 'react';
import type {Admin} from './admin.ts';
import type {Integration, Me} from './answers.ts';

export const TABS = ['overview', 'integrations', 'routing', 'log', 'deliveries', 'audit', 'access', 'privacy'] as const;
export type TabId = (typeof TABS)[number];

export type ConsoleValue = {
    admin: Admin;
    me: Me;
    mayWrite: boolean;
    integrations: Integration[];
    /** Name of the one that is looked at. */
    chosen: Integration | null;
    choose(name: string): void;
    /** Asks for them again. */
    reload(): Promise<void>;
    /** Read aloud, and shown to nobody. */
    tell(text: string): void;
    /** Somebody typed what is not saved yet. */
    setUnsaved(unsaved: boolean): void;
    show(tab: TabId, focus?: {delivery?: number; conversation?: string}): void;
};

export const ConsoleContext = createContext<ConsoleValue | null>(null);

export function useConsole(): ConsoleValue {
    const value = useContext(ConsoleContext);
    if (!value) throw new Error('not within the console');
    return value;
}

/** Guards what is not saved for as long as it is shown. */
export function useUnsaved(isUnsaved: boolean): void {
    const {setUnsaved} = useConsole();
    useEffect(() => {
        setUnsaved(isUnsaved);
        return () => setUnsaved(false);
    }, [isUnsaved, setUnsaved]);
}
