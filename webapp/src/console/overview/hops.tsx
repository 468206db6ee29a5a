import React from 'react';
import {Since} from '../../components/time.tsx';
import type {HealthOf} from '../answers.ts';
import {Status} from '../parts/status.tsx';
import {Say, useSay} from '../words.tsx';

/** The four steps a message takes, there and back. */
export function Hops({health: {hops, listening, name}}: {health: HealthOf}) {
    const say = useSay();
    return (
        <div>
            <table className="IRConsole__table">
                <caption className="sr-only">{say('ireserve.console.hops', {name})}</caption>
                <thead>
                    <tr>
                        <th scope="col">{say('ireserve.console.hops.hop')}</th>
                        <th scope="col">{say('ireserve.console.hops.state')}</th>
                        <th scope="col">{say('ireserve.console.hops.success')}</th>
                        <th scope="col">{say('ireserve.console.hops.failure')}</th>
                    </tr>
                </thead>
                <tbody>
                    {hops.map((hop) => (
                        <tr key={hop.hop}>
                            <th scope="row">
                                <Say id={`ireserve.console.hop.${hop.hop}`} />
                                {hop.hop === 'mattermost_to_bridge' && listening && (
                                    <div className="help-text">
                                        <Say id={listening.up ? 'ireserve.console.hops.listening' : 'ireserve.console.hops.deaf'} />
                                    </div>
                                )}
                            </th>
                            <td data-label={say('ireserve.console.hops.state')}>
                                <Status is={hop.state} />
                                {hop.detail && <div className="help-text">{hop.detail}</div>}
                            </td>
                            <td data-label={say('ireserve.console.hops.success')}>
                                {hop.last_success_at === null ? (
                                    '–'
                                ) : (
                                    <Say id="ireserve.console.ago" values={{ago: <Since at={hop.last_success_at} />}} />
                                )}
                            </td>
                            <td data-label={say('ireserve.console.hops.failure')}>
                                {hop.last_failure === null ? (
                                    '–'
                                ) : (
                                    <>
                                        <Say id="ireserve.console.ago" values={{ago: <Since at={hop.last_failure.at} />}} />{' '}
                                        <code>{hop.last_failure.code}</code>
                                        <div className="help-text">{hop.last_failure.detail}</div>
                                    </>
                                )}
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}
