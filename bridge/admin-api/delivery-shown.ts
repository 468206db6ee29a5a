/** A delivery and its trace as the admin API shows them. */
import type {z} from 'zod';
import type {KnownDelivery} from '../admin/deliveries.ts';
import type {Trace} from '../admin/trace.ts';
import {instant, instantOrNull} from '../agent-api/contract.ts';
import {NO_BODY} from '../store/lanes.ts';
import type {BridgeLanguage} from '../to-mattermost/phrases.ts';
import type {DeliveryShown, DeliveryTrace} from './delivery-contract.ts';
import {logShown} from './log-shown.ts';
import {explained} from './words/words.ts';

type NameOf = (integration_id: string) => string | null;

export function deliveryShown(row: KnownDelivery, nameOf: NameOf, language: BridgeLanguage): DeliveryShown {
    const {seq, integration_id, direction, source_id, type, conversation_id, state, outcome, reason_code, reason_detail, result} = row;
    const {
        thread = null,
        post_ids = [],
        files = [],
    } = result === null ? {} : (JSON.parse(result) as Partial<Pick<DeliveryShown, 'thread' | 'post_ids' | 'files'>>);
    return {
        ...{id: seq, integration: nameOf(integration_id), direction, source_id, type, conversation_id, state, outcome},
        reason: reason_code === null ? null : {code: reason_code, detail: reason_detail ?? ''},
        next: reason_code === null ? null : explained(reason_code, language).next,
        attempts: row.attempts,
        ...{
            received_at: instant(row.received_at),
            finished_at: instantOrNull(row.finished_at),
            channel_id: row.channel_id,
            thread,
            post_ids,
            files,
        },
    };
}

type Showing = {nameOf: NameOf; language: BridgeLanguage; withBody: boolean; now: number};

export function traceShown(
    {delivery, hops, lane, reply, log}: Trace,
    {nameOf, language, withBody, now}: Showing,
): z.infer<typeof DeliveryTrace> {
    const {received_at, finished_at, body} = delivery;
    const arrived = hops[0]?.at ?? received_at;
    return {
        delivery: deliveryShown(delivery, nameOf, language),
        total_ms: Math.max(0, (finished_at ?? now) - arrived),
        hops: hops.map(({at, ...hop}) => ({
            ...hop,
            at: instant(at),
            after_ms: at - arrived,
            next: hop.ok || hop.code === null ? null : explained(hop.code, language).next,
        })),
        lane: lane && {
            ahead: lane.ahead,
            due_at: instantOrNull(lane.due),
            running: lane.owner !== null,
            blocked_since: instantOrNull(lane.blocked_since),
        },
        reply: reply && {
            ...{reply_id: reply.reply_id, post_id: reply.post_id, state: reply.state},
            ...{remote_id: reply.remote_id, remote_state: reply.remote_state},
        },
        log: log.map((row) => logShown(row, nameOf, language)),
        body: withBody && body !== NO_BODY ? (JSON.parse(body) as unknown) : null,
    };
}
