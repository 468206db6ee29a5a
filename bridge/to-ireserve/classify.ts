/** What i-Reserve's answer to a callback means for the delivery. Only 2xx is success. */

import type {Result} from '../attempt.ts';
import type {Integration} from '../integration.ts';
import {cleanCharacters} from '../to-mattermost/characters.ts';
import {type Answer, CallError} from './call.ts';

/** i-Reserve's own words, as far as they are shown to the agent. They are for people: never logged. */
const LONGEST_WORDS = 300;
/** With one of these a 404 is i-Reserve's answer about this callback (docs/callbacks.md); with any other body the address is wrong. */
const UNKNOWN_THERE = new Set(['unknown_conversation', 'unknown_message']);

/**
 * Decides by the status first, and by the problem's `code` only where docs/callbacks.md says so: a proxy's page, an empty body and another
 * program's JSON carry none.
 *
 * @returns `unknown_there`: i-Reserve does not know the message or the conversation
 */
export function classify(answer: Answer, integration: Integration): Result | 'taken' | 'unknown_there' {
    const {status, retryAfterMs} = answer;
    const {code, words} = problemIn(answer.body);
    const detail = `i-Reserve answered ${status}${code ? ` ${code}` : ''}`;
    const reason = (of: string) => ({code: of, detail, ...(words ? {words} : {})});
    if (status >= 200 && status < 300) return 'taken';
    if (status === 410) {
        return waitForAdmin(
            CALLBACK_GONE,
            `i-Reserve answered 410: it wants no more callbacks at this address. Set it again when it does: ireserve-bridge integration set ${integration.name} --callback-url URL`,
        );
    }
    if (status === 429 || status === 503) {
        const limited = status === 429 ? 'callback_rate_limited' : 'callback_unavailable';
        return {kind: 'retry', reason: reason(limited), uncertain: false, afterMs: retryAfterMs ?? 1000, queueWide: true};
    }
    if (status === 401 || status === 403) {
        return waitForAdmin('callback_refused', `${detail}. Compare the callback secret on both sides, and the clocks.`);
    }
    if (status === 408 || status === 425 || status >= 500)
        return {kind: 'retry', reason: reason('callback_error'), uncertain: true, afterMs: retryAfterMs};
    if (status === 404 && UNKNOWN_THERE.has(code))
        return code === 'unknown_message' ? 'unknown_there' : {kind: 'never', reason: reason('callback_rejected')};
    if (status === 404 || status === 405 || (status >= 300 && status < 400))
        return waitForAdmin('callback_url_wrong', `${detail}. Check the callback URL; redirects are not followed.`);
    return {kind: 'never', reason: reason('callback_rejected')};
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

/** Reason codes of tries that were answered, and not with a refusal for good: a proxy may have said so after i-Reserve took the callback. */
export const ANSWERED: ReadonlySet<string> = new Set([
    'callback_rate_limited',
    'callback_unavailable',
    'callback_error',
    'callback_refused',
    'callback_url_wrong',
    'callback_gone',
]);

/** 410: nothing more is sent there before an admin says so. */
export const CALLBACK_GONE = 'callback_gone';
/** Subject of notices about the callback address. */
export const CALLBACK = 'callback';

function problemIn(body: unknown): {code: string; words: string} {
    const {code, detail} = (typeof body === 'object' && body !== null ? body : {}) as {code?: unknown; detail?: unknown};
    return {
        code: typeof code === 'string' && /^[\w.-]{1,64}$/.test(code) ? code : '',
        words: typeof detail === 'string' ? cleanCharacters(detail).replace(/\s+/g, ' ').trim().slice(0, LONGEST_WORDS) : '',
    };
}
