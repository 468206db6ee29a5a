import React, {useEffect, useRef} from 'react';
import {useConsole} from '../context.tsx';
import {useLoaded} from '../loaded.ts';
import {Button} from '../parts/controls.tsx';
import {Whether} from '../parts/refusal.tsx';
import {directionWord, Status, When} from '../parts/status.tsx';
import {Say, useSay} from '../words.tsx';
import {Actions} from './actions.tsx';

/** One message's whole way: every hop with its id, attempt, time and error. */
export function TraceView({id, onBack}: {id: number; onBack: () => void}) {
    const say = useSay();
    const {admin} = useConsole();
    const loaded = useLoaded(String(id), () => admin.trace(id));
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => heading.current?.focus(), []);
    return (
        <section className="IRConsole__section" aria-labelledby="ireserve-trace">
            <Button onPress={onBack}>
                <i className="icon icon-arrow-left" aria-hidden="true" />
                <Say id="ireserve.console.trace.back" />
            </Button>
            <h3 id="ireserve-trace" ref={heading} tabIndex={-1}>
                <Say id="ireserve.console.trace.of" values={{id}} />
            </h3>
            <Whether loaded={loaded}>
                {({delivery, total_ms, hops, lane}) => (
                    <>
                        <dl className="IRConsole__facts">
                            <dt>{say('ireserve.console.delivery.state')}</dt>
                            <dd>
                                <Status is={delivery.state} />
                            </dd>
                            <dt>{say('ireserve.console.log.direction')}</dt>
                            <dd>{say(directionWord(delivery.direction))}</dd>
                            <dt>{say('ireserve.console.log.type')}</dt>
                            <dd>{delivery.type}</dd>
                            <dt>{say('ireserve.console.log.conversation')}</dt>
                            <dd>{delivery.conversation_id ?? '–'}</dd>
                            <dt>{say('ireserve.console.log.source')}</dt>
                            <dd>{delivery.source_id}</dd>
                            <dt>{say('ireserve.console.log.took')}</dt>
                            <dd>{`${total_ms} ms`}</dd>
                            {lane && (
                                <>
                                    <dt>{say('ireserve.console.trace.ahead')}</dt>
                                    <dd>{lane.ahead}</dd>
                                </>
                            )}
                        </dl>
                        <div>
                            <table className="IRConsole__table">
                                <caption className="sr-only">{say('ireserve.console.trace')}</caption>
                                <thead>
                                    <tr>
                                        <th scope="col">{say('ireserve.console.trace.hop')}</th>
                                        <th scope="col">{say('ireserve.console.trace.at')}</th>
                                        <th scope="col">{say('ireserve.console.log.took')}</th>
                                        <th scope="col">{say('ireserve.console.trace.result')}</th>
                                    </tr>
                                </thead>
                                <tbody>
                                    {hops.map(({hop, at, after_ms, attempt, duration_ms, id: name, ok, code, detail, next}) => (
                                        <tr key={`${hop} ${at} ${attempt}`}>
                                            <th scope="row">
                                                <Say id={`ireserve.console.trace.hop.${hop}`} />
                                                {attempt !== null && ` ${attempt}`}
                                            </th>
                                            <td data-label={say('ireserve.console.trace.at')}>
                                                <When at={at} seconds />
                                                <div className="help-text">{`+ ${after_ms} ms`}</div>
                                            </td>
                                            <td data-label={say('ireserve.console.log.took')}>
                                                {duration_ms === null ? '–' : `${duration_ms} ms`}
                                            </td>
                                            <td data-label={say('ireserve.console.trace.result')}>
                                                <Status is={ok ? 'ok' : 'failed'} /> {code && <code>{code}</code>} {detail}
                                                {next && (
                                                    <div className="help-text">
                                                        {say('ireserve.console.mend')} {next}
                                                    </div>
                                                )}
                                                {name && (
                                                    <div className="help-text">
                                                        <code>{name}</code>
                                                    </div>
                                                )}
                                            </td>
                                        </tr>
                                    ))}
                                </tbody>
                            </table>
                        </div>
                        <Actions delivery={delivery} onChanged={() => void loaded.reload()} />
                    </>
                )}
            </Whether>
        </section>
    );
}
