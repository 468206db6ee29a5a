import React, {useId, useRef} from 'react';
import type {Channel} from '../answers.ts';
import {Button} from '../parts/controls.tsx';
import type {Described} from '../parts/field.tsx';
import {Say, useSay} from '../words.tsx';
import {ChannelSelect} from './channel_select.tsx';
import {type Mapping, mapping} from './fields.ts';

/** Notifications → channel: one channel for each type; a type that is not here is not sent. */
export function Notifications({
    described,
    rows,
    channels,
    onRows,
    disabled,
}: {
    described: Described;
    rows: Mapping[];
    channels: Channel[];
    onRows: (rows: Mapping[]) => void;
    disabled: boolean;
}) {
    const say = useSay();
    const heads = useId();
    const list = useRef<HTMLDivElement>(null);
    const change = (key: number, changes: Partial<Mapping>) => onRows(rows.map((row) => (row.key === key ? {...row, ...changes} : row)));
    const {id, ...rest} = described;
    /** After the page has drawn what changed. */
    const focus = (selector: string) => setTimeout(() => list.current?.querySelector<HTMLElement>(selector)?.focus());
    return (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend would stand beside the label
        <div
            ref={list}
            id={id}
            role="group"
            aria-label={say('ireserve.console.field.notifications')}
            {...rest}
            className="IRConsole__mappings"
        >
            <datalist id={heads}>
                {['booking_confirmation', 'booking_cancelled', 'booking_changed', 'payment_received', 'status_changed'].map((type) => (
                    <option key={type} value={type} />
                ))}
            </datalist>
            {rows.map(({key, type, channel_id}) => (
                <div key={key} data-row={key} className="IRConsole__mapping">
                    <input
                        className="form-control"
                        aria-label={say('ireserve.console.notification.type')}
                        placeholder={say('ireserve.console.notification.type')}
                        list={heads}
                        spellCheck={false}
                        disabled={disabled}
                        value={type}
                        onChange={({target}) => change(key, {type: target.value})}
                    />
                    <i className="icon icon-arrow-right" aria-hidden="true" />
                    <div>
                        <ChannelSelect
                            label={say('ireserve.console.notification.channel', {type})}
                            channels={channels}
                            none={say('ireserve.console.notification.not_sent')}
                            value={channel_id}
                            disabled={disabled}
                            onValue={(given) => change(key, {channel_id: given})}
                        />
                    </div>
                    <Button
                        label={say('ireserve.console.notification.remove', {type})}
                        disabled={disabled}
                        onPress={() => {
                            onRows(rows.filter((row) => row.key !== key));
                            focus('[data-add]');
                        }}
                    >
                        <i className="icon icon-trash-can-outline" aria-hidden="true" />
                    </Button>
                </div>
            ))}
            <button
                type="button"
                data-add
                className="btn btn-tertiary btn-sm"
                disabled={disabled}
                onClick={() => {
                    const row = mapping();
                    onRows([...rows, row]);
                    focus(`[data-row="${row.key}"] input`);
                }}
            >
                <i className="icon icon-plus" aria-hidden="true" />
                <Say id="ireserve.console.notification.add" />
            </button>
        </div>
    );
}
