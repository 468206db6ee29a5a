import type {JsonObject} from '../state/records.ts';

/** Length as Go counts it: code points, not UTF-16 units. */
export function runeCount(text: string): number {
    let count = 0;
    for (const _ of text) {
        count++;
    }
    return count;
}

/** Characters that Go's JSON writes as six (`\u003c`), JavaScript's as one. */
const ESCAPED_BY_GO = /[<>&\u2028\u2029]/g;

/** How long the server finds these props: the code points of Go's JSON. */
export function propsRuneCount(props: JsonObject): number {
    const json = JSON.stringify(props);
    return runeCount(json) + 5 * (json.match(ESCAPED_BY_GO)?.length ?? 0);
}

/** Lone surrogates cannot be UTF-8: Go replaces them by U+FFFD while reading JSON. */
export function wellFormed<T>(value: T): T {
    return JSON.parse(JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? inner.toWellFormed() : inner))) as T;
}

/** PostgreSQL cannot store U+0000 in text, nor in jsonb. */
export function hasNul(value: unknown): boolean {
    return JSON.stringify(value).includes('\\u0000');
}
