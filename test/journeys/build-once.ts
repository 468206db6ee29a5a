/** Set-up of the whole run: the host page and the plugin's archive are built once, for all files. */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestProject} from 'vitest/node';
import {pack} from '../../webapp/pack.ts';
import {buildPage} from '../host/build.ts';
import {BROWSER, PLACES_LOOKED} from './browser.ts';

declare module 'vitest' {
    interface ProvidedContext {
        hostPage: string;
        pluginArchive: string;
        screenshots: string;
    }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
    const folder = await mkdtemp(join(tmpdir(), 'ireserve-journeys-'));
    project.provide('hostPage', folder);
    project.provide('screenshots', process.env.JOURNEY_SCREENSHOTS ?? join(folder, 'screenshots'));
    if (BROWSER) {
        const [{path}] = await Promise.all([pack(folder), buildPage('18', folder), buildPage('19', folder)]);
        project.provide('pluginArchive', path);
    } else console.log(`Journeys skipped: no Chromium found (${PLACES_LOOKED}).`);
    return () => rm(folder, {recursive: true, force: true});
}
