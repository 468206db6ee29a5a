/** What a round trip says: each hop with the time it took, and the one that is broken. */
import {z} from 'zod';

const HOPS = {
    bridge: 'The bridge takes a visitor’s message',
    mattermost: 'It stands in Mattermost',
    reply: 'An answer is posted in the thread',
    heard: 'The bridge hears the answer',
    callback: 'i-Reserve takes the answer',
    acknowledged: 'The answer is marked as delivered in Mattermost',
    removed: 'All of it is removed again',
} as const;
export type RoundTripHop = keyof typeof HOPS;
export const HOP_NAMES = Object.keys(HOPS) as RoundTripHop[];
export const titleOf = (hop: RoundTripHop): string => HOPS[hop];

/** Codes of its own; the others are those of docs/errors.md. */
export const ROUND_TRIP_CODES: Record<string, string> = {
    bridge_unreachable: 'Nothing answers where the bridge should be: start it, or give --bridge-url.',
    bridge_elsewhere: 'What answers there does not know the integration: another program, or a bridge with another database.',
    switched_off: 'The kill switch is on: `ireserve-bridge kill-switch off`.',
    under_way: 'Another round trip of this integration is being made: wait a minute.',
    not_in_time: 'Nothing came of it in time, and nothing says why: see the integration log.',
    not_heard: 'The answer was posted, but the bridge did not hear of it: the event stream is down. The doctor says more.',
    not_marked: 'i-Reserve has the answer, but the mark under it did not appear.',
    stopping: 'The bridge was stopped meanwhile.',
    left_behind: 'Something could not be removed; text says what. The next round trip tries again.',
};

const HopInReport = z.object({
    hop: z.enum(['bridge', 'mattermost', 'reply', 'heard', 'callback', 'acknowledged', 'removed']),
    title: z.string(),
    state: z.enum(['ok', 'broken', 'not_set', 'not_reached']),
    ms: z.int().meta({description: 'Since the hop before.'}),
    code: z.string().optional().meta({description: 'Why it is broken: a code of docs/errors.md or docs/doctor.md.'}),
    text: z.string(),
});
export type HopInReport = z.infer<typeof HopInReport>;

export const RoundTripReport = z
    .object({
        at: z.string(),
        integration: z.string(),
        channel_id: z.string(),
        ok: z.boolean(),
        broken: z.string().nullable().meta({description: 'The first hop that does not work.'}),
        ms: z.int(),
        hops: z.array(HopInReport),
    })
    .meta({id: 'RoundTripReport'});
export type RoundTripReport = z.infer<typeof RoundTripReport>;
