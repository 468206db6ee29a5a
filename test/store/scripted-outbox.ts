/** An outbox whose deliveries come to the test: the test says what comes of each, and holds the clock. */
import {randomUUID} from 'node:crypto';
import {onTestFinished, vi} from 'vitest';
import type {Attempt, Result} from '../../bridge/attempt.ts';
import {createOutbox, type OutboxOptions} from '../../bridge/outbox.ts';
import {append, type NewDelivery} from '../../bridge/store/lanes.ts';
import type {Database} from '../../bridge/store/open.ts';
import type {DeliveryRow, NoticeRow} from '../../bridge/store/schema.ts';
import {newQueue, type Queue, START} from './queue.ts';

export const DELIVERED: Result = {kind: 'final', state: 'delivered'};

export const down = (more: Partial<Extract<Result, {kind: 'retry'}>> = {}): Result => ({
    kind: 'retry',
    uncertain: false,
    reason: {code: 'mattermost_down', detail: 'no answer'},
    ...more,
});

/** One try as it was seen: `c:1#2` is the second delivery ever accepted in lane c:1. */
export type Try = Attempt & {lane: string};

export type ScriptedOutbox = ReturnType<typeof scriptedOutbox>;

/** @param queue given to look at a queue that another outbox had before. */
export function scriptedOutbox(database: Database, {queue = newQueue(database), ...given}: Partial<OutboxOptions> & {queue?: Queue} = {}) {
    const tries: Try[] = [];
    const settled: number[] = [];
    const notices: NoticeRow[] = [];
    const errors: unknown[] = [];
    /** A poll asks which queues may be worked on, once or twice. */
    let looks = 0;
    const state = {
        now: START,
        /** What comes of a try. */
        answer: (_one: Try): Result | Promise<Result> => DELIVERED,
        queues: [queue.queue],
        inFlight: 0,
        mostInFlight: 0,
    };
    const outbox = createOutbox({
        database,
        async deliver(attempt) {
            const one = {...attempt, lane: attempt.delivery.lane.slice(queue.queue.length + 1)};
            tries.push(one);
            state.mostInFlight = Math.max(state.mostInFlight, ++state.inFlight);
            try {
                return await state.answer(one);
            } finally {
                state.inFlight--;
            }
        },
        queues: () => {
            looks++;
            return state.queues;
        },
        deadLetterAfterMs: () => 3_600_000,
        onNotice: (notice) => notices.push(notice),
        onAttempt: (entry, result) => {
            if (result.kind !== 'retry' || entry.level === 'error') settled.push(entry.delivery_seq ?? 0);
        },
        onError: (error) => errors.push(error),
        owner: randomUUID(),
        now: () => state.now,
        steady: () => state.now,
        random: () => 0.5,
        slots: 4,
        pollMs: 5,
        // The clock may jump without ending leases.
        leaseMs: 1_000_000_000,
        ...given,
    });
    onTestFinished(() => outbox.stop(2000));

    const until = (condition: () => boolean | Promise<boolean>) => vi.waitUntil(condition, {timeout: 15_000, interval: 2});
    return Object.assign(state, {
        outbox,
        queue,
        tries,
        /** Seqs, in the order in which they were settled for good. */
        settled,
        notices,
        errors,
        until,
        untilTried: (count: number) => until(() => tries.length >= count),
        untilSettled: (count: number) => until(() => settled.length >= count),
        /** Resolves after the outbox has looked for work again, more than once, and found what there is. */
        async looksAgain(): Promise<void> {
            for (let times = 0; times < 2; times++) {
                const enough = looks + 8;
                await until(() => looks >= enough);
                await database.write(async () => undefined);
            }
        },
        /** Stores a delivery as the receiver does: with a slot when one is free. */
        async accept(lane: string, more: Partial<NewDelivery> = {}): Promise<DeliveryRow> {
            const slot = outbox.reserve(queue.queue);
            try {
                const appended = await database.write((tx) =>
                    append(tx, queue.delivery(lane, {received_at: state.now, ...more}), state.now, slot?.lease ?? null),
                );
                if (appended.kind === 'stored' && appended.claimed) slot?.run(appended.claimed);
                else slot?.release();
                if (appended.kind !== 'stored') throw new Error(`not stored: ${appended.kind}`);
                return appended.row;
            } finally {
                outbox.kick(queue.queue);
            }
        },
    });
}

/** A door that tries wait at until the test opens it. */
export function gate(): {opened: Promise<void>; open(): void} {
    const {promise, resolve} = Promise.withResolvers<void>();
    return {opened: promise, open: resolve};
}
