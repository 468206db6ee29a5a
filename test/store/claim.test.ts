/** Leasing lanes that are due: fairly, and never to two. */
import {sql} from 'kysely';
import {expect, test} from 'vitest';
import {claim} from '../../bridge/store/lanes.ts';
import {openDatabase} from '../../bridge/store/open.ts';
import {onBothDatabases} from './both-databases.ts';
import {newQueue, type Queue, START} from './queue.ts';

onBothDatabases((store) => {
    /** Lanes p1, p2 … of people and n1, n2 … of notifications, due one ms after another. */
    async function waiting(people: number, notifications: number): Promise<Queue> {
        const queue = newQueue(store.database);
        for (let i = 1; i <= people; i++) await queue.put(`p${i}`, START + i);
        for (let i = 1; i <= notifications; i++) await queue.put(`n${i}`, START + i, {priority: 1});
        return queue;
    }
    const LATER = START + 1000;
    const names = (queue: Queue, claimed: {lane: string}[]) => claimed.map(({lane}) => lane.slice(queue.queue.length + 1)).toSorted();

    test('a claim takes the freshest people, a quarter of the oldest, and a quarter of notifications', async () => {
        const queue = await waiting(12, 4);
        expect(names(queue, await queue.claim('me', 8, LATER))).toEqual(['n1', 'n2', 'p1', 'p10', 'p11', 'p12', 'p2', 'p9']);
    });

    test('single slots are shared the same way, over a row of claims', async () => {
        const queue = await waiting(12, 4);
        const taken: string[] = [];
        for (let turn = 0; turn < 8; turn++) taken.push(...names(queue, await queue.claim('me', 1, LATER, turn)));
        expect(taken.toSorted()).toEqual(['n1', 'n2', 'p1', 'p10', 'p11', 'p12', 'p2', 'p9']);
    });

    test.each([
        ['people', 9, 0],
        ['notifications', 0, 9],
    ])('when only %s wait, they get every slot', async (_who, people, notifications) => {
        const queue = await waiting(people, notifications);
        for (const slots of [1, 3, 8]) {
            for (const turn of [0, 1, 2, 3]) {
                expect(await queue.claim('me', slots, LATER, turn), `${slots} slots, turn ${turn}`).toHaveLength(slots);
                await store.database.write((tx) =>
                    tx.updateTable('lane').set({owner: null, due: START}).where('queue', '=', queue.queue).execute(),
                );
            }
        }
    });

    test('no more than the slots are taken, and what is taken is not taken again', async () => {
        const queue = await waiting(5, 3);
        // With statistics PostgreSQL plans a small table otherwise than without.
        if (store.dialect === 'postgres') await sql`analyze lane`.execute(store.database.read);
        const taken: string[] = [];
        for (const slots of [1, 2, 3, 1, 8]) {
            const claimed = await queue.claim('me', slots, LATER);
            expect(claimed.length).toBeLessThanOrEqual(slots);
            taken.push(...names(queue, claimed));
        }
        expect(taken.toSorted()).toEqual(['n1', 'n2', 'n3', 'p1', 'p2', 'p3', 'p4', 'p5']);
        expect(await queue.claim('me', 8, LATER)).toEqual([]);
    });

    test('only what is due in its own queue is taken', async () => {
        const queue = await waiting(2, 0);
        await waiting(3, 3);
        await queue.put('p9', LATER + 1);
        expect(names(queue, await queue.claim('me', 8, LATER))).toEqual(['p1', 'p2']);
        expect(names(queue, await queue.claim('me', 8, LATER + 1))).toEqual(['p9']);
    });

    test('with the lane comes its oldest delivery and what earlier tries left', async () => {
        const queue = newQueue(store.database);
        const head = await queue.put('c:1');
        await queue.put('c:1');
        const first = await queue.claimOne('me');
        expect(first).toEqual({lane: queue.keyOf('c:1'), fence: 2, uncertain: false, attempts: 0, blockedSince: null, head});
        await queue.putBack('me', first.head, START + 10, {uncertain: false, now: START + 5});
        await queue.putBack('me', (await queue.claimOne('me', START + 10)).head, START + 20, {uncertain: true, now: START + 15});
        expect(await queue.claimOne('me', START + 20)).toMatchObject({
            uncertain: true,
            attempts: 2,
            blockedSince: START + 5,
            head: {seq: head.seq, attempts: 2},
        });
    });

    test('a lease that ran out is taken over, and its head is uncertain', async () => {
        const queue = newQueue(store.database);
        const head = await queue.put('c:1');
        await queue.claimOne('dead');
        const {until} = queue.leaseOf('dead', START);
        expect(await queue.claim('me', 8, until - 1)).toEqual([]);
        expect(await queue.claim('me', 8, until)).toMatchObject([{uncertain: true, head: {seq: head.seq}}]);
        expect(await queue.lane('c:1')).toMatchObject({owner: 'me', uncertain: 1, due: queue.leaseOf('me', until).until});
    });

    test('two processes that claim at the same moment share the lanes', async () => {
        const other = await openDatabase(store.url);
        try {
            const queue = await waiting(30, 10);
            const claims = Array.from({length: 12}, (_, index) => {
                const [database, owner] = index % 2 ? ([store.database, 'me'] as const) : ([other, 'other'] as const);
                return database
                    .write((tx) => claim(database, tx, queue.queue, 5, LATER, queue.leaseOf(owner, LATER), index))
                    .then((claimed) => ({owner, claimed}));
            });
            const results = await Promise.all(claims);
            // Whoever was passed by finds the rest now.
            results.push({owner: 'me', claimed: await queue.claim('me', 40, LATER)});
            const lanes = results.flatMap(({claimed}) => claimed.map(({lane}) => lane));
            expect(lanes).toHaveLength(40);
            expect(new Set(lanes).size).toBe(40);
            for (const {owner, claimed} of results) {
                for (const {lane} of claimed) expect(await queue.lane(lane.slice(queue.queue.length + 1))).toMatchObject({owner});
            }
        } finally {
            await other.close();
        }
    });

    test('a lane with nothing left in it is freed, not given', async () => {
        const queue = newQueue(store.database);
        const {seq} = await queue.put('c:1');
        await store.database.write((tx) => tx.updateTable('delivery').set({state: 'discarded'}).where('seq', '=', seq).execute());
        expect(await queue.claim('me')).toEqual([]);
        expect(await queue.lane('c:1')).toMatchObject({owner: null, due: null, pending: 0});
    });
});
