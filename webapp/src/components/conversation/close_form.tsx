import React, {useEffect, useRef, useState} from 'react';
import {useWords, Words} from '../words.tsx';

export function CloseForm({isBusy, onClose, onCancel}: {isBusy: boolean; onClose: (reason: string) => void; onCancel: () => void}) {
    const words = useWords();
    const input = useRef<HTMLInputElement>(null);
    const [reason, setReason] = useState('');
    useEffect(() => input.current?.focus(), []);
    return (
        <form
            className="IReserve__form"
            aria-label={words('ireserve.close.yes')}
            onSubmit={(event) => {
                event.preventDefault();
                onClose(reason.trim());
            }}
            onKeyDown={({key}) => key === 'Escape' && onCancel()}
        >
            <label>
                <Words id="ireserve.close.reason" />
                <input
                    ref={input}
                    className="form-control"
                    maxLength={300}
                    value={reason}
                    onChange={({target}) => setReason(target.value)}
                />
            </label>
            <button type="submit" className="btn btn-primary btn-sm" disabled={isBusy}>
                <Words id="ireserve.close.yes" />
            </button>
            <button type="button" className="btn btn-tertiary btn-sm" onClick={onCancel}>
                <Words id="ireserve.cancel" />
            </button>
        </form>
    );
}
