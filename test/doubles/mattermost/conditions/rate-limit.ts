export type Verdict = {
    readonly allowed: boolean;
    readonly limit: number;
    readonly remaining: number;
    /** seconds until the bucket is full again (not a time stamp) */
    readonly resetS: number;
    readonly retryAfterS: number;
};

export type RateLimiter = {
    /** asked once per request; undefined while the limiter is off */
    ask(key: string): Verdict | undefined;
    clear(): void;
};

type Settings = {readonly rateLimit: {readonly perSec: number; readonly maxBurst: number} | undefined};

/** Mattermost's limiter: a leaky bucket per key that holds `maxBurst + 1` requests and empties `perSec` a second. */
export function createRateLimiter(config: Settings, now: () => number): RateLimiter {
    const fullness = new Map<string, {level: number; at: number}>();
    return {
        ask(key) {
            if (config.rateLimit === undefined) {
                return undefined;
            }
            const {perSec, maxBurst} = config.rateLimit;
            const limit = maxBurst + 1;
            const bucket = fullness.get(key) ?? {level: 0, at: now()};
            bucket.level = Math.max(0, bucket.level - ((now() - bucket.at) / 1000) * perSec);
            bucket.at = now();
            // One more than `limit` passes before the first refusal: measured 102 with a burst of 100.
            const allowed = bucket.level <= limit;
            if (allowed) {
                bucket.level++;
            }
            fullness.set(key, bucket);
            return {
                allowed,
                limit,
                remaining: Math.max(0, Math.floor(limit - bucket.level)),
                resetS: Math.ceil(bucket.level / perSec),
                retryAfterS: Math.max(1, Math.ceil((bucket.level - limit) / perSec)),
            };
        },
        clear: () => fullness.clear(),
    };
}
