import {screen, waitFor, within} from '@testing-library/react';
import {expect, test} from 'vitest';
import {findViolations} from '../../../tests/accessibility.ts';
import {renderPanel} from '../../../tests/render.tsx';
import {createServers, problem} from '../../../tests/servers.ts';

const box = () => screen.getByRole('textbox', {name: 'Reply to Sanne de Vries'});

/** With the keyboard alone, from the composer's list. */
async function manage(servers = createServers()) {
    const parts = renderPanel({servers});
    await parts.user.click(await screen.findByRole('button', {name: /Sanne de Vries/}));
    await screen.findByRole('heading', {name: 'Sanne de Vries'});
    await parts.user.type(box(), '/');
    await parts.user.tab({shift: true});
    expect(screen.getByRole('button', {name: 'Manage'})).toHaveFocus();
    await parts.user.keyboard('{Enter}');
    await screen.findByRole('heading', {name: 'Canned replies'});
    return parts;
}
const entries = () => screen.getAllByRole('listitem');

test('shows all of them and whose they are, and leads back to the composer, which is as it was', async () => {
    const {user, container} = await manage();
    expect(await screen.findByText('Late check-in')).toBeOnPage();
    expect(screen.getByText(/Shared by everybody who answers visitors of Hotel Aurora/)).toBeOnPage();
    expect(screen.getByRole('heading', {name: 'Canned replies'})).toHaveFocus();
    await user.click(screen.getByRole('button', {name: 'Add a canned reply'}));
    expect(await findViolations(container)).toEqual([]);
    await user.click(screen.getByRole('button', {name: 'Back to the conversation'}));
    await screen.findByRole('heading', {name: 'Sanne de Vries'});
    await waitFor(() => expect(box()).toHaveFocus());
    // The slash was there for the list only.
    expect(box()).toHaveValue('');
});

test('one is added with the keyboard, and is there for the next slash', async () => {
    const {user, servers} = await manage();
    await screen.findByText('Late check-in');
    await user.tab();
    expect(screen.getByRole('button', {name: 'Add a canned reply'})).toHaveFocus();
    await user.keyboard('{Enter}');
    await user.keyboard('Breakfast');
    await user.tab();
    await user.keyboard('Early Bird!');
    await user.tab();
    await user.keyboard('From 7, {{visitor_name}.');
    await user.tab();
    await user.keyboard('{Enter}');
    expect(await screen.findByText('“Breakfast” was saved.')).toBeOnPage();
    expect(servers.requests('POST', '/canned')[0]?.body).toEqual({
        title: 'Breakfast',
        shortcut: 'early-bird-',
        text: 'From 7, {visitor_name}.',
    });
    expect(entries().map((one) => within(one).getByRole('strong').textContent)).toEqual(['Breakfast', 'Late check-in']);
    await user.click(screen.getByRole('button', {name: 'Back to the conversation'}));
    await user.type(await screen.findByRole('textbox', {name: /Reply to/}), '/early{Enter}');
    expect(box()).toHaveValue('From 7, Sanne de Vries.');
});

test('one is changed; a short cut somebody else has is said, and what was typed stays', async () => {
    const {user, servers} = await manage();
    await user.click(await screen.findByRole('button', {name: 'Edit Late check-in'}));
    servers.instead.set('PUT /v1/agent/canned/k1', () => problem(409, 'shortcut_taken'));
    const title = screen.getByRole('textbox', {name: 'Title'});
    expect(title).toHaveFocus();
    await user.clear(title);
    await user.type(title, 'Very late{Enter}');
    expect(await screen.findByText('Another canned reply has this short cut.')).toBeOnPage();
    expect(title).toHaveValue('Very late');
    servers.instead.clear();
    await user.click(screen.getByRole('button', {name: 'Save'}));
    expect(await screen.findByText('“Very late” was saved.')).toBeOnPage();
    expect(servers.requests('PUT', '/canned/k1').at(-1)?.body).toMatchObject({title: 'Very late', shortcut: 'late'});
    expect(entries()).toHaveLength(1);
});

test('deleting is asked about first, with the harmless answer under the keys; gone already is as good', async () => {
    const {user, servers} = await manage();
    await user.click(await screen.findByRole('button', {name: 'Delete Late check-in'}));
    expect(screen.getByRole('button', {name: 'Cancel'})).toHaveFocus();
    await user.keyboard('{Enter}');
    expect(servers.requests('DELETE', '/canned')).toEqual([]);
    await user.click(screen.getByRole('button', {name: 'Delete Late check-in'}));
    servers.instead.set('DELETE /v1/agent/canned/k1', () => problem(503, 'unavailable'));
    await user.click(screen.getByRole('button', {name: 'Yes, delete'}));
    expect(await screen.findByText('That did not work (unavailable).')).toBeOnPage();
    servers.instead.set('DELETE /v1/agent/canned/k1', () => problem(404, 'unknown_canned'));
    await user.click(screen.getByRole('button', {name: 'Yes, delete'}));
    expect(await screen.findByText('“Late check-in” was deleted.')).toBeOnPage();
    expect(screen.getByText(/There are no canned replies yet/)).toBeOnPage();
    expect(screen.getByRole('heading', {name: 'Canned replies'})).toHaveFocus();
});

test('what can’t be loaded is said, here and in the composer, and can be tried again', async () => {
    const servers = createServers();
    servers.instead.set('GET /v1/agent/canned', () => problem(403, 'not_an_agent'));
    const {user} = await manage(servers);
    expect(await screen.findByText('This account may not answer visitors.')).toBeOnPage();
    expect(screen.queryByRole('button', {name: 'Add a canned reply'})).toBeNull();
    servers.instead.clear();
    await user.click(screen.getByRole('button', {name: 'Try again'}));
    expect(await screen.findByText('Late check-in')).toBeOnPage();
    expect(screen.queryByRole('alert')).toBeNull();
});

test('many are searched', async () => {
    const servers = createServers();
    servers.canned = Array.from({length: 30}, (_, index) => ({
        id: `k${index}`,
        title: `Reply ${index}`,
        shortcut: `s${index}`,
        text: 'Text',
    }));
    const {user} = await manage(servers);
    await user.type(await screen.findByRole('searchbox', {name: 'Search canned replies'}), 's17');
    expect(entries()).toHaveLength(1);
    await user.type(screen.getByRole('searchbox'), 'x');
    expect(screen.getByText('No canned reply fits “s17x”.')).toBeOnPage();
});
