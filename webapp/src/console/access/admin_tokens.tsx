import React, {useState} from 'react';
import {useConsole} from '../context.tsx';
import {untilEndOf} from '../integrations/until.ts';
import {useAction, useLoaded} from '../loaded.ts';
import {Choice, Confirm, Copyable, TextInput} from '../parts/controls.tsx';
import {Section} from '../parts/field.tsx';
import {Nothing, Refusal, Whether} from '../parts/refusal.tsx';
import {OnDay, Status, When} from '../parts/status.tsx';
import {Say, useSay} from '../words.tsx';

/** Tokens of the admin API, for scripts and the command line elsewhere. */
export function AdminTokens() {
    const say = useSay();
    const {admin, integrations, mayWrite, tell, me} = useConsole();
    const loaded = useLoaded('tokens', admin.adminTokens);
    const action = useAction();
    const [label, setLabel] = useState('');
    const [scope, setScope] = useState<'read' | 'write'>('read');
    const [integration, setIntegration] = useState(me.kind === 'session' ? (integrations[0]?.name ?? '') : '');
    const [until, setUntil] = useState('');
    const [made, setMade] = useState<string | null>(null);
    async function make(): Promise<boolean> {
        const body = {label: label.trim(), scope, integration: integration || null, expires_at: untilEndOf(until)};
        const answer = await action.run(() => admin.createAdminToken(body));
        if (!answer) return false;
        setMade(answer.data.token);
        setLabel('');
        tell(say('ireserve.console.saved'));
        void loaded.reload();
        return true;
    }
    async function revoke(id: string, what: string): Promise<boolean> {
        const answer = await action.run(() => admin.revokeAdminToken(id));
        if (!answer) return false;
        // It may be the one that was just made.
        setMade(null);
        tell(say('ireserve.console.removed', {what}));
        void loaded.reload();
        return true;
    }
    const whole = {value: '', text: say('ireserve.console.tokens.whole')};
    return (
        <Section title={<Say id="ireserve.console.admin_tokens" />} note={<Say id="ireserve.console.admin_tokens.help" />}>
            <Whether loaded={loaded}>
                {({items}) =>
                    items.length === 0 ? (
                        <Nothing>
                            <Say id="ireserve.console.tokens.none" />
                        </Nothing>
                    ) : (
                        <ul className="IRConsole__values" aria-label={say('ireserve.console.admin_tokens')}>
                            {items.map((token) => (
                                <li key={token.id}>
                                    <span>
                                        <strong>{token.label}</strong> <Status is={token.state} /> ·{' '}
                                        {say(
                                            token.scope === 'unknown'
                                                ? 'ireserve.console.state.unknown'
                                                : `ireserve.console.tokens.${token.scope}`,
                                        )}{' '}
                                        · {token.integration ?? say('ireserve.console.tokens.whole')}
                                        {token.expires_at !== null && (
                                            <>
                                                {' · '}
                                                <Say id="ireserve.console.secret.until" values={{when: <OnDay at={token.expires_at} />}} />
                                            </>
                                        )}
                                        {token.last_used_at !== null && (
                                            <>
                                                {' · '}
                                                <Say id="ireserve.console.tokens.used" values={{when: <When at={token.last_used_at} />}} />
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
                    label={`${say('ireserve.console.tokens.make')}: ${say('ireserve.console.admin_tokens')}`}
                    question={<Say id="ireserve.console.admin_tokens.ask" />}
                    yes={<Say id="ireserve.console.tokens.make" />}
                    isBusy={action.isBusy}
                    onYes={make}
                >
                    <label>
                        <Say id="ireserve.console.tokens.label" />
                        <TextInput value={label} onValue={setLabel} maxLength={100} />
                    </label>
                    <label>
                        <Say id="ireserve.console.tokens.scope" />
                        <Choice
                            value={scope}
                            options={[
                                {value: 'read', text: say('ireserve.console.tokens.read')},
                                {value: 'write', text: say('ireserve.console.tokens.write')},
                            ]}
                            onValue={setScope}
                        />
                    </label>
                    <label>
                        <Say id="ireserve.console.log.integration" />
                        <Choice
                            value={integration}
                            options={[
                                ...(me.kind === 'session' ? [] : [whole]),
                                ...integrations.map(({name}) => ({value: name, text: name})),
                            ]}
                            onValue={setIntegration}
                        />
                    </label>
                    <label>
                        <Say id="ireserve.console.tokens.expires" />
                        <TextInput type="date" value={until} onValue={setUntil} />
                    </label>
                </Confirm>
            )}
            {action.error && <Refusal error={action.error} />}
        </Section>
    );
}
