/** The host page itself, with a plugin that uses every method: what is wrong here must not be looked for in our plugin. */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {BROWSER, startBrowser, type Tab} from '../journeys/browser.ts';
import {installScript} from './install.ts';
import {type Host, startHost} from './start.ts';

// Skipped: where there is no Chromium, which the run's set-up says.
describe.skipIf(!BROWSER)('the host page', () => {
    let mattermost: MattermostDouble;
    let host: Host;
    let browser: Awaited<ReturnType<typeof startBrowser>>;
    let anna: Tab;

    const seen = () => anna.page.evaluate(() => (window as unknown as {fixtureSeen: string[]}).fixtureSeen);
    const say = (message: string, more: object = {}) =>
        mattermost.act.post(mattermost.seeded.agents[1].id, {channel_id: mattermost.seeded.channels.mirror.id, message, ...more});
    const postWith = (text: string) => anna.page.locator('#postListContent article', {hasText: text});

    beforeAll(async () => {
        mattermost = await startMattermost();
        const setting = {key: 'Setup', type: 'custom', display_name: 'Set-up'};
        const manifest = {id: 'fixture', name: 'Fixture', settings_schema: {settings: [setting]}};
        await installScript(mattermost, manifest, await readFile(join(import.meta.dirname, 'fixture-plugin.js'), 'utf8'));
        host = await startHost({mattermost, built: inject('hostPage')});
        browser = await startBrowser();
        anna = await browser.open(host.pageFor('anna.keller'));
    });

    afterAll(async () => {
        await browser?.stop();
        await host?.stop();
        await mattermost?.stop();
    });

    it('logs in with cookies, and shows what is said as it is said', async () => {
        const names = (await anna.context.cookies()).map(({name, httpOnly}) => `${name} ${httpOnly}`);
        expect(names).toEqual(expect.arrayContaining(['MMAUTHTOKEN true', 'MMCSRF false']));
        await say('Good morning, **all**');
        await postWith('Good morning').locator('strong').waitFor();
        await expect.poll(seen).toContain('posted Good morning, **all**');
    });

    it('opens and closes a plugin’s panel from the app bar, and keeps it from taking the page down', async () => {
        const {page} = anna;
        const button = page.getByRole('button', {name: 'Fixture'});
        // One icon only: the button in the channel's header gives way to the app bar.
        expect(await button.count()).toBe(1);
        await button.click();
        const panel = page.locator('.fixture-panel');
        expect(await panel.innerText()).toContain('Hello anna.keller');
        expect(await panel.locator('.fixture-markdown strong').innerText()).toBe('bold');
        expect(await panel.locator('.fixture-markdown a, .fixture-markdown img').count()).toBe(0);
        await button.click();
        await panel.waitFor({state: 'detached'});
        await button.click();
        await page.getByRole('button', {name: 'Break'}).click();
        await page.getByText('An error occurred in the fixture plugin.').waitFor();
        await page.getByLabel('Close Sidebar Icon').click();
        expect(anna.complaints.splice(0).join()).toContain('breaks on purpose');
    });

    it('asks filters when one hovers, and gives actions the post’s id', async () => {
        const post = await say('hover here');
        await postWith('hover here').hover();
        await postWith('hover here').getByLabel('fixture').click();
        await postWith('hover here').getByLabel('actions').click();
        expect(await anna.page.getByRole('menuitem').allInnerTexts()).toEqual(['Fixture on root']);
        await anna.page.getByRole('menuitem').click();
        expect(await seen()).toEqual(expect.arrayContaining([`button ${post.id}`, `action ${post.id}`]));
    });

    it('runs plugins’ hooks before commands and messages', async () => {
        const {page} = anna;
        const box = page.getByLabel('Write to this channel');
        const type = async (text: string) => {
            await box.fill(text);
            await box.press('Enter');
        };
        await type('/fixture now');
        await expect.poll(seen).toContain('command /fixture now in the channel');
        expect(await box.inputValue()).toBe('');
        await type('/refused');
        await page.getByText('The fixture refuses.').waitFor();
        await type('/nothing');
        await page.getByText('Command with a trigger of').waitFor();
        await type('secret');
        await page.getByText('Not that.').waitFor();
        await type('said by Anna');
        await postWith('said by Anna').waitFor();
        const stored = () => mattermost.look.posts(mattermost.seeded.channels.mirror.id).map(({message}) => message);
        await expect.poll(stored).toContain('said by Anna');
        expect(stored()).not.toContain('secret');
        // The server's refusal is a 404, which a browser always complains of.
        anna.complaints.splice(0);
    });

    it('draws a plugin’s own posts, and a thread with its replies', async () => {
        await say('drawn', {type: 'custom_fixture'});
        await anna.page.locator('.fixture-post', {hasText: 'own: drawn'}).waitFor();
        const root = await say('a question');
        await mattermost.act.reply(mattermost.seeded.agents[2].id, root.id, 'an answer');
        await postWith('a question').getByText('1 reply').click();
        const thread = anna.page.locator('#sidebar-right');
        await thread.getByText('an answer').waitFor();
        await thread.getByLabel('Reply to this thread...').fill('another');
        await thread.getByLabel('Reply to this thread...').press('Enter');
        await thread.locator('article', {hasText: 'another'}).waitFor();
        await postWith('a question').getByText('2 replies').waitFor();
    });

    it('connects again, and tells plugins', async () => {
        mattermost.act.cutSockets();
        await expect.poll(seen, {timeout: 10_000}).toContain('reconnected');
        await say('after the break');
        await postWith('after the break').waitFor();
    });

    it('has the four themes, the languages, and a page of the System Console', async () => {
        const dutch = await browser.open(host.pageFor('ben.osei', {theme: 'onyx', locale: 'nl', react: '19'}));
        await dutch.page.getByRole('button', {name: 'Fixture'}).click();
        expect(await dutch.page.locator('.fixture-hello').innerText()).toBe('Dag ben.osei');
        const background = await dutch.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        expect(background).toBe('rgb(25, 27, 31)');
        expect(await dutch.page.evaluate(() => (window as unknown as {React: {version: string}}).React.version)).toMatch(/^19/);
        await dutch.close();
        const admin = await browser.open(`${host.url}/admin_console/plugins/plugin_fixture?user=admin`);
        expect(await admin.page.locator('.fixture-setting').innerText()).toBe('setting Set-up');
        await admin.close();
    });

    it('complains of nothing', () => {
        expect(anna.complaints).toEqual([]);
    });
});
