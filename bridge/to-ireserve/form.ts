/** The body of a call from Mattermost, JSON or form: one flat object, bounded. */
import type {Request} from 'express';
import {BridgeError} from '../errors.ts';

/** A post has at most 16,383 characters; the rest of a call is small. */
const LONGEST_BODY = 512 * 1024;

/** @throws BridgeError too_large, malformed_body */
export async function readFields(request: Request): Promise<Record<string, unknown>> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request) {
        size += (chunk as Buffer).length;
        if (size > LONGEST_BODY) throw new BridgeError('too_large', `at most ${LONGEST_BODY} bytes`);
        chunks.push(chunk as Buffer);
    }
    const text = Buffer.concat(chunks).toString('utf8');
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
