/** Who may call: bearer tokens, Standard Webhooks signatures, and nobody else. */
import {once} from 'node:events';
import {connect} from 'node:net';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createIntegrations} from '../../bridge/integrations.ts';
import {createSecretBox, loadKey} from '../../bridge/secrets.ts';
import {signatureHeaders} from '../doubles/ireserve/sign.ts';
import {bridgeForFile} from './bridge-for-file.ts';
import {message} from './events.ts';
import {expectRefusal, json, post, type Reply, send} from './send.ts';

/** The bridge's clock; on a whole second, as webhook-timestamp is. */
let clock = Math.floor(Date.now() / 1000) * 1000;
const file = bridgeForFile({overrides: {now: () => clock}});

/** The integrations as the command line changes them. */
const integrations = () => {
    const {settings, database} = file.bridge;
    return createIntegrations(database, createSecretBox(loadKey(undefined, join(settings.DATA_DIR, 'secret.key'))), () => clock);
};

const withToken = (token: string) => send(file.bridge.url, {path: '/v1/events/any', headers: {authorization: `Bearer ${token}`}});

type Signing = {
    secret?: string;
    at?: number;
    integration?: string;
    sent?: string;
    change?: (headers: Record<string, string>) => Record<string, string>;
};

function pushSigned({
    secret = file.bridge.signingSecret,
    at = clock,
    integration = 'aurora-test',
    sent,
    change = (same) => same,
}: Signing): Promise<Reply> {
    const event = message('C-1', crypto.randomUUID());
    const body = JSON.stringify(event);
    const headers = change({...json, 'ireserve-integration': integration, ...signatureHeaders(secret, event.id, body, at)});
    return send(file.bridge.url, {method: 'POST', path: '/v1/events', headers, body: sent ?? body});
}

test('a token works until it is revoked, and dies within a second', async () => {
    const {id, token} = await integrations().addToken(file.bridge.integration.id, 'second', null);
    expectRefusal(await withToken(token), 'unknown_event');
    await integrations().revokeToken(file.bridge.integration.id, id);
    clock += 1000;
    expectRefusal(await withToken(token), 'wrong_token');
});

test('a token works until it expires', async () => {
    const {token} = await integrations().addToken(file.bridge.integration.id, 'short', clock + 5000);
    clock += 4000;
    expectRefusal(await withToken(token), 'unknown_event');
    clock += 1000;
    expectRefusal(await withToken(token), 'wrong_token');
});

test('a token sees its own integration only', async () => {
    const event = message('C-own', 'M-1');
    await file.bridge.push(event);
    const {config, secrets} = file.bridge.integration;
    const other = await integrations().add({name: 'borealis-test', licence: 'borealis', environment: 'test', config, secrets});
    const {token} = await integrations().addToken(other.id, 'theirs', null);
    await file.bridge.restart();
    const path = `/v1/events/${event.id}`;
    expectRefusal(await send(file.bridge.url, {path, headers: {authorization: `Bearer ${token}`}}), 'unknown_event');
    expect((await send(file.bridge.url, {path, headers: {authorization: `Bearer ${file.bridge.token}`}})).status).toBe(200);
    // The same event id is theirs to use.
    const theirs = await post(
        file.bridge,
        {...event, integration: {licence: 'borealis', environment: 'test'}},
        {authorization: `Bearer ${token}`},
    );
    expect(theirs.body.outcome).toBe('created');
});

test.each([
    ['no Authorization', {}],
    ['Basic', {authorization: 'Basic YXVyb3JhOnNlY3JldA=='}],
    ['Bearer without a token', {authorization: 'Bearer '}],
    ['a signature without its time', {'webhook-id': 'a', 'webhook-signature': 'v1,AAAA', 'ireserve-integration': 'aurora-test'}],
])('no credential: %s', async (_case, headers) => {
    expectRefusal(await send(file.bridge.url, {path: '/v1/events/any', headers}), 'unauthenticated');
});

test('strangers are refused before their body is read', async () => {
    // Announced, never sent: an answer can only come without it.
    const headers = {...json, 'content-length': 30_000_000};
    const ask = (more: object) =>
        send(file.bridge.url, {method: 'POST', path: '/v1/events', headers: {...headers, ...more}, announceOnly: true});
    expectRefusal(await ask({}), 'unauthenticated');
    expectRefusal(await ask({authorization: 'Bearer irb_nobody'}), 'wrong_token');
    const late = signatureHeaders(file.bridge.signingSecret, 'any', '', clock - 600_000);
    expectRefusal(await ask({...late, 'ireserve-integration': 'aurora-test'}), 'clock_skew');
});

test('a client that sends all of a large body before it listens hears why it was refused', async () => {
    const body = Buffer.alloc(20_000_000, 0x20);
    const socket = connect(Number(new URL(file.bridge.url).port), '127.0.0.1');
    socket.write(`POST /v1/events HTTP/1.1\r\nhost: bridge\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`);
    // Cut off by the bridge, this is where it would fail.
    await new Promise<void>((resolve, reject) => socket.on('error', reject).write(body, () => resolve()));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toContain('401 Unauthorized');
    socket.destroy();
});

test('a signed request is accepted, whatever its white space', async () => {
    expect((await pushSigned({})).status).toBe(202);
    const event = message('C-1', 'M-space');
    const body = `\n${JSON.stringify(event, null, 3)}\n`;
    const headers = {...json, 'ireserve-integration': 'aurora-test', ...signatureHeaders(file.bridge.signingSecret, 'any', body, clock)};
    expect((await send(file.bridge.url, {method: 'POST', path: '/v1/events', headers, body})).status).toBe(202);
});

test('every operation takes a signature', async () => {
    const signed = (body: string) => ({
        'ireserve-integration': 'aurora-test',
        ...signatureHeaders(file.bridge.signingSecret, 'any', body, clock),
    });
    expectRefusal(await send(file.bridge.url, {path: '/v1/events/any', headers: signed('')}), 'unknown_event');
    const asked = {method: 'POST', path: '/v1/routing/dry-run', headers: {...json, ...signed('{}')}};
    expect((await send(file.bridge.url, {...asked, body: '{}'})).status).toBe(200);
    expectRefusal(await send(file.bridge.url, {...asked, body: '{ }'}), 'wrong_signature');
});

test('two secrets may be live, in either order, and a third is wrong', async () => {
    const old = file.bridge.signingSecret;
    const fresh = `whsec_${Buffer.from('the new one, 24 bytes!!!').toString('base64')}`;
    await file.bridge.change({secrets: {signing_secrets: [fresh, old]}});
    await file.bridge.restart();
    for (const secret of [fresh, old]) expect((await pushSigned({secret})).status).toBe(202);
    // As a sender does that does not know yet which one is live.
    const both = await pushSigned({
        secret: old,
        change: (headers) => ({...headers, 'webhook-signature': `v1,AAAA v1a,x ${headers['webhook-signature']}`}),
    });
    expect(both.status).toBe(202);
    await file.bridge.change({secrets: {signing_secrets: [fresh]}});
    await file.bridge.restart();
    expectRefusal(await pushSigned({secret: old}), 'wrong_signature');
    await file.bridge.change({secrets: {signing_secrets: []}});
    await file.bridge.restart();
    const none = await pushSigned({secret: fresh});
    expectRefusal(none, 'wrong_signature');
    expect(none.body.detail).toContain('no signing secret');
    await file.bridge.change({secrets: {signing_secrets: [old]}});
    await file.bridge.restart();
});

test.each<[string, Signing]>([
    ['another body', {sent: '{}'}],
    ['another id', {change: (headers) => ({...headers, 'webhook-id': 'another'})}],
    ['another time', {change: (headers) => ({...headers, 'webhook-timestamp': String(clock / 1000 - 1)})}],
    ['a cut signature', {change: (headers) => ({...headers, 'webhook-signature': headers['webhook-signature']?.slice(0, -8) ?? ''})}],
    [
        'another version',
        {change: (headers) => ({...headers, 'webhook-signature': headers['webhook-signature']?.replace('v1,', 'v2,') ?? ''})},
    ],
])('a signature over %s is wrong', async (_case, signing) => {
    expectRefusal(await pushSigned(signing), 'wrong_signature');
});

test.each([-300, 300])('a time %i s off is accepted', async (seconds) => {
    expect((await pushSigned({at: clock + seconds * 1000})).status).toBe(202);
});

test.each([-301, 301])('a time %i s off is refused, and told the bridge’s own', async (seconds) => {
    const reply = await pushSigned({at: clock + seconds * 1000});
    expectRefusal(reply, 'clock_skew');
    expect(reply.body.server_time).toBe(new Date(clock).toISOString());
    expect(reply.body.detail).toContain(`${seconds} s`);
});

test.each(['now', '', '1e9', '9'.repeat(30)])('a time that is no number of seconds: %j', async (time) => {
    const reply = await pushSigned({change: (headers) => ({...headers, 'webhook-timestamp': time})});
    expectRefusal(reply, time === '' ? 'unauthenticated' : 'clock_skew');
});

test('a signature needs the integration’s name', async () => {
    expectRefusal(await pushSigned({integration: 'nobody'}), 'unknown_integration');
    const reply = await pushSigned({change: ({'ireserve-integration': _, ...headers}) => headers});
    expectRefusal(reply, 'unknown_integration');
    expect(reply.body.detail).toContain('ireserve-integration');
});
