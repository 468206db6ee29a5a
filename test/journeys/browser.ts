/** The Chromium of this machine, one per test file, driven from outside. */
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
    context: BrowserContext /** What the page complained of: errors of the console, exceptions nobody caught. */;
    complaints: string[];
};

export async function startBrowser(): Promise<{
    browser: Browser;
    open(url: string, options?: TabOptions): Promise<Tab>;
    stop(): Promise<void>;
}> {
    const browser = await chromium.launch({
        executablePath: BROWSER as string,
        args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
    return {
        browser,
        async open(url, {width = 1440, height = 900, motion = false} = {}) {
            const context = await browser.newContext({
                viewport: {width, height},
                reducedMotion: motion ? 'no-preference' : 'reduce',
                locale: 'en-US',
                timezoneId: 'Europe/Amsterdam',
            });
            context.setDefaultTimeout(WITHIN_MS);
            const page = await context.newPage();
            const complaints: string[] = [];
            page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
            page.on('console', (message) => {
                if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
            });
            await page.goto(url);
            await page.waitForSelector('#channel-header, .admin-console h1');
            return {page, context, complaints};
        },
        stop: () => browser.close(),
    };
}

export type TabOptions = {width?: number; height?: number; motion?: boolean};

/** Two cores, and four other suites beside this one. */
export const WITHIN_MS = 20_000;
