// @vitest-environment jsdom
import {describe, expect, test} from 'vitest';
// @ts-expect-error the page's script is plain JavaScript
import {markdown} from './markdown.js';

function html(text: string): string {
    const box = document.createElement('div');
    box.append(markdown(text, new Map([['anna', {}]]), 'anna') as DocumentFragment);
    return box.innerHTML;
}

describe('the page draws Markdown', () => {
    test.each([
        ['**b** and *i* and ~~s~~', '<p><strong>b</strong> and <em>i</em> and <del>s</del></p>'],
        ['### T', '<h5>T</h5>'],
        ['> quoted\n> more', '<blockquote><p>quoted<br>more</p></blockquote>'],
        ['- one\n- two', '<ul><li>one</li><li>two</li></ul>'],
        ['2. two\n3. three', '<ol start="2"><li>two</li><li>three</li></ol>'],
        ['```js\n**raw** <b>\n```', '<pre><code>**raw** &lt;b&gt;</code></pre>'],
        ['`**raw**`', '<p><code>**raw**</code></p>'],
        ['snake_case_name', '<p>snake_case_name</p>'],
        ['\\*plain\\*', '<p>*plain*</p>'],
        ['hi @anna', '<p>hi <span class="mention me">@anna</span></p>'],
        ['[a](https://x.example)', '<p><a href="https://x.example" rel="noreferrer noopener" target="_blank">a</a></p>'],
    ])('%j', (source, expected) => {
        expect(html(source)).toBe(expected);
    });

    test.each([
        '<script>alert(1)</script>',
        '<img src=x onerror=alert(1)>',
        '[a](javascript:alert(1))',
        '[a](data:text/html,x)',
        '![a](https://evil.example/pixel.png)',
        '[<img src=x onerror=alert(1)>](https://x.example)',
        '`<script>`',
        '**<iframe src=x>**',
    ])('%j neither runs nor loads anything', (hostile) => {
        const box = document.createElement('div');
        box.innerHTML = html(hostile);
        expect(box.querySelector('script, img, iframe, [onerror]')).toBeNull();
        for (const link of box.querySelectorAll('a')) {
            expect(link.protocol).toMatch(/^https?:$/);
        }
    });
});
