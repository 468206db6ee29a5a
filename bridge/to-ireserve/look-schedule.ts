/** When what was said is looked for, beside what the event stream brings. */

/**
 * How long nobody looks, ms: without the stream (a proxy that lets no WebSocket through, or a server that is away), and with it. A server may lose
 * an event without a trace, between the nodes of a cluster.
 */
export const LOOK_MS = {down: 4000, up: 60_000};
/** How often it is asked whether a look is due, ms. */
export const WATCH_MS = 1000;
const FIRST_WAIT_MS = 250;
/** An answer waits for no longer than this after Mattermost can be asked again. */
const LONGEST_WAIT_MS = 5000;

/** Tells whether a look is due. All times are ms; a clock that was set, forward or back, makes one due. @param lookedAt of the last look's start */
export function isLookDue(at: number, {isUp, lookedAt}: {isUp: boolean; lookedAt: number}, look: typeof LOOK_MS = LOOK_MS): boolean {
    return Math.abs(at - lookedAt) > (isUp ? look.up : look.down);
}

/** Computes the wait before a look, ms. @param failures in a row; @param random in [0, 1) */
export function waitBeforeLook(failures: number, random: number): number {
    return failures === 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10)) * (0.5 + random / 2);
}
