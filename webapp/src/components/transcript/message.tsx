import React, {memo, useMemo} from 'react';
import {useHost} from '../../hooks/useDesk.ts';
import {markdown} from '../../host.ts';
import {intentOf, type Said} from '../../state/said.ts';
import {isBot, personOf} from '../../state/selectors.ts';
import type {Reply} from '../../types/bridge.ts';
import {Avatar} from '../avatar.tsx';
import {Clock} from '../time.tsx';
import {useWords, Words} from '../words.tsx';
import {Attachments} from './attachments.tsx';
import {Delivery} from './delivery.tsx';

type Props = {said: Said; reply: Reply | undefined; conversation_id: string | undefined; visitor: string};

/** One thing said, or one line about what happened. */
export const Message = memo(function Message({said, reply, conversation_id, visitor}: Props) {
    const words = useWords();
    const {post, text, kind} = said;
    const isOurs = kind === 'ours';
    const body = useMemo(() => markdown(text, kind !== 'theirs'), [text, kind]);
    const author = useHost((state) => (isOurs ? (personOf(state, post.user_id)?.name ?? '') : ''));
    const isByBot = useHost((state) => isBot(state, post.user_id));
    if (kind === 'line') return <div className="IReserve__line">{body}</div>;
    const isNote = isOurs && (reply ? reply.state === 'note' || reply.state === 'internal' : intentOf(post) === 'note' || isByBot);
    const name = kind === 'theirs' ? said.name || (said.by === 'visitor' ? visitor : '') : author;
    const role = kind === 'theirs' ? said.by : isNote ? 'note' : 'ours';
    const shownName = name || words(kind === 'theirs' && said.by === 'visitor' ? 'ireserve.visitor.unnamed' : 'ireserve.person.unnamed');
    return (
        <article className={`IReserve__message ${role}`} aria-label={words('ireserve.message.name', {name: shownName})}>
            <Avatar name={shownName} user_id={isOurs ? post.user_id : undefined} />
            <div className="IReserve__said">
                <p className="IReserve__by">
                    <strong>{shownName}</strong>
                    {role !== 'ours' && role !== 'unknown' && (
                        <span className="IReserve__badge">
                            <Words id={`ireserve.role.${role}`} />
                        </span>
                    )}
                    <span className="IReserve__soft">
                        <Clock at={post.create_at} />
                        {post.edit_at > 0 && (
                            <>
                                {' '}
                                <Words id="ireserve.message.edited" />
                            </>
                        )}
                    </span>
                </p>
                <div className="IReserve__text">{body}</div>
                {(post.file_ids?.length ?? 0) > 0 && <Attachments post={post} />}
                {isOurs && !isByBot && <Delivery post={post} reply={reply} conversation_id={conversation_id} />}
            </div>
        </article>
    );
});
