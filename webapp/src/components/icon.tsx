import React from 'react';
import {useOurs} from '../hooks/useDesk.ts';
import {useWords, Words} from './words.tsx';

const BUBBLE = 'M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-7l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z';
const BELL = 'M7 12h10v1.5H7zm1-1a4 4 0 0 1 3.3-3.9V6.2h1.4v.9A4 4 0 0 1 16 11z';

/** Where the number ends, inside the app bar's circle. */
const RIGHT = 21.5;

/**
 * A reception bell in a speech bubble, with the number of those who wait. One drawing, for the app bar cuts off what is outside of a circle of
 * 24 pixels, and paints every <span> in it white.
 */
export function HeaderIcon() {
    const words = useWords();
    const waiting = useOurs((state) => state.counts?.waiting ?? 0);
    const name = words('ireserve.button.open');
    const shown = waiting > 99 ? '99+' : `${waiting}`;
    const width = 6 + 5 * shown.length;
    return (
        <svg
            role="img"
            viewBox="0 0 24 24"
            width="24"
            height="24"
            aria-label={waiting > 0 ? `${name}: ${words('ireserve.button.waiting', {count: waiting})}` : name}
        >
            <path d={BUBBLE + BELL} fill="currentColor" fillRule="evenodd" />
            {waiting > 0 && (
                <g>
                    {/* Not of the theme: it must be seen in the header and in the bar, in all of them. */}
                    <rect x={RIGHT - width} y="2" width={width} height="11" rx="5.5" fill="#c43133" />
                    <text x={RIGHT - width / 2} y="10.5" textAnchor="middle" fontSize="9" fontWeight="700" fill="#fff">
                        {shown}
                    </text>
                </g>
            )}
        </svg>
    );
}

/** Of the sidebar. */
export const Title = () => <Words id="ireserve.panel.title" />;
