/**
 * The texts of a Markdown message in which the server looks for mentions: everything but code.
 *
 * Mattermost's parser knows no emphasis, so `**@channel**` stays one text; it does resolve backslash escapes, and on 5.37
 * HTML entities too, so `\@channel` and there `&#64;channel` become mentions.
 */
export function plainTexts(markdown: string, entities: boolean): string[] {
    const texts = splitAtInlineCode(withoutBlocksOfCode(markdown)).map((text) => text.replace(/\\([!-/:-@[-`{-~])/g, '$1'));
    return entities ? texts.map(resolveEntities) : texts;
}

function withoutBlocksOfCode(markdown: string): string {
    const kept: string[] = [];
    let fence: string | undefined;
    let previousWasText = false;
    for (const line of markdown.split(/\r\n|\n|\r/)) {
        const inner = line.replace(/^(?: {0,3}> ?)+/, '');
        if (fence !== undefined) {
            const closing = inner.match(/^ {0,3}(`{3,}|~{3,})\s*$/)?.[1];
            if (closing?.startsWith(fence)) {
                fence = undefined;
            }
            continue;
        }
        const opening = inner.match(/^ {0,3}(`{3,}|~{3,})([^`]*)$/)?.[1];
        if (opening !== undefined) {
            fence = opening;
            previousWasText = false;
            continue;
        }
        // Four spaces make code only when they do not continue a paragraph.
        const indented = /^(?: {4}|\t)/.test(inner);
        if (indented && !previousWasText) {
            continue;
        }
        previousWasText = inner.trim() !== '';
        kept.push(inner);
    }
    return kept.join('\n');
}

/** Cuts the text where inline code begins and ends; a run of backticks is closed by a run of the same length. */
function splitAtInlineCode(text: string): string[] {
    const texts: string[] = [];
    let current = '';
    let at = 0;
    while (at < text.length) {
        if (text[at] === '\\' && at + 1 < text.length) {
            current += text.slice(at, at + 2);
            at += 2;
            continue;
        }
        if (text[at] !== '`') {
            current += text[at];
            at++;
            continue;
        }
        const run = text.slice(at).match(/^`+/)?.[0] ?? '`';
        const end = closingRun(text, at + run.length, run.length);
        if (end === undefined) {
            current += run;
            at += run.length;
            continue;
        }
        texts.push(current);
        current = '';
        at = end;
    }
    return [...texts, current];
}

function closingRun(text: string, from: number, length: number): number | undefined {
    for (const match of text.slice(from).matchAll(/`+/g)) {
        if (match[0].length === length) {
            return from + match.index + length;
        }
    }
    return undefined;
}

const ENTITIES: Readonly<Record<string, string>> = {
    ...{amp: '&', lt: '<', gt: '>', quot: '"', commat: '@', nbsp: '\u00a0', apos: "'"},
    ...{lowbar: '_', UnderBar: '_', period: '.', colon: ':'},
};

function resolveEntities(text: string): string {
    return text
        .replace(/&#(\d{1,7});/g, (_whole, digits: string) => fromCodePoint(Number(digits)))
        .replace(/&#[xX]([0-9a-fA-F]{1,6});/g, (_whole, digits: string) => fromCodePoint(Number.parseInt(digits, 16)))
        .replace(/&([a-zA-Z]+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

function fromCodePoint(code: number): string {
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}
