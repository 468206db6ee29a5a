/** All integrations as one YAML document, and back. Secrets stand in it by reference, never as they are. */
import {type Document, isCollection, isScalar, LineCounter, parseDocument, stringify, visit} from 'yaml';
import {z} from 'zod';
import {
    givenConfig,
    type Integration,
    IntegrationSecrets,
    IntegrationState,
    SECRET_NAMES,
    type SecretKind,
    valuesOf,
} from '../integration.ts';
import type {SecretBox} from '../secrets.ts';
import {difference} from './audit.ts';
import {idsOf, problemWith} from './secret-values.ts';

/** What stays as it is. */
const KEEP = 'keep';

const HEADER = `# Integrations of i-Reserve for Mattermost.
# Settings that are left out are the default again; integrations that are left out stay as they are.
# Secrets by reference: keep (as it is) · \${env:NAME} · \${file:/path}; lists newest first, [] takes all away.
# Inside [ ] a reference needs quotes.
`;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const LONGEST = 1_000_000;
const MOST_PROBLEMS = 50;

/** Secrets that come beside the document, by integration and kind: they take the place of what it says of that kind. */
export type GivenSecrets = Record<string, Partial<Record<SecretKind, string>>>;

/** @throws with a message that may be shown when the reference leads nowhere */
export type Resolve = (reference: {kind: 'env' | 'file'; name: string}) => string;

export type Problem = {path: string; message: string};

export class ImportError extends Error {
    readonly problems: readonly Problem[];

    constructor(problems: readonly Problem[]) {
        super('the document can’t be imported');
        this.problems = problems;
    }
}

export function exportIntegrations(all: readonly Integration[]): string {
    const integrations = Object.fromEntries(
        [...all]
            .sort((a, b) => a.name.localeCompare(b.name))
            .map(({name, licence, environment, state, config, secrets}) => {
                const set = SECRET_NAMES.filter((kind) => valuesOf(secrets, kind).length > 0);
                return [name, {licence, environment, state, config, secrets: Object.fromEntries(set.map((kind) => [kind, KEEP]))}];
            }),
    );
    return HEADER + stringify({version: 1, integrations}, {lineWidth: 0});
}

const Given = z.strictObject({
    version: z.literal(1),
    integrations: z.record(
        z.string().regex(NAME, 'up to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit'),
        z.strictObject({
            licence: z.string().trim().min(1).max(200),
            environment: z.enum(['test', 'production']),
            state: IntegrationState.default('active'),
            config: z.record(z.string(), z.unknown()),
            secrets: z.partialRecord(z.enum(SECRET_NAMES), z.union([z.string(), z.array(z.string()).max(50)])).default({}),
        }),
    ),
});
type Given = z.infer<typeof Given>['integrations'][string];

export type FieldChange = {field: string; change: 'added' | 'changed' | 'removed'; before?: unknown; after?: unknown};

export type Planned = {
    name: string;
    change: 'added' | 'changed' | 'same' | 'untouched';
    fields: FieldChange[];
    /** Null: untouched. */
    wanted: Pick<Integration, 'licence' | 'environment' | 'state' | 'config'> | null;
    /** The secrets as they will be, of those that are then; of a new integration, of none. */
    secretsOf: (current: IntegrationSecrets | null) => IntegrationSecrets;
};

/**
 * What a document would change, without effect.
 *
 * @throws ImportError with every problem, each with its line
 */
export function planImport(
    text: string,
    all: readonly Integration[],
    {resolve, box, secrets = {}}: {resolve: Resolve; box: SecretBox; secrets?: GivenSecrets},
): Planned[] {
    if (text.length > LONGEST) throw new ImportError([{path: '', message: `at most ${LONGEST} characters`}]);
    const {document, placeOf} = read(text);
    const parsed = Given.safeParse(document);
    if (!parsed.success) {
        throw new ImportError(parsed.error.issues.slice(0, MOST_PROBLEMS).map(({path, message}) => ({path: placeOf(path), message})));
    }
    const problems: Problem[] = [];
    const planned = Object.entries(parsed.data.integrations).map(([name, given]) => {
        const note = (path: PropertyKey[], message: string) => {
            const place = placeOf(['integrations', name, ...path]);
            // What was said of a place first says more than what follows from it.
            if (!problems.some((one) => one.path === place)) problems.push({path: place, message});
        };
        return planOne(name, given, {current: all.find((one) => one.name === name), handed: handedTo(secrets, name), note, resolve, box});
    });
    for (const name of Object.keys(secrets)) {
        if (!Object.hasOwn(parsed.data.integrations, name)) problems.push({path: 'secrets', message: `the document has no ${name}`});
    }
    if (problems.length > 0) throw new ImportError(problems.slice(0, MOST_PROBLEMS));
    const others = all.filter(({name}) => !planned.some((one) => one?.name === name));
    const untouched = others.map(({name}): Planned => ({name, change: 'untouched', fields: [], wanted: null, secretsOf: nothing}));
    return [...planned.filter((one) => one !== null), ...untouched];
}

/** The name comes from outside: `constructor` is none of ours. */
const handedTo = (secrets: GivenSecrets, name: string): NonNullable<GivenSecrets[string]> =>
    (Object.hasOwn(secrets, name) ? secrets[name] : undefined) ?? {};

const nothing = (): never => {
    throw new Error('it is not touched');
};

type Planning = {
    current: Integration | undefined;
    handed: NonNullable<GivenSecrets[string]>;
    note: (path: PropertyKey[], message: string) => void;
    resolve: Resolve;
    box: SecretBox;
};

/** Null: there are problems, which were noted. */
function planOne(name: string, given: Given, {current, handed, note, resolve, box}: Planning): Planned | null {
    const {licence, environment, state, secrets: references} = given;
    if (current && current.licence !== licence) note(['licence'], `it is ${current.licence}: for another licence make another integration`);
    if (current && current.environment !== environment)
        note(['environment'], `it is ${current.environment}: for another make another integration`);
    const config = givenConfig(current?.config).safeParse(given.config);
    if (!config.success) for (const {path, message} of config.error.issues) note(['config', ...path], message);
    const changes = new Map<SecretKind, (string | typeof KEPT)[]>();
    for (const kind of SECRET_NAMES) {
        const value = handed[kind];
        const problem = value === undefined ? null : problemWith(kind, value);
        if (problem) note(['secrets', kind], problem);
        if (value !== undefined) changes.set(kind, [value]);
        const reference = references[kind];
        if (reference === undefined || value !== undefined) continue;
        const list = (Array.isArray(reference) ? reference : [reference]).map((one, index) => {
            const path = ['secrets', kind, ...(Array.isArray(reference) ? [index] : [])];
            return resolved(one, {kind, isNew: current === undefined, resolve, note: (message) => note(path, message)});
        });
        changes.set(kind, list);
    }
    if (!current && !changes.has('bot_token')) note(['secrets', 'bot_token'], 'a new integration needs one');
    const secretsOf = (before: IntegrationSecrets | null) => laidOver(before, changes);
    const checked = IntegrationSecrets.safeParse(secretsOf(current?.secrets ?? null));
    // Only what it is about, never what it holds.
    if (!checked.success) for (const {path, message} of checked.error.issues) note(['secrets', ...path.slice(0, 1)], message);
    if (!config.success || !checked.success) return null;
    const wanted = {licence, environment, state, config: config.data};
    const fields = fieldsOf(current, {wanted, secrets: checked.data, said: Object.keys(given.config)}, box);
    return {name, change: current ? (fields.length > 0 ? 'changed' : 'same') : 'added', fields, wanted, secretsOf};
}

const KEPT = Symbol('kept');

type Resolving = {kind: SecretKind; isNew: boolean; resolve: Resolve; note: (message: string) => void};

/** The value, or that what is there stays. Problems are noted, and never hold what stands there: somebody may have written the secret itself. */
function resolved(reference: string, {kind, isNew, resolve, note}: Resolving): string | typeof KEPT {
    if (reference === KEEP) {
        if (isNew) note('there is nothing to keep yet: give a reference');
        return KEPT;
    }
    const [, from, name = ''] = /^\$\{(env|file):([^}]+)\}$/.exec(reference) ?? [];
    if (from === undefined) {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: what is written in the document.
        note('must be keep, ${env:NAME} or ${file:/path}; a secret itself has no place here');
        return KEPT;
    }
    try {
        const value = resolve({kind: from as 'env' | 'file', name});
        const problem = value === '' ? 'it is empty' : problemWith(kind, value);
        if (problem) note(problem);
        return value;
    } catch (error) {
        note((error as Error).message);
        return KEPT;
    }
}

function laidOver(before: IntegrationSecrets | null, changes: ReadonlyMap<SecretKind, (string | typeof KEPT)[]>): IntegrationSecrets {
    const next: Record<string, unknown> = {...before};
    for (const [kind, list] of changes) {
        const current = before ? valuesOf(before, kind) : [];
        const values = [...new Set(list.flatMap((one) => (one === KEPT ? [...current] : [one])))];
        next[kind] = kind === 'bot_token' ? (values[0] ?? '') : values;
    }
    return next as IntegrationSecrets;
}

type Settings = Pick<Integration, 'state' | 'config'>;

type Wanted = {
    wanted: Settings;
    secrets: IntegrationSecrets /** Fields of the configuration that the document names. */;
    said: readonly string[];
};

function fieldsOf(current: Integration | undefined, {wanted, secrets, said}: Wanted, box: SecretBox): FieldChange[] {
    const flat = ({state, config}: Settings, held: Record<string, string[]>): Record<string, unknown> => ({
        state,
        ...Object.fromEntries(Object.entries(config).map(([field, value]) => [`config.${field}`, value])),
        ...Object.fromEntries(Object.entries(held).map(([kind, ids]) => [`secrets.${kind}`, ids])),
    });
    const after = flat(wanted, idsOf(box, secrets));
    const before = current ? flat(current, idsOf(box, current.secrets)) : {};
    const different = difference(before, after);
    if (!different) return [];
    const [old, now] = [different.before as Record<string, unknown>, different.after as Record<string, unknown>];
    return Object.keys(now).flatMap((field): FieldChange[] => {
        // What the document leaves out is the default again.
        const isGone = isNothing(now[field]) || (field.startsWith('config.') && !said.includes(field.slice('config.'.length)));
        if (!(field in old)) return isGone ? [] : [{field, change: 'added', after: now[field]}];
        const was = old[field];
        const change = isNothing(was) ? 'added' : isGone ? 'removed' : 'changed';
        return [{field, change, before: was, after: now[field]}];
    });
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const isNothing = (value: unknown): boolean => value === '' || same(value, []) || same(value, {});

/** Parsed, with the line each path stands in. Syntax errors are told without the line's text: it may hold a secret. */
function read(text: string): {document: unknown; placeOf: (path: PropertyKey[]) => string} {
    const lines = new LineCounter();
    const document = parseDocument(text, {lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: true});
    const at = (offset: number) => {
        const {line, col} = lines.linePos(offset);
        return `line ${line}:${col}`;
    };
    if (document.errors.length > 0) {
        throw new ImportError(document.errors.slice(0, MOST_PROBLEMS).map(({pos, code}) => ({path: at(pos[0]), message: `YAML: ${code}`})));
    }
    const hidden: Problem[] = [];
    visit(document, {
        Pair(_, {key}) {
            // zod passes it over without a word.
            if (isScalar(key) && key.value === '__proto__')
                hidden.push({path: `${at(key.range?.[0] ?? 0)} integrations`, message: 'no such name'});
        },
    });
    if (hidden.length > 0) throw new ImportError(hidden);
    try {
        return {
            document: document.toJS({maxAliasCount: 20}),
            placeOf: (path) => `${at(offsetOf(document, path))} ${path.map(String).join('.')}`,
        };
    } catch {
        throw new ImportError([{path: '', message: 'YAML: too many aliases'}]);
    }
}

/** Where a path stands; of what is not there, what should hold it. */
function offsetOf(document: Document.Parsed, path: PropertyKey[]): number {
    for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length), true);
        if ((isScalar(node) || isCollection(node)) && node.range) return node.range[0];
    }
    return 0;
}
