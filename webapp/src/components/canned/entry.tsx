import React, {useState} from 'react';
import type {BridgeError} from '../../client/bridge.ts';
import {useDesk} from '../../hooks/useDesk.ts';
import type {Canned} from '../../types/bridge.ts';
import {Problem} from '../problem.tsx';
import {Words as PanelWords} from '../words.tsx';
import {useWords, Words} from './words.ts';

/** One canned reply of the list. Deleting it is asked about first: it is gone for everybody. */
export function Entry({reply, onEdit, onDeleted}: {reply: Canned; onEdit: () => void; onDeleted: () => void}) {
    const desk = useDesk();
    const words = useWords();
    const [isAsked, setAsked] = useState(false);
    const [isBusy, setBusy] = useState(false);
    const [error, setError] = useState<BridgeError | null>(null);
    const {id, title, shortcut, text} = reply;

    async function remove(): Promise<void> {
        setBusy(true);
        const why = await desk.canned.remove(id);
        // Without an error this entry is gone with its reply.
        if (!why) return onDeleted();
        setBusy(false);
        setError(why);
    }

    return (
        <li className="IReserveCanned__entry">
            <div className="IReserve__row-top">
                <strong>{title}</strong>
                <span className="IReserve__soft">/{shortcut}</span>
            </div>
            <p className="IReserveCanned__text">{text}</p>
            {!isAsked && (
                <div className="IReserve__tools">
                    <button
                        type="button"
                        className="btn btn-tertiary btn-sm"
                        aria-label={words('ireserve.canned.edit_named', {title})}
                        onClick={onEdit}
                    >
                        <Words id="ireserve.canned.edit" />
                    </button>
                    <button
                        type="button"
                        className="btn btn-tertiary btn-sm"
                        aria-label={words('ireserve.canned.delete_named', {title})}
                        onClick={() => setAsked(true)}
                    >
                        <Words id="ireserve.canned.delete" />
                    </button>
                </div>
            )}
            {isAsked && (
                <fieldset
                    className="IReserve__form"
                    aria-label={words('ireserve.canned.delete_for_all', {title})}
                    onKeyDown={({key}) => key === 'Escape' && setAsked(false)}
                >
                    <p>
                        <Words id="ireserve.canned.delete_for_all" values={{title}} />
                    </p>
                    <button type="button" className="btn btn-primary btn-sm" disabled={isBusy} onClick={() => void remove()}>
                        <Words id="ireserve.canned.delete_yes" />
                    </button>
                    <button
                        // biome-ignore lint/a11y/noAutofocus: it opens on the user's own click, and this is the harmless one.
                        autoFocus={true}
                        type="button"
                        className="btn btn-tertiary btn-sm"
                        onClick={() => setAsked(false)}
                    >
                        <PanelWords id="ireserve.cancel" />
                    </button>
                    {error && (
                        <p role="alert" className="IReserve__notice error">
                            <Problem error={error} />
                        </p>
                    )}
                </fieldset>
            )}
        </li>
    );
}
