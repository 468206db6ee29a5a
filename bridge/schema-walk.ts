/** Ways through a zod schema beside a value: what stands at a path, and where there are more entries than may be. */
import type {z} from 'zod';

type Schema = z.core.$ZodType;
export type Path = readonly PropertyKey[];

type Def = {
    type: string;
    innerType?: Schema;
    /** What a pipe or transform reads. */
    in?: Schema;
    shape?: Record<string, Schema>;
    element?: Schema;
    valueType?: Schema;
    options?: readonly Schema[];
};
const defOf = (schema: Schema): Def => schema._zod.def as unknown as Def;

/** A schema and what it wraps (`optional`, `nullable`, `default`, a transform), outermost first. */
export function layersOf(schema: Schema): Schema[] {
    const {innerType, in: read} = defOf(schema);
    const inner = innerType ?? read;
    return inner ? [schema, ...layersOf(inner)] : [schema];
}

const coreOf = (schema: Schema): Schema => layersOf(schema).at(-1) ?? schema;

/** The members of a union that may be meant: by the literal of `type`, else by the keys that are there. */
export function optionsFor(schema: Schema, value: unknown): readonly Schema[] {
    const core = coreOf(schema);
    const {type, options = []} = defOf(core);
    if (type !== 'union') return [core];
    const given = typeof value === 'object' && value !== null ? value : {};
    const objects = options.filter((option) => defOf(coreOf(option)).shape);
    const fitting = objects.filter((option) =>
        Object.entries(defOf(coreOf(option)).shape ?? {}).every(([key, member]) => {
            const literal = literalOf(member);
            return literal === undefined ? !isRequired(member) || key in given : (given as Record<string, unknown>)[key] === literal;
        }),
    );
    return (fitting.length > 0 ? fitting : options).flatMap((option) => optionsFor(option, value));
}

const isRequired = (schema: Schema): boolean => schema._zod.optin !== 'optional';

function literalOf(schema: Schema): unknown {
    const {type, values} = schema._zod.def as unknown as {type: string; values?: unknown[]};
    return type === 'literal' ? values?.[0] : undefined;
}

/** The schemas from the root to a path, outermost first; each with how much of the path leads to it. Stops where the schema says no more. */
export function schemasAlong(root: Schema, value: unknown, path: Path): {schema: Schema; depth: number}[] {
    const found: {schema: Schema; depth: number}[] = [];
    let schemas: readonly Schema[] = [root];
    let at = value;
    for (let depth = 0; ; depth++) {
        for (const schema of schemas) for (const layer of layersOf(schema)) found.push({schema: layer, depth});
        const key = path[depth];
        if (key === undefined) return found;
        schemas = schemas.flatMap((schema) => optionsFor(schema, at)).flatMap((option) => memberOf(option, key) ?? []);
        at = typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined;
        if (schemas.length === 0) return found;
    }
}

function memberOf(schema: Schema, key: PropertyKey): Schema | undefined {
    const {shape, element, valueType} = defOf(coreOf(schema));
    if (shape) return Object.hasOwn(shape, key) ? shape[String(key)] : undefined;
    return element ?? valueType;
}

export type TooMany = {path: Path; count: number; most: number};

/** Counting stops here: what is told of more is that it is more. */
const COUNTED = 1000;

/**
 * Lists and maps with more entries than their schema allows, found by counting alone.
 *
 * Validating a million entries to say that fifty are allowed would take seconds of the only thread there is.
 */
export function tooMany(schema: Schema, value: unknown, path: Path = []): TooMany[] {
    if (typeof value !== 'object' || value === null) return [];
    return optionsFor(schema, value).flatMap((option) => {
        const {shape, element, valueType} = defOf(option);
        if (shape) {
            return Object.entries(shape).flatMap(([key, member]) =>
                Object.hasOwn(value, key) ? tooMany(member, (value as Record<string, unknown>)[key], [...path, key]) : [],
            );
        }
        const most = mostOf(option);
        if (element && Array.isArray(value)) {
            if (value.length > most) return [{path, count: value.length, most}];
            return holdsMore(element) ? value.flatMap((one, index) => tooMany(element, one, [...path, index])) : [];
        }
        if (!valueType) return [];
        const count = countKeys(value, Math.max(most, COUNTED) + 1);
        return count > most ? [{path, count, most}] : [];
    });
}

/** Whether a list or map can stand in it at all: ids need no look each. */
const holdsMore = (schema: Schema): boolean => ['object', 'array', 'record', 'union'].includes(defOf(coreOf(schema)).type);

function mostOf(schema: Schema): number {
    for (const check of schema._zod.def.checks ?? []) {
        const {check: kind, maximum} = check._zod.def as {check: string; maximum?: number};
        if (kind === 'max_length' && maximum !== undefined) return maximum;
    }
    const {maxProperties} = ((schema as z.ZodType).meta?.() ?? {}) as {maxProperties?: number};
    return maxProperties ?? Number.POSITIVE_INFINITY;
}

function countKeys(value: object, most: number): number {
    let count = 0;
    for (const _key in value) if (++count >= most) break;
    return count;
}
