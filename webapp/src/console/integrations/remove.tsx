import React from 'react';
import type {Integration} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {useAction} from '../loaded.ts';
import {Confirm} from '../parts/controls.tsx';
import {Section} from '../parts/field.tsx';
import {Refusal} from '../parts/refusal.tsx';
import {Say, useSay} from '../words.tsx';

export function Remove({integration: {name}}: {integration: Integration}) {
    const say = useSay();
    const {admin, reload, tell} = useConsole();
    const action = useAction();
    async function remove(): Promise<boolean> {
        const answer = await action.run(() => admin.remove(name));
        if (!answer) return false;
        await reload();
        tell(say('ireserve.console.removed', {what: name}));
        return true;
    }
    return (
        <Section title={<Say id="ireserve.console.remove" />}>
            <Confirm
                text={<Say id="ireserve.console.remove" />}
                question={<Say id="ireserve.console.remove.ask" values={{name}} />}
                yes={<Say id="ireserve.console.remove.yes" />}
                typed={name}
                isBusy={action.isBusy}
                onYes={remove}
            />
            {action.error && <Refusal error={action.error} />}
        </Section>
    );
}
