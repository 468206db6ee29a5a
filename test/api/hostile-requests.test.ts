/**
 * Every operation of the document, and every type of event, with what fits, what nearly fits, and rubbish. The document decides what an answer
 * may be, and whether a body fits; code and document may not disagree. Afterwards nothing that was accepted may be stuck.
 */
import {Agent} from 'node:http';
import fc from 'fast-check';
import {afterAll, expect, onTestFinished, test} from 'vitest';
import {EVENT_TYPES} from '../../bridge/contract.ts';
import {REFUSALS} from '../../bridge/errors.ts';
import {openPanel} from '../agent-api/panel.ts';
import {startMattermost} from '../doubles/mattermost/start.ts';
import {arbitraries, garbage, hostileText, type Schema} from '../support/arbitrary.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';
import {createDatabase} from '../support/database.ts';
import {check} from '../support/seeds.ts';
import {bridgeForFile} from './bridge-for-file.ts';
import {alternatives, complaint, type Documented, fits, operations, schemas} from './documented.ts';
import {message} from './events.ts';
import {bearer, json, type Reply, type Sending, send} from './send.ts';
import {settled} from './settled.ts';

/** In all, for each case. What fits is also delivered, which takes longest. */
const RUNS = 60;
const TIMEOUT_MS = 120_000;

const file = bridgeForFile();
const agent = new Agent({keepAlive: true});
afterAll(() => agent.destroy());

const CONVERSATIONS = ['C-0', 'C-1', 'C-2', 'C-3'];
/** Replaced by one of its own in each request, smaller counterexamples included. */
const ID = 'evt-hostile';
let ids = 0;
const places = {
    id: fc.constant(ID),
    integration: fc.constant({licence: 'aurora', environment: 'test'}),
    sequence: fc.integer({min: 1, max: 5}),
    'data.conversation_id': fc.constantFrom(...CONVERSATIONS),
    'data.message_id': fc.oneof(fc.constantFrom('M-1', 'M-2', 'M-3'), fc.stringMatching(/^[A-Za-z0-9._:@~-]{1,128}$/)),
    'data.notification_type': fc.constantFrom('booking_confirmation', 'unmapped', 'constructor'),
    'data.attachments.*.part': fc.stringMatching(/^[A-Za-z0-9._ -]{1,100}$/),
};
const single = arbitraries({schemas, places});
const event: Schema = {$ref: '#/components/schemas/Event'};
const member = fc.oneof(single.fitting(event), single.nearly(event), fc.jsonValue());
const {fitting, nearly} = arbitraries({schemas, places: {...places, 'events.*': member}});

type Case = {name: string; operation: Documented; schema: Schema | null};

const CASES: Case[] = operations.flatMap((operation): Case[] => {
    if (!operation.body) return [{name: operation.operationId, operation, schema: null}];
    return alternatives(operation.body).map(([name, schema]) => ({name: `${operation.operationId} ${name}`, operation, schema}));
});
/** What fits the agent API also needs a conversation in Mattermost: test/agent-api asks for that. */
const WITH_BODY = CASES.filter(({schema, operation}) => schema !== null && operation.api === 'events');
/** A stream has no end to wait for. */
const ENDING = CASES.filter(({operation}) => operation.operationId !== 'streamChanges');

test('there is a case for every operation and every type of event', () => {
    const names = CASES.map(({name}) => name);
    expect(names).toEqual(expect.arrayContaining(['getEvent', 'pushEvents EventBatch', 'dryRunRouting RoutingQuestion']));
    expect(names.filter((name) => name.startsWith('pushEvents '))).toHaveLength(EVENT_TYPES.length + 1);
});

/** The bytes of a body: multipart when an attachment wants its part, JSON else. */
async function encode(body: unknown): Promise<Pick<Sending, 'headers' | 'body'>> {
    const text = JSON.stringify(body).replaceAll(`"id":"${ID}"`, () => `"id":"${ID}-${ids++}"`);
    const parts = [...text.matchAll(/"part":"([A-Za-z0-9._ -]{1,100})"/g)].map(([, name]) => name ?? '');
    if (parts.length === 0) return {headers: json, body: text};
    const form = new FormData();
    form.append('event', text);
    for (const part of new Set(parts)) form.append(part, new Blob([`bytes of ${part}`]));
    const request = new Response(form);
    return {headers: {'content-type': request.headers.get('content-type') ?? ''}, body: new Uint8Array(await request.arrayBuffer())};
}

/** A session is slowed down after 120 requests in 10 s. */
const PER_SESSION = 100;
let asked = 0;
let session = '';

async function bearerFor(bridge: TestBridge, {api}: Documented): Promise<{authorization: string}> {
    if (api !== 'agent') return bearer(bridge);
    if (asked++ % PER_SESSION === 0) session = (await openPanel(bridge, file.mattermost.seeded.agents[0].id)).token;
    return {authorization: `Bearer ${session}`};
}

async function ask(bridge: TestBridge, operation: Documented, sending: Sending): Promise<Reply> {
    const {method, path} = operation;
    return send(bridge.url, {method, path, agent, ...sending, headers: {...(await bearerFor(bridge, operation)), ...sending.headers}});
}

/** What fits the document is accepted. */
async function acceptsFitting(bridge: TestBridge, {operation, schema}: Case, runs: number): Promise<void> {
    const property = fc.asyncProperty(fitting(schema ?? {}), async (body) => {
        const reply = await ask(bridge, operation, await encode(body));
        expect(complaint(operation, reply)).toBeNull();
        expect([200, 202], reply.text.slice(0, 500)).toContain(reply.status);
    });
    await check(property, {numRuns: runs});
}

/** Said in words in the document, for want of a keyword: a refusal of these alone is no disagreement. */
const IN_WORDS = /(^|\.)(url|part|content_base64)$/;

/** What nearly fits is accepted exactly when it fits, or when the answer says which details did not. */
async function judgesNearly(bridge: TestBridge, {operation, schema}: Case, runs: number): Promise<void> {
    const property = fc.asyncProperty(nearly(schema ?? {}), async (body) => {
        const reply = await ask(bridge, operation, await encode(body));
        expect(complaint(operation, reply)).toBeNull();
        const {code, errors = []} = reply.body;
        const isWarned = (reply.body.warnings ?? []).length > 0;
        if (!fits(operation.body ?? {}, body)) expect(reply.status === 422 || isWarned, reply.text).toBe(true);
        else if (reply.status === 422) expect(errors.filter(({path}) => !IN_WORDS.test(path))).toEqual([]);
        else expect([undefined, 'unknown_conversation', 'wrong_integration', 'event_conflict']).toContain(code);
    });
    await check(property, {numRuns: runs});
}

/** Of Latin-1, as header values are. */
const headerText = hostileText.map((text) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').trim());
const hostileHeaders = fc.oneof(
    fc.constant({}),
    fc.record(
        {
            'content-type': fc.oneof(
                headerText,
                fc.constantFrom(
                    'application/json;charset=utf-16',
                    'multipart/form-data',
                    'multipart/form-data; boundary=',
                    'application/+json',
                    ',',
                ),
            ),
            'content-encoding': fc.constantFrom('gzip', 'deflate', 'br', 'zstd', 'identity', 'gzip, gzip', 'x'),
            prefer: fc.constantFrom('wait', 'wait=', 'wait=0', 'wait=0x9', 'wait=-5', 'wait=1;;', '=', 'x'.repeat(5000)),
            'x-request-id': headerText,
            authorization: fc.oneof(
                headerText,
                fc.constantFrom('Bearer', 'Bearer a b', 'bearer x', 'Basic Og==', `Bearer ${'x'.repeat(8000)}`),
            ),
            'ireserve-integration': fc.oneof(headerText, fc.constantFrom('aurora-test', '__proto__')),
            'webhook-id': headerText,
            'webhook-timestamp': fc.oneof(headerText, fc.constant(String(Math.floor(Date.now() / 1000)))),
            'webhook-signature': fc.oneof(headerText, fc.constantFrom('v1,', 'v1,AAAA', ',,,', 'v1,AAAA '.repeat(900))),
            accept: fc.constantFrom('application/xml', '*/*;q=0', 'text/html'),
            range: fc.constant('bytes=0-1'),
            upgrade: fc.constant('websocket'),
            connection: fc.constantFrom('upgrade', 'close', 'keep-alive, x'),
            expect: fc.constant('100-continue'),
            'x-http-method-override': fc.constant('DELETE'),
        },
        {requiredKeys: []},
    ),
);

const segment = fc.oneof(
    hostileText.map((text) => encodeURIComponent(text.toWellFormed())),
    fc.constantFrom(
        '%ff',
        '%',
        '%00',
        '%2e%2e',
        '..',
        '.',
        '%2F',
        '__proto__',
        'constructor',
        'x'.repeat(129),
        'x'.repeat(20_000),
        '%F0%9F%98',
        'a;b=c',
        '',
    ),
);
const query = fc.oneof(
    fc.constant(''),
    fc.constantFrom(
        '?',
        '?&&&',
        '?validate-only',
        '?validate-only=',
        '?validate-only=true',
        '?validate-only=1&validate-only=0',
        '?validate-only[]=1',
        '?%ff=%',
        '?__proto__=1',
    ),
    hostileText.map((text) => `?${encodeURIComponent(text.toWellFormed())}=${encodeURIComponent(text.toWellFormed())}`),
);

/** Answers that belong to no operation: another path than was meant, one that can't be decoded, more header than Node reads (no body then). */
const GENERIC: (keyof typeof REFUSALS)[] = ['not_found', 'method_not_allowed', 'invalid_request'];
const HEADERS_TOO_LARGE = 431;

/** The operation a path leads to: with a piece more or less it may be another one than was meant. */
function reached(meant: Documented, where: string): Documented {
    const [path = ''] = where.split('?');
    const leadsTo = (one: Documented) => new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}/?$`, 'i').test(path);
    return operations.find((one) => one.method === meant.method && leadsTo(one)) ?? meant;
}

/** Rubbish in any place is refused as documented. */
async function survivesRubbish(bridge: TestBridge, {operation, schema}: Case, runs: number): Promise<void> {
    const body = fc.oneof(
        garbage,
        nearly(schema ?? {}).map((value) => Buffer.from(JSON.stringify(value))),
    );
    const path = fc
        .oneof(
            fc.constant(operation.path),
            segment.map((text) => `${operation.path}/${text}`),
        )
        .chain((template) => fc.tuple(segment, query).map(([text, asked]) => template.replace(/\{\w+\}/, () => text) + asked));
    const property = fc.asyncProperty(body, path, hostileHeaders, async (bytes, where, headers) => {
        // Node itself cuts the connection over a head that is too large, whatever is still to come.
        const sending = schema && where.length < 10_000 ? {body: bytes, headers: {...json, ...headers}} : {headers};
        const reply = await ask(bridge, operation, {...sending, path: where});
        if (reply.status === HEADERS_TOO_LARGE) return;
        const generic = GENERIC.some((code) => code === reply.body.code && REFUSALS[code].status === reply.status);
        if (!generic) expect(complaint(reached(operation, where), reply)).toBeNull();
        expect(reply.status, reply.text).toBeLessThan(500);
    });
    await check(property, {numRuns: runs});
}

/** Nothing may be on its way for ever, and the bridge may not have failed on its own account. */
async function endsWell(bridge: TestBridge): Promise<void> {
    await settled(bridge, TIMEOUT_MS);
    const ends = await bridge.database.read.selectFrom('delivery').select(['state', 'reason_code', 'body']).execute();
    expect(ends.length).toBeGreaterThan(0);
    const odd = ends.filter(
        ({state, reason_code}) => !(state === 'delivered' || (state === 'ignored' && reason_code && reason_code !== 'internal')),
    );
    expect(odd.map((one) => ({...one, body: one.body.slice(0, 1000)}))).toEqual([]);
    const lanes = await bridge.database.read.selectFrom('lane').selectAll().where('pending', '!=', 0).execute();
    expect(lanes).toEqual([]);
    expect(bridge.logged()).not.toContain('unexpected error');
    expect((await send(bridge.url, {path: '/ready'})).body).toMatchObject({status: 'ready'});
}

const open = async (bridge: TestBridge) => {
    for (const conversation of CONVERSATIONS) await bridge.push(message(conversation, 'M-0'));
};

test('the conversations are known', () => open(file.bridge));
test.each(WITH_BODY)('what fits is accepted: $name', (one) => acceptsFitting(file.bridge, one, RUNS / 6), TIMEOUT_MS);
test.each(WITH_BODY)('what nearly fits is judged as documented: $name', (one) => judgesNearly(file.bridge, one, RUNS / 2), TIMEOUT_MS);
test.each(ENDING)('rubbish is refused as documented: $name', (one) => survivesRubbish(file.bridge, one, RUNS / 3), TIMEOUT_MS);
test('all that was accepted has ended', () => endsWell(file.bridge), 2 * TIMEOUT_MS);

test(
    'PostgreSQL takes the same',
    async () => {
        const mattermost = await startMattermost();
        onTestFinished(mattermost.stop);
        const bridge = await startTestBridge({mattermost, databaseUrl: await createDatabase()});
        onTestFinished(bridge.stop);
        await open(bridge);
        for (const one of WITH_BODY) {
            await acceptsFitting(bridge, one, RUNS / 15);
            await judgesNearly(bridge, one, RUNS / 15);
        }
        // PostgreSQL's text can't hold U+0000; JSON's can.
        const nul = 'before\u0000after';
        const said = message('C-0', 'M-nul', {text: nul, author: {type: 'visitor', name: nul}});
        const started = eventOf('conversation.started', {
            conversation_id: 'C-1',
            topic: nul,
            visitor: {name: nul, properties: {[nul]: nul}},
        });
        const edited = eventOf('message.edited', {conversation_id: 'C-0', message_id: 'M-nul', text: `${nul}!`});
        const early = eventOf('message.edited', {conversation_id: 'C-0', message_id: 'M-nul-later', text: nul});
        const closed = eventOf('conversation.closed', {conversation_id: 'C-1', reason: nul});
        for (const event of [said, started, edited, early, closed]) expect((await bridge.push(event)).status).toBeLessThan(300);
        const wrong = [
            {...said, type: nul},
            {...said, id: nul},
            {...said, data: {visitor: {properties: {[nul]: null}}}, type: 'conversation.started'},
        ];
        for (const event of wrong) expect((await bridge.push(event)).status).toBe(422);
        await endsWell(bridge);
    },
    4 * TIMEOUT_MS,
);
