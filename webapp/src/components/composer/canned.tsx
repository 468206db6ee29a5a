import React, {type KeyboardEvent, type ReactNode, type RefObject, useEffect, useMemo, useState} from 'react';
import type {BridgeError} from '../../client/bridge.ts';
import {useDesk, useOurs} from '../../hooks/useDesk.ts';
import {fill, search} from '../../state/canned.ts';
import type {Canned as CannedReply, Detail} from '../../types/bridge.ts';
import {Problem} from '../problem.tsx';
import {useWords, Words} from '../words.tsx';

/** Given to the text field, which keeps the focus: the list is worked from there. */
export type CannedSide = {attributes: Record<string, string | undefined>; onKeyDown: (event: KeyboardEvent) => void};

type Props = {
    detail: Detail | undefined;
    text: string;
    input: RefObject<HTMLTextAreaElement>;
    onChosen: (text: string) => void;
    children: (side: CannedSide) => ReactNode;
};

const MOST = 8;

/** Replies that are sent often: a `/` at the start, and what follows searches short cut, title and text. */
export function Canned({detail, text, input, onChosen, children}: Props) {
    const desk = useDesk();
    const words = useWords();
    const all = useOurs((state) => state.canned);
    const agent = useOurs((state) => state.me?.user.name ?? '');
    const [at, setAt] = useState(0);
    const [dismissed, setDismissed] = useState('');
    const [error, setError] = useState<BridgeError | null>(null);
    const term = /^\/([^\n]*)$/.exec(text)?.[1];
    const isOpen = term !== undefined && dismissed !== text;
    useEffect(() => {
        if (isOpen) void desk.canned.load().then(setError);
    }, [isOpen, desk]);
    const found = useMemo(() => (isOpen ? search(all ?? [], term).slice(0, MOST) : []), [isOpen, all, term]);
    const current = found[Math.min(at, found.length - 1)];

    const choose = ({text}: CannedReply) => {
        setAt(0);
        onChosen(fill(text, detail, agent));
    };

    function onKeyDown(event: KeyboardEvent): void {
        if (!isOpen || !current || event.nativeEvent.isComposing) return;
        const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
        if (step !== 0) setAt((found.indexOf(current) + step + found.length) % found.length);
        else if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) choose(current);
        else if (event.key === 'Escape') setDismissed(text);
        else return;
        event.preventDefault();
        event.stopPropagation();
    }

    const attributes = {
        'aria-autocomplete': 'list',
        'aria-controls': isOpen ? 'ireserve-canned' : undefined,
        'aria-activedescendant': current ? `ireserve-canned-${current.id}` : undefined,
        'aria-describedby': 'ireserve-canned-hint',
    };
    return (
        <div className="IReserve__canned">
            <div className="IReserve__tools">
                <button
                    type="button"
                    className="btn btn-tertiary btn-sm"
                    onClick={() => {
                        setDismissed('');
                        if (!text) onChosen('/');
                        input.current?.focus();
                    }}
                >
                    <Words id="ireserve.canned.name" />
                </button>
                <span id="ireserve-canned-hint" className="IReserve__soft">
                    <Words id="ireserve.canned.hint" />
                </span>
            </div>
            {isOpen && (
                <div className="IReserve__options">
                    <div role="listbox" id="ireserve-canned" aria-label={words('ireserve.canned.name')}>
                        {found.map((one) => (
                            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the text field's.
                            // biome-ignore lint/a11y/useFocusableInteractive: the text field keeps the focus, aria-activedescendant points here.
                            <div
                                key={one.id}
                                id={`ireserve-canned-${one.id}`}
                                role="option"
                                aria-selected={one === current}
                                className="IReserve__option"
                                onClick={() => choose(one)}
                            >
                                <strong>{one.title}</strong> <span className="IReserve__soft">/{one.shortcut}</span>
                                <span className="IReserve__preview">{one.text}</span>
                            </div>
                        ))}
                    </div>
                    <p role="status" className="IReserve__soft">
                        {all && found.length === 0 && <Words id="ireserve.canned.nothing" />}
                        {!all && (error ? <Problem error={error} /> : <Words id="ireserve.loading" />)}
                    </p>
                    <button
                        type="button"
                        className="btn btn-tertiary btn-sm"
                        onClick={() => {
                            // It only opened this list.
                            if (text === '/') onChosen('');
                            desk.canned.manage();
                        }}
                    >
                        <Words id="ireserve.canned.manage" />
                    </button>
                </div>
            )}
            {children({attributes, onKeyDown})}
        </div>
    );
}
