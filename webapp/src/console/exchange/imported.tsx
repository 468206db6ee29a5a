import React, {useEffect, useRef} from 'react';
import type {ImportReport} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {Button} from '../parts/controls.tsx';
import {Say} from '../words.tsx';
import {Warnings} from './differences.tsx';

/** What was done, and the way to each integration: new ones want their other secrets, and a test. */
export function Imported({report: {integrations}, onDone}: {report: ImportReport; onDone: () => void}) {
    const {choose} = useConsole();
    const told = useRef<HTMLParagraphElement>(null);
    useEffect(() => told.current?.focus(), []);
    const busy = integrations.filter(({change}) => change === 'added' || change === 'changed');
    return (
        <div className="IRConsole__notice good">
            <i className="icon icon-check" aria-hidden="true" />
            <div>
                <p ref={told} tabIndex={-1}>
                    <Say id="ireserve.console.exchange.done" />
                </p>
                {busy.some(({change}) => change === 'added') && (
                    <p>
                        <Say id="ireserve.console.exchange.done.added" />
                    </p>
                )}
                {busy
                    .filter(({warnings}) => warnings?.length)
                    .map((one) => (
                        <div key={one.name}>
                            <strong>{one.name}</strong>
                            <Warnings of={one} />
                        </div>
                    ))}
                <div className="IRConsole__buttons">
                    {busy.map(({name}) => (
                        <Button
                            key={name}
                            onPress={() => {
                                choose(name);
                                onDone();
                            }}
                        >
                            <Say id="ireserve.console.exchange.open" values={{name}} />
                        </Button>
                    ))}
                </div>
            </div>
        </div>
    );
}
