/** The same event again: the same answer, one row, one post; the same id with something else in it: refused. */
import {expect, onTestFinished, test} from 'vitest';
import {startTestBridge, type TestBridge} from '../support/bridge.ts';
import {createDatabase} from '../support/database.ts';
import {bridgeForFile} from './bridge-for-file.ts';
import {message} from './events.ts';
import {expectRefusal, json, post} from './send.ts';
import {settled} from './settled.ts';

const file = bridgeForFile();

const rows = (source_id: string) =>
    file.bridge.database.read.selectFrom('delivery').selectAll().where('source_id', '=', source_id).execute();
const postsWith = (text: string) =>
    file.mattermost.look.posts(file.mattermost.seeded.channels.mirror.id).filter((one) => one.root_id !== '' && one.message.includes(text));

test('again, in any order of keys and any white space: the answer of the first, marked duplicate', async () => {
    const event = message('C-again', 'M-1', {text: 'only once, please'});
    const first = await file.bridge.deliver(event);
    const {id, type, timestamp, data} = event;
    const reply = await post(file.bridge, JSON.stringify({data, timestamp, unknown: 'ignored', type, id}, null, 4));
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({...first, outcome: 'duplicate'});
    expect(await rows(event.id)).toHaveLength(1);
    expect(postsWith('only once, please')).toHaveLength(1);
});

test('another body under the same id is refused, and changes nothing', async () => {
    const event = message('C-conflict', 'M-1', {text: 'the first'});
    await file.bridge.deliver(event);
    for (const change of [
        {data: {...event.data, text: 'the second'}},
        {timestamp: '2026-11-22T10:31:00Z'},
        {sequence: 7},
        {type: 'message.edited'},
    ]) {
        expectRefusal(await post(file.bridge, {...event, ...change}), 'event_conflict');
    }
    expect((await post(file.bridge, event)).body.outcome).toBe('duplicate');
    expect(postsWith('the second')).toEqual([]);
});

test('a refused event leaves its id free', async () => {
    const event = message('C-free', 'M-1');
    expectRefusal(await post(file.bridge, {...event, data: {...event.data, text: 5}}), 'invalid_event');
    expect((await post(file.bridge, event)).body.outcome).toBe('created');
});

async function crowd(bridge: TestBridge, conversation_id: string): Promise<void> {
    const event = message(conversation_id, 'M-1', {text: `said by a crowd in ${conversation_id}`});
    const replies = await Promise.all(Array.from({length: 20}, () => bridge.push(event, {prefer: 'wait=20'})));
    expect(replies.map(({body}) => body.outcome).sort()).toEqual(['created', ...Array.from({length: 19}, () => 'duplicate')]);
    expect(new Set(replies.map(({body}) => JSON.stringify([body.state, body.post_ids, body.thread]))).size).toBe(1);
    expect(replies[0]?.body.state).toBe('delivered');
    expect(await bridge.database.read.selectFrom('delivery').select('seq').where('source_id', '=', event.id).execute()).toHaveLength(1);
    expect(postsWith(`said by a crowd in ${conversation_id}`)).toHaveLength(1);
}

test('20 at once: one is created, 19 are duplicates, one post', () => crowd(file.bridge, 'C-crowd'));

test('20 at once on PostgreSQL', async () => {
    const bridge = await startTestBridge({mattermost: file.mattermost, databaseUrl: await createDatabase()});
    onTestFinished(bridge.stop);
    await crowd(bridge, 'C-crowd-postgres');
});

test('20 different bodies at once under one id: one wins, 19 are told', async () => {
    const event = message('C-race', 'M-1');
    const bodies = Array.from({length: 20}, (_, index) => ({...event, data: {...event.data, text: `racer ${index}`}}));
    const replies = await Promise.all(bodies.map((body) => post(file.bridge, body)));
    const [winner, ...others] = replies.toSorted((a, b) => a.status - b.status);
    expect(winner?.body.outcome).toBe('created');
    for (const other of others) expectRefusal(other, 'event_conflict');
    await settled(file.bridge);
    expect(postsWith('racer')).toHaveLength(1);
});

const attached = (text: string) => [{name: 'plan.txt', content_base64: btoa(text)}];

test('inline files: the same bytes are a duplicate, other bytes a conflict', async () => {
    const event = message('C-inline', 'M-1', {attachments: attached('the plan')});
    const first = await file.bridge.deliver(event);
    expect(file.mattermost.look.post(first.post_ids?.[0] ?? '')?.files.map(({name, size}) => [name, size])).toEqual([['plan.txt', 8]]);
    expect((await post(file.bridge, event)).body).toEqual({...first, outcome: 'duplicate'});
    expectRefusal(await post(file.bridge, {...event, data: {...event.data, attachments: attached('the p1an')}}), 'event_conflict');
});

test('multipart: another boundary is the same request, another file is not', async () => {
    const event = message('C-parts', 'M-1', {attachments: [{name: 'plan.txt', part: 'plan'}]});
    const form = (boundary: string, text: string) =>
        [`--${boundary}`, 'content-disposition: form-data; name="event"', '', JSON.stringify(event)]
            .concat([`--${boundary}`, 'content-disposition: form-data; name="plan"; filename="p"', '', text, `--${boundary}--`, ''])
            .join('\r\n');
    const push = (boundary: string, text: string) =>
        post(file.bridge, form(boundary, text), {'content-type': `multipart/form-data; boundary=${boundary}`, prefer: 'wait=20'});
    const first = await push('one', 'the plan');
    expect(first.body).toMatchObject({outcome: 'created', state: 'delivered'});
    expect((await push('two', 'the plan')).body).toEqual({...first.body, outcome: 'duplicate'});
    expectRefusal(await push('two', 'the p1an'), 'event_conflict');
    // The same file, once as a part and once inline, is the same message.
    const inline = {...event, data: {...event.data, attachments: attached('the plan')}};
    expect((await post(file.bridge, inline, json)).body.outcome).toBe('duplicate');
});
