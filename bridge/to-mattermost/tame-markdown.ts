/**
 * Markdown from outside, rewritten so that the three parsers that will read it (server, web and desktop, phone apps) agree on every
 * word of it, and none finds an image, a hidden link target or a mention. Pure.
 *
 * The parsers differ in many small ways, and each difference is a way to smuggle: what one takes for code is live for another. So we do
 * not copy what we recognise, we write it anew: a fence at the margin, closed, after empty lines, longer than any run inside; a code
 * span only within one line; every other backtick and every `[` escaped. Then there is nothing left to disagree about.
 */
import {ZERO_WIDTH_SPACE} from './characters.ts';
import {disarmCode} from './disarm.ts';
import {unlinkLong} from './links.ts';
import {breakLongLine} from './split.ts';
import {type Definitions, readDefinition, tameMarkdownLine} from './tame-markdown-line.ts';

type Fence = {kind: 'fence'; before: string; language: string; lines: string[]};
type Line = {kind: 'line'; text: string};

/** At the start of a line, after list marks at most. */
const FENCE_START = /^([ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(`{3,}|~{3,})(.*)$/;

/** Runs this long are a flood, and the fence must be longer still: broken, so that no fence is longer than `splitText` knows. */
const LONG_RUN = /`{16}/g;

/** `text` has been cleaned and redacted. */
export function tameMarkdown(text: string): string {
    const blocks = readBlocks(text.split('\n'));
    const definitions: Definitions = new Map();
    for (const block of blocks) {
        const definition = block.kind === 'line' ? readDefinition(block.text) : null;
        if (definition && !definitions.has(definition.label)) definitions.set(definition.label, definition);
    }
    const first = write(blocks, definitions, false);
    // Emphasis, a table or a formula may end inside a code span, and then everything after it is read differently. Rare, and only then
    // is code touched: brackets and tags in it get a zero-width space.
    return first.ambiguousCode ? write(blocks, definitions, true).text : first.text;
}

function readBlocks(lines: readonly string[]): (Fence | Line)[] {
    const blocks: (Fence | Line)[] = [];
    let open: (Fence & {mark: string; indent: number}) | null = null;
    for (const line of lines) {
        if (open) {
            const trimmed = line.trim();
            if (trimmed.length >= open.mark.length && trimmed === open.mark.charAt(0).repeat(trimmed.length)) open = null;
            else open.lines.push(line.replace(new RegExp(`^[ \\t]{0,${open.indent}}`), ''));
            continue;
        }
        const [, before = '', mark = '', info = ''] = FENCE_START.exec(line) ?? [];
        // With a backtick in its info string it is a code span (CommonMark 4.5).
        if (mark === '' || (mark.startsWith('`') && info.includes('`'))) {
            for (const text of breakLongLine(unlinkLong(line))) blocks.push({kind: 'line', text});
            continue;
        }
        const language = /^[A-Za-z0-9_+#.-]{1,32}/.exec(info.trim())?.[0] ?? '';
        open = {kind: 'fence', before: before.trimEnd(), language, lines: [], mark, indent: Math.min(before.length, 100)};
        blocks.push(open);
    }
    return blocks;
}

function write(blocks: readonly (Fence | Line)[], definitions: Definitions, careful: boolean): {text: string; ambiguousCode: boolean} {
    const used = new Set<string>();
    const code = {careful, ambiguous: false};
    const written: (string | {definition: string; text: string})[] = [];
    for (const block of blocks) {
        if (block.kind === 'fence') {
            if (block.before.trim() !== '') written.push(tameMarkdownLine(block.before, {definitions, used, code}));
            // Fewer than two empty lines, and the web app would read it as part of a list item or quote above it (an empty item takes one).
            while (written.length > 0 && !(written.at(-1) === '' && (written.length === 1 || written.at(-2) === ''))) written.push('');
            written.push(writeFence(block));
            continue;
        }
        const text = tameMarkdownLine(block.text, {definitions, used, code});
        const label = readDefinition(block.text)?.label;
        written.push(label === undefined ? text : {definition: label, text});
    }
    // A definition whose links now show their target has done its work.
    const kept = written.flatMap((line) => (typeof line === 'string' ? [line] : used.has(line.definition) ? [] : [line.text]));
    return {text: kept.join('\n'), ambiguousCode: code.ambiguous};
}

function writeFence(fence: Fence): string {
    const longest = fence.lines.reduce((most, line) => Math.max(most, longestRun(line)), 2);
    const mark = '`'.repeat(Math.min(longest, 16) + 1);
    const lines = fence.lines.map((line) => disarmCode(line).replace(LONG_RUN, `$&${ZERO_WIDTH_SPACE}`));
    return [mark + fence.language, ...lines, mark].join('\n');
}

function longestRun(line: string): number {
    return (line.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
}
