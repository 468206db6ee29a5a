/** The clock may be set, by hand or by a time server; the steady one only goes on. What lies between them tells when that was done. */

/** Less is what time servers correct all the time. */
const TOLERANCE_MS = 1000;

export type ClockJumps = {
    /** By how much the clock was set since the last look, ms; 0: it was not. */
    look(): number;
    /** How long ago a moment was, not counting what the clock skipped meanwhile. @param then ms since 1970, by the clock of then */
    since(then: number): number;
};

/** Watches the clock. What it skipped before the watch began is not known. */
export function watchClock(now: () => number, steady: () => number): ClockJumps {
    let ahead = now() - steady();
    const skipped: {at: number; ms: number}[] = [];
    return {
        look() {
            const at = now();
            const by = at - steady() - ahead;
            ahead += by;
            if (Math.abs(by) <= TOLERANCE_MS) return 0;
            if (by > 0) skipped.push({at: at - by, ms: by});
            return by;
        },
        since(then) {
            let ms = now() - then;
            for (const one of skipped) if (then <= one.at) ms -= one.ms;
            return ms;
        },
    };
}
