import React, {useEffect, useRef, useState} from 'react';
import {Words} from '../../components/words.tsx';
import {useConsole, useUnsaved} from '../context.tsx';
import {useAction} from '../loaded.ts';
import {Button, Choice, onEnter, TextInput} from '../parts/controls.tsx';
import {Field} from '../parts/field.tsx';
import {Refusal} from '../parts/refusal.tsx';
import {Say, useSay} from '../words.tsx';

const EMPTY = {name: '', licence: '', server_url: '', bot_token: '', channel_id: ''};
type Name = keyof typeof EMPTY;

const isEmpty = (value: string): boolean => value.trim() === '';
const fieldOf = (path: string): string => path.split('.').at(-1) ?? '';

/** As little as it takes to know the bot and the channel; the rest is set in the editor. */
export function NewIntegration({onDone}: {onDone: () => void}) {
    const say = useSay();
    const {admin, me, reload, choose, tell, setUnsaved} = useConsole();
    const [values, setValues] = useState({...EMPTY, server_url: me.server_url ?? ''});
    const [environment, setEnvironment] = useState<'test' | 'production'>('test');
    const [isTried, setTried] = useState(false);
    const action = useAction();
    const form = useRef<HTMLDivElement>(null);
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => heading.current?.focus(), []);
    useUnsaved(Object.entries(values).some(([name, value]) => name !== 'server_url' && value !== ''));

    /** Where it has to be mended. */
    const refuse = () => {
        setTried(true);
        setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
    };

    async function create(): Promise<void> {
        if (Object.values(values).some(isEmpty)) return refuse();
        const {bot_token, server_url, channel_id, ...rest} = values;
        const body = {...rest, environment, config: {server_url, channel_id}, secrets: {bot_token}};
        const answer = await action.run(() => admin.create(body));
        if (!answer) return refuse();
        await reload();
        // It is saved: nobody need be asked.
        setUnsaved(false);
        choose(answer.data.name);
        tell(say('ireserve.console.saved'));
        onDone();
    }
    const errorAt = (name: Name) =>
        isTried && isEmpty(values[name])
            ? say('ireserve.console.needed')
            : action.error?.errors?.find(({path}) => fieldOf(path) === name)?.message;
    const input = (name: Name, type: 'text' | 'password' = 'text') => (
        <Field label={say(`ireserve.console.field.${name}`)} help={say(`ireserve.console.help.new.${name}`)} error={errorAt(name)}>
            {(described) => (
                <TextInput
                    described={described}
                    type={type}
                    value={values[name]}
                    onValue={(value) => setValues((before) => ({...before, [name]: value}))}
                />
            )}
        </Field>
    );
    return (
        // biome-ignore lint/a11y/noStaticElementInteractions: as in the editor
        <div ref={form} onKeyDown={onEnter(() => void create())}>
            <h3 ref={heading} tabIndex={-1}>
                <Say id="ireserve.console.integrations.add" />
            </h3>
            {input('name')}
            {input('licence')}
            <Field label={say('ireserve.console.field.environment')} help={say('ireserve.console.help.new.environment')}>
                {(described) => (
                    <Choice
                        described={described}
                        value={environment}
                        options={[
                            {value: 'test', text: say('ireserve.console.environment.test')},
                            {value: 'production', text: say('ireserve.console.environment.production')},
                        ]}
                        onValue={setEnvironment}
                    />
                )}
            </Field>
            {input('server_url')}
            {input('bot_token', 'password')}
            {input('channel_id')}
            {action.error && <Refusal error={action.error} atField={(path) => fieldOf(path) in values} />}
            <div className="IRConsole__save">
                <Button kind="primary" isBusy={action.isBusy} onPress={() => void create()}>
                    <Say id={action.isBusy ? 'ireserve.console.saving' : 'ireserve.console.save'} />
                </Button>
                <Button onPress={onDone}>
                    <Words id="ireserve.cancel" />
                </Button>
            </div>
        </div>
    );
}
