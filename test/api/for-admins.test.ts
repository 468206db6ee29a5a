/** What an admin's tools and browser ask: health, metrics, documentation, and the headers on every answer. */
import {Agent} from 'node:http';
import {expect, test} from 'vitest';
import {currentOpenApi} from '../../bridge/openapi.ts';
import {createMetrics} from '../../bridge/operations.ts';
import {eventOf} from '../support/bridge.ts';
import {bridgeForFile} from './bridge-for-file.ts';
import {message} from './events.ts';
import {bearer, expectRefusal, post, send} from './send.ts';
import {refuseDeliveries, takeDeliveries} from './store-faults.ts';

const METRICS_TOKEN = 'a token of 16 or more';
const file = bridgeForFile({environment: {METRICS_TOKEN}});
const get = (path: string, headers = {}) => send(file.bridge.url, {path, headers});
const metrics = async () => (await get('/metrics', {authorization: `Bearer ${METRICS_TOKEN}`})).text;

test('/live: the process answers', async () => {
    const {status, body} = await get('/live');
    expect({status, body}).toEqual({status: 200, body: {status: 'live'}});
});

test('/ready: and tells what an admin has to mend, until it is mended', async () => {
    const {channel_id} = file.bridge.integration.config;
    expect((await get('/ready')).body).toMatchObject({status: 'ready', notices: []});
    file.mattermost.act.removeMember(channel_id, file.mattermost.seeded.bot.id);
    const event = message('C-ready', 'M-1');
    await file.bridge.push(event);
    const reason = async () => (await get(`/v1/events/${event.id}`, bearer(file.bridge))).body.reason?.code;
    await expect.poll(reason, {timeout: 10_000}).toBe('bot_not_in_channel');
    const degraded = await get('/ready');
    expect(degraded.status).toBe(200);
    expect(degraded.body).toMatchObject({status: 'degraded', notices: [{integration: 'aurora-test', code: 'bot_not_in_channel'}]});
    expect(await metrics()).toContain('ireserve_notices{integration="aurora-test",code="bot_not_in_channel"} 1');
    file.mattermost.act.addMember(channel_id, file.mattermost.seeded.bot.id);
    await file.bridge.deliver(message('C-ready-too', 'M-1'));
    await expect.poll(async () => (await get('/ready')).body).toMatchObject({status: 'ready', notices: []});
});

test('/metrics wants its token when one is set', async () => {
    for (const headers of [{}, bearer(file.bridge), {authorization: METRICS_TOKEN}, {authorization: `Bearer ${METRICS_TOKEN}x`}]) {
        const {status, text, headers: answered} = await get('/metrics', headers);
        expect(status).toBe(401);
        expect(answered['www-authenticate']).toBe('Bearer');
        expect(text).not.toContain('ireserve_');
    }
    expect((await get('/metrics', {authorization: `Bearer ${METRICS_TOKEN}`})).headers['content-type']).toContain('text/plain');
});

test('/metrics counts, under the names that are documented, and holds nothing of a visitor', async () => {
    const visitor = 'Anna-de-Vries-visits';
    await file.bridge.deliver(message(`C-${visitor}`, `M-${visitor}`, {text: visitor, author: {type: 'visitor', name: visitor}}));
    await file.bridge.push({...message('C', 'M'), type: visitor});
    await file.bridge.push(
        eventOf('notification.created', {notification_id: visitor, notification_type: visitor.toLowerCase(), title: visitor}),
    );
    await get(`/v1/events/${visitor}`, bearer(file.bridge));
    await get(`/${visitor}`);
    const text = await metrics();
    for (const {name} of createMetrics().registry.getMetricsAsArray()) expect(text).toContain(`# HELP ${name}`);
    expect(text).toContain('ireserve_events_received_total{type="message.created",outcome="created"}');
    expect(text).toContain('ireserve_events_received_total{type="unknown",outcome="refused"} 1');
    expect(text).toContain('ireserve_refusals_total{code="unknown_type"} 1');
    expect(text).toMatch(/ireserve_delivery_attempts_total\{direction="to-mattermost",code="delivered"\} \d/);
    expect(text).toMatch(/ireserve_delivery_delay_seconds_count\{direction="to-mattermost"\} [1-9]/);
    expect(text).toMatch(/ireserve_deliveries_pending\{integration="aurora-test"\} \d/);
    expect(text.toLowerCase()).not.toContain(visitor.toLowerCase());
});

test('the store fails: not ready, and alive', async () => {
    await refuseDeliveries(file.bridge.database);
    expectRefusal(await post(file.bridge, message('C-1', 'M-1')), 'storage_unavailable');
    expect((await get('/live')).status).toBe(200);
    await takeDeliveries(file.bridge.database);
    expect((await post(file.bridge, message('C-1', 'M-1'))).body.outcome).toBe('created');
});

test.each(['/live', '/docs', '/openapi.json', '/v1/events', '/nothing', '/%ff'])('%s carries the security headers', async (path) => {
    const {headers} = await get(path);
    expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': expect.stringContaining('max-age='),
    });
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['access-control-allow-origin']).toBeUndefined();
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'none'");
    // The bridge itself speaks plain http: a browser told to upgrade would not reach /openapi.json from /docs.
    expect(policy).not.toContain('upgrade-insecure-requests');
});

test.each(['/live', '/ready', '/docs', '/openapi.json'])('HEAD %s is GET without the body', async (path) => {
    const [asked, got] = [await send(file.bridge.url, {method: 'HEAD', path}), await get(path)];
    expect({status: asked.status, text: asked.text}).toEqual({status: 200, text: ''});
    expect(asked.headers['content-type']).toBe(got.headers['content-type']);
});

test.each([
    ['/v1/events', 'POST', ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']],
    ['/v1/events/some-id', 'GET, HEAD', ['POST', 'PUT', 'DELETE', 'OPTIONS']],
    ['/v1/routing/dry-run', 'POST', ['GET', 'HEAD', 'DELETE']],
    // Also a session of that name could be ended.
    ['/v1/admin/sessions/revoke', 'DELETE, POST', ['GET', 'HEAD', 'PUT']],
])('%s allows %s', async (path, allow, others) => {
    for (const method of others) {
        const reply = await send(file.bridge.url, {method, path});
        expect({method, status: reply.status, allow: reply.headers.allow}).toEqual({method, status: 405, allow});
        if (method !== 'HEAD') expectRefusal(reply, 'method_not_allowed');
    }
});

test('a request to upgrade is answered, and spoils no later one', async () => {
    const agent = new Agent({keepAlive: true, maxSockets: 1});
    const upgrade = {connection: 'upgrade', upgrade: 'websocket'};
    const unread = {method: 'POST', headers: {...upgrade, 'content-type': 'text/plain'}, body: Buffer.alloc(600_000)};
    for (const first of [{headers: upgrade}, unread]) {
        expectRefusal(await send(file.bridge.url, {...first, path: '/v1/nothing', agent}), 'not_found');
        // Too much of a head for Node: it must say so.
        expect((await send(file.bridge.url, {path: `/${'x'.repeat(20_000)}`, agent})).status).toBe(431);
        expectRefusal(await send(file.bridge.url, {path: '/v1/nothing', agent}), 'not_found');
    }
    agent.destroy();
});

test('/openapi.json is the document of this version', async () => {
    const {status, headers, text} = await get('/openapi.json');
    expect({status, type: headers['content-type']}).toEqual({status: 200, type: 'application/json; charset=utf-8'});
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(currentOpenApi())));
});

test('/docs is one page without scripts, whose links lead somewhere', async () => {
    const {status, headers, text} = await get('/docs');
    expect({status, type: headers['content-type']}).toEqual({status: 200, type: 'text/html; charset=utf-8'});
    expect((await get('/')).text).toBe(text);
    expect(text).not.toMatch(/<script|<img|<link|javascript:/i);
    const targets = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...text.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(10);
    expect([...new Set(links)].filter((id) => !targets.has(id))).toEqual([]);
    for (const name of ['message.created', 'visitor.presence', '/v1/routing/dry-run', 'storage_unavailable', 'Retry-After'])
        expect(text).toContain(name);
});
