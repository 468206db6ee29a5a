/** One line of Markdown from outside, outside fences. See tame-markdown.ts. Pure. */
import {ZERO_WIDTH_SPACE} from './characters.ts';
import {disarmAt, disarmCode, gapAfter, type Piece} from './disarm.ts';
import {matchAt, safeUrl} from './links.ts';

export type Definition = {readonly label: string; readonly url: string};
export type Definitions = Map<string, Definition>;

export type LineContext = {
    readonly definitions: Definitions;
    /** Labels of the definitions that were used. */
    readonly used: Set<string>;
    readonly code: {readonly careful: boolean; ambiguous: boolean};
};

/** Links in links in links: beyond this brackets are text. */
const MAX_DEPTH = 4;

/** `[label]: <url> "title"`. */
const DEFINITION = /^ {0,3}\[([^[\]]{1,200})\]:[ \t]*<?([^\s<>]{1,2100})>?(?:[ \t]+["'(].{0,500})?[ \t]*$/;

/** `(url "title")` or `(<url> "title")`, with one level of brackets in the address; bounded, so that no line takes quadratic time. */
const DESTINATION =
    /\([ \t]{0,9}(?:<([^<>\n]{0,2100})>|((?:[^\s()<>]|\([^\s()<>]{0,500}\)){0,2100}))(?:[ \t]{1,9}(?:"[^"\n]{0,300}"|'[^'\n]{0,300}'|\([^()\n]{0,300}\)|=\d{0,5}x?\d{0,5}))?[ \t]{0,9}\)/y;

/** The characters a backslash escapes in the web app's parser; before any other of them the backslash would show there. */
const ESCAPE = /\\[`*{}[\]()#+\-.!_>|~\\]/y;
const OTHER_ESCAPE = /\\(?=["$%&',/:;<=?@^])/y;

/** `<https://…>`. Any other `<` is text. */
const AUTOLINK = /<(https?:[^\s<>]{1,2100})>/iy;

/** What may end, inside a code span, something begun before it: emphasis, strike-through, formula, table cell. */
const MAY_CUT_CODE = /[*_~$|]/;

/** Text that an address, or on phones an emoticon, may reach out of and swallow the backtick behind it. */
const MAY_REACH_ON = /[:/.@]/;

export function readDefinition(line: string): Definition | null {
    const [, label, url] = DEFINITION.exec(line) ?? [];
    return label === undefined || url === undefined || label.trim() === '' ? null : {label: normalLabel(label), url};
}

export function tameMarkdownLine(raw: string, context: LineContext, depth = 0): string {
    const closers = closingBrackets(raw);
    const spans = backtickRuns(raw);
    // `- [ ] done`: a check box, not a link.
    const checkbox = /^\s*[-*+][ \t]+\[[ xX]\](?=[ \t])/.exec(raw)?.[0].lastIndexOf('[') ?? -1;
    let out = '';
    let at = 0;
    let reachesOn = false;
    while (at < raw.length) {
        const code = raw.charAt(at) === '`' ? codeAt(raw, at, spans, context) : null;
        if (reachesOn && (code || raw.startsWith('\\`', at))) out += ' ';
        const piece =
            code ??
            escapeAt(raw, at) ??
            (at === checkbox ? {text: '[', end: at + 1} : null) ??
            bracketAt(raw, at, closers, context, depth) ??
            autolinkAt(raw, at) ??
            disarmAt(raw, at, 'markdown') ??
            ({text: raw.charAt(at), end: at + 1} satisfies Piece);
        out += piece.text;
        at = piece.end;
        const blank = piece.text.search(/\s\S*$/);
        reachesOn = MAY_REACH_ON.test(blank < 0 ? piece.text : piece.text.slice(blank)) || (blank < 0 && reachesOn);
    }
    return out;
}

function escapeAt(raw: string, at: number): Piece | null {
    const escaped = matchAt(ESCAPE, raw, at);
    // The web app links channels after it has taken the backslash away.
    if (escaped !== null) return {text: escaped === '\\~' ? escaped + ZERO_WIDTH_SPACE : escaped, end: at + 2};
    if (matchAt(OTHER_ESCAPE, raw, at) === null) return null;
    // Without its backslash a `$` could open a formula; the others are disarmed or harmless as they are.
    return raw.charAt(at + 1) === '$' ? {text: '&#36;', end: at + 2} : {text: '', end: at + 1};
}

/** A code span closed on this line by as many backticks; other backticks are escaped. */
function codeAt(raw: string, at: number, runs: ReadonlyMap<number, number[]>, {code}: LineContext): Piece {
    const mark = matchAt(/`+/y, raw, at) ?? '`';
    const start = at + mark.length;
    const candidates = runs.get(mark.length) ?? [];
    while (candidates.length > 0 && (candidates[0] ?? 0) < start) candidates.shift();
    const end = candidates[0];
    if (end === undefined) return {text: '\\`'.repeat(mark.length), end: start};
    const content = raw.slice(start, end);
    code.ambiguous ||= MAY_CUT_CODE.test(content);
    const unheard = disarmCode(content);
    return {text: mark + (code.careful ? disarmAsText(unheard) : unheard) + mark, end: end + mark.length};
}

/** Harmless even if a parser does not take it for code. Looks the same. */
function disarmAsText(content: string): string {
    return content
        .replace(/\](?=\s*[([])|<|&(?=#?\w+;)/g, `$&${ZERO_WIDTH_SPACE}`)
        .replace(/(https?:|www\d{0,3}\.)\S{0,2100}/gi, (url, beginning: string) => {
            const safe = safeUrl(beginning.endsWith(':') ? url : `http://${url}`);
            return safe === null || /[^!-~]/.test(url) ? beginning + ZERO_WIDTH_SPACE + url.slice(beginning.length) : url;
        });
}

/** `[text](url)`, `![alt](url)`, `[text][label]`, `[label]`: text and target, both to be seen. Any other bracket is escaped. */
function bracketAt(raw: string, at: number, closers: ReadonlyMap<number, number>, context: LineContext, depth: number): Piece | null {
    const open = raw.charAt(at) === '!' && raw.charAt(at + 1) === '[' ? at + 1 : at;
    if (raw.charAt(open) !== '[') return null;
    const close = closers.get(open);
    const target = close === undefined || depth >= MAX_DEPTH ? null : targetAt(raw, open, close, context);
    if (close === undefined || target === null) return {text: `${raw.slice(at, open)}\\[`, end: open + 1};
    const label = tameMarkdownLine(raw.slice(open + 1, close), context, depth + 1).trim();
    const url = safeUrl(target.url) ?? tameMarkdownLine(target.url, context, MAX_DEPTH);
    return {text: (label === '' || label === url ? url : `${label} (${url})`) + gapAfter(raw, target.end, 'markdown'), end: target.end};
}

function targetAt(raw: string, open: number, close: number, {definitions, used}: LineContext): {url: string; end: number} | null {
    DESTINATION.lastIndex = close + 1;
    const destination = DESTINATION.exec(raw);
    if (destination) return {url: destination[1] ?? destination[2] ?? '', end: DESTINATION.lastIndex};
    if (definitions.size === 0 || raw.charAt(close + 1) === ':') return null;
    const second = matchAt(/\[[^[\]]{0,200}\]/y, raw, close + 1);
    const label = second === null || second === '[]' ? raw.slice(open + 1, close) : second.slice(1, -1);
    const definition = label.length > 200 ? undefined : definitions.get(normalLabel(label));
    if (!definition) return null;
    used.add(definition.label);
    return {url: definition.url, end: close + 1 + (second?.length ?? 0)};
}

function autolinkAt(raw: string, at: number): Piece | null {
    if (raw.charAt(at) !== '<') return null;
    const inside = matchAt(AUTOLINK, raw, at)?.slice(1, -1);
    const url = inside === undefined ? null : safeUrl(inside);
    const end = at + 2 + (inside?.length ?? 0);
    return url === null ? null : {text: url + gapAfter(raw, end, 'markdown'), end};
}

function normalLabel(label: string): string {
    return label.replace(/\s+/g, ' ').trim().toLowerCase();
}

/** Index of each `[` → index of its `]`, in one pass. */
function closingBrackets(raw: string): Map<number, number> {
    const closers = new Map<number, number>();
    const open: number[] = [];
    for (let at = 0; at < raw.length; at++) {
        const character = raw.charAt(at);
        if (character === '\\') at++;
        else if (character === '[') open.push(at);
        else if (character === ']' && open.length > 0) closers.set(open.pop() ?? 0, at);
    }
    return closers;
}

/** Length of a run of backticks → where such runs start, in order, in one pass. */
function backtickRuns(raw: string): Map<number, number[]> {
    const runs = new Map<number, number[]>();
    for (const run of raw.matchAll(/`+/g)) {
        const starts = runs.get(run[0].length) ?? [];
        starts.push(run.index);
        runs.set(run[0].length, starts);
    }
    return runs;
}
