/** Everything that comes from outside is hostile until it has been through here. Pure. */

import {redactSecrets} from './booking-keys.ts';
import {cleanCharacters, shorten, ZERO_WIDTH_SPACE} from './characters.ts';
import {disarmAt, type Format, type Piece} from './disarm.ts';
import {safeUrl, unlink, unlinkLong} from './links.ts';
import {breakLongLine} from './split.ts';
import {tameMarkdown} from './tame-markdown.ts';

export {safeUrl};

const NAME_LENGTH = 80;
const TITLE_LENGTH = 200;

/**
 * Text from outside as it may stand in a post's `message`. In both formats no mention notifies anyone, no image is loaded, every link
 * shows where it goes, and i-Reserve's booking keys are redacted.
 *
 * - `plain`: shown literally. Markdown is escaped where it would work (and only there: push notifications show the raw text), lines and
 *   leading spaces are kept, bare http(s) addresses stay clickable.
 * - `markdown`: formatting and code are kept; `[text](url)` becomes `text (url)`, an open code block is closed.
 *
 * A line of more than 2,200 code points is broken in several, so that the result can be split at line ends only, where nothing of the above comes apart.
 * Addresses stay whole; longer ones than 2,100 are not clickable.
 * Taming twice never undoes anything (plain text gets its escapes escaped, which shows).
 */
export function tameText(text: string, format: Format): string {
    const clean = redactSecrets(outsideCharacters(text));
    return format === 'markdown' ? tameMarkdown(clean) : clean.split('\n').flatMap(brokenLine).map(tamePlainLine).join('\n');
}

/**
 * Text for one place in a line: a title, topic or field value. White space is one space, and at most `maxCodePoints` are shown, `…`
 * included; escapes come on top, so the result can be up to five times as long.
 */
export function tameInline(text: string, maxCodePoints: number): string {
    const line = oneLine(text);
    const short = shorten(line, maxCodePoints);
    if (short === line) return tamePlainLine(line);
    // What was cut off may be the end of an address: the rest of it must not be clickable, it would lead elsewhere.
    const word = short.search(/\S{1,2200}$/u);
    return tamePlainLine(word < 0 ? short : short.slice(0, word) + unlink(short.slice(word)));
}

/** A person's name, at most 80 code points: like `tameInline`, but without anything clickable. `fallback` (ours) if nothing is visible. */
export function tameName(name: string | null | undefined, fallback: string): string {
    return tamePlainLine(unlink(plainName(name, fallback)));
}

/** The same as a reader sees it, for places that are no Markdown. */
export function plainName(name: string | null | undefined, fallback: string): string {
    const line = oneLine(name ?? '');
    // Letters, digits, punctuation or symbols; U+2800 is a symbol that shows nothing.
    if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(line.replaceAll('\u2800', ''))) return fallback;
    return shorten(line, NAME_LENGTH).replace(SEPARATORS, (dots) => (BLANK_AT_END.test(dots) ? ' - ' : dots));
}

/** ' · ' sets the role off from the name; these look like it. Within a word they may stay (`Col·lecció`). */
const SEPARATORS =
    /[\s\u2800]*[\u00B7\u0387\u16EB\u2022\u2024\u2027\u2219\u22C5\u23FA\u25CF\u25E6\u26AB\u2981\u2E31\u2E33\u30FB\uA78F\uFF65]+[\s\u2800]*/gu;
const BLANK_AT_END = /^[\s\u2800]|[\s\u2800]$/u;

/** `title (url)`, or the bare address when there is no title; an address unfit to be clicked is shown as text. */
export function shownLink(url: string, title?: string | null): string {
    const target = safeUrl(url) ?? tameInline(url, TITLE_LENGTH);
    const named = title ? tameInline(title, TITLE_LENGTH) : '';
    return named === '' || named === target ? target : `${named} (${target})`;
}

/**
 * Begins the line that says who speaks. Nothing from outside can: it, and what looks like it, becomes `|` there, and entities are broken.
 */
export const NAME_MARK = '\u258D';
const LIKE_NAME_MARK = /[\u2503\u2588-\u2590\u2758-\u275A]/g;

const outsideCharacters = (text: string): string => cleanCharacters(text).replace(LIKE_NAME_MARK, '|');

/** A line in pieces which can be tamed one by one: addresses that are too long to be clickable are broken first, so that no piece of them is. */
const brokenLine = (line: string): string[] => breakLongLine(unlinkLong(line));

function oneLine(text: string): string {
    return redactSecrets(outsideCharacters(text)).replace(/\s+/gu, ' ').trim();
}

/**
 * Beginnings that make a block: indented code, heading, quote, list, rule, underline of a heading, table. A zero-width space in front
 * keeps the line what it is, and keeps its leading spaces; a backslash would not do for all of them in Mattermost's three parsers.
 */
const BLOCK_START = /^(?:\s|#{1,6}(?:\s|$)|>|[-+*](?:\s|$)|\d+[.)](?:\s|$)|\||[-:|=+_*\s]+$)/;

function tamePlainLine(raw: string): string {
    let out = '';
    let at = 0;
    while (at < raw.length) {
        const piece = disarmAt(raw, at, 'plain') ?? escapeAt(raw, at);
        out += piece.text;
        at = piece.end;
    }
    // `$…$` is a formula where the server allows LaTeX; only an entity stops it (a backslash would show).
    if (/\$[^$]+\$(?!\w)/.test(out)) out = out.replaceAll('$', '&#36;');
    return BLOCK_START.test(out) ? ZERO_WIDTH_SPACE + out : out;
}

function escapeAt(raw: string, at: number): Piece {
    const character = raw.charAt(at);
    const before = raw.charAt(at - 1);
    const after = raw.charAt(at + 1);
    return {text: needsBackslash(character, before, after) ? `\\${character}` : character, end: at + 1};
}

function needsBackslash(character: string, before: string, after: string): boolean {
    switch (character) {
        case '`':
        case '[':
            return true;
        // Before a letter or space a backslash is only a backslash; at the end of a line it would be a line break.
        case '\\':
            return after === '' || /[!-/:-@[-`{-~]/.test(after);
        // `3 * 4` and `snake_case` are no emphasis anywhere.
        case '*':
            return !(before === ' ' && after === ' ');
        case '_':
            return !(/[A-Za-z0-9]/.test(before) && /[A-Za-z0-9]/.test(after));
        default:
            return false;
    }
}
