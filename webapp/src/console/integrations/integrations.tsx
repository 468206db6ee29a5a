import React, {useEffect, useRef, useState} from 'react';
import {useConsole} from '../context.tsx';
import {Exchange} from '../exchange/exchange.tsx';
import {Button} from '../parts/controls.tsx';
import {WithIntegration} from '../parts/integration_choice.tsx';
import {Say} from '../words.tsx';
import {Editor} from './editor.tsx';
import {NewIntegration} from './new_integration.tsx';

/** One integration at a time, under the names of i-Reserve's own screens; or a new one. */
export function Integrations() {
    const {mayWrite} = useConsole();
    const [shown, setShown] = useState<'one' | 'new' | 'exchange'>('one');
    const openers = {new: useRef<HTMLButtonElement>(null), exchange: useRef<HTMLButtonElement>(null)};
    const before = useRef(shown);
    useEffect(() => {
        // Back to what was pressed.
        if (shown === 'one' && before.current !== 'one') openers[before.current].current?.focus();
        before.current = shown;
    });
    if (shown === 'new') return <NewIntegration onDone={() => setShown('one')} />;
    if (shown === 'exchange') return <Exchange onDone={() => setShown('one')} />;
    const buttons = (
        <>
            {mayWrite && (
                <Button buttonRef={openers.new} onPress={() => setShown('new')}>
                    <i className="icon icon-plus" aria-hidden="true" />
                    <Say id="ireserve.console.integrations.add" />
                </Button>
            )}
            <Button buttonRef={openers.exchange} onPress={() => setShown('exchange')}>
                <i className="icon icon-file-text-outline" aria-hidden="true" />
                <Say id="ireserve.console.exchange" />
            </Button>
        </>
    );
    return <WithIntegration beside={buttons}>{(integration) => <Editor key={integration.id} integration={integration} />}</WithIntegration>;
}
