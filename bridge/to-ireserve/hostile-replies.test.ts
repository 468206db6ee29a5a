// @vitest-environment jsdom
/** What an agent's account could send if it were not an agent's: nothing of it may run, fetch or take long. */
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {cpuMs} from '../../test/support/cpu-time.ts';
import {check} from '../../test/support/seeds.ts';
import {renderReply} from './render.ts';

const mentions = {
    users: {anna: 'Anna', evil: '<img src=x onerror=alert(1)>', long: '*'.repeat(200)},
    channels: {town: '[x](javascript:alert(1))', evil: '"onclick="alert(1)'},
};

const ALLOWED: Record<string, string[]> = {
    ...Object.fromEntries(
        ['p', 'br', 'strong', 'em', 's', 'code', 'pre', 'ul', 'li', 'blockquote', 'hr', 'table', 'thead', 'tbody', 'tr', 'th', 'td'].map(
            (element) => [element, []],
        ),
    ),
    a: ['href', 'rel', 'target'],
    ol: ['start'],
};

/** Whatever is wrong with this fragment once a browser has read it. */
function faults(html: string): string[] {
    const box = document.createElement('div');
    box.innerHTML = html;
    const found: string[] = [];
    for (const element of box.querySelectorAll('*')) {
        const name = element.localName;
        if (element.namespaceURI !== 'http://www.w3.org/1999/xhtml' || !ALLOWED[name]) found.push(`<${name}>`);
        for (const attribute of element.attributes) {
            if (!ALLOWED[name]?.includes(attribute.name)) found.push(`<${name} ${attribute.name}>`);
        }
        if (name === 'ol' && !/^\d*$/.test(element.getAttribute('start') ?? '')) found.push('start');
        if (element instanceof HTMLAnchorElement) {
            if (!/^(?:https?|mailto|tel):$/.test(element.protocol)) found.push(`href ${element.getAttribute('href')}`);
            if (!/^(?:https?|mailto|tel):/i.test(element.getAttribute('href') ?? ''))
                found.push(`relative ${element.getAttribute('href')}`);
            if (element.rel !== 'noopener noreferrer nofollow' || element.target !== '_blank') found.push('rel or target');
            if (element.querySelector('a')) found.push('link in a link');
            if (element.textContent?.trim() === '') found.push('link without text');
        }
    }
    const comments = document.createTreeWalker(box, NodeFilter.SHOW_COMMENT | NodeFilter.SHOW_PROCESSING_INSTRUCTION);
    if (comments.nextNode()) found.push('comment');
    return found;
}

const fragment = fc.oneof(
    {
        weight: 8,
        arbitrary: fc.constantFrom(
            ...[
                '<script>alert(1)</script>',
                '<img src=x onerror=alert(1)>',
                '<svg/onload=alert(1)>',
                '<a href="',
                '<!--',
                '-->',
                '<![CDATA[',
            ],
            ...['</p>', '<b>', '<', '>', '"', "'", '&', '&lt;', '&#60;', '&#x3c;script&#x3e;', '&quot;', '&colon;', '&Tab;', '&NewLine;'],
            ...[
                '[',
                ']',
                '(',
                ')',
                '](',
                '![',
                '[a](',
                '![a](',
                '[a]',
                '[a][b]',
                '\n[b]: ',
                '<http://',
                '[<http://x.nl>](http://y.nl)',
                '" onclick="x',
                "'t'",
                '"t"',
            ],
            ...[
                'javascript:alert(1)',
                'JaVaScRiPt:',
                'java\tscript:',
                'java&#10;script:',
                'javascript&colon;',
                '%6Aavascript:',
                '&#106;avascript:',
            ],
            ...[
                '\u0001javascript:',
                'data:text/html,<b>',
                'data:image/png;base64,AA',
                'vbscript:',
                'file:///',
                '//evil.example',
                '/\\evil',
            ],
            ...[
                'http://x.nl',
                'https://x.nl/a"b',
                'www.x.nl',
                'x.nl/a',
                'a@b.nl',
                'mailto:a@b.nl',
                'tel:+31',
                'ftp://x.nl',
                'http:',
                'HTTPS://',
            ],
            ...[
                '*',
                '**',
                '_',
                '~~',
                '`',
                '```',
                '\n```\n',
                '\n~~~\n',
                '    ',
                '\n',
                '\n\n',
                '\n> ',
                '\n- ',
                '\n7. ',
                '\n# ',
                '\n---\n',
                '|',
            ],
            ...[
                '\n|a|b|\n|:-|-:|\n|',
                '\\',
                '\\<',
                '&#0;',
                '\0',
                '\uD800',
                '\u202E',
                '\u2028',
                '\uFDD0',
                '\uFDD01\uFDD1',
                ' =10x10',
                ' "title")',
            ],
            ...['@anna', '@evil', '@long', '~town', '~evil', ':smile:', ':+1:', '@', '~', ':'],
        ),
    },
    {weight: 1, arbitrary: fc.string({unit: 'binary', maxLength: 8})},
);
const hostile = fc.array(fragment, {maxLength: 40}).map((pieces) => pieces.join(''));

test('nothing but harmless elements, attributes and addresses ever comes out', async () => {
    await check(
        fc.property(hostile, (text) => {
            const {html, plain, markdown} = renderReply(text, mentions);
            expect(faults(html)).toEqual([]);
            for (const rendering of [html, plain, markdown]) {
                expect(rendering.isWellFormed()).toBe(true);
                // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
                expect(rendering).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u202E\uFDD0\uFDD1]/);
            }
        }),
        {numRuns: 2_000},
    );
});

test.each([
    '[a](javascript:alert(1))',
    '[a](JAVASCRIPT:alert(1))',
    '[a](java&#9;script:alert(1))',
    '[a](&#x6A;avascript:alert(1))',
    '[a](javascript&colon;alert(1))',
    '[a](<\u0001javascript:alert(1)>)',
    '[a](%6Aavascript:alert(1))',
    '[a](data:text/html,x)',
    '![a](data:image/png;base64,AAAA)',
    '<javascript:alert(1)>',
    '[a](vbscript:x)',
    '[a](//evil.example)',
    '[a](/login)',
    '[a](#x)',
    '[bank](https://bank.nl@evil.example)',
    'https://bank.nl@evil.example/a https://bank.nl:x@evil.example',
    '[a]()',
    '![a]()',
    '[a](https:evil)',
    '[a][b]\n\n[b]: javascript:alert(1)',
    'ftp://x.nl',
])('%j makes no link', (text) => {
    expect(renderReply(text, mentions).html).not.toContain('<a');
});

describe('the worst texts take no time', () => {
    const POST = 32_000;
    const OVERLONG = 200_000;
    const repeated = [
        ...[
            '[',
            '![',
            ']',
            '[](',
            '[a](',
            '![a](',
            '[[a]',
            '[a]: b\n',
            '[a][a]',
            '*',
            '**a ',
            '*a_ ',
            '_',
            '~~a',
            '`',
            '\\',
            '&',
            '|',
            '|\n',
        ],
        ...['|a|\n|-|\n', '>', '> a\n', '> - ', '- ', '- a\n', '1) ', '#', '\n', ' ', '\t', 'a\n===\n', '--\n', '    a\n', '<', '<http://'],
        ...['@', '@a', '@anna ', '@anna.', '@long ', '.', '~', '~town ', ':', ':a', ':smile:', ':-', 'a:', '\\@anna', '\\:', '@a.', '@._-'],
        ...[
            'http://',
            'http://a.nl ',
            'http://a(',
            'www.',
            'www.a.',
            'a.nl/',
            'a@',
            'a@b.nl ',
            '//',
            '://',
            'mailto:',
            '\0',
            '\uD800',
            '\uFDD0',
        ],
    ];
    const made = (length: number): [string, string][] => [
        ...repeated.map((piece): [string, string] => [JSON.stringify(piece), piece.repeat(Math.ceil(length / piece.length))]),
        ['backticks, ever more', Array.from({length: Math.sqrt(length * 2)}, (_, index) => '`'.repeat(index)).join(' ')],
        ['quotes, ever deeper', Array.from({length: Math.sqrt(length * 2)}, (_, index) => `${'>'.repeat(index)}a`).join('\n')],
        ['quotes within the limit, and lines that go on in them', `${'> '.repeat(15)}a\n${'a\n'.repeat(length / 2)}`],
        ['images in images', '!['.repeat(length / 6) + '](x)'.repeat(length / 6)],
        ['a name, then full stops', `@anna${'.'.repeat(length)}`],
        ['a wide table', `${'|a'.repeat(length / 4)}|\n${'|-'.repeat(length / 4)}|\n`],
        ['a table of missing cells', `${'|a'.repeat(100)}|\n${'|-'.repeat(100)}|\n${'|\n'.repeat(length / 2)}`],
    ];

    // A generous limit: these take some milliseconds each, and with anything quadratic in them minutes.
    test.each([
        ['as long as a post can be', POST],
        ['longer than a post can be', OVERLONG],
    ])('%s', (_, length) => {
        for (const [name, text] of made(length)) {
            expect(
                cpuMs(() => renderReply(text, mentions)),
                name,
            ).toBeLessThan(5_000);
        }
    });
});
