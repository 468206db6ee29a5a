/** The Chromium of this machine, one per worker of the test run, driven from outside. */
import {accessSync, constants} from 'node:fs';
import {type Browser, type BrowserContext, chromium, type Page} from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];

export const BROWSER = findChromium(process.env.CHROMIUM_PATH ? [process.env.CHROMIUM_PATH] : PLACES);
export const PLACES_LOOKED = process.env.CHROMIUM_PATH ?? PLACES.join(', ');

function findChromium(places: readonly string[]): string | null {
    return (
        places.find((place) => {
            try {
                accessSync(place, constants.X_OK);
                return true;
            } catch {
                return false;
            }
        }) ?? null
    );
}

export type Tab = {
    page: Page;
    context: BrowserContext;
    /** What the page complained of: errors of the console, exceptions nobody caught. */
    complaints: string[];
    /** Done with it; the next who opens one may get this one, empty. */
    close(): Promise<void>;
};

export type TabOptions = {width?: number; height?: number};

/** Two cores, and four other suites beside this one. */
export const WITHIN_MS = 20_000;

/** Chromium itself, started when the first file of this worker asks for it; it ends with the worker. */
let running: Promise<Browser> | undefined;

type Kept = {page: Page; context: BrowserContext; heard: (complaint: string) => void};
/** Tabs nobody uses: a new context with its own renderer takes two seconds of processor time, another page in it a quarter of that. */
const idle: Kept[] = [];

/** Opens tabs, each as if in a browser of its own, that end together. */
export async function startBrowser(): Promise<{open(url: string, options?: TabOptions): Promise<Tab>; stop(): Promise<void>}> {
    const open = new Set<Tab>();
    return {
        async open(url, {width = 1440, height = 900} = {}) {
            const kept = idle.pop() ?? (await newContext());
            const {page, context} = kept;
            const complaints: string[] = [];
            kept.heard = (complaint) => complaints.push(complaint);
            const tab: Tab = {
                page,
                context,
                complaints,
                async close() {
                    if (!open.delete(tab)) return;
                    if (await empty(kept)) idle.push(kept);
                    else await context.close();
                },
            };
            open.add(tab);
            await page.setViewportSize({width, height});
            await page.goto(url);
            await page.waitForSelector('#channel-header, .admin-console h1');
            return tab;
        },
        async stop() {
            for (const tab of open) await tab.close();
        },
    };
}

async function newContext(): Promise<Kept> {
    running ??= chromium.launch({
        executablePath: BROWSER as string,
        args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
    const browser = await running;
    const context = await browser.newContext({reducedMotion: 'reduce', locale: 'en-US', timezoneId: 'Europe/Amsterdam'});
    context.setDefaultTimeout(WITHIN_MS);
    const page = await context.newPage();
    const kept: Kept = {page, context, heard: () => undefined};
    page.on('pageerror', (error) => kept.heard(`exception: ${error.message}`));
    page.on('console', (message) => {
        if (message.type() === 'error') kept.heard(`${message.text()} (${message.location().url})`);
    });
    return kept;
}

/** Takes away what the last one left: pages, storage, cookies, routes. @returns whether all of it is gone */
async function empty({page, context}: Kept): Promise<boolean> {
    try {
        for (const other of context.pages()) if (other !== page) await other.close();
        await page.unrouteAll({behavior: 'ignoreErrors'});
        await page.evaluate(() => {
            localStorage.clear();
            sessionStorage.clear();
        });
        await page.goto('about:blank');
        await context.clearCookies();
        return true;
    } catch {
        return false;
    }
}
