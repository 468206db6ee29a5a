/** What i-Reserve's answer to a callback means for the delivery. Only 2xx is success. */

import type {Result} from '../attempt.ts';
import type {Integration} from '../integration.ts';
import {type Answer, CallError} from './call.ts';

/** i-Reserve's own words, as far as they may stand in a log. */
const LONGEST_DETAIL = 300;

/** @param gone 404 for what was to be deleted: there is nothing left to do */
export function classify(answer: Answer, integration: Integration): Result | 'taken' | 'unknown_there' {
    const {status, retryAfterMs} = answer;
    const {code, detail} = problemIn(answer.body);
    const said = `i-Reserve answered ${status}${code ? ` ${code}` : ''}${detail ? `: ${detail}` : ''}`;
    if (status >= 200 && status < 300) return 'taken';
    if (status === 410) {
        return waitForAdmin(
            CALLBACK_GONE,
            `i-Reserve answered 410: it wants no more callbacks at this address. Set it again when it does: ireserve-bridge integration set ${integration.name} --callback-url URL`,
        );
    }
    if (status === 429 || status === 503) {
        const limited = status === 429 ? 'callback_rate_limited' : 'callback_unavailable';
        return {kind: 'retry', reason: {code: limited, detail: said}, uncertain: false, afterMs: retryAfterMs ?? 1000, queueWide: true};
    }
    if (status === 401 || status === 403) {
        return waitForAdmin('callback_refused', `${said}. Compare the callback secret on both sides, and the clocks.`);
    }
    if (status === 408 || status === 425 || status >= 500)
        return {kind: 'retry', reason: {code: 'callback_error', detail: said}, uncertain: true, afterMs: retryAfterMs};
    if (status === 404 || status === 405 || (status >= 300 && status < 400)) {
        // Its own code says that it was i-Reserve, and what it does not know.
        if (status === 404 && code === 'unknown_message') return 'unknown_there';
        if (status === 404 && code) return {kind: 'never', reason: {code: 'callback_rejected', detail: said}};
        return waitForAdmin('callback_url_wrong', `${said}. Check the callback URL; redirects are not followed.`);
    }
    return {kind: 'never', reason: {code: 'callback_rejected', detail: said}};
}

/** No answer. The webhook-id stays the same: sending again is safe whatever became of this try. */
export function classifyError(error: unknown): Result {
    if (!(error instanceof CallError)) throw error;
    if (error.tls) return waitForAdmin('callback_tls', error.message);
    const code = error.kind === 'unsent' ? 'callback_unreachable' : 'callback_no_answer';
    return {kind: 'retry', reason: {code, detail: error.message}, uncertain: error.kind === 'unknown', queueWide: error.kind === 'unsent'};
}

const waitForAdmin = (code: string, detail: string): Result => ({
    kind: 'retry',
    reason: {code, detail},
    uncertain: false,
    notice: {code, subject: CALLBACK, detail},
    queueWide: true,
});

/** 410: nothing more is sent there before an admin says so. */
export const CALLBACK_GONE = 'callback_gone';
/** Subject of notices about the callback address. */
export const CALLBACK = 'callback';

function problemIn(body: unknown): {code: string; detail: string} {
    const {code, detail} = (typeof body === 'object' && body !== null ? body : {}) as {code?: unknown; detail?: unknown};
    const word = (value: unknown, most: number) =>
        typeof value === 'string'
            ? // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is taken out
              value.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, most)
            : '';
    return {code: /^[\w.-]{1,64}$/.test(String(code)) ? String(code) : '', detail: word(detail, LONGEST_DETAIL)};
}
