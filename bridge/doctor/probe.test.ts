/** Why an address did not answer, told from the error. */
import {expect, it} from 'vitest';
import {unanswered} from './probe.ts';

it.each([
    ['CERT_NOT_YET_VALID', 'the clock here is wrong'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'authority that is not known'],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'no secure connection could be agreed on'],
])('%s is trouble with TLS', (code, words) =>
    expect(unanswered(new TypeError('fetch failed', {cause: Object.assign(new Error(code), {code})}))).toEqual({
        failure: 'tls',
        detail: expect.stringMatching(new RegExp(`${words}.* \\(${code}\\)`)),
    }),
);
