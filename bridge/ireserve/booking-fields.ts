/** What of an i-Reserve booking the bridge passes on, read from whichever form it came in. What is not named here stays behind. */
import {amountOf, momentOf, textOf, wholeOf} from './loose-values.ts';

/**
 * Never among these: custom fields and remarks (they may hold anything about a person), e-mail addresses, and the keys with which
 * anyone could open or change the booking.
 */
export type Booking = {
    readonly id: string;
    readonly object?: string | undefined;
    /** ISO 8601, as exact as i-Reserve said it. */
    readonly date_from?: string | undefined;
    readonly date_till?: string | undefined;
    /** Places booked. */
    readonly number?: number | undefined;
    readonly status: {readonly code: number | null; readonly name: string};
    readonly customer?: string | undefined;
    readonly location?: string | undefined;
    readonly price?: number | undefined;
    readonly currency?: string | undefined;
    /** The booking in i-Reserve's panel. */
    readonly link: string;
};

/** i-Reserve's own names; each environment may change them, and add numbers. */
export const STATUS_NAMES: Readonly<Record<number, string>> = {
    10: 'NEW',
    11: 'NEW',
    20: 'OPEN',
    30: 'PAID',
    40: 'CHANGED',
    70: 'CANCELLED',
    80: 'REJECTED',
    90: 'CLOSED',
    98: 'LOCATION',
    99: 'DUMMY',
};
/** Blocks in the roster that look like bookings and are none. */
const HIDDEN = new Set([98, 99]);

export type ReadBooking = {kind: 'booking'; booking: Omit<Booking, 'link'>} | {kind: 'hidden'} | {kind: 'nothing'} | {kind: 'unreadable'};

/** Reads the answer to `booking/{id}`. `nothing`: there is no booking in it; `unreadable`: something is, but not the booking asked for. */
export function readBooking(answer: unknown, asked: string): ReadBooking {
    const entity = unwrap(answer);
    if (entity === null) return {kind: 'nothing'};
    if (entity === undefined) return {kind: 'unreadable'};
    const fields = new Map(Object.entries(entity).map(([name, value]) => [name.toLowerCase(), value]));
    const given = (name: string): unknown => fields.get(name);
    const ids = ['id', 'booking_id'].map((name) => textOf(given(name))).filter((id) => id !== undefined);
    const status = statusOf(given('status_code'), given('status'));
    const date_from = momentOf(given('date_from'), given('fromdate'), given('fromtime'));
    if ((ids.length > 0 && !ids.includes(asked)) || (!status && !date_from)) return {kind: 'unreadable'};
    if (status?.hidden) return {kind: 'hidden'};
    const booking = {
        id: asked,
        object: textOf(given('object_desc')) ?? textOf(given('object')),
        date_from,
        date_till: momentOf(given('date_till'), given('tilldate'), given('tilltime')),
        number: wholeOf(given('number')),
        status: {code: status?.code ?? null, name: status?.name ?? ''},
        customer: textOf(given('customer')),
        location: textOf(given('location_desc')) ?? textOf(given('location')),
        price: amountOf(given('price')),
        currency: textOf(given('currency'), 10),
    };
    return {kind: 'booking', booking};
}

/** With one of these, it is the booking itself. */
const OWN_NAMES = ['id', 'booking_id', 'status_code', 'object_id'];

/** The booking itself, out of what may be wrapped around it; null: nothing in it; undefined: no booking. */
function unwrap(answer: unknown, depth = 0): object | null | undefined {
    if (answer === null || (typeof answer === 'object' && Object.keys(answer).length === 0)) return null;
    if (typeof answer !== 'object') return undefined;
    if (Array.isArray(answer)) return answer.length === 1 && depth < 3 ? unwrap(answer[0], depth + 1) : undefined;
    if (OWN_NAMES.some((name) => Object.hasOwn(answer, name))) return answer;
    for (const name of ['booking', 'data', 'response']) {
        const inner: unknown = Object.hasOwn(answer, name) ? (answer as Record<string, unknown>)[name] : undefined;
        if (typeof inner === 'object' && depth < 3) return unwrap(inner, depth + 1);
    }
    return answer;
}

/** The number decides, and the name in the answer is shown; older answers have one of them in the place of the other. */
function statusOf(given_code: unknown, given_status: unknown): {code: number | null; name: string; hidden: boolean} | undefined {
    const code = wholeOf(given_code) ?? wholeOf(given_status) ?? null;
    const said = wholeOf(given_status) === undefined ? textOf(given_status, 100) : undefined;
    const name = said ?? (code === null ? undefined : (STATUS_NAMES[code] ?? String(code)));
    if (name === undefined) return undefined;
    const hidden = code === null ? name === STATUS_NAMES[98] || name === STATUS_NAMES[99] : HIDDEN.has(code);
    return {code, name, hidden};
}
