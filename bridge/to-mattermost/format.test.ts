import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {check} from '../../test/support/seeds.ts';
import {formatMessage, formatWithdrawn} from './format.ts';

const config = {language: 'nl'} as const;
const author = {type: 'visitor', name: 'Anna'} as const;

describe('formatMessage', () => {
    it('names the sender and the role, then the text', () => {
        expect(formatMessage({author, text: 'Hallo', format: 'plain', config})).toEqual(['▍ **Anna** · bezoeker\nHallo']);
        expect(formatMessage({author: {type: 'agent'}, text: '# Hi', format: 'markdown', config})).toEqual([
            '▍ **Medewerker** · medewerker\n\n# Hi',
        ]);
    });

    it('still names the sender of files only', () => {
        expect(formatMessage({author, text: '', format: 'plain', config})).toEqual(['▍ **Anna** · bezoeker']);
    });

    it('marks the parts of a long text, all within what Mattermost takes', () => {
        const parts = formatMessage({author, text: 'woord '.repeat(8000), format: 'plain', config, notices: ['notice']});
        expect(parts).toHaveLength(4);
        for (const [index, part] of parts.entries()) {
            expect(part).toMatch(new RegExp(`^▍ \\*\\*Anna\\*\\* · bezoeker \\(${index + 1}/4\\)\n`));
            expect(Array.from(part).length).toBeLessThanOrEqual(16_000);
        }
        expect(parts.at(-1)).toMatch(/\n\nnotice$/);
    });

    it('keeps the name line whole, whatever the name is', async () => {
        const name = fc
            .array(fc.constantFrom('*', '**', '_', '`', '\\', '\n', '[', '](http://e)', '<', '@all', '$', '~~', 'a', ' ', '# '))
            .map((all) => all.join(''));
        await check(
            fc.property(name, (hostile) => {
                const [first = ''] = formatMessage({author: {type: 'visitor', name: hostile}, text: 'x', format: 'plain', config});
                const [, bold = ''] = /^▍ \*\*(.*)\*\* · bezoeker\nx$/.exec(first) ?? [];
                expect(bold).not.toBe('');
                // Inside the bold stars nothing can end it: every star is escaped or stands alone between spaces.
                expect(bold.replace(/\\[!-/:-@[-`{-~]/g, '').replace(/ \* /g, '')).not.toMatch(/[*`[]/);
                expect(bold).not.toMatch(/(?<!\\)(?:\\\\)*\\$/);
            }),
            {numRuns: 500},
        );
    });

    it('begins with what no text can draw, in either format, nor any name', async () => {
        const parts = fc.constantFrom(
            '▍',
            '▌',
            '█',
            '❙',
            '┃',
            '&#9613;',
            '&#x258D;',
            '&block;',
            '**Anna**',
            ' · ',
            '\n',
            ' ',
            'medewerker',
            '`',
            '```\n',
            '\\',
        );
        const drawn = fc.array(parts, {maxLength: 12}).map((all) => all.join(''));
        await check(
            fc.property(drawn, fc.constantFrom('plain' as const, 'markdown' as const), (text, format) => {
                const [first = ''] = formatMessage({author: {type: 'visitor', name: text}, text, format, config});
                expect(first.startsWith('▍ **')).toBe(true);
                expect(first.slice(1)).not.toMatch(/[▍▌█❙┃]/);
                // In code an entity is what is typed.
                if (format === 'plain') expect(first).not.toMatch(/&#(?:9613|x258D);/);
            }),
            {numRuns: 300},
        );
    });

    it('says what became of a withdrawn message', () => {
        expect(formatWithdrawn({author, config})).toBe('▍ **Anna** · bezoeker\n*Dit bericht is ingetrokken.*');
    });
});
