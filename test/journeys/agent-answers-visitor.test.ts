/** One agent answers one visitor: what the panel is for. */
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import cannedWords from '../../webapp/i18n/canned/en.json' with {type: 'json'};
import {lakePicture} from '../demo/picture.ts';
import {BROWSER, WITHIN_MS} from './browser.ts';
import type {Desk} from './desk.ts';
import {type Stage, setStage} from './stage.ts';

// Skipped: where there is no Chromium, which the run's set-up says.
describe.skipIf(!BROWSER)('answering', () => {
    const picture = Buffer.from(lakePicture());
    let stage: Stage;
    let anna: Desk;
    let sanne: {conversation_id: string; root_id: string};

    beforeAll(async () => {
        stage = await setStage();
        sanne = await stage.chat('Sanne Visser', 'Is the cottage by the lake free in July?', {
            topic: 'Availability',
            email: 'sanne@example.com',
        });
        anna = await stage.agent('anna.keller');
    });
    afterAll(() => stage?.stop());

    const visitorSees = (fits: (text: string) => boolean) =>
        stage.ireserve.waitForMessage(sanne.conversation_id, ({text, author}) => author.type === 'agent' && fits(text), WITHIN_MS);
    const heardByVisitor = () => stage.ireserve.conversation(sanne.conversation_id).messages.map(({text}) => text);

    it('first reply', async () => {
        await anna.openPanel();
        await anna.row('Sanne Visser').waitFor();
        expect.soft(await anna.look('01-queue')).toEqual([]);
        await anna.openConversation('Sanne Visser');
        await anna.message('cottage by the lake').waitFor();
        expect.soft(await anna.look('02-conversation')).toEqual([]);
        await anna.reply('Sanne Visser', 'Hello Sanne, yes: **the week of 13 July** is free.');
        const mine = anna.message('the week of 13 July');
        await mine.getByText(anna.word('ireserve.delivery.delivered'), {exact: true}).waitFor();
        expect((await visitorSees((text) => text.includes('13 July'))).author.name).toBe('Anna Keller');
        expect(await anna.box('Sanne Visser').inputValue()).toBe('');
        // The post is Anna's own, in the thread, on every client.
        const thread = stage.mattermost.look.thread(sanne.root_id);
        expect(thread.find(({message}) => message.includes('13 July'))?.username).toBe('anna.keller');
        expect.soft(await anna.look('03-first-reply')).toEqual([]);
    });

    it('the visitor’s next words appear by themselves', async () => {
        const typing = anna.panel.getByText(anna.word('ireserve.typing', {names: 'Sanne Visser'}));
        // Seen for some seconds only, so it is said until it is seen, as a visitor who goes on typing would.
        await expect
            .poll(
                async () => {
                    await stage.ireserve.typing(sanne.conversation_id);
                    return typing.isVisible();
                },
                {timeout: WITHIN_MS, interval: 500},
            )
            .toBe(true);
        expect.soft(await anna.look('04-visitor-types')).toEqual([]);
        await stage.ireserve.say(sanne.conversation_id, 'Wonderful! Is there a rowing boat? <b>not bold</b> @anna.keller');
        const theirs = anna.message('rowing boat');
        await theirs.waitFor();
        expect(await theirs.locator('b').count()).toBe(0);
    });

    it('a reply with a picture', async () => {
        const chooser = anna.page.waitForEvent('filechooser');
        await anna.button('ireserve.files.attach').click();
        await (await chooser).setFiles({name: 'the lake.png', mimeType: 'image/png', buffer: picture});
        await anna
            .button('ireserve.files.remove')
            .or(anna.panel.getByRole('button', {name: 'Remove the lake.png'}))
            .waitFor();
        expect.soft(await anna.look('05-picture-attached')).toEqual([]);
        await anna.reply('Sanne Visser', 'This is the view.');
        const mine = anna.message('This is the view.');
        await mine.getByRole('img', {name: 'the lake.png'}).waitFor();
        await mine.getByText(anna.word('ireserve.delivery.delivered'), {exact: true}).waitFor();
        const {files} = await visitorSees((text) => text === 'This is the view.');
        expect(files.map(({name}) => name)).toEqual(['the lake.png']);
        expect.soft(await anna.look('06-reply-with-picture')).toEqual([]);
    });

    it('a picture that is pasted, and one that is dropped on the messages', async () => {
        const {panel} = anna;
        const give = (kind: 'paste' | 'drop', name: string) =>
            (kind === 'paste' ? anna.box('Sanne Visser') : panel.getByRole('log')).evaluate(
                (element, {kind, name, bytes}) => {
                    const data = new DataTransfer();
                    data.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], name, {type: 'image/png'}));
                    const more = {bubbles: true, cancelable: true};
                    const event =
                        kind === 'paste'
                            ? new ClipboardEvent('paste', {clipboardData: data, ...more})
                            : new DragEvent('drop', {dataTransfer: data, ...more});
                    if (kind === 'drop') element.dispatchEvent(new DragEvent('dragover', {dataTransfer: data, ...more}));
                    element.dispatchEvent(event);
                },
                {kind, name, bytes: picture.toString('base64')},
            );
        await anna.page.route('**/api/v4/files?*', async (route) => {
            await panel.getByRole('progressbar').first().waitFor();
            await route.continue();
        });
        await give('paste', 'pasted.png');
        await give('drop', 'dropped.png');
        for (const name of ['pasted.png', 'dropped.png']) await panel.getByRole('button', {name: `Remove ${name}`}).waitFor();
        await panel.getByRole('progressbar').first().waitFor({state: 'detached'});
        await anna.page.unroute('**/api/v4/files?*');
        expect.soft(await anna.look('06-pasted-and-dropped')).toEqual([]);
        await anna.reply('Sanne Visser', 'Two more.');
        const {files} = await visitorSees((text) => text === 'Two more.');
        expect(files.map(({name}) => name).sort()).toEqual(['dropped.png', 'pasted.png']);
    });

    it('a note stays', async () => {
        await anna.choose('note');
        await anna.noteBox().fill('Regular guest: offer her the old price.');
        expect.soft(await anna.look('07-note-mode')).toEqual([]);
        await anna.button('ireserve.composer.send_note').click();
        await anna.message('Regular guest').getByText(anna.word('ireserve.role.note')).waitFor();
        await anna.choose('reply');
        await anna.reply('Sanne Visser', 'See you in July!');
        await visitorSees((text) => text === 'See you in July!');
        expect(heardByVisitor().join()).not.toContain('Regular guest');
        await anna.message('See you in July!').getByText(anna.word('ireserve.delivery.delivered'), {exact: true}).waitFor();
        expect.soft(await anna.look('08-note')).toEqual([]);
    });

    it('what is written in the thread and looks meant for a colleague is asked about, and sent', async () => {
        const {page} = anna;
        await page.locator(`#post_${sanne.root_id} .ThreadFooter`).click();
        await page.getByLabel('Reply to this thread...').fill('@ben.osei can you look after this guest?');
        await page.getByLabel('Reply to this thread...').press('Enter');
        await anna.openPanel();
        const held = anna.message('can you look after this guest?');
        await held.getByText(anna.word('ireserve.delivery.asked')).waitFor();
        expect.soft(await anna.look('09-guard-question')).toEqual([]);
        expect(heardByVisitor().join()).not.toContain('look after this guest');
        await anna.button('ireserve.delivery.send', held).click();
        await held.getByText(anna.word('ireserve.delivery.delivered'), {exact: true}).waitFor();
        await visitorSees((text) => text.includes('look after this guest'));
    });

    it('a failed delivery, and Retry', async () => {
        stage.ireserve.failCallbacks({status: 422, times: Number.POSITIVE_INFINITY});
        await anna.reply('Sanne Visser', 'The boat is included.');
        const mine = anna.message('The boat is included.');
        await mine.getByText(anna.word('ireserve.delivery.failed')).waitFor();
        expect.soft(await anna.look('10-failed')).toEqual([]);
        stage.ireserve.healCallbacks();
        await anna.button('ireserve.delivery.retry', mine).click();
        await mine.getByText(anna.word('ireserve.delivery.delivered'), {exact: true}).waitFor();
        expect(heardByVisitor().filter((text) => text === 'The boat is included.')).toHaveLength(1);
    });

    it('canned replies: none yet, one is made, used, and deleted', async () => {
        const {page, panel} = anna;
        const words = cannedWords;
        await anna.box('Sanne Visser').press('/');
        await anna.button('ireserve.canned.manage').click();
        await panel.getByText(words['ireserve.canned.empty']).waitFor();
        expect.soft(await anna.look('15-canned-none')).toEqual([]);
        await panel.getByRole('button', {name: words['ireserve.canned.add']}).click();
        await anna.typeWhereFocused('Opening hours');
        await panel.getByLabel(words['ireserve.canned.shortcut']).fill('hours');
        await panel.getByLabel(words['ireserve.canned.text'], {exact: true}).fill('Dear {visitor_name}, we are there from 9 to 18.');
        expect.soft(await anna.look('16-canned-form')).toEqual([]);
        await panel.getByRole('button', {name: words['ireserve.canned.save']}).click();
        await panel.getByText('/hours').waitFor();
        expect.soft(await anna.look('17-canned-list')).toEqual([]);
        await panel.getByRole('button', {name: words['ireserve.canned.back']}).click();
        await anna.box('Sanne Visser').fill('/ho');
        await panel.getByRole('option', {name: 'Opening hours'}).waitFor();
        expect.soft(await anna.look('18-canned-options')).toEqual([]);
        await page.keyboard.press('Enter');
        expect(await anna.box('Sanne Visser').inputValue()).toBe('Dear Sanne Visser, we are there from 9 to 18.');
        await anna.box('Sanne Visser').fill('/');
        await anna.button('ireserve.canned.manage').click();
        await panel.getByRole('button', {name: 'Delete Opening hours'}).click();
        expect.soft(await anna.look('19-canned-delete')).toEqual([]);
        await panel.getByRole('button', {name: words['ireserve.canned.delete_yes']}).click();
        await panel.getByText(words['ireserve.canned.empty']).waitFor();
        await panel.getByRole('button', {name: words['ireserve.canned.back']}).click();
        await anna.box('Sanne Visser').waitFor();
    });

    it('close, and reopen', async () => {
        await anna.button('ireserve.action.close').click();
        await anna.panel.getByLabel(anna.word('ireserve.close.reason')).fill('answered');
        expect.soft(await anna.look('13-closing')).toEqual([]);
        await anna.button('ireserve.close.yes').click();
        await anna.button('ireserve.action.reopen').waitFor();
        await anna.noteBox().waitFor();
        expect.soft(await anna.look('14-closed')).toEqual([]);
        await anna.button('ireserve.action.reopen').click();
        await anna.button('ireserve.action.close').waitFor();
    });

    it('undo', async () => {
        await stage.configure({panel_undo_seconds: 30});
        const ben = await stage.agent('ben.osei');
        await ben.openPanel();
        await ben.page.getByRole('tab', {name: ben.word('ireserve.view.open')}).click();
        await ben.openConversation('Sanne Visser');
        await ben.reply('Sanne Visser', 'Only on Mondays, sorry.');
        await ben.message('Only on Mondays').waitFor();
        expect.soft(await ben.look('11-undo-bar')).toEqual([]);
        await ben.button('ireserve.undo.do').click();
        await ben.message('Only on Mondays').waitFor({state: 'detached'});
        expect(await ben.box('Sanne Visser').inputValue()).toBe('Only on Mondays, sorry.');
        expect.soft(await ben.look('12-undone')).toEqual([]);
        expect(heardByVisitor().join()).not.toContain('Mondays');
        expect(ben.complaints).toEqual([]);
        await ben.close();
    });

    it('complains of nothing', () => {
        expect(anna.complaints).toEqual([]);
    });
});
