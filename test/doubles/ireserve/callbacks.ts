/** POST /callbacks: takes what the bridge relays from Mattermost. Verified, taken once per webhook-id, then shown to the visitor. */
import {setTimeout as sleep} from 'node:timers/promises';
import type {Request, Response} from 'express';
import type {CallbackFaults} from './callback-faults.ts';
import type {Relay, Taken} from './relay.ts';
import {secretThatSigned} from './sign.ts';

export type CallbackEnvelope = {id: string; type: string; timestamp: string; trial: boolean; data: Record<string, unknown>};

/** A callback that was taken. A repeat is not here again; it shows in `attempts`. */
export type ReceivedCallback = CallbackEnvelope & {
    webhook_id: string /** Our own message id, as answered. */;
    message_id: string | null;
    at: number;
};

/** One request to /callbacks, taken or not. */
export type CallbackAttempt = {
    webhook_id: string;
    type: string | null;
    /** 0: the connection was cut. */
    status: number;
    duplicate: boolean;
    /** Which of the live secrets signed it; -1: none. */
    secret: number;
    headers: Record<string, string>;
    body: string;
    at: number;
};

export type CallbackReceiver = {
    handle: (request: Request, response: Response) => Promise<void>;
    received: ReceivedCallback[];
    attempts: CallbackAttempt[];
    /** How many callbacks wait for an answer that a fault holds back. */
    heldBack: () => number;
};

type Parts = {secrets: () => readonly string[]; faults: CallbackFaults; relay: Relay; now: () => number; changed: () => void};

export function createCallbackReceiver({secrets, faults, relay, now, changed}: Parts): CallbackReceiver {
    const received: ReceivedCallback[] = [];
    const attempts: CallbackAttempt[] = [];
    let heldBack = 0;

    async function handle(request: Request, response: Response) {
        const body = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
        const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
        const webhook_id = headers['webhook-id'] ?? '';
        const secret = secretThatSigned(secrets(), headers, body);
        const envelope = parsedEnvelope(body);
        const fault = secret < 0 || !envelope ? null : faults.take(envelope.type, envelope.data.conversation_id);

        let duplicate = false;
        const record = (status: number) => {
            const attempt = {
                webhook_id,
                type: envelope?.type ?? null,
                status,
                duplicate,
                secret,
                headers,
                body,
                at: now(),
            };
            attempts.push(attempt);
            changed();
        };
        const answer = (status: number, json: Record<string, unknown>) => {
            record(status);
            response.status(status).json(json);
        };

        if (secret < 0) return answer(401, {code: 'wrong_signature', detail: 'No live secret signed this body, or the time is off.'});
        if (!envelope) return answer(400, {code: 'malformed_body', detail: 'Expected {id, type, timestamp, data}.'});
        if (fault?.delayMs) {
            heldBack++;
            changed();
            await sleep(fault.delayMs);
            heldBack--;
        }
        if (fault?.reset === 'before') {
            record(0);
            request.socket.destroy();
            return;
        }
        const refuse = (status: number) => {
            if (fault?.retryAfter !== undefined) response.set('retry-after', String(fault.retryAfter));
            return answer(status, {code: 'fault', detail: 'A fault was asked for.'});
        };
        if (fault?.status && !fault.taken) return refuse(fault.status);

        // Looked up only now: the same callback may have been taken while this one was held up.
        const earlier = received.find((callback) => callback.webhook_id === webhook_id);
        duplicate = earlier !== undefined;
        const taken: Taken = earlier ? {status: 200, message_id: earlier.message_id} : relay(envelope);
        if (taken.status !== 200) return answer(taken.status, {code: taken.code, detail: taken.detail});
        if (!earlier) received.push({...envelope, webhook_id, message_id: taken.message_id, at: now()});
        if (fault?.reset === 'after') {
            record(0);
            request.socket.destroy();
            return;
        }
        if (fault?.status) return refuse(fault.status);
        answer(200, {id: envelope.id, message_id: taken.message_id, duplicate});
    }

    return {handle, received, attempts, heldBack: () => heldBack};
}

function parsedEnvelope(body: string): CallbackEnvelope | null {
    try {
        const json = JSON.parse(body) as Partial<CallbackEnvelope> | null;
        if (typeof json?.id !== 'string' || typeof json.type !== 'string') return null;
        const data = typeof json.data === 'object' && json.data !== null ? json.data : {};
        return {id: json.id, type: json.type, timestamp: String(json.timestamp ?? ''), trial: json.trial === true, data};
    } catch {
        return null;
    }
}
