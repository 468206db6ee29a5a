import type {Response} from 'express';
import type {ApiError} from '../state/api-error.ts';
import type {Answer} from './call.ts';

export function sendAnswer(res: Response, answer: Answer, type?: string): void {
    if (res.destroyed || res.headersSent) {
        return;
    }
    for (const cookie of answer.cookies ?? []) {
        res.append('Set-Cookie', cookie);
    }
    res.status(answer.status ?? 200);
    res.set(answer.headers ?? {});
    if (answer.bytes !== undefined) {
        res.setHeader('Content-Type', type ?? answer.type ?? 'application/octet-stream');
        res.end(answer.bytes);
        return;
    }
    // Not `set`: Express would add a charset that the real server does not send.
    res.setHeader('Content-Type', type ?? answer.type ?? 'application/json');
    res.end(JSON.stringify(answer.json ?? null));
}

/** The server's one error form. `detailed_error` is blank unless developer mode is on. */
export function sendError(res: Response, error: ApiError, requestId: string, hardened: boolean, type = 'application/json'): void {
    if (res.destroyed || res.headersSent) {
        return;
    }
    const blank = hardened && error.status >= 500;
    const status = blank ? 500 : error.status;
    res.status(status);
    res.setHeader('Content-Type', type);
    const body = {
        id: blank ? '' : error.id,
        message: blank ? 'Internal Server Error' : error.message,
        detailed_error: '',
        request_id: requestId,
        status_code: status,
    };
    res.end(JSON.stringify(body));
}
