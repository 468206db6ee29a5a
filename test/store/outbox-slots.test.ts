/** Slots: never more lanes at once than agreed, and none lost. */
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {append} from '../../bridge/store/lanes.ts';
import {check} from '../support/seeds.ts';
import {onBothDatabases} from './both-databases.ts';
import {DELIVERED, gate, type ScriptedOutbox, scriptedOutbox} from './scripted-outbox.ts';

const NEVER = 3_600_000;

onBothDatabases((store) => {
    const start = async (...given: Parameters<typeof scriptedOutbox> extends [unknown, ...infer Rest] ? Rest : never) => {
        const scripted = scriptedOutbox(store.database, ...given);
        await scripted.outbox.start();
        return scripted;
    };

    /** How many slots can be had now; they are given back. */
    function freeSlots({outbox, queue}: ScriptedOutbox): number {
        const taken = [];
        for (let slot = outbox.reserve(queue.queue); slot; slot = outbox.reserve(queue.queue)) taken.push(slot);
        for (const slot of taken) slot.release();
        return taken.length;
    }

    test('reserved slots count, until they are given back', async () => {
        const scripted = await start({pollMs: NEVER});
        const {outbox, queue} = scripted;
        await scripted.until(() => freeSlots(scripted) === 4);
        const slots = [outbox.reserve(queue.queue), outbox.reserve(queue.queue), outbox.reserve(queue.queue)];
        expect(freeSlots(scripted)).toBe(1);
        const door = gate();
        scripted.answer = async () => {
            await door.opened;
            return DELIVERED;
        };
        for (const lane of ['a', 'b', 'c']) await queue.put(lane);
        outbox.kick(queue.queue);
        await scripted.untilTried(1);
        await store.database.write(async () => undefined);
        expect(scripted.tries).toHaveLength(1);
        expect(freeSlots(scripted)).toBe(0);
        for (const slot of slots) slot?.release();
        door.open();
        await scripted.until(() => freeSlots(scripted) === 4);
    });

    test('a slot reserved while lanes are being claimed is not given twice', async () => {
        const scripted = await start({pollMs: NEVER, slots: 3});
        const door = gate();
        scripted.answer = async () => {
            await door.opened;
            return DELIVERED;
        };
        for (const lane of ['a', 'b', 'c', 'd', 'e']) await scripted.queue.put(lane);
        scripted.outbox.kick(scripted.queue.queue);
        await Promise.all(['f', 'g', 'h'].map((lane) => scripted.accept(lane)));
        await scripted.untilTried(3);
        await store.database.write(async () => undefined);
        door.open();
        await scripted.untilSettled(8);
        expect(scripted.mostInFlight).toBe(3);
    });

    test('known deliveries, failed writes and lanes already running give their slot back', async () => {
        const scripted = await start({pollMs: NEVER});
        const {outbox, queue} = scripted;
        const door = gate();
        scripted.answer = async () => {
            await door.opened;
            return DELIVERED;
        };
        await scripted.accept('a', {source_id: 'same'});
        await scripted.untilTried(1);
        await scripted.accept('a');
        await expect(scripted.accept('a', {source_id: 'same'})).rejects.toThrow('not stored: known');
        await scripted.until(() => freeSlots(scripted) === 3);
        const slot = outbox.reserve(queue.queue);
        await expect(
            store.database.write(async (tx) => {
                await append(tx, queue.delivery('b'), scripted.now, slot?.lease ?? null);
                throw new Error('no space');
            }),
        ).rejects.toThrow('no space');
        slot?.release();
        await scripted.until(() => freeSlots(scripted) === 3);
        door.open();
        await scripted.untilSettled(2);
        await scripted.until(() => freeSlots(scripted) === 4);
    });

    test('whatever comes, lanes at once stay within the slots, and all slots come back', async () => {
        await check(
            fc.asyncProperty(
                fc.integer({min: 1, max: 4}),
                fc.array(
                    fc.record({
                        lane: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
                        fails: fc.boolean(),
                        kick: fc.boolean(),
                        pause: fc.nat(3),
                    }),
                    {
                        minLength: 1,
                        maxLength: 25,
                    },
                ),
                async (slots, events) => {
                    const scripted = scriptedOutbox(store.database, {slots, pollMs: 25});
                    await scripted.outbox.start();
                    const failing = new Set<string>();
                    scripted.answer = async ({delivery}) => {
                        await new Promise((resolve) => setImmediate(resolve));
                        scripted.now += 300;
                        if (!failing.delete(delivery.source_id)) return DELIVERED;
                        return {kind: 'retry', uncertain: false, reason: {code: 'down', detail: ''}};
                    };
                    const accepts: Promise<unknown>[] = [];
                    for (const [index, event] of events.entries()) {
                        if (event.fails) failing.add(`e${index}`);
                        accepts.push(scripted.accept(event.lane, {source_id: `e${index}`}));
                        if (event.kick) scripted.outbox.kick(scripted.queue.queue);
                        for (let i = 0; i < event.pause; i++) await new Promise((resolve) => setImmediate(resolve));
                    }
                    await Promise.all(accepts);
                    await scripted.until(() => {
                        scripted.now += 300;
                        return scripted.settled.length === events.length;
                    });
                    expect(scripted.mostInFlight).toBeLessThanOrEqual(slots);
                    expect(scripted.errors).toEqual([]);
                    await scripted.until(() => freeSlots(scripted) === slots);
                    await scripted.outbox.stop(1000);
                },
            ),
            {numRuns: 20},
        );
    });
});
