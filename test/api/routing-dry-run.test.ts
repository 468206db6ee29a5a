/** Asking where a conversation would go. */
import {expect, test} from 'vitest';
import {RoutingAnswer} from '../../bridge/contract.ts';
import {bridgeForFile} from './bridge-for-file.ts';
import {bearer, expectRefusal, json, send} from './send.ts';

const file = bridgeForFile();
const ask = (question: unknown, headers: object = {}) =>
    send(file.bridge.url, {
        method: 'POST',
        path: '/v1/routing/dry-run',
        headers: {...json, ...bearer(file.bridge), ...headers},
        body: typeof question === 'string' ? question : JSON.stringify(question),
    });

test('without rules everything goes to the mirror channel', async () => {
    const {status, body} = await ask({});
    expect(status).toBe(200);
    expect(RoutingAnswer.parse(body)).toEqual({channel_id: file.mattermost.seeded.channels.mirror.id, rule: null, considered: []});
});

test('the first rule that matches wins, and each rule considered says why; nothing is stored', async () => {
    const {other, townSquare, mirror} = file.mattermost.seeded.channels;
    await file.bridge.change({
        config: {
            routing: [
                {language: 'de', channel_id: other.id},
                {property: {name: 'fleet', value: 'kayak*'}, channel_id: townSquare.id},
            ],
        },
    });
    await file.bridge.restart();
    const kayaks = RoutingAnswer.parse((await ask({language: 'nl', visitor: {properties: {fleet: 'Kayaks'}}})).body);
    expect(kayaks).toMatchObject({channel_id: townSquare.id, rule: 1});
    expect(kayaks.considered.map(({rule, matched}) => [rule, matched])).toEqual([
        [0, false],
        [1, true],
    ]);
    for (const {why} of kayaks.considered) expect(why).toMatch(/./);
    expect(RoutingAnswer.parse((await ask({language: 'de-AT'})).body)).toMatchObject({channel_id: other.id, rule: 0});
    expect(RoutingAnswer.parse((await ask({language: 'fr'})).body)).toMatchObject({channel_id: mirror.id, rule: null});
    expect(await file.bridge.database.read.selectFrom('lane').selectAll().execute()).toEqual([]);
});

test('a question that does not fit is refused', async () => {
    // As of an event: its details don't count where they don't fit, and that is said.
    const reply = await ask({language: 'not a language', page: {url: 'ftp://x'}, visitor: 5});
    expect(reply.status).toBe(200);
    expect(reply.body.warnings?.map(({path}) => path).sort()).toEqual(['language', 'page', 'visitor']);
    expectRefusal(await ask('{'), 'malformed_body');
    expectRefusal(await ask('null'), 'invalid_request');
    expectRefusal(await ask({}, {'content-type': 'text/plain'}), 'unsupported_media_type');
    expectRefusal(await ask({}, {authorization: ''}), 'unauthenticated');
});
