import React, {useEffect, useRef, useState} from 'react';
import {useConsole} from '../context.tsx';
import {Button} from '../parts/controls.tsx';
import {WithIntegration} from '../parts/integration_choice.tsx';
import {Say} from '../words.tsx';
import {Editor} from './editor.tsx';
import {NewIntegration} from './new_integration.tsx';

/** One integration at a time, under the names of i-Reserve's own screens; or a new one. */
export function Integrations() {
    const {mayWrite} = useConsole();
    const [isNew, setNew] = useState(false);
    const add = useRef<HTMLButtonElement>(null);
    const wasNew = useRef(false);
    useEffect(() => {
        if (wasNew.current && !isNew) add.current?.focus();
        wasNew.current = isNew;
    }, [isNew]);
    if (isNew) return <NewIntegration onDone={() => setNew(false)} />;
    const button = mayWrite && (
        <Button buttonRef={add} onPress={() => setNew(true)}>
            <i className="icon icon-plus" aria-hidden="true" />
            <Say id="ireserve.console.integrations.add" />
        </Button>
    );
    return <WithIntegration beside={button}>{(integration) => <Editor key={integration.id} integration={integration} />}</WithIntegration>;
}
