/** Every language says the same things, and everything that is shown is said. */
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import cannedDe from './i18n/canned/de.json' with {type: 'json'};
import cannedEn from './i18n/canned/en.json' with {type: 'json'};
import cannedNl from './i18n/canned/nl.json' with {type: 'json'};
import consoleDe from './i18n/console/de.json' with {type: 'json'};
import consoleEn from './i18n/console/en.json' with {type: 'json'};
import consoleNl from './i18n/console/nl.json' with {type: 'json'};
import de from './i18n/de.json' with {type: 'json'};
import en from './i18n/en.json' with {type: 'json'};
import nl from './i18n/nl.json' with {type: 'json'};

/** The panel's own, and what parts that are loaded later bring along. */
const CATALOGUES: Record<string, Record<'en' | 'nl' | 'de', Record<string, string>>> = {
    panel: {en, nl, de},
    canned: {en: cannedEn, nl: cannedNl, de: cannedDe},
    console: {en: consoleEn, nl: consoleNl, de: consoleDe},
};
const TRANSLATED = Object.entries(CATALOGUES).flatMap(([name, {en: english, nl: dutch, de: german}]) => [
    [`nl (${name})`, dutch, english] as const,
    [`de (${name})`, german, english] as const,
]);
const ENGLISH: Record<string, string> = Object.assign({}, ...Object.values(CATALOGUES).map(({en: english}) => english));
let source: string;

beforeAll(async () => {
    const folder = join(import.meta.dirname, 'src');
    const names = (await readdir(folder, {recursive: true})).filter((name) => /(?<!\.test)\.tsx?$/.test(name));
    source = (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
});

/** Names in braces, and the kind of a plural. */
const placeholders = (text: string): string[] =>
    [...text.matchAll(/\{(\w+)(?:, (\w+))?/g)].map(([, name, kind = '']) => `${name} ${kind}`).sort();

test.each(TRANSLATED)('%s has the ids of English, in the same order: the bundle keeps them once', (_language, words, english) => {
    expect(Object.keys(words)).toEqual(Object.keys(english));
});

test.each(TRANSLATED)('%s has the same placeholders, and leaves nothing empty', (_language, words, english) => {
    for (const [id, text] of Object.entries(english)) {
        expect(words[id], id).toMatch(/\S/);
        expect(placeholders(words[id] ?? ''), id).toEqual(placeholders(text));
    }
});

test('every catalogue is checked here, and says nothing another says already', async () => {
    const folders = (await readdir(join(import.meta.dirname, 'i18n'), {withFileTypes: true})).filter((one) => one.isDirectory());
    expect(folders.map(({name}) => name)).toEqual(Object.keys(CATALOGUES).filter((name) => name !== 'panel'));
    const ids = Object.values(CATALOGUES).flatMap(({en: english}) => Object.keys(english));
    expect(new Set(ids).size).toBe(ids.length);
});

test('every id is used, and every id that is used is there', () => {
    const literal = [...source.matchAll(/["'](ireserve\.[a-z_.]+)["']/g)].map(([, id]) => id ?? '');
    // `ireserve.view.${one}`: which ones there are is checked by the compiler.
    const families = [...source.matchAll(/`(ireserve\.[a-z_.]+)\$\{/g)].map(([, id]) => id ?? '');
    expect(literal.filter((id) => !(id in ENGLISH))).toEqual([]);
    expect(Object.keys(ENGLISH).filter((id) => !literal.includes(id) && !families.some((begin) => id.startsWith(begin)))).toEqual([]);
});
