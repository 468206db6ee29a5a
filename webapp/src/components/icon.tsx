import React from 'react';
import {useOurs} from '../hooks/useDesk.ts';
import {useWords, Words} from './words.tsx';
import './icon.css';

const BUBBLE = 'M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-7l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z';
const BELL = 'M7 12h10v1.5H7zm1-1a4 4 0 0 1 3.3-3.9V6.2h1.4v.9A4 4 0 0 1 16 11z';

/**
 * A reception bell in a speech bubble, with the number of those who wait. In the app bar or, where that is switched off, in the channel's header;
 * only the latter gives it a name, so it has its own. Without spans, of each of which the app bar makes a white circle.
 */
export function ButtonIcon() {
    const words = useWords();
    const waiting = useOurs((state) => state.counts?.waiting ?? 0);
    return (
        <b className="IReserveButton">
            <svg viewBox="0 0 24 24" width="18" height="18" fill="currentColor" fillRule="evenodd" aria-hidden="true">
                <path d={BUBBLE + BELL} />
            </svg>
            {waiting > 0 && (
                <b className="IReserveButton__count" aria-hidden="true">
                    {waiting > 99 ? '99+' : waiting}
                </b>
            )}
            <b className="sr-only">
                {words('ireserve.button.open')}
                {waiting > 0 && `, ${words('ireserve.button.waiting', {count: waiting})}`}
            </b>
        </b>
    );
}

/** Of the sidebar. */
export const Title = () => <Words id="ireserve.panel.title" />;
