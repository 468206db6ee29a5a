/** What becomes of a post: for the visitor, a note, or a question first. Nothing that its author takes for a note ever leaves. */
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {cpuMs} from '../../test/support/cpu-time.ts';
import {check} from '../../test/support/seeds.ts';
import {mentionedNames} from '../text/mentions.ts';
import {isBlank, isNote, judge} from './policy.ts';

const config = (reply_policy: 'thread' | 'explicit' = 'thread') => ({reply_policy, guard_patterns: [String.raw`\bpassword\b`]});
const plain = {intent: null, colleagues: false, config: config()} as const;

/** What nobody sees, or what Markdown does not show. */
const UNSEEN = [
    ' ',
    '\t',
    '\n',
    '\r\n',
    '\u00a0',
    '\u1680',
    '\u2003',
    '\u2009',
    '\u202f',
    '\u205f',
    '\u3000',
    '\u2028',
    '\u00ad',
    '\u034f',
    '\u061c',
    '\u180e',
    '\u200b',
    '\u200c',
    '\u200d',
    '\u200e',
    '\u200f',
    '\u202a',
    '\u202e',
    '\u2060',
    '\u2061',
    '\u2066',
    '\u2069',
    '\ufe0f',
    '\ufeff',
    '*',
    '**',
    '_',
    '__',
    '~~',
    '> ',
    '>>',
    '`',
    '```\n',
];
const prefix = fc.array(fc.constantFrom(...UNSEEN), {maxLength: 8}).map((parts) => parts.join(''));
const sign = fc.constantFrom(
    '//',
    '// ',
    '//!',
    'note:',
    'Note:',
    'NOTE: ',
    'note :',
    'notitie:',
    'Notiz:',
    'note**:',
    'note\u00a0:',
    '**note**:',
);
const words = fc.string({unit: 'grapheme', maxLength: 30});
const intent = fc.constantFrom(null, 'reply' as const, 'note' as const);
const choice = fc.constantFrom('none' as const, 'explicit' as const, 'confirmed' as const);

describe('a note stays a note', () => {
    it('behind anything that is not seen, however it was sent', async () => {
        await check(
            fc.property(
                prefix,
                sign,
                words,
                intent,
                choice,
                fc.boolean(),
                fc.boolean(),
                (before, mark, text, intent, choice, colleagues, explicit) => {
                    const said = `${before}${mark}${text}`;
                    const verdict = judge(said, {intent, choice, colleagues, config: config(explicit ? 'explicit' : 'thread')});
                    expect(verdict, JSON.stringify(said)).toEqual({kind: 'note'});
                },
            ),
            {numRuns: 2000},
        );
    });

    it('when the side panel says so, whatever its words are', async () => {
        await check(
            fc.property(words, choice, (text, choice) => {
                expect(judge(text, {...plain, intent: 'note', choice})).toEqual({kind: 'note'});
            }),
        );
    });

    it('what is sent is never a note itself', async () => {
        await check(
            fc.property(prefix, words, choice, (before, text, choice) => {
                const verdict = judge(before + text, {...plain, choice});
                if ('text' in verdict) expect(isNote(verdict.text), JSON.stringify(before + text)).toBe(false);
            }),
            {numRuns: 2000},
        );
    });
});

describe('what is a note, and what only looks like one', () => {
    it.for([
        ['// he is late again', true],
        ['//he is late again', true],
        ['   // indented', true],
        ['> // quoted', true],
        ['**// bold**', true],
        ['Note: call him', true],
        ['**Note:** call him', true],
        ['notitie: bel hem', true],
        ['Notiz: anrufen', true],
        ['>> // marked for the visitor by mistake', true],
        ['- // in a list', true],
        ['1. note: in a list', true],
        ['> // quoted', true],
        ['## Note: a heading', true],
        ['- [ ] // to do', true],
        ['-1. note', false],
        ['1.5 // per night', false],
        ['https://example.com // not at the start', false],
        ['/ one slash', false],
        ['Noted: thank you', false],
        ['Please note: we are closed', false],
        ['notes: two', false],
        ['', false],
    ] as const)('%j: %j', ([text, expected]) => {
        expect(isNote(text) || judge(text, plain).kind === 'note').toBe(expected);
    });
});

describe('what leaves at once, what is asked about, and what stays', () => {
    const thread = config();
    const explicit = config('explicit');
    const unusable = {...thread, guard_patterns: ['(?=a)b']};
    it.for([
        ['a plain answer', 'Hello', {}, {kind: 'send', text: 'Hello'}],
        ['a mark is taken off', '>> Hello', {}, {kind: 'send', text: 'Hello'}],
        ['a quotation is none', '> Hello', {}, {kind: 'send', text: '> Hello'}],
        ['a colleague is named', '@bram?', {colleagues: true}, {kind: 'ask', why: 'mentions', text: '@bram?'}],
        ['named in what is marked', '>> ask @bram', {colleagues: true}, {kind: 'send', text: 'ask @bram'}],
        ['named, and meant for the visitor', '@bram', {colleagues: true, intent: 'reply'}, {kind: 'send', text: '@bram'}],
        ['a pattern', 'the password is x', {}, {kind: 'ask', why: 'pattern', text: 'the password is x'}],
        ['a pattern in what is marked', '>> password', {}, {kind: 'ask', why: 'pattern', text: 'password'}],
        ['a pattern, confirmed', 'password', {choice: 'confirmed'}, {kind: 'send', text: 'password'}],
        ['a pattern that can’t be tried', 'Hello', {config: unusable}, {kind: 'ask', why: 'unjudged', text: 'Hello'}],
        ['the same, marked', '>> Hello', {config: unusable}, {kind: 'ask', why: 'unjudged', text: 'Hello'}],
        ['the same, confirmed', 'Hello', {config: unusable, choice: 'confirmed'}, {kind: 'send', text: 'Hello'}],
        ['explicit: unmarked', 'Hello', {config: explicit}, {kind: 'unmarked'}],
        ['explicit: marked', '>> Hello', {config: explicit}, {kind: 'send', text: 'Hello'}],
        ['explicit: by the panel', 'Hello', {config: explicit, intent: 'reply'}, {kind: 'send', text: 'Hello'}],
        ['explicit: by the menu', 'Hello', {config: explicit, choice: 'explicit'}, {kind: 'send', text: 'Hello'}],
        ['edited before it was heard', '>> Hello', {written: 'unknown'}, {kind: 'ask', why: 'unheard', text: 'Hello'}],
        ['the same, from the panel', 'Hello', {written: 'unknown', intent: 'reply'}, {kind: 'ask', why: 'unheard', text: 'Hello'}],
        ['the same, naming a colleague', '@bram', {written: 'unknown', colleagues: true}, {kind: 'ask', why: 'unheard', text: '@bram'}],
        ['the same, by the menu', 'Hello', {written: 'unknown', choice: 'explicit'}, {kind: 'send', text: 'Hello'}],
        ['the same, a note now', '// Hello', {written: 'unknown'}, {kind: 'note'}],
        ['edited, an answer from the beginning', 'Hello', {written: 'answer'}, {kind: 'send', text: 'Hello'}],
        ['written as a note, and marked later', '>> Hello', {written: 'note'}, {kind: 'note'}],
        ['explicit: written as a note, unmarked now', 'Hello', {config: explicit, written: 'note'}, {kind: 'note'}],
        ['written as a note, and sent by hand', 'Hello', {written: 'note', choice: 'confirmed'}, {kind: 'send', text: 'Hello'}],
        ['explicit: unmarked, edited before it was heard', 'Hello', {config: explicit, written: 'unknown'}, {kind: 'unmarked'}],
        ['explicit: a note all the same', '>> note: x', {config: explicit}, {kind: 'note'}],
    ] as const)('%s', ([, text, given, verdict]) => {
        expect(judge(text, {...plain, config: thread, ...given})).toEqual(verdict);
    });
});

// A generous limit: these take some milliseconds each, and with anything quadratic in them minutes.
it.each([
    ...[
        '*',
        '> ',
        '- ',
        '1. ',
        '[ ] ',
        '/',
        '//',
        'note',
        'note ',
        'note*',
        '\u200b',
        '>>',
        ' ',
        '\n',
        '@',
        '@a',
        '@a.',
        '._-',
        '@._-',
        '_@',
        ':@',
    ],
    ...['&#64;', '&#6', '&', '\\', '\\@', 'a', '1 ', '1-', '1', 'password ', 'intern', 'İ@'],
])('100,000 characters of %j are judged in time', (piece) => {
    const text = piece.repeat(100_000 / piece.length);
    const config = {
        reply_policy: 'thread' as const,
        guard_patterns: [String.raw`\b\d(?:[ -]?\d){12,18}\b`, '^(a+)+$', String.raw`\b(?:intern)\b`],
    };
    const took = cpuMs(() => {
        for (const form of [text, `${text}!`, `x${text}`]) {
            judge(form, {...plain, config});
            mentionedNames(form);
            isBlank(form);
        }
    });
    expect(took).toBeLessThan(5_000);
});
