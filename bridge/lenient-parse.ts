/** Parses what came from outside, and keeps what can be kept: a detail that does not fit is repaired or left out, and said so. */
import type {z} from 'zod';
import {repairsOf} from './details.ts';
import {type Path, schemasAlong, tooMany} from './schema-walk.ts';

export type Warning = {path: string; code: 'shortened' | 'normalised' | 'left_out'};
export type FieldError = {path: string; message: string};
export type Parsed<T> = {ok: true; data: T; warnings: Warning[]; leftOut: Path[]} | {ok: false; errors: FieldError[]};

/** So many errors and warnings are told. */
const MOST_TOLD = 20;
/** A list or map with more entries than this many times its limit is refused, detail or not. */
const FAR_TOO_MANY = 20;
/** Repairing one field may show that its parent can't be kept either; no contract is deeper. */
const MOST_ROUNDS = 8;

type Issue = {path: Path; message: string};

/**
 * @param strict refuses what would be repaired otherwise, for those who develop against the contract
 * @returns the first so many errors when a field that is no detail does not fit
 */
export function parseLeniently<S extends z.ZodType>(schema: S, given: unknown, {strict}: {strict: boolean}): Parsed<z.output<S>> {
    const warnings = new Map<string, Warning['code']>();
    const leftOut: Path[] = [];
    let value = given;
    let first: Issue[] = [];
    for (let round = 0; ; round++) {
        const counted = tooMany(schema, value);
        const refused = counted.filter(({count, most}) => strict || count > most * FAR_TOO_MANY);
        if (refused.length > 0) return {ok: false, errors: told(refused.map(countedIssue))};
        const parsed = counted.length > 0 ? null : schema.safeParse(value);
        if (parsed?.success) return {ok: true, data: parsed.data, warnings: toldWarnings(warnings), leftOut};
        const issues: Issue[] = parsed
            ? parsed.error.issues.flatMap((issue) => within(issue as unknown as Nested, []))
            : counted.map(countedIssue);
        if (round === 0) first = issues;
        if (strict || round === MOST_ROUNDS) return {ok: false, errors: told(first)};
        const changes = new Map<string, Change>();
        for (const issue of issues) {
            const change = changeFor(schema, value, issue);
            // Refused it is all the same: then everything that does not fit is told at once.
            if (!change) return {ok: false, errors: told(first)};
            changes.set(pathText(change.path), change);
        }
        // From the end, so that what is taken out of a list moves nothing that is still to be changed.
        for (const change of [...changes.values()].sort((a, b) => comparePaths(b.path, a.path))) {
            value = withChange(value, change.path, change);
            warnings.set(pathText(change.path), change.code);
            if (change.code === 'left_out') leftOut.push(change.path);
        }
    }
}

/** A failed parse as told in a problem's `errors`. */
export const fieldErrors = (error: z.ZodError): FieldError[] => told(error.issues);

type Change = {path: Path; code: 'shortened' | 'normalised'; to: unknown} | {path: Path; code: 'left_out'};

/** What to do about an issue: at the innermost detail on its way that can be changed at all. */
function changeFor(root: z.ZodType, value: unknown, {path}: Issue): Change | null {
    for (const {schema, depth} of schemasAlong(root, value, path).reverse()) {
        const made = repairsOf(schema);
        if (!made) continue;
        const at = path.slice(0, depth);
        const known = valueAt(value, at);
        let repaired = known;
        for (const {code, of} of made) {
            const next = of(repaired);
            if (next === undefined || next === repaired) continue;
            repaired = next;
            if (fits(schema, repaired)) return {path: at, code, to: repaired};
        }
        const inList = typeof at.at(-1) === 'number';
        if (known === undefined) continue;
        if (inList || (schema as z.ZodType).safeParse(undefined).success) return {path: at, code: 'left_out'};
    }
    return null;
}

/** Its members may still need repairs of their own. */
function fits(schema: z.core.$ZodType, value: unknown): boolean {
    if (tooMany(schema, value).some(({path}) => path.length === 0)) return false;
    const parsed = (schema as z.ZodType).safeParse(value);
    return parsed.success || parsed.error.issues.every(({path}) => path.length > 0);
}

type Nested = {code: string; path: Path; message: string; errors?: Nested[][]};

/** An issue of a union is told by the member that is nearest to what was given. */
function within({code, path, message, errors}: Nested, before: Path): Issue[] {
    const at = [...before, ...path];
    const branches =
        code === 'invalid_union'
            ? (errors ?? []).filter((branch) => branch.length > 0 && branch.some(({path: own}) => own.length > 0))
            : [];
    const nearest = branches.sort((a, b) => a.length - b.length)[0];
    return nearest ? nearest.flatMap((one) => within(one, at)) : [{path: at, message}];
}

const countedIssue = ({path, most}: {path: Path; most: number}): Issue => ({path, message: `Too big: at most ${most} entries`});

const pathText = (path: Path): string => path.map(String).join('.');
const told = (issues: Issue[]): FieldError[] => issues.slice(0, MOST_TOLD).map(({path, message}) => ({path: pathText(path), message}));
const toldWarnings = (warnings: Map<string, Warning['code']>): Warning[] =>
    [...warnings].slice(0, MOST_TOLD).map(([path, code]) => ({path: path.slice(0, 200), code}));

function comparePaths(a: Path, b: Path): number {
    for (const [index, key] of a.entries()) {
        const other = b[index];
        if (other === undefined) return 1;
        if (key === other) continue;
        return typeof key === 'number' && typeof other === 'number' ? key - other : String(key) < String(other) ? -1 : 1;
    }
    return a.length - b.length;
}

function valueAt(value: unknown, path: Path): unknown {
    let at = value;
    for (const key of path) {
        if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
        at = (at as Record<PropertyKey, unknown>)[key];
    }
    return at;
}

/** A copy with one change; what is not on the way is shared. */
function withChange(value: unknown, [key, ...rest]: Path, change: Change): unknown {
    if (key === undefined) return 'to' in change ? change.to : undefined;
    if (typeof value !== 'object' || value === null) return value;
    const drops = rest.length === 0 && !('to' in change);
    if (Array.isArray(value)) {
        const index = Number(key);
        return drops ? value.toSpliced(index, 1) : value.with(index, withChange(value[index], rest, change));
    }
    return Object.fromEntries(
        Object.entries(value).flatMap(([name, member]): [string, unknown][] =>
            name !== key ? [[name, member]] : drops ? [] : [[name, withChange(member, rest, change)]],
        ),
    );
}
