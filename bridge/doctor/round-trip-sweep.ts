/** Takes away all that a round trip left, on both sides. */
import type {Post} from '@mattermost/types/posts';
import {MattermostError} from '../mattermost.ts';
import {isAnswer, probe} from './probe.ts';
import {removeStandIn} from './stand-in-rows.ts';
import type {Trip} from './trip.ts';

/** Posts younger than the trip by a clock that differs from ours. */
const CLOCK_MARGIN_MS = 5 * 60_000;
const FORGET_MS = 4000;
const LOOK_MS = 100;

/** @returns what could not be removed, in words; '' when nothing is left */
export async function sweep(trip: Trip, started: number): Promise<string> {
    const {standIn, database} = trip;
    // First the bridge must not work on it any more: deleting posts under its eyes would be news to tell.
    await removeStandIn(database, standIn);
    await forgotten(trip);
    const left = await deletePosts(trip, started);
    // What was under way while it was removed may have written once more.
    await removeStandIn(database, standIn);
    return left;
}

/** The running bridge sees within a second that the integration is gone; then its ear is closed and its lanes rest. */
async function forgotten({bridgeUrl, token, standIn}: Trip): Promise<void> {
    const end = performance.now() + FORGET_MS;
    while (performance.now() < end) {
        const [asked, ready] = await Promise.all([
            probe(`${bridgeUrl}/v1/events/none`, {headers: {authorization: `Bearer ${token}`}}),
            probe(`${bridgeUrl}/ready`),
        ]);
        const unknown = !isAnswer(asked) || asked.status === 401;
        const deaf = !isAnswer(ready) || !ready.text.includes(JSON.stringify(standIn.name));
        if (unknown && deaf) return;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
}

/** Roots of ours in the channel; their threads go with them. */
async function deletePosts({client, channel_id, standIn, posted}: Trip, started: number): Promise<string> {
    try {
        const {posts} = await client.getPostsSince(channel_id, started - CLOCK_MARGIN_MS);
        const roots = Object.values(posts).filter((post) => post.root_id === '' && post.delete_at === 0 && isOf(post, standIn.id));
        for (const {id} of roots) await client.deletePost(id);
        return '';
    } catch (error) {
        if (!posted && error instanceof MattermostError && error.kind === 'refused') return '';
        return `posts in channel ${channel_id}: ${(error as Error).message}`;
    }
}

const isOf = (post: Post, integration_id: string): boolean =>
    (post.props as {ireserve?: {integration?: string}} | undefined)?.ireserve?.integration === integration_id;
