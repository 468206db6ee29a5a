/** Message attachments with their fields, buttons and menus. */
import type {Post} from '@mattermost/types/posts';
import React, {type ReactNode, useState} from 'react';
import {useHost} from './context.ts';
import {formatText, messageHtmlToComponent} from './markdown.tsx';
import {post as send} from './server.ts';

type Option = {text: string; value: string};
type Button = {id: string; name: string; type?: string; style?: string; disabled?: boolean; options?: Option[]};
type Attachment = {
    pretext?: string;
    title?: string;
    text?: string;
    color?: string;
    footer?: string;
    fields?: {title: string; value: string; short?: boolean}[];
    actions?: Button[];
};

const markdown = (text: unknown): ReactNode => messageHtmlToComponent(formatText(String(text ?? '')));

export function Attachments({post}: {post: Post}): ReactNode {
    const all = post.props?.attachments;
    if (!Array.isArray(all)) return null;
    return (
        <>
            {(all as Attachment[]).map((one, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: attachments have no id, and do not move.
                <One key={at} attachment={one} postId={post.id} />
            ))}
        </>
    );
}

function One({attachment, postId}: {attachment: Attachment; postId: string}): ReactNode {
    const {store} = useHost();
    const [error, setError] = useState('');
    const press = async (id: string, selected_option = '') => {
        setError('');
        try {
            const {trigger_id} = await send<{trigger_id?: string}>(`/posts/${postId}/actions/${id}`, {selected_option});
            if (trigger_id) store.dispatch({type: 'RECEIVED_DIALOG_TRIGGER_ID', data: trigger_id});
        } catch (problem) {
            setError(problem instanceof Error ? problem.message : String(problem));
        }
    };
    return (
        <div className="attachment">
            {attachment.pretext && <div className="attachment__thumb-pretext">{markdown(attachment.pretext)}</div>}
            <div className="attachment__content" style={attachment.color ? {borderLeftColor: attachment.color} : undefined}>
                {attachment.title && <h1 className="attachment__title">{attachment.title}</h1>}
                {attachment.text && markdown(attachment.text)}
                {attachment.fields && attachment.fields.length > 0 && (
                    <div className="attachment__fields">
                        {attachment.fields.map(({title, value, short}) => (
                            <div key={title} className={short ? 'short' : ''}>
                                <b>{title}</b>
                                {markdown(value)}
                            </div>
                        ))}
                    </div>
                )}
                {attachment.actions && attachment.actions.length > 0 && (
                    <div className="attachment-actions">
                        {attachment.actions.map((action) =>
                            action.type === 'select' ? (
                                <select
                                    key={action.id}
                                    aria-label={action.name}
                                    value=""
                                    onChange={({target}) => void press(action.id, target.value)}
                                >
                                    <option value="">{action.name}</option>
                                    {(action.options ?? []).map(({text, value}) => (
                                        <option key={value} value={value}>
                                            {text}
                                        </option>
                                    ))}
                                </select>
                            ) : (
                                <button
                                    key={action.id}
                                    type="button"
                                    className={`btn btn-sm ${action.style ?? ''}`}
                                    disabled={action.disabled === true}
                                    onClick={() => void press(action.id)}
                                >
                                    {action.name}
                                </button>
                            ),
                        )}
                    </div>
                )}
                {error && <div className="has-error">{error}</div>}
                {attachment.footer && <div className="attachment__footer">{attachment.footer}</div>}
            </div>
        </div>
    );
}
