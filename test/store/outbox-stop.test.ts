/** Stopping: what is under way is finished, the rest given back, nothing lost. */
import {expect, test} from 'vitest';
import {append} from '../../bridge/store/lanes.ts';
import {onBothDatabases} from './both-databases.ts';
import {START} from './queue.ts';
import {DELIVERED, gate, scriptedOutbox} from './scripted-outbox.ts';

onBothDatabases((store) => {
    const start = async (...given: Parameters<typeof scriptedOutbox> extends [unknown, ...infer Rest] ? Rest : never) => {
        const scripted = scriptedOutbox(store.database, ...given);
        await scripted.outbox.start();
        return scripted;
    };

    /** An outbox in the middle of the first of three deliveries of lane a; what it says waits for the door. */
    async function underWay() {
        const scripted = await start();
        const door = gate();
        scripted.answer = async () => {
            await door.opened;
            return DELIVERED;
        };
        const rows = [await scripted.accept('a'), await scripted.accept('a'), await scripted.accept('a')];
        await scripted.untilTried(1);
        return {scripted, door, seqs: rows.map(({seq}) => seq)};
    }

    test('a stop waits for what is under way, and gives the rest of the lane back without a blemish', async () => {
        const {scripted, door, seqs} = await underWay();
        let stopped = false;
        const stop = scripted.outbox.stop(20_000).then(() => {
            stopped = true;
        });
        await scripted.accept('b');
        expect(stopped).toBe(false);
        door.open();
        await stop;
        expect(scripted.tries).toHaveLength(1);
        expect(scripted.settled).toEqual([seqs[0]]);
        expect(await scripted.queue.lane('a')).toMatchObject({
            owner: null,
            due: START,
            pending: 2,
            attempts: 0,
            uncertain: 0,
            blocked_since: null,
        });
        expect(await scripted.queue.lane('b')).toMatchObject({owner: null, pending: 1});

        const next = await start({queue: scripted.queue});
        await next.untilSettled(3);
        expect(next.tries.filter(({lane}) => lane === 'a').map(({delivery}) => delivery.seq)).toEqual(seqs.slice(1));
        expect(next.tries.every(({uncertain}) => !uncertain)).toBe(true);
        expect([...scripted.errors, ...next.errors]).toEqual([]);
    });

    test('what outlasts the grace stays leased, and is in doubt for whoever comes next', async () => {
        const {scripted, door, seqs} = await underWay();
        await scripted.outbox.stop(20);
        expect(scripted.settled).toEqual([]);
        const next = await start({queue: scripted.queue});
        if (store.dialect === 'postgres') {
            await next.looksAgain();
            expect(next.tries).toEqual([]);
            next.now = START + 1_000_000_000;
        }
        await next.untilSettled(3);
        expect(next.tries.map(({delivery, uncertain}) => [delivery.seq, uncertain])).toEqual([
            [seqs[0], true],
            [seqs[1], false],
            [seqs[2], false],
        ]);
        // The late end of the stopped one changes nothing any more.
        const before = await scripted.queue.delivered(seqs[0] ?? 0);
        door.open();
        await scripted.until(() => scripted.outbox.running() === 0);
        expect(await scripted.queue.delivered(seqs[0] ?? 0)).toEqual(before);
        expect(await scripted.queue.lane('a')).toMatchObject({pending: 0, owner: null, due: null});
    });

    test('a delivery being stored while the stop begins is given back before the stop is over', async () => {
        const scripted = await start({pollMs: 3_600_000});
        const {outbox, queue} = scripted;
        await scripted.until(() => {
            const slot = outbox.reserve(queue.queue);
            slot?.release();
            return slot !== null;
        });
        const slot = outbox.reserve(queue.queue);
        const stop = outbox.stop(20_000);
        const appended = await store.database.write((tx) => append(tx, queue.delivery('a'), START, slot?.lease ?? null));
        expect(appended).toMatchObject({kind: 'stored', claimed: {fence: 1}});
        if (appended.kind === 'stored' && appended.claimed) slot?.run(appended.claimed);
        await stop;
        expect(scripted.tries).toEqual([]);
        expect(await queue.lane('a')).toMatchObject({owner: null, due: START, pending: 1, uncertain: 0});
    });

    test('a claim that waits for its turn to write when the stop begins takes nothing, and the stop waits for it', async () => {
        const scripted = await start({pollMs: 3_600_000});
        await store.database.write(async () => undefined);
        await store.database.write((tx) => append(tx, scripted.queue.delivery('a'), START, null));
        const door = gate();
        // SQLite's one writer: the claim comes after it. PostgreSQL's claim has a connection of its own, and still waits for its BEGIN.
        const ahead = store.database.write(() => door.opened);
        scripted.outbox.kick(scripted.queue.queue);
        const stop = scripted.outbox.stop(20_000);
        door.open();
        await Promise.all([ahead, stop]);
        expect(scripted.tries).toEqual([]);
        expect(await scripted.queue.lane('a')).toMatchObject({owner: null, pending: 1, uncertain: 0});
        await scripted.accept('b');
        expect(await scripted.queue.lane('b')).toMatchObject({owner: null, pending: 1});
    });

    test('after a stop nothing starts', async () => {
        const scripted = await start();
        await scripted.outbox.stop(1000);
        expect(scripted.outbox.reserve(scripted.queue.queue)).toBeNull();
        await scripted.accept('a');
        await scripted.outbox.wake(scripted.queue.queue);
        scripted.outbox.kick(scripted.queue.queue);
        await store.database.write(async () => undefined);
        expect(scripted.tries).toEqual([]);
        expect(await scripted.queue.lane('a')).toMatchObject({owner: null, pending: 1});
    });
});
