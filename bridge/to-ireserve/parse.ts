/**
 * An agent's Markdown → markdown-it's tokens, settled: no images, no links in links, no address that may not be clicked. Everything
 * that decides what a link may be is here; plain.ts and html.ts only write down what they are given. Pure.
 */
import MarkdownIt, {type StateCore, type Token} from 'markdown-it';

/** Quotes in lists in quotes: beyond this the parser drops text, so the whole is shown as it stands. */
const MAX_NESTING = 20;

/** A `mailto:` or `tel:` needs something behind it, an http(s) address a host. */
const ALLOWED = /^(?:https?:\/\/[^\s/?#\\]|mailto:[^\s?]|tel:[\d+(])/i;

/** `[text](www.x.nl)`: Mattermost's web app puts `http://` in front. */
const BARE_HOST = /^(?:[\p{L}\p{N}-]{1,63}\.){1,10}\p{L}{2,63}(?=[:/?#]|$)/u;

/** What Mattermost links of itself. The parser links every `word.word` that ends like a country, as people in a hurry write it. */
const LINKED_IN_MATTERMOST = /^www\.|[/@:]/i;

export const parser = new MarkdownIt({html: false, linkify: true, breaks: true, maxNesting: MAX_NESTING});

// `www.x.boats`: the parser knows few of the top-level domains, and links without a scheme only those. User info is found so that it
// can be refused: `https://bank.nl` would be linked out of `https://bank.nl@evil.example`.
parser.linkify.set({fuzzyLink: true, urlAuth: true}).add('www.', {
    validate: (text, at, {re}) => {
        const rest = re.get_relative_proto_validator();
        rest.lastIndex = at;
        return rest.exec(text)?.[0].length ?? 0;
    },
});
parser.validateLink = (url) => {
    const parsed = ALLOWED.test(url) ? URL.parse(url) : null;
    // `https://bank.nl@evil.example` does not go to the bank.
    return parsed !== null && parsed.username === '' && parsed.password === '';
};
const normalizeLink = parser.normalizeLink.bind(parser);
parser.normalizeLink = (url) => normalizeLink(BARE_HOST.test(url) ? `http://${url}` : url);
const normalizeLinkText = parser.normalizeLinkText.bind(parser);
// Decoded, an address is easier to read, but one with a blank or bracket in it cannot be copied or recognised.
parser.normalizeLinkText = (url) => {
    const decoded = normalizeLinkText(url);
    return /[\s()<>"]/.test(decoded) ? url : decoded;
};
parser.core.ruler.push('settle_links', ({tokens, Token: Made}: StateCore) => {
    for (const token of tokens) if (token.children) token.children = settleLinks(token.children, Made);
});

/** `null`: nested too deeply to be read as Markdown. `text` has been cleaned. */
export function parseReply(text: string): Token[] | null {
    const tokens = parser.parse(text, {});
    return tokens.some(({level, nesting}) => nesting === 1 && level >= MAX_NESTING - 1) ? null : tokens;
}

/** Whether the text of this link is its address, found in the text or made from it. */
export function showsItsAddress(linkOpen: Token): boolean {
    return linkOpen.info === 'auto';
}

function settleLinks(children: readonly Token[], Made: typeof Token): Token[] {
    const settled: Token[] = [];
    // One entry per link that is open: whether it is kept.
    const open: boolean[] = [];
    for (const [index, token] of children.entries()) {
        if (token.type === 'link_open') {
            // `[a]()` has no address, which the parser did not ask about.
            const kept = !open.includes(true) && !isGuess(token, children[index + 1]) && parser.validateLink(hrefOf(token));
            open.push(kept);
            if (!kept) continue;
            // A link without text could not be seen, let alone clicked.
            if (children[index + 1]?.type === 'link_close') settled.push(...addressAsLink(token, hrefOf(token), Made).slice(0, 2));
            else settled.push(token);
        } else if (token.type === 'link_close') {
            if (open.pop()) settled.push(token);
        } else if (token.type === 'image') {
            settled.push(...imageAsLink(token, open.includes(true), Made));
        } else {
            settled.push(token);
        }
    }
    return settled;
}

function isGuess(linkOpen: Token, label: Token | undefined): boolean {
    return linkOpen.markup === 'linkify' && !LINKED_IN_MATTERMOST.test(label?.content ?? '');
}

/** A visitor's browser must not be made to fetch anything, so an image is a link with the alternative text. */
function imageAsLink(image: Token, insideLink: boolean, Made: typeof Token): Token[] {
    const alt = altOf(image.children ?? []).trim();
    const url = String(image.attrGet('src') ?? '');
    const text = new Made('text', '', 0);
    text.content = alt;
    if (insideLink || !parser.validateLink(url)) return [text];
    const link = addressAsLink(new Made('link_open', 'a', 1), url, Made);
    if (alt === '' || link[0] === undefined) return link;
    link[0].info = '';
    return [link[0], text, new Made('link_close', 'a', -1)];
}

function addressAsLink(linkOpen: Token, url: string, Made: typeof Token): [Token, Token, Token] {
    linkOpen.attrSet('href', url);
    linkOpen.info = 'auto';
    const text = new Made('text', '', 0);
    text.content = parser.normalizeLinkText(url);
    return [linkOpen, text, new Made('link_close', 'a', -1)];
}

export function hrefOf(linkOpen: Token): string {
    return String(linkOpen.attrGet('href') ?? '');
}

function altOf(children: readonly Token[]): string {
    return children.map((child) => (child.type.endsWith('break') ? ' ' : child.children ? altOf(child.children) : child.content)).join('');
}
