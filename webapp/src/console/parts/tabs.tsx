import React, {type KeyboardEvent, type ReactNode} from 'react';
import {TABS, type TabId} from '../context.tsx';
import {Say, useSay} from '../words.tsx';

const STEPS: Record<string, (at: number) => number> = {
    ArrowRight: (at) => at + 1,
    ArrowLeft: (at) => at - 1,
    Home: () => 0,
    End: () => TABS.length - 1,
};

/** Tab key into the chosen one, arrows between them, as screen readers announce it. */
export function Tabs({tab, onTab, children}: {tab: TabId; onTab: (tab: TabId) => boolean; children: ReactNode}) {
    const say = useSay();
    const onKeyDown = (event: KeyboardEvent) => {
        const step = STEPS[event.key];
        if (!step) return;
        event.preventDefault();
        const next = TABS[(step(TABS.indexOf(tab)) + TABS.length) % TABS.length] as TabId;
        if (onTab(next)) document.getElementById(`ireserve-tab-${next}`)?.focus();
    };
    return (
        <>
            <div className="IRConsole__tabs" role="tablist" aria-label={say('ireserve.console.tabs')}>
                {TABS.map((one) => (
                    <button
                        key={one}
                        id={`ireserve-tab-${one}`}
                        type="button"
                        role="tab"
                        aria-selected={one === tab}
                        aria-controls="ireserve-tabpanel"
                        tabIndex={one === tab ? 0 : -1}
                        onClick={() => onTab(one)}
                        onKeyDown={onKeyDown}
                    >
                        <Say id={`ireserve.console.tab.${one}`} />
                    </button>
                ))}
            </div>
            <div id="ireserve-tabpanel" className="IRConsole__panel" role="tabpanel" aria-labelledby={`ireserve-tab-${tab}`}>
                {children}
            </div>
        </>
    );
}
