import React from 'react';
import {FormattedDate, FormattedTime} from 'react-intl';
import {useHost} from '../hooks/useDesk.ts';
import {useNow} from '../hooks/useNow.ts';
import {has24Hours} from '../state/selectors.ts';
import {Words} from './words.tsx';

const MINUTE = 60_000;

/** The time of day as the user wants it in all of Mattermost. */
export function Clock({at}: {at: number}) {
    const hour12 = !useHost(has24Hours);
    return (
        <time dateTime={new Date(at).toISOString()}>
            <FormattedTime value={at} hour="numeric" minute="2-digit" hour12={hour12} />
        </time>
    );
}

export function Day({at}: {at: number}) {
    const isToday = new Date(at).toDateString() === new Date().toDateString();
    return isToday ? <Words id="ireserve.day.today" /> : <FormattedDate value={at} weekday="long" day="numeric" month="long" />;
}

/** How long ago, ticking. */
export function Since({at}: {at: number}) {
    const past = Math.max(0, useNow() - at);
    const seconds = Math.floor(past / 1000);
    const minutes = Math.floor(past / MINUTE);
    return (
        <time dateTime={new Date(at).toISOString()}>
            {minutes < 1 && <Words id="ireserve.since.seconds" values={{seconds}} />}
            {minutes >= 1 && minutes < 60 && <Words id="ireserve.since.minutes" values={{minutes}} />}
            {minutes >= 60 && minutes < 1440 && (
                <Words id="ireserve.since.hours" values={{hours: Math.floor(minutes / 60), minutes: minutes % 60}} />
            )}
            {minutes >= 1440 && <Words id="ireserve.since.days" values={{days: Math.floor(minutes / 1440)}} />}
        </time>
    );
}
