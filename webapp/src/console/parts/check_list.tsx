import React from 'react';
import {useSay} from '../words.tsx';
import {Status} from './status.tsx';

type Looked = {name: string; is: 'ok' | 'warning' | 'failed'; text: string; next: string | null};

/** What was looked at in Mattermost, and what to do where it does not work. */
export function CheckList({checks}: {checks: Looked[]}) {
    const say = useSay();
    return (
        <ul className="IRConsole__checks">
            {checks.map(({name, is, text, next}) => (
                <li key={name}>
                    <div className="IRConsole__row">
                        <Status is={is} />
                        <span>{text}</span>
                    </div>
                    {next && (
                        <p>
                            <strong>{say('ireserve.console.mend')}</strong> {next}
                        </p>
                    )}
                </li>
            ))}
        </ul>
    );
}
