/** A readable page of the OpenAPI document: one self-contained HTML file, no scripts, light and dark. */
import {REFUSALS} from './errors.ts';
import type {OpenApiDocument} from './openapi.ts';

type Schema = {
    $ref?: string;
    type?: string | string[];
    const?: unknown;
    enum?: unknown[];
    description?: string;
    properties?: Record<string, Schema>;
    required?: string[];
    items?: Schema;
    anyOf?: Schema[];
    oneOf?: Schema[];
    format?: string;
    default?: unknown;
    maxLength?: number;
    maxItems?: number;
};

type Described = {
    operationId?: string;
    summary?: string;
    description?: string;
    parameters?: {name: string; in: string; required?: boolean; description?: string; schema?: Schema}[];
    responses?: Record<string, {description?: string}>;
};

const html = (text: unknown): string =>
    String(text).replace(/[&<>"]/g, (character) => ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'})[character] as string);

export function docsPage(document: OpenApiDocument): string {
    const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
    const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
        Object.entries(methods as Record<string, Described>).map(([method, described]) => operationSection(method, path, described)),
    );
    const typed = Object.entries(schemas).filter(([, schema]) => schema.properties?.type?.const !== undefined);
    const isCallback = ([name]: [string, Schema]) => name.startsWith('Callback');
    const events = typed.filter((one) => !isCallback(one) && one[1].properties?.timestamp);
    const callbacks = typed.filter(isCallback);
    const others = Object.entries(schemas).filter((one) => !events.includes(one) && !callbacks.includes(one));
    return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(document.info.title)}</title><style>${STYLE}</style></head><body><main>
<h1>${html(document.info.title)} <small>${html(document.info.version)}</small></h1>
<p>${html(document.info.description)}</p>
<p><a href="openapi.json">openapi.json</a></p>
<h2>Try it</h2>
<pre><code>${html(EXAMPLE)}</code></pre>
<h2>Operations</h2>${operations.join('')}
<h2>Events</h2>${events.map(([name, schema]) => schemaSection(name, schema)).join('')}
<h2>Callbacks</h2><p>What the bridge sends to the integration’s callback URL, signed like the events; see <code>webhooks</code> in the document.</p>
${callbacks.map(([name, schema]) => schemaSection(name, schema)).join('')}
<h2>Other shapes</h2>${others.map(([name, schema]) => schemaSection(name, schema)).join('')}
<h2>Refusals</h2><div class="wide"><table><thead><tr><th>code</th><th>status</th><th>meaning</th><th>next step</th></tr></thead><tbody>
${Object.entries(REFUSALS)
    .map(
        ([code, {status, title, next}]) =>
            `<tr><td><code>${code}</code></td><td>${status}</td><td>${html(title)}</td><td>${html(next)}</td></tr>`,
    )
    .join('\n')}</tbody></table></div>
</main></body></html>`;
}

const EXAMPLE = `curl -sS $BRIDGE/v1/events -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -H 'Prefer: wait=5' -d '{
  "id": "evt-1", "type": "message.created", "timestamp": "2026-11-22T10:31:00+01:00",
  "data": {"conversation_id": "C-1", "message_id": "M-1", "author": {"type": "visitor", "name": "Anna"}, "text": "Hello!"}
}'`;

function operationSection(method: string, path: string, described: Described): string {
    const parameters = (described.parameters ?? [])
        .map(
            (one) =>
                `<tr><td><code>${html(one.name)}</code></td><td>${one.in}</td><td>${one.required ? 'yes' : ''}</td><td>${html(one.description ?? '')}</td></tr>`,
        )
        .join('');
    const responses = Object.entries(described.responses ?? {})
        .map(([status, {description = ''}]) => `<tr><td>${status}</td><td>${inline(description)}</td></tr>`)
        .join('');
    return `<section id="${html(described.operationId ?? path)}"><h3><code class="method">${method.toUpperCase()}</code> <code>${html(path)}</code></h3>
<p><strong>${html(described.summary ?? '')}.</strong> ${html(described.description ?? '')}</p>
${parameters ? `<div class="wide"><table><thead><tr><th>parameter</th><th>in</th><th>required</th><th></th></tr></thead><tbody>${parameters}</tbody></table></div>` : ''}
<div class="wide"><table><thead><tr><th>status</th><th></th></tr></thead><tbody>${responses}</tbody></table></div></section>`;
}

const inline = (text: string): string =>
    html(text)
        .replace(/`([^`]+)`/g, '<code>$1</code>')
        .replace(/\n\n/g, '<br>');

function schemaSection(name: string, schema: Schema): string {
    const title = schema.properties?.type?.const ?? name;
    const rows = fieldRows(schema, '');
    if (rows === '') return `<section id="schema-${html(name)}"><h3><code>${html(title)}</code></h3><p>${typeOf(schema)}</p></section>`;
    return `<section id="schema-${html(name)}"><h3><code>${html(title)}</code></h3>${schema.description ? `<p>${html(schema.description)}</p>` : ''}
<div class="wide"><table><thead><tr><th>field</th><th>type</th><th>required</th><th></th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function fieldRows(schema: Schema, prefix: string): string {
    return Object.entries(schema.properties ?? {})
        .map(([name, field]) => {
            const row = `<tr><td><code>${html(prefix + name)}</code></td><td>${typeOf(field)}</td><td>${
                schema.required?.includes(name) && field.default === undefined ? 'yes' : ''
            }</td><td>${html(field.description ?? '')}</td></tr>`;
            return row + (field.properties ? fieldRows(field, `${prefix}${name}.`) : '');
        })
        .join('');
}

function typeOf(schema: Schema): string {
    if (schema.$ref) {
        const name = schema.$ref.split('/').at(-1) ?? '';
        return `<a href="#schema-${html(name)}">${html(name)}</a>`;
    }
    if (schema.const !== undefined) return `<code>${html(JSON.stringify(schema.const))}</code>`;
    if (schema.enum) return schema.enum.map((value) => `<code>${html(value)}</code>`).join(' · ');
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices) return choices.map(typeOf).join(' or ');
    if (schema.items) return `list of ${typeOf(schema.items)}${schema.maxItems ? `, at most ${schema.maxItems}` : ''}`;
    const length = schema.maxLength ? `, at most ${schema.maxLength}` : '';
    return html(`${[schema.type ?? 'any'].flat().join(' or ')}${schema.format ? ` (${schema.format})` : ''}${length}`);
}

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:16px/1.55 system-ui,sans-serif;margin:0}main{max-width:60rem;margin:0 auto;padding:2rem 1rem 6rem}
h1 small{font-weight:400;opacity:.6;font-size:.5em}h2{margin-top:3rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}
section{margin:2rem 0}.method{background:#1c58d9;color:#fff;padding:.1em .5em;border-radius:4px}
code{font:.9em ui-monospace,monospace;background:var(--soft);padding:.1em .3em;border-radius:3px;overflow-wrap:anywhere}
pre{background:var(--soft);padding:1rem;border-radius:6px;overflow:auto}pre code{background:none;padding:0}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.93em}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line)}
`;
