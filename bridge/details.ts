/**
 * Details of the contract: fields without which an event still says what it has to say. One that does not fit is repaired or left out, with a
 * warning in the answer, so that a visitor's words never wait for a tracking parameter too many. Ids, types and words are no details.
 */
import type {z} from 'zod';
import {countCodePoints, indexAfter} from './to-mattermost/characters.ts';

/** A value made fit, or undefined where this repair has nothing to offer. */
export type Repair = {code: 'shortened' | 'normalised'; of: (value: unknown) => unknown};

const repairs = new WeakMap<z.core.$ZodType, readonly Repair[]>();

/**
 * Marks a schema as a detail.
 *
 * @param schema an instance of its own (`X.optional()` makes one): the mark is on this very object
 * @param made tried in order, each on what the one before made; where none helps, the field is left out
 */
export function detail<S extends z.ZodType>(schema: S, ...made: Repair[]): S {
    repairs.set(schema, made);
    return schema;
}

/** The repairs of a detail; undefined: the schema is no detail. */
export const repairsOf = (schema: z.core.$ZodType): readonly Repair[] | undefined => repairs.get(schema);

const normalised = (of: (text: string) => string | undefined): Repair => ({
    code: 'normalised',
    of: (value) => (typeof value === 'string' ? of(value) : undefined),
});

/** Numbers and booleans as people read them: PHP and databases don't care, and neither need we. */
export const asText: Repair = {
    code: 'normalised',
    of: (value) => (typeof value === 'boolean' || Number.isFinite(value) ? String(value) : undefined),
};

/** Digits as a whole number. */
export const asWhole: Repair = normalised((text) => (/^\d{1,15}$/.test(text) ? (Number(text) as never) : undefined));

export const lowerCased: Repair = normalised((text) => text.trim().toLowerCase());

/** Something to call it by, where there is no name. */
export const named = (name: string): Repair => ({
    code: 'normalised',
    of: (value) => (value === undefined || value === null || value === '' ? name : undefined),
});

export const trimmed: Repair = normalised((text) => text.trim());

/** Cut to `most` code points, an ellipsis included. */
export const shortened = (most: number): Repair => ({
    code: 'shortened',
    of: (value) => (typeof value === 'string' && countCodePoints(value) > most ? `${upTo(value, most - 1)}…` : undefined),
});

/** A file name cut to `most` code points with its extension: Mattermost tells the type by it. */
export const shortenedName = (most: number): Repair => ({
    code: 'shortened',
    of(value) {
        if (typeof value !== 'string' || countCodePoints(value) <= most) return undefined;
        const extension = /\.[A-Za-z0-9]{1,10}$/.exec(value)?.[0] ?? '';
        return `${upTo(value, most - 1 - extension.length)}…${extension}`;
    },
});

/** An address that is too long without its query and fragment: it still leads to the page. */
export const withoutQuery = (most: number): Repair => ({
    code: 'shortened',
    of: (value) => (typeof value === 'string' && value.length > most ? value.replace(/[?#].*$/s, '') : undefined),
});

/** `nl_NL`, `de-DE-u-co-phonebk`, `en_GB.UTF-8`: what operating systems and browsers make of BCP 47, down to language, script and region. */
export const languageTag: Repair = normalised((text) =>
    text
        .trim()
        .replace(/[.@].*$/s, '')
        .replaceAll('_', '-')
        .replace(/-[A-Za-z0-9]-.*$/s, ''),
);

/** `2026-11-22 10:31:00+0100` → `2026-11-22T10:31:00+01:00`. A time without an offset could be anywhere: it is not repaired. */
export const instant: Repair = normalised((text) => {
    const [, date, time, offset] =
        /^\s*(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?([Zz]|[+-]\d{2}(?::?\d{2})?)\s*$/.exec(text) ?? [];
    if (!date || !time || !offset) return undefined;
    return `${date}T${time}${/^z$/i.test(offset) ? 'Z' : offset.replace(/^(.\d{2}):?(\d{2})?$/, (_, hours, minutes = '00') => `${hours}:${minutes}`)}`;
});

/** `[]` is how PHP writes an empty map. */
export const emptyMap: Repair = {code: 'normalised', of: (value) => (Array.isArray(value) && value.length === 0 ? {} : undefined)};

/** The first so many entries of a list or map. */
export const firstOf = (most: number): Repair => ({
    code: 'shortened',
    of(value) {
        if (Array.isArray(value)) return value.length > most ? value.slice(0, most) : undefined;
        if (typeof value !== 'object' || value === null) return undefined;
        const entries = Object.entries(value);
        return entries.length > most ? Object.fromEntries(entries.slice(0, most)) : undefined;
    },
});

const upTo = (text: string, most: number): string => text.slice(0, indexAfter(text, 0, most));
