/** Refuses who keeps failing to authenticate. Counted after the check, so a valid bearer is never held to account for its neighbours behind one proxy. */
import type {NextFunction, Request, Response} from 'express';
import {ipKeyGenerator} from 'express-rate-limit';
import {BridgeError} from '../errors.ts';
import {createAllowance} from './allowance.ts';

export const FAILURE_WINDOW_MS = 10_000;
export const MOST_FAILURES = 600;

/** Creates the error middleware that turns a client's 401 into 429 once its address failed `MOST_FAILURES` times within the window. */
export function createFailureLimit(now: () => number, replicas: () => number = () => 1) {
    // All replicas together allow no more: who guesses gains nothing by their number.
    const allow = createAllowance({now, most: MOST_FAILURES, windowMs: FAILURE_WINDOW_MS, replicas});
    return (error: unknown, request: Request, _response: Response, next: NextFunction): void => {
        if (!(error instanceof BridgeError) || error.status !== 401) {
            next(error);
            return;
        }
        try {
            allow(ipKeyGenerator(request.ip ?? ''));
            next(error);
        } catch (tooMany) {
            next(tooMany);
        }
    };
}
