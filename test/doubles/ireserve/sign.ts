/** Standard Webhooks signatures, both ways: events to the bridge are signed, callbacks from it are verified. */
import {Webhook} from 'standardwebhooks';

/** The three headers over the exact bytes of `body`. The id stays the same over retries; the time is the attempt's (ms since 1970). */
export function signatureHeaders(secret: string, id: string, body: string, at: number): Record<string, string> {
    const time = new Date(at);
    return {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at / 1000)),
        'webhook-signature': new Webhook(secret).sign(id, time, body),
    };
}

/** Which of the live secrets signed this body; -1 when none did, or the time is more than five minutes off. */
export function secretThatSigned(secrets: readonly string[], headers: Record<string, string>, body: string): number {
    return secrets.findIndex((secret) => {
        try {
            new Webhook(secret).verify(body, headers, {jsonParse: false});
            return true;
        } catch {
            return false;
        }
    });
}
