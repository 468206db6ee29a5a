import {generateKeyPairSync, type KeyObject, sign} from 'node:crypto';
import {ApiError} from '../state/api-error.ts';
import type {World} from '../state/world.ts';

type Keys = {privateKey: KeyObject; publicKey: KeyObject};
const KEYS = new WeakMap<World, Keys>();

function keysOf(world: World): Keys {
    const keys = KEYS.get(world) ?? generateKeyPairSync('ec', {namedCurve: 'prime256v1'});
    KEYS.set(world, keys);
    return keys;
}

/** `AsymmetricSigningPublicKey` of the client's configuration. */
export const signingPublicKey = (world: World): string => keysOf(world).publicKey.export({format: 'der', type: 'spki'}).toString('base64');

/** A `trigger_id`: the right to open one dialog on this user's screen, for a few seconds, without a log-in. Signed by the server. */
export function newTrigger(world: World, userId: string): {triggerId: string; clientTriggerId: string} {
    const clientTriggerId = world.newId();
    const data = `${clientTriggerId}:${userId}:${world.now()}:`;
    const signature = sign('sha256', Buffer.from(data), keysOf(world).privateKey).toString('base64');
    const triggerId = Buffer.from(data + signature).toString('base64');
    world.triggers.set(triggerId, {userId, clientTriggerId, expiresAt: world.now() + world.differs.triggerLifeMs});
    return {triggerId, clientTriggerId};
}

/** Whose screen it is, or 400. It may be used again until it expires. */
export function redeemTrigger(world: World, triggerId: string): {userId: string; clientTriggerId: string} {
    const trigger = world.triggers.get(triggerId);
    if (trigger === undefined) {
        throw new ApiError(400, 'interactive_message.decode_trigger_id.base64_decode_failed');
    }
    if (world.now() > trigger.expiresAt) {
        throw new ApiError(400, 'interactive_message.decode_trigger_id.expired', 'Trigger ID for interactive dialog is expired.');
    }
    return trigger;
}
