import React from 'react';
import type {Channel} from '../answers.ts';
import {Choice, TextInput} from '../parts/controls.tsx';
import {Field} from '../parts/field.tsx';
import {type ConsoleWord, useSay} from '../words.tsx';
import {ChannelSelect} from './channel_select.tsx';
import {type Draft, type FieldId, KINDS, type Mapping} from './fields.ts';
import {Notifications} from './notifications.tsx';

/** One setting: the control of its kind, with its name, what it does, and what is wrong with it. */
export function Control({
    field,
    value,
    error,
    channels,
    disabled,
    onValue,
}: {
    field: FieldId;
    value: Draft[string];
    error: string | undefined;
    channels: Channel[];
    disabled: boolean;
    onValue: (value: Draft[string]) => void;
}) {
    const say = useSay();
    const kind = KINDS[field];
    const typed = typeof value === 'string' ? value : '';
    const none = say('ireserve.console.channel.none');
    return (
        <Field label={say(`ireserve.console.field.${field}`)} help={say(`ireserve.console.help.${field}`)} error={error}>
            {(described) => {
                if (Array.isArray(kind)) {
                    const options = kind.map((option: string) => ({
                        value: option,
                        text: say(`ireserve.console.option.${field}.${option}` as ConsoleWord),
                    }));
                    return <Choice described={described} value={typed} options={options} onValue={onValue} disabled={disabled} />;
                }
                switch (kind) {
                    case 'yes':
                        return (
                            <Choice
                                described={described}
                                value={value === true ? 'yes' : 'no'}
                                options={[
                                    {value: 'yes', text: say('ireserve.console.yes')},
                                    {value: 'no', text: say('ireserve.console.no')},
                                ]}
                                onValue={(given) => onValue(given === 'yes')}
                                disabled={disabled}
                            />
                        );
                    case 'lines':
                    case 'json':
                        return (
                            <textarea
                                {...described}
                                className={`form-control${kind === 'json' ? ' IRConsole__code' : ''}`}
                                rows={Math.min(8, Math.max(2, typed.split('\n').length))}
                                spellCheck={false}
                                disabled={disabled}
                                value={typed}
                                onChange={({target}) => onValue(target.value)}
                            />
                        );
                    case 'channel':
                    case 'channel_or_none':
                        return (
                            <ChannelSelect
                                described={described}
                                channels={channels}
                                value={typed}
                                onValue={onValue}
                                disabled={disabled}
                                {...(kind === 'channel_or_none' ? {none} : {})}
                            />
                        );
                    case 'notifications':
                        return (
                            <Notifications
                                described={described}
                                rows={Array.isArray(value) ? (value as Mapping[]) : []}
                                channels={channels}
                                onRows={onValue}
                                disabled={disabled}
                            />
                        );
                    default:
                        return (
                            <TextInput
                                described={described}
                                type={kind === 'number' ? 'number' : 'text'}
                                value={typed}
                                onValue={onValue}
                                disabled={disabled}
                            />
                        );
                }
            }}
        </Field>
    );
}
