/** Admins' patterns: what matched still matches, what could hang is refused, and nothing takes more than time in proportion to the text. */
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {cpuMs} from '../../test/support/cpu-time.ts';
import {check} from '../../test/support/seeds.ts';
import {compilePattern, isProblem, matchAny} from './linear-pattern.ts';

const problemOf = (source: string) => {
    const found = compilePattern(source);
    return isProblem(found) ? found.problem : null;
};

describe('patterns that an admin may set', () => {
    it.each([
        ['(', 'not_a_pattern'],
        ['a{2,1}', 'not_a_pattern'],
        ['(?=a)b', 'pattern_unsupported'],
        ['(?!a)b', 'pattern_unsupported'],
        ['(?<=a)b', 'pattern_unsupported'],
        ['(?<!a)b', 'pattern_unsupported'],
        [String.raw`(a)\1`, 'pattern_unsupported'],
        [String.raw`(?<n>a)\k<n>`, 'pattern_unsupported'],
        [String.raw`\p{Script_Extensions=Greek}`, 'pattern_unsupported'],
        ['a{1001}', 'pattern_too_large'],
        ['(?:a{100}){100}', 'pattern_too_large'],
        ['(?:.*a){900}', 'pattern_too_large'],
        ['^(a+)+$', null],
        [String.raw`\b\d(?:[ -]?\d){12,18}\b`, null],
        [String.raw`\p{L}+\p{Script=Greek}\u00e9\u{1F600}\cA\/[\w\-.]`, null],
        ['x'.repeat(300), null],
    ] as const)('%#: %.40s: %s', (source, code) => {
        expect(problemOf(source)).toBe(code);
    });
});

/** Patterns of everything the two engines share, joined at random. */
const atom = fc.constantFrom(
    ...['a', 'B', 'é', 'ß', '1', ' ', '-', '/', '.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\b', '\\B', '^', '$', '\\/', '\\.'],
    ...['[ab]', '[^a1]', '[\\s-]', '[\\S1]', '[a\\-b]', '[^\\S\\n]', '[^\\s1]', '[\\d.]', '[]', '[^]', '[/]', '[[]', '[\\]]'],
    ...[
        '\\u0041',
        '\\xe9',
        '\\u{1F600}',
        '\\ud83d\\ude00',
        '\\n',
        '\\t',
        '\\cJ',
        '\\0',
        '\\p{L}',
        '\\P{L}',
        '\\p{Lu}',
        '\\p{Script=Latin}',
    ],
    ...['(?:a|b)', '(a|1)', '(?<n>a)', '(?:aB)', '|'],
);
const repeated = fc.tuple(atom, fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '+?'));
const source = fc.array(repeated, {minLength: 1, maxLength: 6}).map((parts) => parts.map((part) => part.join('')).join(''));
const text = fc
    .array(
        fc.constantFrom(
            'a',
            'A',
            'b',
            'B',
            'é',
            'É',
            'ß',
            '1',
            ' ',
            '-',
            '/',
            '.',
            '\n',
            '\t',
            '\u00a0',
            '\u2003',
            '\0',
            '😀',
            '[',
            ']',
            '_',
        ),
        {
            maxLength: 12,
        },
    )
    .map((parts) => parts.join(''));

it('matches what JavaScript’s own engine matched', async () => {
    await check(
        fc.property(source, text, (pattern, words) => {
            let own: RegExp;
            try {
                own = new RegExp(pattern, 'iu');
            } catch {
                return;
            }
            const found = compilePattern(pattern);
            expect(isProblem(found), pattern).toBe(false);
            if (!isProblem(found)) expect(found.test(words), JSON.stringify([pattern, words])).toBe(own.test(words));
        }),
        {numRuns: 250},
    );
});

describe('a list of patterns', () => {
    it('says that it does not know where one can’t be tried, and still finds what another matches', () => {
        expect(matchAny('b', ['(?=a)', 'b'])).toBe('match');
        expect(matchAny('c', ['(?=a)', 'b'])).toBe('unknown');
        expect(matchAny('c', ['b'])).toBe('none');
    });

    it('does not try more than the time for one text allows', () => {
        const slow = Array.from({length: 20}, (_, index) => `(?:.*a){150}${index}`);
        expect(matchAny('a'.repeat(16_383), slow)).toBe('unknown');
        expect(matchAny('a', slow)).toBe('none');
    });

    it.each(['^(a+)+$', '(a|aa)+$', '(a|a?)+!', '(.*a){12}b', String.raw`(\w+\s?)*:`])(
        '%s against 20 kB takes no time to speak of',
        (pattern) => {
            const took = cpuMs(() => {
                for (const words of [`${'a'.repeat(20_000)}!`, 'a '.repeat(10_000), 'ab'.repeat(10_000)]) matchAny(words, [pattern]);
            });
            // Milliseconds; with JavaScript's engine hours.
            expect(took).toBeLessThan(10_000);
        },
    );
});
