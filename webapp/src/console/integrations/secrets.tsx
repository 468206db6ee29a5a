import React, {useState} from 'react';
import {type Integration, SECRETS, type SecretStatus} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {type Loaded, useAction} from '../loaded.ts';
import {Choice, Confirm, Copyable, TextInput} from '../parts/controls.tsx';
import {Section} from '../parts/field.tsx';
import {Refusal, Whether} from '../parts/refusal.tsx';
import {OnDay, Status, When} from '../parts/status.tsx';
import {Say, useSay} from '../words.tsx';
import {EventTokens} from './event_tokens.tsx';
import {dayOf, untilEndOf} from './until.ts';

const SOON_MS = 30 * 86_400_000;
/** On i-Reserve's own authentication screen. */
const SCREEN: readonly string[] = ['bot_token', 'webhook_tokens'];
/** Others are made elsewhere: here nobody could make one up. */
const GENERATED: readonly string[] = ['signing_secrets', 'callback_secrets', 'callback_tokens', 'native_hook_tokens'];

/** They go in and never come out. A new one lives beside the old until that is dropped, so that nothing is lost while the other side changes over. */
export function Secrets({integration, loaded}: {integration: Integration; loaded: Loaded<{items: SecretStatus[]}>}) {
    return (
        <Section title={<Say id="ireserve.console.secrets" />} note={<Say id="ireserve.console.secrets.help" />}>
            <Some integration={integration} loaded={loaded} which={(secret) => !SCREEN.includes(secret)} />
            <EventTokens integration={integration.name} />
        </Section>
    );
}

/** Those of i-Reserve's own authentication screen, which stand there. */
export function ScreenSecrets({integration, loaded}: {integration: Integration; loaded: Loaded<{items: SecretStatus[]}>}) {
    return <Some integration={integration} loaded={loaded} which={(secret) => SCREEN.includes(secret)} />;
}

function Some({
    integration,
    loaded,
    which,
}: {
    integration: Integration;
    loaded: Loaded<{items: SecretStatus[]}>;
    which: (secret: string) => boolean;
}) {
    const {reload} = useConsole();
    // It counts as a change of the integration: what is saved next must know of it.
    const changed = () => void Promise.all([loaded.reload(), reload()]);
    return (
        <Whether loaded={loaded}>
            {({items}) => (
                <>
                    {items
                        .filter(({secret}) => which(secret))
                        .map((secret) => (
                            <Secret key={secret.secret} integration={integration.name} secret={secret} onChanged={changed} />
                        ))}
                </>
            )}
        </Whether>
    );
}

function Secret({integration, secret, onChanged}: {integration: string; secret: SecretStatus; onChanged: () => void}) {
    const say = useSay();
    const {admin, mayWrite, tell} = useConsole();
    const action = useAction();
    const [shown, setShown] = useState<string | null>(null);
    const named = SECRETS.find((name) => name === secret.secret);
    const label = named ? say(`ireserve.console.secret.${named}`) : secret.label;
    const {values, most} = secret;

    async function drop(id: string): Promise<boolean> {
        const answer = await action.run(() => admin.dropSecret(integration, secret.secret, id));
        if (!answer) return false;
        onChanged();
        tell(say('ireserve.console.removed', {what: label}));
        return true;
    }
    return (
        <div className="IRConsole__part IRConsole__secret">
            <h4>{label}</h4>
            <div>
                {named && <p className="help-text">{say(`ireserve.console.secret.${named}.help`)}</p>}
                {values.length === 0 && (
                    <p>
                        <Status is="unset" />
                    </p>
                )}
                {values.length > 0 && (
                    <ul className="IRConsole__values">
                        {values.map(({id, last4, set_at, expires_at}, index) => (
                            <li key={id}>
                                <span>
                                    <code>{last4 ? `…${last4}` : '••••'}</code>{' '}
                                    {set_at !== null && <Say id="ireserve.console.secret.since" values={{when: <When at={set_at} />}} />}
                                    {expires_at !== null && (
                                        <>
                                            {' · '}
                                            {expires_at < Date.now() + SOON_MS && (
                                                <Status is={expires_at < Date.now() ? 'expired' : 'warning'} />
                                            )}{' '}
                                            <Say id="ireserve.console.secret.until" values={{when: <OnDay at={expires_at} />}} />
                                        </>
                                    )}
                                    {index > 0 && most === 2 && (
                                        <>
                                            {' · '}
                                            <Say id="ireserve.console.secret.old" />
                                        </>
                                    )}
                                </span>
                                {mayWrite && (
                                    <Expiry
                                        integration={integration}
                                        secret={secret.secret}
                                        value={{id, expires_at}}
                                        what={`${label} ${last4 ?? ''}`.trim()}
                                        onChanged={onChanged}
                                    />
                                )}
                                {mayWrite && secret.secret !== 'bot_token' && (
                                    <Confirm
                                        text={<Say id="ireserve.console.secret.drop" />}
                                        label={say('ireserve.console.secret.drop_what', {what: `${label} ${last4 ?? ''}`})}
                                        question={<Say id="ireserve.console.secret.drop.ask" />}
                                        yes={<Say id="ireserve.console.secret.drop" />}
                                        isBusy={action.isBusy}
                                        onYes={() => drop(id)}
                                    />
                                )}
                            </li>
                        ))}
                    </ul>
                )}
                {shown !== null && (
                    <div className="IRConsole__notice waiting">
                        <div>
                            <p>{say('ireserve.console.shown_once')}</p>
                            <Copyable text={shown} label={label} />
                        </div>
                    </div>
                )}
                {mayWrite && <NewSecret integration={integration} secret={secret} label={label} onChanged={onChanged} onShown={setShown} />}
                {action.error && <Refusal error={action.error} />}
            </div>
        </div>
    );
}

/** The date at which it is to be replaced, of one that is live already. */
function Expiry({
    integration,
    secret,
    value: {id, expires_at},
    what,
    onChanged,
}: {
    integration: string;
    secret: string;
    value: {id: string; expires_at: number | null};
    what: string;
    onChanged: () => void;
}) {
    const say = useSay();
    const {admin, tell} = useConsole();
    const action = useAction();
    const [until, setUntil] = useState<string | null>(null);
    const day = until ?? dayOf(expires_at);
    async function set(): Promise<boolean> {
        const answer = await action.run(() => admin.setExpiry(integration, secret, id, untilEndOf(day)));
        if (!answer) return false;
        setUntil(null);
        onChanged();
        tell(say('ireserve.console.saved'));
        return true;
    }
    return (
        <>
            <Confirm
                kind="tertiary"
                text={<Say id="ireserve.console.secret.expiry" />}
                label={`${say('ireserve.console.secret.expiry')}: ${what}`}
                question={<Say id="ireserve.console.secret.expiry.ask" />}
                yes={<Say id="ireserve.console.save" />}
                isBusy={action.isBusy}
                onYes={set}
                onNo={() => {
                    setUntil(null);
                    action.clear();
                }}
            >
                <label>
                    <Say id="ireserve.console.secret.expires" />
                    <TextInput type="date" value={day} onValue={setUntil} />
                </label>
            </Confirm>
            {action.error && <Refusal error={action.error} />}
        </>
    );
}

function NewSecret({
    integration,
    secret: {secret, values, most},
    label,
    onChanged,
    onShown,
}: {
    integration: string;
    secret: SecretStatus;
    label: string;
    onChanged: () => void;
    onShown: (secret: string | null) => void;
}) {
    const say = useSay();
    const {admin, tell} = useConsole();
    const action = useAction();
    const canGenerate = GENERATED.includes(secret);
    const [how, setHow] = useState<'generate' | 'value'>(canGenerate ? 'generate' : 'value');
    const [value, setValue] = useState('');
    const [until, setUntil] = useState('');
    const isFull = values.length >= most && secret !== 'bot_token';
    async function add(): Promise<boolean> {
        const body = {
            ...(how === 'generate' ? {generate: true} : {value: value.trim()}),
            expires_at: untilEndOf(until),
            drop_oldest: isFull,
        };
        const answer = await action.run(() => admin.addSecret(integration, secret, body));
        if (!answer) return false;
        setValue('');
        setUntil('');
        onShown(answer.data.shown_once);
        onChanged();
        tell(say('ireserve.console.saved'));
        return true;
    }
    const text = values.length === 0 || most > 2 ? 'ireserve.console.secret.set' : 'ireserve.console.secret.rotate';
    return (
        <>
            <Confirm
                kind="tertiary"
                text={<Say id={text} />}
                label={`${say(text)}: ${label}`}
                question={<Say id={isFull ? 'ireserve.console.secret.full' : 'ireserve.console.secret.ask'} />}
                yes={<Say id="ireserve.console.save" />}
                isBusy={action.isBusy}
                onYes={add}
            >
                {canGenerate && (
                    <label>
                        <Say id="ireserve.console.secret.how" />
                        <Choice
                            value={how}
                            options={[
                                {value: 'generate', text: say('ireserve.console.secret.generate')},
                                {value: 'value', text: say('ireserve.console.secret.value')},
                            ]}
                            onValue={setHow}
                        />
                    </label>
                )}
                {how === 'value' && (
                    <label>
                        {label}
                        <TextInput type="password" value={value} onValue={setValue} maxLength={500} />
                    </label>
                )}
                <label>
                    <Say id="ireserve.console.secret.expires" />
                    <TextInput type="date" value={until} onValue={setUntil} />
                </label>
            </Confirm>
            {action.error && <Refusal error={action.error} />}
        </>
    );
}
