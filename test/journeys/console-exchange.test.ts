/** All integrations out as one YAML file and in again, and the day a secret expires; against a real bridge. */
import {readFile} from 'node:fs/promises';
import type {Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type AdminDesk, adminAt} from './admin.ts';
import {BROWSER} from './browser.ts';
import {type Stage, setStage} from './stage.ts';

// Skipped: where there is no Chromium, which the run's set-up says.
describe.skipIf(!BROWSER)('the System Console’s export and import', () => {
    let stage: Stage;
    let admin: AdminDesk;
    let page: Page;
    let say: AdminDesk['say'];
    let exported: string;

    beforeAll(async () => {
        stage = await setStage();
        admin = await adminAt(stage);
        ({page, say} = admin);
        await admin.tab('integrations');
    });
    afterAll(() => stage?.stop());

    const take = (text: string) =>
        page
            .getByLabel(say('ireserve.console.exchange.file'))
            .setInputFiles({name: 'all.yaml', mimeType: 'application/yaml', buffer: Buffer.from(text)});
    const box = () => page.getByRole('textbox', {name: say('ireserve.console.exchange.text')});
    const borealis = () => `  borealis:
    licence: borealis
    environment: production
    state: inactive
    config:
      server_url: ${stage.mattermost.url}
      channel_id: ${stage.mattermost.seeded.channels.mirror.id}
      attachment_hosts: [files.borealis.example, cdn.borealis.example]
    secrets:
      bot_token: keep
`;

    it('a secret’s date is set, and told in the overview', async () => {
        const label = say('ireserve.console.secret.bot_token');
        await page.getByRole('button', {name: new RegExp(`^${say('ireserve.console.secret.expiry')}: ${label}`)}).click();
        const soon = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
        await page.getByRole('group').getByLabel(say('ireserve.console.secret.expires')).fill(soon);
        expect.soft(await admin.lookAll('90-expiry-asks')).toEqual([]);
        await page.keyboard.press('Enter');
        await page.locator('.IRConsole__secret').filter({hasText: label}).getByText(say('ireserve.console.state.warning')).waitFor();
        await admin.tab('overview');
        await page.locator('.IRConsole__notice').filter({hasText: 'bot_token'}).waitFor();
        await admin.tab('integrations');
    });

    it('out: a file without any secret', async () => {
        await admin.press('ireserve.console.exchange');
        await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe(say('ireserve.console.exchange'));
        expect.soft(await admin.lookAll('91-exchange')).toEqual([]);
        // Mattermost hides the button of every such field.
        const field = page.getByLabel(say('ireserve.console.exchange.file'));
        expect.soft(await field.evaluate((box) => getComputedStyle(box, '::file-selector-button').display)).toBe('inline-block');
        const coming = page.waitForEvent('download');
        await admin.press('ireserve.console.export.run');
        const file = await coming;
        expect(file.suggestedFilename()).toBe('integrations.yaml');
        exported = await readFile(await file.path(), 'utf8');
        expect(exported).toContain('aurora-test:');
        expect(exported).not.toContain(stage.bridge.integration.secrets.bot_token);
    });

    it('in: what is wrong is said at its line, and a press leads there', async () => {
        await take(exported.replace(/language: \w+/, 'language: fr').replace(/reply_policy: \w+/, 'reply_policy: shout'));
        const problems = page.getByRole('alert');
        await problems.getByText('config.language').waitFor();
        await problems.locator('mark').filter({hasText: 'language: fr'}).waitFor();
        expect.soft(await admin.lookAll('92-import-problems')).toEqual([]);
        await problems
            .getByRole('listitem')
            .filter({hasText: 'reply_policy'})
            .getByRole('button', {name: say('ireserve.console.exchange.line', {line: ''})})
            .click();
        expect(await page.evaluate(() => String(getSelection()))).toMatch(/reply_policy: shout$/);
    });

    it('in: a new integration wants its bot token, and gets it beside the file', async () => {
        await take(`${exported.replace(/language: \w+/, 'language: de')}${borealis()}`);
        const secret = page.getByLabel(`${say('ireserve.console.secret.bot_token')} · borealis`);
        await secret.fill(stage.bridge.integration.secrets.bot_token);
        expect.soft(await admin.lookAll('93-import-secret')).toEqual([]);
        await secret.press('Enter');
        const table = page.getByRole('table', {name: 'aurora-test'});
        await table.getByRole('row', {name: say('ireserve.console.field.language')}).waitFor();
        await page.getByText(say('ireserve.console.exchange.dry')).waitFor();
        expect.soft(await admin.lookAll('94-import-differences')).toEqual([]);
        const names = async () =>
            (await stage.bridge.database.read.selectFrom('integration').select('name').execute()).map(({name}) => name);
        expect(await names()).not.toContain('borealis');
        await admin.press('ireserve.console.exchange.apply');
        expect.soft(await admin.look('95-import-asks')).toEqual([]);
        await page
            .getByRole('group')
            .getByRole('button', {name: say('ireserve.console.exchange.apply')})
            .click();
        await page.getByText(say('ireserve.console.exchange.done.added')).waitFor();
        expect.soft(await admin.lookAll('96-imported')).toEqual([]);
        expect(await names()).toContain('borealis');
        await page.getByRole('button', {name: say('ireserve.console.exchange.open', {name: 'borealis'})}).click();
        await expect.poll(() => page.getByRole('combobox', {name: say('ireserve.console.integration')}).inputValue()).toBe('borealis');
        expect(admin.complaints.filter((one) => !/Failed to load resource/.test(one))).toEqual([]);
        await admin.close();
    });

    it.each([
        // Not Onyx: its own primary buttons have too little contrast.
        ['nl-dark-narrow', {locale: 'nl', theme: 'indigo'}, 640],
        ['de', {locale: 'de'}, 1300],
    ])('in other languages, dark and narrow: %s', async (name, asked: Record<string, string>, width) => {
        admin = await adminAt(stage, asked, {width});
        ({page, say} = admin);
        await admin.tab('integrations');
        await admin.press('ireserve.console.exchange');
        await take(exported.replace(/language: \w+/, 'language: en').replace(/guard_minutes: \d+/, 'guard_minutes: 15'));
        await page.getByRole('table', {name: 'aurora-test'}).waitFor();
        expect.soft(await admin.lookAll(`97-${name}-differences`)).toEqual([]);
        await box().fill('version: 2\nintegrations: {}\n');
        await admin.press('ireserve.console.exchange.look');
        await page.getByRole('alert').waitFor();
        expect.soft(await admin.lookAll(`98-${name}-problems`)).toEqual([]);
        const wide = await page.evaluate(() => {
            const panel = document.querySelector('.IRConsole__panel');
            return panel ? panel.scrollWidth - panel.clientWidth : 0;
        });
        expect(wide).toBeLessThanOrEqual(0);
        await admin.close();
    });
});
