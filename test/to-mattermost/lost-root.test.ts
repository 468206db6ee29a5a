/** A root whose create was carried out and never answered is found again: where it was moved to, however long ago, and whoever asks for it. */
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {replay} from '../../bridge/store/by-hand.ts';
import {seenPosts} from '../delivery/seen.ts';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {eventOf, startTestBridge, type TestBridge} from '../support/bridge.ts';

const CREATE = 'POST /posts';
const HOUR_MS = 3_600_000;

let mattermost: MattermostDouble;
let bridge: TestBridge;
let second: string;
/** How far both clocks are ahead, ms; and where Mattermost's stands still. */
let [ahead, frozen] = [0, 0];
const now = () => Date.now() + ahead;

beforeAll(async () => {
    mattermost = await startMattermost({now: () => frozen || now()});
});

beforeEach(async () => {
    [ahead, frozen] = [0, 0];
    mattermost.reset();
    const {team, bot, admin} = mattermost.seeded;
    second = mattermost.act.addChannel({teamId: team.id, name: 'second', members: [admin.id, bot.id]}).id;
    bridge = await startTestBridge({
        mattermost,
        config: {routing: [{language: 'de', channel_id: second}], dead_letter_after_hours: 1},
        overrides: {now},
    });
});

afterEach(() => bridge.stop());
afterAll(() => mattermost.stop());

const mirror = () => mattermost.seeded.channels.mirror.id;
const started = eventOf('conversation.started', {conversation_id: 'C-1', visitor: {name: 'Kim'}});
const said = eventOf('message.created', {conversation_id: 'C-1', message_id: 'm1', author: {type: 'visitor'}, text: 'Hello?'});
const channels = () => [mirror(), second, mattermost.seeded.channels.notifications.id];
const seen = () => seenPosts(mattermost.look, channels()).map(({mark, channel_id}) => ({key: mark.key, channel_id}));
const rootId = () => seenPosts(mattermost.look, channels()).find(({mark}) => mark.kind === 'root')?.id ?? '';
const stateOf = async ({id}: {id: string}) =>
    (await bridge.database.read.selectFrom('delivery').select('state').where('source_id', '=', id).executeTakeFirst())?.state;

const delivered = (event: {id: string}) => expect.poll(() => stateOf(event), {timeout: 20_000, interval: 20}).toBe('delivered');

/** Mattermost makes what this event needs first, says 500, and can't be asked until `answerAgain`. */
async function loseAnswer(event: object): Promise<void> {
    await bridge.deliver(eventOf('notification.created', {notification_id: 'N-0', notification_type: 'booking_confirmation', title: 'Hi'}));
    mattermost.faults.add({kind: 'error-after', route: CREATE, next: 1});
    const made = seen().length + 1;
    const lost = mattermost.until(() => {
        if (seen().length < made) return false;
        if (mattermost.faults.armed().length < 2) mattermost.faults.add({kind: 'error', route: 'GET*'});
        return true;
    });
    await bridge.push(event);
    await lost;
}

async function answerAgain(): Promise<void> {
    mattermost.faults.clear();
    // It has forgotten the keys of creates: only a look tells what was made.
    mattermost.act.restart();
    await bridge.change({});
}

async function giveUp(event: {id: string}): Promise<void> {
    ahead += 2 * HOUR_MS;
    const wake = async () => {
        await bridge.change({});
        return stateOf(event);
    };
    await expect.poll(wake, {timeout: 20_000, interval: 20}).toBe('dead');
}

test('moved to another channel of the integration: it is gone on with there', async () => {
    await loseAnswer(started);
    await mattermost.act.moveThread(rootId(), second);
    await answerAgain();
    await bridge.deliver(said);
    expect(seen().slice(0, -1)).toEqual([
        {key: 'root:1', channel_id: second},
        {key: 'message:m1:0', channel_id: second},
    ]);
    await bridge.deliver(eventOf('conversation.updated', {conversation_id: 'C-1', topic: 'Boats'}));
    expect(mattermost.look.post(rootId())?.message).toContain('Boats');
});

test('moved, and sent to another channel by an admin: a new one links back to it', async () => {
    await loseAnswer(started);
    await giveUp(started);
    await mattermost.act.moveThread(rootId(), mirror());
    await bridge.database.write(async (tx) => {
        const {seq} = await tx
            .updateTable('delivery')
            .set({channel_id: second})
            .returning('seq')
            .where('source_id', '=', started.id)
            .executeTakeFirstOrThrow();
        await replay(tx, seq, now());
    });
    await answerAgain();
    await delivered(started);
    expect(seen().slice(0, -1)).toEqual([
        {key: 'root:1', channel_id: mirror()},
        {key: 'root:2', channel_id: second},
    ]);
});

test('a notification that was moved is not made again', async () => {
    const notification = eventOf('notification.created', {
        notification_id: 'N-1',
        notification_type: 'booking_confirmation',
        title: 'Booking',
    });
    await loseAnswer(notification);
    const {id} = seenPosts(mattermost.look, channels()).find(({mark}) => mark.key === 'notification:N-1:0') ?? {id: ''};
    await mattermost.act.moveThread(id, mirror());
    await answerAgain();
    await delivered(notification);
    expect(seen().filter(({key}) => key === 'notification:N-1:0')).toHaveLength(1);
});

test('given up, and replayed after a long time in a busy channel: it is found', async () => {
    const {admin} = mattermost.seeded;
    // Several posts share the root's millisecond, at a page's edge.
    frozen = now();
    for (const message of ['at the', 'same time']) await mattermost.act.post(admin.id, {channel_id: mirror(), message});
    await loseAnswer(started);
    frozen = 0;
    for (let n = 0; n < 199; n++) await mattermost.act.post(admin.id, {channel_id: mirror(), message: `other talk ${n}`});
    await giveUp(started);
    ahead += HOUR_MS;
    await bridge.database.write(async (tx) => {
        const {seq} = await tx.selectFrom('delivery').select('seq').where('source_id', '=', started.id).executeTakeFirstOrThrow();
        await replay(tx, seq, now());
    });
    await answerAgain();
    await delivered(started);
    expect(seen().filter(({key}) => key.startsWith('root:'))).toEqual([{key: 'root:1', channel_id: mirror()}]);
});

test('given up: the next message of the conversation finds it', async () => {
    await loseAnswer(started);
    await giveUp(started);
    await answerAgain();
    await bridge.deliver(said);
    expect(seen().map(({key}) => key)).toEqual(['root:1', 'message:m1:0', 'notification:N-0:0']);
});
