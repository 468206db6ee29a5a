import React, {type ReactNode} from 'react';
import type {LogEntry} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {Button} from '../parts/controls.tsx';
import {directionWord, Status, When} from '../parts/status.tsx';
import {type ConsoleWord, Say, useSay} from '../words.tsx';

/** One line; the rest of what is known opens below it. */
export function Entry({entry}: {entry: LogEntry}) {
    const say = useSay();
    const {show} = useConsole();
    const fact = (id: ConsoleWord, value: ReactNode) =>
        value !== null && (
            <>
                <dt>{say(id)}</dt>
                <dd>{value}</dd>
            </>
        );
    return (
        <li>
            <details>
                <summary>
                    <When at={entry.at} seconds />
                    <Status is={entry.level} />
                    <span>
                        <Say id={directionWord(entry.direction)} />
                        {' · '}
                        <code>{entry.code}</code> {entry.detail}
                    </span>
                </summary>
                <dl className="IRConsole__facts">
                    {fact('ireserve.console.log.means', entry.means)}
                    {fact('ireserve.console.mend', entry.next)}
                    {fact('ireserve.console.log.integration', entry.integration)}
                    {fact('ireserve.console.log.type', entry.type)}
                    {fact('ireserve.console.log.conversation', entry.conversation_id)}
                    {fact('ireserve.console.log.source', entry.source_id)}
                    {fact('ireserve.console.log.attempt', entry.attempt)}
                    {fact('ireserve.console.log.took', entry.duration_ms === null ? null : `${entry.duration_ms} ms`)}
                </dl>
                {entry.delivery_id !== null && (
                    <Button onPress={() => show('deliveries', {delivery: entry.delivery_id ?? 0})}>
                        <Say id="ireserve.console.trace" />
                    </Button>
                )}
            </details>
        </li>
    );
}
