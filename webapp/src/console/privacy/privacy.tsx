import React, {useState} from 'react';
import type {Whom} from '../admin.ts';
import type {Integration, Report} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {useAction} from '../loaded.ts';
import {Button, Choice, Confirm, TextInput} from '../parts/controls.tsx';
import {Field, Section} from '../parts/field.tsx';
import {WithIntegration} from '../parts/integration_choice.tsx';
import {Refusal} from '../parts/refusal.tsx';
import {ReportView} from '../parts/report.tsx';
import {saveFile} from '../parts/save_file.ts';
import {Say, useSay} from '../words.tsx';

const KINDS = ['conversation_id', 'visitor_id', 'email'] as const;
type Kind = (typeof KINDS)[number];

export function Privacy() {
    return <WithIntegration>{(integration) => <Visitor key={integration.id} integration={integration} />}</WithIntegration>;
}

/** What is held of a visitor: handed out, or erased. Erasing is only offered for what a dry run was just made of. */
function Visitor({integration}: {integration: Integration}) {
    const say = useSay();
    const {admin, mayWrite, tell} = useConsole();
    const [kind, setKind] = useState<Kind>('conversation_id');
    const [value, setValue] = useState('');
    const [plan, setPlan] = useState<Report | null>(null);
    const [done, setDone] = useState<Report | null>(null);
    const looking = useAction();
    const erasing = useAction();
    const exporting = useAction();
    const given = value.trim();
    const whom = {[kind]: given} as Whom;
    const forget = () => {
        setPlan(null);
        setDone(null);
    };

    async function look(): Promise<void> {
        forget();
        const answer = await looking.run(() => admin.erase(integration.name, whom, true));
        if (!answer) return;
        setPlan(answer.data);
        tell(say('ireserve.console.erase.looked'));
    }
    async function erase(): Promise<boolean> {
        const answer = await erasing.run(() => admin.erase(integration.name, whom, false));
        if (!answer) return false;
        setPlan(null);
        setDone(answer.data);
        tell(say('ireserve.console.erase.done'));
        return true;
    }
    async function download(): Promise<void> {
        const answer = await exporting.run(() => admin.visitorExport(integration.name, whom));
        if (!answer) return;
        const name = `${integration.name}-${given.replaceAll(/[^\w.-]+/g, '_')}.json`;
        saveFile(name, JSON.stringify(answer.data, null, 2), 'application/json');
        tell(say('ireserve.console.export.done'));
    }
    if (!mayWrite) return <p className="help-text">{say('ireserve.console.refused.read_only')}</p>;
    return (
        <>
            <Section title={<Say id="ireserve.console.privacy.whom" />}>
                <Field label={say('ireserve.console.privacy.by')}>
                    {(described) => (
                        <Choice
                            described={described}
                            value={kind}
                            options={KINDS.map((one) => ({value: one, text: say(`ireserve.console.privacy.${one}`)}))}
                            onValue={(one) => {
                                setKind(one);
                                forget();
                            }}
                        />
                    )}
                </Field>
                <Field label={say(`ireserve.console.privacy.${kind}`)} help={say('ireserve.console.privacy.help')}>
                    {(described) => (
                        <TextInput
                            described={described}
                            value={value}
                            onValue={(text) => {
                                setValue(text);
                                forget();
                            }}
                        />
                    )}
                </Field>
            </Section>
            <Section title={<Say id="ireserve.console.export" />} note={<Say id="ireserve.console.export.help" />}>
                <Button disabled={!given} isBusy={exporting.isBusy} onPress={() => void download()}>
                    <i className="icon icon-download-outline" aria-hidden="true" />
                    <Say id="ireserve.console.export.run" />
                </Button>
                {exporting.error && <Refusal error={exporting.error} />}
            </Section>
            <Section title={<Say id="ireserve.console.erase" />} note={<Say id="ireserve.console.erase.help" />}>
                <Button disabled={!given} isBusy={looking.isBusy} onPress={() => void look()}>
                    <Say id="ireserve.console.erase.look" />
                </Button>
                {looking.error && <Refusal error={looking.error} />}
                {plan && (
                    <div className="IRConsole__part">
                        <h4>
                            <Say id="ireserve.console.erase.plan" />
                        </h4>
                        <ReportView value={plan} />
                        <Confirm
                            text={<Say id="ireserve.console.erase.run" />}
                            question={<Say id="ireserve.console.erase.ask" />}
                            yes={<Say id="ireserve.console.erase.run" />}
                            typed={given}
                            isBusy={erasing.isBusy}
                            onYes={erase}
                        />
                    </div>
                )}
                {erasing.error && <Refusal error={erasing.error} />}
                {done && (
                    <div className="IRConsole__part">
                        <h4>
                            <Say id="ireserve.console.erase.done" />
                        </h4>
                        <ReportView value={done} />
                    </div>
                )}
            </Section>
        </>
    );
}
