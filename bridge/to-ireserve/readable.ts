/**
 * Mattermost's shorthand in an agent's Markdown (`:smile:`, `@anna`, `~town-square`) → what a visitor can read, still as Markdown. Pure.
 *
 * What is code, an address or a link's target only the parser knows. So each candidate is first replaced by a marker that no parser
 * takes for anything but a word, then the marked text is parsed, and only candidates whose marker comes out as text are replaced.
 */
import type {Token} from 'markdown-it';
import {characterBefore, cleanCharacters, shorten} from '../to-mattermost/characters.ts';
import {emojiNamed} from './emoji.ts';
import {parseReply, showsItsAddress} from './parse.ts';

export type Mentions = {
    /** User name, in lower case → readable name. */
    readonly users: Readonly<Record<string, string>>;
    /** Channel name as in its address → display name. */
    readonly channels: Readonly<Record<string, string>>;
};

type Candidate = {readonly from: number; readonly to: number; readonly text: string};

/** Noncharacters (U+FDD0, U+FDD1) round the candidate's number: no one types them, and `cleanReply` makes sure. */
const MARK_START = '\uFDD0';
const MARK_END = '\uFDD1';
const MARKS = /[\uFDD0\uFDD1]/g;
const MARKED = /\uFDD0(\d+)\uFDD1/g;

const CANDIDATE = /[@~]([a-z0-9._-]+)|:(?=([a-z0-9_+-]{1,80}):)/gi;

/** User and channel names are no longer; longer runs are not looked up. */
const MAX_NAME = 100;

/** As long as a visitor's name may be in a post. */
const MAX_SHOWN = 80;

/** UTF-16 units: a post of nothing but mentions would grow thirtyfold. What comes after stays as typed. */
const MAX_GROWTH = 100_000;

/** These call everyone and no one in particular: they stay words, whatever users there are. */
const CALLS = new Set(['channel', 'all', 'here']);

/** Text as it may reach a visitor: no control characters, nothing invisible or reordering, no lone surrogates. */
export function cleanReply(text: string): string {
    return cleanCharacters(text).replace(MARKS, '\uFFFD');
}

/** `text` has been cleaned. */
export function makeReadable(text: string, mentions: Mentions): string {
    const candidates = findCandidates(text, mentions);
    if (candidates.length === 0) return text;
    const tokens = parseReply(replaceCandidates(text, candidates, (_, index) => MARK_START + index + MARK_END));
    if (!tokens) return text;
    const live = new Set<number>();
    for (const token of tokens) findLive(token.children ?? [], live);
    return replaceCandidates(text, candidates, ({from, to, text: readable}, index) => (live.has(index) ? readable : text.slice(from, to)));
}

function findCandidates(text: string, mentions: Mentions): Candidate[] {
    const candidates: Candidate[] = [];
    const pattern = new RegExp(CANDIDATE);
    let growth = 0;
    for (let match = pattern.exec(text); match && growth < MAX_GROWTH; match = pattern.exec(text)) {
        const [whole, name, shortcode] = match;
        const escaped = isEscaped(text, match.index);
        if (shortcode !== undefined) {
            const emoji = escaped || isFigure(text, match.index, shortcode) ? undefined : emojiNamed(shortcode);
            if (emoji === undefined) continue;
            // The regular expression only looked ahead, so that `10:30:wave:` is found.
            pattern.lastIndex = match.index + shortcode.length + 2;
            candidates.push({from: match.index, to: pattern.lastIndex, text: emoji});
        } else if (name !== undefined) {
            // Mattermost takes no notice of a backslash before a mention.
            const from = escaped ? match.index - 1 : match.index;
            const found = whole.startsWith('@') ? findUser(text, from, name, mentions) : findChannel(text, from, name, mentions);
            if (!found) continue;
            const readable = escapeMarkdown(found.shown);
            growth += readable.length;
            candidates.push({from, to: match.index + 1 + found.length, text: readable});
        }
    }
    return candidates;
}

function findUser(text: string, from: number, typed: string, {users}: Mentions) {
    // `info@anna`, `info_@anna`: part of an e-mail address.
    const before = characterBefore(text, from);
    const hinge = /[_+%=-]/.test(before) ? characterBefore(text, from - 1) : before;
    return /[\p{L}\p{N}]/u.test(hinge) ? null : findName(users, typed, CALLS);
}

function findChannel(text: string, from: number, typed: string, {channels}: Mentions) {
    // `~~struck~~`, `name~draft`.
    return /[\p{L}\p{N}_~]/u.test(characterBefore(text, from)) ? null : findName(channels, typed, new Set());
}

/** The name as typed, or without the full stops, dashes and underscores at its end. */
function findName(names: Readonly<Record<string, string>>, typed: string, except: ReadonlySet<string>) {
    const lower = typed.toLowerCase();
    for (let length = lower.length; length > 0; length--) {
        const name = length <= MAX_NAME ? lower.slice(0, length) : '';
        if (except.has(name)) return null;
        const shown = Object.hasOwn(names, name) ? oneLine(names[name] ?? '') : '';
        if (shown !== '') return {shown, length};
        if (!'._-'.includes(lower.charAt(length - 1))) return null;
    }
    return null;
}

function isEscaped(text: string, at: number): boolean {
    let backslashes = 0;
    while (text.charAt(at - 1 - backslashes) === '\\') backslashes++;
    return backslashes % 2 === 1;
}

/** `:100:` and `:1234:` are emoji, but not within figures and addresses (`1:100:2`, `fe80::1234:1`). */
function isFigure(text: string, at: number, shortcode: string): boolean {
    const around = text.charAt(at - 1) + text.charAt(at + shortcode.length + 2);
    return /^\d+$/.test(shortcode) && /[\p{L}\p{N}:]/u.test(around);
}

function replaceCandidates(text: string, candidates: readonly Candidate[], write: (candidate: Candidate, index: number) => string): string {
    let out = '';
    let at = 0;
    for (const [index, candidate] of candidates.entries()) {
        out += text.slice(at, candidate.from) + write(candidate, index);
        at = candidate.to;
    }
    return out + text.slice(at);
}

function findLive(children: readonly Token[], live: Set<number>): void {
    let insideAddress = false;
    for (const token of children) {
        if (token.type === 'link_open') insideAddress = showsItsAddress(token);
        else if (token.type === 'link_close') insideAddress = false;
        else if (token.type === 'text' && !insideAddress) {
            for (const [, index] of token.content.matchAll(MARKED)) live.add(Number(index));
        }
    }
}

function oneLine(name: string): string {
    return shorten(cleanReply(name).replace(/\s+/g, ' ').trim(), MAX_SHOWN);
}

/** A name stays a name: nothing in it is emphasis, a link, code, an entity or, at the start of a line, a list or heading. */
function escapeMarkdown(name: string): string {
    return name
        .replace(/[\\`*[\]<>~|]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|&(?=#?\w+;)/gu, '\\$&')
        .replace(/^[-+=#]/, '\\$&')
        .replace(/^(\d+)([.)])/, '$1\\$2');
}
