/** The host's own composer, in the channel and in a thread: plugins' hooks, slash commands, posts on their way. */
import type {Post} from '@mattermost/types/posts';
import React, {type ReactNode, useState} from 'react';
import {useHost} from './context.ts';
import {browserHistory} from './history.ts';
import {Pluggable} from './pluggable.tsx';
import {post as send} from './server.ts';
import type {HostStore} from './state.ts';

type CommandArgs = {channel_id: string; team_id: string; root_id?: string};
type SlashOutcome = {message?: string; args?: CommandArgs; error?: {message: string}};
type PostOutcome = {post?: Post; error?: {message: string}};

export function Composer({channelId, rootId = ''}: {channelId: string; rootId?: string}): ReactNode {
    const {store} = useHost();
    const [text, setText] = useState('');
    const [error, setError] = useState('');
    const label = rootId ? 'Reply to this thread...' : 'Write to this channel';
    const submit = async () => {
        if (text.trim() === '') return;
        try {
            await (text.startsWith('/') ? runCommand(store, text, channelId, rootId) : createPost(store, text, channelId, rootId));
            setText('');
            setError('');
        } catch (problem) {
            setError(problem instanceof Error ? problem.message : String(problem));
        }
    };
    return (
        <form
            className="AdvancedTextEditor"
            onSubmit={(event) => {
                event.preventDefault();
                void submit();
            }}
        >
            <div className="AdvancedTextEditor__body">
                <textarea
                    id={rootId ? 'reply_textbox' : 'post_textbox'}
                    className="form-control custom-textarea"
                    rows={1}
                    placeholder={label}
                    aria-label={label}
                    value={text}
                    onChange={({target}) => setText(target.value)}
                    onKeyDown={(event) => {
                        if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
                        event.preventDefault();
                        void submit();
                    }}
                />
                <div className="AdvancedTextEditor__controls">
                    <Pluggable name="PostEditorAction" draft={{message: text, channelId, rootId}} />
                    <button type="submit" className="AdvancedTextEditor__send" aria-label="Send Now" disabled={text.trim() === ''}>
                        <i className="icon icon-send" />
                    </button>
                </div>
            </div>
            {error && (
                <div className="has-error" role="alert">
                    {error}
                </div>
            )}
        </form>
    );
}

const hooks = <T,>(store: HostStore, name: string): ((...given: never[]) => Promise<T> | T)[] =>
    (store.getState().plugins.components[name] ?? []).map(({hook}) => hook as (...given: never[]) => Promise<T>);

async function runCommand(store: HostStore, text: string, channel_id: string, root_id: string): Promise<void> {
    let message = text;
    let args: CommandArgs = {channel_id, team_id: store.getState().entities.teams.currentTeamId, ...(root_id ? {root_id} : {})};
    for (const hook of hooks<SlashOutcome>(store, 'SlashCommandWillBePosted') as ((
        message: string,
        args: CommandArgs,
    ) => Promise<SlashOutcome>)[]) {
        const outcome = await hook(message, args);
        if (outcome?.error) throw new Error(outcome.error.message);
        // Consumed: nothing is sent, and the plugins after this one are not asked.
        if (!outcome?.message && !outcome?.args) return;
        message = outcome.message ?? message;
        args = outcome.args ?? args;
    }
    const {trigger_id, goto_location} = await send<{trigger_id: string; goto_location: string}>('/commands/execute', {
        command: message,
        ...args,
    });
    if (trigger_id) store.dispatch({type: 'RECEIVED_DIALOG_TRIGGER_ID', data: trigger_id});
    if (!goto_location) return;
    if (goto_location.startsWith('/')) browserHistory.push(goto_location);
    else if (goto_location.startsWith(window.location.origin)) browserHistory.push(goto_location.slice(window.location.origin.length));
    else window.open(goto_location, '_blank', 'noopener');
}

async function createPost(store: HostStore, text: string, channel_id: string, root_id: string): Promise<void> {
    const {currentUserId} = store.getState().entities.users;
    const now = Date.now();
    const pending = `${currentUserId}:${now}`;
    let draft = {
        message: text,
        channel_id,
        root_id,
        user_id: currentUserId,
        create_at: now,
        pending_post_id: pending,
        props: {},
        metadata: {},
    } as Post;
    for (const hook of hooks<PostOutcome>(store, 'MessageWillBePosted') as ((post: Post) => Promise<PostOutcome>)[]) {
        const outcome = await hook(draft);
        if (outcome?.error) throw new Error(outcome.error.message);
        draft = outcome?.post ?? draft;
    }
    // Shown at once under its pending id, as in Mattermost.
    const shown = {...draft, id: pending, type: '', edit_at: 0, update_at: now, delete_at: 0, reply_count: 0, file_ids: []};
    store.dispatch({type: 'RECEIVED_NEW_POST', data: shown});
    try {
        const {message, props, file_ids} = draft;
        const created = await send<Post>('/posts', {
            channel_id,
            root_id,
            message,
            props,
            pending_post_id: pending,
            ...(file_ids ? {file_ids} : {}),
        });
        store.dispatch({type: 'POST_REMOVED', data: {id: pending}});
        store.dispatch({type: 'RECEIVED_NEW_POST', data: {...created, pending_post_id: pending}});
    } catch (error) {
        store.dispatch({type: 'POST_REMOVED', data: {id: pending}});
        throw error;
    }
}
