/** i-Reserve's side: sends each conversation's events one after another, and repeats word for word what was not acknowledged. */
import {setTimeout as after} from 'node:timers/promises';
import type {EventOutcome} from '../../bridge/contract.ts';

export type Sendable = {readonly id: string};

export type Sender = {
    /** Acknowledged events, in the order of the acknowledgements. */
    readonly acknowledged: Sendable[];
    /** Requests without an answer just now. */
    readonly unanswered: () => number;
    /** Answers that said "duplicate": the acknowledgement before had been lost. */
    readonly duplicates: () => number;
    /** Answers other than "accepted", by status and code. */
    readonly refusals: Map<string, number>;
    /** Sends the events in this order. Ends when all are acknowledged, or after `stop()` with the one in hand. */
    sendAll(events: Iterable<Sendable>, pauseMs: () => number): Promise<void>;
    /** One try. @returns whether it was acknowledged */
    send(event: Sendable): Promise<boolean>;
    stop(): void;
};

const REPEAT_MS = 25;
const TRY_MS = 10_000;

/** @param url where the bridge is now; null while there is none */
export function createSender(url: () => string | null, token: string): Sender {
    const acknowledged: Sendable[] = [];
    const refusals = new Map<string, number>();
    let [unanswered, duplicates] = [0, 0];
    let stopped = false;

    async function send(event: Sendable): Promise<boolean> {
        const base = url();
        if (!base) return false;
        unanswered++;
        try {
            const response = await fetch(`${base}/v1/events`, {
                method: 'POST',
                headers: {'content-type': 'application/json', authorization: `Bearer ${token}`},
                body: JSON.stringify(event),
                signal: AbortSignal.timeout(TRY_MS),
            });
            const body = (await response.json()) as EventOutcome & {code?: string};
            if (response.ok) {
                acknowledged.push(event);
                if (body.outcome === 'duplicate') duplicates++;
                return true;
            }
            const kind = `${response.status} ${body.code}`;
            refusals.set(kind, (refusals.get(kind) ?? 0) + 1);
        } catch {
            // No answer: it may be stored or not.
        } finally {
            unanswered--;
        }
        return false;
    }

    return {
        acknowledged,
        refusals,
        unanswered: () => unanswered,
        duplicates: () => duplicates,
        send,
        stop() {
            stopped = true;
        },
        async sendAll(events, pauseMs) {
            for (const event of events) {
                while (!(await send(event))) await after(REPEAT_MS);
                if (stopped) return;
                await after(pauseMs());
            }
        },
    };
}
