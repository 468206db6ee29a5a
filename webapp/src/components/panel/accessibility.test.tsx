import {screen} from '@testing-library/react';
import {expect, test} from 'vitest';
import {findViolations} from '../../../tests/accessibility.ts';
import {renderPanel} from '../../../tests/render.tsx';
import {createServers, detail, post, reply} from '../../../tests/servers.ts';

test('the list has nothing axe complains of', async () => {
    const {container} = renderPanel();
    await screen.findByRole('button', {name: /Sanne/});
    expect(await findViolations(container)).toEqual([]);
});

test('nor has a conversation, with forms, lists and troubles open', async () => {
    const servers = createServers();
    servers.undoSeconds = 10;
    servers.thread.push(post({id: 'p1', message: 'Yes'}));
    servers.details.C1 = detail({replies: [reply({state: 'failed', reason: {code: 'x', detail: 'y'}, can: ['retry', 'discard']})]});
    const {container, user} = renderPanel({servers});
    await user.click(await screen.findByRole('button', {name: /Sanne/}));
    await user.click(await screen.findByRole('button', {name: 'Transfer'}));
    await screen.findByRole('option', {name: /Ben/});
    await user.type(screen.getByRole('textbox', {name: /Reply to/}), 'Hi{Enter}');
    await screen.findByRole('button', {name: 'Undo'});
    await user.type(screen.getByRole('textbox', {name: /Reply to/}), '/');
    await screen.findByRole('option', {name: /Late/});
    expect(await findViolations(container)).toEqual([]);
});
