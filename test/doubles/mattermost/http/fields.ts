import {badBody} from '../state/api-error.ts';
import type {JsonObject} from '../state/records.ts';
import type {World} from '../state/world.ts';

type Kinds = {
    string: string;
    number: number;
    boolean: boolean;
    object: JsonObject;
    strings: string[];
};

/** Which JSON type a field of a request body has to have. */
export type Fields = Readonly<Record<string, keyof Kinds>>;

export type Picked<F extends Fields> = {[name in keyof F]?: Kinds[F[name]]};

/**
 * Picks known fields out of a request body. Unknown ones and `null` are ignored, as Go does.
 *
 * 11.1 refuses a field of the wrong type; 5.37 drops it without a word.
 */
export function pick<F extends Fields>(world: World, body: unknown, name: string, fields: F): Picked<F> {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
        throw badBody(name);
    }
    const picked: Record<string, unknown> = {};
    for (const [field, kind] of Object.entries(fields)) {
        const value = (body as Record<string, unknown>)[field];
        if (value === undefined || value === null) {
            continue;
        }
        if (isKind(value, kind)) {
            picked[field] = value;
        } else if (world.differs.strictJson) {
            throw badBody(name);
        }
    }
    return picked as Picked<F>;
}

function isKind(value: unknown, kind: keyof Kinds): boolean {
    switch (kind) {
        case 'object':
            return typeof value === 'object' && !Array.isArray(value);
        case 'strings':
            return Array.isArray(value) && value.every((item) => typeof item === 'string');
        default:
            return typeof value === kind;
    }
}
