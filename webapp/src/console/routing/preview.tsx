import React, {useEffect, useState} from 'react';
import type {Channel, Integration} from '../answers.ts';
import {useConsole} from '../context.tsx';
import {useLoaded} from '../loaded.ts';
import {TextInput} from '../parts/controls.tsx';
import {Field, Section} from '../parts/field.tsx';
import {Whether} from '../parts/refusal.tsx';
import {Status} from '../parts/status.tsx';
import {Say, useSay} from '../words.tsx';

const PAUSE_MS = 300;
const EMPTY = {language: '', topic: '', page: '', name: '', value: '', notification_type: ''};
const NAMES = Object.keys(EMPTY) as (keyof typeof EMPTY)[];

/** What was given, once nobody typed for a moment. */
function useSettled(given: string): string {
    const [settled, setSettled] = useState(given);
    useEffect(() => {
        const timer = setTimeout(() => setSettled(given), PAUSE_MS);
        return () => clearTimeout(timer);
    }, [given]);
    return settled;
}

/** Where would this go, and why: by the rules as they stand on the page, saved or not. */
export function Preview({integration, rules, channels}: {integration: Integration; rules: Record<string, unknown>[]; channels: Channel[]}) {
    const say = useSay();
    const {admin} = useConsole();
    const [given, setGiven] = useState(EMPTY);
    const {name, value, ...rest} = given;
    const body = {
        ...Object.fromEntries(Object.entries(rest).filter(([, text]) => text.trim() !== '')),
        ...(name.trim() && {properties: {[name.trim()]: value}}),
        // Unfinished ones can't be asked about.
        routing: rules.filter(({channel_id}) => channel_id !== ''),
    };
    const key = useSettled(JSON.stringify(body));
    const loaded = useLoaded(key, () => admin.preview(integration.name, JSON.parse(key) as object));
    const nameOf = (id: string) => channels.find(({channel_id}) => channel_id === id)?.display_name || id;
    return (
        <Section title={<Say id="ireserve.console.preview" />} note={<Say id="ireserve.console.preview.help" />}>
            {NAMES.map((one) => (
                <Field key={one} label={say(`ireserve.console.preview.${one}`)}>
                    {(described) => (
                        <TextInput
                            described={described}
                            value={given[one]}
                            onValue={(text) => setGiven((before) => ({...before, [one]: text}))}
                        />
                    )}
                </Field>
            ))}
            <div role="status" className="IRConsole__outcome">
                <Whether loaded={loaded}>
                    {({channel_id, rule, why, considered}) => (
                        <>
                            <p>
                                {channel_id === null ? (
                                    <Say id="ireserve.console.preview.nowhere" />
                                ) : (
                                    <Say id="ireserve.console.preview.goes" values={{channel: <strong>{nameOf(channel_id)}</strong>}} />
                                )}{' '}
                                <Say
                                    id={rule === null ? 'ireserve.console.preview.no_rule' : 'ireserve.console.preview.by_rule'}
                                    values={{rule: (rule ?? 0) + 1}}
                                />
                            </p>
                            {considered.length === 0 && <p className="help-text">{why}</p>}
                            {considered.length > 0 && (
                                <ol className="IRConsole__considered">
                                    {considered.map((one) => (
                                        <li key={one.rule} value={one.rule + 1}>
                                            <Status is={one.matched ? 'fits' : 'fits_not'} /> {one.why}
                                        </li>
                                    ))}
                                </ol>
                            )}
                        </>
                    )}
                </Whether>
            </div>
        </Section>
    );
}
