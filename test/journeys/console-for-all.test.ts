/** The System Console's page for everybody: in other languages, on a narrow screen, with the keyboard, under React 19. */
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {FindingCode} from '../../bridge/doctor/findings.ts';
import {DOCTOR_WORDS} from '../../bridge/doctor/words/words.ts';
import {TABS} from '../../webapp/src/console/context.tsx';
import {adminAt} from './admin.ts';
import {BROWSER} from './browser.ts';
import {type Stage, setStage} from './stage.ts';

// Skipped: where there is no Chromium, which the run's set-up says.
describe.skipIf(!BROWSER)('the System Console for all', () => {
    let stage: Stage;

    beforeAll(async () => {
        stage = await setStage({
            routing: [{language: 'de', topic: '*booking*', channel_id: 'x'.repeat(26)}],
            card_properties: ['guests'],
        });
        await stage.chat('Sanne Visser', 'Is the cottage free in July?');
    });
    afterAll(() => stage?.stop());

    it.each([
        ['nl, dark', {locale: 'nl', theme: 'onyx'}, 1300],
        // The longest words in the narrowest place.
        ['de, narrow, React 19', {locale: 'de', react: '19'}, 640],
    ])('every tab: %s', async (name, asked: Record<string, string>, width) => {
        const admin = await adminAt(stage, asked, {width});
        await admin.page.getByRole('tablist').waitFor();
        const found: string[] = [];
        for (const tab of TABS) {
            await admin.tab(tab);
            await admin.page.locator('.IRConsole__panel').getByText('…', {exact: true}).waitFor({state: 'detached'});
            await admin.page.waitForLoadState('networkidle');
            found.push(...(await admin.lookAll(`80-${name}-${tab}`)).map((one) => `${tab}: ${one}`));
            const wide = await admin.page.evaluate(() => {
                const panel = document.querySelector('.IRConsole__panel');
                return panel ? panel.scrollWidth - panel.clientWidth : 0;
            });
            expect.soft(wide, `${tab} is wider than its place`).toBeLessThanOrEqual(0);
        }
        expect(found).toEqual([]);
        expect(admin.complaints.filter((one) => !/Failed to load resource/.test(one))).toEqual([]);
        await admin.close();
    });

    it('what the doctor finds, and what the bridge refuses, in the admin’s language', async () => {
        const locale = 'nl';
        const admin = await adminAt(stage, {locale});
        const {page, say} = admin;
        await admin.press('ireserve.console.check.run');
        const findings = page.locator('.IRConsole__checks details');
        await findings.first().waitFor();
        for (const finding of await findings.all()) await finding.locator('summary').click();
        const codes = await findings.locator('summary code:last-child').allTextContents();
        expect(codes.length).toBeGreaterThan(0);
        for (const [index, code] of codes.entries())
            expect(await findings.nth(index).innerText()).toContain(DOCTOR_WORDS[locale].findings[code as FindingCode][0]);
        await page.getByText(DOCTOR_WORDS[locale].said['Channel IDs noted and right'] ?? '?').waitFor();
        expect.soft(await admin.lookAll(`86-doctor-${locale}`)).toEqual([]);
        await admin.tab('integrations');
        await admin.press('ireserve.console.integrations.add');
        const fill = (name: 'name' | 'licence' | 'server_url' | 'channel_id' | 'bot_token', text: string) =>
            page.getByLabel(say(`ireserve.console.field.${name}`), {exact: true}).fill(text);
        await fill('name', 'aurora-test');
        await fill('licence', 'aurora');
        await fill('channel_id', stage.mattermost.seeded.channels.mirror.id);
        await fill('bot_token', 'x'.repeat(26));
        await admin.press('ireserve.console.save');
        const refusal = page.getByRole('alert');
        await refusal.waitFor();
        expect(await refusal.innerText()).toMatch(/^(Er is al een|Mattermost weigert)/m);
        expect.soft(await admin.lookAll(`87-refused-${locale}`)).toEqual([]);
        await admin.close();
    });

    it('with the keyboard alone: to the switch, back out of it, to another tab', async () => {
        const admin = await adminAt(stage);
        const {page, say} = admin;
        const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
        await page.getByRole('tab', {name: say('ireserve.console.tab.overview')}).focus();
        await page.getByRole('button', {name: say('ireserve.console.kill.turn_on')}).waitFor();
        await page.keyboard.press('Tab');
        expect(await focused()).toContain(say('ireserve.console.kill.turn_on'));
        await page.keyboard.press('Enter');
        await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
        expect.soft(await admin.look('81-keyboard')).toEqual([]);
        await page.keyboard.press('Escape');
        await expect.poll(focused).toContain(say('ireserve.console.kill.turn_on'));
        await page.keyboard.press('Shift+Tab');
        await page.keyboard.press('ArrowRight');
        expect(await focused()).toBe(say('ireserve.console.tab.integrations'));
        await page.getByRole('combobox', {name: say('ireserve.console.integration')}).waitFor();
        await admin.close();
    });
});
