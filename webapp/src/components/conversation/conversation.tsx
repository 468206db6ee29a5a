import React, {useEffect, useRef} from 'react';
import {useDesk, useOurs} from '../../hooks/useDesk.ts';
import type {Shown} from '../../state/state.ts';
import {Composer} from '../composer/composer.tsx';
import {Problem} from '../problem.tsx';
import {Transcript} from '../transcript/transcript.tsx';
import {Words} from '../words.tsx';
import {Header} from './header.tsx';

/** One conversation: who it is, what was said, and the place to answer. Without the bridge, what Mattermost has of it. */
export function Conversation({shown}: {shown: Extract<Shown, {kind: 'conversation'}>}) {
    const desk = useDesk();
    const back = useRef<HTMLButtonElement>(null);
    const detail = useOurs((state) => state.details[shown.conversation_id ?? '']);
    const opening = useOurs((state) => state.opening);
    const hasFailed = useOurs((state) => state.connection.kind === 'failed');
    const root_id = detail?.thread?.root_id ?? shown.root_id;
    // Who came here with the keyboard goes on from here.
    const {opened} = shown;
    useEffect(() => {
        if (opened.focus === 'back') back.current?.focus();
    }, [opened]);
    return (
        <div className="IReserve__conversation">
            <div className="IReserve__bar">
                <button ref={back} type="button" className="btn btn-tertiary btn-sm" onClick={() => desk.conversations.showQueue()}>
                    <i className="icon icon-chevron-left" aria-hidden="true" />
                    <Words id="ireserve.conversation.back" />
                </button>
            </div>
            {detail && <Header detail={detail} />}
            {opening.error && !hasFailed && (
                <p role="alert" className="IReserve__notice error">
                    <Problem error={opening.error} />
                    <button type="button" className="btn btn-tertiary btn-sm" onClick={() => void desk.conversations.loadDetail()}>
                        <Words id="ireserve.connection.retry" />
                    </button>
                </p>
            )}
            {!detail && !root_id && !opening.error && (
                <p role="status" className="IReserve__empty">
                    <Words id="ireserve.loading" />
                </p>
            )}
            {detail && !root_id && (
                <p className="IReserve__empty">
                    <Words id="ireserve.conversation.no_thread" />
                </p>
            )}
            {root_id && <Transcript key={detail?.conversation_id ?? root_id} detail={detail} root_id={root_id} />}
            {root_id && <Composer key={`composer ${root_id}`} detail={detail} opened={opened} />}
        </div>
    );
}
