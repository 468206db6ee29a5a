/**
 * Values as i-Reserve writes them, in whichever of its ways. Its public samples come from different years and disagree with each other,
 * so everything is read that can be understood in one way only; the rest is left out.
 */
import {redactSecrets} from '../to-mattermost/booking-keys.ts';
import {cleanCharacters} from '../to-mattermost/characters.ts';

const LONGEST_TEXT = 300;

/** One line of text, without i-Reserve's keys to a booking; undefined when there is none. */
export function textOf(value: unknown, longest = LONGEST_TEXT): string | undefined {
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    const text = redactSecrets(cleanCharacters(String(value)).replace(/\s+/g, ' ').trim());
    return text === '' ? undefined : [...text].slice(0, longest).join('');
}

/** A whole number, also as text. */
export function wholeOf(value: unknown): number | undefined {
    const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
    return /^-?\d{1,12}$/.test(text) ? Number(text) : undefined;
}

const PLAIN = /^-?\d{1,12}$/;
const DECIMAL = /^-?\d{1,12}[.,](?:\d{1,2}|\d{4,8})$/;
const THOUSANDS = /^-?\d{1,3}([.,])\d{3}(?:(?:\1\d{3})+|(?:\1\d{3})*(?!\1)[.,]\d{1,2})$/;

/** An amount: 145, "145.00", "1.234,56", "€ 145,-". Not "1.234", which is one thing in Dutch and another in English. */
export function amountOf(value: unknown): number | undefined {
    if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
    if (typeof value !== 'string') return undefined;
    const text = value.replace(/[^\d.,-]/g, '').replace(/[.,]-+$/, '');
    if (PLAIN.test(text)) return Number(text);
    if (DECIMAL.test(text)) return Number(text.replace(',', '.'));
    if (!THOUSANDS.test(text)) return undefined;
    const [, whole = '', cents = '0'] = /^(.*?)(?:[.,](\d{1,2}))?$/.exec(text) ?? [];
    return Number(`${whole.replace(/[.,]/g, '')}.${cents}`);
}

type Moment = {date?: string; time?: string; offset?: string};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const DUTCH = /^(\d{1,2})-(\d{1,2})-(\d{4})$/;
const WORDS = /^(?:[a-z]{3,9},? )?([a-z]{3})[a-z]* (\d{1,2}),? (\d{4})$/i;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([ap])m)?$/i;
const DIGITS = /^(\d{2})(\d{2})(\d{2})$/;

/**
 * The first date and the first time among these values, as ISO 8601: `2018-02-13T09:30:00+01:00`, without what is not known
 * (offset, time). A field named after a date may hold a time, and the other way round.
 */
export function momentOf(...values: unknown[]): string | undefined {
    const moments = values.map((value) => readMoment(typeof value === 'string' ? value.trim().replace(/\s+/g, ' ') : ''));
    const date = moments.find((one) => one.date)?.date;
    const clock = moments.find((one) => one.time);
    return date && clock ? `${date}T${clock.time}${clock.offset ?? ''}` : date;
}

function readMoment(text: string): Moment {
    const iso = ISO.exec(text);
    if (iso) {
        const [, year, month, day, hour, minute, second, zone] = iso;
        const date = dateOf(year, month, day);
        if (!date) return {};
        const time = hour === undefined ? undefined : timeOf(hour, minute, second);
        if (!time) return {date};
        // Without its colon, as i-Reserve writes it, an offset is read by few.
        return zone ? {date, time, offset: zone.replace(/^(.\d\d)(\d\d)$/, '$1:$2')} : {date, time};
    }
    const dutch = DUTCH.exec(text);
    const words = WORDS.exec(text);
    const date = dutch
        ? dateOf(dutch[3], dutch[2], dutch[1])
        : words && dateOf(words[3], String(MONTHS.indexOf((words[1] ?? '').toLowerCase()) + 1), words[2]);
    if (date) return {date};
    const clock = CLOCK.exec(text) ?? DIGITS.exec(text);
    const time = clock && timeOf(clock[1], clock[2], clock[3], clock[4]);
    return time ? {time} : {};
}

function dateOf(year = '', month = '', day = ''): string | undefined {
    const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    const parsed = new Date(`${date}T00:00:00Z`);
    // The 31st of February is no date; JavaScript would make it the 3rd of March.
    return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date) ? date : undefined;
}

function timeOf(hour = '', minute = '', second = '00', half?: string): string | undefined {
    const hours = half ? (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : Number(hour);
    if (hours > 23 || Number(minute) > 59 || Number(second) > 59 || (half && Number(hour) > 12)) return undefined;
    return `${String(hours).padStart(2, '0')}:${minute}:${second}`;
}
