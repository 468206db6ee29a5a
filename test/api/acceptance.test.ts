/** What is taken in, what is refused, and what is ignored, by type and by the state of the integration. */
import {expect, test} from 'vitest';
import {EVENT_TYPES, type EventType} from '../../bridge/contract.ts';
import {eventOf} from '../support/bridge.ts';
import {bridgeForFile} from './bridge-for-file.ts';
import {least, message} from './events.ts';
import {bearer, expectRefusal, post, send} from './send.ts';
import {settled} from './settled.ts';

const file = bridgeForFile();
const NEEDING: readonly EventType[] = [
    'conversation.closed',
    'message.edited',
    'message.deleted',
    'message.state',
    'visitor.typing',
    'visitor.presence',
];

const countRows = async () => {
    const count = async (table: 'delivery' | 'lane' | 'log' | 'file' | 'conversation') =>
        (await file.bridge.database.read.selectFrom(table).selectAll().execute()).length;
    return {delivery: await count('delivery'), lane: await count('lane'), log: await count('log'), file: await count('file')};
};

test.each(EVENT_TYPES)('%s is accepted with the least it needs', async (type) => {
    const conversation_id = `C-least-${type}`;
    if (NEEDING.includes(type)) await file.bridge.deliver(message(conversation_id, 'M-1'));
    const event = least(type, conversation_id);
    const {status, body} = await file.bridge.push(event, {prefer: 'wait=10'});
    expect(status).toBe(200);
    expect(body.event_id).toBe(event.id);
    const stored = await file.bridge.database.read.selectFrom('delivery').selectAll().where('source_id', '=', event.id).execute();
    if (type === 'visitor.typing') {
        expect(stored).toEqual([]);
        expect(body).toEqual({event_id: event.id, outcome: 'updated'});
    } else {
        expect(stored).toHaveLength(1);
        const creates = ['conversation.started', 'message.created', 'notification.created'].includes(type);
        // There is no reply of ours it could be about.
        const state = type === 'message.state' ? 'ignored' : 'delivered';
        expect(body).toMatchObject({outcome: creates ? 'created' : 'updated', state});
        expect(body.status_url).toBe(`http://localhost:${new URL(file.bridge.url).port}/v1/events/${event.id}`);
    }
});

test.each(NEEDING)('%s needs a conversation the bridge has heard of', async (type) => {
    const conversation_id = `C-nobody-${type}`;
    const event = least(type, conversation_id);
    expectRefusal(await post(file.bridge, event), 'unknown_conversation');
    // Refused is not stored: the same event is welcome once its conversation is known.
    await file.bridge.push(message(conversation_id, 'M-1'));
    expect((await post(file.bridge, event)).body.outcome).toBe('updated');
});

test('an event that does not fit is told every field, and none of its values', async () => {
    const secret = 'anna-de-vries-private';
    const reply = await post(file.bridge, {
        id: `not an id ${secret}`,
        type: 'message.created',
        timestamp: secret,
        sequence: secret,
        data: {
            conversation_id: [secret],
            message_id: {secret},
            author: {type: secret, name: 5},
            text: [secret],
            format: secret,
            attachments: [{name: '', url: `ftp://${secret}`}],
        },
    });
    expectRefusal(reply, 'invalid_event');
    expect(reply.body.errors?.map(({path}) => path)).toEqual(
        expect.arrayContaining([
            'id',
            'timestamp',
            'sequence',
            'data.conversation_id',
            'data.author.type',
            'data.text',
            'data.format',
            'data.attachments.0.url',
        ]),
    );
    expect(reply.text).not.toContain(secret);
    expect(file.bridge.logged()).not.toContain(secret);
    const logged = await file.bridge.database.read.selectFrom('log').selectAll().where('code', '=', 'invalid_event').execute();
    expect(logged.at(-1)?.detail).toContain('data.author.type');
    expect(logged.at(-1)?.detail).not.toContain(secret);
});

test('at most 20 mistakes are listed', async () => {
    const attachments = Array.from({length: 50}, () => ({}));
    const reply = await post(file.bridge, {...message('C-1', 'M-many'), data: {attachments}});
    expectRefusal(reply, 'invalid_event');
    expect(reply.body.errors).toHaveLength(20);
});

test.each([
    ['licence', {licence: 'borealis', environment: 'test'}],
    ['environment', {licence: 'aurora', environment: 'production'}],
])('an event of another %s is refused', async (_case, integration) => {
    expectRefusal(await post(file.bridge, {...message('C-1', 'M-wrong'), integration}), 'wrong_integration');
    const right = {...message('C-1', 'M-right'), integration: {licence: 'aurora', environment: 'test'}};
    expect((await post(file.bridge, right)).status).toBeLessThan(300);
});

test.each(['status_changed', 'constructor', 'tostring'])(
    'a notification of the unmapped type %s is not sent',
    async (notification_type) => {
        const event = eventOf('notification.created', {notification_id: 'N-1', notification_type, title: 'A title'});
        const {status, body} = await file.bridge.push(event);
        expect(status).toBe(200);
        expect(body).toMatchObject({outcome: 'ignored', state: 'ignored', reason: {code: 'notification_unmapped'}});
        expect(body.reason?.detail).toContain(notification_type);
    },
);

test('a sequence with a hole is reported where the hole shows, in the answer and in the log', async () => {
    const gaps = [];
    const ids = [];
    for (const sequence of [1, 2, 5, 3, undefined, 6, 8]) {
        const event = {...message('C-sequence', `M-${sequence}`), ...(sequence ? {sequence} : {})};
        ids.push(event.id);
        gaps.push((await file.bridge.push(event)).body.gap);
    }
    const none = undefined;
    expect(gaps).toEqual([none, none, {expected: 3, received: 5}, none, none, none, {expected: 7, received: 8}]);
    const logged = await file.bridge.database.read.selectFrom('log').selectAll().where('code', '=', 'sequence_gap').execute();
    expect(logged.map(({source_id, detail}) => [source_id, detail])).toEqual([
        [ids[2], 'expected 3, received 5'],
        [ids[6], 'expected 7, received 8'],
    ]);
    const late = await send(file.bridge.url, {path: `/v1/events/${ids[2]}`, headers: bearer(file.bridge)});
    expect(late.body.gap).toEqual({expected: 3, received: 5});
});

test('checking without effect says what would happen, and changes nothing', async () => {
    const known = message('C-check', 'M-1');
    await file.bridge.deliver(known);
    const unmapped = eventOf('notification.created', {notification_id: 'N', notification_type: 'unmapped', title: 'A title'});
    const inline = message('C-check', 'M-2', {attachments: [{name: 'a.txt', content_base64: btoa('file')}]});
    await settled(file.bridge);
    const before = await countRows();
    const {status, body} = await file.bridge.push(
        {
            events: [
                inline,
                known,
                {...known, data: {...known.data, text: 'other'}},
                unmapped,
                eventOf('message.deleted', {conversation_id: 'C-nobody-yet', message_id: 'M'}),
                {...known, id: 'no id'},
                eventOf('conversation.started', {conversation_id: 'C-check-new'}),
                eventOf('conversation.closed', {conversation_id: 'C-check-new'}),
            ],
        },
        {query: '?validate-only=true', prefer: 'wait=5'},
    );
    expect(status).toBe(200);
    expect(body.results.map(({outcome, problem, reason}) => [outcome, problem?.code ?? reason?.code])).toEqual([
        ['created', undefined],
        ['duplicate', undefined],
        ['refused', 'event_conflict'],
        ['ignored', 'notification_unmapped'],
        ['refused', 'unknown_conversation'],
        ['refused', 'invalid_event'],
        ['created', undefined],
        ['updated', undefined],
    ]);
    expect(await countRows()).toEqual(before);
    expect(
        file.mattermost.look.roots(file.bridge.integration.config.channel_id).filter((root) => root.message.includes('C-check-new')),
    ).toEqual([]);
    // A single one answers as it would when sent.
    const refused = await send(file.bridge.url, {
        method: 'POST',
        path: '/v1/events?validate-only=true',
        headers: {...bearer(file.bridge), 'content-type': 'application/json'},
        body: JSON.stringify({...known, data: {}}),
    });
    expectRefusal(refused, 'invalid_event');
});

test('a request id of the caller is used when it is one, and never when it is not', async () => {
    const ask = (id: string) => send(file.bridge.url, {path: '/v1/nothing', headers: {'x-request-id': id}});
    expectRefusal(await ask('req_1.2-3:4'), 'not_found', 'req_1.2-3:4');
    for (const bad of ['with space', '"quoted"', 'x'.repeat(129)]) expectRefusal(await ask(bad), 'not_found');
});
