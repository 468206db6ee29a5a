/** Routing, log, dead letters, audit, access, privacy: what an admin comes back for. */
import {act, screen, waitFor, within} from '@testing-library/react';
import {expect, test} from 'vitest';
import {logEntry, NOTIFICATIONS} from '../../tests/admin_answers.ts';
import {button, openTab} from '../../tests/render_console.tsx';
import {CHANNEL, type Wire} from '../../tests/servers.ts';

test('rules move with the keyboard, the focus with them, and the preview follows before they are saved', async () => {
    const {user, admin} = await openTab('routing');
    const down = await button('Move rule 1 down');
    await user.click(down);
    await waitFor(() => expect(screen.getByRole('button', {name: 'Move rule 2 up'})).toHaveFocus());
    await screen.findByText('Now it is rule 2.');
    await user.type(screen.getByRole('textbox', {name: 'Address of the page'}), 'x');
    const preview = screen.getByRole('region', {name: /Where would this go/});
    await user.type(within(preview).getByRole('textbox', {name: 'Language'}), 'de');
    await waitFor(() => expect(preview).toHaveText('It goes to Bookings. Rule 2 chose it.'));
    await user.click(await button('Save'));
    await screen.findByText('Saved.');
    expect(admin.requests('PATCH', '/integrations').map(({body}) => (body.config as Wire).routing)).toEqual([
        [
            {page: '*/parking*', topic: 'Parking', channel_id: CHANNEL},
            {language: 'de', channel_id: NOTIFICATIONS},
        ],
    ]);
});

test('a rule is added with the focus in it, and removed with the focus beside it', async () => {
    const {user} = await openTab('routing');
    await user.click(await button('Add a rule'));
    const third = screen.getByRole('group', {name: 'Rule 3'});
    await waitFor(() => expect(within(third).getByRole('textbox', {name: 'Language'})).toHaveFocus());
    await user.click(within(third).getByRole('button', {name: 'Remove rule 3'}));
    await waitFor(() => expect(screen.getByRole('group', {name: 'Rule 2'}).contains(document.activeElement)).toBe(true));
    expect(screen.queryByText('The rules are not saved.')).toBeNull();
});

test('the log is searched, followed live, and leads to a message’s whole trace', async () => {
    const {user, admin} = await openTab('log');
    await user.type(await screen.findByRole('searchbox', {name: 'Search'}), 'archived');
    await waitFor(() => expect(admin.requests('GET', '/log').at(-1)?.query.get('search')).toBe('archived'));
    await user.click(await button('Follow live'));
    await waitFor(() => expect(admin.requests('GET', '/log/stream').at(-1)?.query.get('search')).toBe('archived'));
    await act(async () => admin.say('entry', logEntry(4, {detail: 'just now'})));
    await screen.findByText(/just now/);
    const list = screen.getByRole('list', {name: 'Log'});
    expect(within(list).getAllByRole('listitem')).toHaveLength(4);
    const before = admin.asked.length;
    await user.click(await button('Follow live'));
    await act(async () => undefined);
    expect(admin.asked.length).toBe(before);
    admin.deliveries = [{...admin.deliveries[0], id: 2}];
    await user.click(within(list).getAllByRole('button', {name: 'Trace', hidden: true})[2] as HTMLElement);
    await screen.findByRole('heading', {name: 'Trace of delivery 2'});
    expect(await screen.findByRole('table', {name: 'Trace'})).toHaveText('Unarchive it.');
});

test('dead letters: sent elsewhere, tried again, discarded with a reason; several at once', async () => {
    const {user, admin} = await openTab('deliveries');
    await user.click(await button('Send elsewhere …: delivery 7'));
    await user.selectOptions(screen.getByRole('combobox', {name: 'Channel'}), NOTIFICATIONS);
    await user.click(await button('Save'));
    await waitFor(() => expect(admin.requests('PATCH', '/deliveries/7').map(({body}) => body)).toEqual([{channel_id: NOTIFICATIONS}]));
    await user.click(await button('Discard …: delivery 8'));
    await user.type(await screen.findByRole('textbox', {name: 'Reason'}), 'told by phone');
    await user.click(await button('Discard …'));
    await waitFor(() => expect(admin.requests('POST', '/deliveries/8/discard').map(({body}) => body)).toEqual([{reason: 'told by phone'}]));
    await user.click(await screen.findByRole('checkbox', {name: 'Choose delivery 7'}));
    await user.click(await screen.findByRole('checkbox', {name: 'Choose delivery 9'}));
    await user.click(await button('Try those again'));
    await screen.findByText('2 are queued again.');
    expect(admin.requests('POST', '/deliveries/').map(({path}) => path)).toEqual(
        expect.arrayContaining(['/deliveries/7/replay', '/deliveries/9/replay']),
    );
});

test('a conversation is tried again from one of its dead letters on', async () => {
    const {user, admin} = await openTab('deliveries');
    await user.click(await button('Try again from here …: delivery 8'));
    await user.click(await button('Try again from here'));
    await waitFor(() =>
        expect(admin.requests('POST', '/deliveries/replay').map(({body}) => body)).toEqual([
            {integration: 'aurora-test', conversation: 'C1', direction: 'to-ireserve', from: 8, limit: 1000},
        ]),
    );
    await screen.findByText(/queued again/);
});

test('all dead letters of an integration: how many is asked before anything is sent', async () => {
    const {user, admin} = await openTab('deliveries');
    await user.click(await button(/^Try all of aurora-test/));
    await screen.findByText('Dead letters that fit: 2', {selector: 'span'});
    expect(admin.requests('POST', '/deliveries/replay').map(({body}) => body.dry_run)).toEqual([true]);
    await user.click(await button('Try 2 again'));
    await user.click(await button('Try 2 again'));
    await waitFor(() => expect(admin.requests('POST', '/deliveries/replay').map(({body}) => body.dry_run)).toEqual([true, false]));
});

test('the audit shows before and after', async () => {
    await openTab('audit');
    const entry = (await screen.findByText('integration.changed')).closest('li') as HTMLElement;
    for (const one of ['root', 'nl', 'en']) expect(entry).toHaveText(one);
});

test('sessions of others can be ended, one’s own not; an admin token is shown once', async () => {
    const {user, admin} = await openTab('access');
    await user.click(await button('End the session of @ben.osei'));
    expect(screen.queryByRole('button', {name: 'End the session of @admin'})).toBeNull();
    await user.click(await button('End'));
    await waitFor(() => expect(screen.queryByText('@ben.osei')).toBeNull());
    await user.click(await button('Make a token: Admin tokens'));
    await user.type(screen.getByRole('textbox', {name: 'What for'}), 'backup');
    await user.click(await button('Make a token'));
    expect(await screen.findByRole('textbox', {name: 'Token'})).toHaveValue('ira_shown_once');
    expect(admin.requests('POST', '/tokens').map(({body}) => body)).toEqual([
        {label: 'backup', scope: 'read', integration: 'aurora-test', expires_at: null},
    ]);
    await user.click(await button('Revoke: backup'));
    await user.click(await button('Revoke'));
    await waitFor(() => expect(screen.queryByRole('textbox', {name: 'Token'})).toBeNull());
});

test('erasing: a dry run first, then what was typed again; changing whom takes the plan away', async () => {
    const {user, admin} = await openTab('privacy');
    const box = await screen.findByRole('textbox', {name: 'Conversation'});
    await user.type(box, 'C1');
    await user.click(await button('Look what would go'));
    await screen.findByText('This would go');
    await user.type(box, '2');
    expect(screen.queryByText('This would go')).toBeNull();
    await user.click(await button('Look what would go'));
    await user.click(await button('Erase for good'));
    await user.type(screen.getByRole('textbox', {name: /Type C12/}), 'C12');
    await user.click(await button('Erase for good'));
    await screen.findByRole('heading', {name: 'Erased'});
    expect(admin.requests('POST', '/integrations/aurora-test/erase').map(({body}) => body)).toEqual([
        {conversation_id: 'C1', dry_run: true},
        {conversation_id: 'C12', dry_run: true},
        {conversation_id: 'C12', dry_run: false},
    ]);
});

test('Enter in a box does not send the form the System Console has around the page', async () => {
    const {user} = await openTab('log');
    let reached = 0;
    const count = (event: KeyboardEvent) => {
        if (!event.defaultPrevented) reached++;
    };
    document.addEventListener('keydown', count);
    await user.type(await screen.findByRole('searchbox', {name: 'Code'}), '{Enter}');
    document.removeEventListener('keydown', count);
    expect(reached).toBe(0);
});
