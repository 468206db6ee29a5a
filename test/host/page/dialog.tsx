/** Interactive dialogs, as the bridge's buttons open them. */
import React, {type ReactNode, useState} from 'react';
import {useSelector} from 'react-redux';
import {useHost} from './context.ts';
import {post} from './server.ts';
import type {HostState} from './state.ts';

type Element = {
    display_name: string;
    name: string;
    type: string;
    default?: string;
    optional?: boolean;
    options?: {text: string; value: string}[];
};
type Shape = {
    title?: string;
    introduction_text?: string;
    elements?: Element[];
    submit_label?: string;
    callback_id?: string;
    state?: string;
};

export function DialogBox(): ReactNode {
    const asked = useSelector((state: HostState) => state.entities.integrations.dialog);
    const {store} = useHost();
    if (!asked) return null;
    const close = () => store.dispatch({type: 'RECEIVED_DIALOG', data: null});
    return <Open key={asked.trigger_id} url={asked.url} dialog={asked.dialog as Shape} close={close} />;
}

function Open({url, dialog, close}: {url: string; dialog: Shape; close: () => void}): ReactNode {
    const {store} = useHost();
    const elements = dialog.elements ?? [];
    const [values, setValues] = useState<Record<string, string>>(() =>
        Object.fromEntries(elements.map(({name, default: start = ''}) => [name, start])),
    );
    const [errors, setErrors] = useState<Record<string, string>>({});
    const submit = async () => {
        const {channels, teams} = store.getState().entities;
        const answer = await post<{errors?: Record<string, string>; error?: string}>('/actions/dialogs/submit', {
            url,
            callback_id: dialog.callback_id ?? '',
            state: dialog.state ?? '',
            channel_id: channels.currentChannelId,
            team_id: teams.currentTeamId,
            submission: values,
            cancelled: false,
        });
        if (answer.error || answer.errors) setErrors({...answer.errors, '': answer.error ?? ''});
        else close();
    };
    const set = (name: string) => (event: {target: {value: string}}) => setValues((all) => ({...all, [name]: event.target.value}));
    return (
        <div className="modal" role="dialog" aria-modal="true" aria-label={dialog.title ?? ''}>
            <form
                className="modal-content"
                onSubmit={(event) => {
                    event.preventDefault();
                    void submit();
                }}
            >
                <h2>{dialog.title}</h2>
                {dialog.introduction_text && <p>{dialog.introduction_text}</p>}
                {elements.map(({name, display_name, type, options = []}) => (
                    <label key={name} htmlFor={`dialog-${name}`}>
                        {display_name}
                        {type === 'textarea' ? (
                            <textarea
                                id={`dialog-${name}`}
                                className="form-control"
                                rows={4}
                                value={values[name] ?? ''}
                                onChange={set(name)}
                            />
                        ) : type === 'select' ? (
                            <select id={`dialog-${name}`} className="form-control" value={values[name] ?? ''} onChange={set(name)}>
                                <option value="" />
                                {options.map(({text, value}) => (
                                    <option key={value} value={value}>
                                        {text}
                                    </option>
                                ))}
                            </select>
                        ) : (
                            <input id={`dialog-${name}`} className="form-control" value={values[name] ?? ''} onChange={set(name)} />
                        )}
                        {errors[name] && <span className="has-error">{errors[name]}</span>}
                    </label>
                ))}
                {errors[''] && <p className="has-error">{errors['']}</p>}
                <div className="modal-footer">
                    <button type="button" className="btn btn-tertiary" onClick={close}>
                        Cancel
                    </button>
                    <button type="submit" className="btn btn-primary">
                        {dialog.submit_label || 'Submit'}
                    </button>
                </div>
            </form>
        </div>
    );
}
