import React from 'react';
import {SECRETS} from '../answers.ts';
import {onEnter as atEnter, TextInput} from '../parts/controls.tsx';
import {Field} from '../parts/field.tsx';
import {Say, useSay} from '../words.tsx';
import {keyOf, type Wanted} from './problems.ts';

/** Secrets have no place in the document: those that are missing are typed here, and go beside it. */
export function WantedSecrets({
    wanted,
    values,
    onValue,
    onEnter,
}: {
    wanted: Wanted[];
    values: Record<string, string>;
    onValue: (key: string, value: string) => void;
    onEnter: () => void;
}) {
    const say = useSay();
    return (
        // biome-ignore lint/a11y/noStaticElementInteractions: Enter looks again, as in a form
        <div className="IRConsole__part" onKeyDown={atEnter(onEnter)}>
            <h4>
                <Say id="ireserve.console.exchange.secrets" />
            </h4>
            <p className="help-text">{say('ireserve.console.exchange.secrets.help')}</p>
            {wanted.map((one) => {
                const known = SECRETS.find((name) => name === one.kind);
                const value = values[keyOf(one)] ?? '';
                const label = known ? say(`ireserve.console.secret.${known}`) : one.kind;
                return (
                    <Field
                        key={keyOf(one)}
                        label={`${label} · ${one.integration}`}
                        error={value ? one.message || undefined : say('ireserve.console.exchange.secret_missing')}
                    >
                        {(described) => (
                            <TextInput
                                described={described}
                                type="password"
                                value={value}
                                onValue={(typed) => onValue(keyOf(one), typed)}
                                maxLength={500}
                            />
                        )}
                    </Field>
                );
            })}
        </div>
    );
}
