/**
 * An answer that i-Reserve pushes back under an id of its own before its answer to the callback, which tells that id, has come. It would stand in
 * the thread twice: so it waits until the callback is over, for as long as one may take.
 */
import {queueOf} from '../integrations.ts';
import type {Tx} from '../store/open.ts';
import type {QueuedReply} from '../to-ireserve/queue.ts';

/** Longer than a callback that is answered at all. */
const LONGEST_MS = 20_000;
const AGAIN_MS = 250;

type Pushed = {integration_id: string; conversation_id: string; text: string};

/** @param since when the message was accepted; a clock that was set meanwhile ends the waiting @returns until when it waits (ms since 1970); null: it does not */
export async function echoWaits(
    tx: Tx,
    {integration_id, conversation_id, text}: Pushed,
    since: number,
    now: number,
): Promise<number | null> {
    const words = wordsOf(text);
    if (words === '' || Math.abs(now - since) > LONGEST_MS) return null;
    const tried = await tx
        .selectFrom('delivery')
        .innerJoin('lane', 'lane.key', 'delivery.lane')
        .select('delivery.body')
        .where('delivery.lane', '=', `${queueOf(integration_id, 'to-ireserve')}/c:${conversation_id}`)
        .where('delivery.state', '=', 'queued')
        .where('delivery.type', 'in', ['message.created', 'message.edited'])
        .where((where) =>
            where.or([where('delivery.attempts', '>', 0), where('lane.owner', 'is not', null), where('lane.uncertain', '=', 1)]),
        )
        .execute();
    return tried.some(({body}) => wordsOf((JSON.parse(body) as QueuedReply).text) === words) ? now + AGAIN_MS : null;
}

/** Markdown, plain text and HTML of the same message differ in their signs only. */
const wordsOf = (text: string): string =>
    text
        .replace(/<[^>]*>/g, '')
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim();
