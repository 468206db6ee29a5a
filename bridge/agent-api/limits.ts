/** How often the agent API may be asked: by one session, and in vain from one address. */
import type {NextFunction, Request, Response} from 'express';
import {ipKeyGenerator, type Options, rateLimit} from 'express-rate-limit';
import {BridgeError} from '../errors.ts';
import {sha256} from '../secrets.ts';
import {bearerOf} from './authenticate.ts';

const WINDOW_MS = 10_000;
const MOST_PER_SESSION = 120;
const MOST_FAILURES = 600;
/** How long a bearer that was good is not held to account for its neighbours' failures: all may come through one proxy. */
const GOOD_MS = 10 * 60_000;
const MOST_REMEMBERED = 10_000;

export function createLimits(now: () => number) {
    const good = new Map<string, number>();
    const keyOf = (request: Request): string | null => {
        const token = bearerOf(request.headers);
        return token === null ? null : sha256(token);
    };
    const shared: Partial<Options> = {
        windowMs: WINDOW_MS,
        standardHeaders: false,
        legacyHeaders: false,
        // What a proxy says of addresses is not believed, so there is nothing to warn of.
        validate: {xForwardedForHeader: false, forwardedHeader: false},
        handler(request: Request, _response: Response, next: NextFunction) {
            const {resetTime} = (request as Request & {rateLimit?: {resetTime?: Date}}).rateLimit ?? {};
            const left = (resetTime?.getTime() ?? Date.now() + WINDOW_MS) - Date.now();
            next(new BridgeError('too_many_requests', 'slow down', {retryAfter: Math.max(1, Math.ceil(left / 1000))}));
        },
    };
    const ofAddress = rateLimit({
        ...shared,
        limit: MOST_FAILURES,
        keyGenerator: (request) => ipKeyGenerator(request.ip ?? ''),
        skip: (request) => (good.get(keyOf(request) ?? '') ?? 0) > now(),
        skipSuccessfulRequests: true,
        requestWasSuccessful(request, response) {
            const isGood = response.statusCode !== 401;
            const key = keyOf(request);
            if (isGood && key && response.statusCode < 400) {
                if (good.size >= MOST_REMEMBERED) good.clear();
                good.set(key, now() + GOOD_MS);
            }
            return isGood;
        },
    });
    const ofSession = rateLimit({
        ...shared,
        limit: MOST_PER_SESSION,
        keyGenerator: (request) => keyOf(request) ?? '',
        skip: (request) => keyOf(request) === null,
    });
    return [ofAddress, ofSession];
}
