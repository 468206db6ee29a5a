import React, {useState} from 'react';
import type {ReadAs} from '../../types/read.ts';
import type {Channel, Integration, TestReport} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {useAction} from '../loaded.ts';
import {CheckList} from '../parts/check_list.tsx';
import {Button} from '../parts/controls.tsx';
import {Field, Section} from '../parts/field.tsx';
import {Refusal} from '../parts/refusal.tsx';
import {Say, useSay} from '../words.tsx';
import {ChannelSelect} from './channel_select.tsx';

/** Posts a sample message, and says exactly what stands in the way when it fails. */
export function TestButton({integration, channels, isUnsaved}: {integration: Integration; channels: Channel[]; isUnsaved: boolean}) {
    const say = useSay();
    const {admin, mayWrite, tell} = useConsole();
    const action = useAction();
    const [channel_id, setChannel] = useState('');
    const [report, setReport] = useState<ReadAs<typeof TestReport> | null>(null);
    if (!mayWrite) return null;
    async function test(): Promise<void> {
        setReport(null);
        const answer = await action.run(() => admin.test(integration.name, channel_id ? {channel_id} : {}));
        if (!answer) return;
        setReport(answer.data);
        tell(say(answer.data.ok ? 'ireserve.console.test.good' : 'ireserve.console.test.bad'));
    }
    return (
        <Section title={<Say id="ireserve.console.test" />} note={<Say id="ireserve.console.test.help" />}>
            <Field label={say('ireserve.console.test.channel')}>
                {(described) => (
                    <ChannelSelect
                        described={described}
                        channels={channels}
                        value={channel_id}
                        none={say('ireserve.console.test.mirror')}
                        onValue={setChannel}
                    />
                )}
            </Field>
            {isUnsaved && <p className="help-text">{say('ireserve.console.test.unsaved')}</p>}
            <Button isBusy={action.isBusy} onPress={() => void test()}>
                <Say id="ireserve.console.test.run" />
            </Button>
            {action.error && <Refusal error={action.error} />}
            {report && <CheckList checks={report.checks.map((one) => ({...one, is: one.ok ? 'ok' : 'failed'}))} />}
        </Section>
    );
}
