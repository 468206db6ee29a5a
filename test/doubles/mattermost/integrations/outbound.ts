import http from 'node:http';
import https from 'node:https';
import {isIP} from 'node:net';
import {gunzipSync} from 'node:zlib';
import type {World} from '../state/world.ts';

export type OutboundRequest = {
    readonly method: 'GET' | 'POST';
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
};

export type OutboundAnswer = {readonly status: number; readonly contentType: string; readonly body: Buffer};

/** Both versions give up after 30 s: 11.1's setting cannot raise it above the HTTP client's own limit. */
const TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 10;

/**
 * Calls an integration as Mattermost's Go client does. Rejects when there is no answer.
 *
 * Redirects are followed: 301, 302 and 303 as a GET without the body, 307 and 308 with it.
 */
export async function callOut(world: World, request: OutboundRequest): Promise<OutboundAnswer> {
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    let {method, url, body} = request;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        checkAllowed(world, url);
        const answer = await once(world, {method, url, body, headers: request.headers}, deadline);
        if (answer.location === undefined || ![301, 302, 303, 307, 308].includes(answer.status)) {
            return answer;
        }
        url = new URL(answer.location, url).href;
        if (answer.status < 307) {
            method = 'GET';
            body = '';
        }
    }
    throw new Error('stopped after 10 redirects');
}

function once(world: World, request: OutboundRequest, signal: AbortSignal): Promise<OutboundAnswer & {location: string | undefined}> {
    return new Promise((resolve, reject) => {
        const secure = request.url.startsWith('https:');
        const hasBody = request.method === 'POST';
        const sent = (secure ? https : http).request(request.url, {
            method: request.method,
            agent: secure ? undefined : world.differs.keepsConnections ? world.agent : false,
            signal,
            headers: {
                Host: new URL(request.url).host,
                'User-Agent': 'Mattermost-Bot/1.1',
                ...(hasBody ? {'Content-Length': String(Buffer.byteLength(request.body))} : {}),
                ...Object.fromEntries(Object.entries(request.headers).filter(([name]) => hasBody || name !== 'Content-Type')),
                'Accept-Encoding': 'gzip',
                ...(world.differs.keepsConnections ? {} : {Connection: 'close'}),
            },
        });
        sent.on('error', reject);
        sent.on('response', (received) => {
            const chunks: Buffer[] = [];
            received.on('data', (chunk: Buffer) => chunks.push(chunk));
            received.on('error', reject);
            received.on('end', () => {
                const {location, 'content-type': contentType = '', 'content-encoding': encoding} = received.headers;
                const sentBody = Buffer.concat(chunks);
                try {
                    const body = encoding === 'gzip' ? gunzipSync(sentBody) : sentBody;
                    resolve({status: received.statusCode ?? 0, contentType, body, location});
                } catch (error) {
                    reject(error);
                }
            });
        });
        sent.end(hasBody ? request.body : undefined);
    });
}

/** Loopback and private addresses are refused unless `AllowedUntrustedInternalConnections` names them. */
function checkAllowed(world: World, url: string): void {
    const {hostname} = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    if (!isInternal(host)) {
        return;
    }
    const allowed = world.config.allowedUntrustedInternalConnections.split(/[\s,]+/).filter(Boolean);
    if (!allowed.some((entry) => entry === host || inRange(entry, host === 'localhost' ? '127.0.0.1' : host))) {
        throw new Error('address forbidden, you may need to set AllowedUntrustedInternalConnections');
    }
}

const INTERNAL_RANGES = ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'];

function isInternal(host: string): boolean {
    return host === 'localhost' || host === '::1' || /^f[cde]/i.test(host) || INTERNAL_RANGES.some((range) => inRange(range, host));
}

/** IPv4 only: nothing we run listens elsewhere. */
function inRange(range: string, address: string): boolean {
    const [base, bits] = range.split('/');
    if (base === undefined || bits === undefined || isIP(address) !== 4 || isIP(base) !== 4) {
        return false;
    }
    const shift = 32 - Number(bits);
    const number = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    return Math.floor(number(base) / 2 ** shift) === Math.floor(number(address) / 2 ** shift);
}
