import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {cpuMs} from '../../test/support/cpu-time.ts';
import {check} from '../../test/support/seeds.ts';
import {mentionedNames} from '../text/mentions.ts';
import {splitText} from './split.ts';
import {tameText} from './tame.ts';

const length = (text: string) => Array.from(text).length;
const dense = (text: string) => text.replace(/\s+/g, '');

describe('splitText', () => {
    it('keeps everything but white space, in order, within the limit, well-formed', async () => {
        const text = fc
            .array(fc.oneof(fc.string({unit: 'grapheme'}), fc.constantFrom(' ', '\n', '\n\n', '  x', '👩‍👩‍👧')))
            .map((all) => all.join(''));
        await check(
            fc.property(text, fc.integer({min: 1, max: 99}), (whole, limit) => {
                const parts = splitText(whole, limit);
                expect(dense(parts.join(''))).toBe(dense(whole));
                for (const part of parts) {
                    expect(length(part)).toBeLessThanOrEqual(limit);
                    expect(part.trim()).not.toBe('');
                    expect(part.isWellFormed()).toBe(whole.isWellFormed());
                }
            }),
            {numRuns: 500},
        );
    });

    it('prefers paragraphs, then lines, then words, then clusters', () => {
        expect(splitText('aaaa\n\nbb b\nccc', 12)).toEqual(['aaaa', 'bb b\nccc']);
        expect(splitText('aaaa\nbb bcccc', 10)).toEqual(['aaaa', 'bb bcccc']);
        expect(splitText('aaaa bbbb cc', 10)).toEqual(['aaaa bbbb', 'cc']);
        expect(splitText('👩‍👩‍👧👩‍👩‍👧', 7)).toEqual(['👩‍👩‍👧', '👩‍👩‍👧']);
    });

    it('keeps indentation after a cut, and makes no part of nothing', () => {
        expect(splitText('aaaaaaa\n\n  bbb', 8)).toEqual(['aaaaaaa', '  bbb']);
        expect(splitText(' \n \n')).toEqual([]);
    });

    it('closes a code block at a cut and opens it again with its language', () => {
        const code = Array.from({length: 40}, (_, line) => `line ${line}`);
        const parts = splitText(`intro\n\`\`\`js\n${code.join('\n')}\n\`\`\`\nend`, 120);
        expect(parts.length).toBeGreaterThan(2);
        for (const part of parts) {
            expect(length(part)).toBeLessThanOrEqual(120);
            expect((part.match(/^```/gm) ?? []).length % 2).toBe(0);
        }
        for (const part of parts.slice(1).filter((each) => each.includes('line '))) expect(part).toMatch(/^```js\n/);
        expect(parts.join('\n').match(/line \d+/g)).toEqual(code);
    });

    it.each([
        ['one line', 'x'],
        ['spaces', ' '],
        ['lines', '\n'],
        ['emoji', '👩‍👩‍👧'],
        ['accents', '\u0301'],
        ['fences', '```\n'],
        ['mixed', 'a \n'],
    ])('is fast on 200,000 of %s', (_, piece) => {
        const text = piece.repeat(Math.ceil(200_000 / piece.length));
        expect(cpuMs(() => splitText(text))).toBeLessThan(5000);
    });

    it('cuts tamed text only where its escapes stay together', () => {
        // Without line ends of their own these would be cut anywhere.
        for (const piece of ['\\[', '[a](', '` ![x](u) ` ', '&#64;channel', '@here'])
            for (const as of ['plain', 'markdown'] as const)
                for (const part of splitText(tameText(piece.repeat(10_000), as))) {
                    expect(part).not.toMatch(/(?<!\\)(?:\\\\)*\\$/);
                    expect(mentionedNames(part)).toEqual([]);
                    expect((part.match(/(?<!\\)`/g) ?? []).length % 2).toBe(0);
                }
    });
});
