/** The body of a call from Mattermost, JSON or form: one flat object, bounded. */
import type {Request} from 'express';
import {BridgeError} from '../errors.ts';

/** A post has at most 16,383 characters; the rest of a call is small. */
const LONGEST_BODY = 512 * 1024;

/** A body as text. @param most bytes. @throws BridgeError too_large */
export async function readBounded(request: Request, most: number): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    // Not destroyed when it is too long: the answer still has to get out.
    for await (const chunk of request.iterator({destroyOnReturn: false})) {
        size += (chunk as Buffer).length;
        if (size > most) break;
        chunks.push(chunk as Buffer);
    }
    if (size > most) {
        // What still comes is read and dropped; only now, for the loop above pauses it when it is left.
        request.resume();
        throw new BridgeError('too_large', `at most ${most} bytes`);
    }
    return Buffer.concat(chunks).toString('utf8');
}

/** @throws BridgeError too_large, malformed_body */
export async function readFields(request: Request): Promise<Record<string, unknown>> {
    const text = await readBounded(request, LONGEST_BODY);
    if (/\bjson\b/i.test(request.headers['content-type'] ?? '')) {
        try {
            const json = JSON.parse(text) as unknown;
            if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
        } catch {
            // Told below.
        }
        throw new BridgeError('malformed_body', 'not a JSON object');
    }
    // A field that comes more than once keeps its first value: nobody may override it by appending.
    const fields: Record<string, unknown> = {};
    for (const [name, value] of new URLSearchParams(text)) if (!Object.hasOwn(fields, name)) fields[name] = value;
    return fields;
}
