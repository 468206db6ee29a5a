/** The System Console's page, against a real bridge: everything an admin does there, and what he reads when something is wrong. */
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type AdminDesk, adminAt} from './admin.ts';
import {BROWSER, WITHIN_MS} from './browser.ts';
import {type Stage, setStage} from './stage.ts';

// Skipped: where there is no Chromium, which the run's set-up says.
describe.skipIf(!BROWSER)('the System Console', () => {
    let stage: Stage;
    let admin: AdminDesk;
    let sanne: {conversation_id: string; root_id: string};

    beforeAll(async () => {
        stage = await setStage();
        sanne = await stage.chat('Sanne Visser', 'Is the cottage free in July?');
        admin = await adminAt(stage);
    });
    afterAll(() => stage?.stop());

    const of = (name: string) => admin.page.getByRole('region', {name, exact: true});

    it('the overview: every hop, and the check', async () => {
        const {page, say} = admin;
        await page.getByRole('table', {name: say('ireserve.console.hops', {name: 'aurora-test'})}).waitFor();
        await expect
            .poll(() => page.getByRole('row', {name: /Bridge → Mattermost/}).innerText())
            .toContain(say('ireserve.console.state.good'));
        await page.getByText(say('ireserve.console.hops.listening')).waitFor();
        expect.soft(await admin.lookAll('50-overview')).toEqual([]);
        await admin.press('ireserve.console.check.run');
        await page.locator('.IRConsole__checks li').first().waitFor();
        expect.soft(await admin.lookAll('51-checked')).toEqual([]);
        await admin.press('ireserve.console.round_trip');
        expect.soft(await admin.look('52-round-trip-asks')).toEqual([]);
        await page.keyboard.press('Escape');
        await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain(say('ireserve.console.round_trip'));
    });

    it('what is searched for in the System Console is not marked here: the page would come apart', async () => {
        const {page} = admin;
        const search = page.getByPlaceholder('Find settings');
        await search.fill('reserve');
        await page.locator('h1 mark').waitFor();
        expect(await page.locator('.IRConsole mark').count()).toBe(0);
        await search.fill('');
    });

    it('the kill switch: everything waits, and leaves in order', async () => {
        const {page, say} = admin;
        await admin.press('ireserve.console.kill.turn_on');
        await page.getByRole('textbox', {name: say('ireserve.console.reason')}).fill('wrong price list');
        expect.soft(await admin.look('53-kill-switch-asks')).toEqual([]);
        await page.keyboard.press('Enter');
        await page.getByRole('button', {name: say('ireserve.console.kill.turn_off')}).waitFor();
        expect.soft(await admin.lookAll('54-switched-off')).toEqual([]);
        const {mattermost, ireserve} = stage;
        const before = mattermost.look.thread(sanne.root_id).length;
        await ireserve.say(sanne.conversation_id, 'Hello?');
        await admin.tab('deliveries');
        await page.getByRole('listitem').filter({hasText: 'message.created'}).waitFor();
        expect(mattermost.look.thread(sanne.root_id)).toHaveLength(before);
        await admin.tab('overview');
        await admin.press('ireserve.console.kill.turn_off');
        await page
            .getByRole('group')
            .getByRole('button', {name: say('ireserve.console.kill.turn_off')})
            .click();
        await page.getByRole('button', {name: say('ireserve.console.kill.turn_on')}).waitFor();
        await mattermost.until(() => mattermost.look.thread(sanne.root_id).length > before, WITHIN_MS);
    });

    it('settings: what is wrong is said at the field, what is right is saved and obeyed', async () => {
        const {page, say} = admin;
        await admin.tab('integrations');
        const zone = page.getByRole('textbox', {name: say('ireserve.console.field.time_zone')});
        await zone.fill('Mars/Olympus');
        await page.getByRole('combobox', {name: say('ireserve.console.field.language')}).selectOption('de');
        await page.getByText('2 changes are not saved').waitFor();
        const {field, bar, edge} = await page.evaluate(() => {
            const box = (selector: string) => document.querySelector(selector)?.getBoundingClientRect() as DOMRect;
            const at = '.IRConsole__section .IRConsole__field';
            return {
                field: {
                    label: box(`${at} > label`),
                    control: box(`${at} input`),
                    section: box(`.IRConsole__section:has(.IRConsole__field)`),
                },
                bar: box('.IRConsole__save').bottom,
                edge: box('.admin-console__wrapper').bottom,
            };
        });
        expect.soft(field.label.right, 'the label stands before its control').toBeLessThanOrEqual(field.control.left);
        expect.soft(field.label.left, 'within its section').toBeGreaterThan(field.section.left);
        expect.soft(bar, 'the bar with Save lies at the bottom').toBe(edge);
        expect.soft(await admin.lookAll('55-integration')).toEqual([]);
        await zone.press('Enter');
        await expect.poll(() => zone.getAttribute('aria-invalid')).toBe('true');
        await expect.poll(() => zone.evaluate((box) => box === document.activeElement)).toBe(true);
        expect.soft(await admin.look('56-refused-at-the-field')).toEqual([]);
        await zone.fill('Europe/Berlin');
        await admin.press('ireserve.console.save');
        await page.getByText(say('ireserve.console.saved')).first().waitFor({state: 'attached'});
        await expect.poll(() => zone.inputValue()).toBe('Europe/Berlin');
        const rows = await stage.bridge.database.read.selectFrom('integration').select('config').execute();
        expect(JSON.parse(rows[0]?.config ?? '{}')).toMatchObject({time_zone: 'Europe/Berlin', language: 'de'});
        // The System Console's own form was never sent.
        expect(await page.locator('[data-saves]').getAttribute('data-saves')).toBe('0');
    });

    it('nothing typed is lost without a question, here and in the System Console', async () => {
        const {page, say} = admin;
        const zone = page.getByRole('textbox', {name: say('ireserve.console.field.time_zone')});
        await zone.fill('Europe/Paris');
        await page.getByRole('button', {name: 'Environment'}).click();
        await page.getByText('Discard Changes?').waitFor();
        await admin.tab('log');
        await page.getByText(say('ireserve.console.leave')).waitFor();
        expect.soft(await admin.look('57-unsaved')).toEqual([]);
        await page.keyboard.press('Escape');
        expect(await zone.inputValue()).toBe('Europe/Paris');
        await admin.press('ireserve.console.discard_changes');
        expect(await zone.inputValue()).toBe('Europe/Berlin');
    });

    it('a notification’s channel is mapped', async () => {
        const {page, say} = admin;
        await admin.press('ireserve.console.notification.add');
        await admin.typeWhereFocused('payment_received');
        await page
            .getByRole('combobox', {name: say('ireserve.console.notification.channel', {type: 'payment_received'})})
            .selectOption(stage.mattermost.seeded.channels.mirror.id);
        expect.soft(await admin.lookAll('58-notifications')).toEqual([]);
        await admin.press('ireserve.console.save');
        await page.getByText('1 change is not saved').waitFor({state: 'detached'});
    });

    it('the test button posts, and says what stands in the way', async () => {
        const {page, say} = admin;
        const test = of(say('ireserve.console.test'));
        await admin.press('ireserve.console.test.run', test);
        await test.locator('.IRConsole__checks li').first().waitFor();
        expect.soft(await admin.lookAll('59-test-message')).toEqual([]);
        await page.evaluate(() => window.scrollTo(0, 0));
    });

    it('secrets: made, shown once, the old one dropped', async () => {
        const {page, say} = admin;
        const label = say('ireserve.console.secret.signing_secrets');
        await page.getByRole('button', {name: `${say('ireserve.console.secret.rotate')}: ${label}`}).click();
        expect.soft(await admin.look('60-secret-asks')).toEqual([]);
        await page
            .getByRole('group')
            .getByRole('button', {name: say('ireserve.console.save')})
            .click();
        const shown = page.getByRole('textbox', {name: label});
        await expect.poll(() => shown.inputValue()).toMatch(/^whsec_/);
        const drops = page.getByRole('button', {name: new RegExp(`^${say('ireserve.console.secret.drop')}: ${label}`)});
        await expect.poll(() => drops.count()).toBe(2);
        expect.soft(await admin.lookAll('61-secret-shown-once')).toEqual([]);
        // i-Reserve still signs with the old one.
        await drops.first().click();
        await page
            .getByRole('group')
            .getByRole('button', {name: say('ireserve.console.secret.drop')})
            .click();
        await expect.poll(() => drops.count()).toBe(1);
        await stage.ireserve.say(sanne.conversation_id, 'Still there?');
    });

    it('routing: a rule is made, tried before it is saved, moved, and obeyed', async () => {
        const {page, say} = admin;
        const {mattermost} = stage;
        const other = mattermost.seeded.channels.notifications.id;
        await admin.tab('routing');
        await page.getByText(say('ireserve.console.rules.none')).waitFor();
        for (const [topic, channel] of [
            ['Groups*', mattermost.seeded.channels.mirror.id],
            ['*parking*', other],
        ]) {
            await admin.press('ireserve.console.rule.add');
            const last = page.locator('.IRConsole__rules > li').last();
            await last.getByRole('textbox', {name: say('ireserve.console.rule.topic')}).fill(topic as string);
            await last.getByRole('combobox').selectOption(channel as string);
        }
        const preview = of(say('ireserve.console.preview'));
        await preview.getByRole('textbox', {name: say('ireserve.console.preview.topic')}).fill('Where is the parking?');
        await preview.getByText(say('ireserve.console.preview.by_rule', {rule: '2'})).waitFor();
        await page.getByRole('button', {name: say('ireserve.console.rule.up', {rule: '2'})}).click();
        await preview.getByText(say('ireserve.console.preview.by_rule', {rule: '1'})).waitFor();
        await expect
            .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
            .toBe(say('ireserve.console.rule.down', {rule: '1'}));
        expect.soft(await admin.lookAll('62-routing')).toEqual([]);
        await admin.press('ireserve.console.save');
        await page.getByText(say('ireserve.console.rules.unsaved')).waitFor({state: 'detached'});
        const {conversation_id} = await stage.ireserve.openConversation({name: 'Tom', topic: 'No parking left?', language: 'en'});
        await stage.ireserve.say(conversation_id, 'Hello');
        await mattermost.until(() => mattermost.look.roots(other).length > 0, WITHIN_MS);
    });

    it('the log: searched, followed live, and from a line to the whole trace', async () => {
        const {page, say} = admin;
        await admin.tab('log');
        const log = page.getByRole('list', {name: say('ireserve.console.tab.log')});
        await log.getByRole('listitem').first().waitFor();
        const filtered = page.waitForResponse((response) => response.url().includes('conversation='));
        await page.getByRole('searchbox', {name: say('ireserve.console.log.conversation')}).fill(sanne.conversation_id);
        await filtered;
        await admin.press('ireserve.console.log.follow');
        await page.getByText(say('ireserve.console.log.following')).waitFor();
        const before = await log.getByRole('listitem').count();
        await stage.ireserve.say(sanne.conversation_id, 'One more question.');
        await expect.poll(() => log.getByRole('listitem').count(), {timeout: WITHIN_MS}).toBeGreaterThan(before);
        await log.locator('summary').first().click();
        expect.soft(await admin.lookAll('63-log')).toEqual([]);
        await log
            .getByRole('button', {name: say('ireserve.console.trace')})
            .first()
            .click();
        await page.getByRole('table', {name: say('ireserve.console.trace')}).waitFor();
        expect.soft(await admin.lookAll('64-trace')).toEqual([]);
    });

    it('a dead letter: seen, sent elsewhere, tried again', async () => {
        const {page, say} = admin;
        const {mattermost, ireserve} = stage;
        mattermost.faults.add({kind: 'error', route: 'POST /posts', status: 400, id: 'model.post.is_valid.hashtags.app_error'});
        await ireserve.notify({notification_type: 'payment_received', notification_id: 'n1', title: 'Paid too late', text: 'By bank'});
        await admin.tab('overview');
        await admin.tab('deliveries');
        await page.getByRole('combobox', {name: say('ireserve.console.delivery.show')}).selectOption('dead');
        const letter = page.getByRole('listitem').filter({hasText: 'notification.created'});
        await expect
            .poll(async () => {
                await admin.press('ireserve.console.refresh');
                return letter.count();
            })
            .toBe(1);
        mattermost.faults.clear();
        expect.soft(await admin.lookAll('65-dead-letter')).toEqual([]);
        await page.getByRole('button', {name: say('ireserve.console.replay_all', {integration: 'aurora-test'})}).click();
        await page
            .getByText(say('ireserve.console.replay_all.found', {count: '1'}))
            .first()
            .waitFor();
        await letter.getByRole('button', {name: new RegExp(`^${say('ireserve.console.delivery.reroute')}`)}).click();
        await letter.getByRole('combobox').selectOption(mattermost.seeded.channels.notifications.id);
        expect.soft(await admin.look('66-send-elsewhere')).toEqual([]);
        await letter.getByRole('button', {name: say('ireserve.console.save')}).click();
        await letter.getByRole('combobox').waitFor({state: 'detached'});
        await letter.getByRole('checkbox').check();
        await admin.press('ireserve.console.delivery.replay_picked');
        const posts = () =>
            mattermost.look.roots(mattermost.seeded.channels.notifications.id).filter(({message}) => message.includes('Paid too late'));
        await mattermost.until(() => posts().length === 1, WITHIN_MS);
    });

    it('the audit knows who did all that', async () => {
        const {page, say} = admin;
        await admin.tab('audit');
        const audit = page.getByRole('list', {name: say('ireserve.console.tab.audit')});
        await audit.locator('summary').filter({hasText: 'admin'}).first().waitFor();
        for (const action of ['kill_switch', 'integration.changed', 'secret', 'delivery'])
            await audit.locator('code').filter({hasText: action}).first().waitFor();
        await audit.locator('summary').filter({hasText: 'integration.changed'}).first().click();
        expect.soft(await admin.lookAll('67-audit')).toEqual([]);
        await page.getByRole('searchbox', {name: say('ireserve.console.audit.action')}).fill('kill_switch');
        await audit.locator('code').filter({hasText: 'integration.changed'}).first().waitFor({state: 'detached'});
    });

    it('access: sessions and tokens', async () => {
        const {page, say} = admin;
        await admin.tab('access');
        await page.getByText(say('ireserve.console.sessions.mine')).first().waitFor();
        const tokens = of(say('ireserve.console.admin_tokens'));
        await tokens.getByRole('button', {name: say('ireserve.console.tokens.make')}).click();
        await tokens.getByRole('textbox', {name: say('ireserve.console.tokens.label')}).fill('nightly backup');
        expect.soft(await admin.lookAll('68-access')).toEqual([]);
        await tokens
            .getByRole('group')
            .getByRole('button', {name: say('ireserve.console.tokens.make')})
            .click();
        await expect.poll(() => tokens.getByRole('textbox', {name: say('ireserve.console.token')}).inputValue()).toMatch(/^ira_/);
        await tokens.getByText('nightly backup').waitFor();
        expect.soft(await admin.lookAll('69-token-made')).toEqual([]);
    });

    it('privacy: handed out; what would go is looked at first, and then it is gone', async () => {
        const {page, say} = admin;
        await admin.tab('privacy');
        await page.getByRole('textbox', {name: say('ireserve.console.privacy.conversation_id')}).fill(sanne.conversation_id);
        await admin.press('ireserve.console.erase.look');
        await page.getByText(say('ireserve.console.erase.plan')).waitFor();
        expect.soft(await admin.lookAll('70-privacy')).toEqual([]);
        const {look} = stage.mattermost;
        expect(look.thread(sanne.root_id).length).toBeGreaterThan(0);
        const file = page.waitForEvent('download');
        await admin.press('ireserve.console.export.run');
        expect((await file).suggestedFilename()).toBe(`aurora-test-${sanne.conversation_id}.json`);
        await admin.press('ireserve.console.erase.run');
        await admin.typeWhereFocused(sanne.conversation_id);
        expect.soft(await admin.lookAll('71-erase-asks')).toEqual([]);
        await page.keyboard.press('Enter');
        await page.getByRole('heading', {name: say('ireserve.console.erase.done')}).waitFor();
        expect(look.thread(sanne.root_id).filter(({delete_at}) => delete_at === 0)).toEqual([]);
        // The browser itself complains of answers that refuse; nothing else may be in its console.
        expect(admin.complaints.filter((one) => !/Failed to load resource/.test(one))).toEqual([]);
        await admin.close();
    });
});
