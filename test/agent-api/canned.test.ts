/** Canned replies: made, listed, changed, removed; one shortcut once; each integration its own. */
import {expect, test} from 'vitest';
import {bridgeForFile} from '../api/bridge-for-file.ts';
import {openPanel} from './panel.ts';

const file = bridgeForFile();
const panelOf = (index: 0 | 1) => openPanel(file.bridge, file.mattermost.seeded.agents[index].id);
const hours = {title: 'Opening hours', shortcut: 'hours', text: 'Dear {visitor_name}, we are open from 9 to 5.'};

test('they are made, listed by title, changed and removed, by any agent', async () => {
    const anna = await panelOf(0);
    const bram = await panelOf(1);
    const made = await anna.post('/canned', hours);
    expect(made).toMatchObject({status: 201, body: {...hours, id: expect.any(String), updated_at: expect.any(String)}});
    await anna.post('/canned', {title: 'A greeting', shortcut: 'hi', text: 'Hello!'});
    expect((await bram.get('/canned')).body.items.map(({title}: {title: string}) => title)).toEqual(['A greeting', 'Opening hours']);
    const changed = await bram.ask('PUT', `/canned/${made.body.id}`, {...hours, text: 'We are closed.'});
    expect(changed).toMatchObject({status: 200, body: {id: made.body.id, text: 'We are closed.'}});
    expect((await bram.ask('DELETE', `/canned/${made.body.id}`)).status).toBe(204);
    expect((await bram.ask('DELETE', `/canned/${made.body.id}`)).body.code).toBe('unknown_canned');
    expect((await bram.ask('PUT', `/canned/${made.body.id}`, hours)).body.code).toBe('unknown_canned');
    expect((await anna.get('/canned')).body.items).toHaveLength(1);
});

test('a shortcut is one reply’s, also when two take it at once', async () => {
    const anna = await panelOf(0);
    const both = await Promise.all([1, 2].map((n) => anna.post('/canned', {title: `T${n}`, shortcut: 'same', text: 'x'})));
    expect(both.map(({status}) => status).sort()).toEqual([201, 409]);
    const other = await anna.post('/canned', {title: 'Other', shortcut: 'other', text: 'x'});
    expect((await anna.ask('PUT', `/canned/${other.body.id}`, {title: 'Other', shortcut: 'same', text: 'x'})).body.code).toBe(
        'shortcut_taken',
    );
    expect((await anna.ask('PUT', `/canned/${other.body.id}`, {title: 'Other!', shortcut: 'other', text: 'x'})).status).toBe(200);
});

test.each([
    {...hours, title: ''},
    {...hours, title: 'x'.repeat(101)},
    {...hours, shortcut: 'Capital'},
    {...hours, shortcut: 'x'.repeat(33)},
    {...hours, shortcut: ''},
    {...hours, text: ''},
    {...hours, text: 'x'.repeat(4001)},
    {},
])('what does not fit is refused: %#', async (input) => {
    const {status, body} = await (await panelOf(0)).post('/canned', input);
    expect([status, body.code]).toEqual([422, 'invalid_request']);
});

test('another integration’s are not there', async () => {
    const anna = await panelOf(0);
    const {integration, database} = file.bridge;
    const row = {id: 'foreign', integration_id: 'another', title: 'T', shortcut: 'foreign', text: 'x', created_by: '', updated_at: 0};
    await database.write((tx) => tx.insertInto('canned').values(row).execute());
    expect(JSON.stringify((await anna.get('/canned')).body)).not.toContain('foreign');
    expect((await anna.ask('DELETE', '/canned/foreign')).body.code).toBe('unknown_canned');
    expect((await anna.post('/canned', {...hours, shortcut: 'foreign'})).status).toBe(201);
    expect(integration.id).not.toBe('another');
});
