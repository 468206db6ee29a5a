/** Follows what admins change in the store, on whichever replica or command line, within a second. */
import {type Integrations, queueOf} from './integrations.ts';
import type {Notices} from './notices.ts';
import type {Outbox} from './outbox.ts';
import type {Relay} from './to-ireserve/relay.ts';

export type FollowOptions = {
    integrations: Integrations;
    notices: Pick<Notices, 'changed'>;
    outbox: Pick<Outbox, 'wake'>;
    relay: Pick<Relay, 'outbox' | 'follow'>;
    onError: (error: unknown) => void;
    everyMs: number;
};

/** @returns stops it: the promise resolves when nothing of it reads the store any more */
export function followChanges({integrations, notices, outbox, relay, onError, everyMs}: FollowOptions): () => Promise<void> {
    let looking: Promise<void> | null = null;
    const timer = setInterval(() => {
        // A slow store must not be asked twice at once.
        looking ??= integrations
            .refresh()
            .then(async (changed) => {
                for (const id of changed) {
                    await notices.changed(id);
                    // A new token, channel or state may be what its lanes wait for.
                    await outbox.wake(queueOf(id, 'to-mattermost'));
                    await relay.outbox.wake(queueOf(id, 'to-ireserve'));
                }
                if (changed.length > 0) await relay.follow(changed);
            })
            .catch(onError)
            .finally(() => {
                looking = null;
            });
    }, everyMs);
    return async () => {
        clearInterval(timer);
        await looking;
    };
}
