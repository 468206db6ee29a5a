import React from 'react';
import {FormattedDate} from 'react-intl';
import {useDesk} from '../../hooks/useDesk.ts';
import {safeLink} from '../../host.ts';
import type {Detail} from '../../types/bridge.ts';
import {orNull, thing} from '../../types/read.ts';
import {Words} from '../words.tsx';

/** What is good to know: the booking, what the web site told of the visitor, conversations before this one. Folded up at first. */
export function More({detail}: {detail: Detail}) {
    const desk = useDesk();
    const {visitor, booking_id, booking, earlier} = detail;
    const properties = Object.entries(visitor.properties);
    const facts = bookingFacts(booking);
    const link = linkOf(booking);
    if (properties.length === 0 && !booking_id && earlier.length === 0) return null;
    return (
        <details className="IReserve__more">
            <summary>
                <Words id="ireserve.more.title" />
            </summary>
            {booking_id && (
                <section>
                    <h3>
                        <Words id="ireserve.more.booking" />{' '}
                        {link ? (
                            <a href={link} target="_blank" rel="noopener noreferrer">
                                {booking_id}
                            </a>
                        ) : (
                            booking_id
                        )}
                    </h3>
                    <Facts facts={facts} />
                </section>
            )}
            {properties.length > 0 && (
                <section>
                    <h3>
                        <Words id="ireserve.more.properties" />
                    </h3>
                    <Facts facts={properties.map(([name, value]) => [name, String(value)])} />
                </section>
            )}
            {earlier.length > 0 && (
                <section>
                    <h3>
                        <Words id="ireserve.more.earlier" />
                    </h3>
                    <ul>
                        {earlier.map(({conversation_id, topic, status, started_at, thread}) => (
                            <li key={conversation_id}>
                                <button
                                    type="button"
                                    className="btn btn-link"
                                    onClick={() => void desk.conversations.open(conversation_id, thread?.root_id ?? null)}
                                >
                                    {started_at && <FormattedDate value={started_at} dateStyle="medium" />} {topic}
                                </button>{' '}
                                <Words id={`ireserve.status.${status}`} />
                            </li>
                        ))}
                    </ul>
                </section>
            )}
        </details>
    );
}

function Facts({facts}: {facts: [string, string][]}) {
    return (
        <dl>
            {facts.map(([name, value]) => (
                <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            ))}
        </dl>
    );
}

const asThing = orNull((value) => (typeof value === 'object' ? thing(value) : {}));

/** The names are i-Reserve's; a value that is no plain one, and the link, are not for this list. */
function bookingFacts(booking: unknown): [string, string][] {
    return Object.entries(asThing(booking) ?? {}).flatMap(([name, value]): [string, string][] => {
        if (name === 'id' || name === 'link') return [];
        if (name === 'status') return [[name, String(asThing(value)?.name ?? '')]];
        return typeof value === 'string' || typeof value === 'number' ? [[name.replaceAll('_', ' '), String(value)]] : [];
    });
}

function linkOf(booking: unknown): string | null {
    const link = asThing(booking)?.link;
    return typeof link === 'string' ? safeLink(link) : null;
}
