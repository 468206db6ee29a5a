import React, {useEffect, useState} from 'react';
import {useDesk, useOurs} from '../../hooks/useDesk.ts';
import {useNow} from '../../hooks/useNow.ts';
import {keyOfShown} from '../../state/state.ts';
import {Words} from '../words.tsx';

/** For some seconds after sending, nothing has left yet. */
export function UndoBar({onUndone}: {onUndone: () => void}) {
    const desk = useDesk();
    const held = useOurs((state) => (state.held?.conversation_key === keyOfShown(state.shown) ? state.held : null));
    const [tooLate, setTooLate] = useState(false);
    useNow(held !== null);
    // Asked anew: what ticks may be a second behind.
    const left = held ? Math.max(0, Math.ceil((held.until - Date.now()) / 1000)) : 0;
    useEffect(() => {
        if (!held) return;
        setTooLate(false);
        const timer = setTimeout(() => desk.writing.letGo(), Math.max(0, held.until - Date.now()));
        return () => clearTimeout(timer);
    }, [held, desk]);

    async function undo(): Promise<void> {
        const isUndone = await desk.writing.undo();
        setTooLate(!isUndone);
        if (isUndone) onUndone();
    }

    return (
        <div role="status">
            {held && (
                <p className="IReserve__notice undo">
                    <Words id="ireserve.undo.leaves" />
                    {/* Not for screen readers: a number a second would drown everything else. */}
                    <span aria-hidden="true"> {left}</span>
                    <button type="button" className="btn btn-tertiary btn-sm" onClick={() => void undo()}>
                        <Words id="ireserve.undo.do" />
                    </button>
                </p>
            )}
            {tooLate && (
                <p className="IReserve__notice error">
                    <Words id="ireserve.undo.too_late" />
                </p>
            )}
        </div>
    );
}
