/**
 * Draws the Markdown we use as DOM nodes. Text only ever becomes text nodes, so there is nothing to escape and nothing
 * that could slip through; links may be http, https or mailto, and pictures are never loaded from elsewhere.
 */

/** @returns {DocumentFragment} */
export function markdown(text, names = new Map(), me = '') {
    const out = document.createDocumentFragment();
    const lines = text.split(/\r\n|\n|\r/);
    const inline = (parent, source) => drawInline(parent, source, names, me);
    for (let at = 0; at < lines.length; ) {
        at = drawBlock(out, lines, at, inline);
    }
    return out;
}

const BULLET = /^ {0,3}[-*+] +(.*)$/;
const NUMBER = /^ {0,3}(\d{1,9})[.)] +(.*)$/;

function drawBlock(out, lines, at, inline) {
    const line = lines[at];
    if (line.trim() === '') {
        return at + 1;
    }
    const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
        return drawFence(out, lines, at, fence);
    }
    const heading = /^(#{1,6}) +(.*?)#* *$/.exec(line);
    if (heading !== null) {
        inline(add(out, `h${Math.min(heading[1].length + 2, 5)}`), heading[2]);
        return at + 1;
    }
    if (/^ {0,3}([-*_])( *\1){2,} *$/.test(line)) {
        add(out, 'hr');
        return at + 1;
    }
    if (/^ {0,3}>/.test(line)) {
        return drawQuote(out, lines, at, inline);
    }
    if (BULLET.test(line) || NUMBER.test(line)) {
        return drawList(out, lines, at, inline);
    }
    return drawParagraph(out, lines, at, inline);
}

function drawFence(out, lines, at, fence) {
    let end = at + 1;
    while (end < lines.length && !lines[end].trim().startsWith(fence)) {
        end++;
    }
    add(add(out, 'pre'), 'code').textContent = lines.slice(at + 1, end).join('\n');
    return end + 1;
}

function drawQuote(out, lines, at, inline) {
    const quoted = [];
    while (at < lines.length && /^ {0,3}>/.test(lines[at])) {
        quoted.push(lines[at++].replace(/^ {0,3}> ?/, ''));
    }
    const quote = add(out, 'blockquote');
    for (let inner = 0; inner < quoted.length; ) {
        inner = drawBlock(quote, quoted, inner, inline);
    }
    return at;
}

function drawList(out, lines, at, inline) {
    const numbered = NUMBER.test(lines[at]);
    const list = add(out, numbered ? 'ol' : 'ul');
    if (numbered) {
        list.start = Number(NUMBER.exec(lines[at])[1]);
    }
    const pattern = numbered ? NUMBER : BULLET;
    for (; at < lines.length && pattern.test(lines[at]); at++) {
        inline(add(list, 'li'), pattern.exec(lines[at]).at(-1));
    }
    return at;
}

function drawParagraph(out, lines, at, inline) {
    const start = at;
    while (
        at < lines.length &&
        lines[at].trim() !== '' &&
        (at === start || !/^ {0,3}(?:>|#{1,6} |`{3}|~{3}|[-*+] |\d{1,9}[.)] )/.test(lines[at]))
    ) {
        at++;
    }
    const paragraph = add(out, 'p');
    lines.slice(start, at).forEach((line, index) => {
        if (index > 0) {
            add(paragraph, 'br');
        }
        inline(paragraph, line);
    });
    return at;
}

/** First match wins, at the leftmost place; what is inside bold or a link is drawn by the same rules. */
const INLINE = [
    {pattern: /\\([!-/:-@[-`{-~])/, draw: (parent, match) => parent.append(match[1])},
    {
        pattern: /(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/,
        draw: (parent, match) => {
            add(parent, 'code').textContent = match[2].replace(/^ (.+) $/, '$1');
        },
    },
    {
        pattern: /!\[([^\]]*)\]\(\s*<?([^\s)>]+)>?[^)]*\)/,
        draw: (parent, match, again) => drawLink(parent, match[2], `picture: ${match[1] || match[2]}`, again),
    },
    {
        pattern: /\[((?:[^\][]|\\.)+)\]\(\s*<?([^\s)>]+)>?[^)]*\)/,
        draw: (parent, match, again) => drawLink(parent, match[2], match[1], again),
    },
    {pattern: /<((?:https?:\/\/|mailto:)[^>\s]+)>/, draw: (parent, match, again) => drawLink(parent, match[1], match[1], again)},
    {pattern: /https?:\/\/[^\s<>"')\]]*[^\s<>"')\].,;:!?*_~]/, draw: (parent, match) => drawLink(parent, match[0], match[0])},
    {pattern: /(\*\*|__)(?=\S)(.+?\S?)\1/, draw: (parent, match, again) => again(add(parent, 'strong'), match[2])},
    {pattern: /~~(?=\S)(.+?)~~/, draw: (parent, match, again) => again(add(parent, 'del'), match[1])},
    {pattern: /\*(?=\S)([^*]*[^*\s])\*/, draw: (parent, match, again) => again(add(parent, 'em'), match[1])},
    {
        pattern: /(?<![\p{L}\p{N}_])_(?=\S)([^_]*[^_\s])_(?![\p{L}\p{N}_])/u,
        draw: (parent, match, again) => again(add(parent, 'em'), match[1]),
    },
    {pattern: /(?<![\p{L}\p{N}_])@([a-z0-9][a-z0-9.\-_]*[a-z0-9]|[a-z0-9])/iu, draw: drawMention},
];

function drawInline(parent, source, names, me) {
    const again = (inner, text) => drawInline(inner, text, names, me);
    let rest = source;
    while (rest !== '') {
        let first;
        for (const rule of INLINE) {
            const match = rule.pattern.exec(rest);
            if (match !== null && (first === undefined || match.index < first.match.index)) {
                first = {rule, match};
            }
        }
        if (first === undefined) {
            parent.append(rest);
            return;
        }
        parent.append(rest.slice(0, first.match.index));
        first.rule.draw(parent, first.match, again, names, me);
        rest = rest.slice(first.match.index + first.match[0].length);
    }
}

function drawLink(parent, target, label, again) {
    if (!/^(?:https?:\/\/|mailto:)/i.test(target)) {
        parent.append(label);
        return;
    }
    const link = add(parent, 'a');
    link.href = target;
    link.rel = 'noreferrer noopener';
    link.target = '_blank';
    if (again === undefined) {
        link.textContent = label;
    } else {
        again(link, label);
    }
}

function drawMention(parent, match, _again, names, me) {
    const name = match[1].toLowerCase();
    const known = names.has(name) || ['channel', 'all', 'here'].includes(name);
    if (!known) {
        parent.append(match[0]);
        return;
    }
    const mention = add(parent, 'span');
    mention.className = name === me || !names.has(name) ? 'mention me' : 'mention';
    mention.textContent = match[0];
}

function add(parent, name) {
    const element = document.createElement(name);
    parent.append(element);
    return element;
}
