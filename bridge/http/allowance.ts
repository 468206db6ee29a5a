/** How often somebody may ask within a time: a fixed window per key, in memory of this process. */
import {BridgeError} from '../errors.ts';

/** Keys remembered at once; beyond that those whose window is over are forgotten. */
const MOST_KEYS = 10_000;

/** Counts one request of this key. @throws BridgeError too_many_requests, with the seconds until the window ends */
export type Allowance = (key: string) => void;

export type AllowanceOptions = {
    now: () => number;
    /** 0: without end. */
    most: number;
    windowMs: number;
    /** How many replicas share it; each allows its part. Default: each allows all of it. */
    replicas?: () => number;
};

/** Creates an allowance of `most` requests per key within `windowMs`. */
export function createAllowance({now, most, windowMs, replicas = () => 1}: AllowanceOptions): Allowance {
    const windows = new Map<string, {endsAt: number; count: number}>();
    return (key) => {
        if (most === 0) return;
        const at = now();
        let window = windows.get(key);
        // The second half is for a clock that was set back: nobody waits longer than one window.
        if (!window || window.endsAt <= at || window.endsAt > at + windowMs) {
            if (windows.size >= MOST_KEYS) for (const [other, {endsAt}] of windows) if (endsAt <= at) windows.delete(other);
            window = {endsAt: at + windowMs, count: 0};
            windows.set(key, window);
        }
        window.count++;
        if (window.count > Math.max(1, Math.floor(most / replicas()))) {
            const retryAfter = Math.max(1, Math.ceil((window.endsAt - at) / 1000));
            throw new BridgeError('too_many_requests', `more than ${most} within ${Math.round(windowMs / 1000)} s`, {retryAfter});
        }
    };
}
