/** How long a key is remembered, from the start of the create and again from its success. */
const TTL_MS = 30_000;
const CAPACITY = 25_000;

/** The post is still being saved. */
export const SAVING = Symbol('saving');

/**
 * Mattermost's memory of `pending_post_id`s.
 *
 * It is one LRU for the whole server: the key is not bound to a user, which is why it has to be unguessable.
 */
export type PendingIds = {
    /** what is known of the key; `undefined` also claims it for the caller */
    claim(key: string): undefined | typeof SAVING | string;
    /** the create succeeded: 30 s more */
    saved(key: string, postId: string): void;
    /** the create failed: the key may be used again at once */
    free(key: string): void;
    clear(): void;
};

export function createPendingIds(now: () => number): PendingIds {
    const seen = new Map<string, {expiresAt: number; postId: string | typeof SAVING}>();
    const remember = (key: string, postId: string | typeof SAVING): void => {
        seen.delete(key);
        seen.set(key, {expiresAt: now() + TTL_MS, postId});
        if (seen.size > CAPACITY) {
            // A Map iterates in order of insertion, so the first key is the least recently used.
            seen.delete(seen.keys().next().value ?? '');
        }
    };
    return {
        claim(key) {
            const known = seen.get(key);
            if (known !== undefined && now() < known.expiresAt) {
                seen.delete(key);
                seen.set(key, known);
                return known.postId;
            }
            remember(key, SAVING);
            return undefined;
        },
        saved: remember,
        free: (key) => {
            seen.delete(key);
        },
        clear: () => seen.clear(),
    };
}
