/** Refusals and reasons in Dutch and German: all that the admin API can say is translated, with the same commands and blanks. */
import {createHash} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import {REFUSALS, type RefusalCode} from '../../errors.ts';
import {REASONS} from '../../reasons.ts';
import {refusalsOf} from '../../route.ts';
import {describedAdminOperations} from '../admin-api.ts';
import translatedFrom from './translated-from.json' with {type: 'json'};
import {ADMIN_WORDS, explained, refusalIn} from './words.ts';

const REFUSED = [...new Set(describedAdminOperations().flatMap(refusalsOf))].sort();
/** Commands between backticks, options, variables, blanks and places: the same in every language. */
const typed = (text: string) =>
    [
        ...(text.match(/`[^`]+`/g) ?? []),
        ...(text.match(/ireserve-bridge [a-z-]+ [a-z]+/g) ?? []),
        ...(text.match(/[A-Z]{2,}(?:_[A-Z]+)+(?:=\w+)?/g) ?? []),
        ...(text.match(/[A-Z]\w+(?: [A-Z]\w+)* → [A-Z]\w+(?: [A-Z]\w+)*/g) ?? []),
    ].sort();

describe.each(['nl', 'de'] as const)('in %s', (language) => {
    const {refusals, reasons} = ADMIN_WORDS[language];

    it('every refusal of the admin API is translated, and no other', () => {
        expect(Object.keys(refusals).sort()).toEqual(REFUSED);
        for (const code of REFUSED) {
            const {title, next} = refusalIn(code, language);
            expect(title, code).not.toBe(REFUSALS[code].title);
            // The page sets the full stop.
            expect(title, code).toMatch(/\p{L}$/u);
            expect(next, code).toMatch(/\.$/);
        }
    });

    it.each(Object.keys(REASONS) as (keyof typeof REASONS)[])('%s is translated, and what is typed stays as it is', (code) => {
        const [means, next] = reasons[code];
        expect(means).not.toBe(REASONS[code].means);
        expect(means).toMatch(/[.)]$/);
        expect(typed(means)).toEqual(typed(REASONS[code].means));
        expect(typed(next)).toEqual(typed(REASONS[code].next));
        expect(explained(code, language)).toEqual({means, next});
    });
});

it('nothing is reworded since it was translated', () => {
    const of = (...texts: string[]) => createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 8);
    const now = {
        refusals: Object.fromEntries(REFUSED.map((code) => [code, of(REFUSALS[code].title, REFUSALS[code].next)])),
        reasons: Object.fromEntries(Object.entries(REASONS).map(([code, {means, next}]) => [code, of(means, next)])),
    };
    expect(now, 'translate it anew in bridge/admin-api/words/, then note this in translated-from.json').toEqual(translatedFrom);
});

it('what is not known, or not the admin API’s, is told as it is', () => {
    expect(explained('constructor', 'nl')).toEqual({means: null, next: null});
    const other = (Object.keys(REFUSALS) as RefusalCode[]).find((code) => !REFUSED.includes(code)) as RefusalCode;
    expect(refusalIn(other, 'de')).toEqual(REFUSALS[other]);
});
