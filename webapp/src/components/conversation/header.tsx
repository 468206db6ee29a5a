import React from 'react';
import {safeLink} from '../../host.ts';
import type {Detail} from '../../types/bridge.ts';
import {Avatar} from '../avatar.tsx';
import {Since} from '../time.tsx';
import {useWords, Words} from '../words.tsx';
import {Actions} from './actions.tsx';
import {More} from './more.tsx';

/** Who the visitor is, how the conversation stands, and what can be done with it. */
export function Header({detail}: {detail: Detail}) {
    const words = useWords();
    const {visitor, page, presence, status, assignee, waiting_since, topic} = detail;
    const name = visitor.name || words('ireserve.visitor.unnamed');
    const link = page ? safeLink(page.url) : null;
    return (
        <section className="IReserve__header" aria-label={words('ireserve.header.name')}>
            <div className="IReserve__who">
                <Avatar name={name} />
                <div>
                    <h2>{name}</h2>
                    <p className="IReserve__soft">
                        {presence && presence !== 'unknown' && (
                            <span>
                                <i className={`IReserve__dot ${presence}`} aria-hidden="true" />{' '}
                                <Words id={`ireserve.presence.${presence}`} />
                            </span>
                        )}
                        {visitor.language && <span lang={visitor.language}>{languageName(visitor.language)}</span>}
                        {visitor.email && <a href={`mailto:${encodeURIComponent(visitor.email)}`}>{visitor.email}</a>}
                    </p>
                    {link && (
                        <p className="IReserve__soft">
                            <a href={link} target="_blank" rel="noopener noreferrer nofollow">
                                {page?.title || link}
                            </a>{' '}
                            {page?.title && <span>({new URL(link).host})</span>}
                        </p>
                    )}
                </div>
            </div>
            {topic && <p>{topic}</p>}
            <p className="IReserve__state">
                <span className={`IReserve__badge ${status}`}>
                    <Words id={`ireserve.status.${status}`} />
                </span>
                {waiting_since !== null && status !== 'closed' && (
                    <span className="IReserve__waiting">
                        <Words id="ireserve.header.waiting" values={{time: <Since at={waiting_since} />}} />
                    </span>
                )}
                <span>
                    {assignee ? (
                        <Words id="ireserve.header.assignee" values={{name: assignee.name}} />
                    ) : (
                        <Words id="ireserve.assignee.nobody" />
                    )}
                </span>
                {detail.closed_reason && <span className="IReserve__soft">· {detail.closed_reason}</span>}
            </p>
            <Actions detail={detail} />
            <More detail={detail} />
        </section>
    );
}

function languageName(code: string): string {
    try {
        return new Intl.DisplayNames([code], {type: 'language'}).of(code) ?? code;
    } catch {
        return code;
    }
}
