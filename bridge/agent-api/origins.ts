/**
 * CORS: pages of the Mattermost servers we serve may call the agent and admin API, and no others. There are no cookies, so this only keeps other
 * pages from reading along with a bearer they should not have; what protects is the bearer.
 */
import type {NextFunction, Request, Response} from 'express';
import type {Integration} from '../integration.ts';
import type {Servers} from '../mattermost.ts';

/** How long a server's SiteURL is trusted, how long after a failure it is asked again, and how long a request waits for it. */
const KNOWN_MS = 10 * 60_000;
const AGAIN_MS = 30_000;
const WAIT_MS = 2000;
const MAX_AGE_S = 600;

const METHODS = 'GET, POST, PUT, PATCH, DELETE';
const HEADERS = 'Authorization, Content-Type, Last-Event-ID, X-Request-ID';
const EXPOSED = 'Retry-After, X-Request-ID';

export type OriginsOptions = {integrations: () => readonly Integration[]; servers: Servers; now: () => number};

type Known = {origin: string; until: number; asking?: Promise<void> | undefined};

export function createOrigins({integrations, servers, now}: OriginsOptions) {
    const known = new Map<string, Known>();

    /** The origin people's browsers have the server under; while that is not known, the one the bridge calls it by. */
    async function originOf({config: {server_url}, secrets}: Integration): Promise<string> {
        const entry: Known = known.get(server_url) ?? {origin: new URL(server_url).origin, until: 0};
        known.set(server_url, entry);
        if (entry.until <= now()) {
            entry.asking ??= servers
                .client(server_url, secrets.bot_token)
                .getClientConfig()
                .then(
                    ({SiteURL}) => Object.assign(entry, {origin: originIn(SiteURL) ?? new URL(server_url).origin, until: now() + KNOWN_MS}),
                    () => Object.assign(entry, {until: now() + AGAIN_MS}),
                )
                .then(() => {
                    entry.asking = undefined;
                });
            await Promise.race([entry.asking, later(WAIT_MS)]);
        }
        return entry.origin;
    }

    async function isOurs(origin: string): Promise<boolean> {
        const origins = await Promise.all(integrations().map(originOf));
        return origins.includes(origin);
    }

    /** For all of the agent and admin API; a foreign origin gets no header, which is all a browser needs to know. */
    return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
        const {origin} = request.headers;
        response.vary('Origin');
        const preflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
        if (origin && (await isOurs(origin))) {
            response.set('access-control-allow-origin', origin);
            response.set('access-control-expose-headers', EXPOSED);
            if (preflight) {
                response.set('access-control-allow-methods', METHODS);
                response.set('access-control-allow-headers', HEADERS);
                response.set('access-control-max-age', String(MAX_AGE_S));
            }
        }
        if (preflight) response.status(204).end();
        else next();
    };
}

function originIn(url: string | undefined): string | null {
    return url && URL.canParse(url) && /^https?:/.test(url) ? new URL(url).origin : null;
}

const later = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());
