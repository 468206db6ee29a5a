/** SIGTERM under load: what was accepted is finished or found again, and nobody is left without an answer. */
import {afterEach, beforeEach, expect, test} from 'vitest';
import {type MattermostDouble, startMattermost} from '../doubles/mattermost/start.ts';
import {seededRandom} from '../doubles/mattermost/state/ids.ts';
import {eventOf} from '../support/bridge.ts';
import {type BridgeChild, spawnBridge} from './bridge-child.ts';
import {judge, makeChat} from './load.ts';
import {createSender} from './sender.ts';
import {makeSite, type Site} from './site.ts';

const GRACE_MS = 4000;
/** Beyond the grace time: closing the database, ending the process, on a busy machine. */
const SLACK_MS = 3000;
const CHATS = 12;

let mattermost: MattermostDouble;
let site: Site;
let bridge: BridgeChild;

beforeEach(async () => {
    mattermost = await startMattermost({latencyScale: 1});
    site = await makeSite({mattermost, environment: {SHUTDOWN_GRACE_MS: String(GRACE_MS), MATTERMOST_TIMEOUT_MS: '60000'}});
    bridge = spawnBridge(site.environment);
});

afterEach(async () => {
    await bridge.kill('SIGKILL');
    await mattermost.stop();
    site.remove();
});

/** @returns ms until it had ended, with code 0 */
async function terminate(): Promise<number> {
    const at = performance.now();
    expect(await bridge.kill('SIGTERM')).toEqual({code: 0, signal: null});
    return performance.now() - at;
}

const leased = () =>
    site.look(async ({read}) => (await read.selectFrom('lane').selectAll().where('owner', 'is not', null).execute()).map(({key}) => key));
const queued = () =>
    site.look(async ({read}) => (await read.selectFrom('delivery').select('seq').where('state', '=', 'queued').execute()).length);

test('under load: it ends in time, leaves no lane leased, and the next start delivers the rest', {timeout: 90_000}, async () => {
    const random = seededRandom(2);
    let url: string | null = await bridge.up();
    const chats = Array.from({length: CHATS}, (_, index) => makeChat(`C-${index}`, random));
    const sender = createSender(() => url, site.token);
    const sending = Promise.all(chats.map((chat) => sender.sendAll(chat.events(), () => random() * 20)));
    for (let stop = 1; stop <= 3; stop++) {
        const before = sender.acknowledged.length;
        await expect.poll(() => sender.acknowledged.length, {timeout: 20_000, interval: 10}).toBeGreaterThan(before + 5 * CHATS);
        expect(await terminate()).toBeLessThan(GRACE_MS + SLACK_MS);
        expect(await leased()).toEqual([]);
        bridge = spawnBridge(site.environment);
        url = await bridge.up();
    }
    sender.stop();
    await sending;
    // While it stops it says so, and to come back; nothing else is ever answered.
    expect([...sender.refusals.keys()].filter((refusal) => refusal !== '503 stopping')).toEqual([]);
    await expect.poll(queued, {timeout: 30_000, interval: 50}).toBe(0);
    const said = chats.reduce((sum, chat) => sum + chat.said.length, 0);
    expect(judge(mattermost.look, mattermost.seeded.channels.mirror.id, chats)).toEqual({
        delivered: said,
        lost: [],
        doubled: [],
        disordered: [],
        wrong: [],
    });
});

test('Mattermost hangs: it ends in time all the same, and the next start finds what was made', {timeout: 60_000}, async () => {
    const url = await bridge.up();
    const sender = createSender(() => url, site.token);
    const chat = makeChat('C-hung', seededRandom(3));
    const events = chat.events();
    mattermost.faults.add({kind: 'silent-after', route: 'POST /posts'});
    for (let n = 0; n < 3; n++) expect(await sender.send(events.next().value ?? {id: ''})).toBe(true);
    await mattermost.until(() => mattermost.faults.struck()['silent-after'], 15_000);
    expect(await terminate()).toBeLessThan(GRACE_MS + SLACK_MS);
    mattermost.faults.clear();
    mattermost.act.restart();
    bridge = spawnBridge(site.environment);
    await bridge.up();
    await expect.poll(queued, {timeout: 30_000, interval: 50}).toBe(0);
    expect(judge(mattermost.look, mattermost.seeded.channels.mirror.id, [chat])).toMatchObject({lost: [], doubled: [], disordered: []});
});

test('whoever waits for the outcome is answered before the connection is closed', {timeout: 60_000}, async () => {
    const url = await bridge.up();
    mattermost.faults.add({kind: 'silent', route: 'POST /posts'});
    const event = eventOf('conversation.started', {conversation_id: 'C-wait', visitor: {name: 'Kim'}});
    const waiting = fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: {'content-type': 'application/json', authorization: `Bearer ${site.token}`, prefer: 'wait=25'},
        body: JSON.stringify(event),
    }).then(
        async (response) => `${response.status} ${((await response.json()) as {state?: string}).state}`,
        (error: Error) => `no answer: ${String(error.cause ?? error)}`,
    );
    await mattermost.until(() => mattermost.faults.struck().silent, 15_000);
    await terminate();
    expect(await waiting).toBe('202 queued');
});
