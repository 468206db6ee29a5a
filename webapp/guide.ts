/** The set-up guide as a page beside the script: admins read the one of the version they have, also before anything is connected. */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import MarkdownIt from 'markdown-it';

const ROOT = join(import.meta.dirname, '..');
const HEADING = '## Set it up for real';

/** @returns HTML: docs/setup.md where there is one, or else that part of the README */
export async function renderGuide(root = ROOT): Promise<string> {
    const own = await readFile(join(root, 'docs', 'setup.md'), 'utf8').catch(() => null);
    const markdown = own ?? partOf(await readFile(join(root, 'README.md'), 'utf8'));
    const md = new MarkdownIt({html: false, linkify: false});
    // Other pages of the repository are not here.
    md.validateLink = (url) => /^https?:/.test(url);
    return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>i-Reserve for Mattermost: set-up</title>
<style>body{max-width:48rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 sans-serif}pre{overflow:auto;padding:.75rem;background:#f2f3f5}</style>
<body>${md.render(markdown)}</body></html>\n`;
}

function partOf(readme: string): string {
    const from = readme.indexOf(HEADING);
    if (from < 0) throw new Error(`README.md has no “${HEADING}”, and there is no docs/setup.md`);
    const to = readme.indexOf('\n## ', from + 1);
    return readme.slice(from, to < 0 ? undefined : to);
}
