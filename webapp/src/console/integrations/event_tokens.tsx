import React, {useState} from 'react';
import {useConsole} from '../context.tsx';
import {useAction, useLoaded} from '../loaded.ts';
import {Confirm, Copyable, TextInput} from '../parts/controls.tsx';
import {Nothing, Refusal, Whether} from '../parts/refusal.tsx';
import {OnDay, Status} from '../parts/status.tsx';
import {Say, useSay} from '../words.tsx';
import {untilEndOf} from './until.ts';

/** i-Reserve's bearer tokens for the event API, for those who don't sign. */
export function EventTokens({integration}: {integration: string}) {
    const say = useSay();
    const {admin, mayWrite, tell} = useConsole();
    const loaded = useLoaded(integration, () => admin.eventTokens(integration));
    const action = useAction();
    const [label, setLabel] = useState('i-Reserve');
    const [until, setUntil] = useState('');
    const [made, setMade] = useState<string | null>(null);
    async function make(): Promise<boolean> {
        const answer = await action.run(() => admin.createEventToken(integration, {label: label.trim(), expires_at: untilEndOf(until)}));
        if (!answer) return false;
        setMade(answer.data.token);
        tell(say('ireserve.console.saved'));
        void loaded.reload();
        return true;
    }
    async function revoke(id: string, what: string): Promise<boolean> {
        const answer = await action.run(() => admin.revokeEventToken(integration, id));
        if (!answer) return false;
        // It may be the one that was just made.
        setMade(null);
        tell(say('ireserve.console.removed', {what}));
        void loaded.reload();
        return true;
    }
    return (
        <div className="IRConsole__part IRConsole__secret">
            <h4>
                <Say id="ireserve.console.event_tokens" />
            </h4>
            <div>
                <p className="help-text">{say('ireserve.console.event_tokens.help')}</p>
                <Whether loaded={loaded}>
                    {({items}) =>
                        items.length === 0 ? (
                            <Nothing>
                                <Say id="ireserve.console.tokens.none" />
                            </Nothing>
                        ) : (
                            <ul className="IRConsole__values">
                                {items.map((token) => (
                                    <li key={token.id}>
                                        <span>
                                            {token.label} <Status is={token.state} />
                                            {token.expires_at !== null && (
                                                <>
                                                    {' · '}
                                                    <Say
                                                        id="ireserve.console.secret.until"
                                                        values={{when: <OnDay at={token.expires_at} />}}
                                                    />
                                                </>
                                            )}
                                        </span>
                                        {mayWrite && token.state === 'live' && (
                                            <Confirm
                                                text={<Say id="ireserve.console.revoke" />}
                                                label={say('ireserve.console.revoke_what', {what: token.label})}
                                                question={<Say id="ireserve.console.revoke.ask" />}
                                                yes={<Say id="ireserve.console.revoke" />}
                                                isBusy={action.isBusy}
                                                onYes={() => revoke(token.id, token.label)}
                                            />
                                        )}
                                    </li>
                                ))}
                            </ul>
                        )
                    }
                </Whether>
                {made !== null && (
                    <div className="IRConsole__notice waiting">
                        <div>
                            <p>{say('ireserve.console.shown_once')}</p>
                            <Copyable text={made} label={say('ireserve.console.token')} />
                        </div>
                    </div>
                )}
                {mayWrite && (
                    <Confirm
                        kind="tertiary"
                        text={<Say id="ireserve.console.tokens.make" />}
                        label={`${say('ireserve.console.tokens.make')}: ${say('ireserve.console.event_tokens')}`}
                        question={<Say id="ireserve.console.event_tokens.ask" />}
                        yes={<Say id="ireserve.console.tokens.make" />}
                        isBusy={action.isBusy}
                        onYes={make}
                    >
                        <label>
                            <Say id="ireserve.console.tokens.label" />
                            <TextInput value={label} onValue={setLabel} maxLength={100} />
                        </label>
                        <label>
                            <Say id="ireserve.console.tokens.expires" />
                            <TextInput type="date" value={until} onValue={setUntil} />
                        </label>
                    </Confirm>
                )}
                {action.error && <Refusal error={action.error} />}
            </div>
        </div>
    );
}
