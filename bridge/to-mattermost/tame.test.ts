import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {findInMessage} from '../../test/doubles/mattermost/posts/mentions.ts';
import {cpuMs} from '../../test/support/cpu-time.ts';
import {check} from '../../test/support/seeds.ts';
import {safeUrl, shownLink, tameInline, tameName, tameText} from './tame.ts';

const Z = '\u200B';
const both = ['plain', 'markdown'] as const;

/** Hostile pieces; joined at random they make what no one would think of writing down. */
const fragment = fc.oneof(
    {
        weight: 6,
        arbitrary: fc.constantFrom(
            ...['@channel', '@ALL', '@here!', '@jan.jansen', '\\@', '@', '&#64;', '&commat;', '&#x40;', '&#0064;', '(@all)', '"@here"'],
            ...[
                '~town',
                '~~',
                '~~~',
                '`',
                '``',
                '```',
                '\n```\n',
                '```js\n',
                '\n~~~\n',
                '[',
                '](',
                '![',
                ']',
                '](http://evil.example/x.png)',
            ],
            ...['[bank](http://evil.example/a)', '![alt](http://evil.example/t.gif)', '[a][b]', '\n[b]: http://evil.example/b\n', '[b]'],
            ...[
                '<http://evil.example/>',
                '<',
                '>',
                '<a href="',
                '<!--',
                'http://',
                'https://bank.nl@evil.example/',
                'www.bank.nl@evil.example',
            ],
            ...['www.', 'bank.nl/', 'bаnk.nl/x', 'javascript:alert(1)', 'mailto:a@b.nl', 'mattermost://x', 'data:text/html', 'steam:x'],
            ...[
                '*',
                '**',
                '_',
                '__',
                '$',
                '|',
                '\n---|---\n',
                '---',
                '# ',
                '\n> ',
                '\n- ',
                '1. ',
                '    ',
                '\t',
                '\\',
                '\n',
                '\n\n',
                '\u2424',
                '\r',
            ],
            ...[
                ' ',
                '\u00A0',
                ':',
                ';',
                '.',
                '(',
                ')',
                '"',
                "'",
                '/',
                'é',
                '文',
                '😀',
                Z,
                '\uFEFF',
                '&amp;',
                '&',
                '\u202E',
                '\u0000',
                '\uD800',
            ],
        ),
    },
    {weight: 1, arbitrary: fc.string({maxLength: 4, unit: 'binary'})},
);
const hostile = fc.array(fragment, {maxLength: 30}).map((parts) => parts.join(''));
const format = fc.constantFrom(...both);

/** Backslash escapes and entities resolved, as the server's parser does before it listens. */
function heard(text: string): string {
    return text
        .replace(/\\([!-/:-@[-`{-~])/g, '$1')
        .replace(/&(?:#(\d{1,8})|#x([0-9a-f]{1,8})|(commat));/gi, (whole, decimal?: string, hex?: string) => {
            const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : 0x40;
            return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
        });
}

/**
 * server/channels/app/mention_parser_standard.go: which words it looks up as mentions, whoever exists. What is written counts in code,
 * too: stricter than Mattermost.
 */
function mentions(text: string): string[] {
    const words = [text, heard(withoutCode(text))].flatMap((form) => form.split(/[^:.\-_@\p{L}\p{N}]+/u));
    const trimmed = words.map((word) => word.replace(/^[:.\-_]+/, '').replace(/[:.\-_]+$/, ''));
    return [...trimmed, ...trimmed.flatMap((word) => word.split(/[.\-:]/))].filter((word) => /^@+[\p{L}\p{N}_]/u.test(word));
}

/** Fences and spans taken out. Taming writes both in one form only, so this needs no parser. */
function withoutCode(text: string): string {
    return text
        .replace(/^(`{3,})[^\n`]*\n(?:[\s\S]*?\n)??\1$/gm, '')
        .replace(/\\[\s\S]/g, (escaped) => (escaped === '\\`' ? '' : escaped))
        .replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');
}

describe('mentions', () => {
    it('hears them in what is not tamed: the tokenizer of this test works', () => {
        for (const text of ['@channel', '\\@ALL!', '&#64;here', 'hi (@jan.jansen)', '> @all', 'a-@here'])
            expect(mentions(text)).not.toEqual([]);
        expect(mentions('a@b.nl, 10 @ 5')).toEqual([]);
    });

    it('none survives, in either format, in any mixture', async () => {
        await check(
            fc.property(hostile, format, fc.boolean(), (text, as, entities) => {
                const tamed = tameText(text, as);
                expect(mentions(tamed)).toEqual([]);
                findInMessage(tamed, entities, (word) => {
                    expect(word).not.toMatch(/^@[a-z0-9._-]/i);
                    return false;
                });
            }),
            {numRuns: 1500},
        );
    });

    it('none survives in names, titles and links', async () => {
        const all = (text: string) => `${tameName(text, 'Visitor')} ${tameInline(text, 80)} ${shownLink(`https://x.nl/${text}`, text)}`;
        await check(
            fc.property(hostile, (text) => void expect(mentions(all(text))).toEqual([])),
            {numRuns: 500},
        );
    });

    it('breaks them with a zero-width space, in code as well', () => {
        expect(tameText('@channel', 'plain')).toBe(`@${Z}channel`);
        expect(tameText('`@all`\n```\n@here\n```', 'markdown')).toBe(`\`@${Z}all\`\n\n\n\`\`\`\n@${Z}here\n\`\`\``);
    });

    it.each(['eva.de-wit@example.com', 'e_v@example.com and a.b-c@x.nl', '10 @ 5'])('leaves %s as it is, to be copied', (text) => {
        const opens = text.includes(' @ ') ? text.replace(' @ ', ` @${Z} `) : text;
        for (const as of both) expect(tameText(text, as).replace(/\\_/g, '_')).toBe(opens);
    });

    it('is not undone by a second taming, even in the other format', async () => {
        const twice = (text: string) => both.flatMap((first) => both.map((second) => tameText(tameText(text, first), second)));
        await check(
            fc.property(hostile, (text) => void expect(twice(text).flatMap(mentions)).toEqual([])),
            {numRuns: 500},
        );
    });

    it.each([['~town-square'], ['\\~town-square'], ['~~town~~'], ['(~town)']])('disarms the channel link %s', (text) => {
        for (const as of both) expect(tameText(text, as)).not.toMatch(/~[A-Za-z0-9_-]/);
    });

    it.each(['`~town-square`', '```\n~town-square\n```', '`` ` ~town` ``'])('in code too: %j', (text) => {
        expect(tameText(text, 'markdown')).not.toMatch(/~[A-Za-z0-9_-]/);
        expect(tameText('`cd ~/boats`', 'markdown')).toBe('`cd ~/boats`');
    });
});

describe('links and images', () => {
    it('leaves no image and no labelled link outside code', async () => {
        const live = /(?<!\\)(?:\\\\)*\[(?:[^\]\\]|\\.)*\][([]/;
        expect(live.test('![x](http://e)')).toBe(true);
        await check(
            fc.property(hostile, format, (text, as) => void expect(withoutCode(tameText(text, as))).not.toMatch(live)),
            {numRuns: 1500},
        );
    });

    it.each([
        ['[bank](https://evil.example/a)', 'bank (https://evil.example/a)'],
        ['see [bank](https://evil.example "safe").', 'see bank (https://evil.example/).'],
        ['![logo](https://evil.example/t.gif)', 'logo (https://evil.example/t.gif)'],
        ['[![i](https://a.nl/i)](https://b.nl/)', 'i (https://a.nl/i) (https://b.nl/)'],
        ['[https://a.nl/](https://a.nl)', 'https://a.nl/'],
        ['<https://a.nl/x>', 'https://a.nl/x'],
        ['[here][1] and [1]\n\n[1]: https://a.nl/ "t"', 'here (https://a.nl/) and 1 (https://a.nl/)\n'],
        ['[a] b', '\\[a] b'],
        ['- [x] done', '- [x] done'],
        ['[go](javascript:alert)', `go (javascript:${Z}alert)`],
    ])('markdown %j becomes %j', (text, tamed) => {
        expect(tameText(text, 'markdown')).toBe(tamed);
    });

    it('keeps plain addresses clickable, with the punctuation outside', () => {
        expect(tameText('see https://a.nl/b_c, (www.a.nl/x).', 'plain')).toBe('see https://a.nl/b_c, (www.a.nl/x).');
    });

    // An address is kept whole, or is not clickable.
    it.each([
        ['https://x.nl/8Y_', 'plain', 'https://x.nl/8Y%5F'],
        ['https://x.nl/8Y_', 'markdown', 'https://x.nl/8Y%5F'],
        ['see https://x.nl/a-_~, ok', 'plain', 'see https://x.nl/a-%5F%7E, ok'],
        ['_https://x.nl/a_', 'plain', '\\_https://x.nl/a \\_'],
        ['_see https://x.nl/a_', 'markdown', '_see https://x.nl/a_'],
        ['**https://x.nl/a**', 'markdown', '**https://x.nl/a**'],
    ] as const)('%j as %s is %j', (text, as, tamed) => {
        expect(tameText(text, as)).toBe(tamed);
    });

    it.each([2079, 2100])('an address of %i characters stays whole, wherever it stands in a line', (length) => {
        const url = `https://x.nl/${'a'.repeat(length - 13)}`;
        for (const as of both)
            for (const before of ['', 'see ', 'word '.repeat(200), 'word '.repeat(500)])
                expect(tameText(`${before}${url} end`, as).split(/\s/)).toContain(url);
    });

    it.each([2101, 5000])('no piece of one of %i characters is clickable', (length) => {
        const url = `https://www.x.nl/${'b.nl/'.repeat(length)}`.slice(0, length);
        for (const as of both)
            for (const tamed of [tameText(url, as), tameText(`see ${url}`, as), tameInline(url, 150), shownLink(url), shownLink('x', url)])
                expect(tamed).not.toMatch(/https?:\/\/|www\d*\.|\.nl\//);
    });

    it('cut off in one place of a line it is not clickable either', () => {
        expect(tameInline(`see https://x.nl/${'a'.repeat(200)}`, 60)).not.toMatch(/https?:\/\/|\.nl\//);
        expect(tameInline('see https://x.nl/a', 60)).toBe('see https://x.nl/a');
    });

    it('shows the true host, and drops addresses with user info', () => {
        expect(tameText('https://bаnk.nl', 'plain')).toBe('https://xn--bnk-6cd.nl/');
        expect(tameText('https://bank.nl@evil.example/', 'plain')).toBe(`https:${Z}//bank.nl@evil.example/`);
        expect(tameText('www.bank.nl@evil.example', 'plain')).toContain(`www${Z}`);
    });

    // What other parsers make of what is code for one: found by running the real ones against random text.
    it.each([
        ['a bracket whose backslash an address could swallow', 'steam:x[ [](http://evil.example/)', /steam:x\\\[ http/],
        ['a code span an address could swallow', 'https://a.nl/`b ![x](u) `', /https:\/\/a\.nl\/ `/],
        ['a code span behind an emoticon', ':`( ![x](u) `', /: `/],
        ['emphasis that ends inside a code span', '**x `** ![a](u) `', /\]\u200B\(/],
        ['a fence in an empty list item', '- \n```\n- ![x](u)\n```', /- \n\n\n```/],
    ])('does not let parsers disagree: %s', (_, text, expected) => {
        expect(tameText(text, 'markdown')).toMatch(expected);
    });

    it('leaves other code alone, and closes what was left open', () => {
        expect(tameText('`[a](b) <x>` and `x + y`', 'markdown')).toBe('`[a](b) <x>` and `x + y`');
        expect(tameText('```sh\ncurl [a](b) \\*', 'markdown')).toBe('```sh\ncurl [a](b) \\*\n```');
    });
});

describe('safeUrl', () => {
    it.each(['javascript:alert(1)', 'data:text/html,x', 'mattermost://x', 'file:///etc/passwd', 'https://a@b.nl', 'x', 'http://a"b/'])(
        'refuses %s',
        (url) => {
            expect(safeUrl(url)).toBeNull();
        },
    );

    it('encodes what Markdown or a mention would take for its own', () => {
        expect(safeUrl('https://a.nl/@channel_(x)?a=[1]&#64;')).toBe('https://a.nl/%40channel%5F%28x%29?a=%5B1%5D&#64%3B');
    });

    it('does not let the server preview a post the visitor names', () => {
        expect(safeUrl(`https://mm.nl/team/pl/${'a'.repeat(26)}`)).toBe(`https://mm.nl/team/%70l/${'a'.repeat(26)}`);
    });

    it('is stable, and never changes where it goes', async () => {
        await check(
            fc.property(fc.webUrl({withQueryParameters: true, withFragments: true}), (url) => {
                const safe = safeUrl(url);
                if (safe === null) return;
                expect(safeUrl(safe)).toBe(safe);
                expect(new URL(safe).host).toBe(new URL(url).host);
            }),
            {numRuns: 300, examples: [['http://a.aa#:,'], ['http://a.aa/?::a'], ['http://a.aa/???a']]},
        );
    });
});

describe('booking keys', () => {
    it.each([
        'https://x.nl/?id=1&hashkey=s3cr3t',
        'https://x.nl/?HASHKEY=s3cr3t&b=1',
        'https://x.nl/?%68ashkey=s3cr3t',
        'https://x.nl/?to=https%3A%2F%2Fy.nl%2F%3Fhashkey%3Ds3cr3t',
        'https://x.nl/#hashkey=s3cr3t',
        'hashkey: s3cr3t',
        '{"hashkey": "s3cr3t"}',
        'ACCEPTLINK=https://x.nl/?a=1&k=s3cr3t',
        'editbooklink: https://x.nl/s3cr3t',
    ])('redacts %s', (text) => {
        for (const as of both) expect(tameText(text, as)).not.toContain('s3cr3t');
        expect(tameInline(text, 200)).not.toContain('s3cr3t');
        expect(shownLink(text, text)).not.toContain('s3cr3t');
    });
});

describe('characters', () => {
    it('output is well-formed and has no controls, overrides or hidden text but our own', async () => {
        await check(
            fc.property(hostile, format, (text, as) => {
                const tamed = tameText(text, as);
                expect(tamed.isWellFormed()).toBe(true);
                // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
                expect(tamed).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\u2424\uFEFF]/);
            }),
            {numRuns: 500},
        );
    });

    it('limits floods', () => {
        expect(tameText(`a${'\u0301'.repeat(500)}${'\u200D'.repeat(500)}b`, 'plain').length).toBeLessThan(20);
        expect(tameText('👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'plain')).toBe('👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿');
    });
});

describe('plain text', () => {
    it.each([
        ['# no heading', `${Z}# no heading`],
        ['    no code', `${Z}    no code`],
        ['- a\n1. b\n> c', `${Z}- a\n${Z}1. b\n${Z}> c`],
        ['===\t', `${Z}===\t`],
        ['---\u00a0', `${Z}---\u00a0`],
        ['=\u2003=', `${Z}=\u2003=`],
        ['a | b\n--|--', `a | b\n${Z}--|--`],
        ['**b** snake_case 3 * 4', '\\*\\*b\\*\\* snake_case 3 * 4'],
        ['C:\\new \\* #tag I <3 u', 'C:\\new \\\\\\* #tag I <3 u'],
        ['<b> &amp;', `&lt;b> &${Z}amp;`],
        ['$a$ or $5', '&#36;a&#36; or &#36;5'],
        ['costs $5', 'costs $5'],
    ])('%j becomes %j', (text, tamed) => {
        expect(tameText(text, 'plain')).toBe(tamed);
    });

    it('leaves ordinary sentences exactly as they are', () => {
        const text = 'Hallo, ik heb (nr. 12-34) geboekt voor 2 personen; kan dat om 10:30? Groetjes!';
        expect(tameText(text, 'plain')).toBe(text);
    });
});

describe('names and inline text', () => {
    it('falls back when nothing is visible', () => {
        for (const name of [undefined, null, '', ' \n', Z, '\u3164', '\u2800', '\u202E']) expect(tameName(name, 'Visitor')).toBe('Visitor');
    });

    it('is one line, not clickable, and cannot fake a role', () => {
        for (const dot of ['·', '•', '∙', '‧', '⋅', '・', '･', '●'])
            for (const between of [` ${dot} `, ` ${dot}`, `${dot} `, `\u2800${dot}\u2800`, `\u00a0${dot}\u2003`, `\n${dot}${dot}\n`])
                expect(tameName(`a${between}agent`, 'V')).toBe('a - agent');
        expect(tameName('Col·lecció', 'V')).toBe('Col·lecció');
        expect(tameName('▍ a', 'V')).toBe('\u200b| a');
        expect(tameName('https://evil.example/', 'V')).not.toMatch(/https?:\/\//);
        expect(tameName('www.evil.example', 'V')).not.toContain('www.');
    });

    it('cuts at whole characters', () => {
        expect(tameInline('👩‍👩‍👧👩‍👩‍👧', 6)).toBe('👩‍👩‍👧…');
        expect(tameInline('abc', 3)).toBe('abc');
    });
});

it('tames 100,000 characters of anything without quadratic time', () => {
    for (const piece of [
        'a',
        '[',
        '](',
        '`',
        '` ',
        '@',
        '<',
        'http:',
        'http:a@',
        'http:a:b/',
        'www.@',
        'www.',
        'a.bc/',
        '&a',
        '[a](',
        '![',
        '\\',
        '$',
        '~',
        '# ',
        '\n',
        '\n```',
        '(',
        ':',
    ])
        for (const as of both) {
            const text = piece.repeat(100_000 / piece.length);
            // Linear takes 25 to 150 ms of the processor; quadratic takes most of a minute.
            expect(
                cpuMs(() => tameText(text, as)),
                `${JSON.stringify(piece)} as ${as}`,
            ).toBeLessThan(5000);
        }
}, 300_000);
