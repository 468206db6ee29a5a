/** Bookings looked up in i-Reserve: whatever form they come in, and without ever being a nuisance. */
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {type BookingSettings, createBookings} from '../../bridge/ireserve/booking.ts';
import {type IreserveServer, startIreserveServer} from './ireserve-server.ts';

const PASSWORD = 'correct horse';
const MINUTE = 60_000;

let ireserve: IreserveServer;
let settings: BookingSettings;
let clock: number;
const refusals: object[] = [];

const bookings = (timeoutMs = 5000) => createBookings({now: () => clock, timeoutMs, onRefused: (login) => refusals.push(login)});

beforeAll(async () => {
    ireserve = await startIreserveServer();
});
beforeEach(() => {
    clock = Date.UTC(2026, 6, 18);
    settings = {base_url: ireserve.url, user: 'api', password: PASSWORD};
    ireserve.seen.length = 0;
    refusals.length = 0;
    ireserve.open.most = 0;
});
afterAll(() => ireserve.stop());

/** Field names and the form of values as i-Reserve documents them, with all it should keep to itself. */
const FULL = {
    id: '1284',
    object_id: 7,
    object: 'Sloep',
    object_desc: 'Sloep Zilvermeeuw',
    mainobject_desc: 'Boten',
    date_from: '2018-02-13T09:30:00+0100',
    date_till: '2018-02-13T14:00:00+0100',
    fromtime: '09:30:00',
    tilltime: '14:00:00',
    number: '6',
    remarks: 'allergic to nuts',
    status_code: '20',
    status: 'BEVESTIGD',
    customer_id: 12,
    customer: 'Familie Bakker',
    email: 'bakker@example.com',
    location_id: 3,
    location: 'Loosdrecht',
    price: '145.00',
    currency: 'EUR',
    custom01: 'wheelchair',
    CUSTOM12: 'diabetic',
    HASHKEY: 'secret-key-1',
    ACCEPTLINK: 'https://aurora.example/accept?k=secret-key-2',
    something_new: {deep: true},
};

test('a booking as documented, and nothing of it that is nobody’s business', async () => {
    ireserve.answer({body: FULL});
    const found = await bookings().find(settings, '1284');
    expect(found).toEqual({
        kind: 'found',
        booking: {
            id: '1284',
            object: 'Sloep Zilvermeeuw',
            date_from: '2018-02-13T09:30:00+01:00',
            date_till: '2018-02-13T14:00:00+01:00',
            number: 6,
            status: {code: 20, name: 'BEVESTIGD'},
            customer: 'Familie Bakker',
            location: 'Loosdrecht',
            price: 145,
            currency: 'EUR',
            link: `${ireserve.url}/admin.php?mod=dashboard&context=booking&id=1284`,
        },
    });
    const told = JSON.stringify(found);
    for (const kept of ['allergic', 'bakker@', 'wheelchair', 'diabetic', 'secret-key', 'deep']) expect(told).not.toContain(kept);
    expect(ireserve.seen).toMatchObject([
        {method: 'GET', path: '/api/rest/booking/1284', headers: {authorization: `Basic ${btoa(`api:${PASSWORD}`)}`}},
    ]);
});

test.each([
    [
        'the sample of i-Reserve’s own page',
        {booking_id: 1284, object_desc: 'Zaal', status: 'OPEN', fromdate: 'Sat Jul 09, 2011', tilldate: 'Sun Jul 10, 2011', number: 1},
        {object: 'Zaal', status: {code: null, name: 'OPEN'}, date_from: '2011-07-09', date_till: '2011-07-10', number: 1},
    ],
    [
        'dates and times apart',
        {id: 1284, status_code: 30, fromdate: '2018-09-23', fromtime: '09:00:00', tilldate: '23-09-2018', tilltime: '02:30 pm'},
        {status: {code: 30, name: 'PAID'}, date_from: '2018-09-23T09:00:00', date_till: '2018-09-23T14:30:00'},
    ],
    [
        'a time where the date should be',
        {id: 1284, status_code: 30, date_from: '2018-09-23', fromdate: '090000'},
        {date_from: '2018-09-23T09:00:00'},
    ],
    ['a number in the place of the name', {id: 1284, status: '70'}, {status: {code: 70, name: 'CANCELLED'}}],
    ['a status of the environment’s own', {id: 1284, status_code: 55}, {status: {code: 55, name: '55'}}],
    ['names in capitals', {ID: '1284', STATUS_CODE: '40', PRICE: '1.234,56'}, {status: {code: 40, name: 'CHANGED'}, price: 1234.56}],
    ['an envelope', {response: {data: [{id: 1284, status_code: 10}]}}, {status: {code: 10, name: 'NEW'}}],
    ['no id at all', {status_code: 11}, {id: '1284', status: {code: 11, name: 'NEW'}}],
    [
        'what can’t be understood',
        {
            id: 1284,
            status_code: 20,
            date_from: '2018-02-31',
            fromdate: 'soon',
            number: 'a few',
            price: '1.234',
            customer: {name: 'x'},
            location: ['y'],
        },
        {date_from: undefined, number: undefined, price: undefined, customer: undefined, location: undefined},
    ],
    ['keys in a text', {id: 1284, status_code: 20, object: 'Zaal hashkey=abc123'}, {object: 'Zaal hashkey=REDACTED'}],
])('read also with %s', async (_what, body, expected) => {
    ireserve.answer({body});
    expect(await bookings().find(settings, '1284')).toMatchObject({kind: 'found', booking: expected});
});

test.each([
    [145, 145],
    ['145', 145],
    ['145.00', 145],
    ['145,5', 145.5],
    ['€ 1.234.567', 1_234_567],
    ['1,234.56', 1234.56],
    ['€ 145,-', 145],
    ['12.5000', 12.5],
    ['-12,50', -12.5],
    ['1.234', undefined],
    ['1.2.3', undefined],
    ['free', undefined],
    [null, undefined],
])('the price %j is %j', async (price, expected) => {
    ireserve.answer({body: {id: 1284, status_code: 20, price}});
    expect(await bookings().find(settings, '1284')).toHaveProperty('booking.price', expected);
});

test.each([
    ['404', {status: 404}],
    ['410', {status: 410}],
    ['nothing', {text: ''}],
    ['null', {body: null}],
    ['an empty list', {body: []}],
    ['an empty envelope', {body: {booking: {}}}],
    ['a block in the roster', {body: {...FULL, status_code: 98}}],
    ['a dummy', {body: {...FULL, status_code: '99'}}],
    ['a dummy by name', {body: {id: '1284', status: 'DUMMY'}}],
])('%s is not found', async (_what, reply) => {
    ireserve.answer(reply);
    expect(await bookings().find(settings, '1284')).toEqual({kind: 'not_found'});
});

test.each(['', '0', '01', '-1', '1e3', '12 ', '../user', '1284?x', 'IRES1284', '1234567890123', '１'])(
    '%j is not even asked for',
    async (id) => {
        expect(await bookings().find(settings, id)).toEqual({kind: 'not_found'});
        expect(ireserve.seen).toEqual([]);
    },
);

test.each([
    ['another booking', {body: {...FULL, id: 854}}, 'ireserve_unexpected_answer'],
    ['a failed check', {body: {status: false, messages: ['no']}}, 'ireserve_unexpected_answer'],
    ['two bookings', {body: [FULL, FULL]}, 'ireserve_unexpected_answer'],
    ['a word', {body: 'booking'}, 'ireserve_unexpected_answer'],
    ['a log-in page', {text: '<html>Log in</html>'}, 'ireserve_unexpected_answer'],
    ['too much', {body: {...FULL, padding: 'x'.repeat(262_144)}}, 'ireserve_unexpected_answer'],
    ['a failure', {status: 500}, 'ireserve_error'],
    ['a precondition', {status: 412}, 'ireserve_error'],
    ['a limit', {status: 429, headers: {'retry-after': '5'}}, 'ireserve_error'],
    ['a refusal', {status: 401}, 'ireserve_login_refused'],
])('%s is no answer, and the next look-up asks again', async (_what, reply, code) => {
    ireserve.answer(reply);
    const {find} = bookings();
    const answer = await find(settings, '1284');
    expect(answer).toMatchObject({kind: 'unavailable', code});
    expect(JSON.stringify(answer)).not.toContain(PASSWORD);
    ireserve.answer({body: FULL});
    expect(await find(settings, '1284')).toMatchObject({kind: 'found'});
});

test('no redirect is followed: the password stays here', async () => {
    ireserve.answer({status: 302, headers: {location: `${ireserve.url}/elsewhere`}});
    expect(await bookings().find(settings, '1284')).toMatchObject({kind: 'unavailable', code: 'ireserve_error'});
    expect(ireserve.seen.map(({path}) => path)).toEqual(['/api/rest/booking/1284']);
});

test('out of reach, out of time, or at an address that is none: said without the password', async () => {
    const impatient = bookings(300);
    ireserve.answer(() => undefined);
    const answers = [
        await impatient.find(settings, '1284'),
        await impatient.find({...settings, base_url: 'http://127.0.0.1:1'}, '1284'),
        await impatient.find({...settings, base_url: `http://api:${PASSWORD}@127.0.0.1:1`}, '1284'),
        await impatient.find({...settings, base_url: `${PASSWORD}://`}, '1284'),
    ];
    expect(answers.map((answer) => 'code' in answer && answer.code)).toEqual([
        'ireserve_no_answer',
        'ireserve_unreachable',
        'ireserve_unreachable',
        'ireserve_unreachable',
    ]);
    expect(JSON.stringify(answers)).not.toContain(PASSWORD);
});

test('a body that stops half-way is given up in time', async () => {
    ireserve.answer((_seen, response) => {
        response.writeHead(200).write('{"id":');
        return undefined;
    });
    expect(await bookings(300).find(settings, '1284')).toMatchObject({code: 'ireserve_no_answer'});
});

test('found is remembered for a minute, not found for five, and neither for another login', async () => {
    const {find} = bookings();
    ireserve.answer({body: FULL});
    await find(settings, '1284');
    clock += MINUTE - 1;
    await find(settings, '1284');
    expect(ireserve.seen).toHaveLength(1);
    await find({...settings, password: 'other'}, '1284');
    expect(ireserve.seen).toHaveLength(2);
    ireserve.answer({status: 404});
    clock += 1;
    expect(await find(settings, '1284')).toEqual({kind: 'not_found'});
    clock += 5 * MINUTE - 1;
    expect(await find(settings, '1284')).toEqual({kind: 'not_found'});
    expect(ireserve.seen).toHaveLength(3);
    clock += 1;
    await find(settings, '1284');
    expect(ireserve.seen).toHaveLength(4);
});

test('a thousand are remembered; the one used longest ago is forgotten first', async () => {
    const {find} = bookings();
    for (let id = 1; id <= 1000; id++) {
        ireserve.answer({status: 404});
        await find(settings, String(id));
    }
    await find(settings, '1');
    expect(ireserve.seen).toHaveLength(1000);
    await find(settings, '1001');
    await find(settings, '1');
    expect(ireserve.seen).toHaveLength(1001);
    await find(settings, '2');
    expect(ireserve.seen).toHaveLength(1002);
});

test('who asks for the same at once shares one request; no more than two run, whoever asks', async () => {
    const {find} = bookings();
    const waiting: (() => void)[] = [];
    ireserve.answer(async ({path}) => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return {body: {id: path.split('/').at(-1), status_code: 20}};
    });
    const all = [1, 1, 1, 2, 3, 4, 5].map((id) => find(settings, String(id)));
    all.push(find({...settings, user: 'second'}, '6'));
    let done = false;
    const answers = Promise.all(all).finally(() => {
        done = true;
    });
    await expect.poll(() => waiting.length).toBe(2);
    while (!done) {
        waiting.shift()?.();
        await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await answers).map(({kind}) => kind)).toEqual(Array(8).fill('found'));
    expect(ireserve.seen).toHaveLength(6);
    expect(ireserve.open.most).toBe(2);
});

test('who waits too long for a turn is told so, and takes none', async () => {
    const {find} = bookings(300);
    ireserve.answer(() => undefined);
    const answers = await Promise.all([1, 2, 3, 4].map((id) => find(settings, String(id))));
    expect(answers.map((answer) => 'code' in answer && answer.code)).toEqual(Array(4).fill('ireserve_no_answer'));
    expect(ireserve.seen.length).toBeLessThanOrEqual(2);
    ireserve.answer({body: FULL});
    expect(await find(settings, '1284')).toMatchObject({kind: 'found'});
});

const PAUSED = {kind: 'unavailable', code: 'ireserve_login_refused'};

test('three replicas together try no more often than one', async () => {
    ireserve.answer({status: 401});
    const {find} = createBookings({now: () => clock, replicas: () => 3});
    for (let n = 1; n <= 4; n++) await find(settings, String(n));
    expect(ireserve.seen).toHaveLength(1);
});

test('after three refusals in a row it stops asking, says so once, and tries again after a quarter of an hour', async () => {
    const {find} = bookings();
    ireserve.answer({status: 401});
    // All at once: no more than three get through.
    const answers = await Promise.all(Array.from({length: 12}, (_, index) => find(settings, String(index + 1))));
    expect(answers).toMatchObject(Array(12).fill(PAUSED));
    expect(ireserve.seen).toHaveLength(3);
    expect(refusals).toEqual([{base_url: ireserve.url, user: 'api', detail: expect.stringContaining('401')}]);
    expect(JSON.stringify([answers, refusals])).not.toContain(PASSWORD);

    clock += 15 * MINUTE - 1;
    expect(await find(settings, '20')).toMatchObject(PAUSED);
    expect(ireserve.seen).toHaveLength(3);
    clock += 1;
    // One try, not three.
    expect(await Promise.all(['20', '21', '22'].map((id) => find(settings, id)))).toMatchObject(Array(3).fill(PAUSED));
    expect(ireserve.seen).toHaveLength(4);
    expect(refusals).toHaveLength(1);

    clock += 15 * MINUTE;
    ireserve.answer({body: FULL});
    expect(await find(settings, '1284')).toMatchObject({kind: 'found'});
    ireserve.answer({status: 403});
    for (const id of ['30', '31', '32', '33']) expect(await find(settings, id)).toMatchObject(PAUSED);
    expect(ireserve.seen).toHaveLength(8);
    expect(refusals).toHaveLength(2);
});

test('a success, or not being there, starts the count anew; so do changed settings', async () => {
    const {find} = bookings();
    for (const reply of [{status: 401}, {status: 401}, {status: 404}, {status: 403}, {status: 401}, {body: FULL}]) {
        ireserve.answer(reply);
        await find(settings, reply.body ? '1284' : String(ireserve.seen.length + 1));
    }
    expect(ireserve.seen).toHaveLength(6);
    expect(refusals).toEqual([]);
    ireserve.answer({status: 401});
    for (const id of ['40', '41', '42', '43']) await find(settings, id);
    expect(ireserve.seen).toHaveLength(9);
    ireserve.answer({body: {...FULL, id: 43}});
    expect(await find(settings, '43')).toMatchObject(PAUSED);
    expect(await find({...settings, password: 'mended'}, '43')).toMatchObject({kind: 'found'});
});

test('the link is where the admin says, whatever slashes the address ends with', async () => {
    ireserve.answer({body: FULL});
    const booking_link = '{base}/admin?id={id}&again={id}';
    expect(await bookings().find({...settings, base_url: `${ireserve.url}//`, booking_link}, '1284')).toHaveProperty(
        'booking.link',
        `${ireserve.url}/admin?id=1284&again=1284`,
    );
    expect(ireserve.seen[0]?.path).toBe('/api/rest/booking/1284');
});
