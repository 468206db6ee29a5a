import {screen, waitFor, within} from '@testing-library/react';
import {expect, onTestFinished, test} from 'vitest';
import words from '../../i18n/console/en.json';
import {findViolations} from '../../tests/accessibility.ts';
import {createAdminServers} from '../../tests/admin_servers.ts';
import {button, openTab, renderConsole} from '../../tests/render_console.tsx';
import {createServers, problem} from '../../tests/servers.ts';
import {TABS} from './context.tsx';

test.each(TABS)('%s has nothing axe complains of', async (tab) => {
    const {container} = await openTab(tab);
    await waitFor(() => expect(screen.queryByText('Loading …')).toBeNull());
    expect(await findViolations(container)).toEqual([]);
});

test('tabs: one in the tab order, arrows between them, the ends meet', async () => {
    const {user} = renderConsole();
    const first = await screen.findByRole('tab', {name: 'Overview'});
    first.focus();
    await user.keyboard('{ArrowLeft}');
    expect(screen.getByRole('tab', {name: 'Privacy'})).toHaveFocus();
    await user.keyboard('{ArrowRight}{ArrowRight}');
    const integrations = screen.getByRole('tab', {name: 'Integrations'});
    expect(integrations).toHaveFocus();
    expect(screen.getByRole('tabpanel').getAttribute('aria-labelledby')).toBe(integrations.id);
    expect(screen.getAllByRole('tab').filter(({tabIndex}) => tabIndex === 0)).toEqual([integrations]);
});

test.each([
    ['not_an_admin', /This page is for system admins/],
    ['too_many_requests', /refused a session \(too_many_requests\)/],
])('a session refused with %s is explained', async (code, words) => {
    const servers = createServers();
    servers.session = (nonce) => ({nonce, error: {code}});
    renderConsole({servers});
    expect(await screen.findByRole('alert')).toHaveText(String((await screen.findByText(words)).textContent));
});

test('a bridge that does not know the command’s word is too old', async () => {
    const servers = createServers();
    servers.session = () => ({});
    renderConsole({servers});
    await screen.findByText(/Update the bridge to the plugin’s version/);
});

test('a bridge that can’t be reached: why it may be, and again', async () => {
    const servers = createServers();
    servers.bridgeIsAway = true;
    const {user} = renderConsole({servers});
    await screen.findByText(/bridge\.example does not answer/);
    await screen.findByText(/Mattermost’s Site URL/);
    servers.bridgeIsAway = false;
    await user.click(screen.getByRole('button', {name: 'Try again'}));
    await screen.findByRole('tab', {name: 'Overview'});
});

test('a bridge that goes away, or refuses, while the page is open: said where something was asked of it', async () => {
    const servers = createServers();
    const admin = createAdminServers();
    const {user} = renderConsole({servers, admin});
    await screen.findByText(words['ireserve.console.kill.is_off']);
    servers.bridgeIsAway = true;
    await user.click(await screen.findByRole('tab', {name: 'Audit'}));
    await screen.findByText(/bridge\.example does not answer/);
    servers.bridgeIsAway = false;
    admin.instead.set('GET /sessions', () => problem(403, 'not_an_admin'));
    await user.click(screen.getByRole('tab', {name: 'Access'}));
    await screen.findByText(words['ireserve.console.refused.not_an_admin']);
});

test('the command is looked for in each of the admin’s teams', async () => {
    const servers = createServers();
    const asked: unknown[] = [];
    const own = servers.fetch;
    const missing = {id: 'api.command.execute_command.not_found.app_error', message: 'none', status_code: 404};
    // Left over from an earlier bridge.
    const dead = {id: 'api.command.execute_command.failed.app_error', message: 'no answer', status_code: 500};
    const fetch: typeof servers.fetch = (input, init) => {
        if (!String(input).endsWith('/commands/execute')) return own(input, init);
        const {team_id} = JSON.parse(String(init?.body)) as {team_id: string};
        asked.push(team_id);
        if (team_id === 'second') return Promise.resolve(Response.json(dead, {status: 500}));
        return team_id === 'third' ? own(input, init) : Promise.resolve(Response.json(missing, {status: 404}));
    };
    renderConsole({servers: {...servers, fetch}, teams: ['first', 'second', 'third']});
    await screen.findByRole('tab', {name: 'Overview'});
    expect(asked).toEqual(['first', 'second', 'third']);
});

test('no team has the command: what to do', async () => {
    const servers = createServers();
    const missing = {id: 'api.command.execute_command.not_found.app_error', message: 'none', status_code: 404};
    servers.instead.set('POST /api/v4/commands/execute', () => Response.json(missing, {status: 404}));
    renderConsole({servers, teams: ['first', 'second']});
    await screen.findByText(/ireserve-bridge setup/);
});

test('not wired yet is said where it is, and the rest works', async () => {
    const admin = createAdminServers();
    admin.instead.set('POST /integrations/aurora-test/round-trip', () => problem(501, 'not_available'));
    const {user} = renderConsole({admin});
    await user.click(await button('Round trip …'));
    await user.click(await button('Start the round trip'));
    await screen.findByText(/This bridge can’t do that yet/);
    await screen.findByRole('table', {name: 'Hops of aurora-test'});
});

test('what was compared is listed; repairing is offered once something differs, and asked about', async () => {
    const admin = createAdminServers();
    const finding = {kind: 'thread_missing', conversation_id: 'C1042', id: 'root', detail: 'the root post was deleted', repaired: false};
    let repaired = 0;
    admin.instead.set('POST /integrations/aurora-test/reconcile', ({body}) => {
        if (body.repair === true) repaired++;
        const findings = [{...finding, repaired: repaired > 0}];
        return Response.json({conversations: 7, repaired, problem: null, findings});
    });
    const {user} = renderConsole({admin});
    await user.click(await button('Compare …'));
    expect(screen.queryByRole('button', {name: 'Repair …'})).toBeNull();
    await user.click(await button('Compare'));
    await screen.findByText('1 difference in 7 conversations, 0 of them repaired.');
    await screen.findByText('the root post was deleted');
    await user.click(await button('Repair …'));
    expect(repaired).toBe(0);
    await user.click(await button('Repair'));
    await screen.findByText('1 difference in 7 conversations, 1 of them repaired.');
    expect(screen.queryByRole('button', {name: 'Repair …'})).toBeNull();
});

test('the kill switch asks first, takes a reason, and tells what it did', async () => {
    const {user, admin} = renderConsole();
    await user.click(await button('Switch everything off'));
    const box = screen.getByRole('textbox', {name: 'Reason'});
    expect(box).toHaveFocus();
    await user.keyboard('{Escape}');
    expect(await button('Switch everything off')).toHaveFocus();
    expect(admin.requests('PUT', '/kill-switch')).toEqual([]);
    await user.keyboard('{Enter}');
    await user.type(screen.getByRole('textbox', {name: 'Reason'}), 'wrong channel{Enter}');
    expect(await button('Switch everything on again')).toBeOnPage();
    expect(admin.requests('PUT', '/kill-switch').map(({body}) => body)).toEqual([{on: true, reason: 'wrong channel'}]);
    expect(screen.getAllByRole('status').some(({textContent}) => textContent?.startsWith('Everything is switched off'))).toBe(true);
});

test('who does not reach the whole bridge is told so, and has no switch', async () => {
    const admin = createAdminServers();
    admin.me = {...admin.me, bridge_wide: false};
    renderConsole({admin});
    await screen.findByText(/This concerns all integrations/);
    expect(screen.queryByRole('button', {name: /Switch everything/})).toBeNull();
});

test('the checklist is filled in by the check: each finding with every way to set it', async () => {
    const {user} = renderConsole();
    await screen.findByText('Not checked yet.');
    await user.click(await button('Run the check'));
    const item = (await screen.findByText('Channel IDs noted and right')).closest('li') as HTMLElement;
    expect(item).toHaveText('Failed');
    for (const way of ['Environment → Web Server → Site URL', 'MM_SERVICESETTINGS_SITEURL=', 'mmctl config set'])
        expect(item).toHaveText(way);
    await user.click(within(item).getByRole('button', {name: 'Copy: Command'}));
    expect(await navigator.clipboard.readText()).toBe('ireserve-bridge integration set aurora --server-url https://chat.example');
    await user.click(within(item).getByRole('button', {name: 'Copy: mmctl'}));
    expect(await navigator.clipboard.readText()).toMatch(/^mmctl config set ServiceSettings.SiteURL/);
});

test('without a clipboard the old way of copying is taken, and the focus stays', async () => {
    const {user} = renderConsole();
    await user.click(await button('Run the check'));
    const copy = await screen.findByRole('button', {name: 'Copy: Command', hidden: true});
    const taken: string[] = [];
    onTestFinished(() => {
        Reflect.deleteProperty(document, 'execCommand');
        Reflect.deleteProperty(navigator, 'clipboard');
    });
    document.execCommand = () => taken.push((document.activeElement as HTMLTextAreaElement).value) > 0;
    Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true});
    await user.click(copy);
    await waitFor(() => expect(copy).toHaveText('Copied'));
    expect(taken).toEqual(['ireserve-bridge integration set aurora --server-url https://chat.example']);
    expect(copy).toHaveFocus();
});

test.each(['nl', 'de'] as const)('speaks %s', async (locale) => {
    const {admin} = renderConsole({locale});
    // Its words are a file of their own.
    await screen.findByRole('tab', {name: {nl: 'Overzicht', de: 'Übersicht'}[locale]});
    await screen.findByText({nl: 'Berichten worden bezorgd.', de: 'Nachrichten werden zugestellt.'}[locale]);
    // And so does the bridge.
    expect(new Set(admin.asked.map(({language}) => language))).toEqual(new Set([locale]));
});
