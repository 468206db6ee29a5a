/** Many events in one request. */
import {sql} from 'kysely';
import {expect, test} from 'vitest';
import {LIMITS} from '../../bridge/contract.ts';
import {type Answer, eventOf} from '../support/bridge.ts';
import {bridgeForFile} from './bridge-for-file.ts';
import {message} from './events.ts';
import {expectRefusal, post} from './send.ts';

const file = bridgeForFile();
const many = (count: number, conversation_id: string) =>
    Array.from({length: count}, (_, index) => message(conversation_id, `M-${index}`, {text: `number ${index}`}));

test('each event has its own outcome, in order, and a refused one stops no other', async () => {
    const opening = message('C-batch', 'M-1');
    const wrong = {...message('C-batch', 'M-2'), data: {conversation_id: 'C-batch'}};
    const events = [
        opening,
        wrong,
        opening,
        {...opening, data: {...opening.data, text: 'other'}},
        eventOf('message.deleted', {conversation_id: 'C-elsewhere', message_id: 'M-1'}),
        {id: 'evt-painted', type: 'message.painted'},
        'not even an object',
        {...message('C-batch', 'M-3'), integration: {licence: 'borealis', environment: 'test'}},
        eventOf('conversation.closed', {conversation_id: 'C-batch'}),
        eventOf('notification.created', {notification_id: 'N-1', notification_type: 'unmapped', title: 'A title'}),
    ];
    const {status, body} = await file.bridge.push({events}, {prefer: 'wait=20'});
    expect(status).toBe(200);
    expect(body.results.map(({outcome, state, problem}) => [outcome, state ?? problem?.code])).toEqual([
        ['created', 'delivered'],
        ['refused', 'invalid_event'],
        ['duplicate', 'delivered'],
        ['refused', 'event_conflict'],
        ['refused', 'unknown_conversation'],
        ['refused', 'unknown_type'],
        ['refused', 'invalid_event'],
        ['refused', 'wrong_integration'],
        ['updated', 'delivered'],
        ['ignored', 'ignored'],
    ]);
    const ids = events.map((event) => (typeof event === 'object' ? event.id : ''));
    expect(body.results.map(({event_id}) => event_id)).toEqual(ids);
    expect(body.results[1]?.problem?.errors?.map(({path}) => path)).toContain('data.message_id');
});

test('a batch still on its way is answered with 202', async () => {
    file.mattermost.latency.extraMs.set('POST /posts', 300);
    const {status, body} = await file.bridge.push({events: many(2, 'C-slow')});
    file.mattermost.latency.extraMs.clear();
    expect(status).toBe(202);
    expect(body.results.map(({outcome, state}) => [outcome, state])).toEqual([
        ['created', 'queued'],
        ['created', 'queued'],
    ]);
});

test(`${LIMITS.eventsPerBatch} events of one conversation arrive in their order`, async () => {
    const {status, body} = await file.bridge.push({events: many(LIMITS.eventsPerBatch, 'C-full')}, {prefer: 'wait=30'});
    expect(status).toBe(200);
    const root = body.results[0]?.thread?.root_id ?? '';
    const [, ...said] = file.mattermost.look.thread(root).map((one) => one.message.split('\n')[1]);
    expect(said).toEqual(many(LIMITS.eventsPerBatch, 'C-full').map(({data}) => 'text' in data && data.text));
});

test('more than that is refused whole, and so is none', async () => {
    const reply = await post(file.bridge, {events: many(LIMITS.eventsPerBatch + 1, 'C-over')});
    expectRefusal(reply, 'invalid_event');
    expect(reply.body.errors?.[0]?.path).toBe('events');
    expectRefusal(await post(file.bridge, {events: []}), 'invalid_event');
    expectRefusal(await post(file.bridge, {events: {}}), 'invalid_event');
    const stored = await file.bridge.database.read.selectFrom('delivery').selectAll().where('conversation_id', '=', 'C-over').execute();
    expect(stored).toEqual([]);
});

test('when one of a batch can’t be stored, none is, and the batch can be sent again', async () => {
    const events = many(3, 'C-atomic');
    const last = events[2]?.id ?? '';
    await file.bridge.database.write((tx) =>
        sql
            .raw(`create trigger one before insert on delivery when new.source_id = '${last}' begin select raise(abort, 'no'); end`)
            .execute(tx),
    );
    expectRefusal(await post(file.bridge, {events}), 'storage_unavailable');
    await file.bridge.database.write((tx) => sql`drop trigger one`.execute(tx));
    const again = await file.bridge.push({events}, {prefer: 'wait=20'});
    expect(again.body.results.map(({outcome, state}) => [outcome, state])).toEqual(Array.from({length: 3}, () => ['created', 'delivered']));
});

test('a batch that is only checked is told what the real one is told', async () => {
    const opening = message('C-preview', 'M-1');
    const deletion = eventOf('message.deleted', {conversation_id: 'C-preview', message_id: 'M-1'});
    const events = [opening, opening, {...opening, data: {...opening.data, text: 'other'}}, deletion, deletion];
    const shown = ({body}: Answer) => body.results.map(({outcome, problem}) => [outcome, problem?.code]);
    const preview = await file.bridge.push({events}, {query: '?validate-only=true'});
    const real = await file.bridge.push({events});
    expect(shown(preview)).toEqual(shown(real));
    expect(shown(real)).toEqual([
        ['created', undefined],
        ['duplicate', undefined],
        ['refused', 'event_conflict'],
        ['updated', undefined],
        ['duplicate', undefined],
    ]);
});

test('a refused event of a batch names the request it was refused in', async () => {
    const {body} = await file.bridge.push({events: [{type: 'message.painted'}]}, {headers: {'x-request-id': 'batch-7'}});
    expect(body.results[0]?.problem?.request_id).toBe('batch-7');
});

test('typing in a conversation nobody knows is refused, and leaves no row', async () => {
    const typing = eventOf('visitor.typing', {conversation_id: 'C-unheard-of'});
    const {status} = await file.bridge.push(typing);
    expect(status).toBe(404);
    for (const table of ['log', 'delivery'] as const)
        expect(await file.bridge.database.read.selectFrom(table).select('source_id').where('source_id', '=', typing.id).execute()).toEqual(
            [],
        );
});

test('an event with a detail that does not fit is delivered without it; answer and log say which; a repeat is a duplicate', async () => {
    const started = eventOf('conversation.started', {
        conversation_id: 'C-detail',
        topic: 'Kayaks',
        visitor: {name: 'Eva', email: 'eva@gmail'},
    });
    const warnings = [{path: 'data.visitor.email', code: 'left_out'}];
    const strict = await file.bridge.push(started, {query: '?strict=true'});
    expect([strict.status, strict.body.code]).toEqual([422, 'invalid_event']);
    expect((await file.bridge.push(started, {query: '?validate-only=true'})).body).toMatchObject({outcome: 'created', warnings});
    expect(await file.bridge.deliver(started)).toMatchObject({outcome: 'created', warnings});
    expect((await file.bridge.push(started)).body).toMatchObject({outcome: 'duplicate', warnings});
    const log = await file.bridge.database.read
        .selectFrom('log')
        .select(['code', 'detail'])
        .where('source_id', '=', started.id)
        .where('code', '=', 'details_changed')
        .execute();
    expect(log).toEqual([{code: 'details_changed', detail: 'data.visitor.email: left_out'}]);
});
