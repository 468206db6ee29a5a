import React, {type ReactNode} from 'react';
import type {Integration} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {Say, useSay} from '../words.tsx';
import {Choice} from './controls.tsx';
import {Field} from './field.tsx';
import {Nothing} from './refusal.tsx';
import {Environment, Status} from './status.tsx';

/** Which integration everything below is about; what it is stands beside it, so that nobody edits the wrong one. */
export function WithIntegration({children, beside}: {children: (integration: Integration) => ReactNode; beside?: ReactNode}) {
    const say = useSay();
    const {integrations, chosen, choose} = useConsole();
    if (!chosen) {
        return (
            <>
                <Nothing>
                    <Say id="ireserve.console.integrations.none" />
                </Nothing>
                {beside}
            </>
        );
    }
    return (
        <>
            <div className="IRConsole__choice">
                <Field label={say('ireserve.console.integration')}>
                    {(described) => (
                        <div className="IRConsole__row">
                            <Choice
                                described={described}
                                value={chosen.name}
                                options={integrations.map(({name}) => ({value: name, text: name}))}
                                onValue={choose}
                            />
                            <Environment is={chosen.environment} />
                            <Status is={chosen.state} />
                            {beside}
                        </div>
                    )}
                </Field>
            </div>
            {children(chosen)}
        </>
    );
}
