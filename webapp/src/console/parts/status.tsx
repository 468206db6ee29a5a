import React from 'react';
import {FormattedDate} from 'react-intl';
import {useHost} from '../../hooks/useDesk.ts';
import {has24Hours} from '../../state/selectors.ts';
import {Say} from '../words.tsx';

/** Never the colour alone: a sign and a word go with it. */
const SIGNS = {
    good: 'check',
    ok: 'check',
    live: 'check',
    active: 'check',
    delivered: 'check',
    waiting: 'clock-outline',
    queued: 'clock-outline',
    paused: 'clock-outline',
    warning: 'alert-outline',
    bad: 'alert-outline',
    failed: 'alert-outline',
    dead: 'alert-outline',
    error: 'alert-outline',
    warn: 'alert-outline',
    expired: 'alert-outline',
    fits: 'check',
    off: 'cancel',
    inactive: 'cancel',
    revoked: 'cancel',
    discarded: 'cancel',
    ignored: 'minus',
    fits_not: 'minus',
    unset: 'minus',
    unused: 'minus',
    unknown: 'minus',
    not_checked: 'minus',
    info: 'information-outline',
    added: 'plus',
    changed: 'pencil-outline',
    default: 'minus',
    same: 'minus',
    untouched: 'minus',
} as const;
export type Sign = keyof typeof SIGNS;

const TONES: Partial<Record<Sign, 'good' | 'waiting' | 'bad'>> = {
    good: 'good',
    ok: 'good',
    live: 'good',
    active: 'good',
    delivered: 'good',
    fits: 'good',
    added: 'good',
    changed: 'waiting',
    default: 'waiting',
    waiting: 'waiting',
    queued: 'waiting',
    paused: 'waiting',
    warning: 'waiting',
    warn: 'waiting',
    bad: 'bad',
    failed: 'bad',
    dead: 'bad',
    error: 'bad',
    expired: 'bad',
};

export function Status({is}: {is: Sign}) {
    return (
        <span className={`IRConsole__status ${TONES[is] ?? ''}`}>
            <i className={`icon icon-${SIGNS[is]}`} aria-hidden="true" />
            <Say id={`ireserve.console.state.${is}`} />
        </span>
    );
}

export const directionWord = (direction: 'to-mattermost' | 'to-ireserve' | 'unknown') =>
    direction === 'unknown' ? 'ireserve.console.state.unknown' : (`ireserve.console.direction.${direction}` as const);

export type EnvironmentName = 'test' | 'production' | 'unknown';

/** Test and production must never be taken for each other. */
export const Environment = ({is}: {is: EnvironmentName}) => (
    <span className={`IRConsole__environment ${is}`}>
        <Say id={is === 'unknown' ? 'ireserve.console.state.unknown' : `ireserve.console.environment.${is}`} />
    </span>
);

/** Date and time of day, as the user wants it in all of Mattermost. */
export function When({at, seconds = false}: {at: number; seconds?: boolean}) {
    const hour12 = !useHost(has24Hours);
    return (
        <time dateTime={new Date(at).toISOString()}>
            <FormattedDate
                value={at}
                year="numeric"
                month="short"
                day="numeric"
                hour="numeric"
                minute="2-digit"
                {...(seconds ? {second: '2-digit'} : {})}
                hour12={hour12}
            />
        </time>
    );
}

export const OnDay = ({at}: {at: number}) => (
    <time dateTime={new Date(at).toISOString()}>
        <FormattedDate value={at} year="numeric" month="short" day="numeric" />
    </time>
);
