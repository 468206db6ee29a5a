/** One long text → several posts. Pure. */
import {clusterStart, countCodePoints, indexAfter} from './characters.ts';

/** The server takes 16,383 code points (mattermost-server.md 4.3); the rest is room for what is put around a part. */
const LIMIT = 16_000;

/** A break nearer to the start than this share of the part would make too many small posts. */
const EARLIEST_BREAK = 1 / 4;

/** Longer marks than this are not taken for fences; `tameText` writes none. */
const FENCE = /^ {0,3}(`{3,20}|~{3,20})([^`\n]{0,50})$/;

/** Room for the longest address that is clickable. */
const LONGEST_LINE = 2200;

type Fence = {readonly mark: string; readonly info: string};

/**
 * The text in parts of at most `limit` code points, in order.
 *
 * Cut at the end of a paragraph if there is one in the last three quarters of the part, else of a line, else of a word, else between
 * two grapheme clusters. White space at a cut is dropped, nothing else is lost. A code block that is cut is closed and opened anew in the next
 * part, with its language (given room: at least 100 code points). A text without anything but white space makes no part.
 */
export function splitText(text: string, limit = LIMIT, earliest = EARLIEST_BREAK): string[] {
    const longestMark = limit < 100 ? 0 : longestFenceMark(text);
    const parts: string[] = [];
    let open: Fence | null = null;
    let at = skipEmptyLines(text, 0);
    while (at < text.length) {
        const start: string = open ? `${open.mark}${open.info}\n` : '';
        const room = limit - countCodePoints(start) - (longestMark > 0 ? longestMark + 1 : 0);
        const end = cut(text, at, Math.max(1, room), earliest);
        const body = text.slice(at, end);
        const after: Fence | null = longestMark > 0 ? fenceAfter(body, open) : null;
        if (body.trim() !== '') parts.push(start + body.trimEnd() + (after ? `\n${after.mark}` : ''));
        // Inside code every line counts, elsewhere empty lines at a cut do not.
        at = after ? skip(text, end, /[ \t]*\n?/y) : skipEmptyLines(text, skip(text, end, /[^\S\n]*/y));
        open = after;
    }
    return parts;
}

/**
 * A line as lines of at most 2,200 code points, broken between words wherever there is a blank; white space at the ends is kept. Taming makes text longer, at most fivefold, and a part
 * must hold the longest tamed line in its last three quarters.
 */
export function breakLongLine(line: string): string[] {
    return line.length <= LONGEST_LINE ? [line] : splitText(line, LONGEST_LINE, 0);
}

/** Where the part that starts at `at` ends: the best break within `room` code points. */
function cut(text: string, at: number, room: number, earliestShare: number): number {
    const hard = indexAfter(text, at, room);
    if (hard >= text.length) return text.length;
    const part = text.slice(at, hard);
    // A break right behind the part is as good as one inside it.
    const next = text.charAt(hard);
    const earliest = Math.floor(part.length * earliestShare);
    if (next === '\n') return hard;
    const paragraph = part.lastIndexOf('\n\n');
    if (paragraph > earliest) return at + paragraph;
    const line = part.lastIndexOf('\n');
    if (line > earliest) return at + line;
    if (/\s/.test(next)) return hard;
    const word = lastWhitespace(part, earliest);
    if (word > earliest) return at + word;
    const cluster = clusterStart(text, hard);
    return cluster > at ? cluster : hard;
}

function lastWhitespace(part: string, earliest: number): number {
    let at = part.length - 1;
    while (at > earliest && !/\s/.test(part.charAt(at))) at--;
    return at;
}

/** Whether, and how, a code block is open at the end of `body`. */
function fenceAfter(body: string, open: Fence | null): Fence | null {
    let fence = open;
    for (const line of body.split('\n')) {
        if (!fence) {
            const [, mark, info = ''] = FENCE.exec(line) ?? [];
            if (mark) fence = {mark, info: info.trimEnd()};
            continue;
        }
        const trimmed = line.trim();
        if (trimmed.length >= fence.mark.length && trimmed === fence.mark.charAt(0).repeat(trimmed.length)) fence = null;
    }
    return fence;
}

function longestFenceMark(text: string): number {
    let longest = 0;
    for (const [, mark = ''] of text.matchAll(new RegExp(FENCE, 'gm'))) longest = Math.max(longest, mark.length);
    return longest;
}

function skipEmptyLines(text: string, at: number): number {
    return skip(text, at, /(?:[^\S\n]*\n)*/y);
}

function skip(text: string, at: number, pattern: RegExp): number {
    pattern.lastIndex = at;
    return at + (pattern.exec(text)?.[0].length ?? 0);
}
