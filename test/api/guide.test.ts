/** docs/events.md tells the truth: its examples fit the contract, are accepted in their order, and its code works. */
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {expect, onTestFinished, test} from 'vitest';
import type {z} from 'zod';
import {BatchOutcome, BridgeEvent, EVENT_TYPES, EventBatch, EventOutcome, LIMITS, Problem} from '../../bridge/contract.ts';
import {REFUSALS} from '../../bridge/errors.ts';
import {REASONS} from '../../bridge/reasons.ts';
import {SettingsSchema} from '../../bridge/settings.ts';
import {bridgeForFile} from './bridge-for-file.ts';
import {bearer, type Reply, replyOf} from './send.ts';
import {settled} from './settled.ts';

const FILE = join(import.meta.dirname, '../../docs/events.md');
const guide = await readFile(FILE, 'utf8');
const blocks = [...guide.matchAll(/^```(\w+) ?(\w*)\n(.*?)^```$/gms)].map(([, language = '', kind = '', code = '']) => ({
    language,
    kind,
    code,
}));
const ofKind = (kind: string) => blocks.filter((block) => block.kind === kind).map(({code}) => JSON.parse(code) as object);
const inCurl = blocks
    .flatMap(({language, code}) => (language === 'sh' ? [...code.matchAll(/-d '(.*?)'$/gms)] : []))
    .map(([, body = '']) => JSON.parse(body) as object);

const file = bridgeForFile();

const SHAPES: Record<string, z.ZodType> = {
    event: BridgeEvent,
    batch: EventBatch,
    outcome: EventOutcome,
    outcomes: BatchOutcome,
    problem: Problem,
};

test('every example is of its kind, without keys that are not in the contract', () => {
    const kinds = blocks.filter(({language}) => language === 'json').map(({kind}) => kind);
    expect(new Set(kinds)).toEqual(new Set(Object.keys(SHAPES)));
    for (const [kind, shape] of Object.entries(SHAPES))
        for (const example of ofKind(kind)) expect(shape.parse(example)).toMatchObject(example);
    for (const batch of ofKind('batch')) for (const event of EventBatch.parse(batch).events) BridgeEvent.parse(event);
    for (const problem of ofKind('problem')) {
        const {code, status, title, next} = Problem.parse(problem);
        expect(REFUSALS[code as keyof typeof REFUSALS]).toEqual({status, title, next});
    }
});

test('every type has an example', () => {
    const types = ofKind('event').map((event) => BridgeEvent.parse(event).type);
    expect([...new Set(types)].sort()).toEqual([...EVENT_TYPES].sort());
});

async function push(event: object): Promise<Reply> {
    const text = JSON.stringify(event);
    const form = new FormData();
    form.append('event', text);
    for (const [, part = ''] of text.matchAll(/"part":"([^"]+)"/g)) form.append(part, new Blob(['a file']));
    const body = text.includes('"part"') ? form : text;
    const type = body === text ? {'content-type': 'application/json'} : {};
    const response = await fetch(`${file.bridge.url}/v1/events`, {method: 'POST', headers: {...bearer(file.bridge), ...type}, body});
    return replyOf(response.status, Object.fromEntries(response.headers), await response.text());
}

test('the bridge takes them, in the order of the page', async () => {
    expect(inCurl).toHaveLength(1);
    for (const event of [...inCurl, ...ofKind('event'), ...ofKind('batch')]) {
        const {status, body, text} = await push(event);
        expect([200, 202], text).toContain(status);
        for (const one of body.results ?? [body]) expect(one.outcome, text).not.toBe('refused');
    }
    await settled(file.bridge);
    const {mirror, notifications} = file.mattermost.seeded.channels;
    const said = file.mattermost.look.posts(mirror.id).map((post) => post.message);
    expect(said.filter((text) => text.includes('Hello!') || text.includes('Here is the plan'))).toHaveLength(1);
    expect(file.mattermost.look.posts(notifications.id).map((post) => post.message)).toEqual([
        expect.stringContaining('Booking B-77 confirmed'),
    ]);
});

test('the Node example pushes a signed event', async () => {
    const code = blocks.find(({language}) => language === 'js')?.code ?? '';
    const folder = await mkdtemp(join(tmpdir(), 'ireserve-guide-'));
    onTestFinished(() => rm(folder, {recursive: true}));
    const path = join(folder, 'push.mjs');
    await writeFile(path, code);
    type Push = (
        event: object,
        to: {bridge: string; integration: string; secret: string},
    ) => Promise<{status: number; retryAfter: string | null; answer: EventOutcome}>;
    const {push} = (await import(pathToFileURL(path).href)) as {push: Push};
    const to = {bridge: file.bridge.url, integration: file.bridge.integration.name, secret: file.bridge.signingSecret};
    const event = {...ofKind('event')[0], id: 'evt-signed', data: {conversation_id: 'C-signed', topic: 'naïve – 日本'}};
    expect(await push(event, to)).toMatchObject({status: 202, retryAfter: null, answer: {event_id: 'evt-signed', outcome: 'created'}});
    expect(await push({events: [event]}, to)).toMatchObject({answer: {results: [{outcome: 'duplicate'}]}});
    expect(await push(event, {...to, secret: `whsec_${btoa('another secret, 24 bytes')}`})).toMatchObject({
        status: 401,
        answer: {code: 'wrong_signature'},
    });
});

test('what the page says in words is what the code does', () => {
    const said = [...guide.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code = '']) => code);
    const fields = [
        'conversation_id',
        'message_id',
        'origin_id',
        'booking_id',
        'started_at',
        'notification_type',
        'request_id',
        'mime_type',
        'status_url',
    ];
    const known = [...Object.keys(REFUSALS), ...Object.keys(REASONS), ...fields];
    expect(said.filter((code) => !known.includes(code))).toEqual([]);
    const {MAX_JSON_BYTES, MAX_REQUEST_BYTES, MAX_FILE_BYTES} = SettingsSchema.parse({});
    const rows = Object.fromEntries(
        [...guide.slice(guide.indexOf('## Limits')).matchAll(/^\| (.+?) \| ([\d,]+)/gm)].map(([, what = '', number = '']) => [
            what,
            Number(number.replaceAll(',', '')),
        ]),
    );
    expect(rows).toMatchObject({
        request: MAX_REQUEST_BYTES / 2 ** 20,
        'JSON document': MAX_JSON_BYTES / 2 ** 20,
        file: MAX_FILE_BYTES / 2 ** 20,
        'events in a batch': LIMITS.eventsPerBatch,
        'text of a message or notification': LIMITS.textLength,
        'attachments of a message': LIMITS.attachmentsPerMessage,
        'fields of a notification': LIMITS.fieldsPerNotification,
        'properties of a visitor': LIMITS.visitorProperties,
    });
    for (const [, target = ''] of guide.matchAll(/\]\((?!https?:)([^)]+)\)/g))
        expect(['openapi.json', 'errors.md', 'callbacks.md', '#order']).toContain(target);
});
