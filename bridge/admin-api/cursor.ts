/** Where the next page of a list begins: opaque to clients, and checked, for it comes back from one. */
import {BridgeError} from '../errors.ts';

type List = 'log' | 'audit' | 'deliveries';

export const writeCursor = (list: List, id: number): string => Buffer.from(`${list}:${id}`).toString('base64url');

/** @throws BridgeError invalid_request when it is not one this list gave out */
export function readCursor(list: List, cursor: string | undefined): number | undefined {
    if (cursor === undefined) return undefined;
    const [, of, id] = /^([a-z]+):(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
    if (of === list) return Number(id);
    const errors = [{path: 'cursor', message: 'not one this list gave out'}];
    throw new BridgeError('invalid_request', 'the cursor does not fit', {errors});
}

/** One more than asked for tells whether there are more. */
export function pageOf<T>(
    list: List,
    found: readonly T[],
    limit: number,
    idOf: (one: T) => number,
): {rows: T[]; next_cursor: string | null} {
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    return {rows, next_cursor: found.length > limit && last ? writeCursor(list, idOf(last)) : null};
}
