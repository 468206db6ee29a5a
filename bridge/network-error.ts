/** What a failed `fetch` says of its request. */

const UNSENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);
/** Without a code of their own: a port no browser, and no `fetch`, calls; and a connection that ended before anything could be said on it. */
const UNSENT_MESSAGE = /^bad port$|before secure TLS connection was established/;

/** In the order they are looked for. Each is the end of a handshake, before anything was sent. */
const HANDSHAKES: [RegExp, string][] = [
    [/^CERT_HAS_EXPIRED$/, 'its certificate has expired'],
    [/^CERT_NOT_YET_VALID$/, 'its certificate is not valid yet, or the clock here is wrong'],
    [/^(ERR_TLS_CERT_ALTNAME|HOSTNAME_MISMATCH)/, 'its certificate is for another name'],
    [/^DEPTH_ZERO_SELF_SIGNED_CERT$/, 'its certificate is self-signed'],
    [
        /^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_)/,
        'its certificate is of an authority that is not known here, or part of its chain is missing',
    ],
    [/^ERR_SSL_.*(PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL)/, 'it speaks only versions of TLS before 1.2'],
    [/^(ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)|EPROTO)$/, 'it speaks no TLS there'],
    [/CERT|^ERR_TLS_|^ERR_SSL_.*(HANDSHAKE|ALERT|CIPHER)/, 'no secure connection could be agreed on'],
];

/** Alerts that come in the middle of a connection. */
const LATER = /RECORD_MAC|DECRYPT|CLOSE_NOTIFY|INTERNAL_ERROR/;

/** Why no TLS connection was made, in words; null: that was not it. @param code as Node gives it */
export function handshakeFailure(code: string): string | null {
    if (LATER.test(code)) return null;
    const [, words] = HANDSHAKES.find(([pattern]) => pattern.test(code)) ?? [];
    return words === undefined ? null : `${words} (${code})`;
}

export type NetworkFailure = {kind: 'unsent' | 'unknown'; tls: boolean; message: string};

/**
 * - unsent: no connection was made
 * - unknown: time-out or reset: the other side may have taken it
 * - tls: nothing was sent because no secure connection could be made, which an admin has to mend
 *
 * @param who as it stands at the beginning of the sentence
 */
export function networkFailure(error: Error, who: string): NetworkFailure {
    if (error.name === 'TimeoutError') return {kind: 'unknown', tls: false, message: `${who} did not answer in time`};
    const {code = '', message = ''} = (error.cause as {code?: string; message?: string} | undefined) ?? {};
    const handshake = handshakeFailure(code);
    if (handshake) return {kind: 'unsent', tls: true, message: `${who} can’t be reached: ${handshake}`};
    const isUnsent = UNSENT.has(code) || UNSENT_MESSAGE.test(message);
    return {kind: isUnsent ? 'unsent' : 'unknown', tls: false, message: `${who} can’t be reached: ${code || message || error.message}`};
}
