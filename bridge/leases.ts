/**
 * The leases of one outbox: which lanes it runs, and until when each is provably its own.
 *
 * For others a lease ends by the store's clock. Here it is counted by a steady clock too, which goes on while the process is stopped and is
 * never set: a process that was stopped for longer than its lease must know that another may have gone on meanwhile.
 */
import * as lanes from './store/lanes.ts';
import type {Database} from './store/open.ts';

/** The lane is another run's now: whatever this one still wants to do, it must not. */
export class LeaseLost extends Error {}

/** A lease as it begins. @param ends by the steady clock, ms */
export type Term = {lease: lanes.Lease; ends: number};

export type Run = {
    readonly lane: string;
    readonly fence: number;
    isMine(): boolean;
    /**
     * Resolves when the lane is provably ours for so long; prolongs the lease where it has to.
     *
     * @throws LeaseLost when it is not; whatever the store throws when it can't be asked
     */
    hold(ms: number): Promise<void>;
};

type Held = Run & {term: Term; lost: boolean; over: Promise<void>};

export type LeaseOptions = {
    database: Database;
    owner: string;
    leaseMs: number;
    now: () => number;
    steady: () => number;
    /** A lease from before, by the steady clock, may have been ended early: we may have passed for dead. Infinity: any may. */
    provenSince?: (() => number) | undefined;
};

export function createLeases({database, owner, leaseMs, now, steady, provenSince = () => -Infinity}: LeaseOptions) {
    const runs = new Map<string, Held>();
    let renewedAt = steady();
    /** One at a time: of two under way the older could be written last, and set a lease back. */
    let isRenewing = false;

    const term = (): Term => ({lease: {owner, until: now() + leaseMs}, ends: steady() + leaseMs});
    const left = ({term: {lease, ends}}: Held) => Math.min(ends - steady(), lease.until - now());
    const isMine = (run: Held) => !run.lost && runs.get(run.lane) === run;

    async function prolong(held: Held[]): Promise<void> {
        const next = term();
        const fences = await database.write((tx) =>
            lanes.renew(
                tx,
                held.map(({lane}) => lane),
                next.lease,
            ),
        );
        for (const run of held) {
            if (fences.get(run.lane) === run.fence) run.term = next;
            else run.lost = true;
        }
    }

    async function hold(run: Held, ms: number): Promise<void> {
        // Again after each write: the process may have been stopped in it.
        for (let asked = false; ; asked = true) {
            if (!isMine(run)) throw new LeaseLost(`${run.lane} is run elsewhere`);
            const isProven = asked || run.term.ends - leaseMs >= provenSince();
            if (isProven && left(run) > Math.min(ms, leaseMs / 2)) return;
            await prolong([run]);
        }
    }

    return {
        term,
        running: () => runs.size,
        /** Whether leases are to be prolonged. */
        areDue: () => !isRenewing && runs.size > 0 && steady() - renewedAt > leaseMs / 3,
        /** Prolonging has failed for so long that our own leases may be over, and our lanes be claimed by ourselves. */
        areOver: () => steady() - renewedAt > leaseMs,
        /** Prolongs the leases of all that is run. */
        async renew(): Promise<void> {
            const at = steady();
            isRenewing = true;
            try {
                await prolong([...runs.values()]);
                // Only once it is done: a claim at the same time has to know.
                renewedAt = Math.max(renewedAt, at);
            } finally {
                isRenewing = false;
            }
        },
        /** The same, in a transaction that goes on to claim. */
        renewIn: (tx: Parameters<typeof lanes.renew>[0]) => lanes.renew(tx, [...runs.keys()], term().lease),
        /**
         * Does the work of a run. A lane that is still being run here, though its lease was lost and claimed again, is waited for: no two
         * runs of one lane at a time in one process.
         */
        async run({lane, fence}: lanes.Claimed, begun: Term, work: (run: Run) => Promise<void>): Promise<void> {
            const before = runs.get(lane)?.over;
            const {promise: over, resolve: end} = Promise.withResolvers<void>();
            const run: Held = {lane, fence, term: begun, lost: false, over, isMine: () => isMine(run), hold: (ms) => hold(run, ms)};
            runs.set(lane, run);
            try {
                await before;
                await work(run);
            } finally {
                // The lane's next run may have begun while this one was clearing up.
                if (runs.get(lane) === run) runs.delete(lane);
                end();
            }
        },
    };
}
