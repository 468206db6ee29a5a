import React, {Fragment, useEffect, useRef, useState} from 'react';
import {useDesk, useHost, useOurs} from '../../hooks/useDesk.ts';
import {useScroll} from '../../hooks/useScroll.ts';
import {useTranscript} from '../../hooks/useTranscript.ts';
import type {Said} from '../../state/said.ts';
import {currentUserId} from '../../state/selectors.ts';
import type {Detail} from '../../types/bridge.ts';
import {Day} from '../time.tsx';
import {useWords, Words} from '../words.tsx';
import {Message} from './message.tsx';
import {TypingLine} from './typing_line.tsx';

/** What was said so far. */
export function Transcript({detail, root_id}: {detail: Detail | undefined; root_id: string}) {
    const desk = useDesk();
    const words = useWords();
    const box = useRef<HTMLDivElement>(null);
    const {said, status, hasOlder, isGrowing, showOlder, retry} = useTranscript(root_id, detail);
    const key = detail?.conversation_id ?? root_id;
    const me = useHost(currentUserId);
    // Where reading ended last time; the line stays there while the conversation is open.
    const [seenBefore] = useState(() => desk.state().kept.seen[key] ?? 0);
    const newest = said.at(-1)?.post;
    const {isAtEnd, onScroll, toEnd} = useScroll(box, said[0]?.post.id, newest?.id, () => {
        if (hasOlder && status === 'ready') showOlder();
    });
    useEffect(() => {
        if (newest && isAtEnd) desk.writing.seen(key, newest.create_at);
    }, [newest, isAtEnd, key, desk]);
    const firstNew = seenBefore > 0 ? said.find(({post}) => post.create_at > seenBefore && post.user_id !== me)?.post.id : undefined;
    const replies = useReplies(detail);
    return (
        <div className="IReserve__transcript">
            <div
                ref={box}
                role="log"
                aria-label={words('ireserve.transcript.name')}
                aria-busy={status === 'loading' || isGrowing}
                // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrollable with the keyboard.
                tabIndex={0}
                onScroll={onScroll}
            >
                <div>
                    {hasOlder && (
                        <button type="button" className="btn btn-tertiary btn-sm" onClick={showOlder}>
                            <Words id="ireserve.transcript.older" />
                        </button>
                    )}
                    {status === 'loading' && said.length === 0 && (
                        <p className="IReserve__empty">
                            <Words id="ireserve.loading" />
                        </p>
                    )}
                    {status === 'failed' && (
                        <p role="alert" className="IReserve__notice error">
                            <Words id="ireserve.transcript.failed" />
                            <button type="button" className="btn btn-tertiary btn-sm" onClick={retry}>
                                <Words id="ireserve.connection.retry" />
                            </button>
                        </p>
                    )}
                    {status === 'ready' && said.length === 0 && (
                        <p className="IReserve__empty">
                            <Words id="ireserve.transcript.empty" />
                        </p>
                    )}
                    {said.map((one, index) => (
                        <Fragment key={one.post.id}>
                            {isNewDay(said[index - 1], one) && (
                                <p className="IReserve__separator">
                                    <span>
                                        <Day at={one.post.create_at} />
                                    </span>
                                </p>
                            )}
                            {one.post.id === firstNew && (
                                <p className="IReserve__separator new">
                                    <span>
                                        <Words id="ireserve.transcript.new" />
                                    </span>
                                </p>
                            )}
                            <Message
                                said={one}
                                reply={replies.get(one.post.id)}
                                conversation_id={detail?.conversation_id}
                                visitor={detail?.visitor.name ?? ''}
                            />
                        </Fragment>
                    ))}
                </div>
            </div>
            {!isAtEnd && (
                <button type="button" className="btn btn-primary btn-sm IReserve__to-end" onClick={toEnd}>
                    <i className="icon icon-arrow-down" aria-hidden="true" />
                    <Words id="ireserve.transcript.to_end" />
                </button>
            )}
            <TypingLine conversation_id={detail?.conversation_id ?? ''} root_id={root_id} visitor={detail?.visitor.name ?? ''} />
        </div>
    );
}

const isNewDay = (before: Said | undefined, {post}: Said): boolean =>
    new Date(before?.post.create_at ?? 0).toDateString() !== new Date(post.create_at).toDateString();

type Replies = ReadonlyMap<string, Detail['replies'][number]>;
const NONE: Replies = new Map();

/** Objects stay the same while they say the same: only what changed is drawn anew. */
function useReplies(detail: Detail | undefined): Replies {
    const known = useRef<Replies>(NONE);
    const given = useOurs((state) => state.details[detail?.conversation_id ?? '']?.replies);
    const last = useRef(given);
    if (given && last.current !== given) {
        last.current = given;
        known.current = collect(given, known.current);
    } else if (given && known.current === NONE) known.current = collect(given, NONE);
    return known.current;
}

function collect(replies: Detail['replies'], before: Replies): Replies {
    return new Map(
        replies.flatMap((reply) => {
            if (!reply.post_id) return [];
            const old = before.get(reply.post_id);
            return [[reply.post_id, old && JSON.stringify(old) === JSON.stringify(reply) ? old : reply] as const];
        }),
    );
}
