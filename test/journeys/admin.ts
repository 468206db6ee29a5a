/** An admin at the System Console's page, by what he sees. */
import type {Locator} from 'playwright-core';
import de from '../../webapp/i18n/console/de.json' with {type: 'json'};
import en from '../../webapp/i18n/console/en.json' with {type: 'json'};
import nl from '../../webapp/i18n/console/nl.json' with {type: 'json'};
import type {TabId} from '../../webapp/src/console/context.tsx';
import {type Desk, SCREENSHOTS} from './desk.ts';
import type {Stage} from './stage.ts';

const LANGUAGES: Record<string, Record<string, string>> = {en, nl, de};
export type ConsoleWord = keyof typeof en;

export type AdminDesk = Desk & {
    say(id: ConsoleWord, values?: Record<string, string>): string;
    tab(tab: TabId): Promise<void>;
    press(id: ConsoleWord, within?: Locator): Promise<void>;
    /** The whole page in one picture, and what axe finds. */
    lookAll(name: string): Promise<string[]>;
};

export async function adminAt(
    {open}: Pick<Stage, 'open'>,
    asked: Record<string, string> = {},
    {user = 'admin', width = 1300}: {user?: string; width?: number} = {},
): Promise<AdminDesk> {
    const path = `/admin_console/plugins/plugin_com.i-reserve.conversations?${new URLSearchParams({user, ...asked})}`;
    const desk = await open(path, {width, height: 1000});
    const {page} = desk;
    const words = LANGUAGES[asked.locale ?? 'en'] ?? en;
    const say: AdminDesk['say'] = (id, values = {}) =>
        Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[id] ?? id);
    return {
        ...desk,
        say,
        tab: (tab) => page.getByRole('tab', {name: say(`ireserve.console.tab.${tab}`), exact: true}).click(),
        press: (id, within) =>
            (within ?? page.locator('.IRConsole'))
                .getByRole('button', {name: say(id), exact: true})
                .first()
                .click(),
        async lookAll(name) {
            // axe sees what is scrolled out of sight, too; people who look at a screenshot don't.
            if (!SCREENSHOTS) return desk.look(name);
            const height = await page.evaluate(() => {
                const inner = document.querySelector('.admin-console__wrapper');
                return inner ? inner.scrollHeight + window.innerHeight - inner.clientHeight : window.innerHeight;
            });
            await page.setViewportSize({width, height: Math.min(5000, Math.max(700, height))});
            const findings = await desk.look(name);
            await page.setViewportSize({width, height: 1000});
            return findings;
        },
    };
}
