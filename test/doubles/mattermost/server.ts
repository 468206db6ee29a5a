import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import express from 'express';
import {addBotRoutes} from './http/bot-routes.ts';
import {addChannelRoutes} from './http/channel-routes.ts';
import {addCommandRoutes} from './http/command-routes.ts';
import {addControlRoutes} from './http/control-routes.ts';
import {addFileRoutes} from './http/file-routes.ts';
import {addGroupRoutes} from './http/group-routes.ts';
import {addHookRoutes} from './http/hook-routes.ts';
import {addInteractiveRoutes} from './http/interactive-routes.ts';
import {addPluginRoutes} from './http/plugin-routes.ts';
import {addPostRoutes} from './http/post-routes.ts';
import {routerOn} from './http/routes.ts';
import {sendError} from './http/send.ts';
import {addSystemRoutes} from './http/system-routes.ts';
import {addTeamRoutes} from './http/team-routes.ts';
import {addUserRoutes} from './http/user-routes.ts';
import {fireHooks} from './integrations/outgoing-hooks.ts';
import {addPage} from './page/serve.ts';
import {acceptSockets} from './realtime/sockets.ts';
import type {Seeded} from './seed.ts';
import {ApiError} from './state/api-error.ts';
import type {World} from './state/world.ts';

export type Listening = {readonly url: string; stop(): Promise<void>};

export type ListenOptions = {
    readonly port: number;
    readonly seeded: () => Seeded;
    readonly reset: () => Seeded;
};

/** Opens the port and serves the API, the event stream, the control routes and the page. */
export async function listen(world: World, options: ListenOptions): Promise<Listening> {
    const app = express();
    app.disable('x-powered-by');
    app.disable('etag');
    app.use((req, res, next) => {
        res.setHeader('X-Version-Id', versionId(world));
        if (req.path.startsWith('/_double/')) {
            next();
            return;
        }
        const key = world.config.rateLimit?.varyByUser ? (req.headers.authorization ?? '') : (req.socket.remoteAddress ?? '');
        const verdict = world.rateLimiter.ask(key);
        if (verdict === undefined) {
            next();
            return;
        }
        res.set({
            'X-RateLimit-Limit': String(verdict.limit),
            'X-RateLimit-Remaining': String(verdict.remaining),
            'X-RateLimit-Reset': String(verdict.resetS),
        });
        if (verdict.allowed) {
            next();
            return;
        }
        // The one refusal that is not JSON.
        res.set({'Content-Type': 'text/plain; charset=utf-8', 'Retry-After': String(verdict.retryAfterS)});
        res.status(429).end('limit exceeded\n');
    });

    const route = routerOn(app, world);
    addSystemRoutes(route);
    addUserRoutes(route);
    addBotRoutes(route);
    addTeamRoutes(route);
    addChannelRoutes(route);
    addPostRoutes(route);
    addFileRoutes(route);
    addGroupRoutes(route);
    addHookRoutes(route);
    addCommandRoutes(route, app, world);
    addInteractiveRoutes(route);
    addPluginRoutes(route, app, world);
    addControlRoutes(app, world, options);
    addPage(app);
    app.use('/api', (_req, res) => {
        const requestId = world.newId();
        res.setHeader('X-Request-Id', requestId);
        sendError(res, new ApiError(404, 'api.context.404.app_error'), requestId, false, world.differs.unknownRouteType);
    });

    const onPosted = (created: Parameters<typeof fireHooks>[1]): void => fireHooks(world, created);
    world.onPosted.add(onPosted);
    const server = createServer(app);
    // The real server keeps idle connections for 60 s and more; Node's 5 s would make clients' pools look flaky.
    server.keepAliveTimeout = 65_000;
    const sockets = acceptSockets(world, server);
    await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    world.config.siteUrl ||= url;
    return {
        url,
        async stop() {
            world.onPosted.delete(onPosted);
            await Promise.allSettled(world.calls);
            world.agent.destroy();
            await sockets.close();
            const closed = new Promise<void>((resolve) => server.close(() => resolve()));
            server.closeAllConnections();
            await closed;
        },
    };
}

/** `<version>.<build>.<config hash>.<licensed>`, as on every answer of the real server. */
function versionId(world: World): string {
    return `${world.differs.number}.double.0.false`;
}
