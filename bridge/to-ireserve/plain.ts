/** Settled tokens (parse.ts) → plain text, for channels without formatting, notifications and lists. Pure. */
import type {Token} from 'markdown-it';
import {hrefOf, parser, showsItsAddress} from './parse.ts';

type Cursor = {readonly tokens: readonly Token[]; at: number};
type Blocks = {text: string; loose: boolean};

export function plainOf(tokens: readonly Token[]): string {
    return readBlocks({tokens, at: 0}).text;
}

/** The blocks up to the end of the one that holds them. Recursion is bounded by the parser's nesting. */
function readBlocks(cursor: Cursor): Blocks {
    const parts: string[] = [];
    let loose = false;
    for (let token = next(cursor); token && token.nesting >= 0; token = next(cursor)) {
        loose ||= token.type === 'paragraph_open' && !token.hidden;
        // The paragraphs of a list without empty lines are hidden.
        parts.push(readBlock(token, cursor), token.hidden ? '\n' : '\n\n');
    }
    parts.pop();
    return {text: parts.join(''), loose};
}

function readBlock(token: Token, cursor: Cursor): string {
    switch (token.type) {
        case 'inline':
            return plainInline(token.children ?? []);
        case 'fence':
        case 'code_block':
            return token.content.replace(/\n$/, '');
        case 'hr':
            return '---';
        case 'blockquote_open':
            return prefixed(readBlocks(cursor).text, '> ', '> ');
        case 'bullet_list_open':
            return readList(cursor, () => '- ');
        case 'ordered_list_open': {
            const first = Number(token.attrGet('start') ?? 1);
            return readList(cursor, (index) => `${first + index}${token.markup} `);
        }
        case 'table_open':
            return readTable(cursor);
        // Paragraphs and headings.
        default:
            return token.nesting === 1 ? readBlocks(cursor).text : token.content;
    }
}

function readList(cursor: Cursor, markOf: (index: number) => string): string {
    const items: string[] = [];
    let loose = false;
    for (let item = next(cursor); item?.nesting === 1; item = next(cursor)) {
        const blocks = readBlocks(cursor);
        const mark = markOf(items.length);
        items.push(prefixed(blocks.text, mark, ' '.repeat(mark.length)));
        loose ||= blocks.loose;
    }
    return items.join(loose ? '\n\n' : '\n');
}

function readTable(cursor: Cursor): string {
    const rows: string[][] = [];
    for (let token = next(cursor); token && token.type !== 'table_close'; token = next(cursor)) {
        if (token.type === 'tr_open') rows.push([]);
        if (token.type === 'inline') rows.at(-1)?.push(plainInline(token.children ?? []).replaceAll('\n', ' '));
    }
    return rows.map((cells) => cells.join(' | ').trim()).join('\n');
}

function plainInline(children: readonly Token[]): string {
    let text = '';
    // Links do not nest (parse.ts).
    let link: {open: Token; label: string} | null = null;
    for (const token of children) {
        if (token.type === 'link_open') {
            link = {open: token, label: ''};
        } else if (token.type === 'link_close') {
            if (link) text += plainLink(link.open, link.label);
            link = null;
        } else {
            const piece = token.type === 'softbreak' || token.type === 'hardbreak' ? '\n' : token.content;
            if (link) link.label += piece;
            else text += piece;
        }
    }
    return text;
}

function plainLink(open: Token, label: string): string {
    const url = parser.normalizeLinkText(hrefOf(open));
    if (showsItsAddress(open)) return label;
    if (label.trim() === '') return url;
    return sameAddress(label, url) ? label : `${label} (${url.replace(/^mailto:([^?]*).*|^tel:/i, '$1')})`;
}

/** `www.x.nl` and `http://www.x.nl/`, `info@x.nl` and `mailto:info@x.nl`. */
function sameAddress(label: string, url: string): boolean {
    const bare = (address: string) => address.trim().replace(/^(?:https?:\/\/|mailto:|tel:)|\/$/gi, '');
    return bare(label) === bare(url);
}

/** A prefix for the first line, and one for the others; none is left with a blank at its end. */
function prefixed(text: string, first: string, others: string): string {
    return text
        .split('\n')
        .map((line, index) => (line === '' ? (index === 0 ? first : others).trimEnd() : (index === 0 ? first : others) + line))
        .join('\n');
}

function next(cursor: Cursor): Token | undefined {
    return cursor.tokens[cursor.at++];
}
