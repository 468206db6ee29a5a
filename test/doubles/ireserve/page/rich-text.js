/** Text with links, and the little Markdown agents use, as elements. Never through innerHTML. */
import {make} from './make.js';

const LINK = /\bhttps?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]]/;
const MARKS = [
    {find: /`([^`\n]+)`/, tag: 'code', flat: true},
    {find: /\*\*([^\n]+?)\*\*/, tag: 'strong'},
    {find: /(?<![\w*])\*([^*\n]+)\*(?![\w*])/, tag: 'em'},
    {find: /(?<![\w_])_([^_\n]+)_(?![\w_])/, tag: 'em'},
    {find: /~~([^\n]+?)~~/, tag: 's'},
];
const NAMED_LINK = /\[([^\]\n]+)\]\((https?:\/\/[^)\s]+)\)/;

const link = (href, children) => make('a', {href, target: '_blank', rel: 'noopener noreferrer'}, children);

export function richText(text, format) {
    if (format !== 'markdown') return inline(text, []);
    const lines = text
        .replace(/^(\s*)[-*] /gm, '$1• ')
        .replace(/^#{1,6} (.+)$/gm, '**$1**')
        .replace(/^> ?/gm, '│ ');
    return inline(lines, MARKS);
}

/** The earliest mark wins; what is inside it is looked at again. */
function inline(text, marks) {
    const found = [];
    const bare = LINK.exec(text);
    if (bare) found.push({at: bare.index, length: bare[0].length, element: () => link(bare[0], [bare[0]])});
    const named = marks.length > 0 && NAMED_LINK.exec(text);
    if (named) found.push({at: named.index, length: named[0].length, element: () => link(named[2], [named[1]])});
    for (const {find, tag, flat} of marks) {
        const match = find.exec(text);
        const inside = match && (flat ? [match[1]] : () => inline(match[1], marks));
        if (match) {
            const element = () => make(tag, {}, typeof inside === 'function' ? inside() : inside);
            found.push({at: match.index, length: match[0].length, element});
        }
    }
    if (found.length === 0) return text ? [text] : [];
    const first = found.reduce((best, one) => (one.at < best.at ? one : best));
    return [text.slice(0, first.at), first.element(), ...inline(text.slice(first.at + first.length), marks)];
}
