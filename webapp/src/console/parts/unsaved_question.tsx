import React, {useEffect, useRef} from 'react';
import {Say} from '../words.tsx';

/** Before what was typed is lost. */
export function UnsavedQuestion({onStay, onLeave}: {onStay: () => void; onLeave: () => void}) {
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => {
        const before = document.activeElement;
        box.current?.querySelector('button')?.focus();
        return () => {
            if (before instanceof HTMLElement && before.isConnected) before.focus();
        };
    }, []);
    return (
        <div
            ref={box}
            className="IRConsole__veil"
            role="alertdialog"
            aria-modal="true"
            aria-labelledby="ireserve-unsaved"
            onKeyDown={(event) => {
                if (event.key === 'Escape') onStay();
                if (event.key !== 'Tab') return;
                // Two buttons: the other one, whichever way.
                event.preventDefault();
                const buttons = [...(box.current?.querySelectorAll('button') ?? [])];
                buttons.find((button) => button !== document.activeElement)?.focus();
            }}
        >
            <div>
                <p id="ireserve-unsaved">
                    <Say id="ireserve.console.leave" />
                </p>
                <div className="IRConsole__buttons">
                    <button type="button" className="btn btn-primary btn-sm" onClick={onStay}>
                        <Say id="ireserve.console.leave.stay" />
                    </button>
                    <button type="button" className="btn IRConsole__danger btn-sm" onClick={onLeave}>
                        <Say id="ireserve.console.leave.go" />
                    </button>
                </div>
            </div>
        </div>
    );
}
