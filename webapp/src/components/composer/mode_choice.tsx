import React from 'react';
import type {Mode} from '../../state/drafts.ts';
import {useWords, Words} from '../words.tsx';

const MODES: readonly Mode[] = ['reply', 'note'];

/** For the visitor, or for colleagues only? Said in words, colour and symbol. */
export function ModeChoice({mode, mayReply, onChoose}: {mode: Mode; mayReply: boolean; onChoose: (mode: Mode) => void}) {
    const words = useWords();
    return (
        <fieldset className="IReserve__modes" aria-label={words('ireserve.composer.mode')}>
            {MODES.map((one) => (
                <label key={one} className={one === mode ? 'chosen' : ''}>
                    <input
                        type="radio"
                        name="ireserve-mode"
                        className="sr-only"
                        checked={one === mode}
                        disabled={one === 'reply' && !mayReply}
                        onChange={() => onChoose(one)}
                    />
                    <i className={`icon ${one === 'reply' ? 'icon-reply-outline' : 'icon-lock-outline'}`} aria-hidden="true" />
                    <Words id={`ireserve.mode.${one}`} />
                </label>
            ))}
        </fieldset>
    );
}
