/** Small controls that many parts of the page use. */
import React, {type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useRef, useState} from 'react';
import {Words} from '../../components/words.tsx';
import {useConsole} from '../context.tsx';
import {Say, useSay} from '../words.tsx';
import type {Described} from './field.tsx';

/** The System Console has one form around the whole page: Enter in one of our boxes must not send that. */
export const onEnter = (act: () => void) => (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
};

export function TextInput({
    described,
    value,
    onValue,
    ...rest
}: {
    described?: Described;
    value: string;
    onValue: (value: string) => void;
    type?: 'text' | 'password' | 'number' | 'search' | 'date';
    placeholder?: string;
    disabled?: boolean;
    maxLength?: number;
    min?: number;
    autoFocus?: never;
    inputRef?: RefObject<HTMLInputElement | null>;
}) {
    const {inputRef, ...attributes} = rest;
    return (
        <input
            className="form-control"
            type="text"
            autoComplete="off"
            spellCheck={false}
            {...described}
            {...attributes}
            {...(inputRef ? {ref: inputRef as RefObject<HTMLInputElement>} : {})}
            value={value}
            onChange={({target}) => onValue(target.value)}
        />
    );
}

export function Choice<T extends string>({
    described,
    value,
    options,
    onValue,
    ...rest
}: {
    described?: Described;
    value: T;
    options: readonly {value: T; text: string}[];
    onValue: (value: T) => void;
    disabled?: boolean;
    'aria-label'?: string;
}) {
    return (
        <select
            className="form-control"
            {...described}
            {...rest}
            value={value}
            onChange={({target}) => {
                const found = options.find((option) => option.value === target.value);
                if (found) onValue(found.value);
            }}
        >
            {options.map((option) => (
                <option key={option.value} value={option.value}>
                    {option.text}
                </option>
            ))}
        </select>
    );
}

/** Still in the tab order while something is under way: a button that is disabled loses the focus. */
export function Button({
    children,
    onPress,
    kind = 'tertiary',
    isBusy = false,
    disabled = false,
    label,
    buttonRef,
    ...rest
}: {
    children: ReactNode;
    onPress: () => void;
    kind?: 'primary' | 'tertiary' | 'danger';
    isBusy?: boolean;
    disabled?: boolean;
    label?: string;
    buttonRef?: RefObject<HTMLButtonElement | null>;
    'aria-expanded'?: boolean;
    'aria-pressed'?: boolean;
}) {
    return (
        <button
            type="button"
            className={`btn ${kind === 'danger' ? 'IRConsole__danger' : `btn-${kind}`} btn-sm`}
            aria-disabled={isBusy || disabled || undefined}
            aria-label={label}
            title={label}
            {...rest}
            {...(buttonRef ? {ref: buttonRef as RefObject<HTMLButtonElement>} : {})}
            onClick={() => !isBusy && !disabled && onPress()}
        >
            {children}
            {isBusy && <span className="IRConsole__busy" aria-hidden="true" />}
        </button>
    );
}

/**
 * A button that asks before it acts: what it does, what has to be told with it, yes or no. Escape is no. The focus comes back to the button.
 *
 * @param typed what has to be typed, letter by letter, before yes works
 */
export function Confirm({
    text,
    question,
    yes,
    onYes,
    onNo,
    typed,
    children,
    disabled = false,
    isBusy = false,
    kind = 'danger',
    label,
}: {
    text: ReactNode;
    question: ReactNode;
    yes: ReactNode;
    /** @returns whether it worked; then the question goes away */
    onYes: () => Promise<boolean>;
    onNo?: () => void;
    typed?: string;
    children?: ReactNode;
    disabled?: boolean;
    isBusy?: boolean;
    kind?: 'primary' | 'danger' | 'tertiary';
    label?: string;
}) {
    const say = useSay();
    const id = useId();
    const [isOpen, setOpen] = useState(false);
    const [given, setGiven] = useState('');
    const opener = useRef<HTMLButtonElement>(null);
    const group = useRef<HTMLFieldSetElement>(null);
    useEffect(() => {
        if (isOpen) group.current?.querySelector<HTMLElement>('input, select, textarea, button')?.focus();
    }, [isOpen]);
    const close = () => {
        setOpen(false);
        setGiven('');
        // After it is there again.
        setTimeout(() => opener.current?.focus());
    };
    const refuse = () => {
        onNo?.();
        close();
    };
    if (!isOpen) {
        return (
            <Button
                kind={kind === 'primary' ? 'primary' : 'tertiary'}
                buttonRef={opener}
                disabled={disabled}
                onPress={() => setOpen(true)}
                {...(label ? {label} : {})}
                aria-expanded={false}
            >
                {text}
            </Button>
        );
    }
    const mayGo = typed === undefined || given === typed;
    const act = () => {
        if (!mayGo || isBusy) return;
        void onYes().then((worked) => {
            if (worked) close();
        });
    };
    return (
        <fieldset
            ref={group}
            className="IRConsole__confirm"
            aria-describedby={id}
            onKeyDown={(event) => {
                onEnter(act)(event);
                if (event.key !== 'Escape') return;
                event.stopPropagation();
                refuse();
            }}
        >
            <legend className="sr-only">{label ?? text}</legend>
            <p id={id}>{question}</p>
            {children}
            {typed !== undefined && (
                <label>
                    <Say id="ireserve.console.confirm.type" values={{typed: <code>{typed}</code>}} />
                    <TextInput value={given} onValue={setGiven} />
                </label>
            )}
            <div className="IRConsole__buttons">
                <Button kind={kind === 'tertiary' ? 'primary' : kind} isBusy={isBusy} disabled={!mayGo} onPress={act}>
                    {yes}
                </Button>
                <Button onPress={refuse}>
                    <Words id="ireserve.cancel" />
                </Button>
                {!mayGo && given !== '' && <span className="help-text">{say('ireserve.console.confirm.differs')}</span>}
            </div>
        </fieldset>
    );
}

/** Read-only text with a button that copies it. */
export function Copyable({text, label, described}: {text: string; label: string; described?: Described}) {
    return (
        <div className="IRConsole__copy">
            <input className="form-control" readOnly value={text} aria-label={described ? undefined : label} {...described} />
            <CopyButton text={text} label={label} />
        </div>
    );
}

export function CopyButton({text, label}: {text: string; label: string}) {
    const say = useSay();
    const {tell} = useConsole();
    const [isCopied, setCopied] = useState(false);
    async function copy(): Promise<void> {
        const worked = await (navigator.clipboard?.writeText(text) ?? Promise.reject()).then(
            () => true,
            () => copyByHand(text),
        );
        setCopied(worked);
        if (worked) tell(say('ireserve.console.copied'));
    }
    return (
        <Button onPress={() => void copy()} label={say('ireserve.console.copy_what', {what: label})}>
            <i className={`icon icon-${isCopied ? 'check' : 'content-copy'}`} aria-hidden="true" />
            <Say id={isCopied ? 'ireserve.console.copied' : 'ireserve.console.copy'} />
        </Button>
    );
}

/** Pages without https have no clipboard; the old way still works there. */
function copyByHand(text: string): boolean {
    const before = document.activeElement;
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.focus();
    area.select();
    const worked = document.execCommand('copy');
    area.remove();
    if (before instanceof HTMLElement) before.focus();
    return worked;
}
