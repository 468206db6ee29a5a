/** Storing a delivery at the end of its lane. */
import {expect, test} from 'vitest';
import {openDatabase} from '../../bridge/store/open.ts';
import {readFile} from '../../bridge/store/records.ts';
import {onBothDatabases} from './both-databases.ts';
import {dead, newQueue, START} from './queue.ts';

onBothDatabases((store) => {
    test('a delivery is stored once per integration, direction and source id; the first one stays', async () => {
        const queue = newQueue(store.database);
        const first = queue.delivery('c:1', {source_id: 'same', digest: 'one', body: '{"said":"first"}'});
        const stored = await queue.append(first);
        expect(stored).toMatchObject({
            kind: 'stored',
            claimed: null,
            row: {...rowOf(first), state: 'queued', attempts: 0, finished_at: null},
        });
        expect(await queue.append(first)).toEqual({kind: 'known', row: stored.kind === 'stored' && stored.row});
        expect(await queue.append({...first, lane: queue.keyOf('c:2'), digest: 'two', body: '{"said":"second"}'})).toMatchObject({
            kind: 'known',
            row: {digest: 'one', body: '{"said":"first"}', lane: queue.keyOf('c:1')},
        });
        expect(await queue.lane('c:1')).toMatchObject({pending: 1});
        expect(await queue.queued('c:2')).toEqual([]);

        const elsewhere = newQueue(store.database);
        expect(await elsewhere.append(elsewhere.delivery('c:1', {source_id: 'same'}))).toMatchObject({kind: 'stored'});
        expect(await queue.append({...first, direction: 'to-ireserve'})).toMatchObject({kind: 'stored'});
    });

    test('a settled delivery is still known', async () => {
        const queue = newQueue(store.database);
        const given = queue.delivery('c:1');
        await queue.append(given);
        await queue.finish('me', (await queue.claimOne('me')).head);
        expect(await queue.append(given)).toMatchObject({kind: 'known', row: {state: 'delivered'}});
        expect(await queue.lane('c:1')).toMatchObject({pending: 0, due: null});
    });

    test('of many at once with one source id, one is stored', async () => {
        const other = await openDatabase(store.url);
        try {
            const queue = newQueue(store.database);
            const given = queue.delivery('c:1');
            const here = Array.from({length: 10}, () => queue.append(given));
            const there = Array.from({length: 10}, () => newQueue(other).append(given));
            const kinds = (await Promise.all([...here, ...there])).map(({kind}) => kind);
            expect(kinds.toSorted()).toEqual([...Array.from({length: 19}, () => 'known'), 'stored']);
            expect(await queue.lane('c:1')).toMatchObject({pending: 1});
        } finally {
            await other.close();
        }
    });

    test('what is ignored at once is remembered, and waits in no lane', async () => {
        const queue = newQueue(store.database);
        const given = queue.delivery('c:1', {
            state: 'ignored',
            outcome: 'ignored',
            reason_code: 'integration_inactive',
            reason_detail: 'stopped',
        });
        const appended = await queue.append(given, START + 5, queue.leaseOf('me', START));
        expect(appended).toMatchObject({
            kind: 'stored',
            claimed: null,
            row: {state: 'ignored', reason_code: 'integration_inactive', reason_detail: 'stopped', finished_at: START + 5},
        });
        expect(await queue.append(queue.delivery('c:1', {needsLane: true}))).toEqual({kind: 'unknown_conversation'});
    });

    test('what needs a known conversation is refused before there is one, and leaves nothing', async () => {
        const queue = newQueue(store.database);
        const closed = queue.delivery('c:1', {needsLane: true});
        expect(await queue.append(closed)).toEqual({kind: 'unknown_conversation'});
        expect(await queue.queued('c:1')).toEqual([]);
        await queue.put('c:1');
        expect(await queue.append(closed)).toMatchObject({kind: 'stored'});
        // A lane that is idle again is known all the same.
        const next = await queue.finish('me', (await queue.claimOne('me')).head);
        if (next) await queue.finish('me', next);
        expect(await queue.append(queue.delivery('c:1', {needsLane: true}))).toMatchObject({kind: 'stored'});
    });

    test('an idle lane is claimed in the same step when a slot is free', async () => {
        const queue = newQueue(store.database);
        const lease = queue.leaseOf('me', START);
        const first = await queue.append(queue.delivery('c:1'), START, lease);
        expect(first).toMatchObject({kind: 'stored', claimed: expect.objectContaining({uncertain: false})});
        expect(await queue.lane('c:1')).toMatchObject({owner: 'me', due: lease.until, pending: 1, uncertain: 0});
        expect(await queue.claim('other')).toEqual([]);

        if (first.kind === 'stored') await queue.finish('me', first.row);
        expect(await queue.append(queue.delivery('c:1'), START, queue.leaseOf('other', START))).toMatchObject({
            kind: 'stored',
            claimed: expect.objectContaining({uncertain: false}),
        });
        expect(await queue.lane('c:1')).toMatchObject({owner: 'other', pending: 1});
    });

    test('without a slot the lane is due at once and belongs to nobody', async () => {
        const queue = newQueue(store.database);
        expect(await queue.append(queue.delivery('c:1'), START + 7)).toMatchObject({kind: 'stored', claimed: null});
        expect(await queue.lane('c:1')).toMatchObject({owner: null, due: START + 7, pending: 1});
        const {head} = await queue.claimOne('me', START + 7);
        await queue.finish('me', head);
        await queue.append(queue.delivery('c:1'), START + 9);
        expect(await queue.lane('c:1')).toMatchObject({owner: null, due: START + 9, pending: 1});
    });

    test.each(['me', 'other'])('a lane being run by %s is joined, not claimed', async (owner) => {
        const queue = newQueue(store.database);
        await queue.put('c:1');
        await queue.claimOne(owner);
        const before = await queue.lane('c:1');
        expect(await queue.append(queue.delivery('c:1'), START + 1, queue.leaseOf('me', START + 1))).toMatchObject({
            kind: 'stored',
            claimed: null,
        });
        expect(await queue.lane('c:1')).toEqual({...before, pending: 2});
    });

    test('a lane whose owner died is joined, not claimed: its head must be looked for first', async () => {
        const queue = newQueue(store.database);
        await queue.put('c:1');
        await queue.claimOne('dead');
        const before = await queue.lane('c:1');
        const late = START + 1_000_000;
        expect(await queue.append(queue.delivery('c:1'), late, queue.leaseOf('me', late))).toMatchObject({kind: 'stored', claimed: null});
        expect(await queue.lane('c:1')).toEqual({...before, pending: 2});
    });

    test.each([
        ['due', START],
        ['in back-off', START + 60_000],
    ])('a lane that is %s keeps its place and its head', async (_state, due) => {
        const queue = newQueue(store.database);
        const head = await queue.put('c:1');
        await queue.putBack('me', (await queue.claimOne('me')).head, due);
        const before = await queue.lane('c:1');
        expect(await queue.append(queue.delivery('c:1'), START + 1, queue.leaseOf('me', START + 1))).toMatchObject({
            kind: 'stored',
            claimed: null,
        });
        expect(await queue.lane('c:1')).toEqual({...before, pending: 2});
        expect((await queue.claimOne('me', START + 60_000)).head.seq).toBe(head.seq);
    });

    test('a lane keeps its order over many appends at once', async () => {
        const queue = newQueue(store.database);
        const other = await openDatabase(store.url);
        try {
            const there = newQueue(other);
            const given = Array.from({length: 40}, () => queue.delivery('c:1'));
            const stored = await Promise.all(given.map((one, index) => (index % 2 ? there : queue).append(one)));
            const seqs = stored.map((one) => (one.kind === 'stored' ? one.row.seq : 0));
            expect(await queue.queued('c:1')).toEqual(seqs.toSorted((a, b) => a - b));
            expect(new Set(seqs).size).toBe(40);
            expect(await queue.lane('c:1')).toMatchObject({pending: 40});
        } finally {
            await other.close();
        }
    });

    test('a gap in the sequence is reported once, and only on what was stored', async () => {
        const queue = newQueue(store.database);
        const gaps: unknown[] = [];
        const send = async (sequence: number | null, lane = 'c:1') => {
            const appended = await queue.append(queue.delivery(lane, {sequence}));
            gaps.push(appended.kind === 'stored' && appended.row.gap && JSON.parse(appended.row.gap));
        };
        for (const sequence of [1, 2, null, 5, 3, 4, 6, null, 7, 10]) await send(sequence);
        await send(1, 'c:2');
        await send(4, 'c:3');
        const none = null;
        expect(gaps).toEqual([
            none,
            none,
            none,
            {expected: 3, received: 5},
            none,
            none,
            none,
            none,
            none,
            {expected: 8, received: 10},
            none,
            {expected: 1, received: 4},
        ]);
        const known = await queue.append(queue.delivery('c:1', {sequence: 99, source_id: 'event-1'}));
        expect(known).toMatchObject({kind: 'known', row: {gap: null}});
        await send(11);
        expect(gaps.at(-1)).toBeNull();
    });

    test('the sequence goes on after a dead letter', async () => {
        const queue = newQueue(store.database);
        await queue.append(queue.delivery('c:1', {sequence: 1}));
        await queue.finish('me', (await queue.claimOne('me')).head, {final: dead});
        expect(await queue.append(queue.delivery('c:1', {sequence: 2}))).toMatchObject({row: {gap: null}});
    });

    test('files are kept byte for byte beside the delivery they came with, once', async () => {
        const queue = newQueue(store.database);
        const bytes = Uint8Array.from({length: 70_000}, (_, index) => index % 256);
        const files = [
            {id: `${queue.integration_id}-1`, bytes},
            {id: `${queue.integration_id}-2`, bytes: new Uint8Array()},
        ];
        const given = queue.delivery('c:1', {files});
        const appended = await queue.append(given);
        expect(appended.kind === 'stored' && (await queue.files(appended.row.seq))).toBe(2);
        expect(Buffer.from((await readFile(store.database.read, `${queue.integration_id}-1`)) ?? []).equals(bytes)).toBe(true);
        expect((await readFile(store.database.read, `${queue.integration_id}-2`))?.length).toBe(0);
        expect(await readFile(store.database.read, 'none')).toBeNull();
        // A repetition brings its files again, under other ids.
        await queue.append({...given, files: files.map((file) => ({...file, id: `${file.id}-again`}))});
        expect(await readFile(store.database.read, `${queue.integration_id}-1-again`)).toBeNull();
    });

    test('words with a NUL, a lone surrogate or an emoji are stored', async () => {
        const queue = newQueue(store.database);
        const appended = await queue.append(
            queue.delivery('c:1', {reason_detail: 'a\u0000b\u{1f6a4}', body: JSON.stringify({text: '\u0000\ud83d'})}),
        );
        if (appended.kind !== 'stored') throw new Error('not stored');
        const row = await queue.delivered(appended.row.seq);
        expect(row.reason_detail?.replace('\u0000', '')).toBe('ab\u{1f6a4}');
        expect(JSON.parse(row.body)).toEqual({text: '\u0000\ud83d'});
    });
});

/** Of a delivery to append, what becomes its row. */
function rowOf(given: ReturnType<ReturnType<typeof newQueue>['delivery']>): object {
    const {queue: _queue, priority: _priority, sequence: _sequence, needsLane: _needs, files: _files, ...row} = given;
    return row;
}
