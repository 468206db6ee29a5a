/** What becomes of events while an integration is paused or inactive. */
import {expect, test} from 'vitest';
import {eventOf} from '../support/bridge.ts';
import {bridgeForFile} from './bridge-for-file.ts';
import {message} from './events.ts';
import {settled} from './settled.ts';

const file = bridgeForFile();

async function turn(state: 'active' | 'paused' | 'inactive'): Promise<void> {
    await file.bridge.change({state});
    await file.bridge.restart();
}

test('paused: events are kept and delivered in order when it goes on; typing is not kept', async () => {
    await file.bridge.deliver(message('C-paused', 'M-0', {text: 'before'}));
    await turn('paused');
    const kept = [message('C-paused', 'M-1', {text: 'first'}), message('C-paused', 'M-2', {text: 'second'})];
    for (const event of kept) {
        const {status, body} = await file.bridge.push(event, {prefer: 'wait=1'});
        expect({status, outcome: body.outcome, state: body.state}).toEqual({status: 202, outcome: 'created', state: 'queued'});
    }
    const typing = await file.bridge.push(eventOf('visitor.typing', {conversation_id: 'C-paused'}));
    expect(typing.status).toBe(200);
    expect(typing.body).toMatchObject({outcome: 'ignored', reason: {code: 'integration_paused'}});
    await turn('active');
    await settled(file.bridge);
    const posts = file.mattermost.look.posts(file.mattermost.seeded.channels.mirror.id).filter((post) => post.root_id !== '');
    const said = posts.map((post) => post.message.split('\n')[1]);
    expect(said).toEqual(['before', 'first', 'second']);
});

test('inactive: events are taken and not sent, whatever their conversation; their ids are remembered', async () => {
    await turn('inactive');
    const events = [message('C-inactive', 'M-1'), eventOf('message.deleted', {conversation_id: 'C-nobody', message_id: 'M-1'})];
    for (const event of events) {
        const {status, body} = await file.bridge.push(event);
        expect(status).toBe(200);
        expect(body).toMatchObject({outcome: 'ignored', state: 'ignored', reason: {code: 'integration_inactive'}});
        expect((await file.bridge.push(event)).body.outcome).toBe('duplicate');
    }
    const typing = await file.bridge.push(eventOf('visitor.typing', {conversation_id: 'C-inactive'}));
    expect(typing.body).toMatchObject({outcome: 'ignored', reason: {code: 'integration_inactive'}});
    await turn('active');
    await file.bridge.deliver(message('C-active', 'M-1'));
    const {mirror} = file.mattermost.seeded.channels;
    expect(file.mattermost.look.posts(mirror.id).some((post) => post.message.includes('C-inactive'))).toBe(false);
});
