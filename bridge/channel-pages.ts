/** A channel's posts from the newest back, page after page, without one missing between two pages. */
import type {Post} from '@mattermost/types/posts';
import type {MattermostClient} from './mattermost.ts';

/** The most Mattermost gives at once. */
export const POSTS_PER_PAGE = 200;

/**
 * Reads a channel newest first, for as long as the caller goes on.
 *
 * Mattermost sorts by `create_at` alone, so posts of one millisecond may change places between two queries: by page number, one of them can be in
 * neither page. So each page begins after a post, not at a number. And as `before` leaves out all of its anchor's own millisecond, the anchor is
 * the last post that is younger than the page's oldest millisecond; that one is read again with the next page.
 *
 * Where a whole page is of a single millisecond, as an import makes it, only the page number leads on.
 *
 * @returns the posts of each page, newest first, without those the page before had and without the rest of their threads
 * @throws MattermostError
 */
export async function* channelPages(
    client: Pick<MattermostClient, 'getPosts' | 'getPostsBefore'>,
    channel_id: string,
): AsyncGenerator<Post[]> {
    let anchor = '';
    let page = 0;
    let seen = new Set<string>();
    for (;;) {
        const {posts, order} = anchor
            ? await client.getPostsBefore(channel_id, anchor, page, POSTS_PER_PAGE, false)
            : await client.getPosts(channel_id, page, POSTS_PER_PAGE, false);
        const listed = order.flatMap((id) => posts[id] ?? []);
        yield listed.filter(({id}) => !seen.has(id));
        if (order.length < POSTS_PER_PAGE) return;
        const oldest = Math.min(...listed.map(({create_at}) => create_at));
        const younger = listed.findLast(({create_at}) => create_at > oldest);
        if (younger) {
            anchor = younger.id;
            page = 0;
        } else page++;
        seen = new Set(order);
    }
}
