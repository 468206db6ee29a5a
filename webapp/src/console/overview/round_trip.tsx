import React, {useState} from 'react';
import {attempt} from '../../types/read.ts';
import {type Report, RoundTripReport} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {useAction} from '../loaded.ts';
import {Confirm} from '../parts/controls.tsx';
import {Refusal} from '../parts/refusal.tsx';
import {ReportView} from '../parts/report.tsx';
import {Status} from '../parts/status.tsx';
import {Say, useSay} from '../words.tsx';

/** A fake visitor's conversation, there and back and removed again; and the comparison of what all three sides hold. */
export function RoundTrip({integration}: {integration: string}) {
    const say = useSay();
    const {admin, mayWrite, tell} = useConsole();
    const action = useAction();
    const [report, setReport] = useState<Report | null>(null);
    async function take(ask: () => ReturnType<typeof admin.roundTrip>): Promise<boolean> {
        const answer = await action.run(ask);
        if (!answer) return false;
        setReport(answer.data);
        tell(say('ireserve.console.check.done'));
        return true;
    }
    if (!mayWrite) return null;
    return (
        <div className="IRConsole__part">
            <div className="IRConsole__buttons">
                <Confirm
                    kind="tertiary"
                    text={<Say id="ireserve.console.round_trip" />}
                    question={<Say id="ireserve.console.round_trip.ask" />}
                    yes={<Say id="ireserve.console.round_trip.yes" />}
                    isBusy={action.isBusy}
                    onYes={() => take(() => admin.roundTrip(integration, {}))}
                />
            </div>
            {action.error && <Refusal error={action.error} />}
            {report && <Outcome report={report} />}
        </div>
    );
}

const SIGNS = {ok: 'ok', broken: 'failed', not_set: 'unset', not_reached: 'not_checked', unknown: 'unknown'} as const;

function Outcome({report}: {report: Report}) {
    const trip = attempt(RoundTripReport, report);
    if (!trip) return <ReportView value={report} />;
    return (
        <ol className="IRConsole__checks">
            {trip.hops.map(({hop, title, state, ms, code, text}) => (
                <li key={hop}>
                    <div className="IRConsole__row">
                        <Status is={SIGNS[state]} />
                        <span>{title}</span>
                        <span className="help-text">{`${ms} ms`}</span>
                    </div>
                    {(code !== null || state !== 'ok') && (
                        <p>
                            {code !== null && <code>{code}</code>} {text}
                        </p>
                    )}
                </li>
            ))}
        </ol>
    );
}
