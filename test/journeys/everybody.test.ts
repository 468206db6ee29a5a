/** For everybody: with the keyboard alone, in the dark, in Dutch, under React 19, with a very long conversation, for admins. */
import type {Locator} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {BROWSER, WITHIN_MS} from './browser.ts';
import {deskIn} from './desk.ts';
import {type Stage, setStage} from './stage.ts';

// Skipped: where there is no Chromium, which the run's set-up says.
describe.skipIf(!BROWSER)('everybody', () => {
    let stage: Stage;

    beforeAll(async () => {
        stage = await setStage();
        await stage.chat('Sanne Visser', 'Is the cottage free in July?');
    });
    afterAll(() => stage?.stop());

    it('a whole journey with the keyboard', async () => {
        const anna = await stage.agent('anna.keller');
        const {page} = anna;
        const focused = () =>
            page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');
        /** Tab until there: a journey that needs more than this is none. */
        const tabTo = async (label: string | RegExp, most = 25) => {
            const seen: string[] = [];
            for (let presses = 0; presses < most; presses++) {
                const now = await focused();
                seen.push(now.slice(0, 40));
                if (typeof label === 'string' ? now === label : label.test(now)) return presses;
                await page.keyboard.press('Tab');
            }
            throw new Error(`${label} is not reached with Tab: ${seen.join(' → ')}`);
        };
        // No key presses the app bar's buttons: Mattermost hears clicks there only.
        await page.getByLabel('Write to this channel').focus();
        await page.keyboard.type('/ireserve');
        await page.keyboard.press('Enter');
        await anna.row('Sanne Visser').waitFor();
        // The panel stands before the app bar in the page.
        await page.getByLabel('Close Sidebar Icon').focus();
        await page.keyboard.press('Tab');
        await tabTo(/^Waiting/);
        await page.keyboard.press('ArrowRight');
        await page.keyboard.press('ArrowRight');
        expect(await focused()).toMatch(/^Open/);
        await tabTo(/^Sanne Visser/);
        await page.keyboard.press('Enter');
        await anna.panel.getByRole('heading', {name: 'Sanne Visser'}).waitFor();
        await anna.panel.getByRole('log').getByRole('article').first().waitFor();
        await tabTo(anna.word('ireserve.action.claim'));
        expect.soft(await anna.look('30-keyboard-focus')).toEqual([]);
        await page.keyboard.press('Enter');
        await anna.button('ireserve.action.release').waitFor();
        await tabTo(anna.word('ireserve.composer.reply_to', {name: 'Sanne Visser'}));
        await page.keyboard.type('Yes, it is.');
        await page.keyboard.press('Enter');
        await anna.message('Yes, it is.').getByText(anna.word('ireserve.delivery.delivered'), {exact: true}).waitFor();
        expect(await focused()).toBe(anna.word('ireserve.composer.reply_to', {name: 'Sanne Visser'}));
        expect(anna.complaints).toEqual([]);
        await anna.close();
    });

    it.each(['onyx', 'indigo', 'quartz', 'sapphire'])('the theme %s', async (theme) => {
        const anna = await stage.agent('anna.keller', {theme});
        await anna.openPanel();
        await anna.page.getByRole('tab', {name: anna.word('ireserve.view.open')}).click();
        await anna.row('Sanne Visser').waitFor();
        expect.soft(await anna.look(`31-${theme}-queue`)).toEqual([]);
        await anna.openConversation('Sanne Visser');
        expect.soft(await anna.look(`32-${theme}-conversation`)).toEqual([]);
        await anna.choose('note');
        await anna.noteBox().fill('A note in this theme.');
        expect.soft(await anna.look(`33-${theme}-note`)).toEqual([]);
        await anna.noteBox().fill('');
        await anna.close();
    });

    it.each(['nl', 'de'] as const)('%s, in panels of every width', async (locale) => {
        const ben = deskIn(await stage.agent('ben.osei', {locale}), locale);
        await ben.openPanel();
        await ben.page.getByRole('tab', {name: ben.word('ireserve.view.open')}).click();
        await ben.row('Sanne Visser').waitFor();
        expect.soft(await ben.look(`34-${locale}-queue`)).toEqual([]);
        await ben.openConversation('Sanne Visser');
        await ben.box('Sanne Visser').waitFor();
        for (const width of [400, 320, 1000]) {
            await ben.page.addStyleTag({content: `#sidebar-right {width: ${width}px !important; max-width: none !important}`});
            expect.soft(await ben.look(`35-${locale}-${width}`)).toEqual([]);
            const middle = async (one: Locator) => {
                const {y = 0, height = 0} = (await one.boundingBox()) ?? {};
                return Math.round(y + height / 2);
            };
            const attach = await middle(ben.button('ireserve.files.attach'));
            expect(Math.abs((await middle(ben.button('ireserve.composer.send_reply'))) - attach), `${width}`).toBeLessThan(3);
            expect(await ben.panel.evaluate(({scrollWidth, clientWidth}) => scrollWidth - clientWidth), `${width}`).toBe(0);
        }
        expect(ben.complaints).toEqual([]);
        await ben.close();
    });

    it('React 19, as in Mattermost 12', async () => {
        const chiara = await stage.agent('chiara.rossi', {react: '19'});
        expect(await chiara.page.evaluate(() => (window as unknown as {React: {version: string}}).React.version)).toMatch(/^19\./);
        await chiara.openPanel();
        await chiara.page.getByRole('tab', {name: chiara.word('ireserve.view.open')}).click();
        await chiara.openConversation('Sanne Visser');
        await chiara.reply('Sanne Visser', 'And in August too.');
        await chiara.message('And in August too.').getByText(chiara.word('ireserve.delivery.delivered'), {exact: true}).waitFor();
        expect.soft(await chiara.look('36-react-19')).toEqual([]);
        expect(chiara.complaints).toEqual([]);
        await chiara.close();
    });

    it('a narrow window, and without collapsed threads', async () => {
        const anna = await stage.agent('anna.keller', {crt: 'off'}, {width: 1024, height: 640});
        await anna.openPanel();
        await anna.page.getByRole('tab', {name: anna.word('ireserve.view.mine')}).click();
        await anna.openConversation('Sanne Visser');
        expect.soft(await anna.look('37-low-window')).toEqual([]);
        await anna.close();
    });

    it('a conversation of 1,000 messages', async () => {
        const long = await stage.chat('Long Talker', 'The first of very many.');
        // As the bridge posts them, but by the thousand: how fast it does that is the bench's affair.
        const {mattermost} = stage;
        const [, first] = mattermost.look.thread(long.root_id);
        for (let index = 0; index < 998; index++) {
            await mattermost.act.post(mattermost.seeded.bot.id, {
                channel_id: first?.channel_id ?? '',
                root_id: long.root_id,
                message: (first?.message ?? '').replace(
                    'The first of very many',
                    `Message ${index}, as said: ${'words '.repeat(index % 30)}`,
                ),
                props: {...first?.props, ireserve: {...(first?.props.ireserve as object), key: `key-${index}`}},
            });
        }
        const anna = await stage.agent('anna.keller');
        await anna.openPanel();
        await anna.row('Long Talker').waitFor();
        // Measured in the page itself: from the thread's data to its newest message painted.
        await anna.page.evaluate(() => {
            const tasks: number[] = [];
            new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({duration}) => duration))).observe({type: 'longtask'});
            const painted = new Promise<number>((resolve) => {
                const watch = new MutationObserver(() => {
                    if (!document.querySelector('[role=log]')?.textContent?.includes('Message 997,')) return;
                    watch.disconnect();
                    requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
                });
                watch.observe(document.body, {childList: true, subtree: true, characterData: true});
            });
            Object.assign(window, {measured: {tasks, painted}});
        });
        await anna.row('Long Talker').click();
        await anna.message('Message 997,').waitFor();
        await expect.poll(() => anna.panel.getByRole('article').count(), {timeout: WITHIN_MS}).toBe(60);
        const {tasks, paintedAfter} = await anna.page.evaluate(async (root_id) => {
            const {measured} = window as unknown as {measured: {tasks: number[]; painted: Promise<number>}};
            const [data] = performance.getEntriesByType('resource').filter(({name}) => name.includes(`/posts/${root_id}/thread`));
            return {tasks: measured.tasks, paintedAfter: (await measured.painted) - (data as PerformanceResourceTiming).responseEnd};
        }, long.root_id);
        console.log(
            `1,000 messages: painted ${Math.round(paintedAfter)} ms after their data; ` +
                `longest task ${Math.round(Math.max(0, ...tasks))} ms of ${tasks.length} over 50 ms.`,
        );
        expect.soft(await anna.look('38-thousand')).toEqual([]);
        // Scrolling up brings what came before, and whoever reads there stays where he is.
        const log = anna.panel.getByRole('log');
        const before = await log.evaluate((element) => {
            element.scrollTop = 0;
            return element.querySelector('article')?.getBoundingClientRect().top ?? 0;
        });
        await expect.poll(() => anna.panel.getByRole('article').count(), {timeout: WITHIN_MS}).toBe(120);
        const after = await anna.message('Message 938,').evaluate((element) => element.getBoundingClientRect().top);
        expect(Math.abs(after - before)).toBeLessThan(60);
        await anna.close();
    }, 90_000);
});
