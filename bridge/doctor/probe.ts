/** One plain HTTP request whose every outcome is worth knowing: status, redirect, time, clock, or why there was no answer. */
import {isIP} from 'node:net';
import {connect} from 'node:tls';
import {handshakeFailure} from '../network-error.ts';
import {boundedText} from '../to-ireserve/call.ts';

export type Answered = {status: number; location: string; headers: Headers; text: string; ms: number; date: number | null};
export type Unanswered = {failure: 'tls' | 'unreachable' | 'timeout'; detail: string};
export type Probed = Answered | Unanswered;

const LONGEST_ANSWER = 1024 * 1024;
const LIMIT_MS = 5000;

/** One try, no redirects followed. Never throws. */
export async function probe(url: string, init: RequestInit = {}, limitMs = LIMIT_MS): Promise<Probed> {
    const started = performance.now();
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new DOMException('no answer in time', 'TimeoutError')), limitMs);
    try {
        const response = await fetch(url, {...init, redirect: 'manual', signal: stop.signal});
        const text = await boundedText(response, LONGEST_ANSWER);
        const date = Date.parse(response.headers.get('date') ?? '');
        return {
            status: response.status,
            location: locationOf(response, url),
            headers: response.headers,
            text,
            ms: Math.round(performance.now() - started),
            date: Number.isNaN(date) ? null : date,
        };
    } catch (error) {
        return unanswered(error as Error);
    } finally {
        clearTimeout(timer);
    }
}

export const isAnswer = (probed: Probed): probed is Answered => 'status' in probed;

/** Why `fetch` failed. */
export function unanswered(error: Error): Unanswered {
    if (error.name === 'TimeoutError') return {failure: 'timeout', detail: 'no answer in time'};
    const cause = error.cause as {code?: string; message?: string} | undefined;
    const handshake = handshakeFailure(cause?.code ?? '');
    if (handshake) return {failure: 'tls', detail: handshake};
    return {failure: 'unreachable', detail: cause?.code ?? cause?.message ?? error.message};
}

function locationOf(response: Response, url: string): string {
    const given = response.headers.get('location');
    return given && URL.canParse(given, url) ? new URL(given, url).href : '';
}

/** When the certificate at an https address ends, ms since 1970; null where that can't be told. */
export function certificateEnd(url: string, limitMs = LIMIT_MS): Promise<number | null> {
    const {protocol, hostname, port} = new URL(url);
    if (protocol !== 'https:') return Promise.resolve(null);
    const host = hostname.replace(/^\[|\]$/g, '');
    // An address is no name of a server: TLS has no place for it there.
    const named = isIP(host) === 0 ? {servername: host} : {};
    return new Promise((resolve) => {
        const socket = connect({host, port: Number(port || 443), ...named, rejectUnauthorized: false});
        const done = (end: number | null) => {
            socket.destroy();
            resolve(end);
        };
        socket.setTimeout(limitMs, () => done(null));
        socket.once('error', () => done(null));
        socket.once('secureConnect', () => {
            const end = Date.parse(socket.getPeerCertificate().valid_to);
            done(Number.isNaN(end) ? null : end);
        });
    });
}
