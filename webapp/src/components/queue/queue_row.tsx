import React, {memo} from 'react';
import {useDesk, useOurs} from '../../hooks/useDesk.ts';
import {Clock, Since} from '../time.tsx';
import {useWords, Words} from '../words.tsx';

/** One conversation of the list: who, since when, the last words, who has it. */
export const QueueRow = memo(function QueueRow({id}: {id: string}) {
    const desk = useDesk();
    const words = useWords();
    const summary = useOurs((state) => state.summaries[id]);
    if (!summary) return null;
    const {visitor, waiting_since, activity_at, preview, topic, assignee, failed, asked, status, presence, thread} = summary;
    const name = visitor.name || words('ireserve.visitor.unnamed');
    return (
        <li>
            <button type="button" className="IReserve__row" onClick={() => void desk.conversations.open(id, thread?.root_id ?? null)}>
                <span className="IReserve__row-top">
                    {presence && presence !== 'unknown' && (
                        <i className={`IReserve__dot ${presence}`} title={words(`ireserve.presence.${presence}`)} />
                    )}
                    <strong>{name}</strong>
                    {waiting_since !== null && status !== 'closed' ? (
                        <span className="IReserve__waiting">
                            <span className="sr-only">
                                <Words id="ireserve.queue.waiting_for" />{' '}
                            </span>
                            <Since at={waiting_since} />
                        </span>
                    ) : (
                        <span className="IReserve__soft">
                            <Clock at={activity_at} />
                        </span>
                    )}
                </span>
                <span className="IReserve__preview">{preview?.text || topic || ''}</span>
                <span className="IReserve__soft">
                    {assignee ? assignee.name : <Words id="ireserve.assignee.nobody" />}
                    {failed > 0 && (
                        <span className="IReserve__badge error">
                            <Words id="ireserve.queue.failed" values={{failed}} />
                        </span>
                    )}
                    {asked > 0 && (
                        <span className="IReserve__badge">
                            <Words id="ireserve.queue.asked" values={{asked}} />
                        </span>
                    )}
                </span>
            </button>
        </li>
    );
});
