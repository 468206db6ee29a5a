/** What each answer to a callback means: every class of status, with every body a server, a proxy or another program may send. */
import {describe, expect, test} from 'vitest';
import type {Integration} from '../integration.ts';
import {ANSWERED, classify} from './classify.ts';

const integration = {name: 'aurora'} as Integration;

const BODIES = {
    empty: null,
    'HTML, which is no JSON': null,
    text: 'nope',
    'a list': [],
    'plain JSON': {error: 'Not Found', message: 'no route'},
    'plain JSON with a numeric code': {code: 404, detail: 'no route'},
    'plain JSON with an empty code': {code: null, detail: null},
    'another program’s problem': {type: 'about:blank', code: 'not_found', detail: 'no such page'},
} as const;

const WAITS = 'retry, an admin is told';
const MEANINGS: [statuses: number[], kind: string, code: string][] = [
    [[200, 201, 202, 204], 'taken', ''],
    [[301, 302, 307, 308, 404, 405], WAITS, 'callback_url_wrong'],
    [[401, 403], WAITS, 'callback_refused'],
    [[410], WAITS, 'callback_gone'],
    [[408, 425, 500, 501, 502, 504, 599], 'retry', 'callback_error'],
    [[429], 'retry', 'callback_rate_limited'],
    [[503], 'retry', 'callback_unavailable'],
    [[400, 402, 406, 409, 413, 415, 422, 451], 'never', 'callback_rejected'],
];

function meaningOf(status: number, body: unknown): {kind: string; code: string; detail: string} {
    const result = classify({status, body, retryAfterMs: undefined}, integration);
    if (typeof result === 'string') return {kind: result, code: '', detail: ''};
    if (result.kind !== 'retry' && result.kind !== 'never') throw new Error(`${status} can’t be ${result.kind}`);
    return {kind: result.kind === 'retry' && result.notice ? WAITS : result.kind, ...result.reason};
}

describe.each(Object.entries(BODIES))('with %s as its body', (_what, body) => {
    test.each(MEANINGS)('%j: %s %s', (statuses, kind, code) => {
        for (const status of statuses) {
            const meaning = meaningOf(status, body);
            expect({status, kind: meaning.kind, code: meaning.code}).toEqual({status, kind, code});
            expect(meaning.detail, String(status)).not.toMatch(/undefined|null/);
        }
    });
});

test('what is tried again after an answer is known by its code', () => {
    const tried = MEANINGS.filter(([, kind]) => kind === 'retry' || kind === WAITS).map(([, , code]) => code);
    expect([...ANSWERED].toSorted()).toEqual(tried.toSorted());
});

describe('with a problem of the contract', () => {
    const problem = (code: string) => ({type: 'about:blank', status: 404, code, detail: 'Anna said:\u202E hello'});

    test('404 is about this one message or conversation, not about the address', () => {
        expect(meaningOf(404, problem('unknown_message')).kind).toBe('unknown_there');
        expect(meaningOf(404, problem('unknown_conversation'))).toMatchObject({kind: 'never', code: 'callback_rejected'});
    });

    test('its words are for people: in the reason’s words, cleaned, and not in the detail that is logged', () => {
        for (const status of [404, 422, 429, 500, 503]) {
            const result = classify({status, body: problem('unknown_conversation'), retryAfterMs: undefined}, integration);
            if (typeof result === 'string' || result.kind === 'final' || result.kind === 'later') throw new Error('not refused');
            expect(result.reason.words).toBe('Anna said: hello');
            expect(result.reason.detail).toBe(`i-Reserve answered ${status} unknown_conversation`);
        }
        expect(meaningOf(401, problem('bad_signature')).detail).not.toContain('Anna');
    });
});
