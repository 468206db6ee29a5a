/** A request's body as JSON, or the refusal that says why it is none. */
import type {IncomingHttpHeaders} from 'node:http';
import {BridgeError, REFUSALS} from './errors.ts';

/** @throws BridgeError unsupported_media_type */
export function wantJson(headers: IncomingHttpHeaders): void {
    const type = headers['content-type'] ?? '';
    if (!/^application\/([\w.-]+\+)?json\b/i.test(type))
        throw new BridgeError('unsupported_media_type', type ? `${type.slice(0, 80)} is not JSON` : 'no content type');
}

/** @throws BridgeError malformed_body */
export function parseJson(bytes: Uint8Array): unknown {
    try {
        return JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
    } catch {
        throw new BridgeError('malformed_body', REFUSALS.malformed_body.title);
    }
}
