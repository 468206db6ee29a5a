/** The OpenAPI document as the judge of an answer: is the status listed for the operation, and does the body fit what is said of it? */
import {z} from 'zod';
import {currentOpenApi} from '../../bridge/openapi.ts';
import type {Schema} from '../support/arbitrary.ts';
import type {Reply} from './send.ts';

type Content = Record<string, {schema: Schema}>;
type Parameter = {name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema};

export type Documented = {
    method: string;
    path: string;
    operationId: string;
    /** Which API: `events` or `agent`. */
    api: string;
    parameters: Parameter[];
    body: Schema | null;
    responses: Record<string, {content?: Content}>;
};

type Paths = Record<
    string,
    Record<
        string,
        {
            operationId: string;
            tags?: string[];
            parameters?: Parameter[];
            requestBody?: {content: Content};
            responses: Documented['responses'];
        }
    >
>;

/** As a client reads it. */
export const openApi = JSON.parse(JSON.stringify(currentOpenApi())) as {paths: Paths; components: {schemas: Record<string, Schema>}};
export const {schemas} = openApi.components;

export const operations: Documented[] = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, {operationId, tags = [], parameters = [], requestBody, responses}]) => ({
        method: method.toUpperCase(),
        path,
        operationId,
        api: tags[0] ?? '',
        parameters,
        body: requestBody?.content['application/json']?.schema ?? null,
        responses,
    })),
);

/** The alternatives a body has, by name: each event type is one. */
export function alternatives(schema: Schema): [name: string, Schema][] {
    if (!schema.$ref) return (schema.anyOf ?? schema.oneOf ?? []).flatMap(alternatives);
    const name = schema.$ref.split('/').at(-1) ?? '';
    const choices = schemas[name]?.oneOf ?? schemas[name]?.anyOf;
    return choices ? choices.flatMap(alternatives) : [[name, schema]];
}

const compiled = new Map<Schema, z.ZodType>();

export function fits(schema: Schema, value: unknown): boolean {
    let judge = compiled.get(schema);
    if (!judge) {
        // zod looks for references below $defs.
        const text = JSON.stringify({...schema, $defs: schemas}).replaceAll('#/components/schemas/', '#/$defs/');
        judge = z.fromJSONSchema(JSON.parse(text));
        compiled.set(schema, judge);
    }
    return judge.safeParse(value).success;
}

/** What is wrong with an answer by the document, or null. */
export function complaint({responses}: Documented, {status, headers, body, text}: Reply): string | null {
    const listed = responses[String(status)];
    if (!listed) return `status ${status} is not listed: ${text.slice(0, 300)}`;
    if (!listed.content) return text === '' ? null : `${status} is documented without a body: ${text.slice(0, 300)}`;
    const [type = ''] = (headers['content-type'] ?? '').split(';');
    const content = listed.content[type];
    if (!content) return `${status} is not documented as ${type}`;
    return fits(content.schema, /json$/.test(type) ? body : text)
        ? null
        : `the body of ${status} is not as documented: ${text.slice(0, 500)}`;
}
