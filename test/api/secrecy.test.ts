/** After all kinds of traffic, failures included, no secret stands where somebody may read it. */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {signatureHeaders} from '../doubles/ireserve/sign.ts';
import {bridgeForFile} from './bridge-for-file.ts';
import {message} from './events.ts';
import {bearer, json, post, send} from './send.ts';
import {settled} from './settled.ts';
import {refuseDeliveries, takeDeliveries} from './store-faults.ts';

const METRICS_TOKEN = 'metrics-token-of-the-test';
const file = bridgeForFile({environment: {METRICS_TOKEN, LOG_LEVEL: 'trace'}});

/** As such, and as what somebody could make of it again. */
const formsOf = (secret: string) => [
    secret,
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('hex'),
];

test('bot token, bearer token, signing secret and metrics token are in no log, answer, metric or stored byte', async () => {
    const {bridge, mattermost} = file;
    const answers: string[] = [];
    const keep = async (reply: Promise<{text: string; headers: object}>) => {
        const {text, headers} = await reply;
        answers.push(text, JSON.stringify(headers));
    };
    const signed = (body: string, secret = bridge.signingSecret): Record<string, string> => ({
        ...json,
        'ireserve-integration': 'aurora-test',
        ...signatureHeaders(secret, 'id', body, Date.now()),
    });
    const push = (headers: object, body: string) => send(bridge.url, {method: 'POST', path: '/v1/events', headers: {...headers}, body});
    const body = JSON.stringify(message('C-1', 'M-1'));

    await bridge.deliver(message('C-0', 'M-1'));
    const sent = signed(body);
    expect((await push(sent, body)).status).toBe(202);
    await keep(push(signed(body), `${body} `));
    await keep(push({...signed(body), 'webhook-timestamp': '1'}, body));
    await keep(push({...json, authorization: `Bearer ${bridge.token}x`}, body));
    await keep(push({...json, authorization: `Basic ${bridge.token}`}, body));
    await keep(post(bridge, '{'));
    await keep(post(bridge, {...message('C-1', 'M-2'), data: {}}));
    await keep(send(bridge.url, {path: `/v1/events/none?token=${bridge.token}`, headers: bearer(bridge)}));
    await refuseDeliveries(bridge.database);
    await keep(post(bridge, message('C-1', 'M-3')));
    await takeDeliveries(bridge.database);
    // Every way Mattermost fails that an attempt's log line tells of.
    for (const kind of ['error', 'bad-gateway', 'reset', 'html', 'too-many'] as const) {
        mattermost.faults.add({kind, next: 1});
        await bridge.deliver(message(`C-${kind}`, 'M-1'));
    }
    mattermost.act.revokeTokens(mattermost.seeded.bot.id);
    const refused = await bridge.push(message('C-refused', 'M-1'), {prefer: 'wait=1'});
    expect(refused.body.reason?.code).toBe('mattermost_token_refused');
    answers.push(JSON.stringify(refused.body));
    const fresh = mattermost.act.newToken(mattermost.seeded.bot.id);
    await bridge.change({secrets: {bot_token: fresh}});
    await settled(bridge);
    for (const path of ['/metrics', '/ready', '/docs', '/openapi.json', '/v1/nothing']) {
        await keep(send(bridge.url, {path, headers: {authorization: `Bearer ${METRICS_TOKEN}`}}));
    }

    const folder = bridge.settings.DATA_DIR;
    const stored = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')] as const);
    expect(stored.map(([name]) => name)).toEqual(expect.arrayContaining(['bridge.sqlite', 'bridge.sqlite-wal']));
    // The searching works: what is not secret is found in each place.
    expect(bridge.logged()).toContain('mattermost_token_refused');
    expect(answers.join('\n')).toContain('wrong_signature');
    expect(stored.some(([, bytes]) => bytes.includes('C-refused'))).toBe(true);

    const secrets = {bot: mattermost.seeded.bot.token, fresh, bearer: bridge.token, signing: bridge.signingSecret, metrics: METRICS_TOKEN};
    const secretKey = readFileSync(join(folder, 'secret.key'), 'utf8').trim();
    for (const [name, secret] of Object.entries({...secrets, signingBytes: bridge.signingSecret.replace('whsec_', ''), secretKey})) {
        for (const form of formsOf(secret)) {
            expect(bridge.logged().includes(form), `${name} in the log`).toBe(false);
            for (const answer of answers) expect(answer.includes(form), `${name} in ${answer.slice(0, 200)}`).toBe(false);
            for (const [path, bytes] of stored) if (path !== 'secret.key') expect(bytes.includes(form), `${name} in ${path}`).toBe(false);
        }
    }
    expect(bridge.logged()).not.toContain(sent['webhook-signature']);
});
