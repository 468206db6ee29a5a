import React, {type FormEvent, useState} from 'react';
import type {BridgeError} from '../../client/bridge.ts';
import {useDesk} from '../../hooks/useDesk.ts';
import {PLACEHOLDERS} from '../../state/canned.ts';
import type {Canned, CannedInput} from '../../types/bridge.ts';
import {Problem} from '../problem.tsx';
import {Words as PanelWords} from '../words.tsx';
import {useWords, Words} from './words.ts';

/** As long as the bridge takes them (bridge/agent-api/contract.ts). */
const LONGEST = {title: 100, shortcut: 32, text: 4000};
const EMPTY: CannedInput = {title: '', shortcut: '', text: ''};

/** @param props.reply null: a new one */
export function Form({reply, onDone, onCancel}: {reply: Canned | null; onDone: (title: string) => void; onCancel: () => void}) {
    const desk = useDesk();
    const words = useWords();
    const [given, setGiven] = useState<CannedInput>(reply ?? EMPTY);
    const [isBusy, setBusy] = useState(false);
    const [error, setError] = useState<BridgeError | null>(null);
    const change = (part: Partial<CannedInput>) => setGiven({...given, ...part});

    async function save(event: FormEvent): Promise<void> {
        event.preventDefault();
        if (isBusy) return;
        setBusy(true);
        const {title, shortcut, text} = given;
        const why = await desk.canned.save(reply?.id ?? null, {title: title.trim(), shortcut, text});
        if (!why) return onDone(title.trim());
        setBusy(false);
        setError(why);
    }

    return (
        <form
            className="IReserve__form"
            aria-label={reply ? words('ireserve.canned.edit_named', {title: reply.title}) : words('ireserve.canned.add')}
            onSubmit={(event) => void save(event)}
            onKeyDown={({key}) => key === 'Escape' && onCancel()}
        >
            <label>
                <Words id="ireserve.canned.title" />
                <input
                    // biome-ignore lint/a11y/noAutofocus: it opens on the user's own click, to be typed into.
                    autoFocus={true}
                    className="form-control"
                    required={true}
                    pattern=".*\S.*"
                    maxLength={LONGEST.title}
                    value={given.title}
                    onChange={({target}) => change({title: target.value})}
                />
            </label>
            <label>
                <Words id="ireserve.canned.shortcut" />
                <input
                    className="form-control"
                    required={true}
                    maxLength={LONGEST.shortcut}
                    aria-describedby="ireserve-canned-shortcut"
                    autoCapitalize="none"
                    spellCheck={false}
                    value={given.shortcut}
                    onChange={({target}) => change({shortcut: shortcutFrom(target.value)})}
                />
            </label>
            <p id="ireserve-canned-shortcut" className="IReserve__soft">
                <Words id="ireserve.canned.shortcut_hint" />
            </p>
            <label>
                <Words id="ireserve.canned.text" />
                <textarea
                    className="form-control"
                    required={true}
                    rows={5}
                    maxLength={LONGEST.text}
                    aria-describedby="ireserve-canned-filled"
                    value={given.text}
                    onChange={({target}) => change({text: target.value})}
                />
            </label>
            <p id="ireserve-canned-filled" className="IReserve__soft">
                <Words id="ireserve.canned.filled" values={{placeholders: PLACEHOLDERS.map((one) => `{${one}}`).join(' ')}} />
            </p>
            {error && (
                <p role="alert" className="IReserve__notice error">
                    <Why error={error} />
                </p>
            )}
            <button type="submit" className="btn btn-primary btn-sm" aria-disabled={isBusy}>
                <Words id="ireserve.canned.save" />
            </button>
            <button type="button" className="btn btn-tertiary btn-sm" onClick={onCancel}>
                <PanelWords id="ireserve.cancel" />
            </button>
        </form>
    );
}

function Why({error}: {error: BridgeError}) {
    if (error.code === 'shortcut_taken') return <Words id="ireserve.canned.shortcut_taken" />;
    if (error.code === 'unknown_canned') return <Words id="ireserve.canned.unknown" />;
    return <Problem error={error} />;
}

/** What can't stand in one becomes a hyphen while it is typed. */
const shortcutFrom = (typed: string): string => typed.toLowerCase().replace(/[^a-z0-9]+/g, '-');
