/** Learns from the bridge when an accepted event was seen in Mattermost: from its answer, else by asking at the event's status address. */
import {setTimeout as sleep} from 'node:timers/promises';
import type {Acknowledgement, Pusher, RawEvent} from './push.ts';

/** Pauses in ms. An event not delivered after the last keeps its one tick. */
const PAUSES = [100, 200, 400, 800, 1500, 3000, 5000, 10_000, 20_000, 30_000];

export async function wasDelivered(
    ask: Pusher['ask'],
    event: RawEvent,
    accepted: Acknowledgement,
    stopping: AbortSignal,
): Promise<boolean> {
    if (accepted.body?.state === 'delivered') return true;
    const path = accepted.body?.status_url ?? `/v1/events/${encodeURIComponent(event.id)}`;
    for (const pause of PAUSES) {
        try {
            await sleep(pause, undefined, {signal: stopping});
            const response = await ask(path);
            const {state} = (await response.json()) as {state?: unknown};
            if (state === 'delivered') return true;
            if (response.status === 404 || state === 'dead' || state === 'discarded' || state === 'ignored') return false;
        } catch {
            if (stopping.aborted) return false;
        }
    }
    return false;
}
