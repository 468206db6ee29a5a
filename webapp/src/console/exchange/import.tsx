import React, {useEffect, useRef, useState} from 'react';
import type {ImportReport} from '../answers.ts';
import {useConsole, useUnsaved} from '../context.tsx';
import {useAction} from '../loaded.ts';
import {Button, Confirm} from '../parts/controls.tsx';
import {Field, Section} from '../parts/field.tsx';
import {Refusal} from '../parts/refusal.tsx';
import {Say, useSay} from '../words.tsx';
import {Differences} from './differences.tsx';
import {Imported} from './imported.tsx';
import {Problems} from './problem_list.tsx';
import {bySecret, merged, problemOf, type Wanted, wantedBy} from './problems.ts';
import {WantedSecrets} from './wanted_secrets.tsx';

/** As much as the bridge takes. */
const MOST_BYTES = 1_000_000;

/** First it is said what would change, then that is done, all or none. Applying is only offered for the very text that was looked at. */
export function Import({onDone}: {onDone: () => void}) {
    const say = useSay();
    const {admin, reload, tell} = useConsole();
    const [text, setText] = useState('');
    const [secrets, setSecrets] = useState<Record<string, string>>({});
    const [wanted, setWanted] = useState<Wanted[]>([]);
    const [plan, setPlan] = useState<ImportReport | null>(null);
    const [done, setDone] = useState<ImportReport | null>(null);
    const [isTooLarge, setTooLarge] = useState(false);
    const looking = useAction();
    const applying = useAction();
    const box = useRef<HTMLTextAreaElement>(null);
    const outcome = useRef<HTMLDivElement>(null);
    useUnsaved(text !== '' && done === null);

    const hasOutcome = plan !== null || looking.error !== null;
    useEffect(() => {
        if (hasOutcome) outcome.current?.querySelector<HTMLElement>('[tabindex]')?.focus();
    }, [hasOutcome]);

    const forget = () => {
        setPlan(null);
        setDone(null);
        looking.clear();
        applying.clear();
    };
    const edit = (next: string) => {
        setText(next);
        setTooLarge(false);
        forget();
    };
    const body = (document: string) => ({document, secrets: bySecret(secrets)});

    async function look(document = text): Promise<void> {
        forget();
        const answer = await looking.run(async () => {
            const result = await admin.importYaml(body(document), true);
            const found = result.ok ? [] : (result.error.errors ?? []).map((one) => wantedBy(problemOf(one)));
            // What was asked for once stays to be seen, with what was typed.
            setWanted((before) => merged(before, found));
            return result;
        });
        if (!answer) return;
        setPlan(answer.data);
        tell(say('ireserve.console.exchange.looked'));
    }
    async function apply(): Promise<boolean> {
        const answer = await applying.run(() => admin.importYaml(body(text), false));
        if (!answer) return false;
        await reload();
        setText('');
        setSecrets({});
        setWanted([]);
        setPlan(null);
        setDone(answer.data);
        tell(say('ireserve.console.exchange.done'));
        return true;
    }
    async function take(file: File | undefined): Promise<void> {
        if (!file) return;
        setTooLarge(file.size > MOST_BYTES);
        if (file.size > MOST_BYTES) return;
        // As a text box has it: places in it must be the same.
        const given = (await file.text()).replaceAll(/\r\n?/g, '\n');
        setText(given);
        await look(given);
    }

    const {error} = looking;
    return (
        <Section title={<Say id="ireserve.console.exchange.import" />} note={<Say id="ireserve.console.exchange.import.help" />}>
            <Field
                label={say('ireserve.console.exchange.file')}
                error={isTooLarge ? say('ireserve.console.exchange.too_large') : undefined}
            >
                {(described) => (
                    <input
                        {...described}
                        type="file"
                        className="form-control"
                        accept=".yaml,.yml,application/yaml"
                        // The same file again, once it was mended, is a choice too.
                        onClick={({currentTarget}) => {
                            currentTarget.value = '';
                        }}
                        onChange={({target}) => void take(target.files?.[0])}
                    />
                )}
            </Field>
            <Field label={say('ireserve.console.exchange.text')}>
                {(described) => (
                    <textarea
                        {...described}
                        ref={box}
                        className="form-control IRConsole__code"
                        rows={text ? 16 : 4}
                        wrap="off"
                        spellCheck={false}
                        value={text}
                        onChange={({target}) => edit(target.value)}
                    />
                )}
            </Field>
            {wanted.length > 0 && (
                <WantedSecrets
                    wanted={wanted}
                    values={secrets}
                    onValue={(key, value) => {
                        setSecrets((before) => ({...before, [key]: value}));
                        forget();
                    }}
                    onEnter={() => void look()}
                />
            )}
            <Button kind={plan ? 'tertiary' : 'primary'} disabled={text.trim() === ''} isBusy={looking.isBusy} onPress={() => void look()}>
                <Say id="ireserve.console.exchange.look" />
            </Button>
            <div ref={outcome}>
                {error?.code === 'invalid_import' && <Problems problems={(error.errors ?? []).map(problemOf)} text={text} box={box} />}
                {error && error.code !== 'invalid_import' && <Refusal error={error} />}
                {plan && <Differences report={plan} />}
            </div>
            {plan?.changed && (
                <Confirm
                    kind="primary"
                    text={<Say id="ireserve.console.exchange.apply" />}
                    question={<Say id="ireserve.console.exchange.apply.ask" />}
                    yes={<Say id="ireserve.console.exchange.apply" />}
                    isBusy={applying.isBusy}
                    onYes={apply}
                />
            )}
            {applying.error && <Refusal error={applying.error} />}
            {done && <Imported report={done} onDone={onDone} />}
        </Section>
    );
}
