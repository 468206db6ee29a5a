/** Characters, before any thought of Markdown: what may not enter a post at all, and how text is counted and cut. Pure. */

/** U+200B. Mattermost, its Markdown parsers and its mention scanner all take it for an ordinary non-letter, so it breaks things apart unseen. */
export const ZERO_WIDTH_SPACE = '\u200B';

/**
 * Line ends of every kind become `\n`. U+2424 is among them because the web app's Markdown parser turns it into one, which would
 * let a text start a new block behind our back.
 */
const LINE_ENDS = /\r\n|[\r\u0085\u2028\u2029\u2424]/g;

/** C0 but tab and newline, DEL, C1. NUL alone makes the server answer 500 (PostgreSQL); the rest has no meaning in a chat. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/** Bidi embeddings, overrides and isolates: they make `gpj.exe` read `exe.jpg`. The plain marks (U+200E, U+200F, U+061C) stay. */
const BIDI = /[\u202A-\u202E\u2066-\u2069]/g;

/**
 * Characters nobody sees or types: soft hyphen, Hangul fillers, zero-width space, word joiner and invisible operators, BOM,
 * annotation marks. U+200B goes too: every one left in a tamed text is ours.
 */
const INVISIBLE = /[\u00AD\u115F\u1160\u17B4\u17B5\u180E\u200B\u2060-\u2065\u206A-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB]/g;

/** Joiners and direction marks are needed by emoji, Persian, Hebrew …: one or two in a row, never a flood. */
const JOINERS = /[\u200C-\u200F\u061C]{3,}/g;

/** Stacked accents ("Zalgo") cover the neighbouring posts; no script needs more than eight marks on one letter. */
const STACKED_MARKS = /(\p{M}{8})\p{M}+/gu;

/** Tag characters spell invisible text; only the flags of England, Scotland and Wales use them, after a black flag, seven at most. */
const TAGS = /\u{1F3F4}?[\u{E0000}-\u{E007F}]+/gu;

/** Text as far as it may enter a post: well-formed (lone surrogates become U+FFFD), `\n` line ends, nothing invisible or reordering. */
export function cleanCharacters(text: string): string {
    return text
        .toWellFormed()
        .replace(LINE_ENDS, '\n')
        .replace(CONTROLS, '')
        .replace(BIDI, '')
        .replace(INVISIBLE, '')
        .replace(JOINERS, (run) => run.slice(0, 2))
        .replace(STACKED_MARKS, '$1')
        .replace(TAGS, (run) => (run.startsWith('\u{1F3F4}') ? cutAt(run, 8) : ''));
}

/** Length in code points, as the server counts its limit of 16,383 for a post. */
export function countCodePoints(text: string): number {
    let pairs = 0;
    for (let at = 0; at < text.length; at++) {
        if (startsPair(text, at)) {
            pairs++;
            at++;
        }
    }
    return text.length - pairs;
}

/** The UTF-16 index after `count` code points from `from`, at most the end of the text. */
export function indexAfter(text: string, from: number, count: number): number {
    let at = from;
    for (let left = count; left > 0 && at < text.length; left--) at += startsPair(text, at) ? 2 : 1;
    return at;
}

/** At most `maxCodePoints`, the last of them `…` when something was cut off; never inside a grapheme cluster if that can be helped. */
export function shorten(text: string, maxCodePoints: number): string {
    // Far fewer UTF-16 units than the limit need no counting; longer ones are counted only as far as the limit.
    if (text.length <= maxCodePoints || indexAfter(text, 0, maxCodePoints) >= text.length) return text;
    return `${text.slice(0, clusterStart(text, indexAfter(text, 0, maxCodePoints - 1))).trimEnd()}…`;
}

/** How far round a cut we look for the cluster it would fall into: longer ones are floods, not letters. Beyond it we cut at a code point. */
const CLUSTER_REACH = 64;
const clusters = new Intl.Segmenter('und', {granularity: 'grapheme'});

/** `at`, or the start of the grapheme cluster it would cut in two. `at` must not be inside a surrogate pair. */
export function clusterStart(text: string, at: number): number {
    if (at <= 0 || at >= text.length) return at;
    let from = Math.max(0, at - CLUSTER_REACH);
    if (from > 0 && startsPair(text, from - 1)) from++;
    const found = clusters.segment(text.slice(from, at + CLUSTER_REACH)).containing(at - from);
    return found && found.index > 0 ? from + found.index : at;
}

/** The whole code point at this index; empty beyond the ends. */
export function characterAt(text: string, at: number): string {
    return at >= 0 && at < text.length ? String.fromCodePoint(text.codePointAt(at) ?? 0) : '';
}

/** The whole code point before this index; empty at the start. */
export function characterBefore(text: string, at: number): string {
    return characterAt(text, at > 1 && startsPair(text, at - 2) ? at - 2 : at - 1);
}

function cutAt(text: string, count: number): string {
    return text.slice(0, indexAfter(text, 0, count));
}

function startsPair(text: string, at: number): boolean {
    const unit = text.charCodeAt(at);
    if (unit < 0xd800 || unit > 0xdbff) return false;
    const next = text.charCodeAt(at + 1);
    return next >= 0xdc00 && next <= 0xdfff;
}
