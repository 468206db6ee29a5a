import {fireEvent, screen, waitFor, within} from '@testing-library/react';
import {expect, test} from 'vitest';
import {GONE, integration} from '../../../tests/admin_answers.ts';
import {createAdminServers} from '../../../tests/admin_servers.ts';
import {button, openTab} from '../../../tests/render_console.tsx';
import {CHANNEL, problem, type Wire} from '../../../tests/servers.ts';

test('only what was changed is sent, with the time it was read', async () => {
    const {user, admin} = await openTab('integrations');
    const hours = await screen.findByRole('spinbutton', {name: 'Give up after (hours)'});
    await user.clear(hours);
    await user.type(hours, '24');
    await user.click(screen.getByRole('radio', {name: /^Paused/}));
    await screen.findByText('2 changes are not saved');
    await user.click(await button('Save'));
    await screen.findByText('Saved.');
    expect(admin.requests('PATCH', '/integrations').map(({body}) => body)).toEqual([
        {state: 'paused', config: {dead_letter_after_hours: 24}, expected_updated_at: '2026-11-01T10:00:00.000Z'},
    ]);
    expect(screen.queryByText(/not saved$/)).toBeNull();
});

test('typing the same again is no change, whatever the order of names', async () => {
    const {user} = await openTab('integrations');
    const json = await screen.findByRole('textbox', {name: 'i-Reserve’s own webhooks'});
    fireEvent.change(json, {target: {value: '{"fields": {"Status": "status"}, "entity": "data"}'}});
    expect(screen.queryByText(/not saved$/)).toBeNull();
    await user.clear(json);
    await user.type(json, 'oops');
    await user.click(await button('Save'));
    await screen.findByText('This is not valid JSON.');
    await waitFor(() => expect(json).toHaveFocus());
});

test('what the bridge refuses stands at its field, and the focus goes there', async () => {
    const admin = createAdminServers();
    const errors = [{path: 'config.time_zone', message: 'unknown time zone'}];
    admin.instead.set('PATCH /integrations', () => Response.json({code: 'invalid_request', detail: 'see errors', errors}, {status: 422}));
    const {user} = await openTab('integrations', {admin});
    const zone = await screen.findByRole('textbox', {name: 'Time zone'});
    await user.clear(zone);
    await user.type(zone, 'Mars{Enter}');
    await screen.findByText('unknown time zone');
    await waitFor(() => expect(zone).toHaveFocus());
    expect(zone.getAttribute('aria-invalid')).toBe('true');
    expect(document.getElementById(zone.getAttribute('aria-describedby')?.split(' ')[0] ?? '')).toHaveText('unknown time zone');
});

test('a new integration is not sent before all of it is filled in; what the bridge refuses stands at its field, and only there', async () => {
    const admin = createAdminServers();
    const errors = [{path: 'config.channel_id', message: 'must be a Mattermost id'}];
    admin.instead.set('POST /integrations', () => Response.json({code: 'invalid_request', detail: 'see errors', errors}, {status: 422}));
    const {user} = await openTab('integrations', {admin});
    await user.click(await button('Add an integration'));
    const box = (name: string) => screen.findByLabelText(name);
    await user.type(await box('Licence'), 'aurora');
    await user.click(await button('Save'));
    await waitFor(async () => expect(await box('Name')).toHaveFocus());
    expect(screen.getAllByText('This is needed.')).toHaveLength(3);
    expect(admin.requests('POST', '/integrations')).toEqual([]);
    for (const name of ['Name', 'Bot token', 'Channel']) await user.type(await box(name), 'x');
    await user.click(await button('Save'));
    await waitFor(async () => expect(await box('Channel')).toHaveFocus());
    expect(screen.getAllByText(/must be a Mattermost id/)).toHaveLength(1);
    admin.instead.clear();
    await user.click(await button('Save'));
    await waitFor(async () => expect(await box('Integration')).toHaveValue('x'));
    expect(screen.queryByRole('alertdialog')).toBeNull();
});

test('a channel that is gone stays chosen and is marked; others are offered', async () => {
    const admin = createAdminServers();
    admin.integrations = [integration({config: {...(integration().config as Wire), channel_id: GONE}})];
    admin.channels.push({
        channel_id: GONE,
        name: 'old',
        display_name: 'Old chats',
        team: 'Aurora',
        type: 'private',
        uses: [],
        gone: 'archived',
    });
    await openTab('integrations', {admin});
    const select = await screen.findByRole('combobox', {name: 'Channel'});
    await waitFor(() => expect(select).toHaveText('Old chats – archived'));
    expect((select as HTMLSelectElement).value).toBe(GONE);
    expect(within(select).getAllByRole('option')).toHaveLength(3);
    await screen.findByText(/This channel is archived/);
});

test('Notifications → channel: a row more, a type twice is refused, an empty channel is not sent', async () => {
    const {user, admin} = await openTab('integrations');
    await user.click(await button('Add a type'));
    const types = screen.getAllByRole('combobox', {name: 'Type of notification'});
    await waitFor(() => expect(types[1]).toHaveFocus());
    await user.keyboard('booking_confirmation');
    const channels = screen.getAllByRole('combobox', {name: 'Channel of booking_confirmation'});
    await user.selectOptions(channels[1] as HTMLElement, CHANNEL);
    await user.click(await button('Save'));
    await screen.findByText('booking_confirmation stands here twice.');
    await user.clear(types[1] as HTMLElement);
    await user.type(types[1] as HTMLElement, 'payment');
    await user.selectOptions(screen.getByRole('combobox', {name: 'Channel of booking_confirmation'}), '');
    await user.click(await button('Save'));
    await screen.findByText('Saved.');
    expect(admin.requests('PATCH', '/integrations').at(-1)?.body).toMatchObject({config: {notifications: {payment: CHANNEL}}});
});

test('nothing typed is lost without a question: tabs, other integrations, other pages', async () => {
    const {user, store} = await openTab('integrations');
    const blocked: unknown[] = [];
    const dispatch = store.dispatch.bind(store);
    store.dispatch = ((action: {type: string; blocked?: boolean}) => {
        if (action.type === 'SET_NAVIGATION_BLOCKED') blocked.push(action.blocked);
        return dispatch(action as never);
    }) as typeof store.dispatch;
    await user.type(await screen.findByRole('textbox', {name: 'Time zone'}), 'x');
    expect(blocked.at(-1)).toBe(true);
    const leaving = new Event('beforeunload', {cancelable: true});
    window.dispatchEvent(leaving);
    expect(leaving.defaultPrevented).toBe(true);
    await user.click(screen.getByRole('tab', {name: 'Log'}));
    const question = await screen.findByRole('alertdialog');
    expect(within(question).getByRole('button', {name: 'Keep editing'})).toHaveFocus();
    await user.keyboard('{Escape}');
    expect(screen.getByRole('textbox', {name: 'Time zone'})).toHaveValue('Europe/Amsterdamx');
    await user.selectOptions(screen.getByRole('combobox', {name: 'Integration'}), 'aurora');
    await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', {name: 'Discard changes'}));
    expect(await screen.findByRole('textbox', {name: 'Time zone'})).toHaveValue('Europe/Amsterdam');
    expect(screen.getByRole<HTMLSelectElement>('combobox', {name: 'Integration'}).value).toBe('aurora');
    expect(blocked.at(-1)).toBe(false);
});

test('somebody changed it meanwhile: nothing is overwritten, nothing typed is lost', async () => {
    const admin = createAdminServers();
    admin.instead.set('PATCH /integrations', () => problem(409, 'changed_meanwhile'));
    const {user} = await openTab('integrations', {admin});
    await user.type(await screen.findByRole('textbox', {name: 'Time zone'}), 'x');
    await user.click(await button('Save'));
    await screen.findByText(/Somebody changed it meanwhile/);
    expect(screen.getByRole('textbox', {name: 'Time zone'})).toHaveValue('Europe/Amsterdamx');
});

test('a secret goes in, is shown once when it was made, and the old one is dropped by itself', async () => {
    const {user, admin} = await openTab('integrations');
    await user.click(await button('Rotate …: Signing secret'));
    await user.click(within(screen.getByRole('group', {name: 'Rotate …: Signing secret'})).getByRole('button', {name: 'Save'}));
    expect(await screen.findByRole('textbox', {name: 'Signing secret'})).toHaveValue('whsec_generated');
    expect(admin.requests('POST', '/integrations/aurora-test/secrets').map(({body}) => body)).toEqual([
        {generate: true, expires_at: null, drop_oldest: true},
    ]);
    await user.click((await screen.findAllByRole('button', {name: /^Drop: Signing secret/}))[1] as HTMLElement);
    await user.click(await button('Drop'));
    await waitFor(() => expect(screen.getAllByRole('button', {name: /^Drop: Signing secret/})).toHaveLength(1));
});

test('the day a secret expires is changed, and taken away, without touching the secret', async () => {
    const {user, admin} = await openTab('integrations');
    const name = 'Expiry …: Bot token k3f9';
    await user.click(await button(name));
    const box = () => within(screen.getByRole('group', {name})).getByLabelText('Expires on (a reminder)');
    expect(box()).toHaveFocus();
    fireEvent.change(box(), {target: {value: '2031-05-06'}});
    await user.keyboard('{Escape}');
    expect(await button(name)).toHaveFocus();
    await user.keyboard('{Enter}');
    // What was given up is not there any more.
    expect(box()).toHaveValue('');
    fireEvent.change(box(), {target: {value: '2031-05-06'}});
    await user.keyboard('{Enter}');
    await screen.findByText('May 6, 2031');
    await user.click(await button(name));
    expect(box()).toHaveValue('2031-05-06');
    fireEvent.change(box(), {target: {value: ''}});
    await user.keyboard('{Enter}');
    await waitFor(() => expect(screen.queryByText('May 6, 2031')).toBeNull());
    const sent = admin.requests('PATCH', '/integrations/aurora-test/secrets');
    expect(sent.map(({path}) => path)).toEqual(Array(2).fill('/integrations/aurora-test/secrets/bot_token/b1'));
    expect(sent.map(({body}) => body)).toEqual([{expires_at: new Date('2031-05-06T23:59:59').toISOString()}, {expires_at: null}]);
});

test('removing wants the name, letter by letter', async () => {
    const {user, admin} = await openTab('integrations');
    await user.click(await button('Remove this integration'));
    const yes = await button('Remove it for good');
    await user.click(yes);
    await user.type(screen.getByRole('textbox', {name: /Type aurora-test/}), 'aurora-tes{Enter}');
    expect(admin.requests('DELETE', '/integrations')).toEqual([]);
    await user.keyboard('t{Enter}');
    await waitFor(() => expect(screen.getByRole<HTMLSelectElement>('combobox', {name: 'Integration'}).value).toBe('aurora'));
    expect(admin.requests('DELETE', '/integrations').map(({query}) => query.get('confirm'))).toEqual(['aurora-test']);
});

test('who may only read sees everything and changes nothing', async () => {
    const admin = createAdminServers();
    admin.me = {...admin.me, scope: 'read'};
    await openTab('integrations', {admin});
    expect(await screen.findByRole('textbox', {name: 'Time zone'})).toHaveProperty('disabled', true);
    for (const name of ['Save', /^Rotate/, 'Remove this integration', 'Add an integration', 'Post a test message'])
        expect(screen.queryByRole('button', {name})).toBeNull();
});
