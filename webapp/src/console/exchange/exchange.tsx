import React, {useEffect, useRef} from 'react';
import {useConsole} from '../context.tsx';
import {Button} from '../parts/controls.tsx';
import {Say, useSay} from '../words.tsx';
import {Export} from './export.tsx';
import {Import} from './import.tsx';

/** All integrations as one YAML file, out and in again. */
export function Exchange({onDone}: {onDone: () => void}) {
    const say = useSay();
    const {me, mayWrite} = useConsole();
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => heading.current?.focus(), []);
    return (
        <>
            <div className="IRConsole__row IRConsole__bar">
                <h3 ref={heading} tabIndex={-1}>
                    <Say id="ireserve.console.exchange" />
                </h3>
                <Button onPress={onDone}>
                    <i className="icon icon-arrow-left" aria-hidden="true" />
                    <Say id="ireserve.console.exchange.back" />
                </Button>
            </div>
            <Export />
            {mayWrite && me.bridge_wide && <Import onDone={onDone} />}
            {mayWrite && !me.bridge_wide && <p className="help-text">{say('ireserve.console.refused.bridge_wide')}</p>}
        </>
    );
}
