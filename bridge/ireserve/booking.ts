/** Bookings looked up in i-Reserve: seldom, briefly, and never in a way that locks the account. */
import {sha256} from '../secrets.ts';
import {type Booking, readBooking} from './booking-fields.ts';
import {askIreserve, baseOf, type IreserveSettings, jsonOf, type Unavailable, unavailable, within} from './request.ts';
import {createTurns} from './turns.ts';

export type BookingSettings = IreserveSettings & {
    /** The panel's page of a booking, with `{base}` and `{id}`. */
    readonly booking_link?: string;
};

export type BookingAnswer = {readonly kind: 'found'; readonly booking: Booking} | {readonly kind: 'not_found'} | Unavailable;

export type BookingOptions = {
    now: () => number;
    /** For a look-up as a whole, waiting for its turn included. */
    timeoutMs?: number;
    fetch?: typeof fetch;
    /** How many replicas try the same log-ins. */
    replicas?: () => number;
    /** Told once when user or password were refused for good; again only after a success, or for other settings. */
    onRefused?: (login: {base_url: string; user: string; detail: string}) => void;
};

export type Bookings = {find(settings: BookingSettings, booking_id: string): Promise<BookingAnswer>};

/** What panels seem to use; no public page of i-Reserve promises it. */
export const DEFAULT_BOOKING_LINK = '{base}/admin.php?mod=dashboard&context=booking&id={id}';

const FOUND_FOR_MS = 60_000;
const NOT_FOUND_FOR_MS = 5 * 60_000;
const MOST_REMEMBERED = 1000;
/** i-Reserve gives no limit; one or two at a time is polite. */
const MOST_AT_ONCE = 2;
/** After so many refusals in a row we stop asking: i-Reserve locks accounts that keep trying. */
const MOST_REFUSALS = 3;
const PAUSE_MS = 15 * 60_000;

type Login = {refusals: number; pausedUntil: number; told: boolean};

/** Look-ups share a memory, turns per environment, and the knowledge which logins were refused. */
export function createBookings({now, timeoutMs = 2000, fetch, replicas = () => 1, onRefused}: BookingOptions): Bookings {
    const remembered = new Map<string, {answer: BookingAnswer; until: number}>();
    const underWay = new Map<string, Promise<BookingAnswer>>();
    const logins = new Map<string, Login>();
    const inTurn = createTurns();

    async function look(settings: BookingSettings, id: string): Promise<BookingAnswer> {
        const login = loginOf(settings);
        const refused = () =>
            login.pausedUntil > now()
                ? unavailable(
                      'ireserve_login_refused',
                      `not asked before ${new Date(login.pausedUntil).toISOString()}; check user and password`,
                  )
                : null;
        // Once refused, one at a time: two under way would use up the tries faster than they can be counted.
        const most = () => (login.refusals > 0 ? 1 : MOST_AT_ONCE);
        const asked = await within(timeoutMs, (signal) =>
            inTurn(baseOf(settings), most, signal, async () => {
                const asked = refused() ?? (await askIreserve(settings, {method: 'GET', path: `booking/${id}`, signal, fetch}));
                // Noted before the next one gets its turn.
                if (asked.kind !== 'unavailable') Object.assign(login, {refusals: 0, pausedUntil: 0, told: false});
                else if (asked.code === 'ireserve_login_refused' && !refused()) noteRefusal(settings, login, asked.detail);
                return asked;
            }),
        );
        if (!asked) return unavailable('ireserve_no_answer', 'too many look-ups are waiting for i-Reserve');
        if (asked.kind !== 'answer') return asked;
        const json = jsonOf(asked.text);
        const read = json === undefined && asked.text.trim() !== '' ? null : readBooking(json ?? null, id);
        if (read?.kind === 'booking') return {kind: 'found', booking: {...read.booking, link: linkOf(settings, id)}};
        if (read && read.kind !== 'unreadable') return {kind: 'not_found'};
        return unavailable('ireserve_unexpected_answer', read ? 'the answer is not the booking asked for' : 'the answer is not JSON');
    }

    /** By all that makes a login: with other settings it is another one, and starts anew. */
    function loginOf({base_url, user, password}: BookingSettings): Login {
        const key = sha256(JSON.stringify([base_url, user, password]));
        const login = logins.get(key) ?? {refusals: 0, pausedUntil: 0, told: false};
        remember(logins, key, login);
        return login;
    }

    function noteRefusal({base_url, user}: BookingSettings, login: Login, detail: string): void {
        login.refusals++;
        if (login.refusals < Math.max(1, Math.floor(MOST_REFUSALS / replicas()))) return;
        login.pausedUntil = now() + PAUSE_MS;
        if (login.told) return;
        login.told = true;
        onRefused?.({base_url, user, detail});
    }

    return {
        /** Never throws. An id that can be none of i-Reserve's is not asked about. */
        async find(settings, booking_id) {
            if (!/^[1-9]\d{0,11}$/.test(booking_id)) return {kind: 'not_found'};
            // Hashed, since the password is part of it: what one login may see, another may not.
            const {base_url, user, password, booking_link} = settings;
            const key = `${sha256(JSON.stringify([base_url, user, password, booking_link]))} ${booking_id}`;
            const known = remembered.get(key);
            if (known && known.until > now()) {
                remember(remembered, key, known);
                return known.answer;
            }
            const running = underWay.get(key) ?? look(settings, booking_id).finally(() => underWay.delete(key));
            underWay.set(key, running);
            const answer = await running;
            const forMs = answer.kind === 'found' ? FOUND_FOR_MS : NOT_FOUND_FOR_MS;
            if (answer.kind !== 'unavailable') remember(remembered, key, {answer, until: now() + forMs});
            return answer;
        },
    };
}

/** A Map keeps the order of insertion: what was used last stands last, and what stands first goes. */
function remember<T>(memory: Map<string, T>, key: string, value: T): void {
    memory.delete(key);
    memory.set(key, value);
    const oldest = memory.keys().next();
    if (memory.size > MOST_REMEMBERED && !oldest.done) memory.delete(oldest.value);
}

function linkOf(settings: BookingSettings, id: string): string {
    return (settings.booking_link || DEFAULT_BOOKING_LINK).replaceAll('{base}', () => baseOf(settings)).replaceAll('{id}', () => id);
}
