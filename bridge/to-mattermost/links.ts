/** Addresses: which may be clickable, in which form, and where one begins and ends inside a text. Pure. */

import {redactSecrets, redactUrl} from './booking-keys.ts';
import {characterBefore, cleanCharacters, ZERO_WIDTH_SPACE} from './characters.ts';

/** Longer addresses are shown as text: browsers and proxies stop at about 2,000, and `page.url` in the contract does too. */
const MAX_URL_LENGTH = 2100;

/** Names and literal addresses only. WHATWG allows more in a host (`"`, `*`, `(` …), which Markdown would take for its own. */
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/;

/**
 * What Markdown, mentions or link detection would take for their own: percent-encoded, which changes nothing for the addressee. An
 * underscore between two letters or digits is left alone, because no parser takes it for emphasis.
 */
const RESERVED_FOR_MARKDOWN = /[@'()*[\]~`{}|\\^$<>"]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;

/** Link detection leaves these outside when they end an address. */
const LAST_PUNCTUATION = /[?!.,:;]$/;

/**
 * A link to a post of this or any Mattermost server: the server would show that post under the visitor's words (only to those who may
 * read it, but still as if the visitor had said it). An outsider has no business linking to posts, so the path is encoded, which the
 * server does not recognise.
 */
const PERMALINK = /\/pl\/(?=[a-z0-9]{26}(?:[/?#]|$))/g;

/**
 * The canonical form of an http or https address, safe to stand bare in a post and showing its true target: host in punycode, secrets
 * redacted, `@` and all that Markdown knows percent-encoded. `null` for every other scheme, for addresses with user info (`bank.nl@evil`
 * goes to `evil`), and for what is no address or longer than 2,100: show those as text.
 */
export function safeUrl(url: string): string | null {
    const cleaned = redactSecrets(cleanCharacters(url).trim());
    if (cleaned.length > MAX_URL_LENGTH || !URL.canParse(cleaned)) return null;
    const parsed = new URL(cleaned);
    if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return null;
    if (parsed.username !== '' || parsed.password !== '' || !HOST.test(parsed.hostname)) return null;
    redactUrl(parsed);
    const rest = `${parsed.pathname}${parsed.search}${parsed.hash}`
        .replace(PERMALINK, '/%70l/')
        // `&#64;` would be read as an entity.
        .replace(/&(#?\w+);/g, '&$1%3B')
        // A stray percent sign would be encoded by one client and not by another.
        .replace(/%(?![0-9A-Fa-f]{2})/g, '%25')
        .replace(RESERVED_FOR_MARKDOWN, percentEncoded)
        .replace(LAST_PUNCTUATION, percentEncoded)
        // A client that misses the beginning would find another scheme inside (`x.nl/mailto:me`). Last, since a `%` may only now follow.
        .replace(/:(?=:*[/\w%])/g, '%3A');
    const canonical = `${parsed.origin}${rest}`;
    return canonical.length > MAX_URL_LENGTH ? null : canonical;
}

function percentEncoded(character: string): string {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** A host name has at most 253 characters, a port five. */
const MAX_AUTHORITY = 260;
const AUTHORITY = /[^\s<>"`{}|\\^/?#\u00AB\u00BB\u2018\u2019\u201C\u201D\u3001\u3002\u300C-\u3011\uFF01-\uFF0F\uFF1A-\uFF20]{0,260}/uy;

/** Shown literally, or as Markdown. */
export type Format = 'plain' | 'markdown';

export type FoundLink = {
    /** What to write. */
    readonly shown: string;
    /** Where in the raw text to go on. */
    readonly end: number;
};

// The three forms Mattermost's clients link (server/public/shared/markdown/autolink.go, the web app's autolink.ts, the app's fork of
// commonmark.js): a scheme with any number of slashes, `www.`, and `host.tld/`.
const WITH_SCHEME = /https?:[\\/]*(?=[\p{L}\p{N}%[])/iuy;
const WITH_WWW = /www\d{0,3}\./iuy;
const WITH_PATH = /[\p{L}\p{N}.-]{1,255}\.\p{L}{2,4}\//uy;

/** An address ends at white space, quotes, and brackets that no address has; CJK punctuation as in Mattermost's autolink. */
const EXTENT =
    /[^\s<>"`{}|\\^\u00AB\u00BB\u2018\u2019\u201C\u201D\u3001\u3002\u300C-\u3011\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF5E]{1,2100}/uy;

/**
 * The address that begins at `at`, in the form to write it: canonical and clickable, or, when it is not fit for that, its beginning
 * broken so that no client links it. `null`: no address begins here.
 *
 * Where one may begin differs as well. A scheme needs a boundary by ASCII rules (`éhttp:` is one), `host.tld/` the start of its run, and
 * `www.` nothing: the server looks at the character before it only from the third character of a paragraph on.
 */
export function linkAt(raw: string, at: number, format: Format): FoundLink | null {
    const before = raw.charAt(at - 1);
    if (!/[A-Za-z0-9]/.test(before) && matchAt(WITH_SCHEME, raw, at)) return schemeLink(raw, at, format);
    const startsRun = !/[\p{L}\p{N}.-]/u.test(characterBefore(raw, at));
    const bare = matchAt(WITH_WWW, raw, at) ?? (startsRun ? matchAt(WITH_PATH, raw, at) : null);
    return bare === null ? null : bareLink(raw, at, bare, format);
}

function schemeLink(raw: string, at: number, format: Format): FoundLink {
    const hostAt = at + (matchAt(WITH_SCHEME, raw, at)?.length ?? 0);
    if (hasFitHost(raw, hostAt)) {
        const end = linkEnd(raw, at, format);
        const canonical = safeUrl(raw.slice(at, end));
        if (canonical !== null) return {shown: canonical, end};
    }
    const colon = raw.indexOf(':', at) + 1;
    return {shown: raw.slice(at, colon) + ZERO_WIDTH_SPACE, end: colon};
}

/**
 * A cheap look at the host before the whole address is read: an unfit one is tried again at every scheme inside it, and text made of
 * nothing else (`http:a@http:a@…`) must not take seconds.
 */
function hasFitHost(raw: string, at: number): boolean {
    const authority = matchAt(AUTHORITY, raw, at) ?? '';
    const host = authority.startsWith('[') ? authority : authority.replace(/[!.,:;*_~')\]]+$/, '');
    return authority.length < MAX_AUTHORITY && !authority.includes('@') && URL.canParse(`http://${host}`);
}

/** An address without a scheme keeps its look if it is simple: `www.Example.nl/boats` stays as typed. */
function bareLink(raw: string, at: number, beginning: string, format: Format): FoundLink {
    const end = linkEnd(raw, at, format);
    const typed = raw.slice(at, end);
    const fit = typed.length >= beginning.length && hasFitHost(raw, at);
    const canonical = fit ? safeUrl(`http://${typed}`) : null;
    const withoutScheme = canonical?.slice('http://'.length).toLowerCase();
    if (withoutScheme === typed.toLowerCase() || withoutScheme === `${typed.toLowerCase()}/`) return {shown: typed, end};
    // Behind a letter `http:` would be no scheme.
    if (canonical !== null && !/[A-Za-z0-9]/.test(raw.charAt(at - 1))) return {shown: canonical, end};
    // Broken after `www`, or before the slash: neither `www` nor `host.tld` alone is linked.
    const broken = /^www\d*/i.exec(beginning)?.[0] ?? beginning.slice(0, -1);
    return {shown: broken + ZERO_WIDTH_SPACE, end: at + broken.length};
}

/** Without its semicolon the address, and with it the text, would read as an entity (`x.nl/&#64;`). */
const ENTITY_END = /&#?\w+;$/;

/**
 * Where the address ends: trailing punctuation and closing brackets without an opening one belong to the sentence, `*`, `_` and `~` to emphasis that
 * was begun before it. Where none was, they are the address's own (`…/8Y_`).
 */
function linkEnd(raw: string, at: number, format: Format): number {
    const extent = matchAt(EXTENT, raw, at) ?? '';
    let length = extent.length;
    let surplus = bracketSurplus(extent);
    for (; length > 0; length--) {
        const last = extent.charAt(length - 1);
        if (last === ')' || last === ']') {
            if (surplus <= 0) break;
            surplus--;
        } else if (
            /[*_~]/.test(last)
                ? !isEmphasis(last, raw, at, format)
                : !/[?!.,:;']/.test(last) || (last === ';' && ENTITY_END.test(extent.slice(Math.max(0, length - 40), length)))
        ) {
            break;
        }
    }
    return at + length;
}

/** As text right round the address (`_https://x.nl_`), in Markdown from anywhere before it. */
const isEmphasis = (sign: string, raw: string, at: number, format: Format): boolean =>
    format === 'plain' ? raw.charAt(at - 1) === sign : raw.lastIndexOf(sign, at - 1) >= 0 && at > 0;

function bracketSurplus(extent: string): number {
    let surplus = 0;
    for (const character of extent) {
        if (character === ')' || character === ']') surplus++;
        else if (character === '(' || character === '[') surplus--;
    }
    return surplus;
}

/** The text with every place broken at which a client would begin to link an address. */
export const unlink = (text: string): string =>
    text.replace(/:(?=\S)|www(?=\d{0,3}\.)|(?<=\.\p{L}{2,4})(?=\/)/giu, `$&${ZERO_WIDTH_SPACE}`);

/** The same for addresses only that are too long to be clickable: a piece of one would lead elsewhere. */
export const unlinkLong = (line: string): string =>
    line.length <= MAX_URL_LENGTH ? line : line.replace(/\S+/gu, (word) => (word.length > MAX_URL_LENGTH ? unlink(word) : word));

/** The match of a sticky pattern at this place. */
export function matchAt(pattern: RegExp, raw: string, at: number): string | null {
    pattern.lastIndex = at;
    return pattern.exec(raw)?.[0] ?? null;
}
