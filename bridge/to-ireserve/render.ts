/** What an agent wrote in Mattermost → what a visitor reads, in three forms. Pure. */
import {shorten} from '../to-mattermost/characters.ts';
import {htmlOf, literalHtml} from './html.ts';
import {parseReply} from './parse.ts';
import {plainOf} from './plain.ts';
import {cleanReply, type Mentions, makeReadable} from './readable.ts';

export type {Mentions};

/**
 * UTF-16 units of the longest post Mattermost accepts, 16,383 code points. What is longer nobody wrote there, and it is shown as it
 * stands: that bounds the time, whatever the parser does.
 */
const MAX_LENGTH = 2 * 16_383;

export type Rendered = {
    /** As typed, with emoji as characters and mentions as names. */
    readonly markdown: string;
    /** Without marks: links as `text (url)`, lists, quotes and tables as one types them. */
    readonly plain: string;
    /** A fragment that is safe to assign to `innerHTML`, whatever the agent wrote. */
    readonly html: string;
};

/**
 * Never throws, and takes time in proportion to the text. Unknown mentions and custom emoji stay as typed. Text longer than a post can
 * be, or nested absurdly deep, is shown as it stands in all three forms.
 */
export function renderReply(text: string, mentions: Mentions): Rendered {
    const clean = cleanReply(text);
    if (clean.length > MAX_LENGTH) return asItStands(clean);
    const markdown = makeReadable(clean, mentions);
    const tokens = parseReply(markdown);
    if (!tokens) return asItStands(markdown);
    // Once more, since `&#x202E;` is read as the character only now.
    return {markdown, plain: trimLines(cleanReply(plainOf(tokens))), html: cleanReply(htmlOf(tokens))};
}

/** The beginning of the plain rendering, on one line: at most `most` code points, the last of them `…` if something was cut off. */
export function previewOf(text: string, most: number, mentions: Mentions = {users: {}, channels: {}}): string {
    const line = renderReply(text, mentions).plain.replace(/\s+/gu, ' ').trim();
    return most <= 0 ? '' : shorten(line, most);
}

function asItStands(text: string): Rendered {
    return {markdown: text, plain: trimLines(text), html: literalHtml(text)};
}

function trimLines(text: string): string {
    return text.replace(/^\n+/, '').trimEnd();
}
