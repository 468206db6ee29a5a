import React from 'react';
import {useConsole} from '../context.tsx';
import {useAction, useLoaded} from '../loaded.ts';
import {Confirm} from '../parts/controls.tsx';
import {Section} from '../parts/field.tsx';
import {Nothing, Refusal, Whether} from '../parts/refusal.tsx';
import {When} from '../parts/status.tsx';
import {Say, useSay} from '../words.tsx';

export function Sessions() {
    const say = useSay();
    const {admin, mayWrite, tell} = useConsole();
    const loaded = useLoaded('sessions', admin.sessions);
    const action = useAction();
    async function revoke(id: string, what: string): Promise<boolean> {
        const answer = await action.run(() => admin.revokeSession(id));
        if (!answer) return false;
        tell(say('ireserve.console.removed', {what}));
        await loaded.reload();
        return true;
    }
    return (
        <Section title={<Say id="ireserve.console.sessions" />} note={<Say id="ireserve.console.sessions.help" />}>
            <Whether loaded={loaded}>
                {({items}) =>
                    items.length === 0 ? (
                        <Nothing>
                            <Say id="ireserve.console.sessions.none" />
                        </Nothing>
                    ) : (
                        <ul className="IRConsole__values" aria-label={say('ireserve.console.sessions')}>
                            {items.map(({id, kind, integration, user_id, username, expires_at, mine}) => {
                                const who = username ? `@${username}` : user_id;
                                return (
                                    <li key={id}>
                                        <span>
                                            <strong>{who}</strong> ·{' '}
                                            {say(
                                                kind === 'unknown' ? 'ireserve.console.state.unknown' : `ireserve.console.sessions.${kind}`,
                                            )}{' '}
                                            · {integration} ·{' '}
                                            <Say id="ireserve.console.secret.until" values={{when: <When at={expires_at} />}} />
                                            {mine && ` · ${say('ireserve.console.sessions.mine')}`}
                                        </span>
                                        {mayWrite && !mine && (
                                            <Confirm
                                                text={<Say id="ireserve.console.sessions.end" />}
                                                label={say('ireserve.console.sessions.end_whose', {who})}
                                                question={<Say id="ireserve.console.sessions.ask" />}
                                                yes={<Say id="ireserve.console.sessions.end" />}
                                                isBusy={action.isBusy}
                                                onYes={() => revoke(id, who)}
                                            />
                                        )}
                                    </li>
                                );
                            })}
                        </ul>
                    )
                }
            </Whether>
            {action.error && <Refusal error={action.error} />}
        </Section>
    );
}
