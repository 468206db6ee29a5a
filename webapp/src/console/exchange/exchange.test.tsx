import {screen, waitFor, within} from '@testing-library/react';
import {expect, test} from 'vitest';
import {findViolations} from '../../../tests/accessibility.ts';
import {createAdminServers} from '../../../tests/admin_servers.ts';
import {button, openTab} from '../../../tests/render_console.tsx';
import type {Wire} from '../../../tests/servers.ts';
import {problemOf, wantedBy} from './problems.ts';

const DOCUMENT =
    'version: 1\nintegrations:\n    aurora-test:\n        config: {}\n    borealis:\n        secrets:\n            bot_token: keep\n';
const REPORT = {
    dry_run: true,
    changed: true,
    integrations: [
        {
            name: 'aurora-test',
            change: 'changed',
            fields: [
                {field: 'config.language', change: 'changed', before: 'en', after: 'de'},
                {field: 'config.attachment_hosts', change: 'added', before: [], after: ['a.example', 'b.example']},
                {field: 'config.guard_minutes', change: 'removed', before: 30, after: 60},
                {field: 'secrets.signing_secrets', change: 'changed', before: ['id-old'], after: ['id-new', 'id-old']},
                {field: 'config.of_a_newer_bridge', change: 'added', after: {x: 1}},
            ],
        },
        {
            name: 'borealis',
            change: 'added',
            fields: [],
            warnings: [{check: 'Bot token', text: 'is refused by Mattermost', code: 'mattermost_token_invalid', next: 'Make a new one.'}],
        },
        {name: 'aurora', change: 'untouched', fields: []},
    ],
};

/** What a bridge answers: problems, as long as there is no bot token beside the document. */
async function openExchange() {
    const admin = createAdminServers();
    admin.instead.set('GET /export', () => new Response('version: 1\n', {headers: {'content-type': 'application/yaml; charset=utf-8'}}));
    admin.instead.set('POST /import', ({body, query}) => {
        const given = (body.secrets as Record<string, Wire>).borealis?.bot_token;
        const errors = [{path: 'line 7:24 integrations.borealis.secrets.bot_token', message: 'there is nothing to keep yet'}];
        if (!given) return Response.json({code: 'invalid_import', detail: 'can’t', errors}, {status: 422});
        if (query.get('dry_run') === 'false') admin.integrations.push({...(admin.integrations[0] as Wire), id: 'i7', name: 'borealis'});
        return Response.json({...REPORT, dry_run: query.get('dry_run') === 'true'});
    });
    const parts = await openTab('integrations', {admin});
    await parts.user.click(await button('Export and import'));
    return {...parts, admin};
}

const choose = (user: Awaited<ReturnType<typeof openExchange>>['user'], text: string) =>
    user.upload(screen.getByLabelText('YAML file'), new File([text], 'all.yaml', {type: 'application/yaml'}));

test('places and secrets are read out of what the bridge says', () => {
    const problem = problemOf({path: 'line 12:5 integrations.au.ro.secrets.signing_secrets.0', message: 'no'});
    expect(problem).toEqual({line: 12, path: 'integrations.au.ro.secrets.signing_secrets.0', message: 'no'});
    expect(wantedBy(problem)).toEqual({integration: 'au.ro', kind: 'signing_secrets', message: 'no'});
    expect(problemOf({path: 'line 2:1', message: 'YAML'})).toEqual({line: 2, path: '', message: 'YAML'});
    expect(problemOf({path: 'secrets', message: 'no such'})).toEqual({line: null, path: 'secrets', message: 'no such'});
    expect(wantedBy({line: 1, path: 'integrations.a.config.secrets', message: ''})).toBeNull();
});

test('a file is looked at first; what is wrong stands at its line; a secret goes beside it; and only then it is imported', async () => {
    const {user, admin, container} = await openExchange();
    expect(screen.getByRole('heading', {name: 'Export and import'})).toHaveFocus();
    await choose(user, DOCUMENT.replaceAll('\n', '\r\n'));
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveText('1 problem; nothing was imported.');
    expect(alert).toHaveText('there is nothing to keep yet');
    expect(alert.querySelector('mark')).toHaveText('7              bot_token: keep');
    await user.click(within(alert).getByRole('button', {name: 'Line 7'}));
    const text = screen.getByRole<HTMLTextAreaElement>('textbox', {name: 'Or its text'});
    expect(text).toHaveFocus();
    expect(text.value.slice(text.selectionStart, text.selectionEnd)).toBe('            bot_token: keep');
    expect(screen.queryByRole('button', {name: 'Import'})).toBeNull();

    const secret = screen.getByLabelText('Bot token · borealis');
    expect(secret.getAttribute('aria-invalid')).toBe('true');
    await user.type(secret, 'typed-by-hand{Enter}');
    const table = await screen.findByRole('table', {name: 'aurora-test'});
    const rows = within(table)
        .getAllByRole('row')
        .slice(1)
        .map((row) => within(row).getAllByRole('cell'));
    const cells = rows.map((row) => row.map(({textContent}) => textContent));
    expect(cells).toEqual([
        ['en', 'de'],
        ['–', 'a.example\nb.example'],
        ['30', '60'],
        ['•••• ', '•••• new•••• '],
        ['–', '{\n "x": 1\n}'],
    ]);
    for (const told of ['Language', 'Default again', 'Signing secret', 'config.of_a_newer_bridge']) expect(table).toHaveText(told);
    expect(container).not.toHaveText('id-old');
    expect(screen.getByText('is refused by Mattermost').closest('li')).toHaveText('What to do: Make a new one.');
    expect(await findViolations(container)).toEqual([]);

    // Another text was not looked at.
    await user.type(text, '#');
    expect(screen.queryByRole('button', {name: 'Import'})).toBeNull();
    await user.click(await button('Show what would change'));
    await user.click(await button('Import'));
    expect(admin.requests('POST', '/import').every(({query}) => query.get('dry_run') === 'true')).toBe(true);
    await user.click(within(screen.getByRole('group', {name: 'Import'})).getByRole('button', {name: 'Import'}));
    await screen.findByText(/New integrations may want more secrets/);
    expect(screen.getByText('is refused by Mattermost').closest('li')).toHaveText('What to do: Make a new one.');
    expect(admin.requests('POST', '/import').at(-1)).toMatchObject({
        body: {document: expect.stringContaining('bot_token: keep'), secrets: {borealis: {bot_token: 'typed-by-hand'}}},
    });
    expect(admin.requests('POST', '/import').at(-1)?.query.get('dry_run')).toBe('false');
    await user.click(await button('Open borealis'));
    await waitFor(() => expect(screen.getByRole('combobox', {name: 'Integration'})).toHaveValue('borealis'));
});

test('what was typed is not lost without a question; nothing to change is said, and not offered', async () => {
    const {user, admin} = await openExchange();
    const same = {dry_run: true, changed: false, integrations: [{name: 'aurora-test', change: 'same', fields: []}]};
    admin.instead.set('POST /import', () => Response.json(same));
    await user.type(screen.getByRole('textbox', {name: 'Or its text'}), 'version: 1');
    await user.click(screen.getByRole('tab', {name: 'Log'}));
    await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', {name: 'Keep editing'}));
    await user.click(await button('Show what would change'));
    await screen.findByText(/There is nothing to change/);
    expect(screen.queryByRole('button', {name: 'Import'})).toBeNull();
});

test('exporting takes all of them or one, as a file', async () => {
    const {user, admin} = await openExchange();
    const files: Blob[] = [];
    URL.createObjectURL = (blob) => `blob:${files.push(blob as Blob)}`;
    await user.click(await button('Download'));
    await user.selectOptions(screen.getByRole('combobox', {name: 'Integration'}), 'aurora-test');
    await user.click(await button('Download'));
    await waitFor(() => expect(files).toHaveLength(2));
    expect(await files[0]?.text()).toBe('version: 1\n');
    expect(admin.requests('GET', '/export').map(({query}) => query.get('integration'))).toEqual([null, 'aurora-test']);
    await user.click(await button('Back to the integrations'));
    expect(await button('Export and import')).toHaveFocus();
});

test('who does not reach the whole bridge may export only', async () => {
    const admin = createAdminServers();
    admin.me = {...admin.me, bridge_wide: false};
    const {user} = await openTab('integrations', {admin});
    await user.click(await button('Export and import'));
    await screen.findByText(/This concerns all integrations/);
    expect(screen.queryByLabelText('YAML file')).toBeNull();
    expect(await button('Download')).toBeOnPage();
});
