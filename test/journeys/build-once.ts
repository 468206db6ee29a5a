/** Set-up of the whole run: the host page and the plugin's archive are built once, for all files, and again only when what they are made of has changed. */
import {rename} from 'node:fs/promises';
import {join} from 'node:path';
import type {TestProject} from 'vitest/node';
import {buildOrReuse} from '../support/build-cache.ts';
import {BROWSER, PLACES_LOOKED} from './browser.ts';

declare module 'vitest' {
    interface ProvidedContext {
        hostPage: string;
        pluginArchive: string;
    }
}

const ROOT = join(import.meta.dirname, '..', '..');
/** More than is needed, so that nothing is forgotten when an import is added: hashing all of it takes a tenth of a second. */
const SOURCES = ['bridge', 'webapp', 'docs', 'test/host', 'plugin.json', 'package.json', 'package-lock.json', 'LICENSE', 'README.md'];
const ARCHIVE = 'plugin.tar.gz';

export default async function setup(project: TestProject): Promise<void> {
    if (!BROWSER) {
        console.log(`Journeys skipped: no Chromium found (${PLACES_LOOKED}).`);
        return;
    }
    const cache = join(ROOT, 'node_modules', '.cache', 'ireserve-journeys');
    const folder = await buildOrReuse({root: ROOT, sources: SOURCES, cache, build});
    project.provide('hostPage', folder);
    project.provide('pluginArchive', join(folder, ARCHIVE));
}

async function build(folder: string): Promise<void> {
    // Loaded here: webpack alone takes a second.
    const [{pack}, {buildPage}] = await Promise.all([import('../../webapp/pack.ts'), import('../host/build.ts')]);
    const [{path}] = await Promise.all([pack(folder), buildPage('18', folder), buildPage('19', folder)]);
    await rename(path, join(folder, ARCHIVE));
}
