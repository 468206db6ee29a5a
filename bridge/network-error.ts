/** What a failed `fetch` says of its request. */

const UNSENT = new Set([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * - unsent: no connection was made
 * - unknown: time-out or reset: the other side may have taken it
 *
 * @param who as it stands at the beginning of the sentence
 */
export function networkFailure(error: Error, who: string): {kind: 'unsent' | 'unknown'; message: string} {
    if (error.name === 'TimeoutError') return {kind: 'unknown', message: `${who} did not answer in time`};
    const code = (error.cause as {code?: string} | undefined)?.code ?? '';
    return {kind: UNSENT.has(code) ? 'unsent' : 'unknown', message: `${who} can’t be reached: ${code || error.message}`};
}
