/** Who may push events. The specification's own package signs, and checks our reading of its signatures. */
import {createHmac, randomBytes} from 'node:crypto';
import type {IncomingHttpHeaders} from 'node:http';
import fc from 'fast-check';
import {Webhook} from 'standardwebhooks';
import {expect, test} from 'vitest';
import {check} from '../test/support/seeds.ts';
import {authenticate, INTEGRATION_HEADER, TOLERANCE_MS} from './auth.ts';
import {BridgeError} from './errors.ts';
import type {Integration} from './integration.ts';
import type {Integrations} from './integrations.ts';

const NOW = 1_700_000_000_000;
const secretOf = (bytes: Uint8Array) => `whsec_${Buffer.from(bytes).toString('base64')}`;
const [OLD, NEW, OTHER] = [secretOf(randomBytes(24)), secretOf(randomBytes(32)), secretOf(randomBytes(64))];
const BODY = '{"id":"e1","type":"message.created","data":{"text":"Grüezi \u{1f6a4}"}}';

/** One integration, aurora, with these live secrets and the token `good-token`. */
function integrationsWith(signing_secrets: string[]): Integrations {
    const integration = {id: 'i1', name: 'aurora', secrets: {bot_token: 'x', signing_secrets}} as unknown as Integration;
    return {
        byName: async (name: string) => (name === 'aurora' ? integration : undefined),
        byToken: async (token: string) => (token === 'good-token' ? integration : undefined),
    } as Integrations;
}

const atSecond = (ms: number) => String(Math.floor(ms / 1000));

function signed(
    secret: string,
    {id = 'msg_1', at = NOW, body = BODY}: {id?: string; at?: number; body?: string} = {},
): IncomingHttpHeaders {
    return {
        'webhook-id': id,
        'webhook-timestamp': atSecond(at),
        'webhook-signature': new Webhook(secret).sign(id, new Date(at), body),
        [INTEGRATION_HEADER]: 'aurora',
    };
}

/** @returns the name of the integration, or the code of the refusal. */
async function judge(headers: IncomingHttpHeaders, {secrets = [NEW], body = BODY as string | Uint8Array, now = NOW} = {}): Promise<string> {
    try {
        const caller = await authenticate(headers, integrationsWith(secrets), () => now);
        caller.verify(Buffer.from(body));
        return caller.integration.name;
    } catch (error) {
        if (error instanceof BridgeError) return error.code;
        throw error;
    }
}

test('what the specification’s package signs is accepted, and what we accept its package verifies', async () => {
    await check(
        fc.asyncProperty(
            fc.uint8Array({minLength: 24, maxLength: 64}),
            fc.stringMatching(/^[\w.:-]{1,64}$/),
            fc.uint8Array({maxLength: 300}),
            fc.integer({min: -200, max: 200}),
            async (key, id, bytes, seconds) => {
                const body = Buffer.from(bytes).toString('utf8');
                const secret = secretOf(key);
                expect(await judge(signed(secret, {id, body, at: NOW + seconds * 1000}), {secrets: [secret], body})).toBe('aurora');

                // The other way round: signed as we read the specification, at the time it is now, which its package insists on.
                const timestamp = atSecond(Date.now());
                const signature = `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
                const headers = {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature};
                new Webhook(secret).verify(body, headers, {jsonParse: false});
                expect(await judge({...headers, [INTEGRATION_HEADER]: 'aurora'}, {secrets: [secret], body, now: Date.now()})).toBe(
                    'aurora',
                );
            },
        ),
        {numRuns: 40},
    );
});

test('the vector of the specification is accepted', async () => {
    const headers = {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
        [INTEGRATION_HEADER]: 'aurora',
    };
    const given = {secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], body: '{"test": 2432232314}', now: 1_614_265_330_000};
    expect(await judge(headers, given)).toBe('aurora');
    expect(await judge(headers, {...given, body: '{"test": 2432232315}'})).toBe('wrong_signature');
});

test('anything else than was signed is refused, by both', async () => {
    const headers = signed(NEW);
    const forged: [IncomingHttpHeaders, string][] = [
        [headers, `${BODY} `],
        [headers, BODY.replace('e1', 'e2')],
        [headers, ''],
        [{...headers, 'webhook-id': 'msg_2'}, BODY],
        [{...headers, 'webhook-timestamp': atSecond(NOW + 1000)}, BODY],
        [signed(OTHER), BODY],
    ];
    for (const [sent, body] of forged) {
        expect(await judge(sent, {body})).toBe('wrong_signature');
        expect(() => new Webhook(NEW).verify(body, sent as Record<string, string>)).toThrow();
    }
});

test('the raw bytes count, not the text they make', async () => {
    const bytes = Uint8Array.of(0x7b, 0xff, 0xfe, 0x00, 0x7d);
    const key = Buffer.from(NEW.slice(6), 'base64');
    const signature = createHmac('sha256', key)
        .update(`msg_1.${atSecond(NOW)}.`)
        .update(bytes)
        .digest('base64');
    const headers = {...signed(NEW), 'webhook-signature': `v1,${signature}`};
    expect(await judge(headers, {body: bytes})).toBe('aurora');
    expect(await judge(headers, {body: Buffer.from(bytes).toString('utf8')})).toBe('wrong_signature');
});

test('during a rotation both secrets are live; afterwards only the new one', async () => {
    for (const secret of [OLD, NEW]) expect(await judge(signed(secret), {secrets: [NEW, OLD]})).toBe('aurora');
    expect(await judge(signed(OLD), {secrets: [NEW]})).toBe('wrong_signature');
    // A sender in the middle of it signs with both.
    const both = {...signed(OLD), 'webhook-signature': `${signed(OTHER)['webhook-signature']} ${signed(OLD)['webhook-signature']}`};
    expect(await judge(both, {secrets: [OLD]})).toBe('aurora');
    expect(await judge(both, {secrets: [NEW]})).toBe('wrong_signature');
});

test.each([
    ['the same moment', 0, 'aurora'],
    ['five minutes ago', -TOLERANCE_MS, 'aurora'],
    ['in five minutes', TOLERANCE_MS, 'aurora'],
    ['a second more than five minutes ago', -TOLERANCE_MS - 1000, 'clock_skew'],
    ['in a second more than five minutes', TOLERANCE_MS + 1000, 'clock_skew'],
    ['a year ago', -365 * 86_400_000, 'clock_skew'],
])('sent %s', async (_when, offset, verdict) => {
    expect(await judge(signed(NEW, {at: NOW + offset}))).toBe(verdict);
});

test('five minutes end to the millisecond', async () => {
    expect(await judge(signed(NEW), {now: NOW + TOLERANCE_MS + 1})).toBe('clock_skew');
    expect(await judge(signed(NEW), {now: NOW - TOLERANCE_MS - 1})).toBe('clock_skew');
});

test('who is off is told by how much, and what time it is here', async () => {
    const refusal = authenticate(signed(NEW, {at: NOW - 400_000}), integrationsWith([NEW]), () => NOW);
    await expect(refusal).rejects.toMatchObject({
        code: 'clock_skew',
        message: 'webhook-timestamp is -400 s off',
        extras: {serverTime: '2023-11-14T22:13:20.000Z'},
    });
});

const good = signed(NEW);
const signature = String(good['webhook-signature']);
test.each<[string, IncomingHttpHeaders, string]>([
    ['nothing', {}, 'unauthenticated'],
    ['no id', {...good, 'webhook-id': undefined}, 'unauthenticated'],
    ['an empty id', {...good, 'webhook-id': ''}, 'unauthenticated'],
    ['two ids', {...good, 'webhook-id': ['msg_1', 'msg_1']}, 'unauthenticated'],
    ['no timestamp', {...good, 'webhook-timestamp': undefined}, 'unauthenticated'],
    ['no signature', {...good, 'webhook-signature': undefined}, 'unauthenticated'],
    ['a timestamp in words', {...good, 'webhook-timestamp': 'now'}, 'clock_skew'],
    ['a timestamp in milliseconds', {...good, 'webhook-timestamp': String(NOW)}, 'clock_skew'],
    ['a timestamp with a fraction', {...good, 'webhook-timestamp': `${atSecond(NOW)}.0`}, 'clock_skew'],
    ['a timestamp in hexadecimal', {...good, 'webhook-timestamp': `0x${Math.floor(NOW / 1000).toString(16)}`}, 'clock_skew'],
    ['a negative timestamp', {...good, 'webhook-timestamp': `-${atSecond(NOW)}`}, 'clock_skew'],
    ['no integration', {...good, [INTEGRATION_HEADER]: undefined}, 'unknown_integration'],
    ['another integration', {...good, [INTEGRATION_HEADER]: 'boreas'}, 'unknown_integration'],
    ['a signature without its version', {...good, 'webhook-signature': signature.slice(3)}, 'wrong_signature'],
    ['a signature of another version', {...good, 'webhook-signature': signature.replace('v1', 'v1a')}, 'wrong_signature'],
    ['a signature cut short', {...good, 'webhook-signature': signature.slice(0, -10)}, 'wrong_signature'],
    ['only a version', {...good, 'webhook-signature': 'v1,'}, 'wrong_signature'],
    ['nonsense', {...good, 'webhook-signature': ' , v1 v1,, ,'}, 'wrong_signature'],
    ['nonsense beside the right one', {...good, 'webhook-signature': `v2,x v1, ${signature} v1,AAAA`}, 'aurora'],
])('a request with %s', async (_what, headers, verdict) => {
    expect(await judge(headers)).toBe(verdict);
});

test.each([[[]], [['']], [['whsec_']], [['whsec_ ', 'whsec_!!!!']]])('with the secrets %j nobody can sign', async (secrets) => {
    const forgery = createHmac('sha256', '')
        .update(`msg_1.${atSecond(NOW)}.${BODY}`)
        .digest('base64');
    expect(await judge({...signed(NEW), 'webhook-signature': `v1,${forgery}`}, {secrets})).toBe('wrong_signature');
});

test.each<[string, string | undefined, string]>([
    ['good', 'Bearer good-token', 'aurora'],
    ['good, in another spelling', 'bearer   good-token', 'aurora'],
    ['wrong', 'Bearer good-tokem', 'wrong_token'],
    ['empty', 'Bearer ', 'unauthenticated'],
    ['of another kind', 'Basic Z29vZC10b2tlbg==', 'unauthenticated'],
    ['two', 'Bearer good-token good-token', 'unauthenticated'],
])('a bearer token: %s', async (_what, authorization, verdict) => {
    expect(await judge({authorization}, {body: 'anything'})).toBe(verdict);
});

test('a wrong bearer token is not made good by a signature, nor a signature needed beside a good one', async () => {
    expect(await judge({...good, authorization: 'Bearer wrong'})).toBe('wrong_token');
    expect(await judge({...good, authorization: 'Bearer good-token', 'webhook-signature': 'v1,AAAA'})).toBe('aurora');
});

test('no refusal repeats a secret or a token', async () => {
    const refusals = [
        authenticate({authorization: 'Bearer tell-nobody'}, integrationsWith([NEW]), () => NOW),
        authenticate(signed(OLD), integrationsWith([NEW]), () => NOW).then(({verify}) => verify(Buffer.from(BODY))),
    ];
    for (const refusal of refusals) {
        const {message} = await Promise.resolve<unknown>(refusal).then(
            () => expect.unreachable(),
            (error: Error) => error,
        );
        for (const secret of ['tell-nobody', OLD, NEW, NEW.slice(6), String(signed(OLD)['webhook-signature'])])
            expect(message).not.toContain(secret);
    }
});
