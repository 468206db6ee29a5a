import React, {type KeyboardEvent, useEffect, useRef, useState} from 'react';
import type {Sent} from '../../desk/writing.ts';
import {useDesk, useHost, useOurs} from '../../hooks/useDesk.ts';
import {useDrop} from '../../hooks/useDrop.ts';
import {useUploads} from '../../hooks/useUploads.ts';
import {type Draft, type Mode, NO_DRAFT} from '../../state/drafts.ts';
import {sendsOnCtrlEnter} from '../../state/selectors.ts';
import {keyOfShown, type Opened} from '../../state/state.ts';
import type {Detail} from '../../types/bridge.ts';
import {useWords, Words} from '../words.tsx';
import {Canned} from './canned.tsx';
import {Files} from './files.tsx';
import {ModeChoice} from './mode_choice.tsx';
import {Notices} from './notices.tsx';
import {UndoBar} from './undo_bar.tsx';

/** Longest post Mattermost takes. */
const LONGEST = 16_000;
const ROWS = 10;

/** Where the agent answers the visitor, or tells colleagues something: never to be mistaken for each other. */
export function Composer({detail, opened}: {detail: Detail | undefined; opened: Opened}) {
    const desk = useDesk();
    const words = useWords();
    const input = useRef<HTMLTextAreaElement>(null);
    const [outcome, setOutcome] = useState<Sent | null>(null);
    const [isBusy, setBusy] = useState(false);
    /** Sending was asked for while files are on their way. */
    const [isAwaited, setAwaited] = useState(false);
    const key = useOurs((state) => keyOfShown(state.shown));
    const draft = useOurs((state) => state.kept.drafts[key]) ?? NO_DRAFT;
    const onCtrlEnter = useHost(sendsOnCtrlEnter);
    // While an upload runs, what was begun in a thread may have moved to its conversation.
    const keyNow = useRef(key);
    keyNow.current = key;
    const uploads = useUploads(draft.files, (change) => write({files: change(draftNow().files)}));
    const isOver = useDrop(input, '.IReserve__conversation', uploads.add);
    const mayReply = !detail || detail.allowed.includes('reply');
    const mode: Mode = mayReply ? draft.mode : 'note';
    const visitor = detail?.visitor.name || words('ireserve.visitor.unnamed');
    const isEmpty = draft.text.trim() === '' && draft.files.length === 0;

    /** Not that of this drawing: an upload may end later. */
    const draftNow = (): Draft => desk.state().kept.drafts[keyNow.current] ?? NO_DRAFT;

    function write(part: Partial<Draft>): void {
        // What changes is looked at once more before it goes.
        if (!('files' in part)) setAwaited(false);
        desk.writing.draft(keyNow.current, {...draftNow(), ...part});
    }

    function onText(text: string): void {
        write({text, mode});
        setOutcome(null);
        if (mode === 'reply' && text.trim() && !text.startsWith('/')) desk.writing.typing();
    }

    async function send(): Promise<void> {
        if (isBusy) return;
        if (uploads.isUploading) return setAwaited(true);
        if (isEmpty) return;
        if (mode !== draft.mode) write({mode});
        setBusy(true);
        const sent = await desk.writing.send();
        setBusy(false);
        setOutcome(sent.ok && !sent.refusal ? null : sent);
        input.current?.focus();
    }

    function onKeyDown(event: KeyboardEvent): void {
        // While an input method composes, Enter chooses a word.
        if (event.key !== 'Enter' || event.nativeEvent.isComposing || event.shiftKey || event.altKey || event.defaultPrevented) return;
        if (onCtrlEnter && !event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        void send();
    }

    const sendAwaited = useRef(send);
    sendAwaited.current = send;
    useEffect(() => {
        if (!isAwaited || uploads.isUploading) return;
        setAwaited(false);
        // Without the file that could not be uploaded it would be another message: the agent decides.
        if (!uploads.hasFailed) void sendAwaited.current();
    }, [isAwaited, uploads.isUploading, uploads.hasFailed]);
    useEffect(() => {
        if (opened.focus === 'composer') input.current?.focus();
    }, [opened]);
    useEffect(() => {
        const element = input.current;
        if (!element) return;
        element.rows = Math.min(ROWS, Math.max(2, draft.text.split('\n').length));
    }, [draft.text]);

    return (
        <form
            className={`IReserve__composer ${mode}${isOver ? ' over' : ''}`}
            aria-label={words('ireserve.composer.name')}
            onSubmit={(event) => {
                event.preventDefault();
                void send();
            }}
        >
            <UndoBar onUndone={() => input.current?.focus()} />
            <Notices detail={detail} outcome={outcome} mode={mode} conversation_key={key} />
            <ModeChoice mode={mode} mayReply={mayReply} onChoose={(chosen) => write({mode: chosen})} />
            <Canned
                detail={detail}
                text={draft.text}
                input={input}
                onChosen={(text) => {
                    write({text, mode});
                    input.current?.focus();
                }}
            >
                {(canned) => (
                    <textarea
                        ref={input}
                        className="form-control"
                        aria-label={
                            mode === 'reply' ? words('ireserve.composer.reply_to', {name: visitor}) : words('ireserve.composer.note_for')
                        }
                        placeholder={
                            mode === 'reply' ? words('ireserve.composer.reply_to', {name: visitor}) : words('ireserve.composer.note_for')
                        }
                        maxLength={LONGEST}
                        value={draft.text}
                        {...canned.attributes}
                        onChange={({target}) => onText(target.value)}
                        onKeyDown={(event) => {
                            canned.onKeyDown(event);
                            onKeyDown(event);
                        }}
                        onBlur={() => desk.writing.keep()}
                        onPaste={(event) => {
                            const {files, types} = event.clipboardData;
                            // Office programs put a picture beside the text that was copied.
                            if (files.length === 0 || types.includes('text/plain')) return;
                            event.preventDefault();
                            uploads.add([...files]);
                        }}
                    />
                )}
            </Canned>
            <Files
                uploads={uploads}
                files={draft.files}
                onRemoved={() => {
                    setAwaited(false);
                    input.current?.focus();
                }}
            />
            <div className="IReserve__send">
                <span className="IReserve__soft" role="status">
                    <Words
                        id={
                            isAwaited
                                ? 'ireserve.composer.awaited'
                                : onCtrlEnter
                                  ? 'ireserve.composer.ctrl_enter'
                                  : 'ireserve.composer.enter'
                        }
                    />
                </span>
                {/* Not disabled when there is nothing to send: that would take the focus away from who just sent. */}
                <button type="submit" className="btn btn-primary btn-sm" aria-disabled={(isEmpty && !uploads.isUploading) || isBusy}>
                    <i className={`icon ${mode === 'reply' ? 'icon-send' : 'icon-lock-outline'}`} aria-hidden="true" />
                    <Words id={`ireserve.composer.send_${mode}`} />
                </button>
            </div>
        </form>
    );
}
