/**
 * A `trigger_id` as proof: Mattermost signs it for the user who runs a command, with a key whose public half it tells everybody
 * (`AsymmetricSigningPublicKey`). `base64("<id>:<user id>:<ms>:" + base64(ECDSA over SHA-256 of that))`, seen on 11.1.
 */
import {createPublicKey, verify} from 'node:crypto';
import {BridgeError} from '../errors.ts';
import {sha256} from '../secrets.ts';
import type {Database} from '../store/open.ts';

const FRESH_MS = 60_000;

/** Creates the check of a `trigger_id`. Each is good once, while it is fresh; that is kept in the store, so that replicas agree. */
export function createProof(database: Pick<Database, 'write'>, now: () => number) {
    /** @throws BridgeError (the promise) not_an_admin when it is not that server's word for that user; clock_skew when it is too old */
    return async (trigger_id: string, publicKey: string, user_id: string): Promise<void> => {
        const text = Buffer.from(trigger_id, 'base64').toString();
        const [, data = '', user = '', at = '', signature = ''] =
            /^([a-z0-9]{26}:([a-z0-9]{26}):(\d{1,15}):)([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
        if (user !== user_id || !isSigned(data, signature, publicKey)) {
            throw new BridgeError('not_an_admin', 'the server does not vouch for this user');
        }
        if (Math.abs(now() - Number(at)) > FRESH_MS) throw new BridgeError('clock_skew', 'it was signed more than a minute ago');
        const isFirst = await database.write(async (tx) => {
            await tx.deleteFrom('used_trigger').where('expires_at', '<', now()).execute();
            const rows = await tx
                .insertInto('used_trigger')
                .values({hash: sha256(data), expires_at: Number(at) + 2 * FRESH_MS})
                .onConflict((conflict) => conflict.column('hash').doNothing())
                .returning('hash')
                .execute();
            return rows.length > 0;
        });
        if (!isFirst) throw new BridgeError('not_an_admin', 'it was used before');
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
