/** How often one session may ask. Who fails to authenticate is counted apart: http/limit-failures.ts. */
import type {RequestHandler} from 'express';
import {createAllowance} from '../http/allowance.ts';
import {sha256} from '../secrets.ts';
import {bearerOf} from './authenticate.ts';

const WINDOW_MS = 10_000;
const MOST_PER_SESSION = 120;

/** Creates the middleware that slows a session down alone. */
export function createSessionLimit(now: () => number): RequestHandler {
    const allow = createAllowance({now, most: MOST_PER_SESSION, windowMs: WINDOW_MS});
    return ({headers}, _response, next) => {
        const token = bearerOf(headers);
        if (token !== null) allow(sha256(token));
        next();
    };
}
