/** A store that fails, or is slow: what was acknowledged is there, what was not is asked for again, and it goes on by itself. */
import {expect, onTestFinished, test} from 'vitest';
import {startMattermost} from '../doubles/mattermost/start.ts';
import {startTcpProxy} from '../store/tcp-proxy.ts';
import {startTestBridge} from '../support/bridge.ts';
import {createDatabase} from '../support/database.ts';
import {assemble} from './assemble.ts';
import {message} from './events.ts';
import {bearer, expectRefusal, json, type Reply, send} from './send.ts';
import {settled} from './settled.ts';
import {fillDisk, makeRoom} from './store-faults.ts';

const post = (to: {url: string; token: string}, event: object): Promise<Reply> =>
    send(to.url, {method: 'POST', path: '/v1/events', headers: {...json, ...bearer(to)}, body: JSON.stringify(event)});

test('a full disk: refused until there is room, and nothing acknowledged is lost', async () => {
    const full = await assemble({});
    onTestFinished(full.stop);
    await fillDisk(full.database);
    const events = Array.from({length: 40}, (_, index) => message('C-full', `M-${index}`, {text: 'x'.repeat(3000)}));
    const first = await Promise.all(events.map((event) => post(full, event)));
    const refused = events.filter((_, index) => first[index]?.status !== 202);
    expect(refused.length).toBeGreaterThan(0);
    for (const reply of first) if (reply.status !== 202) expectRefusal(reply, 'storage_unavailable');
    // An admin finds the cause in the log.
    expect(full.logged()).toContain('database or disk is full');
    await makeRoom(full.database);
    const second = await Promise.all(events.map((event) => post(full, event)));
    expect(second.map(({body}) => body.outcome)).toEqual(events.map((event) => (refused.includes(event) ? 'created' : 'duplicate')));
    const stored = await full.database.read.selectFrom('delivery').select('source_id').orderBy('seq').execute();
    expect(stored.map(({source_id}) => source_id).sort()).toEqual(events.map(({id}) => id).sort());
});

test('PostgreSQL goes away and comes back: told once each, and nobody is told of a mistake', async () => {
    const databaseUrl = new URL(await createDatabase());
    const proxy = await startTcpProxy(Number(databaseUrl.port));
    onTestFinished(proxy.stop);
    databaseUrl.port = String(proxy.port);
    const mattermost = await startMattermost();
    onTestFinished(mattermost.stop);
    const bridge = await startTestBridge({mattermost, databaseUrl: databaseUrl.href});
    onTestFinished(bridge.stop);
    const before = message('C-away', 'M-1');
    await bridge.deliver(before);
    proxy.refuse();
    const during = message('C-away', 'M-2');
    const waitsForStore = () =>
        Promise.all([post(bridge, during), send(bridge.url, {path: `/v1/events/${before.id}`, headers: bearer(bridge)})]);
    // The token may still be in memory: then it is the storing that fails, afterwards the look-up.
    for (const replies of [await waitsForStore(), await waitsForStore()])
        for (const reply of replies) expectRefusal(reply, 'storage_unavailable');
    const ofPanel = await send(bridge.url, {path: '/v1/agent/conversations', headers: {authorization: `Bearer iras_${'x'.repeat(43)}`}});
    expectRefusal(ofPanel, 'storage_unavailable');
    const dryRun = await send(bridge.url, {method: 'POST', path: '/v1/routing/dry-run', headers: {...json, ...bearer(bridge)}, body: '{}'});
    expect([200, 503]).toContain(dryRun.status);
    expect((await send(bridge.url, {path: '/ready'})).status).toBe(503);
    expect((await send(bridge.url, {path: '/live'})).status).toBe(200);
    proxy.open();
    expect((await post(bridge, during)).body.outcome).toBe('created');
    expect((await post(bridge, before)).body.outcome).toBe('duplicate');
    await settled(bridge);
    expect((await send(bridge.url, {path: '/ready'})).body).toMatchObject({status: 'ready'});
    await expect.poll(() => bridge.logged(), {timeout: 10_000}).toContain('the store is back');
    const told = bridge
        .logged()
        .split('\n')
        .filter((line) => /"level":(50|"error")/.test(line));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('the store is away');
});

test('more at once than can be stored: the rest come back later', async () => {
    const gate = Promise.withResolvers<void>();
    let closed = false;
    let waiting = 0;
    const busy = await assemble({
        mostAccepts: 2,
        around: (database) => ({
            ...database,
            async write(work) {
                waiting++;
                if (closed) await gate.promise;
                return database.write(work);
            },
        }),
    });
    onTestFinished(busy.stop);
    closed = true;
    waiting = 0;
    const underWay = [post(busy, message('C-1', 'M-1')), post(busy, message('C-2', 'M-1'))];
    await expect.poll(() => waiting).toBe(2);
    const third = message('C-3', 'M-1');
    expectRefusal(await post(busy, third), 'overloaded');
    gate.resolve();
    expect((await Promise.all(underWay)).map(({body}) => body.outcome)).toEqual(['created', 'created']);
    expect((await post(busy, third)).body.outcome).toBe('created');
});
