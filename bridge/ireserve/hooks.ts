/** Subscriptions to i-Reserve's own webhooks. It documents no list of them, so whoever subscribes keeps the id. */
import {askIreserve, type IreserveSettings, jsonOf, type Unavailable, unavailable, within} from './request.ts';

export type HookOptions = {timeoutMs?: number; fetch?: typeof fetch};

/**
 * Asks i-Reserve to push an event (`booking_created`, `booking_updated` are the names known in public) to an address of ours. The address
 * should hold a long random token: nothing else tells i-Reserve's calls from others.
 */
export async function subscribe(
    settings: IreserveSettings,
    event: string,
    target_url: string,
    {timeoutMs = 10_000, fetch}: HookOptions = {},
): Promise<{kind: 'subscribed'; id: string} | Unavailable> {
    const path = `hook/subscribe/${encodeURIComponent(event)}`;
    const asked = await within(timeoutMs, (signal) => askIreserve(settings, {method: 'POST', path, body: {target_url}, signal, fetch}));
    if (asked.kind === 'not_found') return unavailable('ireserve_error', 'i-Reserve knows no such event, or the base URL is wrong (404)');
    if (asked.kind === 'unavailable') return asked;
    // The answer also has a Location. In i-Reserve's own sample it names another hook, so it is not looked at.
    const {id} = Object(jsonOf(asked.text)) as {id?: unknown};
    if ((typeof id === 'string' || typeof id === 'number') && isHookId(String(id))) return {kind: 'subscribed', id: String(id)};
    return unavailable('ireserve_unexpected_answer', 'i-Reserve named no id; the webhook may exist: look in its panel');
}

/** Takes a subscription back. One that is no longer there counts as taken back. */
export async function unsubscribe(
    settings: IreserveSettings,
    id: string,
    {timeoutMs = 10_000, fetch}: HookOptions = {},
): Promise<{kind: 'unsubscribed'} | Unavailable> {
    if (!isHookId(id)) return {kind: 'unsubscribed'};
    const asked = await within(timeoutMs, (signal) => askIreserve(settings, {method: 'DELETE', path: `hook/${id}`, signal, fetch}));
    return asked.kind === 'unavailable' ? asked : {kind: 'unsubscribed'};
}

const isHookId = (id: string): boolean => /^[\w-]{1,64}$/.test(id);
