import React, {useRef, useState} from 'react';
import {attempt, listOf} from '../../types/read.ts';
import {type Integration, Rule} from '../answers.ts';
import {useConsole, useUnsaved} from '../context.tsx';
import {isSame} from '../integrations/fields.ts';
import {useAction, useLoaded} from '../loaded.ts';
import {Button} from '../parts/controls.tsx';
import {Section} from '../parts/field.tsx';
import {WithIntegration} from '../parts/integration_choice.tsx';
import {Nothing, Refusal} from '../parts/refusal.tsx';
import {Say, useSay} from '../words.tsx';
import {Preview} from './preview.tsx';
import {asRow, asRule, type Row, RuleRow} from './rule.tsx';

export function Routing() {
    return <WithIntegration>{(integration) => <Rules key={integration.id} integration={integration} />}</WithIntegration>;
}

/** Rules in the order they are asked: the first that fits wins, the mirror channel takes the rest. */
function Rules({integration}: {integration: Integration}) {
    const say = useSay();
    const {admin, mayWrite, reload, tell} = useConsole();
    const saved = attempt(listOf(Rule), integration.config.routing) ?? [];
    const [rows, setRows] = useState<Row[]>(() => saved.map(asRow));
    const channels = useLoaded(integration.name, () => admin.channels(integration.name));
    const action = useAction();
    const list = useRef<HTMLOListElement>(null);
    const rules = rows.map(asRule);
    const isUnsaved = !isSame(rules, integration.config.routing ?? []);
    useUnsaved(isUnsaved);

    /** After the page has drawn what changed. */
    const focus = (row: number, what: string) =>
        setTimeout(() => {
            const at = list.current?.querySelector(`[data-row="${row}"]`);
            const found =
                at?.querySelector<HTMLElement>(`[data-focus="${what}"] button:not([aria-disabled])`) ??
                at?.querySelector<HTMLElement>(what === 'first' ? 'input' : 'button:not([aria-disabled])');
            found?.focus();
        });
    function move(from: number, by: -1 | 1): void {
        const to = from + by;
        const moved = rows[from];
        if (!moved || to < 0 || to >= rows.length) return;
        const next = rows.filter((row) => row !== moved);
        next.splice(to, 0, moved);
        setRows(next);
        focus(moved.key, by < 0 ? 'up' : 'down');
        tell(say('ireserve.console.rule.moved', {to: to + 1}));
    }
    function remove(at: number): void {
        const next = rows.filter((_row, index) => index !== at);
        setRows(next);
        const neighbour = next[Math.min(at, next.length - 1)];
        if (neighbour) focus(neighbour.key, 'first');
        else setTimeout(() => document.getElementById('ireserve-rule-add')?.querySelector('button')?.focus());
        tell(say('ireserve.console.rule.removed'));
    }
    async function save(): Promise<void> {
        if (!isUnsaved) return;
        const answer = await action.run(() =>
            admin.change(integration.name, {config: {routing: rules}, expected_updated_at: integration.updated_at}),
        );
        if (!answer) return;
        tell(say('ireserve.console.saved'));
        await reload();
    }
    const errorAt = (index: number): string | undefined =>
        action.error?.errors
            ?.filter(({path}) => path.replace(/^config\./, '').startsWith(`routing.${index}.`))
            .map(({message}) => message)
            .join('; ') || undefined;

    return (
        <>
            <Section title={<Say id="ireserve.console.rules" />} note={<Say id="ireserve.console.rules.help" />}>
                {channels.error && <Refusal error={channels.error} />}
                {rows.length === 0 && (
                    <Nothing>
                        <Say id="ireserve.console.rules.none" />
                    </Nothing>
                )}
                <ol ref={list} className="IRConsole__rules">
                    {rows.map((row, index) => (
                        <RuleRow
                            key={row.key}
                            row={row}
                            index={index}
                            last={index === rows.length - 1}
                            channels={channels.data?.items ?? []}
                            disabled={!mayWrite}
                            error={errorAt(index)}
                            onRow={(changed) => setRows(rows.map((one) => (one.key === row.key ? changed : one)))}
                            onMove={(by) => move(index, by)}
                            onRemove={() => remove(index)}
                        />
                    ))}
                </ol>
                {mayWrite && (
                    <div id="ireserve-rule-add">
                        <Button
                            onPress={() => {
                                const row = asRow();
                                setRows([...rows, row]);
                                focus(row.key, 'first');
                            }}
                        >
                            <i className="icon icon-plus" aria-hidden="true" />
                            <Say id="ireserve.console.rule.add" />
                        </Button>
                    </div>
                )}
                {action.error && <Refusal error={action.error} onReload={reload} />}
                {mayWrite && (
                    <div className={`IRConsole__save${isUnsaved ? ' unsaved' : ''}`}>
                        <Button kind="primary" disabled={!isUnsaved} isBusy={action.isBusy} onPress={() => void save()}>
                            <Say id={action.isBusy ? 'ireserve.console.saving' : 'ireserve.console.save'} />
                        </Button>
                        <Button disabled={!isUnsaved} onPress={() => setRows(saved.map(asRow))}>
                            <Say id="ireserve.console.discard_changes" />
                        </Button>
                        <span role="status">{isUnsaved && say('ireserve.console.rules.unsaved')}</span>
                    </div>
                )}
            </Section>
            <Preview integration={integration} rules={rules} channels={channels.data?.items ?? []} />
        </>
    );
}
