/** Every refusal of the table has its request here, over real HTTP. A code without one does not compile. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RefusalCode} from '../../bridge/errors.ts';
import type {Operation} from '../../bridge/route.ts';
import {signatureHeaders} from '../doubles/ireserve/sign.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';
import {assemble} from './assemble.ts';
import {bearer, expectRefusal, json, post, type Reply, send} from './send.ts';
import {askWhileStopping} from './stopping.ts';
import {refuseDeliveries, takeDeliveries} from './store-faults.ts';

let mattermost: MattermostDouble;
let bridge: TestBridge;

beforeAll(async () => {
    mattermost = await startMattermost();
    bridge = await startTestBridge({mattermost, environment: {MAX_REQUEST_BYTES: '100000'}});
});

afterAll(async () => {
    await bridge.stop();
    await mattermost.stop();
});

const message = (text = 'Hello') =>
    eventOf('message.created', {conversation_id: 'C-1', message_id: 'M-1', author: {type: 'visitor'}, text});

type Headers = Record<string, string>;

const push = (body: object, headers: Headers) =>
    send(bridge.url, {method: 'POST', path: '/v1/events', headers: {...json, ...headers}, body: JSON.stringify(body)});

/** Signed as it should be, but for `wrong`. */
function signed(wrong: {integration?: string; secret?: string; at?: number}, id: Headers): Promise<Reply> {
    const {integration = 'aurora-test', secret = bridge.signingSecret, at = Date.now()} = wrong;
    const body = message();
    return push(body, {...id, 'ireserve-integration': integration, ...signatureHeaders(secret, body.id, JSON.stringify(body), at)});
}

/** Refusals of the addresses of files, which test/to-ireserve/files.test.ts asks for. */
type OfFiles = 'file_link_inactive' | 'file_link_invalid' | 'file_link_expired' | 'file_gone' | 'mattermost_unavailable';

const REQUESTS: Record<Exclude<RefusalCode, OfFiles>, (id: Headers) => Promise<Reply>> = {
    malformed_body: (id) => post(bridge, '{"id":', id),
    invalid_event: (id) => post(bridge, {...message(), data: {}}, id),
    unknown_type: (id) => post(bridge, {...message(), type: 'message.painted'}, id),
    invalid_request: (id) =>
        send(bridge.url, {method: 'POST', path: '/v1/events?validate-only=perhaps', headers: {...bearer(bridge), ...id}}),
    unknown_conversation: (id) => post(bridge, eventOf('message.deleted', {conversation_id: 'nobody', message_id: 'M-1'}), id),
    unknown_event: (id) => send(bridge.url, {path: '/v1/events/nobody', headers: {...bearer(bridge), ...id}}),
    not_found: (id) => send(bridge.url, {path: '/v2/events', headers: id}),
    method_not_allowed: (id) => send(bridge.url, {method: 'DELETE', path: '/v1/events', headers: id}),
    unauthenticated: (id) => push(message(), id),
    wrong_token: (id) => push(message(), {...id, authorization: 'Bearer irb_nobody'}),
    unknown_integration: (id) => signed({integration: 'nobody'}, id),
    wrong_signature: (id) => signed({secret: `whsec_${btoa('x'.repeat(24))}`}, id),
    clock_skew: (id) => signed({at: Date.now() - 301_000}, id),
    wrong_integration: (id) => post(bridge, {...message(), integration: {licence: 'borealis', environment: 'test'}}, id),
    async event_conflict(id) {
        const event = message('one');
        await post(bridge, event);
        return post(bridge, {...event, data: {...event.data, text: 'another'}}, id);
    },
    too_large: (id) => post(bridge, message('x'.repeat(100_000)), id),
    unsupported_media_type: (id) => post(bridge, message(), {...id, 'content-type': 'text/plain'}),
    async overloaded(id) {
        const busy = await assemble({mostAccepts: 0});
        const reply = await send(busy.url, {
            method: 'POST',
            path: '/v1/events',
            headers: {...json, ...bearer(busy), ...id},
            body: JSON.stringify(message()),
        });
        await busy.stop();
        return reply;
    },
    async storage_unavailable(id) {
        await refuseDeliveries(bridge.database);
        const reply = await post(bridge, message(), id);
        await takeDeliveries(bridge.database);
        return reply;
    },
    stopping: (id) => askWhileStopping(mattermost, id),
    async internal(id) {
        const handle = () => Promise.reject(new Error('the secret inner life'));
        const operation: Operation = {
            method: 'get',
            path: '/v1/fails',
            operationId: 'fails',
            summary: 'Fails',
            answers: {},
            refusals: [],
            handle,
        };
        const failing = await assemble({operations: [operation]});
        const reply = await send(failing.url, {path: '/v1/fails', headers: id});
        expect(reply.text).not.toContain('inner life');
        expect(failing.logged()).toContain('the secret inner life');
        await failing.stop();
        return reply;
    },
};

test.each(Object.keys(REQUESTS) as (keyof typeof REQUESTS)[])('%s', async (code) => {
    const id = `test-${code}`;
    expectRefusal(await REQUESTS[code]({'x-request-id': id}), code, id);
});
