/** Two agents and a queue; the ways from Mattermost into the panel; the bridge away and back. */
import type {Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {BROWSER, WITHIN_MS} from './browser.ts';
import type {Desk} from './desk.ts';
import {type Stage, setStage} from './stage.ts';

// Skipped: where there is no Chromium, which the run's set-up says.
describe.skipIf(!BROWSER)('together', () => {
    let stage: Stage;
    let anna: Desk;
    let ben: Desk;
    let mia: {conversation_id: string; root_id: string};

    beforeAll(async () => {
        stage = await setStage();
        mia = await stage.chat('Mia de Boer', 'Can we bring a dog?', {language: 'nl'});
        await stage.chat('Tom Bakker', 'My booking 4711 is not in the app.', {topic: 'Booking'});
        await stage.chat(
            'A visitor with quite a long name, Wilhelmina van der Berg-Oosterhuis',
            'A question that goes on and on, '.repeat(9),
        );
        [anna, ben] = await Promise.all([stage.agent('anna.keller'), stage.agent('ben.osei')]);
    });
    afterAll(() => stage?.stop());

    it('two agents see the same queue; one claims, the other is told', async () => {
        await Promise.all([anna.openPanel(), ben.openPanel()]);
        await Promise.all([anna.row('Tom Bakker').waitFor(), ben.row('Tom Bakker').waitFor()]);
        // The number is part of the icon, and of its name.
        await anna.page.locator('.app-bar').getByRole('img', {name: 'Web chats: 3 visitors waiting'}).waitFor();
        expect.soft(await anna.look('20-queue-of-three')).toEqual([]);
        await ben.openConversation('Mia de Boer');
        await anna.openConversation('Mia de Boer');
        await anna.button('ireserve.action.claim').click();
        await anna.button('ireserve.action.release').waitFor();
        await ben.panel.getByText('Anna Keller has this conversation.').waitFor();
        expect.soft(await ben.look('21-colleague-has-it')).toEqual([]);
        expect.soft(await anna.look('21-claimed')).toEqual([]);
    });

    it('both claim at once: one has it, and the other reads why not', async () => {
        await anna.button('ireserve.action.release').click();
        await Promise.all([anna.button('ireserve.action.claim').waitFor(), ben.button('ireserve.action.claim').waitFor()]);
        // Both press; Anna's claim is there first, by a hair.
        await ben.page.route('**/actions/claim', async (route) => {
            if (route.request().method() === 'POST') {
                await anna.button('ireserve.action.claim').click();
                await anna.button('ireserve.action.release').waitFor();
            }
            await route.continue();
        });
        const answer = ben.page.waitForResponse(
            (response) => response.url().endsWith('/actions/claim') && response.request().method() === 'POST',
        );
        await ben.button('ireserve.action.claim').click();
        expect((await answer).status()).toBe(409);
        await ben.panel.getByText(ben.word('ireserve.problem.already_claimed')).waitFor();
        expect.soft(await ben.look('22-claim-conflict')).toEqual([]);
        await ben.page.unroute('**/actions/claim');
    });

    it('transfer to a colleague', async () => {
        await anna.button('ireserve.action.transfer').click();
        await anna.panel.getByRole('combobox', {name: anna.word('ireserve.transfer.to')}).fill('chi');
        // Until the list is that of the text: Enter takes its first.
        await expect.poll(() => anna.panel.getByRole('option').allInnerTexts()).toEqual(['Chiara Rossi @chiara.rossi']);
        expect.soft(await anna.look('23-transfer')).toEqual([]);
        await anna.page.keyboard.press('Enter');
        await anna.panel.getByText('Chiara Rossi has it').waitFor();
    });

    it('two tabs of one browser, and one notification', async () => {
        const second = await anna.context.newPage();
        await second.goto(stage.host.pageFor('anna.keller'));
        await second.waitForSelector('#channel-header');
        const tabs = [anna.page, second];
        for (const tab of tabs) {
            await tab.evaluate(() => {
                const {hostStore} = window as unknown as {hostStore: {dispatch(action: object): void}};
                const wish = {category: 'pp_com.i-reserve.conversations', name: 'waiting', value: 'sound'};
                hostStore.dispatch({type: 'RECEIVED_PREFERENCES', data: [wish]});
            });
        }
        await second.locator('.app-bar').getByRole('button').click();
        const waiting = (page: Page) => page.locator('[id=ireserve-tab-waiting]');
        await second.getByRole('tab', {name: anna.word('ireserve.view.waiting')}).waitFor();
        await anna.button('ireserve.conversation.back').click();
        await waiting(anna.page).waitFor();
        const before = await waiting(second).innerText();
        await stage.chat('Lena Vos', 'Anybody there?');
        for (const tab of tabs) await expect.poll(() => waiting(tab).innerText()).not.toBe(before);
        const notified = () =>
            Promise.all(tabs.map((tab) => tab.evaluate(() => (window as unknown as {hostNotified: unknown[]}).hostNotified.length)));
        await expect.poll(async () => (await notified()).reduce((sum, one) => sum + one)).toBe(1);
        await second.close();
    });

    it('a post’s menu leads into the panel, with the mode chosen', async () => {
        const {page} = anna;
        const card = page.locator('#postListContent article', {hasText: 'Tom Bakker'});
        await card.hover();
        await card.getByLabel('actions').click();
        expect(await page.getByRole('menuitem').allInnerTexts()).toEqual([
            anna.word('ireserve.menu.reply'),
            anna.word('ireserve.menu.note'),
        ]);
        expect.soft(await anna.look('24-post-menu')).toEqual([]);
        await page.getByRole('menuitem', {name: anna.word('ireserve.menu.note')}).click();
        await anna.noteBox().waitFor();
        await expect.poll(() => anna.noteBox().evaluate((box) => box === document.activeElement)).toBe(true);
        // Nothing of ours on posts that are nobody's conversation.
        await stage.mattermost.act.post(stage.mattermost.seeded.agents[1].id, {
            channel_id: stage.mattermost.seeded.channels.mirror.id,
            message: 'lunch?',
        });
        const lunch = page.locator('#postListContent article', {hasText: 'lunch?'});
        await lunch.hover();
        await lunch.getByLabel('more').waitFor();
        expect(await lunch.getByLabel('actions').count()).toBe(0);
    });

    it('from a thread, the button opens that conversation; “Show thread” leads back', async () => {
        const {page} = anna;
        await page
            .locator('#postListContent article', {hasText: 'Mia de Boer'})
            .getByText('replies')
            .or(page.locator(`#post_${mia.root_id} .ThreadFooter`))
            .first()
            .click();
        await page.getByRole('heading', {name: 'Thread'}).waitFor();
        await anna.openPanel();
        await anna.panel.getByRole('heading', {name: 'Mia de Boer'}).waitFor();
        await anna.button('ireserve.action.show_thread').click();
        await page.getByRole('heading', {name: 'Thread'}).waitFor();
        await page.locator(`#rhsPost_${mia.root_id}`).waitFor();
        await anna.openPanel();
    });

    it('/ireserve, typed, opens the panel; its other words are the bridge’s', async () => {
        const {page} = anna;
        await page.getByLabel('Close Sidebar Icon').click();
        const box = page.getByLabel('Write to this channel');
        await box.fill('/ireserve');
        await box.press('Enter');
        await anna.panel.getByRole('tablist').waitFor();
        await box.fill('/ireserve help');
        await box.press('Enter');
        await page.getByText('(Only visible to you)').waitFor();
        expect.soft(await anna.look('25-slash-command')).toEqual([]);
    });

    it('the bridge away: the text is kept, the reply waits, and leaves when it is back', async () => {
        await anna.page.getByRole('tab', {name: anna.word('ireserve.view.open')}).click();
        await anna.openConversation('Tom Bakker');
        await anna.choose('reply');
        await anna.box('Tom Bakker').fill('One moment');
        await stage.bridge.goAway();
        await anna.panel
            .getByText(anna.word('ireserve.notice.bridge_away'))
            .or(anna.panel.getByText(anna.word('ireserve.connection.reconnecting')))
            .first()
            .waitFor();
        expect.soft(await anna.look('26-bridge-away')).toEqual([]);
        expect(await anna.box('Tom Bakker').inputValue()).toBe('One moment');
        await anna.reply('Tom Bakker', 'I look it up at once.');
        const mine = anna.message('I look it up at once.');
        await mine.getByText(anna.word('ireserve.delivery.unknown')).waitFor();
        expect.soft(await anna.look('27-waits-for-bridge')).toEqual([]);
        await stage.bridge.restart();
        await stage.bridge.listening();
        await mine.getByText(anna.word('ireserve.delivery.delivered'), {exact: true}).waitFor({timeout: 2 * WITHIN_MS});
        // By themselves: nobody has to press anything.
        for (const one of [anna, ben]) await one.button('ireserve.connection.retry').waitFor({state: 'detached'});
        for (const id of ['ireserve.notice.bridge_away', 'ireserve.notice.waits'] as const)
            await anna.panel.getByText(anna.word(id)).waitFor({state: 'detached'});
        expect.soft(await anna.look('28-bridge-back')).toEqual([]);
        // What failed to load while the bridge was away is the browser's own complaint.
        for (const {complaints} of [anna, ben])
            expect(complaints.filter((one) => !/Failed to load resource|ERR_|net::|WebSocket/.test(one))).toEqual([]);
    }, 90_000);

    it('the mirror channel is not Ben’s any more: what he looked at is gone at once', async () => {
        await ben.panel.getByRole('heading', {name: 'Mia de Boer'}).waitFor();
        stage.mattermost.act.removeMember(stage.mattermost.seeded.channels.mirror.id, stage.mattermost.seeded.agents[1].id);
        // The bridge asks Mattermost every 15 seconds who is a member: this must not wait for it, nor let it bring anything back.
        await ben.panel.getByRole('tablist').waitFor({timeout: 3000});
        expect(await ben.panel.getByRole('listitem').count()).toBe(0);
        await ben.page.getByRole('tab', {name: ben.word('ireserve.view.open')}).click();
        await ben.page.waitForLoadState('networkidle');
        expect(await ben.panel.getByRole('listitem').count()).toBe(0);
        expect.soft(await ben.look('29-no-longer-a-member')).toEqual([]);
    });
});
