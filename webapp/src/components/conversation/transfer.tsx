import React, {type KeyboardEvent, useEffect, useState} from 'react';
import type {Person} from '../../client/mattermost.ts';
import {useDesk} from '../../hooks/useDesk.ts';
import type {Detail} from '../../types/bridge.ts';
import {useWords, Words} from '../words.tsx';

const TYPED_MS = 200;
const MOST = 8;

/** To whom? Members of the channel, by name; as a combobox is worked with everywhere: type, arrows, Enter, Escape. */
export function Transfer({detail, onChosen, onCancel}: {detail: Detail; onChosen: (user_id: string) => void; onCancel: () => void}) {
    const desk = useDesk();
    const words = useWords();
    const [term, setTerm] = useState('');
    const [people, setPeople] = useState<Person[] | 'failed' | null>(null);
    const [at, setAt] = useState(0);
    const channel_id = detail.thread?.channel_id ?? '';
    const current = detail.assignee?.user_id;
    useEffect(() => {
        let isCurrent = true;
        const find = () =>
            desk.mattermost.findMembers(channel_id, term.trim()).then(
                (found) => {
                    if (!isCurrent) return;
                    setPeople(found.filter(({id}) => id !== current).slice(0, MOST));
                    setAt(0);
                },
                () => isCurrent && setPeople('failed'),
            );
        const timer = setTimeout(() => void find(), term ? TYPED_MS : 0);
        return () => {
            isCurrent = false;
            clearTimeout(timer);
        };
    }, [term, channel_id, current, desk]);
    const found = Array.isArray(people) ? people : [];

    function onKeyDown(event: KeyboardEvent): void {
        const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
        if (step !== 0 && found.length > 0) {
            event.preventDefault();
            setAt((at + step + found.length) % found.length);
        } else if (event.key === 'Enter') {
            event.preventDefault();
            const person = found[at];
            if (person) onChosen(person.id);
        } else if (event.key === 'Escape') onCancel();
    }

    return (
        <fieldset className="IReserve__form" aria-label={words('ireserve.action.transfer')}>
            <label>
                <Words id="ireserve.transfer.to" />
                <input
                    // biome-ignore lint/a11y/noAutofocus: it opens on the user's own click, to be typed into.
                    autoFocus={true}
                    className="form-control"
                    role="combobox"
                    aria-expanded={found.length > 0}
                    aria-controls="ireserve-people"
                    aria-autocomplete="list"
                    aria-activedescendant={found[at] ? `ireserve-person-${found[at].id}` : undefined}
                    value={term}
                    onChange={({target}) => {
                        setTerm(target.value);
                        // Enter must not choose from a list that belongs to other words.
                        setPeople(null);
                    }}
                    onKeyDown={onKeyDown}
                />
            </label>
            <div role="listbox" id="ireserve-people" aria-label={words('ireserve.transfer.people')}>
                {found.map(({id, name, username}, index) => (
                    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the combobox's.
                    // biome-ignore lint/a11y/useFocusableInteractive: the combobox keeps the focus, aria-activedescendant points here.
                    <div
                        key={id}
                        id={`ireserve-person-${id}`}
                        role="option"
                        aria-selected={index === at}
                        className="IReserve__option"
                        onClick={() => onChosen(id)}
                    >
                        {name} <span className="IReserve__soft">@{username}</span>
                    </div>
                ))}
            </div>
            <p role="status" className="IReserve__soft">
                {people === 'failed' && <Words id="ireserve.transfer.failed" />}
                {Array.isArray(people) && people.length === 0 && <Words id="ireserve.transfer.nobody" />}
            </p>
            <button type="button" className="btn btn-tertiary btn-sm" onClick={onCancel}>
                <Words id="ireserve.cancel" />
            </button>
        </fieldset>
    );
}
