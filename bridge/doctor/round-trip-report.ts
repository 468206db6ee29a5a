/** What a round trip says: each hop with the time it took, and the one that is broken. */
import {z} from 'zod';

export const ROUND_TRIP_HOPS = {
    bridge: 'The bridge takes a visitor’s message',
    mattermost: 'It stands in Mattermost',
    reply: 'An answer is posted in the thread',
    heard: 'The bridge hears the answer',
    callback: 'i-Reserve takes the answer',
    acknowledged: 'The answer is marked in Mattermost',
    removed: 'All of it is removed again',
} as const;

const HopInReport = z.object({
    hop: z.enum(['bridge', 'mattermost', 'reply', 'heard', 'callback', 'acknowledged', 'removed']),
    title: z.string(),
    state: z.enum(['ok', 'broken', 'not_set', 'not_reached']),
    ms: z.int().meta({description: 'Since the hop before.'}),
    code: z.string().optional().meta({description: 'Why it is broken: a code of docs/errors.md.'}),
    text: z.string(),
});
export type HopInReport = z.infer<typeof HopInReport>;

export const RoundTripReport = z
    .object({
        at: z.string(),
        integration: z.string(),
        channel_id: z.string(),
        ok: z.boolean(),
        /** The first hop that does not work. */
        broken: z.string().nullable(),
        ms: z.int(),
        hops: z.array(HopInReport),
    })
    .meta({id: 'RoundTripReport'});
export type RoundTripReport = z.infer<typeof RoundTripReport>;
