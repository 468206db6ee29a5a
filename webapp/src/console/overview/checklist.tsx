import React from 'react';
import {attempt} from '../../types/read.ts';
import {type CheckState, DoctorReport, type Finding} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {useAction, useLoaded} from '../loaded.ts';
import {Button, CopyButton} from '../parts/controls.tsx';
import {Refusal} from '../parts/refusal.tsx';
import {Environment, type EnvironmentName, Status, When} from '../parts/status.tsx';
import {Say, useSay} from '../words.tsx';
import {commandsIn} from './commands.ts';

/** i-Reserve's own checklist of this environment, as the doctor filled it in. */
export function Checklist({integration, environment}: {integration: string; environment: EnvironmentName}) {
    const say = useSay();
    const {admin, mayWrite, tell} = useConsole();
    const loaded = useLoaded(integration, () => admin.lastDoctor(integration));
    const action = useAction();
    const report = attempt(DoctorReport, loaded.data?.report);
    async function check(): Promise<void> {
        const answer = await action.run(() => admin.doctor(integration));
        if (!answer) return;
        loaded.set({report: answer.data});
        tell(say('ireserve.console.check.done'));
    }
    const error = action.error ?? loaded.error;
    return (
        <div className="IRConsole__part">
            <h4>{environment === 'unknown' ? <Environment is={environment} /> : <Say id={`ireserve.console.check.${environment}`} />}</h4>
            {report ? <Filled report={report} /> : !error && <p className="help-text">{say('ireserve.console.check.never')}</p>}
            {error && <Refusal error={error} />}
            {mayWrite && (
                <Button isBusy={action.isBusy} onPress={() => void check()}>
                    <Say id={action.isBusy ? 'ireserve.console.check.running' : 'ireserve.console.check.run'} />
                </Button>
            )}
        </div>
    );
}

function Filled({report}: {report: DoctorReport}) {
    const checks = report.hops.flatMap((hop) => hop.checks);
    const elsewhere = checks.filter(
        ({check, findings}) => findings.length > 0 && !report.checklist.some((item) => item.checks.includes(check)),
    );
    return (
        <>
            <p className="help-text">
                <Say id="ireserve.console.check.at" values={{when: <When at={report.at} />}} />
            </p>
            <ul className="IRConsole__checks">
                {report.checklist.map(({item, state, checks: ids}) => (
                    <Item
                        key={item}
                        title={item}
                        state={state}
                        findings={checks.filter(({check}) => ids.includes(check)).flatMap((check) => check.findings)}
                    />
                ))}
                {elsewhere.map(({check, title, state, findings}) => (
                    <Item key={check} title={title} state={state} findings={findings} />
                ))}
            </ul>
        </>
    );
}

function Item({title, state, findings}: {title: string; state: CheckState; findings: Finding[]}) {
    return (
        <li>
            <div className="IRConsole__row">
                <Status is={state} />
                <span>{title}</span>
            </div>
            {findings.map((finding) => (
                <FindingView key={`${finding.code} ${finding.text}`} finding={finding} />
            ))}
        </li>
    );
}

function FindingView({finding: {code, text, means, mend, settings}}: {finding: Finding}) {
    const say = useSay();
    return (
        <details>
            <summary>
                {text || means} <code>{code}</code>
            </summary>
            {text && <p>{means}</p>}
            <p>
                <strong>{say('ireserve.console.mend')}</strong> {mend}
            </p>
            {commandsIn(mend).map((command) => (
                <Command key={command} text={command} label={say('ireserve.console.mend.command')} />
            ))}
            {settings.map((setting) => (
                <dl key={setting.name} className="IRConsole__facts">
                    <dt>{setting.name}</dt>
                    <dd>
                        <code>{setting.value}</code>
                    </dd>
                    {setting.console && (
                        <>
                            <dt>System Console</dt>
                            <dd>{setting.console}</dd>
                        </>
                    )}
                    <dt>{say('ireserve.console.check.environment')}</dt>
                    <dd>
                        <Command text={setting.environment} label={say('ireserve.console.check.environment')} />
                    </dd>
                    <dt>mmctl</dt>
                    <dd>
                        <Command text={setting.mmctl} label="mmctl" />
                    </dd>
                </dl>
            ))}
        </details>
    );
}

/** As a whole, however long it is, and to be taken along. */
const Command = ({text, label}: {text: string; label: string}) => (
    <div className="IRConsole__row">
        <code>{text}</code>
        <CopyButton text={text} label={label} />
    </div>
);
