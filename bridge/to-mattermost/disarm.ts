/** What is dangerous in every format, literal text or Markdown: mentions, entities, tags, links. One place of a line at a time. Pure. */

import {opensMention} from '../text/mentions.ts';
import {characterAt, ZERO_WIDTH_SPACE} from './characters.ts';
import {type Format, linkAt, matchAt} from './links.ts';

export type {Format};

/** What to write for a stretch of the raw text, and where to go on. */
export type Piece = {readonly text: string; readonly end: number};

/**
 * Schemes which need no slashes to be linked or opened. Unknown ones are left alone when no slash follows: clients link only what the
 * admin listed, and a hidden character in `order:123` would be copied along with it.
 */
const SCHEME =
    /(?:^|[^A-Za-z0-9])(?:https?|ftps?|sftp|ssh|file|data|javascript|vbscript|blob|about|view-source|mailto|tel|sms|mattermost(?:-dev)?|mmaction|gemini|callto|sips?|xmpp|skype|facetime|geo|intent|market|magnet|wss?|news|nntp|ldap|ms-[a-z]+)$/i;
const SCHEME_REACH = 30;

/**
 * A `<` that can begin neither a tag nor an autolink: before a space, or a number or arrow and a space (`<3 `, `<- `, `<= 5`). A line end
 * will not do: the web app's autolinks reach across lines.
 */
const HARMLESS_LESS_THAN = /<(?=[\d=.-]{0,4} )/y;
const ENTITY = /&#?\w+;/y;

/** Entities left to Markdown: they stand for characters no parser takes for its own. `&commat;` and `&#64;` are `@`, even for mentions. */
const HARMLESS_ENTITY =
    /^&(?:amp|lt|gt|quot|apos|nbsp|euro|pound|copy|reg|trade|hellip|[nm]dash|[lr]aquo|bull|middot|deg|times|szlig|#3[46-9]|#60|#62|[A-Za-z](?:acute|grave|circ|uml|tilde|ring|cedil|slash));$/;

/**
 * After an address only what every client's link detection leaves outside, up to a white space they agree on (for the server U+00A0 is
 * none); anything else would be drawn in.
 */
const AFTER_ADDRESS = {
    plain: /[?!.,:;'")]{0,20}(?=[ \t\n]|$)/y,
    markdown: /[?!.,:;'")*_]{0,20}(?:~~)?(?=[ \t\n]|$)/y,
} as const;

/**
 * The piece to write instead of what stands at `at`, or `null` if it is harmless there.
 *
 * U+200B goes after every `@` that could begin a mention, because neither backslash nor entity keeps Mattermost from hearing it (measured, see
 * mattermost-server.md 4.5), and wherever else a backslash would show in one of the three parsers. `eva@example.com` stays as it is, to be copied.
 */
export function disarmAt(raw: string, at: number, format: Format): Piece | null {
    switch (raw.charAt(at)) {
        case '@':
            return opensMention(raw, at) ? {text: `@${ZERO_WIDTH_SPACE}`, end: at + 1} : null;
        case '&':
            return disarmEntity(raw, at, format);
        case '<':
            return matchAt(HARMLESS_LESS_THAN, raw, at) === null ? {text: '&lt;', end: at + 1} : null;
        case ']':
            // Even if a client draws the backslash of the `[` before it into an address, there is no link without `](` or `][`.
            return /[([]/.test(raw.charAt(at + 1)) ? {text: `]${ZERO_WIDTH_SPACE}`, end: at + 1} : null;
        case '~':
            return disarmTilde(raw, at, format);
        case ':':
            return disarmScheme(raw, at);
        default:
            return disarmLink(raw, at, format);
    }
}

/** The line with what would be heard or linked in code too: the server looks for channels, and some of its versions for people, without asking whether it is code. */
export function disarmCode(line: string): string {
    return line
        .replace(/@/g, (sign, at: number) => (opensMention(line, at) ? sign + ZERO_WIDTH_SPACE : sign))
        .replace(/~(?=[A-Za-z0-9_-])/g, `~${ZERO_WIDTH_SPACE}`);
}

function disarmEntity(raw: string, at: number, format: Format): Piece | null {
    const entity = matchAt(ENTITY, raw, at);
    if (entity === null || (format === 'markdown' && HARMLESS_ENTITY.test(entity))) return null;
    return {text: `&${ZERO_WIDTH_SPACE}`, end: at + 1};
}

/** `~town-square` links a channel and is stored in the post's props; `~~` strikes out, `~~~` opens a code block. */
function disarmTilde(raw: string, at: number, format: Format): Piece | null {
    const run = matchAt(/~+/y, raw, at) ?? '~';
    const end = at + run.length;
    if (format === 'plain' || run.length !== 2) return {text: `~${ZERO_WIDTH_SPACE}`.repeat(run.length), end};
    return {text: /\s|^$/.test(raw.charAt(end)) ? run : run + ZERO_WIDTH_SPACE, end};
}

function disarmScheme(raw: string, at: number): Piece | null {
    const next = characterAt(raw, at + 1);
    const slashes = next === '/' && /[A-Za-z0-9+.-]/.test(raw.charAt(at - 1));
    const known = /[\p{L}\p{N}%+]/u.test(next) && SCHEME.test(raw.slice(Math.max(0, at - SCHEME_REACH), at));
    return slashes || known ? {text: `:${ZERO_WIDTH_SPACE}`, end: at + 1} : null;
}

function disarmLink(raw: string, at: number, format: Format): Piece | null {
    const link = linkAt(raw, at, format);
    return link === null ? null : {text: link.shown + gapAfter(raw, link.end, format, link.shown), end: link.end};
}

/** A space where the text goes on right behind an address, so that it is not taken for part of it. */
export function gapAfter(raw: string, end: number, format: Format, written = ''): string {
    return written.endsWith(ZERO_WIDTH_SPACE) || matchAt(AFTER_ADDRESS[format], raw, end) !== null ? '' : ' ';
}
