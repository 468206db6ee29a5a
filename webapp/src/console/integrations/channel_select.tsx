import React from 'react';
import type {Channel} from '../answers.ts';
import type {Described} from '../parts/field.tsx';
import {useSay} from '../words.tsx';

/** Channels the bot is in. The one that is set stays in the list when it is gone, and says so: nobody loses it by opening the page. */
export function ChannelSelect({
    described,
    channels,
    value,
    onValue,
    none,
    label,
    disabled = false,
}: {
    described?: Described;
    channels: Channel[];
    value: string;
    onValue: (channel_id: string) => void;
    /** Text of the choice of no channel; without it there must be one. */
    none?: string;
    label?: string;
    disabled?: boolean;
}) {
    const say = useSay();
    const set = channels.find(({channel_id}) => channel_id === value);
    const nameOf = ({display_name, name, team, type}: Channel) =>
        `${display_name || name}${team && ` · ${team}`}${type === 'private' ? ` · ${say('ireserve.console.channel.private')}` : ''}`;
    const gone = value === '' ? null : set ? set.gone : 'unknown';
    return (
        <>
            <select
                className="form-control"
                {...described}
                aria-label={label}
                disabled={disabled}
                value={value}
                onChange={({target}) => onValue(target.value)}
            >
                {(none !== undefined || value === '') && <option value="">{none ?? say('ireserve.console.channel.choose')}</option>}
                {gone && (
                    <option
                        value={value}
                    >{`${set?.display_name || set?.name || value} – ${say(`ireserve.console.channel.${gone}`)}`}</option>
                )}
                {channels
                    .filter((channel) => channel.gone === null)
                    .map((channel) => (
                        <option key={channel.channel_id} value={channel.channel_id}>
                            {nameOf(channel)}
                        </option>
                    ))}
            </select>
            {gone && (
                <div className="IRConsole__error">
                    <i className="icon icon-alert-outline" aria-hidden="true" />
                    {say(`ireserve.console.channel.${gone}_help`)}
                </div>
            )}
        </>
    );
}
