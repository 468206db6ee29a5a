/** What a refusal by Mattermost says of a post and its thread: gone, elsewhere, or in an archived channel. */
import {MattermostError} from '../mattermost.ts';
import type {Context} from './publish.ts';

/** Ids with which Mattermost says that a reply's root can't be used. */
const ROOT_GONE = 'api.post.create_post.root_id.app_error';
const ROOT_ELSEWHERE = 'api.post.create_post.channel_root_id.app_error';
const ARCHIVED = 'api.post.create_post.can_not_post_to_deleted.error';

const refusedWith = (error: unknown, ...ids: string[]) =>
    error instanceof MattermostError && error.kind === 'refused' && ids.includes(error.id);

/** It, or what it answers, stands in an archived channel. */
export const isArchived = (error: unknown): boolean =>
    refusedWith(
        error,
        ARCHIVED,
        'api.post.patch_post.can_not_update_post_in_deleted.error',
        'api.post.delete_post.can_not_delete_post_in_deleted.error',
    );

/** Its root stands in another channel: the thread was moved. */
export const isRootElsewhere = (error: unknown): boolean => refusedWith(error, ROOT_ELSEWHERE);

/** Nothing new can be posted in its channel. */
export const isChannelArchived = (error: unknown): boolean => refusedWith(error, ARCHIVED);

/** What it answers is not there any more. */
export const isRootGone = (error: unknown): boolean => refusedWith(error, ROOT_GONE, ROOT_ELSEWHERE);

/** A refused patch or delete says 403 for a deleted post as for a lost membership: only a read tells them apart. */
export async function isGone(context: Context, post_id: string, error: unknown): Promise<boolean> {
    if (!(error instanceof MattermostError && error.kind === 'refused' && (error.status === 403 || error.status === 404))) return false;
    if (error.status === 404) return true;
    try {
        const post = await context.client.getPost(post_id);
        return post.delete_at > 0;
    } catch (second) {
        if (second instanceof MattermostError && second.kind === 'refused' && second.status === 404) return true;
        if (second instanceof MattermostError && second.kind === 'refused') return false;
        throw second;
    }
}
