import React, {useRef, useState} from 'react';
import {type Integration, STATES} from '../answers.ts';
import {useConsole, useUnsaved} from '../context.tsx';
import {useAction, useLoaded} from '../loaded.ts';
import {Button, Copyable, onEnter} from '../parts/controls.tsx';
import {Field, Section} from '../parts/field.tsx';
import {Refusal} from '../parts/refusal.tsx';
import {Say, useSay} from '../words.tsx';
import {Control} from './control.tsx';
import {asTyped, changesOf, type Draft, doubled, FIELDS, type FieldId, SECTIONS, type SectionId} from './fields.ts';
import {Remove} from './remove.tsx';
import {ScreenSecrets, Secrets} from './secrets.tsx';
import {TestButton} from './test_button.tsx';

/** All settings of one integration. Nothing is sent until it is saved, and then only what changed. */
export function Editor({integration}: {integration: Integration}) {
    const say = useSay();
    const {admin, mayWrite, reload, tell} = useConsole();
    const channels = useLoaded(integration.name, () => admin.channels(integration.name));
    const secrets = useLoaded(integration.name, () => admin.secrets(integration.name));
    const [draft, setDraft] = useState<Draft>({});
    const [state, setState] = useState<string | null>(null);
    const [errors, setErrors] = useState<Record<string, string>>({});
    const action = useAction();
    const form = useRef<HTMLDivElement>(null);

    const changes = changesOf(draft, integration.config);
    const newState = state !== null && state !== integration.state ? state : undefined;
    const count = Object.keys(changes.config).length + changes.unreadable.length + (newState ? 1 : 0);
    useUnsaved(count > 0);

    const discard = () => {
        setDraft({});
        setState(null);
        setErrors({});
        action.clear();
    };
    /** Where it has to be mended. */
    const refuse = (found: Record<string, string>) => {
        setErrors(found);
        setTimeout(() => {
            const first = form.current?.querySelector<HTMLElement>('[aria-invalid]');
            first?.focus();
            // It may have had the focus already.
            first?.scrollIntoView?.({block: 'center'});
        });
    };

    async function save(): Promise<void> {
        if (count === 0) return;
        const found: Record<string, string> = Object.fromEntries(
            changes.unreadable.map((field) => [field, say('ireserve.console.not_json')]),
        );
        const twice = Array.isArray(draft.notifications) ? doubled(draft.notifications) : undefined;
        if (twice) found.notifications = say('ireserve.console.notification.twice', {type: twice});
        if (Object.keys(found).length > 0) return refuse(found);
        setErrors({});
        const answer = await action.run(async () => {
            const body = {
                ...(newState ? {state: newState} : {}),
                ...(Object.keys(changes.config).length > 0 ? {config: changes.config} : {}),
                expected_updated_at: integration.updated_at,
            };
            const result = await admin.change(integration.name, body);
            if (!result.ok) refuse(atFields(result.error.errors ?? []));
            return result;
        });
        if (!answer) return;
        await reload();
        setDraft({});
        setState(null);
        tell(say('ireserve.console.saved'));
        void channels.reload();
    }

    const list = channels.data?.items ?? [];
    const section = (id: SectionId) =>
        (Object.keys(FIELDS[id]) as FieldId[])
            // An older bridge does not know all of them.
            .filter((field) => field in integration.config)
            .map((field) => (
                <Control
                    key={field}
                    field={field}
                    value={draft[field] ?? asTyped(field, integration.config[field])}
                    error={errors[field]}
                    channels={list}
                    disabled={!mayWrite}
                    onValue={(value) => setDraft((before) => ({...before, [field]: value}))}
                />
            ));

    return (
        <>
            {/* biome-ignore lint/a11y/noStaticElementInteractions: Enter saves, as in a form; a form within the System Console's would be none */}
            <div ref={form} onKeyDown={onEnter(() => void save())}>
                <Section title={<Say id="ireserve.console.section.state" />}>
                    <div className="IRConsole__radios" role="radiogroup" aria-label={say('ireserve.console.section.state')}>
                        {STATES.map((one) => (
                            <label key={one}>
                                <input
                                    type="radio"
                                    name="ireserve-state"
                                    value={one}
                                    disabled={!mayWrite}
                                    checked={(state ?? integration.state) === one}
                                    onChange={() => setState(one)}
                                />
                                <span>
                                    <strong>{say(`ireserve.console.state.${one}`)}</strong>
                                    <span className="help-text">{say(`ireserve.console.state.${one}.means`)}</span>
                                </span>
                            </label>
                        ))}
                    </div>
                </Section>
                {SECTIONS.map((id) => (
                    <Section key={id} title={<Say id={`ireserve.console.section.${id}`} />}>
                        {id === 'configuration' && channels.error && <Refusal error={channels.error} />}
                        {section(id)}
                        {id === 'authentication' && <ScreenSecrets integration={integration} loaded={secrets} />}
                        {id === 'authentication' && (
                            <Field
                                label={say('ireserve.console.field.inbound_webhook_url')}
                                help={say('ireserve.console.help.inbound_webhook_url')}
                            >
                                {(described) => (
                                    <Copyable
                                        described={described}
                                        text={integration.addresses.inbound_webhook_url}
                                        label={say('ireserve.console.field.inbound_webhook_url')}
                                    />
                                )}
                            </Field>
                        )}
                    </Section>
                ))}
                {action.error && <Refusal error={action.error} onReload={reload} atField={(path) => fieldOf(path) in integration.config} />}
                {mayWrite && (
                    <div className={`IRConsole__save${count > 0 ? ' unsaved' : ''}`}>
                        <Button kind="primary" disabled={count === 0} isBusy={action.isBusy} onPress={() => void save()}>
                            <Say id={action.isBusy ? 'ireserve.console.saving' : 'ireserve.console.save'} />
                        </Button>
                        <Button disabled={count === 0} onPress={discard}>
                            <Say id="ireserve.console.discard_changes" />
                        </Button>
                        <span role="status">{count > 0 && say('ireserve.console.unsaved', {count})}</span>
                    </div>
                )}
            </div>
            <TestButton integration={integration} channels={list} isUnsaved={count > 0} />
            <Secrets integration={integration} loaded={secrets} />
            {mayWrite && <Remove integration={integration} />}
        </>
    );
}

/** `config.server_url` and `server_url.0` both are about server_url. */
const fieldOf = (path: string): string => path.replace(/^config\./, '').split('.')[0] ?? '';

function atFields(errors: {path: string; message: string}[]): Record<string, string> {
    const found: Record<string, string> = {};
    for (const {path, message} of errors) {
        const field = fieldOf(path);
        found[field] = found[field] ? `${found[field]}; ${message}` : message;
    }
    return found;
}
