/** i-Reserve's own webhooks: subscribing to them, and what an assumed call of one becomes. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {BridgeEvent} from '../../bridge/contract.ts';
import {subscribe, unsubscribe} from '../../bridge/ireserve/hooks.ts';
import {NativeMapping, nativeNotification} from '../../bridge/ireserve/native-notification.ts';
import {type IreserveServer, startIreserveServer} from './ireserve-server.ts';

const TARGET = 'https://bridge.example/v1/native/long-random-token';

let ireserve: IreserveServer;
const settings = {base_url: '', user: 'api', password: 'correct horse'};

beforeAll(async () => {
    ireserve = await startIreserveServer();
    settings.base_url = `${ireserve.url}/`;
});
beforeEach(() => {
    ireserve.seen.length = 0;
});
afterAll(() => ireserve.stop());

test.each([
    ['as documented', {id: '2', Location: 'https://elsewhere.example/api/rest/hook/3'}, '2'],
    ['with a number', {id: 17}, '17'],
])('subscribes; the id is taken %s, and no Location is followed', async (_what, body, id) => {
    ireserve.answer({status: 201, body, headers: {location: `${ireserve.url}/api/rest/hook/3`}});
    expect(await subscribe(settings, 'booking_updated', TARGET)).toEqual({kind: 'subscribed', id});
    expect(ireserve.seen).toMatchObject([
        {
            method: 'POST',
            path: '/api/rest/hook/subscribe/booking_updated',
            headers: {'content-type': 'application/json', authorization: `Basic ${btoa('api:correct horse')}`},
        },
    ]);
    expect(JSON.parse(ireserve.seen[0]?.body ?? '')).toEqual({target_url: TARGET});
});

test.each([
    ['names no id', {body: {}}, 'ireserve_unexpected_answer'],
    ['names a strange id', {body: {id: '../booking/1'}}, 'ireserve_unexpected_answer'],
    ['is no JSON', {text: '<html>'}, 'ireserve_unexpected_answer'],
    ['is nothing', {text: ''}, 'ireserve_unexpected_answer'],
    ['refuses the login', {status: 403}, 'ireserve_login_refused'],
    ['knows no such event', {status: 404}, 'ireserve_error'],
    ['redirects', {status: 303, headers: {location: '/elsewhere'}}, 'ireserve_error'],
    ['fails', {status: 500}, 'ireserve_error'],
])('an answer that %s is no subscription', async (_what, reply, code) => {
    ireserve.answer(reply);
    const answer = await subscribe(settings, 'booking_updated', TARGET);
    expect(answer).toMatchObject({kind: 'unavailable', code});
    expect(JSON.stringify(answer)).not.toMatch(/correct horse|long-random-token/);
    expect(ireserve.seen).toHaveLength(1);
});

test('an event’s name can’t lead elsewhere, and silence ends', async () => {
    ireserve.answer(() => undefined);
    expect(await subscribe(settings, '../booking/1', TARGET, {timeoutMs: 200})).toMatchObject({code: 'ireserve_no_answer'});
    expect(ireserve.seen[0]?.path).toBe('/api/rest/hook/subscribe/..%2Fbooking%2F1');
});

test('unsubscribes; what is gone already counts, what can’t be a hook is not asked for', async () => {
    for (const reply of [{status: 200, body: {}}, {status: 204}, {status: 200, text: 'OK'}, {status: 404}]) {
        ireserve.answer(reply);
        expect(await unsubscribe(settings, '2')).toEqual({kind: 'unsubscribed'});
    }
    expect(ireserve.seen).toMatchObject(Array(4).fill({method: 'DELETE', path: '/api/rest/hook/2'}));
    expect(await unsubscribe(settings, '../booking/1')).toEqual({kind: 'unsubscribed'});
    expect(ireserve.seen).toHaveLength(4);
    ireserve.answer({status: 500});
    expect(await unsubscribe(settings, '2')).toMatchObject({kind: 'unavailable', code: 'ireserve_error'});
});

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const link = (id: string) => `https://aurora.example/admin.php?mod=dashboard&context=booking&id=${id}`;

test.each([
    [
        'assumed-plain.json',
        '3691',
        'booking_updated',
        'IRES3691: Grote zaal',
        {Status: 'PAID', From: '2026-07-18T10:00:00+0200', Till: '2026-07-18T14:00:00+0200', Places: '6', Location: 'Loosdrecht'},
    ],
    [
        'assumed-wrapped.json',
        '3692',
        'booking_created',
        'IRES3692: Sloep Zilvermeeuw',
        {Status: 'OPEN', From: 'Sat Jul 18, 2026', Till: 'Sat Jul 18, 2026', Places: '8'},
    ],
    ['assumed-form.txt', '3693', 'booking_updated', 'IRES3693: Kleine zaal', {Status: '70', From: '2026-07-19T09:00:00+0200'}],
])('%s becomes a notification of the contract, without what is nobody’s business', (name, booking_id, type, title, fields) => {
    const made = nativeNotification(fixture(name), undefined, {link});
    expect(made).toMatchObject({
        kind: 'notification',
        booking_id,
        data: {
            notification_type: type,
            title,
            fields: Object.entries(fields).map(([field, value]) => ({title: field, value})),
            link: {url: link(booking_id)},
        },
    });
    const data = made.kind === 'notification' ? made.data : {};
    const event = {id: 'evt-1', type: 'notification.created', timestamp: '2026-07-18T08:00:00Z', data};
    expect(BridgeEvent.safeParse(event).error).toBeUndefined();
    expect(JSON.stringify(made)).not.toMatch(/k3y|Bakker|bakker|nuts|Wheelchair|accept/);
});

const idOf = (body: unknown, event?: string) => {
    const made = nativeNotification(JSON.stringify(body), undefined, event ? {event} : {});
    return made.kind === 'notification' ? made.data.notification_id : made.detail;
};

test('the same content has the same id, in whatever order or envelope; other content has another', () => {
    const booking = {id: 1, status: 'OPEN', more: {a: 1, b: [1, 2]}};
    const same = [
        booking,
        {more: {b: [1, 2], a: 1}, status: 'OPEN', id: 1},
        {data: booking, sent_at: 'now'},
        [booking],
        {...booking, hashkey: 'new at each call'},
    ];
    expect(new Set(same.map((body) => idOf(body))).size).toBe(1);
    const other = [booking, {...booking, status: 'PAID'}, {...booking, id: 2}, {...booking, more: {a: 1, b: [2, 1]}}];
    expect(new Set([...other.map((body) => idOf(body)), idOf(booking, 'booking_created')]).size).toBe(5);
});

test('the address called tells the event better than the body', () => {
    const body = fixture('assumed-plain.json');
    expect(nativeNotification(body, undefined, {event: 'booking_created'})).toHaveProperty('data.notification_type', 'booking_created');
    expect(nativeNotification('{"id":1,"event":"No Name!"}')).toHaveProperty('data.notification_type', 'booking');
});

test('an admin says where things are; the keys to a booking are nowhere', () => {
    const body = JSON.stringify({
        what: {kind: 'invoice_sent', subject: {nr: 9, who: {name: 'Anna'}, hashkey: 'k3y', note: 'see https://x.example/?hashkey=k3y'}},
    });
    const mapping = NativeMapping.parse({
        entity: 'what.subject',
        id: 'nr',
        event: 'what.kind',
        title: 'Invoice {nr} for {who.name}{missing}',
        fields: {Who: 'missing|who.name', Key: 'hashkey', Hashkey: 'nr', Note: 'note'},
    });
    const made = nativeNotification(body, mapping);
    expect(made).toMatchObject({
        booking_id: '9',
        data: {
            notification_type: 'invoice_sent',
            title: 'Invoice 9 for Anna',
            fields: [
                {title: 'Who', value: 'Anna'},
                {title: 'Note', value: 'see https://x.example/?hashkey=REDACTED'},
            ],
        },
    });
    expect(JSON.stringify(made)).not.toContain('k3y');
});

test.each([
    ['nothing', ''],
    ['a word', 'booking'],
    ['a list', '[1,2]'],
    ['a page', '<html lang="nl"></html>'],
    ['broken JSON', '{"id":1'],
    ['something else', '{"hello":"world"}'],
    ['a form of something else', 'hello=world'],
    ['names from a prototype', '{"constructor":{"name":"x"},"__proto__":{"id":1}}'],
    ['a form with such names', '__proto__[id]=1&constructor[prototype][id]=1'],
])('%s is unusable, and nothing breaks', (_what, body) => {
    expect(nativeNotification(body)).toMatchObject({kind: 'unusable'});
    expect(Object.hasOwn(Object.prototype, 'id')).toBe(false);
});

test('neither depth nor number breaks it', () => {
    const deep = `${'{"data":'.repeat(5000)}{"id":1}${'}'.repeat(5000)}`;
    expect(nativeNotification(`{"id":1,"more":${deep}}`)).toMatchObject({kind: 'notification'});
    expect(nativeNotification(`id=1&${'a['.repeat(5000)}=1`)).toMatchObject({kind: 'notification'});
    const many = Object.fromEntries(Array.from({length: 50}, (_, index) => [`f${index}`, index]));
    const mapping = NativeMapping.parse({fields: Object.fromEntries(Object.keys(many).map((name) => [name, name]))});
    expect(nativeNotification(JSON.stringify({id: 1, ...many}), mapping)).toHaveProperty('data.fields.length', 30);
});
