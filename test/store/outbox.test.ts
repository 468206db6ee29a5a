/** The outbox in good times: order, lanes side by side, slots, and waiting for an outcome. */
import {expect, test} from 'vitest';
import {onBothDatabases} from './both-databases.ts';
import {newQueue, START} from './queue.ts';
import {DELIVERED, gate, scriptedOutbox} from './scripted-outbox.ts';

const NEVER = 3_600_000;

onBothDatabases((store) => {
    const start = async (...given: Parameters<typeof scriptedOutbox> extends [unknown, ...infer Rest] ? Rest : never) => {
        const scripted = scriptedOutbox(store.database, ...given);
        await scripted.outbox.start();
        return scripted;
    };

    test('each lane is delivered in order, one at a time', async () => {
        const scripted = await start();
        const busy = new Set<string>();
        scripted.answer = async ({lane}) => {
            expect(busy.has(lane)).toBe(false);
            busy.add(lane);
            await new Promise((resolve) => setImmediate(resolve));
            busy.delete(lane);
            return DELIVERED;
        };
        const lanes = ['a', 'b', 'c', 'd', 'e', 'f'];
        const accepted = new Map(lanes.map((lane) => [lane, [] as number[]]));
        await Promise.all(
            lanes.map(async (lane) => {
                for (let i = 0; i < 12; i++) accepted.get(lane)?.push((await scripted.accept(lane)).seq);
            }),
        );
        await scripted.untilSettled(72);
        for (const lane of lanes)
            expect(scripted.tries.filter((one) => one.lane === lane).map((one) => one.delivery.seq)).toEqual(accepted.get(lane));
        expect(scripted.tries.every(({uncertain}) => !uncertain)).toBe(true);
        expect(scripted.errors).toEqual([]);
    });

    test('as many lanes as there are slots run side by side, and no more', async () => {
        const scripted = await start();
        const door = gate();
        scripted.answer = async () => {
            await door.opened;
            return DELIVERED;
        };
        for (const lane of ['a', 'b', 'c', 'd', 'e', 'f']) await scripted.accept(lane);
        await scripted.until(() => scripted.inFlight === 4);
        await scripted.looksAgain();
        expect(new Set(scripted.tries.map(({lane}) => lane)).size).toBe(4);
        expect(scripted.tries).toHaveLength(4);
        expect(scripted.outbox.running()).toBe(4);
        door.open();
        await scripted.untilSettled(6);
        expect(scripted.mostInFlight).toBe(4);
        await scripted.until(() => scripted.outbox.running() === 0);
    });

    test('what is accepted is tried at once, with or without a slot of its own', async () => {
        const scripted = await start({pollMs: NEVER});
        await scripted.accept('a');
        await scripted.untilSettled(1);
        const {seq} = await scripted.queue.put('b');
        scripted.outbox.kick(scripted.queue.queue);
        await scripted.untilSettled(2);
        expect(scripted.settled[1]).toBe(seq);
    });

    test('a lane goes on with what came while it was busy', async () => {
        const scripted = await start({pollMs: NEVER, slots: 1});
        const door = gate();
        scripted.answer = async () => {
            await door.opened;
            return DELIVERED;
        };
        const rows = [await scripted.accept('a'), await scripted.accept('a'), await scripted.accept('a')];
        door.open();
        await scripted.untilSettled(3);
        expect(scripted.settled).toEqual(rows.map(({seq}) => seq));
    });

    test('a lane taken again in the moment it became free counts as running until it is done', async () => {
        const scripted = await start({pollMs: NEVER});
        // After so many steps of the event loop the next delivery comes: before, with, or after the end of the first.
        for (const steps of [0, 4, 8, 12, 16, 24]) {
            const lane = `lane-${steps}`;
            const [first, second] = [gate(), gate()];
            scripted.answer = async ({delivery}) => {
                await (delivery.source_id === `${lane}-1` ? first : second).opened;
                return DELIVERED;
            };
            const before = scripted.settled.length;
            await scripted.accept(lane, {source_id: `${lane}-1`});
            await scripted.until(() => scripted.inFlight === 1);
            first.open();
            for (let i = 0; i < steps; i++) await Promise.resolve();
            await scripted.accept(lane, {source_id: `${lane}-2`});
            await scripted.until(() => scripted.settled.length === before + 1 && scripted.inFlight === 1);
            await new Promise((resolve) => setImmediate(resolve));
            expect(scripted.outbox.running(), `after ${steps} steps`).toBe(1);
            second.open();
            await scripted.until(() => scripted.outbox.running() === 0);
            expect(await scripted.queue.lane(lane)).toMatchObject({owner: null, pending: 0});
        }
    });

    test('what the store held before the start is delivered', async () => {
        const queue = newQueue(store.database);
        const rows = [await queue.put('a'), await queue.put('a'), await queue.put('b')];
        const scripted = await start({queue});
        await scripted.untilSettled(3);
        expect(scripted.settled.toSorted((a, b) => a - b)).toEqual(rows.map(({seq}) => seq));
    });

    test('what a delivery writes is committed together with its state', async () => {
        const scripted = await start();
        let runs = 0;
        scripted.answer = ({delivery}) => ({
            kind: 'final',
            state: 'delivered',
            result: {post_ids: ['p1']},
            async writes(tx) {
                const subject = String(++runs);
                await tx
                    .insertInto('notice')
                    .values({integration_id: delivery.integration_id, code: 'seen', subject, detail: '', since: START})
                    .execute();
                if (scripted.errors.length === 0) throw new Error('the disk is full');
            },
        });
        const {seq} = await scripted.accept('a');
        await scripted.untilSettled(1);
        expect(scripted.tries).toHaveLength(1);
        const notices = await store.database.read
            .selectFrom('notice')
            .select('subject')
            .where('integration_id', '=', scripted.queue.integration_id)
            .execute();
        expect(notices).toEqual([{subject: String(runs)}]);
        expect(await scripted.queue.delivered(seq)).toMatchObject({state: 'delivered', attempts: 1, result: '{"post_ids":["p1"]}'});
        expect(scripted.errors).toMatchObject([{message: 'the disk is full'}]);
    });

    test('every try is in the integration log', async () => {
        const scripted = await start();
        scripted.answer = () => {
            scripted.now += 40;
            return DELIVERED;
        };
        const {seq} = await scripted.accept('a');
        await scripted.untilSettled(1);
        const log = await store.database.read.selectFrom('log').selectAll().where('delivery_seq', '=', seq).execute();
        expect(log).toMatchObject([
            {level: 'info', code: 'delivered', attempt: 1, duration_ms: 40, at: START + 40, conversation_id: 'a', source_id: 'event-1'},
        ]);
    });

    test('waiting ends when the delivery is settled, and not before, and tells what it came to', async () => {
        const scripted = await start();
        const answers = [gate(), gate()];
        let told = 0;
        scripted.answer = async () => {
            await answers[scripted.tries.length - 1]?.opened;
            return scripted.tries.length === 1
                ? {kind: 'retry', uncertain: false, reason: {code: 'down', detail: ''}}
                : {kind: 'never', reason: {code: 'refused', detail: ''}};
        };
        const {seq} = await scripted.accept('a');
        const waits = ['one', 'two'].map(() => scripted.outbox.wait(seq, NEVER).finally(() => told++));
        answers[0]?.open();
        await scripted.until(async () => (await scripted.queue.lane('a')).attempts === 1);
        await scripted.looksAgain();
        expect(told).toBe(0);
        answers[1]?.open();
        scripted.now += 60_000;
        const tidings = await Promise.all(waits);
        const row = await scripted.queue.delivered(seq);
        expect(row).toMatchObject({state: 'dead', attempts: 2});
        expect(tidings).toEqual([row, row]);
    });

    test('waiting ends after the given time, and at a stop', async () => {
        const scripted = await start({pollMs: NEVER});
        const door = gate();
        scripted.answer = async () => {
            await door.opened;
            return DELIVERED;
        };
        const {seq} = await scripted.accept('a');
        await scripted.untilTried(1);
        expect(await scripted.outbox.wait(seq, 5)).toBeNull();
        expect(scripted.settled).toEqual([]);
        const wait = scripted.outbox.wait(seq, NEVER);
        await scripted.outbox.stop(0);
        expect(await wait).toBeNull();
        expect(scripted.settled).toEqual([]);
        door.open();
        await scripted.untilSettled(1);
    });
});
