import React from 'react';
import {useConsole} from '../context.tsx';
import {Section} from '../parts/field.tsx';
import {Say, useSay} from '../words.tsx';
import {AdminTokens} from './admin_tokens.tsx';
import {Sessions} from './sessions.tsx';

/** Who is in just now, and which tokens there are. */
export function Access() {
    const say = useSay();
    const {me} = useConsole();
    return (
        <>
            <Sessions />
            {me.bridge_wide ? (
                <AdminTokens />
            ) : (
                <Section title={<Say id="ireserve.console.admin_tokens" />}>
                    <p className="help-text">{say('ireserve.console.refused.bridge_wide')}</p>
                </Section>
            )}
        </>
    );
}
