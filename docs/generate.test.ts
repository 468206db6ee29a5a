/** What is generated is current, and what it is made from is complete. */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Validator} from '@seriousme/openapi-schema-validator';
import {expect, test} from 'vitest';
import {FINDINGS} from '../bridge/doctor/findings.ts';
import {REFUSALS} from '../bridge/errors.ts';
import {currentOpenApi} from '../bridge/openapi.ts';
import {REASONS} from '../bridge/reasons.ts';
import {SettingsSchema} from '../bridge/settings.ts';
import {operations} from '../test/api/documented.ts';
import {readFiles} from '../test/support/repository-files.ts';
import {GENERATED} from './generate.ts';

const ROOT = join(import.meta.dirname, '..');

test.each(Object.keys(GENERATED))('docs/%s is what the code says (else: node docs/generate.ts)', async (name) => {
    expect(await readFile(join(ROOT, 'docs', name), 'utf8')).toBe(GENERATED[name]?.());
});

test('the document is valid OpenAPI 3.1, and describes every place', async () => {
    const document = JSON.parse(JSON.stringify(currentOpenApi()));
    expect(await new Validator().validate(document)).toMatchObject({valid: true});
    expect(document.openapi).toBe('3.1.0');
    // The validator does not follow references.
    const names = Object.keys(document.components.schemas);
    for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)) expect(names).toContain(name);
    for (const {operationId, responses} of operations) {
        for (const status of ['401', '500', '503']) expect(Object.keys(responses), `${operationId} ${status}`).toContain(status);
    }
});

/** Where a code is given: in a reason, to the functions that make one, or in a type of them. */
const GIVEN = [
    /\bcode: '([a-z_]+)'/g,
    /\b(?:ignored|retry|waitForAdmin|failure|reason|Refusal|Failed)\(\s*'([a-z_]+)'/g,
    /\bentry\(\s*'[a-z]+',\s*'([a-z_]+)'/g,
    /\bretry\(\s*[^,']*\? '([a-z_]+)' : '[a-z_]+'/g,
    /\bretry\(\s*[^,']*\? '[a-z_]+' : '([a-z_]+)'/g,
    /\bfileNotTransferred\([^']*'([a-z_]+)'/g,
    /\bfileNotTransferred\([^']*'[a-z_]+' : '([a-z_]+)'/g,
    /\bmissing\([^']*\? '([a-z_]+)' : '[a-z_]+'/g,
    /\bmissing\([^']*\? '[a-z_]+' : '([a-z_]+)'/g,
    /\breason_code: '([a-z_]+)'/g,
    /\b(?:REPLAYED|CALLBACK_GONE|TAKEN_BACK|CODE) = '([a-z_]+)'/g,
    /\bwaits\((?:\w+, )?'([a-z_]+)'/g,
    /\? '(callback_[a-z_]+)' : '[a-z_]+'/g,
    /\? '[a-z_]+' : '(callback_[a-z_]+)'/g,
    /\bmissing\([^']*'(attachment_[a-z_]+)'\)/g,
    /\bcode(?: =|:) [^'\n]*(?:'attachment_[a-z_]+' )?: '(attachment_[a-z_]+)'/g,
];

test('every reason in the bridge’s source is in the table, and the table names no other', async () => {
    // The doctor's findings are a table of their own.
    const source = (await readFiles(ROOT)).filter(
        ({path}) => /^bridge\/.*\.ts$/.test(path) && !/\.test\.ts$|errors\.ts|reasons\.ts|^bridge\/doctor\/(?!schedule)/.test(path),
    );
    expect(source.length).toBeGreaterThan(30);
    const found = new Set<string>();
    for (const {text} of source) {
        for (const pattern of GIVEN) for (const [, code = ''] of text.matchAll(pattern)) found.add(code);
    }
    // What /ready writes and takes away again, to see whether writing works.
    found.delete('ready');
    // What became of details of an event: said in its outcome, and listed in the document.
    for (const code of ['shortened', 'normalised', 'left_out']) found.delete(code);
    const reasons = [...found].filter((code) => code === 'internal' || !(code in REFUSALS));
    expect(reasons.sort()).toEqual(Object.keys(REASONS).sort());
});

test('every finding in the doctor’s table is one a check can make', async () => {
    const checks = (await readFiles(ROOT)).filter(({path}) => /^bridge\/doctor\/(checks\/|run).*(?<!\.test)\.ts$/.test(path));
    const source = checks.map(({text}) => text).join('\n');
    expect(Object.keys(FINDINGS).filter((code) => !source.includes(`'${code}'`))).toEqual([]);
});

test('every setting says what it is for', () => {
    for (const [name, schema] of Object.entries(SettingsSchema.shape)) expect(schema.description, name).toMatch(/\.$/);
});
