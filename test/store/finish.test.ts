/** The end of a try: the head is settled, or its lane put back; leases prolonged, ended, or lost. */
import {expect, test} from 'vitest';
import {expireLeases, headOf, renew, wake} from '../../bridge/store/lanes.ts';
import {onBothDatabases} from './both-databases.ts';
import {dead, delivered, newQueue, START} from './queue.ts';

onBothDatabases((store) => {
    const fileOf = (id: string) => ({body: '{"attachments":[{"file_id":"x"}]}', files: [{id, bytes: Uint8Array.of(1, 2, 3)}]});

    test('the next delivery of the lane follows, until it is empty and free', async () => {
        const queue = newQueue(store.database);
        const [first, second, third] = [await queue.put('c:1'), await queue.put('c:1'), await queue.put('c:1')];
        await queue.put('c:2');
        await queue.claim('me');
        const held = await queue.lane('c:1');
        expect(await queue.finish('me', first)).toEqual(second);
        expect(await queue.lane('c:1')).toEqual({...held, pending: 2});
        expect(await queue.finish('me', second)).toEqual(third);
        expect(await queue.finish('me', third)).toBeNull();
        expect(await queue.lane('c:1')).toMatchObject({owner: null, due: null, pending: 0});
    });

    test('what came of it is kept with the delivery', async () => {
        const queue = newQueue(store.database);
        const head = await queue.put('c:1');
        await queue.claimOne('me');
        const result = {thread: {channel_id: 'c', root_id: 'r', url: 'https://chat.example/r'}, post_ids: ['p1', 'p2']};
        await queue.finish('me', head, {
            final: {state: 'ignored', reason: {code: 'message_known', detail: 'before'}, result},
            now: START + 9,
        });
        const row = await queue.delivered(head.seq);
        expect(row).toMatchObject({
            state: 'ignored',
            reason_code: 'message_known',
            reason_detail: 'before',
            attempts: 1,
            finished_at: START + 9,
        });
        expect(JSON.parse(row.result ?? '')).toEqual(result);
    });

    test('after a failed head the next one starts afresh', async () => {
        const queue = newQueue(store.database);
        const first = await queue.put('c:1');
        const second = await queue.put('c:1');
        await queue.claimOne('me');
        await queue.putBack('me', first, START + 10, {uncertain: true});
        await queue.claimOne('me', START + 10);
        expect(await queue.finish('me', first, {final: dead})).toEqual(second);
        expect(await queue.lane('c:1')).toMatchObject({attempts: 0, uncertain: 0, blocked_since: null, owner: 'me', pending: 1});
        expect(await queue.delivered(first.seq)).toMatchObject({state: 'dead', reason_code: 'refused', attempts: 2});
    });

    test('a lane that is let go waits by the age of what it holds, so that it does not pass for a fresh one', async () => {
        const queue = newQueue(store.database);
        const [first, second] = [await queue.put('long', START), await queue.put('long', START)];
        await queue.claimOne('me', START);
        await queue.put('fresh', START + 5000);
        expect(await queue.finish('me', first, {release: true, now: START + 9000})).toBeNull();
        expect(await queue.lane('long')).toMatchObject({owner: null, pending: 1, due: START});
        expect((await queue.claimOne('me', START + 9000)).lane).toBe(queue.keyOf('fresh'));
        expect((await queue.claimOne('me', START + 9000)).head.seq).toBe(second.seq);
    });

    test('an empty lane that is let go is not due', async () => {
        const queue = newQueue(store.database);
        const head = await queue.put('c:1');
        await queue.claimOne('me');
        expect(await queue.finish('me', head, {release: true})).toBeNull();
        expect(await queue.lane('c:1')).toMatchObject({owner: null, due: null, pending: 0});
    });

    test.each([
        ['delivered', delivered, 0],
        ['ignored', {state: 'ignored'} as const, 0],
        ['dead', dead, 1],
    ])('files of a %s delivery: %#', async (_state, final, left) => {
        const queue = newQueue(store.database);
        const head = await queue.put('c:1', START, fileOf(`${queue.integration_id}-a`));
        const next = await queue.put('c:1', START, fileOf(`${queue.integration_id}-b`));
        await queue.claimOne('me');
        await queue.finish('me', head, {final});
        expect(await queue.files(head.seq)).toBe(left);
        expect(await queue.files(next.seq)).toBe(1);
    });

    test('a counter that is too high is mended when the lane turns out to be empty', async () => {
        const queue = newQueue(store.database);
        const head = await queue.put('c:1');
        await queue.claimOne('me');
        await store.database.write((tx) => tx.updateTable('lane').set({pending: 3}).where('key', '=', head.lane).execute());
        expect(await queue.finish('me', head)).toBeNull();
        expect(await queue.lane('c:1')).toMatchObject({owner: null, due: null, pending: 0});
    });

    test('finished again, because the first answer was lost, the lane goes on and its counter stays right', async () => {
        const queue = newQueue(store.database);
        const [first, second, third] = [await queue.put('c:1'), await queue.put('c:1'), await queue.put('c:1')];
        await queue.claimOne('me');
        expect(await queue.finish('me', first)).toEqual(second);
        expect(await queue.finish('me', first)).toEqual(second);
        expect(await queue.lane('c:1')).toMatchObject({owner: 'me', pending: 2});
        expect(await queue.delivered(first.seq)).toMatchObject({attempts: 1});
        expect(await queue.finish('me', second)).toEqual(third);
        expect(await queue.finish('me', third)).toBeNull();
        expect(await queue.finish('me', third)).toBeNull();
        expect(await queue.lane('c:1')).toMatchObject({owner: null, due: null, pending: 0});
    });

    test('who lost the lane changes nothing in it, whether the other is still at it or done', async () => {
        const queue = newQueue(store.database);
        const [first, second] = [await queue.put('c:1'), await queue.put('c:1')];
        await queue.claimOne('slow');
        const {until} = queue.leaseOf('slow', START);
        await queue.claimOne('next', until);
        const before = await queue.lane('c:1');
        expect(await queue.finish('slow', first, {final: dead})).toBeNull();
        await queue.putBack('slow', first, START + 10, {uncertain: false});
        expect(await queue.lane('c:1')).toEqual(before);
        expect(await queue.delivered(first.seq)).toEqual(first);

        expect(await queue.finish('next', first)).toEqual(second);
        const settled = await queue.delivered(first.seq);
        expect(await queue.finish('slow', first, {final: dead})).toBeNull();
        await queue.putBack('slow', first, START + 10, {uncertain: true});
        expect(await queue.delivered(first.seq)).toEqual(settled);
        expect(await queue.lane('c:1')).toMatchObject({owner: 'next', pending: 1});
    });

    test('a late end of an earlier lease does not count for the lane of today', async () => {
        const queue = newQueue(store.database);
        const first = await queue.put('c:1');
        await queue.claimOne('me');
        const {until} = queue.leaseOf('me', START);
        await queue.claimOne('other', until);
        await queue.finish('other', first);
        const second = await queue.put('c:1', until);
        const third = await queue.put('c:1', until);
        await queue.claimOne('me', until);
        await queue.finish('me', first);
        expect(await queue.lane('c:1')).toMatchObject({owner: 'me', pending: 2});
        expect(await queue.finish('me', second)).toEqual(third);
    });

    test('put back, the lane waits with its head in front', async () => {
        const queue = newQueue(store.database);
        const head = await queue.put('c:1');
        await queue.put('c:1');
        await queue.claimOne('me');
        await queue.putBack('me', head, START + 250, {uncertain: true, reason: {code: 'mattermost_down', detail: '502'}, now: START + 3});
        expect(await queue.lane('c:1')).toMatchObject({
            owner: null,
            due: START + 250,
            pending: 2,
            attempts: 1,
            uncertain: 1,
            blocked_since: START + 3,
        });
        expect(await queue.delivered(head.seq)).toMatchObject({
            state: 'queued',
            attempts: 1,
            reason_code: 'mattermost_down',
            reason_detail: '502',
        });
        await queue.claimOne('me', START + 250);
        await queue.putBack('me', head, START + 700, {uncertain: false, now: START + 300});
        expect(await queue.lane('c:1')).toMatchObject({attempts: 2, uncertain: 0, blocked_since: START + 3});
        expect((await queue.claimOne('me', START + 700)).head.seq).toBe(head.seq);
    });

    test('put back untried, as at a clean stop, it counts for nothing', async () => {
        const queue = newQueue(store.database);
        const head = await queue.put('c:1');
        await queue.claimOne('me');
        await queue.putBack('me', head, START, {tried: false});
        expect(await queue.lane('c:1')).toMatchObject({owner: null, due: START, attempts: 0, blocked_since: null, uncertain: 0});
        expect(await queue.delivered(head.seq)).toEqual(head);
        expect(await queue.claimOne('other')).toMatchObject({uncertain: false, attempts: 0});
    });

    test('leases of lanes being run are prolonged, no others', async () => {
        const queue = newQueue(store.database);
        for (const lane of ['mine', 'also-mine', 'taken', 'free']) await queue.put(lane, lane === 'free' ? START + 50 : START);
        await queue.claim('me');
        await store.database.write((tx) => tx.updateTable('lane').set({owner: 'other'}).where('key', '=', queue.keyOf('taken')).execute());
        const before = (await queue.lane('taken')).due;
        const keys = ['mine', 'taken', 'free', 'gone'].map(queue.keyOf);
        await store.database.write((tx) => renew(tx, keys, {owner: 'me', until: START + 99_000}));
        expect((await queue.lane('mine')).due).toBe(START + 99_000);
        expect((await queue.lane('also-mine')).due).toBe(before);
        expect((await queue.lane('taken')).due).toBe(before);
        expect((await queue.lane('free')).due).toBe(START + 50);
        // The last lane may have ended between the decision and the write.
        await store.database.write((tx) => renew(tx, [], {owner: 'me', until: START + 99_000}));
    });

    test('after a restart every lease is over at once, and its head is uncertain', async () => {
        const queue = newQueue(store.database);
        for (const lane of ['running', 'waiting', 'idle']) await queue.put(lane);
        const claimed = await queue.claim('before');
        const headIn = (lane: string) => claimed.find((one) => one.lane === queue.keyOf(lane))?.head ?? expect.unreachable();
        await queue.putBack('before', headIn('waiting'), START + 5000);
        await queue.finish('before', headIn('idle'));
        await store.database.write((tx) => expireLeases(tx, 'after the restart', START + 1));
        expect(await queue.claim('after', 8, START + 1)).toMatchObject([{lane: queue.keyOf('running'), uncertain: true, attempts: 0}]);
        expect(await queue.lane('waiting')).toMatchObject({due: START + 5000});
        expect(await queue.lane('idle')).toMatchObject({due: null});
    });

    test('the second outbox of a process to start does not end what the first has claimed: no lane is run twice', async () => {
        const queue = newQueue(store.database);
        await queue.put('running');
        await queue.claim('me');
        await store.database.write((tx) => expireLeases(tx, 'me', START + 1));
        expect(await queue.claim('me', 8, START + 1)).toEqual([]);
    });

    test('waking ends back-offs of one queue, not leases', async () => {
        const queue = newQueue(store.database);
        const elsewhere = newQueue(store.database);
        for (const one of [queue, elsewhere]) {
            await one.put('waiting');
            await one.putBack('me', (await one.claimOne('me')).head, START + 60_000);
        }
        await queue.put('running');
        await queue.claimOne('me');
        await queue.put('due', START - 5);
        await store.database.write((tx) => wake(tx, queue.queue, START + 1));
        expect(await queue.lane('waiting')).toMatchObject({due: START + 1, owner: null});
        expect(await queue.lane('running')).toMatchObject({due: queue.leaseOf('me', START).until, owner: 'me'});
        expect(await queue.lane('due')).toMatchObject({due: START - 5});
        expect(await elsewhere.lane('waiting')).toMatchObject({due: START + 60_000});
    });

    test('the head is the oldest that is still queued', async () => {
        const queue = newQueue(store.database);
        const rows = [await queue.put('c:1'), await queue.put('c:1')];
        await queue.claimOne('me');
        if (rows[0]) await queue.finish('me', rows[0]);
        expect(await headOf(store.database.read, queue.keyOf('c:1'))).toEqual(rows[1]);
        expect(await headOf(store.database.read, queue.keyOf('c:2'))).toBeUndefined();
    });
});
