import {readFile} from 'node:fs/promises';
import type {Express} from 'express';

const TYPES: Readonly<Record<string, string>> = {html: 'text/html', css: 'text/css', js: 'text/javascript'};

/**
 * A page at `/` that looks like a modest Mattermost, for people who want to see what the bridge did.
 *
 * Its script logs in by itself as a seeded agent (`/_double/seeded`) and speaks the same API as every other client.
 */
export function addPage(app: Express): void {
    const serve = (name: string): void => {
        app.get(name === 'index.html' ? '/' : `/_double/page/${name}`, async (_req, res) => {
            const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'text/plain';
            const file = await readFile(new URL(name, import.meta.url));
            // Visitor text ends up on this page: whatever slips through the escaping may neither run nor load anything.
            res.set({
                'Content-Type': `${type}; charset=utf-8`,
                'Content-Security-Policy':
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src blob:; connect-src 'self' ws:; base-uri 'none'",
                'Cache-Control': 'no-store',
            });
            res.end(file);
        });
    };
    for (const name of [
        'index.html',
        'style.css',
        'post.css',
        'forms.css',
        'app.js',
        'client.js',
        'post.js',
        'compose.js',
        'dialog.js',
        'markdown.js',
        'emoji.js',
    ]) {
        serve(name);
    }
}
