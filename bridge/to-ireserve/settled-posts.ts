/**
 * Which of the posts that overlapping looks bring again and again were read for good: what is unchanged since is not read once more. A look at
 * a channel in which nothing happens costs one call.
 */
import type {Post} from '@mattermost/types/posts';

/** A post is read again in this time: what one database of Mattermost told may not stand in another yet, ms. */
export const SETTLES_MS = 15_000;

type Seen = {stamp: string; isKnown: boolean; at: number};
type Stamped = Pick<Post, 'id' | 'root_id' | 'update_at' | 'edit_at' | 'delete_at'>;

const stampOf = ({root_id, update_at, edit_at, delete_at}: Stamped): string => [root_id, update_at, edit_at, delete_at].join();

export type SettledPosts = ReturnType<typeof createSettledPosts>;

/** Creates the memory of one listener. @param now ms */
export function createSettledPosts(now: () => number) {
    const channels = new Map<string, Map<string, Seen>>();
    const same = (seen: Seen | undefined, post: Stamped, isKnown: boolean): seen is Seen =>
        seen?.stamp === stampOf(post) && seen.isKnown === isKnown;
    return {
        /** Picks the posts that must be read (again). @param isKnown whether a post's thread is one of ours */
        unsettled<T extends Stamped>(channel_id: string, posts: readonly T[], isKnown: (post: T) => boolean): T[] {
            const at = now();
            const seen = channels.get(channel_id);
            return posts.filter((post) => {
                const before = seen?.get(post.id);
                return !same(before, post, isKnown(post)) || at - before.at < SETTLES_MS;
            });
        },
        /** Remembers what a look has brought and read; what it did not bring any more is forgotten. */
        keep<T extends Stamped>(channel_id: string, posts: readonly T[], isKnown: (post: T) => boolean): void {
            const at = now();
            const seen = channels.get(channel_id);
            const kept = posts.map((post): [string, Seen] => {
                const before = seen?.get(post.id);
                const known = isKnown(post);
                return [post.id, same(before, post, known) ? before : {stamp: stampOf(post), isKnown: known, at}];
            });
            channels.set(channel_id, new Map(kept));
        },
    };
}
