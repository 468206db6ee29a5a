/** The route of files on an app of its own, with the bridge's headers before it and its way of refusing after it. */
import {createServer} from 'node:http';
import express, {type NextFunction, type Request, type Response} from 'express';
import helmet from 'helmet';
import {BridgeError, problemOf} from '../../bridge/errors.ts';
import type {Integration} from '../../bridge/integration.ts';
import {createServers} from '../../bridge/mattermost.ts';
import type {SecretBox} from '../../bridge/secrets.ts';
import {FILE_PATH} from '../../bridge/to-ireserve/file-links.ts';
import {createFileRoute} from '../../bridge/to-ireserve/files.ts';
import {close, listen} from './listening.ts';

export type FileApp = {url: string; stop(): Promise<void>};

export type FileAppOptions = {
    integrations: Map<string, Integration>;
    box: SecretBox;
    now?: () => number;
    /** Of the route; of Mattermost's short answers it is always long. */
    timeoutMs?: number;
};

export async function startFileApp({integrations, box, now = Date.now, timeoutMs = 10_000}: FileAppOptions): Promise<FileApp> {
    const servers = createServers({createsInFlight: 4, timeoutMs: 10_000, now: Date.now});
    const app = express();
    app.set('etag', false);
    app.use(helmet());
    app.get(
        FILE_PATH,
        createFileRoute({servers, integration: (id) => integrations.get(id), box, now, timeoutMs, switchedOff: () => false}),
    );
    app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
        if (!(error instanceof BridgeError)) throw error;
        const {retryAfter} = error.extras;
        if (retryAfter) response.set('retry-after', String(retryAfter));
        response
            .status(error.status)
            .type('application/problem+json')
            .send(JSON.stringify(problemOf(error, 'test')));
    });
    const server = createServer(app);
    return {url: await listen(server), stop: () => close(server)};
}
