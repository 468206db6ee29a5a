import React from 'react';
import {useOurs} from '../hooks/useDesk.ts';
import {useWords, Words} from './words.tsx';
import './icon.css';

const BUBBLE = 'M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-7l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z';
const BELL = 'M7 12h10v1.5H7zm1-1a4 4 0 0 1 3.3-3.9V6.2h1.4v.9A4 4 0 0 1 16 11z';

/** A reception bell in a speech bubble; for the app bar, which takes an address. */
export const ICON_URL = `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24"><path fill="#1c58d9" d="${BUBBLE}"/><path fill="#fff" d="${BELL}"/></svg>`,
)}`;

/** In the channel header, with the number of those who wait. */
export function HeaderIcon() {
    const words = useWords();
    const waiting = useOurs((state) => state.counts?.waiting ?? 0);
    return (
        <span className="IReserveButton">
            <svg viewBox="0 0 24 24" width="18" height="18" fill="currentColor" fillRule="evenodd" aria-hidden="true">
                <path d={BUBBLE + BELL} />
            </svg>
            {waiting > 0 && (
                <>
                    <span className="IReserveButton__count" aria-hidden="true">
                        {waiting > 99 ? '99+' : waiting}
                    </span>
                    <span className="sr-only">{words('ireserve.button.waiting', {count: waiting})}</span>
                </>
            )}
        </span>
    );
}

/** Of the sidebar. */
export const Title = () => <Words id="ireserve.panel.title" />;
