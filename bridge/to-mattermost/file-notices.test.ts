import {expect, test} from 'vitest';
import {REASONS} from '../reasons.ts';
import {fileNotice, fileNotices, replaceNotice} from './file-notices.ts';

const LANGUAGES = ['en', 'nl', 'de'] as const;
const CODES = Object.entries(REASONS).flatMap(([code, {kind}]) => (kind === 'file' ? [code] : []));
const missing = (code: string, name = 'a.png') => ({name, state: 'missing' as const, code});

test('each code reads differently, in every language, and says more than that it failed', () => {
    for (const language of LANGUAGES) {
        const lines = fileNotices(
            CODES.map((code) => missing(code)),
            language,
        );
        expect(new Set(lines).size, language).toBe(CODES.length);
        const [unknown = ''] = fileNotices([missing('attachment_of_later_versions')], language);
        expect(unknown).toContain('a.png');
        expect(lines).not.toContain(unknown);
    }
});

test('a host that is not listed, and one on a private network, have a next step each', () => {
    expect(fileNotices([missing('attachment_host_not_allowed'), missing('attachment_address_not_allowed')], 'en')).toEqual([
        '⚠️ The file “a.png” was not brought over: its host is not on the list of those allowed. An admin can add it.',
        '⚠️ The file “a.png” was not brought over: its host is on a private network. An admin can allow that.',
    ]);
});

test('only what is missing is told, and names are tamed', () => {
    expect(fileNotices([{name: 'b.png', state: 'attached'}], 'en')).toEqual([]);
    for (const language of LANGUAGES) {
        const [line = ''] = fileNotices([missing('attachment_lost', '@all ![x](u).png')], language);
        expect(line).not.toMatch(/@[a-z]/);
        expect(line).not.toMatch(/(?<!\\)\[/);
    }
});

test('the line about a file is found again whatever it says, in whichever language, and only that one', () => {
    const name = 'a_b.png';
    for (const language of LANGUAGES) {
        const waiting = fileNotice({name, state: 'waiting'}, language) ?? '';
        for (const line of [waiting, ...CODES.map((code) => fileNotice(missing(code, name), language) ?? '')]) {
            const other = fileNotice(missing('attachment_lost', 'a_b.png.png'), language) ?? '';
            // A visitor may have written the same.
            const message = ['Anna', waiting, '', other, line].join('\n');
            expect(replaceNotice(message, name, null)).toBe(['Anna', waiting, '', other].join('\n'));
            expect(replaceNotice(message, name, 'new')).toBe(['Anna', waiting, '', other, 'new'].join('\n'));
        }
        expect(replaceNotice('Anna\nnothing of it', name, null)).toBeNull();
    }
});
