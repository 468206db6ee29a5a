/** The i-Reserve double against a tiny receiver over real HTTP: it signs, retries and keeps order; it verifies and takes callbacks once. */
import {createServer, type IncomingMessage, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {Webhook} from 'standardwebhooks';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {BridgeEvent} from '../../../bridge/contract.ts';
import {type IreserveDouble, startIreserve} from './start.ts';

const SECRET = `whsec_${Buffer.from('a signing secret of 24 b').toString('base64')}`;
const NEWER = `whsec_${Buffer.from('a newer secret of 24 byt').toString('base64')}`;
const OLDER = `whsec_${Buffer.from('an older secret, 24 byte').toString('base64')}`;

type Request = {headers: IncomingMessage['headers']; body: string; event: Record<string, unknown>; at: number};
type Answer = {status: number; headers?: Record<string, string>; body?: unknown; holdMs?: number} | 'reset';

/** Takes events as the bridge would: verifies, then answers what the test wants. */
async function startReceiver() {
    const requests: Request[] = [];
    const answers: Answer[] = [];
    const server: Server = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const body = Buffer.concat(chunks).toString('utf8');
        if (request.method === 'GET') return response.end(JSON.stringify({state: 'delivered'}));
        const event = new Webhook(SECRET).verify(body, request.headers as Record<string, string>) as Record<string, unknown>;
        requests.push({headers: request.headers, body, event, at: Date.now()});
        const answer = answers.shift() ?? {status: 202, body: {event_id: event.id, outcome: 'created', state: 'queued'}};
        if (answer === 'reset') return request.socket.destroy();
        await new Promise((resolve) => setTimeout(resolve, answer.holdMs ?? 0));
        response.writeHead(answer.status, {'content-type': 'application/json', ...answer.headers}).end(JSON.stringify(answer.body ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const stop = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
    return {url, requests, answers, stop};
}

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let ireserve: IreserveDouble;

beforeEach(async () => {
    receiver = await startReceiver();
    ireserve = await startIreserve({
        bridgeUrl: receiver.url,
        integration: 'demo',
        signingSecret: SECRET,
        callbackSecrets: [NEWER, OLDER],
        retry: {firstMs: 5, maxMs: 20, timeoutMs: 5000},
    });
});
afterEach(async () => {
    await ireserve.stop();
    await receiver.stop();
});

describe('events', () => {
    it('fit the contract, are signed, numbered per conversation, and name the integration', async () => {
        const {conversation_id} = await ireserve.openConversation({
            name: 'Sanne',
            language: 'nl',
            page: {url: 'https://boats.example/boats/zilvermeeuw', title: 'Zilvermeeuw'},
        });
        const {message_id} = await ireserve.say(conversation_id, 'Hallo');
        await ireserve.edit(conversation_id, message_id, 'Hallo!');
        await ireserve.withdraw(conversation_id, message_id);
        await ireserve.typing(conversation_id);
        await ireserve.presence(conversation_id, 'left');
        await ireserve.close(conversation_id);
        await ireserve.notify({notification_type: 'status_changed', title: 'Status gewijzigd'});

        const events = receiver.requests.map(({body}) => BridgeEvent.parse(JSON.parse(body)));
        expect(events.map(({type, sequence}) => [type, sequence])).toEqual([
            ['conversation.started', 1],
            ['message.created', 2],
            ['message.edited', 3],
            ['message.deleted', 4],
            ['visitor.typing', undefined],
            ['visitor.presence', 5],
            ['conversation.closed', 6],
            ['notification.created', undefined],
        ]);
        expect(receiver.requests.every(({headers}) => headers['ireserve-integration'] === 'demo')).toBe(true);
        expect(receiver.requests.every(({headers, event}) => headers['webhook-id'] === event.id)).toBe(true);
    });

    it('send small files inside the event and let the bridge fetch large ones', async () => {
        const {conversation_id} = await ireserve.openConversation();
        const large = {name: 'kaart van de plas.png', mime_type: 'image/png', bytes: new Uint8Array(40_000).fill(7)};
        const small = {name: 'a.txt', mime_type: 'text/plain', bytes: Buffer.from('hoi')};
        const {event} = await ireserve.say(conversation_id, {files: [large, small]});
        const {attachments} = event.data as {attachments: {url?: string; content_base64?: string}[]};
        expect(attachments[1]?.content_base64).toBe(Buffer.from('hoi').toString('base64'));
        const fetched = await fetch(attachments[0]?.url ?? '');
        expect(fetched.headers.get('content-type')).toBe('image/png');
        expect(new Uint8Array(await fetched.arrayBuffer())).toEqual(large.bytes);
    });

    it('are repeated with the same id and bytes until acknowledged, and keep their order', async () => {
        const {conversation_id} = await ireserve.openConversation();
        receiver.requests.length = 0;
        receiver.answers.push('reset', {status: 503}, {status: 500});
        const [first, second] = await Promise.all([ireserve.say(conversation_id, 'een'), ireserve.say(conversation_id, 'twee')]);
        expect(first.accepted).toMatchObject({ok: true, status: 202, attempts: 4});
        expect(second.accepted.attempts).toBe(1);
        const ids = receiver.requests.map(({event}) => event.id);
        expect(ids).toEqual([...Array(4).fill(first.event.id), second.event.id]);
        expect(new Set(receiver.requests.slice(0, 4).map(({body}) => body)).size).toBe(1);
    });

    it('wait as long as Retry-After says', async () => {
        receiver.answers.push({status: 429, headers: {'retry-after': '1'}});
        await ireserve.openConversation();
        const [first, second] = receiver.requests;
        expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(950);
    });

    it('are not repeated once refused for good; the problem is told', async () => {
        receiver.answers.push({status: 422, body: {code: 'invalid_event', detail: 'no'}});
        const refused = await ireserve.push({id: 'evt-1', type: 'message.created', data: {}});
        expect(refused).toMatchObject({ok: false, status: 422, attempts: 1, problem: {code: 'invalid_event'}});
    });

    it('of one conversation do not hold up another', async () => {
        const [one, other] = [await ireserve.openConversation(), await ireserve.openConversation()];
        receiver.answers.push({status: 202, holdMs: 1500});
        const ended: string[] = [];
        const slow = ireserve.say(one.conversation_id, 'traag').then(() => ended.push('slow'));
        await new Promise((resolve) => setTimeout(resolve, 30));
        await ireserve.say(other.conversation_id, 'vlug').then(() => ended.push('quick'));
        await slow;
        expect(ended).toEqual(['quick', 'slow']);
    });

    it('wait for a bridge that is not there yet', async () => {
        ireserve.connect(null);
        const opened = ireserve.openConversation({conversation_id: 'web-early'});
        await new Promise((resolve) => setTimeout(resolve, 30));
        expect(receiver.requests).toHaveLength(0);
        ireserve.connect(receiver.url);
        expect((await opened).accepted.ok).toBe(true);
    });

    it('can ask for a synchronous answer, and go in batches', async () => {
        await ireserve.push({id: 'evt-w', type: 'visitor.typing', data: {conversation_id: 'c'}}, {waitSeconds: 3});
        expect(receiver.requests[0]?.headers.prefer).toBe('wait=3');
        await ireserve.pushBatch([
            {id: 'evt-a', type: 'visitor.typing'},
            {id: 'evt-b', type: 'visitor.typing'},
        ]);
        expect(receiver.requests[1]?.event.events).toHaveLength(2);
    });

    it('show the visitor one tick when accepted and two when delivered', async () => {
        const {conversation_id} = await ireserve.openConversation();
        const {message_id} = await ireserve.say(conversation_id, 'hoi');
        const states = () => ireserve.conversation(conversation_id).messages.map(({state}) => state);
        expect(states()).toEqual(['sent']);
        await ireserve.waitForMessage(conversation_id, ({id, state}) => id === message_id && state === 'delivered');
    });
});

describe('callbacks', () => {
    const data = (conversation_id: string, more: object = {}) => ({
        conversation_id,
        message_id: 'mm-1',
        author: {type: 'agent', name: 'Anna'},
        text: 'Dag!',
        ...more,
    });

    async function deliver(type: string, payload: unknown, {id = 'cb-1', secret = NEWER, at = new Date()} = {}) {
        const body = JSON.stringify({id, type, timestamp: at.toISOString(), data: payload});
        const headers = {
            'webhook-id': id,
            'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
            'webhook-signature': new Webhook(secret).sign(id, at, body),
        };
        const response = await fetch(ireserve.callbackUrl, {method: 'POST', headers, body});
        return {
            status: response.status,
            retryAfter: response.headers.get('retry-after'),
            json: (await response.json()) as Record<string, unknown>,
        };
    }

    it('are taken once per webhook-id, with either live secret, and answered with our message id', async () => {
        const {conversation_id} = await ireserve.openConversation();
        const first = await deliver('message.created', data(conversation_id));
        const again = await deliver('message.created', data(conversation_id), {secret: OLDER});
        expect(first).toMatchObject({status: 200, json: {duplicate: false}});
        expect(again).toMatchObject({status: 200, json: {duplicate: true, message_id: first.json.message_id}});
        expect(ireserve.received).toHaveLength(1);
        expect(ireserve.conversation(conversation_id).messages).toMatchObject([{id: first.json.message_id, text: 'Dag!'}]);
        expect(ireserve.conversation(conversation_id).status).toBe('open');
    });

    it('are refused without a live signature, or when old', async () => {
        const {conversation_id} = await ireserve.openConversation();
        expect(await deliver('message.created', data(conversation_id), {secret: SECRET})).toMatchObject({status: 401});
        expect(await deliver('message.created', data(conversation_id), {at: new Date(Date.now() - 400_000)})).toMatchObject({status: 401});
        expect(ireserve.callbackAttempts.map(({secret}) => secret)).toEqual([-1, -1]);
        expect(ireserve.received).toHaveLength(0);
    });

    it('change what the visitor sees: edits, withdrawals, files, assignee, closing', async () => {
        const {conversation_id} = await ireserve.openConversation();
        const attachments = [{name: 'steiger.png', mime_type: 'image/png', content_base64: 'iVBORw=='}];
        await deliver('message.created', data(conversation_id, {attachments}), {id: 'a'});
        await deliver('message.edited', data(conversation_id, {text: 'Goedendag!'}), {id: 'b'});
        const shown = () => ireserve.conversation(conversation_id).messages[0];
        expect(shown()).toMatchObject({text: 'Goedendag!', edited: true, files: [{name: 'steiger.png', size: 4}]});
        await deliver('conversation.updated', {conversation_id, assignee: {name: 'Anna'}}, {id: 'c'});
        await deliver('message.deleted', {conversation_id, message_id: 'mm-1'}, {id: 'd'});
        await deliver('agent.typing', {conversation_id}, {id: 'e'});
        await deliver('conversation.closed', {conversation_id}, {id: 'f'});
        expect(shown()).toMatchObject({deleted: true, text: '', files: []});
        expect(ireserve.conversation(conversation_id)).toMatchObject({assignee: 'Anna', status: 'closed', closed_by: 'agent'});
        expect(await deliver('message.created', data('web-unknown'), {id: 'g'})).toMatchObject({status: 404});
    });

    it('misbehave on request: status, Retry-After, late, cut before or after taking', async () => {
        const {conversation_id} = await ireserve.openConversation();
        ireserve.failCallbacks({status: 429, retryAfter: 7});
        expect(await deliver('message.created', data(conversation_id))).toMatchObject({status: 429, retryAfter: '7'});
        ireserve.failCallbacks({reset: 'before'});
        await expect(deliver('message.created', data(conversation_id))).rejects.toThrow();
        expect(ireserve.received).toHaveLength(0);
        ireserve.failCallbacks({reset: 'after'});
        await expect(deliver('message.created', data(conversation_id))).rejects.toThrow();
        expect(ireserve.received).toHaveLength(1);
        ireserve.failCallbacks({delayMs: 60});
        const began = Date.now();
        expect(await deliver('message.created', data(conversation_id))).toMatchObject({status: 200, json: {duplicate: true}});
        expect(Date.now() - began).toBeGreaterThanOrEqual(55);
        expect(ireserve.callbackAttempts.map(({status}) => status)).toEqual([429, 0, 0, 200]);
    });
});

describe('the visitor’s page', () => {
    const call = (method: string, path: string, content?: unknown) =>
        fetch(`${ireserve.url}/api/conversations${path}`, {
            method,
            headers: {'content-type': 'application/json'},
            body: content === undefined ? null : JSON.stringify(content),
        });
    const idOf = async (response: Response) => ((await response.json()) as {id: string}).id;

    it('opens a chat, uploads a file, says, edits and withdraws; a repeated send is one message', async () => {
        const id = await idOf(await call('POST', '', {name: ' Sanne ', language: 'de'}));
        const upload = await fetch(`${ireserve.url}/api/conversations/${id}/files?name=foto.jpg`, {
            method: 'POST',
            headers: {'content-type': 'image/jpeg'},
            body: Buffer.from('jpeg'),
        });
        const said = {text: 'Moin', client_id: 'k1', file_ids: [await idOf(upload)]};
        const message = await idOf(await call('POST', `/${id}/messages`, said));
        expect(await idOf(await call('POST', `/${id}/messages`, said))).toBe(message);
        expect((await call('PUT', `/${id}/messages/${message}`, {text: 'Moin moin'})).status).toBe(204);
        expect((await call('DELETE', `/${id}/messages/${message}`)).status).toBe(204);
        expect((await call('POST', `/${id}/close`)).status).toBe(204);
        expect((await call('POST', `/${id}/messages`, {text: 'noch da?'})).status).toBe(409);
        await ireserve.idle();
        expect(receiver.requests.map(({event}) => event.type)).toEqual([
            'conversation.started',
            'message.created',
            'message.edited',
            'message.deleted',
            'conversation.closed',
        ]);
    });

    it('hears changes live, the whole conversation first', async () => {
        const {conversation_id} = await ireserve.openConversation();
        const stream = await fetch(`${ireserve.url}/api/conversations/${conversation_id}/live`);
        const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
        await ireserve.say(conversation_id, 'hoi');
        let heard = '';
        while (!heard.includes('"state":"sent"')) heard += (await reader?.read())?.value ?? '';
        expect(heard.indexOf('event: snapshot')).toBeLessThan(heard.indexOf('event: message'));
    });

    it('serves its pages, and never runs an upload', async () => {
        for (const path of ['/', '/boats/zilvermeeuw', '/notifications', '/main.js']) {
            expect((await fetch(ireserve.url + path)).status).toBe(200);
        }
        const {conversation_id} = await ireserve.openConversation();
        const page = {name: 'x.html', mime_type: 'text/html', bytes: Buffer.from('<script>1</script>'), by: 'url' as const};
        const {event} = await ireserve.say(conversation_id, {files: [page]});
        const {attachments} = event.data as {attachments: {url: string}[]};
        const served = await fetch(attachments[0]?.url ?? '');
        expect(served.headers.get('content-disposition')).toContain('attachment');
        expect(served.headers.get('content-security-policy')).toContain("script-src 'self'");
    });
});
