/**
 * A `trigger_id` as proof: Mattermost signs it for the user who runs a command, with a key whose public half it tells everybody
 * (`AsymmetricSigningPublicKey`). `base64("<id>:<user id>:<ms>:" + base64(ECDSA over SHA-256 of that))`, seen on 11.1.
 */
import {createPublicKey, verify} from 'node:crypto';
import {BridgeError} from '../errors.ts';

const FRESH_MS = 60_000;

/** Each is taken once, while it is fresh. */
export function createProof(now: () => number) {
    const used = new Map<string, number>();

    /** @throws BridgeError not_an_admin when it is not that server's word for that user; clock_skew when it is too old */
    return (trigger_id: string, publicKey: string, user_id: string): void => {
        const text = Buffer.from(trigger_id, 'base64').toString();
        const [, data = '', user = '', at = '', signature = ''] =
            /^([a-z0-9]{26}:([a-z0-9]{26}):(\d{1,15}):)([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
        if (user !== user_id || !isSigned(data, signature, publicKey)) {
            throw new BridgeError('not_an_admin', 'the server does not vouch for this user');
        }
        if (Math.abs(now() - Number(at)) > FRESH_MS) throw new BridgeError('clock_skew', 'it was signed more than a minute ago');
        for (const [other, until] of used) if (until < now()) used.delete(other);
        if (used.has(data)) throw new BridgeError('not_an_admin', 'it was used before');
        used.set(data, Number(at) + 2 * FRESH_MS);
    };
}

function isSigned(data: string, signature: string, publicKey: string): boolean {
    try {
        const key = createPublicKey({key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki'});
        return verify('sha256', Buffer.from(data), key, Buffer.from(signature, 'base64'));
    } catch {
        return false;
    }
}
