/** Reading what came over a wire: nothing is believed to have a shape because somebody said so. */

/** @throws Mismatch */
export type Read<T> = (value: unknown) => T;
export type ReadAs<R> = R extends Read<infer T> ? T : never;

export class Mismatch extends Error {}

export const text: Read<string> = (value) => (typeof value === 'string' ? value : fail('text', value));
export const number: Read<number> = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : fail('a number', value));
export const yesNo: Read<boolean> = (value) => (typeof value === 'boolean' ? value : fail('true or false', value));
export const anything: Read<unknown> = (value) => value;
/** ISO 8601 → ms since 1970. */
export const instant: Read<number> = (value) => number(Date.parse(text(value)));

/** What is missing is null, so that an older bridge may leave out what a newer one has. */
export const orNull =
    <T>(read: Read<T>): Read<T | null> =>
    (value) =>
        value === null || value === undefined ? null : read(value);

export const listOf =
    <T>(read: Read<T>): Read<T[]> =>
    (value) =>
        Array.isArray(value) ? value.map((one) => read(one)) : fail('a list', value);

export const mapOf =
    <T>(read: Read<T>): Read<Record<string, T>> =>
    (value) =>
        Object.fromEntries(Object.entries(thing(value)).map(([name, one]) => [name, read(one)]));

/** One of these, or else 'unknown': what a newer bridge says and we do not know must neither hide everything nor pass for something it is not. */
export const oneOf =
    <const T extends string>(...all: readonly T[]): Read<T | 'unknown'> =>
    (value) => {
        const given = text(value);
        return all.find((one) => one === given) ?? 'unknown';
    };

export const fields =
    <T extends Record<string, Read<unknown>>>(reads: T): Read<{[K in keyof T]: ReadAs<T[K]>}> =>
    (value) => {
        const given = thing(value);
        return Object.fromEntries(Object.entries(reads).map(([name, read]) => [name, read(given[name])])) as {[K in keyof T]: ReadAs<T[K]>};
    };

export function thing(value: unknown): Record<string, unknown> {
    return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : fail('an object', value);
}

/** Undefined where the value does not have the shape. */
export function attempt<T>(read: Read<T>, value: unknown): T | undefined {
    try {
        return read(value);
    } catch (error) {
        if (error instanceof Mismatch) return undefined;
        throw error;
    }
}

function fail(wanted: string, value: unknown): never {
    throw new Mismatch(`${wanted} expected, not ${typeof value}`);
}
