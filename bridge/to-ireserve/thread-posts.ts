/** What stands in a thread. */
import type {Post} from '@mattermost/types/posts';
import {type MattermostClient, MattermostError} from '../mattermost.ts';

const PER_PAGE = 200;

/** A thread's posts from a time on, oldest first; null: its root is gone. Older servers know no pages and answer with everything. */
export async function postsFrom(client: MattermostClient, root_id: string, from: number): Promise<Post[] | null> {
    const posts = new Map<string, Post>();
    let page: {fromCreateAt?: number; fromPost?: string} = from > 0 ? {fromCreateAt: from} : {};
    for (;;) {
        let answer: Awaited<ReturnType<MattermostClient['getPaginatedPostThread']>>;
        try {
            answer = await client.getPaginatedPostThread(root_id, {perPage: PER_PAGE, direction: 'down', ...page});
        } catch (error) {
            if (error instanceof MattermostError && error.kind === 'refused' && error.status === 404) return null;
            throw error;
        }
        const before = posts.size;
        for (const post of Object.values(answer.posts)) posts.set(post.id, post);
        const newest = [...posts.values()]
            .filter(({id}) => id !== root_id)
            .sort(byTime)
            .at(-1);
        // The root is in every page: a page that brings nothing else is the last.
        if (answer.has_next !== true || !newest || posts.size === before) break;
        page = {fromCreateAt: newest.create_at, fromPost: newest.id};
    }
    return [...posts.values()].filter(({delete_at}) => delete_at === 0).sort(byTime);
}

export const byTime = (a: Post, b: Post): number => a.create_at - b.create_at || (a.id < b.id ? -1 : 1);
