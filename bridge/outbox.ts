/**
 * Only the outbox sends. It leases lanes, tries each head once at a time, and turns what came of it into: done, back-off, or dead letter.
 * It knows nothing of Mattermost or i-Reserve: a `deliver` function is given for each direction.
 */
import {type Attempt, backoff, LONGEST_WAIT_MS, logEntries, type Result, type Settled, type Turn} from './attempt.ts';
import {watchClock} from './clock-jumps.ts';
import {createKeepTrying} from './keep-trying.ts';
import {createLeases, LeaseLost, type Run, type Term} from './leases.ts';
import * as lanes from './store/lanes.ts';
import type {Database, Tx} from './store/open.ts';
import {raiseNotice} from './store/records.ts';
import type {DeliveryRow, LogEntry, NoticeRow} from './store/schema.ts';
import {createWaiters} from './waiters.ts';

export type OutboxOptions = {
    database: Database;
    deliver: (attempt: Attempt) => Promise<Result>;
    /** Queues that may be worked on now (active integrations). */
    queues: () => string[];
    deadLetterAfterMs: (integration_id: string) => number;
    /** Written in the transaction that settles a delivery, or puts it back after a failed try. */
    alongside?: (tx: Tx, delivery: DeliveryRow, turn: Turn) => Promise<void>;
    onNotice: (notice: NoticeRow) => void;
    /** `delayMs`: since the delivery was accepted. */
    onAttempt: (entry: LogEntry, result: Settled, delayMs: number) => void;
    onError: (error: unknown) => void;
    /** See leases.ts. */
    provenSince?: () => number;
    /** The clock was set: compares it with the database's anew. */
    onClockSet?: () => Promise<void>;
    owner: string;
    now: () => number;
    /** ms that only go on, whatever happens to the clock. */
    steady: () => number;
    random: () => number;
    /** Lanes run at once per queue. */
    slots: number;
    leaseMs?: number;
    pollMs?: number;
};

/** A run whose lane is somebody else's. */
const LOST = Symbol('lost');
/** After so many deliveries in a row a lane lets others pass. */
const FAIR_RUN = 100;
/** However old a delivery is, it gets this many tries before it is a dead letter: it may just have waited behind another. */
const FEWEST_TRIES = 5;

export type Slot = {lease: lanes.Lease; release(): void; run(claimed: lanes.Claimed): void};
export type Outbox = ReturnType<typeof createOutbox>;

export function createOutbox(options: OutboxOptions) {
    const {
        database,
        deliver,
        queues,
        owner,
        now,
        steady,
        random,
        slots,
        leaseMs = 30_000,
        pollMs = 1000,
        alongside = async () => undefined,
        onClockSet = async () => undefined,
    } = options;
    const clock = watchClock(now, steady);
    const leases = createLeases({database, owner, leaseMs, now, steady, provenSince: options.provenSince});
    const perQueue = new Map<string, number>(); // slots in use or promised
    const turns = new Map<string, number>(); // lanes claimed so far
    const held = new Map<string, number>(); // queue → until by the steady clock, after a queue-wide failure
    const waiters = createWaiters();
    /** Queues in which a lane may be due. Without this, every delivery would end with a look for work that is hardly ever there. */
    const mayBeDue = new Set<string>();
    const claiming = new Set<string>();
    const again = new Set<string>();
    /** What waits is being put right after the clock was set. */
    let settingRight = false;
    let stopping = false;
    let abandoned = false;
    let timer: NodeJS.Timeout | null = null;

    /** A lane in hand must be given back, or it is stuck until its lease ends. */
    const keepTrying = createKeepTrying({onError: options.onError, stopping: () => stopping, abandoned: () => abandoned});
    const free = (queue: string) => slots - (perQueue.get(queue) ?? 0);
    const open = (queue: string) => !stopping && (held.get(queue) ?? 0) <= steady() && queues().includes(queue);

    const take = (queue: string, more: number) => perQueue.set(queue, (perQueue.get(queue) ?? 0) + more);

    /** A lane of this queue may be due: looks for it, now or as soon as a slot is free. */
    function kick(queue: string): void {
        mayBeDue.add(queue);
        claimDue(queue);
    }

    /** Calls while a claim is under way are joined. */
    function claimDue(queue: string): void {
        if (!open(queue) || !mayBeDue.has(queue) || isSettingRight()) return;
        if (claiming.has(queue)) {
            again.add(queue);
            return;
        }
        // After a queue-wide failure one lane is the probe; the others follow when it gets through.
        const room = () => (held.has(queue) ? (free(queue) === slots ? 1 : 0) : free(queue));
        if (room() <= 0) return;
        claiming.add(queue);
        let promised = 0;
        const promise = (more: number) => {
            take(queue, more - promised);
            promised = more;
        };
        const turn = turns.get(queue) ?? 0;
        let term = leases.term();
        database
            .write(async (tx) => {
                promise(0);
                const most = room();
                // A stop may have begun while this waited for its turn to write, and the clock been set: our own leases would seem over.
                if (most <= 0 || !open(queue) || isSettingRight()) return [];
                // Not before the claim itself runs, and not later: meanwhile `reserve` must not give the same slots away.
                promise(most);
                // When renewing has failed for long, our own leases are over too; what we are running is not to be claimed and run twice.
                if (leases.areOver()) await leases.renewIn(tx);
                term = leases.term();
                return lanes.claim(database, tx, queue, most, now(), term.lease, turn);
            })
            .then((claimed) => {
                turns.set(queue, turn + claimed.length);
                if (claimed.length < promised && !again.has(queue)) mayBeDue.delete(queue);
                for (const one of claimed) run(queue, one, term);
            }, options.onError)
            .finally(() => {
                promise(0);
                claiming.delete(queue);
                if (again.delete(queue)) kick(queue);
            });
    }

    /** Looks whether the clock was set. Times in the store were written by the clock of then: whatever waits is tried now. */
    function isSettingRight(): boolean {
        if (settingRight || clock.look() === 0) return settingRight;
        settingRight = true;
        keepTrying(async () => {
            await onClockSet();
            await leases.renew();
            for (const queue of queues()) await database.write((tx) => lanes.wake(tx, queue, now()));
        })
            .catch(options.onError)
            .finally(() => {
                settingRight = false;
                for (const queue of queues()) kick(queue);
            });
        return true;
    }

    function run(queue: string, claimed: lanes.Claimed, term: Term): void {
        take(queue, 1);
        leases
            .run(claimed, term, (mine) => runLane(queue, claimed, mine))
            .catch((error: unknown) => {
                if (!abandoned) options.onError(error);
            })
            .finally(() => {
                take(queue, -1);
                claimDue(queue);
            });
    }

    async function runLane(queue: string, claimed: lanes.Claimed, mine: Run): Promise<void> {
        let head: DeliveryRow | null = claimed.head;
        let {uncertain, attempts} = claimed;
        for (let count = 1; head; count++) {
            if (!open(queue)) {
                mayBeDue.add(queue);
                await putBackUntried(mine, head, now(), uncertain);
                return;
            }
            const current: DeliveryRow = head;
            const startedAt = now();
            // Tried more often than its lane knows: a replayed one overtook it, and took the lane's doubt along.
            const unsure = uncertain || current.reason_code === lanes.REPLAYED || current.attempts > attempts;
            const result = await deliver({delivery: current, uncertain: unsure, lease: mine}).catch((error: unknown): Result | null => {
                if (error instanceof LeaseLost) return null;
                options.onError(error);
                return {
                    kind: 'retry',
                    uncertain: true,
                    reason: {code: 'internal', detail: 'the bridge failed while delivering; see its own log'},
                };
            });
            // Lost, and perhaps claimed again meanwhile: the new run looks for itself what came of this try.
            if (!result || !mine.isMine()) return;
            if (result.kind === 'later') {
                await putBackUntried(mine, current, result.until, uncertain);
                const wait = Math.max(0, result.until - now());
                if (wait < pollMs) setTimeout(() => kick(queue), wait + 1).unref();
                return;
            }
            head = await settle(queue, mine, current, result, {attempts, unsure, startedAt, release: count >= FAIR_RUN});
            uncertain = false;
            attempts = 0;
        }
    }

    /**
     * Writes what a run leaves behind: all of it or, when the lane is somebody else's by now, nothing. Written once more after an error, the lane
     * may be gone because the first time stood: that is `ended`.
     */
    async function writeHeld<T>(ended: T, work: (tx: Tx) => Promise<T>): Promise<T | typeof LOST> {
        let tries = 0;
        return keepTrying(async () => {
            tries++;
            try {
                return await database.write(work);
            } catch (error) {
                if (error instanceof lanes.LaneLost) return tries === 1 ? LOST : ended;
                throw error;
            }
        });
    }

    const putBackUntried = ({lane, fence}: Run, head: DeliveryRow, due: number, uncertain: boolean) =>
        writeHeld(undefined, (tx) => lanes.putBack(tx, {lane, owner, fence, head, due, uncertain, tried: false, now: now()}));

    async function settle(
        queue: string,
        {lane, fence}: Run,
        head: DeliveryRow,
        result: Settled,
        {attempts, unsure, startedAt, release}: {attempts: number; unsure: boolean; startedAt: number; release: boolean},
    ): Promise<DeliveryRow | null> {
        const at = now();
        const tooLate =
            result.kind === 'retry' &&
            head.attempts + 1 >= FEWEST_TRIES &&
            clock.since(head.received_at) > options.deadLetterAfterMs(head.integration_id);
        const entries = logEntries(head, result, {at, startedAt, tooLate});
        const [entry] = entries;
        if (result.kind === 'retry' && !tooLate) {
            const wait = backoff(attempts, result, random());
            const notice = result.notice && {...result.notice, integration_id: head.integration_id, since: at};
            const isNew = await writeHeld(false, async (tx) => {
                // Doubt stays until the delivery is settled: this try may have failed before it could look.
                const uncertain = unsure || result.uncertain;
                const due = at + wait;
                await lanes.putBack(tx, {lane, owner, fence, head, due, uncertain, reason: result.reason, tried: true, now: at});
                await lanes.writeLog(tx, [entry]);
                await alongside(tx, head, {state: 'waiting', reason: result.reason});
                return notice ? raiseNotice(tx, notice) : false;
            });
            if (isNew === LOST) return null;
            if (result.queueWide) held.set(queue, steady() + wait);
            // The poll would find it too, but later than it is due.
            if (wait < pollMs) setTimeout(() => kick(queue), wait + 1).unref();
            options.onAttempt(entry, result, at - head.received_at);
            if (notice && isNew) options.onNotice(notice);
            return null;
        }
        const final: lanes.Final =
            result.kind === 'final'
                ? {state: result.state, reason: result.reason, result: result.result}
                : {state: 'dead', reason: {code: entry.code, detail: entry.detail}};
        const next = await writeHeld<DeliveryRow | null>(null, async (tx) => {
            if (result.kind === 'final' && result.writes) await result.writes(tx);
            await lanes.writeLog(tx, entries);
            await alongside(tx, head, {
                state: final.state as Turn['state'],
                reason: result.kind === 'final' ? final.reason : {...result.reason, ...final.reason},
            });
            return lanes.finish(tx, {lane, owner, fence, head, final, release, now: at});
        });
        if (next === LOST) return null;
        if (held.delete(queue)) {
            // It works again: what waits for its back-off need not wait longer.
            await keepTrying(() => database.write((tx) => lanes.wake(tx, queue, now())));
            kick(queue);
        }
        if (release) mayBeDue.add(queue);
        options.onAttempt(entry, result, at - head.received_at);
        const settled = {...head, ...lanes.settledFields(final, at), attempts: head.attempts + 1};
        waiters.tell(settled);
        return next;
    }

    function poll(): void {
        if (leases.areDue()) leases.renew().catch(options.onError);
        for (const queue of queues()) kick(queue);
    }

    return {
        async start(): Promise<void> {
            await database.write(async (tx) => {
                if (database.dialect === 'sqlite') await lanes.expireLeases(tx, owner, now());
                await lanes.wakeFarOff(tx, now() + LONGEST_WAIT_MS, now());
            });
            timer = setInterval(poll, pollMs);
            poll();
        },
        /**
         * A slot for a delivery about to be stored, so that an idle lane can be claimed in the statement that appends to it.
         * Exactly one of `run` and `release` must be called. Null when no slot is free: the lane is then found by `kick`.
         */
        reserve(queue: string): Slot | null {
            if (!open(queue) || held.has(queue) || free(queue) <= 0) return null;
            take(queue, 1);
            const term = leases.term();
            return {
                lease: term.lease,
                release() {
                    take(queue, -1);
                    claimDue(queue);
                },
                run(claimed) {
                    take(queue, -1);
                    run(queue, claimed, term);
                },
            };
        },
        kick,
        /** Everything that waits in a queue is tried now, e.g. because its integration was changed. */
        async wake(queue: string): Promise<void> {
            held.delete(queue);
            await database.write((tx) => lanes.wake(tx, queue, now()));
            kick(queue);
        },
        /** Resolves with the delivery when this process settles it for good, or with null after `ms`. */
        wait(seq: number, ms: number): Promise<DeliveryRow | null> {
            if (stopping) return Promise.resolve(null);
            return waiters.wait(seq, ms);
        },
        running: leases.running,
        /** Lets what is under way finish for up to `graceMs`; what remains is taken up by its lease's end or the next start. */
        async stop(graceMs: number): Promise<void> {
            stopping = true;
            if (timer) clearInterval(timer);
            // Nobody is kept waiting for an outcome that may not come any more.
            waiters.dismiss();
            const until = performance.now() + graceMs;
            // Also for slots given to what is being stored just now, and for claims: their lanes come with them.
            const busy = () => claiming.size > 0 || [...perQueue.values()].some((taken) => taken > 0);
            while (busy() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
            abandoned = true;
        },
    };
}
