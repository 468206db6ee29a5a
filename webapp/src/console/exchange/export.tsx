import React, {useState} from 'react';
import {useConsole} from '../context.tsx';
import {useAction} from '../loaded.ts';
import {Button, Choice} from '../parts/controls.tsx';
import {Field, Section} from '../parts/field.tsx';
import {Refusal} from '../parts/refusal.tsx';
import {saveFile} from '../parts/save_file.ts';
import {Say, useSay} from '../words.tsx';

export function Export() {
    const say = useSay();
    const {admin, integrations, tell} = useConsole();
    const action = useAction();
    const [which, setWhich] = useState('');
    async function download(): Promise<void> {
        const answer = await action.run(() => admin.exportYaml(which));
        if (!answer) return;
        saveFile(`${which || 'integrations'}.yaml`, answer.data, 'application/yaml');
        tell(say('ireserve.console.export.done'));
    }
    return (
        <Section title={<Say id="ireserve.console.exchange.export" />} note={<Say id="ireserve.console.exchange.export.help" />}>
            <Field label={say('ireserve.console.integration')}>
                {(described) => (
                    <Choice
                        described={described}
                        value={which}
                        options={[
                            {value: '', text: say('ireserve.console.all')},
                            ...integrations.map(({name}) => ({value: name, text: name})),
                        ]}
                        onValue={setWhich}
                    />
                )}
            </Field>
            <Button isBusy={action.isBusy} onPress={() => void download()}>
                <i className="icon icon-download-outline" aria-hidden="true" />
                <Say id="ireserve.console.export.run" />
            </Button>
            {action.error && <Refusal error={action.error} />}
        </Section>
    );
}
