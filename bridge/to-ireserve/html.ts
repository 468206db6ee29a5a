/**
 * Settled tokens (parse.ts) → an HTML fragment that may be assigned to `innerHTML`. Elements come from the parser's own rules, which
 * escape all text; attributes only from here. Pure.
 */
import type {Token} from 'markdown-it';
import {hrefOf, parser} from './parse.ts';

const {escapeHtml} = parser.utils;
const {renderer} = parser;

/** The parser would add `class`, `style` and `title`. Only the number a list starts with is of use. */
renderer.renderAttrs = ({attrs}) => {
    const start = Number(attrs?.find(([name]) => name === 'start')?.[1] ?? 1);
    return start === 1 ? '' : ` start="${start}"`;
};

renderer.rules.link_open = (tokens, index) => {
    const href = tokens[index] ? hrefOf(tokens[index]) : '';
    return `<a href="${escapeHtml(href)}" rel="noopener noreferrer nofollow" target="_blank">`;
};
renderer.rules.fence = (tokens, index) => `<pre><code>${escapeHtml(tokens[index]?.content ?? '')}</code></pre>\n`;
// A chat is no document: its headings would stand among those of the page round it.
renderer.rules.heading_open = () => '<p><strong>';
renderer.rules.heading_close = () => '</strong></p>\n';

export function htmlOf(tokens: Token[]): string {
    return renderer.render(tokens, parser.options, {}).trimEnd();
}

/** Text shown as it stands. */
export function literalHtml(text: string): string {
    return text === '' ? '' : `<p>${escapeHtml(text).replaceAll('\n', '<br>\n')}</p>`;
}
