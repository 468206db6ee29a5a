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

export type Following = {
    /** Follows what was changed up to now, without waiting for the next look. */
    now(): Promise<void>;
    /** Resolves when nothing of it reads the store any more. */
    stop(): Promise<void>;
};

/** Looks for changes every so often. */
export function followChanges({integrations, notices, outbox, relay, onError, everyMs}: FollowOptions): Following {
    let looking: Promise<void> | null = null;
    async function follow(): Promise<void> {
        const changed = await integrations.refresh();
        for (const id of changed) {
            await notices.changed(id);
            // A new token, channel or state may be what its lanes wait for.
            await outbox.wake(queueOf(id, 'to-mattermost'));
            await relay.outbox.wake(queueOf(id, 'to-ireserve'));
        }
        if (changed.length > 0) await relay.follow(changed);
    }
    /** A slow store must not be asked twice at once. */
    const look = (): Promise<void> => {
        looking ??= follow()
            .catch(onError)
            .finally(() => {
                looking = null;
            });
        return looking;
    };
    const timer = setInterval(look, everyMs);
    return {
        async now() {
            // One that is under way may have read the store before the change.
            await looking;
            await look();
        },
        async stop() {
            clearInterval(timer);
            await looking;
        },
    };
}
