import React, {useRef, useState} from 'react';
import type {ActionBody, BridgeError} from '../../client/bridge.ts';
import {useDesk, useOurs} from '../../hooks/useDesk.ts';
import {goTo, safeLink, showThread} from '../../host.ts';
import type {Allowed, Detail} from '../../types/bridge.ts';
import {Problem} from '../problem.tsx';
import {useWords, Words} from '../words.tsx';
import {CloseForm} from './close_form.tsx';
import {Transfer} from './transfer.tsx';

type Form = 'transfer' | 'close' | 'take_over' | null;

/** What may be done is the bridge's to say; buttons, commands and this panel do the same. */
export function Actions({detail}: {detail: Detail}) {
    const desk = useDesk();
    const words = useWords();
    const template = useOurs((state) => state.me?.conversation_link ?? '');
    const [form, setForm] = useState<Form>(null);
    const [isBusy, setBusy] = useState(false);
    const bar = useRef<HTMLDivElement>(null);
    const [error, setError] = useState<BridgeError | null>(null);
    const {allowed, conversation_id, assignee, thread} = detail;
    const inIreserve = template ? safeLink(template.replaceAll('{conversation_id}', encodeURIComponent(conversation_id))) : null;

    async function act(action: Allowed, body: ActionBody = {}): Promise<void> {
        setBusy(true);
        setError(null);
        const answer = await desk.conversations.act(conversation_id, action, body);
        setBusy(false);
        // The button that was pressed may be gone: the focus stays at its place.
        if (document.activeElement === document.body) bar.current?.focus();
        if (answer.ok) setForm(null);
        else setError(answer.error);
    }

    function openThread({root_id, url}: NonNullable<Detail['thread']>): void {
        const shows = showThread(root_id);
        if (shows) desk.store.dispatch(shows);
        else goTo(url);
    }

    const toggle = (one: Form) => setForm(form === one ? null : one);
    const can = (action: Allowed) => allowed.includes(action);
    const isTaken = can('claim') && assignee !== null;
    return (
        <>
            <div ref={bar} tabIndex={-1} role="toolbar" aria-label={words('ireserve.actions.name')} className="IReserve__actions">
                {can('claim') && (
                    <button
                        type="button"
                        className={`btn btn-sm ${assignee ? 'btn-tertiary' : 'btn-primary'}`}
                        disabled={isBusy}
                        {...(isTaken ? {'aria-expanded': form === 'take_over'} : {})}
                        onClick={() => (isTaken ? toggle('take_over') : void act('claim'))}
                    >
                        <Words id={isTaken ? 'ireserve.action.take_over' : 'ireserve.action.claim'} />
                    </button>
                )}
                {can('release') && <Plain id="ireserve.action.release" disabled={isBusy} onClick={() => void act('release')} />}
                {can('transfer') && (
                    <Plain
                        id="ireserve.action.transfer"
                        disabled={isBusy}
                        isOpen={form === 'transfer'}
                        onClick={() => toggle('transfer')}
                    />
                )}
                {can('close') && (
                    <Plain id="ireserve.action.close" disabled={isBusy} isOpen={form === 'close'} onClick={() => toggle('close')} />
                )}
                {can('reopen') && <Plain id="ireserve.action.reopen" disabled={isBusy} onClick={() => void act('reopen')} />}
                {inIreserve && (
                    <a className="btn btn-tertiary btn-sm" href={inIreserve} target="_blank" rel="noopener noreferrer">
                        <Words id="ireserve.action.open_ireserve" />
                    </a>
                )}
                {thread && <Plain id="ireserve.action.show_thread" onClick={() => openThread(thread)} />}
            </div>
            {error && (
                <p role="alert" className="IReserve__notice error">
                    <Problem error={error} />
                </p>
            )}
            {form === 'take_over' && (
                <fieldset className="IReserve__form" aria-label={words('ireserve.action.take_over')}>
                    <p>
                        <Words id="ireserve.action.take_over_from" values={{name: assignee?.name ?? ''}} />
                    </p>
                    <button
                        type="button"
                        className="btn btn-primary btn-sm"
                        disabled={isBusy}
                        onClick={() => void act('claim', {take_over: true})}
                    >
                        <Words id="ireserve.action.take_over_yes" />
                    </button>
                    <Plain id="ireserve.cancel" onClick={() => setForm(null)} />
                </fieldset>
            )}
            {form === 'transfer' && (
                <Transfer detail={detail} onChosen={(user_id) => void act('transfer', {user_id})} onCancel={() => setForm(null)} />
            )}
            {form === 'close' && (
                <CloseForm isBusy={isBusy} onClose={(reason) => void act('close', reason ? {reason} : {})} onCancel={() => setForm(null)} />
            )}
        </>
    );
}

type PlainId = Extract<Parameters<typeof Words>[0]['id'], `ireserve.action.${string}` | 'ireserve.cancel'>;

function Plain({id, onClick, disabled = false, isOpen}: {id: PlainId; onClick: () => void; disabled?: boolean; isOpen?: boolean}) {
    return (
        <button type="button" className="btn btn-tertiary btn-sm" disabled={disabled} aria-expanded={isOpen} onClick={onClick}>
            <Words id={id} />
        </button>
    );
}
