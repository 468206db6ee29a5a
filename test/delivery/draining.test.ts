/** A stop that is announced: /ready says it first, and until then, and a while after, everybody is served. */
import {request} from 'node:http';
import {text} from 'node:stream/consumers';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {type Bridge, startBridge} from '../../bridge/main.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';

let mattermost: MattermostDouble;
let seat: TestBridge;

beforeAll(async () => {
    mattermost = await startMattermost();
    seat = await startTestBridge({mattermost});
    // Its folder and its integration serve those below.
    await seat.goAway();
});
afterAll(async () => {
    await seat?.stop();
    await mattermost?.stop();
});

async function start(): Promise<Bridge> {
    const bridge = await startBridge({...seat.settings, LOG_LEVEL: 'silent'}, {pollMs: 50});
    onTestFinished(() => bridge.stop());
    return bridge;
}

/** On a connection of its own that would be kept. */
function ask(url: string, body?: object): Promise<{status: number; connection: string | undefined; body: Record<string, unknown>}> {
    return new Promise((resolve, reject) => {
        const headers = {authorization: `Bearer ${seat.token}`, 'content-type': 'application/json', connection: 'keep-alive'};
        const asked = request(url, {method: body ? 'POST' : 'GET', headers, agent: false}, (response) => {
            void text(response).then(
                (answer) => resolve({status: response.statusCode ?? 0, connection: response.headers.connection, body: JSON.parse(answer)}),
                reject,
            );
        });
        asked.once('error', reject);
        asked.end(body && JSON.stringify(body));
    });
}

test('while it drains, events are taken and delivered; each answer ends its connection; then it is gone', async () => {
    const bridge = await start();
    expect(await ask(`${bridge.url}/ready`)).toMatchObject({status: 200, connection: 'keep-alive'});
    const stopped = bridge.stop({drainMs: 60_000});
    expect(await ask(`${bridge.url}/ready`)).toMatchObject({
        status: 503,
        connection: 'close',
        body: {status: 'not ready', reason: 'stopping'},
    });
    expect(await ask(`${bridge.url}/live`)).toMatchObject({status: 200});
    const event = eventOf('message.created', {conversation_id: 'C-1', message_id: 'M-1', author: {type: 'visitor'}, text: 'Hello'});
    expect(await ask(`${bridge.url}/v1/events`, event)).toMatchObject({status: 202, connection: 'close'});
    await expect.poll(async () => (await ask(`${bridge.url}/v1/events/${event.id}`)).body.state, {timeout: 15_000}).toBe('delivered');
    // Asked again, it waits no longer.
    await bridge.stop();
    await stopped;
    await expect(ask(`${bridge.url}/live`)).rejects.toMatchObject({code: 'ECONNREFUSED'});
});

test('the drain ends by itself', async () => {
    const bridge = await start();
    await bridge.stop({drainMs: 30});
    await expect(ask(`${bridge.url}/live`)).rejects.toMatchObject({code: 'ECONNREFUSED'});
});
