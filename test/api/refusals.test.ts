/** Every refusal of the table has its request here, over real HTTP. A code without one does not compile. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RefusalCode} from '../../bridge/errors.ts';
import type {Operation} from '../../bridge/route.ts';
import {openPanel} from '../agent-api/panel.ts';
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
    await prepareConversation();
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

/** Refusals of the addresses of files, which test/to-ireserve/agents-files.test.ts asks for. */
type OfFiles = 'file_link_inactive' | 'file_link_invalid' | 'file_link_expired' | 'file_gone';

/** Refusals of the admin API, which test/admin-api asks for. */
type OfAdmins =
    | 'wrong_admin_token'
    | 'not_an_admin'
    | 'read_only'
    | 'bridge_wide'
    | 'needs_unbound'
    | 'other_server'
    | 'sessions_only'
    | 'no_such_integration'
    | 'unknown_delivery'
    | 'unknown_token'
    | 'unknown_session'
    | 'unknown_secret'
    | 'name_taken'
    | 'changed_meanwhile'
    | 'not_dead'
    | 'delivery_busy'
    | 'delivery_settled'
    | 'no_room_for_secret'
    | 'needs_a_secret'
    | 'bot_token_refused'
    | 'other_bot'
    | 'credentials_in_url'
    | 'invalid_import'
    | 'switched_off'
    | 'still_sending'
    | 'not_available';

/** A request of the agent API, of a session of its own. */
async function asAgent(id: Headers, method: string, path: string, body?: object, user_id = mattermost.seeded.agents[0].id): Promise<Reply> {
    const {token} = await openPanel(bridge, user_id);
    return send(bridge.url, {
        method,
        path: `/v1/agent${path}`,
        headers: {...(body ? json : {}), authorization: `Bearer ${token}`, ...id},
        ...(body ? {body: JSON.stringify(body)} : {}),
    });
}

const asksAgent = (method: string, path: string, body?: object) => (id: Headers) => asAgent(id, method, path, body);
const acts = (action: string, body?: object) => asksAgent('POST', `/conversations/C-agent/actions/${action}`, body);

const asksPost = asksAgent('POST', '/conversations/C-agent/replies', {post_id: 'a'.repeat(26)});

/** While a callback address is set. */
const withCallback =
    (ask: (id: Headers) => Promise<Reply>) =>
    async (id: Headers): Promise<Reply> => {
        const isKnown = async () => (await asksPost({})).body.code;
        await bridge.change({config: {callback_url: 'http://127.0.0.1:9/callbacks'}});
        await expect.poll(isKnown).not.toBe('callback_not_set');
        const reply = await ask(id);
        await bridge.change({config: {callback_url: ''}});
        await expect.poll(isKnown).toBe('callback_not_set');
        return reply;
    };

/** A reply that is asked about, and whose post is not there any more. */
const HELD_AND_GONE = 'b'.repeat(26);

/** The conversation those requests are about, open and nobody's, with one reply i-Reserve has. */
async function prepareConversation(): Promise<void> {
    const {integration, database} = bridge;
    await bridge.deliver(eventOf('conversation.started', {conversation_id: 'C-agent', visitor: {name: 'Anna'}}));
    const reply = {
        ...{integration_id: integration.id, reply_id: 'said-1', conversation_id: 'C-agent', channel_id: '', root_id: ''},
        ...{post_id: null, user_id: mattermost.seeded.agents[0].id, digest: '', state: 'delivered' as const, version: 1, sent_version: 1},
        ...{remote_id: null, remote_state: null, reason_code: null, reason_detail: null, asked_until: null, mark: null},
        ...{question_post_id: null, hint_post_id: null, created_at: 1, updated_at: 1},
    };
    const held = {
        ...reply,
        reply_id: HELD_AND_GONE,
        post_id: HELD_AND_GONE,
        state: 'asked' as const,
        sent_version: null,
        asked_until: Number.MAX_SAFE_INTEGER,
    };
    await database.write((tx) => tx.insertInto('reply').values([reply, held]).execute());
}

const REQUESTS: Record<Exclude<RefusalCode, OfFiles | OfAdmins>, (id: Headers) => Promise<Reply>> = {
    malformed_body: (id) => post(bridge, '{"id":', id),
    invalid_event: (id) => post(bridge, {...message(), data: {}}, id),
    unknown_type: (id) => post(bridge, {...message(), type: 'message.painted'}, id),
    invalid_request: (id) =>
        send(bridge.url, {method: 'POST', path: '/v1/events?validate-only=perhaps', headers: {...bearer(bridge), ...id}}),
    unknown_parameter: (id) =>
        send(bridge.url, {
            method: 'POST',
            path: '/v1/events?validate_only=true',
            headers: {...json, ...bearer(bridge), ...id},
            body: JSON.stringify(message()),
        }),
    unknown_conversation: (id) => post(bridge, eventOf('message.deleted', {conversation_id: 'nobody', message_id: 'M-1'}), id),
    unknown_event: (id) => send(bridge.url, {path: '/v1/events/nobody', headers: {...bearer(bridge), ...id}}),
    not_found: (id) => send(bridge.url, {path: '/v2/events', headers: id}),
    method_not_allowed: (id) => send(bridge.url, {method: 'DELETE', path: '/v1/events', headers: id}),
    unauthenticated: (id) => push(message(), id),
    wrong_token: (id) => push(message(), {...id, authorization: 'Bearer irb_nobody'}),
    unknown_integration: (id) => signed({integration: 'nobody'}, id),
    wrong_command_token: (id) =>
        send(bridge.url, {
            method: 'POST',
            path: '/v1/mattermost/command',
            headers: {'content-type': 'application/x-www-form-urlencoded', ...id},
            body: `token=${'x'.repeat(26)}&user_id=${'u'.repeat(26)}&team_id=t&channel_id=c&text=`,
        }),
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
    session_expired: (id) => send(bridge.url, {path: '/v1/agent/me', headers: {authorization: `Bearer iras_${'x'.repeat(43)}`, ...id}}),
    not_an_agent: (id) => asAgent(id, 'GET', '/me', undefined, mattermost.seeded.bot.id),
    async too_many_requests(id) {
        const {token} = await openPanel(bridge, mattermost.seeded.agents[0].id);
        const ask = (more: Headers = {}) => send(bridge.url, {path: '/v1/agent/me', headers: {authorization: `Bearer ${token}`, ...more}});
        await Promise.all(Array.from({length: 120}, () => ask()));
        return ask(id);
    },
    async mattermost_unavailable(id) {
        mattermost.faults.add({kind: 'bad-gateway'});
        const reply = await asAgent(id, 'GET', '/me', undefined, 'b'.repeat(26));
        mattermost.faults.clear();
        return reply;
    },
    unknown_reply: acts('retry', {reply_id: 'nobody'}),
    unknown_post: withCallback(asksPost),
    callback_not_set: asksAgent('POST', '/conversations/C-agent/replies', {text: 'Hello'}),
    empty_reply: asksAgent('POST', '/conversations/C-agent/replies', {text: ' '}),
    needs_confirmation: asksAgent('POST', '/conversations/C-agent/replies', {text: 'my password is x'}),
    is_a_note: asksAgent('POST', '/conversations/C-agent/replies', {text: '// hm'}),
    not_held: asksAgent('DELETE', '/conversations/C-agent/replies/said-1'),
    nothing_to_retry: acts('retry', {reply_id: 'said-1'}),
    nothing_to_discard: acts('discard', {reply_id: 'said-1'}),
    nothing_asked: acts('keep', {reply_id: 'said-1'}),
    not_sent: withCallback(acts('send', {reply_id: HELD_AND_GONE})),
    not_a_member: acts('transfer', {username: 'nobody'}),
    not_claimed: acts('release'),
    conversation_open: acts('reopen'),
    async already_claimed(id) {
        await acts('claim')({});
        return acts('claim')(id);
    },
    async conversation_closed(id) {
        await acts('close')({});
        return acts('close')(id);
    },
    unknown_canned: asksAgent('DELETE', '/canned/nobody'),
    async shortcut_taken(id) {
        const add = asksAgent('POST', '/canned', {title: 'One', shortcut: 'one', text: 'One'});
        await add({});
        return add(id);
    },
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
