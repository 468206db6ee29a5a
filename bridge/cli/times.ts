/** Durations and instants, as admins type and read them. */
import {InvalidArgumentError} from 'commander';

const UNITS = {s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000} as const;

/** `90d`, `1h`, `30m` → ms. @throws InvalidArgumentError */
function duration(text: string): number | undefined {
    const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
    return count === undefined ? undefined : Number(count) * UNITS[unit as keyof typeof UNITS];
}

/** A duration counted from now (`sign` says in which direction), or an ISO date. @throws InvalidArgumentError */
function instant(text: string, sign: 1 | -1): number {
    const ms = duration(text);
    const at = ms === undefined ? (/^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN) : Date.now() + sign * ms;
    if (Number.isNaN(at)) throw new InvalidArgumentError('Give a duration such as 30m, 12h or 90d, or a date such as 2026-12-31.');
    return at;
}

export const past = (text: string): number => instant(text, -1);

export function future(text: string): number {
    const at = instant(text, 1);
    if (at <= Date.now()) throw new InvalidArgumentError('It must be in the future.');
    return at;
}

/** How long, in one unit: `12 s`, `5 min`, `3 h`, `9 d`. */
export function age(ms: number): string {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    if (seconds < 90) return `${seconds} s`;
    if (seconds < 90 * 60) return `${Math.floor(seconds / 60)} min`;
    if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
    return `${Math.floor(seconds / 86_400)} d`;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** Local time without the year: `11-22 01:13:05`. */
export function clock(ms: number): string {
    const at = new Date(ms);
    return `${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Local time: `2026-11-22 01:13`. */
export function moment(ms: number): string {
    return `${new Date(ms).getFullYear()}-${clock(ms).slice(0, -3)}`;
}

export const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
