import type {Express, Request, Response} from 'express';
import {SERVICE_MS} from '../conditions/latency.ts';
import {ApiError, Panic} from '../state/api-error.ts';
import type {World} from '../state/world.ts';
import {type Answer, type Call, createCall} from './call.ts';
import {holdUp, spoil} from './faulty.ts';
import {sendAnswer, sendError} from './send.ts';

export type Handler = (call: Call) => Answer | Promise<Answer>;

export type RouteOptions = {
    /** false for what the server answers without a log-in; default true */
    readonly login?: boolean;
    /** service time in ms, spent before the handler runs; 0 when the handler spends its own */
    readonly costs?: number;
};

export type Router = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, handler: Handler, options?: RouteOptions) => void;

/** Registers API routes. The name of a route, used by faults, delays and the request log, is `METHOD /path` without `/api/v4`. */
export function routerOn(app: Express, world: World): Router {
    return (method, path, handler, options = {}) => {
        const route = `${method} ${path}`;
        const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
        app[verb](`/api/v4${path}`, (req, res) => serve(world, route, handler, options, req, res));
    };
}

async function serve(world: World, route: string, handler: Handler, options: RouteOptions, req: Request, res: Response): Promise<void> {
    const requestId = world.newId();
    res.setHeader('X-Request-Id', requestId);
    const at = world.now();
    let userId = '';
    const log = (status: number): void => {
        world.requestLog.add({at, method: req.method, url: req.originalUrl, route, userId, status});
        world.changes.announce();
    };
    const fault = world.faults.strike(route);
    if (await holdUp(fault, req, res, requestId)) {
        log(res.headersSent ? res.statusCode : 0);
        return;
    }
    try {
        await world.latency.extra(route);
        const call = createCall(world, req, res, requestId, options.login ?? true);
        userId = call.caller?.id ?? '';
        const costs = options.costs ?? SERVICE_MS.read;
        if (costs > 0) {
            await call.work(costs);
        }
        const answer = await handler(call);
        if (fault !== undefined && (await spoil(fault, answer, req, res, requestId))) {
            log(res.headersSent ? res.statusCode : 0);
            return;
        }
        sendAnswer(res, answer, fault?.kind === 'wrong-type' ? 'text/plain' : undefined);
        log(answer.status ?? 200);
    } catch (error) {
        if (error instanceof Panic) {
            req.socket.destroy();
            log(0);
            return;
        }
        const refusal = error instanceof ApiError ? error : new ApiError(500, 'api.internal.app_error', String(error));
        if (!(error instanceof ApiError)) {
            console.error(`mattermost double: ${route} threw`, error);
        }
        sendError(res, refusal, requestId, world.config.hardenedMode);
        log(refusal.status);
    }
}
