/** A request whose last line arrives when the bridge has begun to stop. */
import {once} from 'node:events';
import {connect} from 'node:net';
import {text} from 'node:stream/consumers';
import type {MattermostDouble} from '../doubles/mattermost/start.ts';
import {eventOf, startTestBridge} from '../support/bridge.ts';
import {type Reply, replyOf} from './send.ts';

export async function askWhileStopping(mattermost: MattermostDouble, headers: Record<string, string>): Promise<Reply> {
    const bridge = await startTestBridge({mattermost});
    const {port} = new URL(bridge.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET /v1/events/any HTTP/1.1\r\nHost: bridge\r\n${lines.join('')}`);
    // Something is on its way, so the stop has to wait for it.
    mattermost.latency.extraMs.set('POST /posts', 500);
    await bridge.push(eventOf('message.created', {conversation_id: 'C-stop', message_id: 'M-1', author: {type: 'visitor'}, text: 'Hello'}));
    const stopped = bridge.stop();
    socket.write('\r\n');
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n', 2);
    await stopped;
    mattermost.latency.extraMs.clear();
    const [status = '', ...fields] = head.split('\r\n');
    const received = Object.fromEntries(fields.map((field) => field.toLowerCase().split(': ', 2) as [string, string]));
    return replyOf(Number(status.split(' ')[1]), received, body);
}
