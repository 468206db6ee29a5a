import {setTimeout as after} from 'node:timers/promises';
import type {Request, Response} from 'express';
import type {Fault} from '../conditions/faults.ts';
import {ApiError} from '../state/api-error.ts';
import type {Answer} from './call.ts';
import {sendError} from './send.ts';

const BAD_GATEWAY =
    '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';
const LOGIN_PAGE =
    '<!doctype html><html><head><title>Sign in</title></head><body><form>Please sign in to use this network.</form></body></html>';

/** Faults that strike before anything is stored. True when the request is done with. */
export async function holdUp(fault: Fault | undefined, req: Request, res: Response, requestId: string): Promise<boolean> {
    switch (fault?.kind) {
        case 'error':
            await drained(req);
            sendError(res, wordOf(fault), requestId, false);
            return true;
        case 'blank-error':
            await drained(req);
            sendError(res, wordOf(fault), requestId, true);
            return true;
        case 'too-many':
            await drained(req);
            res.status(429)
                .set({
                    'Content-Type': 'text/plain; charset=utf-8',
                    'Retry-After': String(fault.retryAfterS ?? 1),
                    'X-RateLimit-Remaining': '0',
                })
                .end('limit exceeded\n');
            return true;
        case 'bad-gateway':
            await drained(req);
            res.status(502).set('Content-Type', 'text/html').end(BAD_GATEWAY);
            return true;
        case 'reset':
            await drained(req);
            cut(req);
            return true;
        case 'silent':
            await drained(req);
            return true;
        case 'slow':
            await after(fault.delayMs ?? 1000, undefined, {ref: false});
            return false;
        default:
            return false;
    }
}

/** Faults that strike once the work is done and stored. True when the request is done with. */
export async function spoil(fault: Fault, answer: Answer, req: Request, res: Response, requestId: string): Promise<boolean> {
    // A refusal stored nothing, so there is nothing to be unsure of: it goes out as it is.
    if ((answer.status ?? 200) >= 400) {
        return false;
    }
    switch (fault.kind) {
        case 'error-after':
            sendError(res, wordOf(fault), requestId, false);
            return true;
        case 'reset-after':
            cut(req);
            return true;
        case 'silent-after':
            return true;
        case 'html':
            res.status(200).set('Content-Type', 'text/html; charset=utf-8').end(LOGIN_PAGE);
            return true;
        case 'cut':
            sendHalf(res, answer, () => cut(req));
            return true;
        case 'stall':
            sendHalf(res, answer, () => undefined);
            return true;
        default:
            return false;
    }
}

function sendHalf(res: Response, answer: Answer, then: () => void): void {
    const bytes = answer.bytes ?? Buffer.from(JSON.stringify(answer.json ?? null));
    res.status(answer.status ?? 200);
    res.set(answer.headers ?? {});
    res.setHeader('Content-Type', answer.type ?? 'application/json');
    res.setHeader('Content-Length', bytes.length);
    // On its way before the cut: else the client would see no answer at all.
    res.write(bytes.subarray(0, Math.floor(bytes.length / 2)), then);
}

function wordOf(fault: Fault): ApiError {
    return new ApiError(fault.status ?? 500, fault.id ?? 'app.post.save.app_error');
}

/** Reads the body to its end: an answer before that would look like a broken pipe to some clients. */
async function drained(req: Request): Promise<void> {
    for await (const _ of req) {
        // thrown away
    }
}

/** RST rather than FIN: the client sees ECONNRESET. */
function cut(req: Request): void {
    req.socket.resetAndDestroy();
}
