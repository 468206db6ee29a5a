/** An agent at the panel, by what he sees: roles and names, as people and screen readers find things. */

import {join} from 'node:path';
import axe from 'axe-core';
import type {Locator, Page} from 'playwright-core';
import de from '../../webapp/i18n/de.json' with {type: 'json'};
import en from '../../webapp/i18n/en.json' with {type: 'json'};
import nl from '../../webapp/i18n/nl.json' with {type: 'json'};
import type {Tab} from './browser.ts';

/** A folder for screenshots, to be looked at by people: the tests themselves compare none. */
export const SCREENSHOTS = process.env.JOURNEY_SCREENSHOTS;

type WordId = keyof typeof en;
const LANGUAGES = {en, nl, de};

export type Desk = Tab & {
    panel: Locator;
    /** What the plugin says, in this person's language. */
    word(id: WordId, values?: Record<string, string>): string;
    button(id: WordId, within?: Locator): Locator;
    /** From the app bar. */
    openPanel(): Promise<void>;
    /** Opens a conversation of the list, and waits for what was said in it. */
    openConversation(visitor: string): Promise<void>;
    row(visitor: string): Locator;
    box(visitor: string): Locator;
    noteBox(): Locator;
    /** Whom the next words are for. */
    choose(mode: 'reply' | 'note'): Promise<void>;
    message(text: string): Locator;
    /** Types into the box that gets the focus by what was just pressed. */
    typeWhereFocused(text: string): Promise<void>;
    /** Writes and sends with Enter. */
    reply(visitor: string, text: string): Promise<void>;
    /** What axe finds serious in our panel; and a screenshot of the state, where they are wanted. */
    look(name: string): Promise<string[]>;
};

export function deskIn(tab: Tab, language: keyof typeof LANGUAGES = 'en'): Desk {
    const {page} = tab;
    const words: Record<WordId, string> = LANGUAGES[language];
    const word: Desk['word'] = (id, values = {}) =>
        Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[id]);
    const panel = page.getByRole('region', {name: word('ireserve.panel.name')});
    const desk: Desk = {
        ...tab,
        panel,
        word,
        button: (id, within = panel) => within.getByRole('button', {name: word(id), exact: true}),
        async openPanel() {
            await page
                .locator('.app-bar')
                .getByRole('button', {name: word('ireserve.button.open')})
                .click();
            await panel.waitFor();
        },
        async openConversation(visitor) {
            await desk.row(visitor).click();
            await panel.getByRole('heading', {name: visitor}).waitFor();
            await panel.getByRole('log').getByRole('article').first().waitFor();
        },
        row: (visitor) => panel.getByRole('list', {name: word('ireserve.queue.title')}).getByRole('button', {name: visitor}),
        box: (visitor) => panel.getByRole('textbox', {name: word('ireserve.composer.reply_to', {name: visitor})}),
        noteBox: () => panel.getByRole('textbox', {name: word('ireserve.composer.note_for')}),
        // The label, not its words: in Mattermost clicks go through those.
        choose: (mode) => panel.locator('label', {hasText: word(`ireserve.mode.${mode}`)}).click(),
        message: (text) => panel.getByRole('article').filter({hasText: text}),
        async typeWhereFocused(text) {
            await page.waitForFunction(() => document.activeElement?.matches('input, textarea'));
            await page.keyboard.type(text);
        },
        async reply(visitor, text) {
            await desk.box(visitor).fill(text);
            await desk.box(visitor).press('Enter');
        },
        async look(name) {
            await settled(page);
            if (SCREENSHOTS) await page.screenshot({path: join(SCREENSHOTS, `${name}.png`)});
            return findings(page);
        },
    };
    return desk;
}

/** Fonts and pictures are there; nothing moves any more. */
async function settled(page: Page): Promise<void> {
    await page.evaluate(async () => {
        await document.fonts.ready;
        await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)));
        const pictures = [...document.images].filter(({complete, loading}) => !complete && loading !== 'lazy');
        await Promise.all(pictures.map((picture) => picture.decode().catch(() => undefined)));
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    });
}

async function findings(page: Page): Promise<string[]> {
    // Evaluated from outside: the page's policy lets no other script in. Only once: it is half a megabyte.
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
    return page.evaluate(async () => {
        const {axe: loaded} = window as unknown as {axe: typeof axe};
        const {violations} = await loaded.run(document.querySelector('.IReserve') ? '.IReserve' : '.admin-console__content', {
            resultTypes: ['violations'],
        });
        return violations
            .filter(({impact}) => impact === 'serious' || impact === 'critical')
            .flatMap(({id, help, nodes}) =>
                nodes.map(({html, failureSummary}) => `${id}: ${help}\n  ${html.slice(0, 200)}\n  ${failureSummary}`),
            );
    });
}
