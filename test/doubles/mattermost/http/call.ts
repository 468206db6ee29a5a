import type {Request, Response} from 'express';
import {wellFormed} from '../posts/runes.ts';
import {ApiError, badBody, badUrl, unauthorized} from '../state/api-error.ts';
import {isValidId} from '../state/ids.ts';
import {whoHas} from '../state/people.ts';
import type {User} from '../state/records.ts';
import type {World} from '../state/world.ts';

/** One API request on its way through a handler. */
export type Call = {
    readonly world: World;
    readonly req: Request;
    readonly res: Response;
    readonly requestId: string;
    /** the caller, if he is logged in */
    readonly caller: User | undefined;
    /** the caller; 401 when there is none */
    readonly user: User;
    readonly token: string;
    /** a path parameter that has to be an id (`me` counts for users), else 400 */
    id(name: string): string;
    /** a path parameter as it stands */
    param(name: string): string;
    query(name: string): string | undefined;
    /** `page` and `per_page` with the server's defaults and limits */
    paging(): {page: number; perPage: number};
    /** the body as JSON; 400 when it is none, 413 when it is too long */
    json(name: string): Promise<unknown>;
    body(maxBytes: number): Promise<Buffer>;
    /** spends service time */
    work(serviceMs: number): Promise<void>;
};

/** What a handler answers; plain JSON with 200 unless it says otherwise. */
export type Answer = {
    readonly status?: number;
    readonly json?: unknown;
    readonly bytes?: Buffer;
    readonly type?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly cookies?: readonly string[];
};

/** What `POST` routes that return nothing answer. */
export const OK: Answer = {json: {status: 'OK'}};

const PER_PAGE_DEFAULT = 60;
const PER_PAGE_MAX = 200;
/** The server reads this much more than the limit before it refuses. */
const BODY_SLACK = 512;

export function createCall(world: World, req: Request, res: Response, requestId: string, needsUser: boolean): Call {
    const {user, token} = authenticate(world, req, res, needsUser);
    const call: Call = {
        world,
        req,
        res,
        requestId,
        token,
        caller: user,
        get user(): User {
            if (user === undefined) {
                throw unauthorized();
            }
            return user;
        },
        id(name) {
            const value = call.param(name);
            const id = name === 'user_id' && value === 'me' ? (user?.id ?? '') : value;
            if (!isValidId(id)) {
                throw badUrl(name);
            }
            return id;
        },
        param(name) {
            const value = req.params[name];
            return typeof value === 'string' ? value : '';
        },
        query(name) {
            const value = req.query[name];
            return typeof value === 'string' ? value : undefined;
        },
        paging() {
            const page = Number.parseInt(call.query('page') ?? '0', 10);
            const perPage = Number.parseInt(call.query('per_page') ?? '', 10);
            return {
                page: page > 0 ? page : 0,
                perPage: Number.isNaN(perPage) || perPage < 0 ? PER_PAGE_DEFAULT : Math.min(perPage, PER_PAGE_MAX),
            };
        },
        async json(name) {
            const bytes = await call.body(world.differs.bodyMaxBytes);
            try {
                return wellFormed(JSON.parse(bytes.toString('utf8')));
            } catch {
                throw badBody(name);
            }
        },
        async body(maxBytes) {
            const chunks: Buffer[] = [];
            let length = 0;
            for await (const chunk of req) {
                length += (chunk as Buffer).length;
                if (length <= maxBytes + BODY_SLACK) {
                    chunks.push(chunk as Buffer);
                }
            }
            if (length > maxBytes + BODY_SLACK) {
                throw new ApiError(413, 'api.context.request_body_too_large.app_error');
            }
            return Buffer.concat(chunks);
        },
        work: (serviceMs) => world.latency.work(serviceMs),
    };
    if (needsUser && user === undefined) {
        throw unauthorized();
    }
    return call;
}

/** Cookie first, then header, as the server looks. A cookie needs the CSRF token on everything but GET. */
function authenticate(world: World, req: Request, res: Response, needsUser: boolean): {user: User | undefined; token: string} {
    const cookie = cookieOf(req.headers.cookie, 'MMAUTHTOKEN');
    const header = /^(?:bearer|token) +(\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
    const token = cookie ?? header ?? '';
    const user = whoHas(world, token);
    if (cookie !== undefined && user !== undefined && req.method !== 'GET' && needsUser) {
        const csrf = world.sessions.get(token)?.csrf;
        const byScript = req.headers['x-requested-with'] === 'XMLHttpRequest' && !world.config.strictCsrf;
        if (req.headers['x-csrf-token'] !== csrf && !byScript) {
            if (world.differs.clearsCookie) {
                res.append('Set-Cookie', 'MMAUTHTOKEN=; Path=/; Max-Age=0; HttpOnly');
            }
            return {user: undefined, token};
        }
    }
    return {user, token};
}

export function cookieOf(header: string | undefined, name: string): string | undefined {
    for (const part of (header ?? '').split(';')) {
        const [key, value] = part.trim().split('=');
        if (key === name && value !== undefined && value !== '') {
            return value;
        }
    }
    return undefined;
}
