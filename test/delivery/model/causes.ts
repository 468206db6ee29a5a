/** What people did in Mattermost to what the bridge had made: the only excuses for a message that is not there. */
import {placeOf, type SeenPost} from '../seen.ts';

export class Causes {
    /** Some channel was archived for a while: what could not be edited then may be a dead letter. */
    archived = false;
    /** The bot was out of some channel for a while: a link to the next thread may be missing then, as in an archived one. */
    removed = false;
    readonly #taken = new Set<string>();
    readonly #rootsGone = new Map<string, number>();

    /** Deleted, or moved to where the bridge can't follow. */
    took(conversation_id: string, posts: readonly SeenPost[]): void {
        for (const id of messagesIn(posts)) this.#taken.add(`${conversation_id} ${id}`);
    }

    rootGone(conversation_id: string): void {
        this.#rootsGone.set(conversation_id, this.rootsGone(conversation_id) + 1);
    }

    rootsGone = (conversation_id: string): number => this.#rootsGone.get(conversation_id) ?? 0;
    wasTaken = (conversation_id: string, message_id: string): boolean => this.#taken.has(`${conversation_id} ${message_id}`);
}

const messagesIn = (posts: readonly SeenPost[]): string[] => posts.flatMap(({mark}) => placeOf(mark.key)?.message_id ?? []);
