import React, {useState} from 'react';
import {attempt} from '../../types/read.ts';
import {ReconcileReport} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {useAction} from '../loaded.ts';
import {Confirm} from '../parts/controls.tsx';
import {Refusal} from '../parts/refusal.tsx';
import {Status} from '../parts/status.tsx';
import {Say, useSay} from '../words.tsx';

/** What i-Reserve, the bridge and Mattermost hold, compared; and repaired where that can be done, once it was seen what differs. */
export function Comparison({integration}: {integration: string}) {
    const say = useSay();
    const {admin, mayWrite, tell} = useConsole();
    const action = useAction();
    const [report, setReport] = useState<ReturnType<typeof ReconcileReport> | null>(null);
    async function compare(repair: boolean): Promise<boolean> {
        const answer = await action.run(() => admin.reconcile(integration, repair));
        if (!answer) return false;
        setReport(attempt(ReconcileReport, answer.data) ?? null);
        tell(say('ireserve.console.check.done'));
        return true;
    }
    if (!mayWrite) return null;
    return (
        <div className="IRConsole__part">
            <div className="IRConsole__buttons">
                <Confirm
                    kind="tertiary"
                    text={<Say id="ireserve.console.reconcile" />}
                    question={<Say id="ireserve.console.reconcile.ask" />}
                    yes={<Say id="ireserve.console.reconcile.yes" />}
                    isBusy={action.isBusy}
                    onYes={() => compare(false)}
                />
                {report?.findings.some(({repaired}) => !repaired) && (
                    <Confirm
                        text={<Say id="ireserve.console.reconcile.repair" />}
                        question={<Say id="ireserve.console.reconcile.repair.ask" />}
                        yes={<Say id="ireserve.console.reconcile.repair.yes" />}
                        isBusy={action.isBusy}
                        onYes={() => compare(true)}
                    />
                )}
            </div>
            {action.error && <Refusal error={action.error} />}
            {report && (
                <p>
                    <Say
                        id={report.findings.length === 0 ? 'ireserve.console.reconcile.none' : 'ireserve.console.reconcile.found'}
                        values={{conversations: report.conversations, found: report.findings.length, repaired: report.repaired}}
                    />
                </p>
            )}
            {report?.problem && <p>{report.problem}</p>}
            <ul className="IRConsole__checks">
                {report?.findings.map(({kind, conversation_id, id, detail, repaired}) => (
                    <li key={`${kind} ${conversation_id} ${id ?? ''}`}>
                        <div className="IRConsole__row">
                            <Status is={repaired ? 'ok' : 'warning'} />
                            <code>{kind}</code>
                            <span className="help-text">{conversation_id}</span>
                        </div>
                        <p>{detail}</p>
                    </li>
                ))}
            </ul>
        </div>
    );
}
