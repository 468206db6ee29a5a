/**
 * JSON Schema, as our OpenAPI document uses it → fast-check: values that fit, and values one step from fitting.
 *
 * All values survive JSON: what is generated is what the bridge reads. Lengths count UTF-16 units.
 */
import fc from 'fast-check';

export type Schema = {
    $ref?: string;
    type?: string;
    const?: unknown;
    enum?: unknown[];
    anyOf?: Schema[];
    oneOf?: Schema[];
    properties?: Record<string, Schema>;
    required?: string[];
    additionalProperties?: Schema | boolean;
    propertyNames?: Schema;
    maxProperties?: number;
    items?: Schema;
    minItems?: number;
    maxItems?: number;
    minimum?: number;
    maximum?: number;
    minLength?: number;
    maxLength?: number;
    pattern?: string;
    format?: string;
    contentEncoding?: string;
};

export type Values = fc.Arbitrary<unknown>;

export type ArbitraryOptions = {
    /** The document's components. */
    schemas: Record<string, Schema>;
    /** Places (`data.conversation_id`, `integration`) where fitting the schema isn't enough, e.g. ids that must be known or unique. */
    places?: Record<string, Values>;
};

/** Longest list and text that are generated often; the document's own limits are tried now and then. */
const FEW_ITEMS = 3;
const SHORT = 60;
const RARE = {weight: 1};
const OFTEN = {weight: 40};

export function arbitraries({schemas, places = {}}: ArbitraryOptions): {fitting(schema: Schema): Values; nearly(schema: Schema): Values} {
    const resolve = (schema: Schema): Schema => {
        if (schema.$ref) return resolve(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? absent(schema.$ref));
        // One of several types: a choice like any other.
        const {type, ...rest} = schema;
        return Array.isArray(type) ? {anyOf: type.map((one: string) => ({...rest, type: one}))} : schema;
    };

    function fitting(given: Schema, place = ''): Values {
        const schema = resolve(given);
        const known = places[place];
        if (known) return known;
        if (schema.const !== undefined) return fc.constant(schema.const);
        if (schema.enum) return fc.constantFrom(...schema.enum);
        const choices = schema.anyOf ?? schema.oneOf;
        if (choices) return fc.oneof(...choices.map((choice) => fitting(choice, place)));
        switch (schema.type) {
            case 'object':
                return fittingObject(schema, place);
            case 'array':
                return fittingList(schema, place);
            case 'string':
                return fittingText(schema);
            case 'integer':
                return fc.oneof(
                    fc.integer({min: schema.minimum ?? -100, max: Math.min(schema.maximum ?? 100, 1000)}),
                    fc.constant(schema.maximum ?? 100),
                );
            case 'number':
                return fc.double({noNaN: true, noDefaultInfinity: true}).map((value) => value + 0);
            case 'boolean':
                return fc.boolean();
            case 'null':
                return fc.constant(null);
            case undefined:
                return fc.jsonValue({maxDepth: 2});
            default:
                throw new Error(`no values for a schema of type ${schema.type}`);
        }
    }

    function fittingObject(
        {properties, required = [], additionalProperties, propertyNames, maxProperties = 5}: Schema,
        place: string,
    ): Values {
        if (!properties && typeof additionalProperties === 'object') {
            const name = fc.oneof(fittingText(propertyNames ?? {}), fc.constantFrom('constructor', 'toString', 'booking', 'é'));
            return fc.dictionary(name as fc.Arbitrary<string>, fitting(additionalProperties), {
                maxKeys: Math.min(maxProperties, 5),
                noNullPrototype: true,
            });
        }
        const members = Object.fromEntries(
            Object.entries(properties ?? {}).map(([name, property]) => [name, fitting(property, within(place, name))]),
        );
        return fc.record(members, {requiredKeys: required, noNullPrototype: true});
    }

    function fittingList({items = {}, minItems = 0, maxItems = FEW_ITEMS}: Schema, place: string): Values {
        const item = fitting(items, within(place, '*'));
        const few = fc.array(item, {minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, FEW_ITEMS))});
        return fc.oneof({...OFTEN, arbitrary: few}, {...RARE, arbitrary: fc.array(item, {minLength: maxItems, maxLength: maxItems})});
    }

    /** One step from fitting: one thing missing, extra, null, of another type, too long, too many, too much. A few still fit. */
    function nearly(given: Schema, place = ''): Values {
        const schema = resolve(given);
        const choices = schema.anyOf ?? schema.oneOf;
        if (choices) return fc.oneof(...choices.map((choice) => nearly(choice, place)));
        const wrong = [{weight: 2, arbitrary: strange}];
        switch (schema.type) {
            case 'object':
                return fc.oneof(...wrong, {weight: 8, arbitrary: nearlyObject(schema, place)});
            case 'array': {
                const {items = {}, maxItems, minItems = 0} = schema;
                const item = fitting(items, within(place, '*'));
                const lists = [fc.tuple(nearly(items, within(place, '*'))) as Values];
                if (maxItems !== undefined)
                    lists.push(few(item).map((items) => Array.from({length: maxItems + 1}, (_, index) => items[index % items.length])));
                if (minItems > 0) lists.push(fc.constant([]));
                return fc.oneof(...wrong, ...lists);
            }
            case 'string': {
                const texts: Values[] = [hostileText, fitting(schema).map((text) => `${String(text)}\u0000`), fc.constant('')];
                if (schema.maxLength !== undefined) texts.push(fc.constant('x'.repeat(schema.maxLength + 1)));
                return fc.oneof(...wrong, ...texts);
            }
            case 'integer':
            case 'number':
                return fc.oneof(...wrong, fc.constantFrom(0, -1, 1.5, 1e21, 2 ** 53, -(2 ** 63), Number.MAX_VALUE, 5e-324, '1', '0x1'));
            default:
                return strange;
        }
    }

    function nearlyObject(schema: Schema, place: string): Values {
        const {properties = {}, required = [], additionalProperties} = schema;
        const whole = fittingObject(schema, place) as fc.Arbitrary<Record<string, unknown>>;
        const steps: Values[] = [fc.tuple(whole, hostileKey, strange).map(([value, key, extra]) => ({...value, [key]: extra}))];
        for (const [name, property] of Object.entries(properties)) {
            steps.push(fc.tuple(whole, nearly(property, within(place, name))).map(([value, other]) => ({...value, [name]: other})));
            if (required.includes(name))
                steps.push(whole.map((value) => Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))));
        }
        if (typeof additionalProperties === 'object') {
            steps.push(fc.tuple(whole, hostileKey, nearly(additionalProperties)).map(([value, key, other]) => ({...value, [key]: other})));
            const {maxProperties} = schema;
            if (maxProperties)
                steps.push(fc.constant(Object.fromEntries(Array.from({length: maxProperties + 1}, (_, index) => [`p${index}`, 'x']))));
        }
        return fc.oneof(...steps);
    }

    return {fitting: (schema) => fitting(schema), nearly: (schema) => nearly(schema)};
}

/** Enough to fill a list with by repeating them: thousands would take seconds to make. */
const few = (item: Values): fc.Arbitrary<unknown[]> => fc.array(item, {minLength: 1, maxLength: FEW_ITEMS});

const within = (place: string, name: string): string => (place === '' ? name : `${place}.${name}`);

function absent(ref: string): never {
    throw new Error(`the document has no ${ref}`);
}

function fittingText({pattern, format, contentEncoding, minLength = 0, maxLength = SHORT}: Schema): Values {
    if (format === 'date-time') return instant;
    if (format === 'email') return fc.stringMatching(/^[a-z0-9]{1,10}(\.[a-z0-9]{1,5})?@[a-z0-9]{1,10}\.(nl|example)$/);
    if (format === 'uri') return webAddress;
    if (contentEncoding === 'base64') return fc.base64String({maxLength: 200});
    if (pattern) return matching(pattern).filter((text) => text.length <= maxLength);
    const short = fc.oneof(
        fc.string({minLength, maxLength: SHORT, unit: 'grapheme'}),
        fc.string({minLength, maxLength: SHORT}),
        hostileText,
    );
    const fits = short.map((text) => text.slice(0, maxLength)).filter((text) => text.length >= minLength);
    return fc.oneof(
        {...OFTEN, arbitrary: fits},
        {...RARE, arbitrary: fc.constantFrom('x', '€', '\n', '`').map((unit) => unit.repeat(maxLength))},
    );
}

const matched = new Map<string, fc.Arbitrary<string>>();

/** Some texts of a pattern, made once: character by character for every value they would take most of the time. */
function matching(pattern: string): fc.Arbitrary<string> {
    const known = matched.get(pattern) ?? fc.constantFrom(...fc.sample(fc.stringMatching(new RegExp(pattern)), {seed: 1, numRuns: 200}));
    matched.set(pattern, known);
    return known;
}

const instant: Values = fc
    .tuple(
        fc.date({min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true}),
        fc.constantFrom('Z', '+01:00', '-11:30', '+23:59'),
        fc.constantFrom('', '.5', '.123456789'),
    )
    .map(([date, offset, fraction]) => date.toISOString().replace(/\.\d+Z$/, `${fraction}${offset}`));

const webAddress: Values = fc
    .tuple(fc.constantFrom('http', 'https'), fc.domain(), fc.webPath(), fc.constantFrom('', '?a=1&b=%20', '?q=a b', '#top', '?"<script>'))
    .map(([scheme, host, path, rest]) => `${scheme}://${host}${path}${rest}`);

/** Texts that have broken programs before. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
    fc.constantFrom(
        '\u0000',
        'before\u0000after',
        '\ud800',
        'half \udc00 pair',
        '\u202etxt.exe',
        '@all @channel @here',
        '![x](http://evil.example/pixel.png)',
        '[bank](https://evil.example)',
        '```',
        '| a |\n|---|\n| b |',
        '/ireserve close',
        '{conversation_id}',
        '$&$1',
        '%00%ff',
        '../../etc/passwd',
        "'; drop table delivery; --",
        '<img src=x onerror=alert(1)>',
        '👩‍👩‍👧‍👦'.repeat(20),
        'é'.normalize('NFD').repeat(30),
        '\r\nSet-Cookie: a=b',
        'constructor',
        '__proto__',
    ),
    fc.string({unit: 'binary', maxLength: 40}),
    // Any UTF-16, lone surrogates included.
    fc.array(fc.integer({min: 0, max: 0xffff}), {maxLength: 20}).map((units) => String.fromCharCode(...units)),
);

const hostileKey: fc.Arbitrary<string> = fc.oneof(
    fc.constantFrom(
        '__proto__',
        'constructor',
        'prototype',
        'toString',
        'hasOwnProperty',
        'length',
        '',
        'toJSON',
        'events',
        'x'.repeat(101),
    ),
    hostileText,
);

/** Of another type, or out of proportion. */
export const strange: Values = fc.oneof(
    fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e300, '', 'x', [], {}, [null], {type: 'x'}, {toString: 1}, {length: -1}),
    fc.integer({min: 50, max: 3000}).map((depth) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)),
    fc.integer({min: 50, max: 3000}).map((depth) => JSON.parse(`${'{"__proto__":'.repeat(depth)}1${'}'.repeat(depth)}`)),
    hostileText,
    fc.jsonValue({maxDepth: 3}),
);

/** Bytes that are hardly JSON, or JSON that no object of ours can hold. */
export const garbage: fc.Arbitrary<Uint8Array> = fc.oneof(
    fc.uint8Array({maxLength: 200}),
    fc.string({unit: 'binary', maxLength: 200}).map((text) => Buffer.from(text)),
    fc
        .constantFrom(
            '',
            ' ',
            'null',
            '[]',
            '"',
            '{}',
            '{"events":[]}',
            '{"events":{}}',
            '1e999',
            '-0',
            '"\\ud800"',
            '\ufeff{}',
            '{"id":1e999}',
            '[{}]',
            'NaN',
        )
        .map((text) => Buffer.from(text)),
    fc.constantFrom('[', '{"a":', '"\\u').map((unit) => Buffer.from(unit.repeat(20_000))),
    fc.jsonValue({maxDepth: 4}).map((value) => Buffer.from(JSON.stringify(value))),
    fc.tuple(fc.json(), fc.nat(30)).map(([text, cut]) => Buffer.from(text.slice(0, -cut - 1))),
);
