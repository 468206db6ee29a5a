import {describe, expect, test} from 'vitest';
import {type Mentions, previewOf, renderReply} from './render.ts';

const mentions: Mentions = {
    users: {
        'anna.de.vries': 'Anna de Vries',
        anna: 'Anna',
        'j_b-1': 'Jan_B',
        star: '*Star* [x](http://evil.example) <b>',
        all: 'Nobody',
        one: '1. One',
        blank: ' ',
    },
    channels: {'town-square': 'Town Square', 'off-topic': 'R&D | *Fun*'},
};
const render = (text: string) => renderReply(text, mentions);
const LINK = 'rel="noopener noreferrer nofollow" target="_blank"';

describe('what the agent writes and the visitor reads', () => {
    test.each<[wrote: string, plain: string, html: string]>([
        ['Hello :smile:, one moment please :+1:', 'Hello 😄, one moment please 👍', '<p>Hello 😄, one moment please 👍</p>'],
        ['Ask @anna.de.vries in ~town-square.', 'Ask Anna de Vries in Town Square.', '<p>Ask Anna de Vries in Town Square.</p>'],
        ['**Open** from _9_ to ~~17~~ 18', 'Open from 9 to 17 18', '<p><strong>Open</strong> from <em>9</em> to <s>17</s> 18</p>'],
        ['One line\nand the next', 'One line\nand the next', '<p>One line<br>\nand the next</p>'],
        ['One\n\n\n\nTwo\n\n', 'One\n\nTwo', '<p>One</p>\n<p>Two</p>'],
        ['# Prices\nfrom € 10', 'Prices\n\nfrom € 10', '<p><strong>Prices</strong></p>\n<p>from € 10</p>'],
        ['[our site](https://x.example/a)', 'our site (https://x.example/a)', `<p><a href="https://x.example/a" ${LINK}>our site</a></p>`],
        [
            'https://x.example/a?b=1&c',
            'https://x.example/a?b=1&c',
            `<p><a href="https://x.example/a?b=1&amp;c" ${LINK}>https://x.example/a?b=1&amp;c</a></p>`,
        ],
        ['[https://x.example](https://x.example)', 'https://x.example', `<p><a href="https://x.example" ${LINK}>https://x.example</a></p>`],
        ['[site](www.x.example)', 'site (http://www.x.example)', `<p><a href="http://www.x.example" ${LINK}>site</a></p>`],
        ['[](https://x.example)', 'https://x.example', `<p><a href="https://x.example" ${LINK}>https://x.example</a></p>`],
        ['info@x.nl', 'info@x.nl', `<p><a href="mailto:info@x.nl" ${LINK}>info@x.nl</a></p>`],
        ['[call](tel:+31201234567)', 'call (+31201234567)', `<p><a href="tel:+31201234567" ${LINK}>call</a></p>`],
        ['![map](https://x.example/m.png)', 'map (https://x.example/m.png)', `<p><a href="https://x.example/m.png" ${LINK}>map</a></p>`],
        [
            '![](https://x.example/m.png)',
            'https://x.example/m.png',
            `<p><a href="https://x.example/m.png" ${LINK}>https://x.example/m.png</a></p>`,
        ],
        [
            '[![map](https://x.example/m.png)](https://x.example/)',
            'map (https://x.example/)',
            `<p><a href="https://x.example/" ${LINK}>map</a></p>`,
        ],
        [
            '[<https://x.example>](https://y.example)',
            'https://x.example (https://y.example)',
            `<p><a href="https://y.example" ${LINK}>https://x.example</a></p>`,
        ],
        ['- a\n- b\n  - c', '- a\n- b\n  - c', '<ul>\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>'],
        ['[mail](mailto:a@b.nl?subject=Hi%20there)', 'mail (a@b.nl)', `<p><a href="mailto:a@b.nl?subject=Hi%20there" ${LINK}>mail</a></p>`],
        [
            'https://x.example/a%20b',
            'https://x.example/a%20b',
            `<p><a href="https://x.example/a%20b" ${LINK}>https://x.example/a%20b</a></p>`,
        ],
        ['[a](https://x.example/ä%20b)', 'a (https://x.example/%C3%A4%20b)', `<p><a href="https://x.example/%C3%A4%20b" ${LINK}>a</a></p>`],
        ['1) a\n2) b', '1) a\n2) b', '<ol>\n<li>a</li>\n<li>b</li>\n</ol>'],
        ['3. a\n4. b', '3. a\n4. b', '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'],
        ['- a\n\n- b', '- a\n\n- b', '<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>'],
        ['> you asked\n> this\n\nYes', '> you asked\n> this\n\nYes', '<blockquote>\n<p>you asked<br>\nthis</p>\n</blockquote>\n<p>Yes</p>'],
        ['> a\n>\n> - b', '> a\n>\n> - b', '<blockquote>\n<p>a</p>\n<ul>\n<li>b</li>\n</ul>\n</blockquote>'],
        ['`:smile: @anna`', ':smile: @anna', '<p><code>:smile: @anna</code></p>'],
        ['```js\n:smile: <b>\n```', ':smile: <b>', '<pre><code>:smile: &lt;b&gt;\n</code></pre>'],
        [
            '|Boat|Price|\n|:--|--:|\n|A|*10*|\n|B||',
            'Boat | Price\nA | 10\nB |',
            '<table>\n<thead>\n<tr>\n<th>Boat</th>\n<th>Price</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>A</td>\n<td><em>10</em></td>\n</tr>\n<tr>\n<td>B</td>\n<td></td>\n</tr>\n</tbody>\n</table>',
        ],
        ['a\n\n---\n\nb', 'a\n\n---\n\nb', '<p>a</p>\n<hr>\n<p>b</p>'],
        ['<b>not bold</b> &amp; 1 < 2', '<b>not bold</b> & 1 < 2', '<p>&lt;b&gt;not bold&lt;/b&gt; &amp; 1 &lt; 2</p>'],
        [
            'www.x.boats, x.nl/a.',
            'www.x.boats, x.nl/a.',
            `<p><a href="http://www.x.boats" ${LINK}>www.x.boats</a>, <a href="http://x.nl/a" ${LINK}>x.nl/a</a>.</p>`,
        ],
        ['klar.Es geht', 'klar.Es geht', '<p>klar.Es geht</p>'],
        ['2 * 3 * 4 :) snake_case', '2 * 3 * 4 :) snake_case', '<p>2 * 3 * 4 :) snake_case</p>'],
        ['', '', ''],
        [' \n\n', '', ''],
    ])('%j', (wrote, plain, html) => {
        expect(render(wrote)).toMatchObject({plain, html});
    });
});

describe('the Markdown keeps all but shorthand', () => {
    test.each([
        ['**Hi** :wave: @anna', '**Hi** 👋 Anna'],
        [':white_check_mark::+1:', '✅👍'],
        [':thinking_face: :flag-nl: :hugging_face: :SMILE:', '🤔 🇳🇱 🤗 😄'],
        [':wave_dark_skin_tone: :male-office-worker_light_skin_tone:', '👋🏿 👨🏻‍💼'],
        [':umbrella: :female-police-officer:', '☂️ 👮‍♀️'],
        ['at 10:30:smile:', 'at 10:30😄'],
        [
            ':company_logo: :smile_light_skin_tone: :constructor: :flag-zz:',
            ':company_logo: :smile_light_skin_tone: :constructor: :flag-zz:',
        ],
        ['1:100:2 fe80::1234:1', '1:100:2 fe80::1234:1'],
        ['\\:smile:', '\\:smile:'],
        ['@anna. @Anna.de.Vries_ _@anna_ **@anna**: @j_b-1! (@anna)', 'Anna. Anna de Vries_ _Anna_ **Anna**: Jan_B! (Anna)'],
        ['\\@anna \\~town-square', 'Anna Town Square'],
        ['@nobody @annabel @constructor @blank', '@nobody @annabel @constructor @blank'],
        ['@channel @all @here.', '@channel @all @here.'],
        ['info@anna info_@anna jan+@anna.de', 'info@anna info_@anna jan+@anna.de'],
        ['~town-square, ~nowhere ~~town-square~~ a~town-square', 'Town Square, ~nowhere ~~town-square~~ a~town-square'],
        ['`@anna` ``:smile: ` ~town-square``', '`@anna` ``:smile: ` ~town-square``'],
        ['a\n\n    @anna :smile:', 'a\n\n    @anna :smile:'],
        ['- a\n\n      @anna\n- @anna', '- a\n\n      @anna\n- Anna'],
        ['> ```\n> @anna\n> ```\n> @anna', '> ```\n> @anna\n> ```\n> Anna'],
        ['```\n@anna\nno end', '```\n@anna\nno end'],
        ['`not code @anna', '`not code Anna'],
        ['https://x.example/@anna/:smile:/~town-square', 'https://x.example/@anna/:smile:/~town-square'],
        ['<https://x.example/@anna> www.x.example/@anna', '<https://x.example/@anna> www.x.example/@anna'],
        ['[@anna](https://x.example/@anna) [](https://x.example/@anna)', '[Anna](https://x.example/@anna) [](https://x.example/@anna)'],
        ['![:smile:](https://x.example/:smile:)', '![😄](https://x.example/:smile:)'],
        ['[a][b] @anna\n\n[b]: https://x.example/@anna', '[a][b] Anna\n\n[b]: https://x.example/@anna'],
        ['|@anna|\n|-|\n|`@anna` ~off-topic|', '|Anna|\n|-|\n|`@anna` R&D \\| \\*Fun\\*|'],
    ])('%j', (wrote, markdown) => {
        expect(render(wrote).markdown).toBe(markdown);
    });

    test('a name stays a name, whatever is in it', () => {
        expect(render('@star').plain).toBe('*Star* [x](http://evil.example) <b>');
        expect(render('@star').html).not.toMatch(/<(?:em|b)>|>x</);
        expect(render('@one').html).toBe('<p>1. One</p>');
        expect(render('|a|\n|-|\n|~off-topic|').plain).toBe('a\nR&D | *Fun*');
    });
});

test('a flood of mentions does not become a flood of names', () => {
    const {markdown} = renderReply('@long '.repeat(5_000), {users: {long: '*'.repeat(60)}, channels: {}});
    expect(markdown.length).toBeLessThan(150_000);
    expect(markdown).toMatch(/^(?:\\\*){60} (?:\\\*){60} /);
    expect(markdown).toMatch(/ @long @long $/);
});

test('control characters, lone surrogates and what turns text round are gone, also when written as entities', () => {
    const {markdown, plain, html} = render('a\0b\u0007c\td\r\ne\uD800f\u202Eg\uFDD00\uFDD1 &#x202E;h');
    expect(markdown).toBe('abc\td\ne\uFFFDfg\uFFFD0\uFFFD &#x202E;h');
    expect(plain).toBe('abc\td\ne\uFFFDfg\uFFFD0\uFFFD h');
    expect(html).toBe('<p>abc\td<br>\ne\uFFFDfg\uFFFD0\uFFFD h</p>');
});

test('a preview is the beginning of the plain text on one line', () => {
    expect(previewOf('**One**\n\n- two :smile:\n- three', 100)).toBe('One - two 😄 - three');
    expect(previewOf('😄😄😄😄', 3)).toBe('😄😄…');
    expect(previewOf('abc', 3)).toBe('abc');
    expect(previewOf('abc', 0)).toBe('');
    expect(previewOf('Ask @anna', 20, mentions)).toBe('Ask Anna');
});

test('text that is nested absurdly deep or longer than a post can be loses nothing', () => {
    for (const text of [`${'>'.repeat(100)} deep <b>`, `${'- '.repeat(50)}deep <b>`, `${'x'.repeat(40_000)} **deep** <b>`]) {
        expect(render(text).plain).toBe(text);
        expect(render(text).html).toContain('deep');
        expect(render(text).html).not.toContain('<b>');
    }
});
