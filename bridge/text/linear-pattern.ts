/**
 * Regular expressions that an admin wrote, matched in time proportional to the text (RE2's automata): JavaScript's own engine tries every way a
 * pattern can fit, and `^(a+)+$` against 40 letters would hold the only thread for hours. Pure.
 */
import {RE2JS} from 're2js';

/**
 * Instructions of one compiled pattern. The time for a text is this times its length: `(?:.*a){900}` takes seconds for one post. A pattern of
 * 300 characters without great repetitions stays well below.
 */
const MOST_INSTRUCTIONS = 600;

/** Instructions × characters spent on one text: two or three seconds of the worst patterns there are, milliseconds of ordinary ones. */
const MOST_STEPS = 20_000_000;

/** What V8 takes for white space, which RE2 takes for ASCII's only; a no-break space in a card number must not hide it. */
const WHITE_SPACE = String.raw`\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;

/** Escapes which the two engines spell differently, and the brackets of a class. */
const SPELLING =
    /\\(?:u(?<high>d[89ab][0-9a-f]{2})\\u(?<low>d[c-f][0-9a-f]{2})|u(?<four>[0-9a-f]{4})|u\{(?<braced>[0-9a-f]{1,8})\}|c(?<control>[a-z])|(?<property>[pP])\{(?:Script|sc|General_Category|gc)=(?<value>\w+)\}|(?<back>k|[1-9])|[\s\S])|\[\^\]|\[\]|[[\]/]/gi;

/** `text` is for admins and begins with the code. */
export type PatternProblem = {problem: 'not_a_pattern' | 'pattern_unsupported' | 'pattern_too_large'; text: string};

export type LinearPattern = {readonly instructions: number; readonly test: (text: string) => boolean};

/**
 * Compiles a JavaScript regular expression (flags `iu`) for linear-time matching.
 *
 * @returns the pattern, or why there is none: it is no regular expression, uses what cannot be matched in linear time (lookaheads, lookbehinds,
 *   backreferences, Unicode properties RE2 does not know), or repeats too much
 */
export function compilePattern(source: string): LinearPattern | PatternProblem {
    try {
        new RegExp(source, 'iu');
    } catch {
        return {problem: 'not_a_pattern', text: 'not_a_pattern: not a regular expression'};
    }
    try {
        const compiled = RE2JS.compile(asRe2(source), RE2JS.CASE_INSENSITIVE);
        const instructions = compiled.programSize();
        if (instructions > MOST_INSTRUCTIONS) return tooLarge;
        return {instructions, test: (text) => compiled.test(text)};
    } catch (error) {
        return /invalid repeat count|too large|nests too deeply/.test((error as Error).message) ? tooLarge : unsupported;
    }
}

const unsupported: PatternProblem = {
    problem: 'pattern_unsupported',
    text: 'pattern_unsupported: lookaheads (?=…) (?!…), lookbehinds, backreferences \\1 and rare Unicode properties could hang the bridge; write it without them, as two patterns if need be',
};
const tooLarge: PatternProblem = {
    problem: 'pattern_too_large',
    text: 'pattern_too_large: it repeats too much to be matched quickly; use smaller numbers in {…}, or + or *',
};

export const isProblem = (found: LinearPattern | PatternProblem): found is PatternProblem => 'problem' in found;

/** Lists are settings and live long: each is compiled once. */
const compiledLists = new WeakMap<readonly string[], (LinearPattern | PatternProblem)[]>();

/**
 * Matches a text against a list of patterns.
 *
 * @returns `unknown`: none of those that could be tried matches, but one can't be compiled, or the text is too long for that many patterns
 */
export function matchAny(text: string, sources: readonly string[]): 'match' | 'none' | 'unknown' {
    const patterns = compiledLists.get(sources) ?? sources.map(compilePattern);
    compiledLists.set(sources, patterns);
    let left = MOST_STEPS;
    let judged = true;
    for (const pattern of patterns) {
        left -= isProblem(pattern) ? 0 : pattern.instructions * text.length;
        if (isProblem(pattern) || left < 0) judged = false;
        else if (pattern.test(text)) return 'match';
    }
    return judged ? 'none' : 'unknown';
}

/** @throws Error where RE2 has no equal */
function asRe2(source: string): string {
    let inClass = false;
    return source.replace(SPELLING, (whole: string, ...rest: unknown[]) => {
        const {high, low, four, braced, control, property, value, back} = rest.at(-1) as Record<string, string | undefined>;
        if (high && low) return codePoint(`${JSON.parse(`"\\u${high}\\u${low}"`)}`.codePointAt(0));
        if (four ?? braced) return codePoint(Number.parseInt(four ?? braced ?? '', 16));
        if (control) return codePoint(control.charCodeAt(0) % 32);
        if (property) return `\\${property}{${value}}`;
        if (back && !inClass) throw new Error('backreference');
        if (whole === '\\0') return codePoint(0);
        if (whole === '\\s') return inClass ? WHITE_SPACE : `[${WHITE_SPACE}]`;
        if (whole === '\\S') return inClass ? notSpace() : `[^${WHITE_SPACE}]`;
        // An escaped slash or dash is itself.
        if (whole.startsWith('\\')) return /^\\[/-]$/.test(whole) && !(inClass && whole === '\\-') ? whole.slice(1) : whole;
        if (!inClass && whole === '[]') return String.raw`[^\x00-\x{10ffff}]`;
        if (!inClass && whole === '[^]') return String.raw`[\x00-\x{10ffff}]`;
        const opens = whole.startsWith('[');
        const written = inClass && opens ? `\\${whole}` : whole;
        inClass = whole.endsWith(']') ? false : inClass || opens;
        return written;
    });
}

const codePoint = (code: number | undefined): string => `\\x{${(code ?? 0).toString(16)}}`;

/** Inside a class there is no `not`: the ranges between the white space. */
function notSpace(): string {
    return String.raw`\x00-\x08\x0e-\x1f!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`;
}
