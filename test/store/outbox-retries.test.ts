/** What becomes of a delivery that fails: back-off, doubt, dead letters, replay. */
import {expect, test} from 'vitest';
import type {Result} from '../../bridge/attempt.ts';
import {discard, replay} from '../../bridge/store/by-hand.ts';
import {onBothDatabases} from './both-databases.ts';
import {START} from './queue.ts';
import {DELIVERED, down, type ScriptedOutbox, scriptedOutbox} from './scripted-outbox.ts';

const HOUR = 3_600_000;

onBothDatabases((store) => {
    const start = async (...given: Parameters<typeof scriptedOutbox> extends [unknown, ...infer Rest] ? Rest : never) => {
        const scripted = scriptedOutbox(store.database, ...given);
        await scripted.outbox.start();
        return scripted;
    };

    /** Waits until the try number `count` has failed. @returns ms the lane now waits; the clock is then put there. */
    async function waitAfterTry(scripted: ScriptedOutbox, count: number, lane = 'a'): Promise<number> {
        await scripted.until(async () => (await scripted.queue.lane(lane)).attempts === count);
        const {due, owner} = await scripted.queue.lane(lane);
        expect(owner).toBeNull();
        const wait = (due ?? Number.NaN) - scripted.now;
        scripted.now += wait;
        return wait;
    }

    test.each([
        ['shortest', 0, [125, 250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]],
        ['longest', 1, [250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]],
    ])('tries are ever further apart, up to a limit: %s waits', async (_which, random, expected) => {
        const scripted = await start({random: () => random});
        scripted.answer = () => down();
        await scripted.accept('a');
        const waits: number[] = [];
        for (const _ of expected) waits.push(await waitAfterTry(scripted, waits.length + 1));
        expect(waits).toEqual(expected);
        expect(scripted.errors).toEqual([]);
    });

    test('nothing is tried before its time, and a success starts the counting afresh', async () => {
        const scripted = await start();
        let answers = [down(), down(), DELIVERED, down()];
        scripted.answer = () => answers.shift() ?? DELIVERED;
        await scripted.accept('a');
        await scripted.accept('a');
        await scripted.until(async () => (await scripted.queue.lane('a')).attempts === 1);
        const {due} = await scripted.queue.lane('a');
        scripted.now = (due ?? 0) - 1;
        await scripted.looksAgain();
        expect(scripted.tries).toHaveLength(1);
        scripted.now++;
        expect(await waitAfterTry(scripted, 2)).toBe(375);
        await scripted.untilSettled(1);
        // The second delivery of the lane fails for the first time.
        expect(await waitAfterTry(scripted, 1)).toBe(188);
        answers = [];
        await scripted.untilSettled(2);
        expect(scripted.tries.map(({delivery}) => delivery.attempts)).toEqual([0, 1, 2, 0, 1]);
    });

    test('a short wait does not last until the next regular look', async () => {
        const scripted = await start({pollMs: HOUR, now: Date.now, random: () => 0});
        scripted.answer = () => (scripted.tries.length === 1 ? down() : DELIVERED);
        await scripted.accept('a');
        await scripted.untilSettled(1);
        expect(scripted.tries).toHaveLength(2);
    });

    test('a wait the other side asked for is kept when it is longer than ours', async () => {
        const scripted = await start();
        scripted.answer = () => down({afterMs: scripted.tries.length === 1 ? 90_000 : 100});
        await scripted.accept('a');
        expect(await waitAfterTry(scripted, 1)).toBe(90_000);
        expect(await waitAfterTry(scripted, 2)).toBe(375);
    });

    test('what an admin has to mend is told once, and tried rarely', async () => {
        const scripted = await start();
        const notice = {code: 'channel_archived', subject: 'ch1', detail: 'archived'};
        scripted.answer = () => down({notice});
        await scripted.accept('a');
        const waits: number[] = [];
        for (let i = 1; i <= 5; i++) waits.push(await waitAfterTry(scripted, i));
        expect(waits).toEqual([11_250, 22_500, 45_000, 90_000, 90_000]);
        expect(scripted.notices).toEqual([{...notice, integration_id: scripted.queue.integration_id, since: START}]);
    });

    test('after the time limit it is a dead letter, but never before its fifth try', async () => {
        const scripted = await start();
        scripted.answer = ({delivery}) => (delivery.source_id === 'event-1' ? down() : DELIVERED);
        const {seq} = await scripted.accept('a');
        const next = await scripted.accept('a');
        for (let i = 1; i <= 4; i++) {
            await waitAfterTry(scripted, i);
            scripted.now += HOUR;
        }
        await scripted.untilSettled(2);
        expect(scripted.settled).toEqual([seq, next.seq]);
        expect(await scripted.queue.delivered(seq)).toMatchObject({
            state: 'dead',
            attempts: 5,
            reason_code: 'mattermost_down',
            reason_detail: 'given up after 5 tries: no answer',
        });
        const log = await store.database.read
            .selectFrom('log')
            .select(['level', 'attempt'])
            .where('delivery_seq', '=', seq)
            .orderBy('id')
            .execute();
        expect(log.map(({level, attempt}) => `${level} ${attempt}`)).toEqual(['warn 1', 'warn 2', 'warn 3', 'warn 4', 'error 5']);
    });

    test('however often it was tried, within the time limit it stays', async () => {
        const scripted = await start();
        scripted.answer = () => down();
        const {seq} = await scripted.accept('a');
        for (let i = 1; i <= 7; i++) await waitAfterTry(scripted, i);
        expect(await scripted.queue.delivered(seq)).toMatchObject({state: 'queued', attempts: 7});
    });

    test('what can never be delivered is a dead letter at once, and the lane goes on', async () => {
        const scripted = await start();
        scripted.answer = ({delivery}) =>
            delivery.source_id === 'event-1' ? {kind: 'never', reason: {code: 'too_long', detail: 'x'}} : DELIVERED;
        const {seq} = await scripted.accept('a');
        const next = await scripted.accept('a');
        await scripted.untilSettled(2);
        expect(scripted.settled).toEqual([seq, next.seq]);
        expect(await scripted.queue.delivered(seq)).toMatchObject({
            state: 'dead',
            reason_code: 'too_long',
            reason_detail: 'x',
            attempts: 1,
        });
    });

    /** Runs a lane through these answers; the clock jumps whenever the lane waits. @returns how unsure each try was. */
    async function doubts(scripted: ScriptedOutbox, answers: Result[], settled: number): Promise<string> {
        scripted.answer = () => answers.shift() ?? DELIVERED;
        await scripted.until(() => {
            scripted.now += 1000;
            return scripted.settled.length >= settled;
        });
        return scripted.tries.map(({delivery, uncertain}) => `${delivery.source_id}${uncertain ? '?' : ''}`).join(' ');
    }

    test('doubt stays until the delivery is settled: a later try may fail before it could look', async () => {
        const {queue} = scriptedOutbox(store.database);
        await queue.put('a');
        await queue.put('a');
        const scripted = scriptedOutbox(store.database, {queue});
        const answers = [down({uncertain: false}), down({uncertain: true}), down({uncertain: false}), down({uncertain: false})];
        const result = doubts(scripted, answers, 2);
        await scripted.outbox.start();
        expect(await result).toBe('event-1 event-1 event-1? event-1? event-1? event-2');
    });

    test('a delivery that throws is tried again, in doubt', async () => {
        const scripted = await start();
        let thrown = false;
        scripted.answer = () => {
            if (thrown) return DELIVERED;
            thrown = true;
            throw new Error('a mistake of ours');
        };
        const {seq} = await scripted.accept('a');
        await scripted.until(async () => (await scripted.queue.delivered(seq)).reason_code === 'internal');
        scripted.now += 1000;
        await scripted.untilSettled(1);
        expect(scripted.tries.map(({uncertain}) => uncertain)).toEqual([false, true]);
        expect(scripted.errors).toMatchObject([{message: 'a mistake of ours'}]);
        expect(
            JSON.stringify(await store.database.read.selectFrom('log').selectAll().where('delivery_seq', '=', seq).execute()),
        ).not.toContain('a mistake');
    });

    test('a replayed delivery is in doubt, through all its tries; the one it overtook is not, when it was not before', async () => {
        const scripted = await start();
        scripted.answer = () => ({kind: 'never', reason: {code: 'refused', detail: ''}});
        const {seq} = await scripted.accept('a');
        await scripted.untilSettled(1);
        scripted.queues = [];
        await scripted.looksAgain();
        await scripted.queue.put('a');
        await store.database.write((tx) => replay(tx, seq, scripted.now));
        scripted.queues = [scripted.queue.queue];
        expect(await doubts(scripted, [down({uncertain: false})], 3)).toBe('event-1 event-1? event-1? event-2');
    });

    test('a replay that comes during an unlucky try does not make its doubt forgotten', async () => {
        const scripted = await start();
        scripted.answer = () => ({kind: 'never', reason: {code: 'refused', detail: ''}});
        const {seq} = await scripted.accept('a');
        await scripted.untilSettled(1);
        scripted.answer = async () => {
            await store.database.write((tx) => replay(tx, seq, scripted.now));
            return down({uncertain: true});
        };
        await scripted.accept('a');
        await scripted.until(async () => (await scripted.queue.lane('a')).attempts === 1);
        expect(await doubts(scripted, [], 3)).toBe('event-1 event-2 event-1? event-2?');
    });

    test('after a stuck head is given up by hand, the next one is tried at once and without doubt', async () => {
        const scripted = await start();
        scripted.answer = () => down({afterMs: HOUR, uncertain: true});
        const {seq} = await scripted.accept('a');
        const next = await scripted.accept('a');
        await scripted.until(async () => (await scripted.queue.lane('a')).attempts === 1);
        scripted.answer = () => DELIVERED;
        expect(await store.database.write((tx) => discard(tx, seq, 'asked', scripted.now))).toBe(true);
        await scripted.untilSettled(1);
        expect(scripted.tries.at(-1)).toMatchObject({delivery: {seq: next.seq}, uncertain: false});
    });

    test('what was being tried when the process died is in doubt; the rest of its lane is not', async () => {
        const {queue} = scriptedOutbox(store.database);
        await queue.put('a');
        await queue.put('a');
        await queue.claimOne('died');
        const scripted = await start({queue});
        // On SQLite the start knows that nobody else can hold the lease; on PostgreSQL it has to end.
        if (store.dialect === 'postgres') scripted.now = queue.leaseOf('died', START).until;
        expect(await doubts(scripted, [], 2)).toBe('event-1? event-2');
    });
});
