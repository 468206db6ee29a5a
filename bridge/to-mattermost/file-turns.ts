/**
 * How many files that come after their message are brought at once, per integration: a host that lets everybody wait for its answer must not hold
 * all of the slots in which words are delivered.
 */

/** Guess of how long one takes, until one has been brought, ms. */
const FIRST_GUESS_MS = 250;
/** Nobody is sent away for longer, ms. */
const LONGEST_WAIT_MS = 30_000;

/** `leave` is called when it is over; `until`: not now, ms since 1970. */
export type Turn = {leave(): void} | {until: number};

/** Creates the turns of one service. @param most at once, per integration @param now ms since 1970 */
export function createFileTurns({most, now}: {most: number; now: () => number}) {
    const integrations = new Map<string, {running: number; takesMs: number; nextAt: number}>();
    return {
        /** Gives a turn, or says when to ask again: those who are sent away come back one after the other, as fast as turns end. */
        enter(integration_id: string): Turn {
            const known = integrations.get(integration_id) ?? {running: 0, takesMs: FIRST_GUESS_MS, nextAt: 0};
            integrations.set(integration_id, known);
            const began = now();
            if (known.running < most) {
                known.running++;
                return {
                    leave() {
                        known.running--;
                        known.takesMs = Math.max(1, now() - began);
                    },
                };
            }
            const latest = began + LONGEST_WAIT_MS;
            // Beyond the latest it is from before the clock was set back.
            const from = known.nextAt > latest ? began : Math.max(began, known.nextAt);
            known.nextAt = Math.min(latest, from + known.takesMs / most);
            return {until: Math.ceil(known.nextAt)};
        },
    };
}
