import React from 'react';
import {type Channel, RULE_TEXTS, type Rule} from '../answers.ts';
import {ChannelSelect} from '../integrations/channel_select.tsx';
import {Button, TextInput} from '../parts/controls.tsx';
import {Say, useSay} from '../words.tsx';

/** A rule while it is edited: every condition has a box, an empty one does not count. */
export type Row = {key: number; language: string; page: string; topic: string; name: string; value: string; channel_id: string};

let rows = 0;

export const asRow = (rule?: Rule): Row => ({
    key: ++rows,
    language: rule?.language ?? '',
    page: rule?.page ?? '',
    topic: rule?.topic ?? '',
    name: rule?.property?.name ?? '',
    value: rule?.property?.value ?? '',
    channel_id: rule?.channel_id ?? '',
});

export const asRule = ({language, page, topic, name, value, channel_id}: Row): Record<string, unknown> => ({
    ...(language.trim() && {language: language.trim()}),
    ...(page.trim() && {page: page.trim()}),
    ...(topic.trim() && {topic: topic.trim()}),
    ...(name.trim() && {property: {name: name.trim(), value}}),
    channel_id,
});

export function RuleRow({
    row,
    index,
    last,
    channels,
    disabled,
    error,
    onRow,
    onMove,
    onRemove,
}: {
    row: Row;
    index: number;
    last: boolean;
    channels: Channel[];
    disabled: boolean;
    error: string | undefined;
    onRow: (row: Row) => void;
    onMove: (by: -1 | 1) => void;
    onRemove: () => void;
}) {
    const say = useSay();
    const rule = index + 1;
    return (
        <li data-row={row.key}>
            <fieldset className={error ? 'wrong' : ''}>
                <legend>
                    <Say id="ireserve.console.rule" values={{rule}} />
                </legend>
                <div className="IRConsole__conditions">
                    {RULE_TEXTS.map((one) => (
                        <label key={one}>
                            <span>{say(`ireserve.console.rule.${one}`)}</span>
                            <TextInput value={row[one]} disabled={disabled} onValue={(text) => onRow({...row, [one]: text})} />
                        </label>
                    ))}
                    <label>
                        <span>{say('ireserve.console.rule.name')}</span>
                        <TextInput value={row.name} disabled={disabled} onValue={(name) => onRow({...row, name})} />
                    </label>
                    <label>
                        <span>{say('ireserve.console.rule.value')}</span>
                        <TextInput value={row.value} disabled={disabled || !row.name} onValue={(value) => onRow({...row, value})} />
                    </label>
                    <div>
                        <span aria-hidden="true">{say('ireserve.console.rule.channel')}</span>
                        <ChannelSelect
                            label={say('ireserve.console.rule.channel')}
                            channels={channels}
                            value={row.channel_id}
                            disabled={disabled}
                            onValue={(channel_id) => onRow({...row, channel_id})}
                        />
                    </div>
                </div>
                {error && (
                    <div className="IRConsole__error" role="alert">
                        <i className="icon icon-alert-outline" aria-hidden="true" />
                        {error}
                    </div>
                )}
                {!disabled && (
                    <div className="IRConsole__buttons">
                        <span data-focus="up">
                            <Button disabled={index === 0} onPress={() => onMove(-1)} label={say('ireserve.console.rule.up', {rule})}>
                                <i className="icon icon-arrow-up" aria-hidden="true" />
                            </Button>
                        </span>
                        <span data-focus="down">
                            <Button disabled={last} onPress={() => onMove(1)} label={say('ireserve.console.rule.down', {rule})}>
                                <i className="icon icon-arrow-down" aria-hidden="true" />
                            </Button>
                        </span>
                        <Button onPress={onRemove} label={say('ireserve.console.rule.remove', {rule})}>
                            <i className="icon icon-trash-can-outline" aria-hidden="true" />
                        </Button>
                    </div>
                )}
            </fieldset>
        </li>
    );
}
