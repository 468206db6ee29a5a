import {ApiError} from '../state/api-error.ts';
import type {World} from '../state/world.ts';

/** A `trigger_id`: the right to open one dialog on this user's screen, for a few seconds, without a log-in. */
export function newTrigger(world: World, userId: string): {triggerId: string; clientTriggerId: string} {
    const clientTriggerId = world.newId();
    const triggerId = Buffer.from(`${clientTriggerId}:${userId}:${world.now()}:${world.newId()}`).toString('base64');
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
