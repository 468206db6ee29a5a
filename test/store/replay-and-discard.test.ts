/** Dead letters queued again, and deliveries given up by hand. */
import {expect, test} from 'vitest';
import {discard, replay} from '../../bridge/store/by-hand.ts';
import {REPLAYED} from '../../bridge/store/lanes.ts';
import {onBothDatabases} from './both-databases.ts';
import {dead, delivered, newQueue, type Queue, START} from './queue.ts';

onBothDatabases((store) => {
    const again = (seq: number, now = START) => store.database.write((tx) => replay(tx, seq, now));
    const giveUp = (seq: number, now = START) => store.database.write((tx) => discard(tx, seq, 'asked by an admin', now));
    const fileOf = (id: string) => ({body: '{"file_id":"x"}', files: [{id, bytes: Uint8Array.of(1)}]});

    async function deadLetter(queue: Queue, lane = 'c:1'): Promise<number> {
        const {seq} = await queue.put(lane, START, fileOf(`${queue.integration_id}/${lane}/${Math.random()}`));
        const {head} = await queue.claimOne('me');
        if (head.seq !== seq) throw new Error('the lane was not empty');
        const next = await queue.finish('me', head, {final: dead, release: true});
        if (next) throw new Error('the lane was not empty');
        return seq;
    }

    test('replayed, a dead letter goes before the rest of its lane and is marked', async () => {
        const queue = newQueue(store.database);
        const seq = await deadLetter(queue);
        const second = await queue.put('c:1');
        const third = await queue.put('c:1');
        expect(await again(seq, START + 40)).toBe(true);
        expect(await queue.lane('c:1')).toMatchObject({pending: 3});
        const {head} = await queue.claimOne('me', START + 40);
        expect(head).toMatchObject({seq, state: 'queued', reason_code: REPLAYED, finished_at: null, received_at: START + 40});
        expect(await queue.files(seq)).toBe(1);
        expect((await queue.finish('me', head))?.seq).toBe(second.seq);
        expect(await queue.queued('c:1')).toEqual([second.seq, third.seq]);
    });

    test('a lane that was idle is due at once; one in back-off need not wait for it any more', async () => {
        const queue = newQueue(store.database);
        const idle = await deadLetter(queue, 'idle');
        const blocked = await deadLetter(queue, 'blocked');
        await queue.put('blocked');
        await queue.putBack('me', (await queue.claimOne('me')).head, START + 60_000);
        for (const seq of [idle, blocked]) await again(seq, START + 3);
        expect((await queue.claim('me', 8, START + 3)).map(({head}) => head.seq).toSorted((a, b) => a - b)).toEqual([idle, blocked]);
    });

    test('a lane being run keeps its owner, who meets it next', async () => {
        const queue = newQueue(store.database);
        const seq = await deadLetter(queue);
        const current = await queue.put('c:1');
        await queue.put('c:1');
        await queue.claimOne('me');
        const before = await queue.lane('c:1');
        await again(seq);
        expect(await queue.lane('c:1')).toEqual({...before, pending: 3});
        expect((await queue.finish('me', current))?.seq).toBe(seq);
    });

    test.each(['delivered', 'queued', 'ignored', 'discarded'] as const)('what is %s is not replayed', async (state) => {
        const queue = newQueue(store.database);
        const {seq} = await queue.put('c:1');
        await store.database.write((tx) => tx.updateTable('delivery').set({state}).where('seq', '=', seq).execute());
        const before = await queue.lane('c:1');
        expect(await again(seq)).toBe(false);
        expect(await again(999_999_999)).toBe(false);
        expect(await queue.lane('c:1')).toEqual(before);
    });

    test('of two replays at once, one counts', async () => {
        const queue = newQueue(store.database);
        const seq = await deadLetter(queue);
        expect((await Promise.all([again(seq), again(seq)])).toSorted()).toEqual([false, true]);
        expect(await queue.lane('c:1')).toMatchObject({pending: 1});
    });

    test('doubt about the delivery it overtook is not forgotten', async () => {
        const queue = newQueue(store.database);
        const seq = await deadLetter(queue);
        const doubtful = await queue.put('c:1');
        // Its try may have reached the other side: the lane says so, but the lane is about to have another head.
        await queue.putBack('me', (await queue.claimOne('me')).head, START + 10, {uncertain: true});
        await again(seq, START + 20);
        const {head} = await queue.claimOne('me', START + 20);
        expect(head.seq).toBe(seq);
        expect(await queue.finish('me', head)).toMatchObject({seq: doubtful.seq, reason_code: REPLAYED});
    });

    test('doubt about what a dead owner was trying is not forgotten', async () => {
        const queue = newQueue(store.database);
        const seq = await deadLetter(queue);
        const doubtful = await queue.put('c:1');
        await queue.claimOne('dead');
        await again(seq);
        const {head} = await queue.claimOne('me', START + 1_000_000);
        expect(head.seq).toBe(seq);
        expect(await queue.finish('me', head)).toMatchObject({seq: doubtful.seq, reason_code: REPLAYED});
    });

    test('a dead letter can be given up, and then not replayed', async () => {
        const queue = newQueue(store.database);
        const seq = await deadLetter(queue);
        await queue.put('c:1');
        const before = await queue.lane('c:1');
        expect(await giveUp(seq, START + 8)).toBe(true);
        expect(await queue.delivered(seq)).toMatchObject({
            state: 'discarded',
            reason_code: 'discarded',
            reason_detail: 'asked by an admin',
            finished_at: START + 8,
        });
        expect(await queue.files(seq)).toBe(0);
        expect(await queue.lane('c:1')).toEqual(before);
        expect([await giveUp(seq), await again(seq)]).toEqual([false, false]);
    });

    test('a stuck head that is given up lets the next one go at once, with a clean record', async () => {
        const queue = newQueue(store.database);
        const head = await queue.put('c:1', START, fileOf(queue.integration_id));
        const next = await queue.put('c:1');
        await queue.putBack('me', (await queue.claimOne('me')).head, START + 60_000, {uncertain: true});
        expect(await giveUp(head.seq, START + 5)).toBe(true);
        expect(await queue.lane('c:1')).toMatchObject({pending: 1, attempts: 0, uncertain: 0, blocked_since: null});
        expect(await queue.claimOne('me', START + 5)).toMatchObject({uncertain: false, attempts: 0, head: {seq: next.seq}});
        expect(await queue.files(head.seq)).toBe(0);
    });

    test('given up from the middle, the head keeps its back-off', async () => {
        const queue = newQueue(store.database);
        const head = await queue.put('c:1');
        const middle = await queue.put('c:1');
        const last = await queue.put('c:1');
        await queue.putBack('me', (await queue.claimOne('me')).head, START + 60_000, {uncertain: true});
        const before = await queue.lane('c:1');
        expect(await giveUp(middle.seq)).toBe(true);
        expect(await queue.lane('c:1')).toEqual({...before, pending: 2});
        expect(await queue.queued('c:1')).toEqual([head.seq, last.seq]);
    });

    test('the last one given up leaves an idle lane that can be claimed again', async () => {
        const queue = newQueue(store.database);
        const {seq} = await queue.put('c:1');
        await giveUp(seq);
        expect(await queue.lane('c:1')).toMatchObject({pending: 0, due: null, owner: null});
        expect(await queue.append(queue.delivery('c:1'), START, queue.leaseOf('me', START))).toMatchObject({
            kind: 'stored',
            claimed: expect.objectContaining({uncertain: false}),
        });
    });

    test('what is being tried, is settled or was never there is not given up', async () => {
        const queue = newQueue(store.database);
        const head = await queue.put('c:1');
        await queue.claimOne('me');
        const before = await queue.lane('c:1');
        expect(await giveUp(head.seq)).toBe(false);
        expect(await queue.lane('c:1')).toEqual(before);
        expect(await queue.delivered(head.seq)).toEqual(head);
        await queue.finish('me', head, {final: delivered});
        expect([await giveUp(head.seq), await giveUp(999_999_999)]).toEqual([false, false]);
        expect(await queue.delivered(head.seq)).toMatchObject({state: 'delivered'});
    });
});
