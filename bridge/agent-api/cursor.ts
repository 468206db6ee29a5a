/** Where the next page of a list begins: opaque to clients, and checked, for it comes back from one. */
import {z} from 'zod';
import {BridgeError} from '../errors.ts';

export const VIEWS = ['waiting', 'mine', 'open', 'closed', 'all'] as const;
export type View = (typeof VIEWS)[number];

/** The last item of the page before: its time, and its id to tell apart what has the same time. */
export type Place = {at: number; id: string};

const Cursor = z.tuple([z.enum(VIEWS), z.int().min(0), z.string().min(1).max(128)]);

export const writeCursor = (view: View, {at, id}: Place): string => Buffer.from(JSON.stringify([view, at, id])).toString('base64url');

/** @throws BridgeError invalid_request when it is not one of ours, or of another view */
export function readCursor(view: View, cursor: string): Place {
    const parsed = Cursor.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString()));
    if (!parsed.success || parsed.data[0] !== view) {
        const errors = [{path: 'cursor', message: 'not one this list gave out'}];
        throw new BridgeError('invalid_request', 'the cursor does not fit', {errors});
    }
    const [, at, id] = parsed.data;
    return {at, id};
}

function jsonOf(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return null;
    }
}
