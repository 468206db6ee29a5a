/** Every language says the same things, and everything that is shown is said. */
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import de from './i18n/de.json' with {type: 'json'};
import en from './i18n/en.json' with {type: 'json'};
import nl from './i18n/nl.json' with {type: 'json'};

const LANGUAGES: [string, Record<string, string>][] = [
    ['nl', nl],
    ['de', de],
];
const ENGLISH: Record<string, string> = en;
let source: string;

beforeAll(async () => {
    const folder = join(import.meta.dirname, 'src');
    const names = (await readdir(folder, {recursive: true})).filter((name) => /(?<!\.test)\.tsx?$/.test(name));
    source = (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
});

/** Names in braces, and the kind of a plural. */
const placeholders = (text: string): string[] =>
    [...text.matchAll(/\{(\w+)(?:, (\w+))?/g)].map(([, name, kind = '']) => `${name} ${kind}`).sort();

test.each(LANGUAGES)('%s has the ids of English, in the same order: the bundle keeps them once', (_language, words) => {
    expect(Object.keys(words)).toEqual(Object.keys(ENGLISH));
});

test.each(LANGUAGES)('%s has the same placeholders, and leaves nothing empty', (_language, words) => {
    for (const [id, text] of Object.entries(ENGLISH)) {
        expect(words[id], id).toMatch(/\S/);
        expect(placeholders(words[id] ?? ''), id).toEqual(placeholders(text));
    }
});

test('every id is used, and every id that is used is there', () => {
    const literal = [...source.matchAll(/["'](ireserve\.[a-z_.]+)["']/g)].map(([, id]) => id ?? '');
    // `ireserve.view.${one}`: which ones there are is checked by the compiler.
    const families = [...source.matchAll(/`(ireserve\.[a-z_.]+)\$\{/g)].map(([, id]) => id ?? '');
    expect(literal.filter((id) => !(id in ENGLISH))).toEqual([]);
    expect(Object.keys(ENGLISH).filter((id) => !literal.includes(id) && !families.some((begin) => id.startsWith(begin)))).toEqual([]);
});
