/** One thing said → the `message` of its posts. Pure. */
import type {MessageAuthor} from '../contract.ts';
import type {IntegrationConfig} from '../integration.ts';
import {countCodePoints} from './characters.ts';
import type {Format} from './disarm.ts';
import {phrases} from './phrases.ts';
import {splitText} from './split.ts';
import {NAME_MARK, tameName, tameText} from './tame.ts';

/** Under the server's 16,383 code points, with room for a line that is appended later ("2 files could not be attached"). */
const POST_LENGTH = 16_000;
/** The name line at its longest: 80 code points of name escaped fivefold, role, part mark. */
const NAME_LINE_LENGTH = 500;

type Config = Pick<IntegrationConfig, 'language'>;
export type Said = {
    readonly author: MessageAuthor;
    readonly text: string;
    readonly format: Format;
    readonly config: Config;
    /** Lines of ours for the end: files that did not come along. Already tamed. */
    readonly notices?: readonly string[];
};

/**
 * The posts of a message, each complete without the plugin: behind a mark no text can draw who says it in bold, and the role, then the tamed text. More than one are
 * marked `(1/3)`. A message without text (files only) is the name line.
 *
 * An edit is formatted the same way (Mattermost itself shows "edited"). It may have more or fewer parts than the message had: patch the
 * posts there are, create what is missing as further replies, delete what is left over.
 */
export function formatMessage({author, text, format, config, notices = []}: Said): string[] {
    const parts = splitText(tameText(text, format), POST_LENGTH - NAME_LINE_LENGTH);
    const bodies = withNotices(parts, notices);
    // A heading, table or rule at the start of Markdown would draw the name line into itself.
    const gap = format === 'markdown' && parts.length > 0 ? '\n\n' : '\n';
    return bodies.map((body, index) => {
        const name = nameLine(author, config, index + 1, bodies.length);
        return body === '' ? name : name + gap + body;
    });
}

/** What a withdrawn message's first post says from now on; its other posts are to be deleted. */
export function formatWithdrawn({author, config}: {author: MessageAuthor; config: Config}): string {
    return `${nameLine(author, config, 1, 1)}\n*${phrases(config.language).withdrawn}*`;
}

function nameLine(author: MessageAuthor, {language}: Config, number: number, total: number): string {
    const say = phrases(language);
    const mark = total > 1 ? ` (${say.part(number, total)})` : '';
    return `${NAME_MARK} **${tameName(author.name, say.unnamed[author.type])}** · ${say.roles[author.type]}${mark}`;
}

/** Notices go under the last part, or make one of their own where they do not fit. */
function withNotices(parts: readonly string[], notices: readonly string[]): string[] {
    const last = parts.at(-1) ?? '';
    const lines = notices.join('\n');
    if (lines === '') return parts.length === 0 ? [''] : [...parts];
    const together = last === '' ? lines : `${last}\n\n${lines}`;
    if (countCodePoints(together) <= POST_LENGTH - NAME_LINE_LENGTH) return [...parts.slice(0, -1), together];
    return [...parts, ...splitText(lines, POST_LENGTH - NAME_LINE_LENGTH)];
}
